"""« Ce n’est pas un étudiant »: teachers say who does not belong to the class, and take it back."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.models import Course
from lti_app.services.classes import people, pupils, roster
from lti_app.services.grades import sync_texts
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
    """Where a submission review leads that is about nobody in the class as it is known: on to the student, if the
    class list has them by now; else it says so."""
    roster.refresh_if_old(wiring(), g.launch.course_id)
    return _shown() or _absent()


@bp.post("/students/absent")
@allow(TEACHER)
def look_again(sid: str) -> ResponseReturnValue:
    """Reads the whole class list now, for that student."""
    roster.refresh(wiring(), g.launch.course_id, whole=True)
    return _shown() or redirect(url_for(".absent", sid=sid, sub=_sub()), code=303)


def _sub() -> str:
    """Whom the platform asked for, by its own id."""
    return request.args.get("sub", "")


def _shown() -> ResponseReturnValue | None:
    """On to that student, if they are in the class."""
    launch = g.launch
    with wiring().store.read() as session:
        found = pupils.known(session, launch.platform_id, launch.course_id, _sub())
    if found is None:
        return None
    return redirect(url_for("classroom.student", sid=launch.session_id, learner_id=found), code=303)


def _absent() -> ResponseReturnValue:
    with wiring().store.read() as session:
        error = session.get_one(Course, g.launch.course_id).roster_error
    said = sync_texts.roster_sentence(error) if error else ""
    return render_template("review_absent.html", sub=_sub(), roster_error=said)


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
