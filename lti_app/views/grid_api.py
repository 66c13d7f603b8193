"""What the class grid's scripts ask for: entries recorded, what is new, one cell in full, sentences kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lti_app.errors import InputError
from lti_app.models import Course
from lti_app.services.classes import assessing, cells, clashes, class_work, classroom, masteries
from lti_app.services.classes.clashes import Based
from lti_app.services.current import CurrentLaunch
from lti_app.services.portfolio import shown_evidence
from lti_app.services.portfolio.shown_evidence import Shown
from lti_app.services.wiring import wiring
from lti_app.views import entries, grid_data
from lti_app.views.filters import moment, typo
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed

bp = Blueprint("grid", __name__, url_prefix="/s/<sid>")


def _entered(_session: Session, _launch: CurrentLaunch) -> list[Based]:
    return entries.from_json(request.get_json(silent=True))


@bp.post("/assessments")
@allow(TEACHER, typed=Typed(_l("Évaluations"), entries=_entered))
def record(sid: str) -> Response:
    """Records entries; answers with the grades that follow, the cells that show something else than what
    was entered, and the entries held back because a colleague was there meanwhile."""
    parts = wiring()
    posted = entries.from_json(request.get_json(silent=True))
    launch = g.launch
    with parts.store.write() as session:
        masteries.hold(session, launch.course_id)
        framing = classroom.framing_of(session, launch)
        clear, held = clashes.split(session, launch, framing, posted)
        assessing.record(session, launch, clear, parts.clock())
    parts.wake()
    concerned = {one.entry.learner_id for one in posted}
    with parts.store.read() as session:
        view = classroom.class_view(session, launch, sorted(concerned))
        shown = cells.cells_of(
            session, launch.course_id, framing, {(one.learner_id, one.code) for one in clear}
        )
    asked = {
        (one.learner_id, one.code): grid_data.cell_digit(one.level, one.mark or "") for one in clear
    }
    other = [
        cell
        for cell in shown
        if grid_data.cell_digit(cell.level, cell.mark) != asked[cell.learner_id, cell.code]
    ]
    return jsonify(
        students=[grid_data.student_data(row, framing) for row in view.students],
        cells=grid_data.cells_data(other, framing),
        clashes=grid_data.clashes_data(held),
    )


@bp.get("/changes.json")
@allow(TEACHER, page=False)
def changes(sid: str) -> Response:
    """What happened after the assessment ``?since=``, and where each grade stands."""
    since = request.args.get("since", type=int)
    if since is None or since < 0:
        raise InputError(_("L’envoi n’a pas la forme attendue. Rechargez la page."))
    with wiring().store.read() as session:
        framing = classroom.framing_of(session, g.launch)
        found = cells.changes(session, g.launch, framing, since)
        pupils = classroom.learners(session, g.launch.course_id)
        touched = sorted({cell.learner_id for cell in found.cells})
        rows = classroom.class_view(session, g.launch, touched).students if touched else ()
    return jsonify(grid_data.changes_data(found, framing, pupils, rows))


@bp.get("/students/<int:learner_id>/cell.json")
@allow(TEACHER, page=False)
def cell(sid: str, learner_id: int) -> Response:
    """One student on one competence (``?code=``): wording, history newest first, evidence."""
    code = request.args.get("code", "")
    with wiring().store.read() as session:
        view = cells.cell_view(session, g.launch, learner_id, code)
        shown = shown_evidence.of_cell(session, g.launch, learner_id, view.node)
    return jsonify(
        code=view.node.code,
        label=typo(view.node.label),
        above=[[node.code, typo(node.label)] for node in view.above],
        value=grid_data.cell_digit(view.cell.level, view.cell.mark),
        history=[
            {
                "value": grid_data.cell_digit(said.level, said.mark),
                "words_only": said.mark == "comment",
                "comment": said.comment,
                "author": said.author,
                "at": moment(said.at),
            }
            for said in view.history
        ],
        shown=_shown(sid, shown) if shown else None,
        why=url_for("rules.why", sid=sid, learner_id=learner_id) + f"#{code}",
    )


@bp.post("/stock")
@allow(TEACHER)
def keep_comment(sid: str) -> Response:
    """Keeps a sentence for use again (``{"text": …}``), or drops one (``{"drop": id}``); answers with
    all that are kept."""
    parts = wiring()
    with parts.store.write() as session:
        match request.get_json(silent=True):
            case {"text": str(text)}:
                class_work.keep(session, g.launch.user_id, text, parts.clock())
            case {"drop": int(comment_id)}:
                class_work.drop(session, g.launch.user_id, comment_id)
            case _:
                raise InputError(_("L’envoi n’a pas la forme attendue. Rechargez la page."))
        kept = class_work.stock(session, g.launch.user_id)
    return jsonify(stock=kept)


@bp.post("/preferences")
@allow(TEACHER)
def prefer(sid: str) -> Response:
    """Remembers how the person likes their pages: ``{"name": …, "value": …}``."""
    match request.get_json(silent=True):
        case {"name": str(name), "value": str(value)}:
            with wiring().store.write() as session:
                class_work.prefer(session, g.launch.user_id, name, value)
        case _:
            raise InputError(_("L’envoi n’a pas la forme attendue. Rechargez la page."))
    return jsonify(kept=True)


@bp.get("/roster.json")
@allow(TEACHER, page=False)
def roster(sid: str) -> Response:
    """Whether the class list was read, or could not be: asked by a page that waits for it."""
    with wiring().store.read() as session:
        course = session.get_one(Course, g.launch.course_id)
        read, failed = course.roster_at is not None, bool(course.roster_error)
    return jsonify(read=read, failed=failed)


def _shown(sid: str, shown: Shown) -> dict[str, Any]:
    return {
        "state": shown.state,
        "words": shown.words,
        "situation": shown.situation,
        "pieces": [
            {
                "title": piece.title,
                "url": piece.url
                or url_for("evidence_files.download", sid=sid, evidence_id=piece.file_id),
            }
            for piece in shown.pieces
        ],
    }
