"""The teacher's page on the exchange with Moodle: when it was, what it brought, what is to be decided."""

from __future__ import annotations

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.errors import InputError
from lti_app.services.classes import classroom
from lti_app.services.grades import exchange, sync_texts, unsettled
from lti_app.services.grades.exchange_texts import reason_sentence
from lti_app.services.queue import wake_exchange
from lti_app.services.wiring import wiring
from lti_app.views.errors import wants_json
from lti_app.views.guard import TEACHER, allow

bp = Blueprint("exchange", __name__, url_prefix="/s/<sid>/exchange")


@bp.get("")
@allow(TEACHER)
def show(sid: str) -> ResponseReturnValue:
    """Where it stands. While one is under way the page asks for itself again."""
    parts = wiring()
    with parts.store.read() as session:
        framing = classroom.framing_of(session, g.launch)
        theirs = unsettled.of_activity(session, g.launch, framing).theirs
        seen = exchange.view(session, g.launch.course_id, parts.clock())
    return render_template(
        "exchange.html",
        framing=framing,
        theirs=theirs,
        seen=seen,
        why_not=sync_texts.standing_sentence,
        reason=reason_sentence(seen.error) if seen.error else "",
    )


@bp.post("/now")
@allow(TEACHER)
def now(sid: str) -> ResponseReturnValue:
    """Asks for it; a worker does it, since it may take longer than a page should."""
    parts = wiring()
    with parts.store.write() as session:
        exchange.ask(session, g.launch.course_id, parts.clock())
    wake_exchange(parts)
    if wants_json():
        return jsonify(asked=True)
    return _back(sid)


@bp.post("/setting")
@allow(TEACHER)
def setting(sid: str) -> ResponseReturnValue:
    """Whether ratings of this course travel."""
    on = request.form.get("on") == "1"
    with wiring().store.write() as session:
        exchange.enable(session, g.launch.course_id, on=on)
    flash(
        _("Les évaluations de ce cours sont échangées avec Moodle.")
        if on
        else _("Les évaluations de ce cours ne sont plus échangées avec Moodle."),
        "success",
    )
    return _back(sid)


@bp.post("/choose")
@allow(TEACHER)
def choose(sid: str) -> ResponseReturnValue:
    """Decides between two ratings of one competence: ``keep`` is ``moodle`` or ``ours``."""
    parts = wiring()
    keep = request.form.get("keep")
    try:
        learner, node = int(request.form["learner"]), int(request.form["node"])
    except ValueError as error:
        raise InputError(
            _("Une des saisies n’a pas la forme attendue. Rechargez la page.")
        ) from error
    if keep not in ("moodle", "ours"):
        raise InputError(_("Une des saisies n’a pas la forme attendue. Rechargez la page."))
    with parts.store.write() as session:
        classroom.require_learner(session, g.launch, learner)
        done = exchange.settle(
            session,
            g.launch.course_id,
            learner,
            node,
            theirs=keep == "moodle",
            now=parts.clock(),
        )
        if done and keep == "ours":
            exchange.ask(session, g.launch.course_id, parts.clock())
    if not done:
        flash(_("Ce choix a déjà été fait."), "info")
    elif keep == "moodle":
        parts.wake()
        flash(_("L’évaluation de Moodle vaut maintenant ici aussi."), "success")
    else:
        wake_exchange(parts)
        flash(_("Votre évaluation part vers Moodle."), "success")
    return _back(sid)


def _back(sid: str) -> ResponseReturnValue:
    return redirect(url_for(".show", sid=sid), code=303)
