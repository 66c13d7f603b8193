"""Where students declare what they think they have acquired, and ask for validation."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError
from lti_app.services import typed
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom
from lti_app.services.portfolio import declarations, evidence, situations, uploads
from lti_app.services.portfolio.declarations import Told
from lti_app.services.wiring import wiring
from lti_app.views.addressing import you
from lti_app.views.guard import LEARNER, allow
from lti_app.views.keeping import Typed

bp = Blueprint("declaring", __name__, url_prefix="/s/<sid>/declarations")


@bp.get("/<code>")
@allow(LEARNER)
def show(sid: str, code: str) -> ResponseReturnValue:
    """One competence: where it stands, what was said of it, and the student's own declaration."""
    with wiring().store.read() as session:
        view = classroom.own_view(session, g.launch)
        node = declarations.competence(view.framing, code)
        return render_template(
            "declare.html",
            view=view,
            node=node,
            above=view.framing.referential.ancestors(code),
            level=view.student.levels.get(code),
            said=[entry for entry in view.history if entry.code == code],
            declaration=declarations.find(session, g.launch, node),
            situations=situations.own(session, g.launch),
            most=declarations.MAX_WORDS,
        )


def _written(form: MultiDict[str, str], _framing: Framing | None) -> list[str]:
    """What the student wrote, and what the button would do with it."""
    words = [form.get(name, "").strip() for name in ("words", "new_situation", "url_title", "url")]
    asks = form.get("act") == "ask"
    then = _("→ Demander la validation") if asks else _("→ Enregistrer le brouillon")
    return [*filter(None, words), then]


@bp.post("/<code>")
@allow(LEARNER, typed=Typed(_l("Déclaration"), _written, without_file=("act",)))
def save(sid: str, code: str) -> ResponseReturnValue:
    """Keeps the form; ``act=ask`` puts it before the teachers. Words are kept even when the link or file
    beside them cannot be."""
    parts = wiring()
    told = _told()
    try:
        whole = replace(told, upload=uploaded())
        with parts.store.write() as session:
            declarations.save(session, g.launch, code, whole, parts.clock())
    except InputError as error:
        with suppress(InputError), parts.store.write() as session:
            declarations.save(session, g.launch, code, told.words_only, parts.clock())
        flash(str(error), "warning")
    else:
        flash(_asked() if told.ask else _("C’est enregistré."), "success")
    return redirect(url_for(".show", sid=sid, code=code), code=303)


@bp.post("/<code>/withdraw")
@allow(LEARNER)
def withdraw(sid: str, code: str) -> ResponseReturnValue:
    """Takes a request back, so that it can be changed."""
    parts = wiring()
    with parts.store.write() as session:
        declarations.withdraw(session, g.launch, code, parts.clock())
    flash(_("La demande est retirée. Rien de ce qui était écrit n’est perdu."), "success")
    return redirect(url_for(".show", sid=sid, code=code), code=303)


@bp.post("/<code>/remove")
@allow(LEARNER)
def remove(sid: str, code: str) -> ResponseReturnValue:
    """Deletes a draft."""
    parts = wiring()
    with parts.store.write() as session:
        declarations.remove(session, g.launch, code, parts.clock())
    flash(_("Le brouillon est effacé."), "success")
    return redirect(url_for("student.progress", sid=sid), code=303)


def uploaded() -> uploads.Upload | None:
    """The form's file, checked; None when none was chosen. Raises ``InputError``."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    return uploads.checked(file.filename, file.stream.read(uploads.MAX_SIZE + 1))


def _told() -> Told:
    form = request.form
    chosen = form.get("situation", "")
    return Told(
        words=typed.paragraphs(form.get("words", ""), declarations.MAX_WORDS),
        situation_id=int(chosen) if chosen.isascii() and chosen.isdecimal() else None,
        new_situation=typed.line(form.get("new_situation", ""), situations.MAX_TITLE),
        url=typed.line(form.get("url", ""), evidence.MAX_URL + 1),
        url_title=typed.line(form.get("url_title", ""), evidence.MAX_TITLE),
        ask=form.get("act") == "ask",
    )


def _asked() -> str:
    return you(
        _("Votre demande est envoyée. La réponse apparaîtra ici."),
        _("Ta demande est envoyée. La réponse apparaîtra ici."),
    )
