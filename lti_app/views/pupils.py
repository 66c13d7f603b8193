"""« Ce n’est pas un étudiant »: teachers say who does not belong to the class, and take it back."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.services.classes import people, pupils
from lti_app.services.wiring import wiring
from lti_app.views.guard import TEACHER, allow

bp = Blueprint("pupils", __name__, url_prefix="/s/<sid>")


@bp.post("/students/<int:learner_id>/not-a-student")
@allow(TEACHER)
def set_aside(sid: str, learner_id: int) -> ResponseReturnValue:
    """Takes a person out of the class."""
    with wiring().store.write() as session:
        name = people.spoken_name(pupils.set_aside(session, g.launch, learner_id))
    flash(_("%(name)s n’est plus dans la classe. Rien n’est effacé.", name=name), "success")
    return redirect(url_for(".listed", sid=sid), code=303)


@bp.get("/not-students")
@allow(TEACHER)
def listed(sid: str) -> ResponseReturnValue:
    """Whom Moodle calls a student and who is not in the class."""
    with wiring().store.read() as session:
        users = pupils.set_aside_in(session, g.launch.course_id)
        names = [(user.id, people.display_name(user)) for user in users]
    return render_template("not_pupils.html", names=names)


@bp.get("/students/absent")
@allow(TEACHER)
def absent(sid: str) -> ResponseReturnValue:
    """Where a submission review leads that is about nobody in the class."""
    return render_template("review_absent.html")


@bp.post("/not-students/<int:learner_id>")
@allow(TEACHER)
def take_back(sid: str, learner_id: int) -> ResponseReturnValue:
    """Puts a person back into the class."""
    parts = wiring()
    with parts.store.write() as session:
        user = pupils.take_back(session, g.launch, learner_id, parts.clock())
        name = people.spoken_name(user)
    parts.wake()
    flash(_("%(name)s est de nouveau dans la classe.", name=name), "success")
    return redirect(url_for("classroom.student", sid=sid, learner_id=learner_id), code=303)
