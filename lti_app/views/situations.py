"""A student's professional situations: the list, one of them, its evidence."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lti_app.errors import InputError
from lti_app.models import Situation
from lti_app.services import typed
from lti_app.services.classes import classroom
from lti_app.services.portfolio import evidence, situations
from lti_app.services.wiring import wiring
from lti_app.views.declaring import uploaded
from lti_app.views.guard import LEARNER, allow
from lti_app.views.keeping import Typed, words_of

bp = Blueprint("situations", __name__, url_prefix="/s/<sid>/situations")


@bp.get("")
@allow(LEARNER)
def index(sid: str) -> ResponseReturnValue:
    """The student's own, the latest first, and a form for a new one."""
    with wiring().store.read() as session:
        return render_template(
            "situations.html",
            situations=situations.own(session, g.launch),
        )


@bp.post("")
@allow(LEARNER, typed=Typed(_l("Nouvelle situation"), words_of("title")))
def add(sid: str) -> ResponseReturnValue:
    """Begins a situation, then shows it."""
    parts = wiring()
    try:
        with parts.store.write() as session:
            situation_id = situations.add(session, g.launch, _draft(), parts.clock()).id
    except InputError as error:
        flash(str(error), "warning")
        return redirect(url_for(".index", sid=sid), code=303)
    return redirect(url_for(".show", sid=sid, situation_id=situation_id), code=303)


@bp.get("/<int:situation_id>")
@allow(LEARNER)
def show(sid: str, situation_id: int) -> ResponseReturnValue:
    """One situation with its evidence and the competences that cite it."""
    with wiring().store.read() as session:
        situation = situations.find(session, g.launch, situation_id)
        framing = classroom.framing_of(session, g.launch)
        return render_template(
            "situation.html",
            situation=situation,
            labels={str(n.uuid): f"{n.code} {n.label}" for n in framing.referential},
            covered={node.uuid: node.code for node in framing.competences},
            locked=evidence.is_under_review(situation),
            most=situations.MAX_STORY,
        )


@bp.post("/<int:situation_id>")
@allow(
    LEARNER,
    typed=Typed(_l("Situation professionnelle"), words_of("title", "story", "url_title", "url")),
)
def save(sid: str, situation_id: int) -> ResponseReturnValue:
    """Keeps the form, then adds its link and file; what can be kept is, and the rest is explained."""
    parts = wiring()
    try:
        with parts.store.write() as session:
            situations.change(session, g.launch, situation_id, _draft())
        with parts.store.write() as session:
            _add_evidence(session, situations.find(session, g.launch, situation_id))
    except InputError as error:
        flash(str(error), "warning")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(".show", sid=sid, situation_id=situation_id), code=303)


@bp.post("/<int:situation_id>/remove")
@allow(LEARNER)
def remove(sid: str, situation_id: int) -> ResponseReturnValue:
    """Deletes a situation; declarations that cited it stay."""
    with wiring().store.write() as session:
        situations.remove(session, g.launch, situation_id)
    flash(_("La situation est effacée."), "success")
    return redirect(url_for(".index", sid=sid), code=303)


def _add_evidence(session: Session, situation: Situation) -> None:
    now = wiring().clock()
    url = typed.line(request.form.get("url", ""), evidence.MAX_URL + 1)
    title = typed.line(request.form.get("url_title", ""), evidence.MAX_TITLE)
    upload = uploaded()
    if url:
        evidence.add_link(session, situation, url, title, now)
    if upload:
        evidence.add_file(session, situation, upload, "", now)


def _draft() -> situations.Draft:
    form = request.form
    return situations.Draft(
        typed.line(form.get("title", ""), situations.MAX_TITLE),
        typed.paragraphs(form.get("story", ""), situations.MAX_STORY),
        *typed.period(form.get("begins_on", ""), form.get("ends_on", "")),
    )
