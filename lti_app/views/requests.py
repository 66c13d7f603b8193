"""The teacher's page of requests for validation: what waits, and the answers."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError
from lti_app.services import typed
from lti_app.services.activities import course_choices
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing, people
from lti_app.services.portfolio import requests
from lti_app.services.wiring import wiring
from lti_app.views.addressing import informal
from lti_app.views.filters import language
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed

bp = Blueprint("requests", __name__, url_prefix="/s/<sid>/requests")


@bp.get("")
@allow(TEACHER)
def index(sid: str) -> ResponseReturnValue:
    """The requests that wait, oldest first, each with its evidence and a form to answer."""
    with wiring().store.read() as session:
        return render_template(
            "requests.html",
            found=requests.view(session, g.launch),
            informal=informal(),
            most=assessing.MAX_COMMENT,
        )


def _answered(form: MultiDict[str, str], framing: Framing | None) -> list[str]:
    """The comment, and what the button would do with the request."""
    levels = (
        {str(one.value): one.name(language()) for one in framing.scale.levels} if framing else {}
    )
    if form.get("act") == "accept":
        then = _("→ Valider : %(level)s", level=levels.get(form.get("level", ""), "?"))
    else:
        then = _("→ À revoir")
    return [*filter(None, [form.get("comment", "").strip()]), then]


@bp.post("/<int:declaration_id>")
@allow(TEACHER, typed=Typed(_l("Réponse à une demande"), _answered))
def answer(sid: str, declaration_id: int) -> ResponseReturnValue:
    """``act=accept`` assesses with ``level``; ``act=review`` sends back with ``comment``."""
    parts = wiring()
    comment = typed.paragraphs(request.form.get("comment", ""), assessing.MAX_COMMENT)
    accepted = request.form.get("act") == "accept"
    try:
        with parts.store.write() as session:
            if accepted:
                level = request.form.get("level", default=0, type=int)
                answered = requests.accept(
                    session, g.launch, declaration_id, level, comment, parts.clock()
                )
            else:
                answered = requests.send_back(
                    session, g.launch, declaration_id, comment, parts.clock()
                )
            name = people.spoken_name(answered.learner)
    except InputError as error:
        flash(str(error), "warning")
        return redirect(url_for(".index", sid=sid, _anchor=f"r{declaration_id}"), code=303)
    if accepted:
        parts.wake()
        flash(_("La demande de %(name)s est validée.", name=name), "success")
    else:
        flash(_("La réponse est envoyée à %(name)s.", name=name), "success")
    return redirect(url_for(".index", sid=sid), code=303)


@bp.post("/addressing")
@allow(TEACHER)
def addressing(sid: str) -> ResponseReturnValue:
    """Keeps whether pages say « tu » to the course's students."""
    with wiring().store.write() as session:
        course_choices.choose_address(session, g.launch, request.form.get("informal") == "1")
    flash(_("C’est enregistré."), "success")
    return redirect(url_for(".index", sid=sid), code=303)


def pending_requests() -> int:
    """How many requests wait, for the heading of the teachers' pages."""
    if "pending_requests" not in g:
        with wiring().store.read() as session:
            g.pending_requests = requests.count(session, g.launch)
    return int(g.pending_requests)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["pending_requests"] = pending_requests
