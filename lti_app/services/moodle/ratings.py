"""Ratings travel between a course and Moodle's own competency pages, both ways.

A rating given in Moodle becomes an assessment with its source and the rater's name; ours is written there
as a rating whose note names the teacher, since a web service rates as the token's person. Only
competencies that the course has in Moodle travel, and only where both sides have the same levels.

An exchange costs one call for the course, one for each learner, and one for each rating that changed; at
most ``MOST`` of the latter in one go, the rest in the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lti_app import logs
from lti_app.clients.moodle_ws import MoodleWs
from lti_app.errors import CompetencesError, MoodleRefused
from lti_app.models import MoodleRating
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing, masteries
from lti_app.services.moodle import rating_calls, rating_state
from lti_app.services.moodle.connections import open_ws
from lti_app.services.moodle.rating_calls import Evidence, Rated
from lti_app.services.moodle.rating_rules import Move, move, same_levels
from lti_app.services.moodle.rating_state import Newest, Pair, Scene
from lti_app.services.moodle.reading import scale_levels
from lti_app.services.wiring import Wiring

MOST = 400  # ratings that travel in one exchange
WHOLE = frozenset({"accessexception", "nopermissions", "invalidtoken", "requireloginerror"})
"""Error codes that have nothing to do with one learner: the exchange ends."""


@dataclass(slots=True)
class Report:
    """What travelled, and the key of the sentence for what did not (see ``rating_texts``)."""

    received: int = 0
    sent: int = 0
    error: str = ""


@dataclass(slots=True)
class _Case:
    """One competence of one learner that is in Moodle's course."""

    pair: Pair
    user: int
    code: str
    framing: Framing
    rated: Rated
    level: int | None
    newest: Newest | None
    row: MoodleRating | None
    theirs: Evidence | None = None
    move: Move = Move.NONE


@dataclass(slots=True)
class _Work:
    parts: Wiring
    ws: MoodleWs
    scene: Scene
    report: Report = field(default_factory=Report)


def exchange(parts: Wiring, course_id: int) -> Report:
    """Brings both sides in step. Raises ``MoodleInputError`` without a token and what the door raises."""
    with parts.store.read() as session:
        scene = rating_state.scene(session, course_id)
    if scene is None:
        return Report()
    ws = open_ws(parts, scene.platform_id)
    work = _Work(parts, ws, scene)
    shared = rating_calls.linked(ws, scene.moodle_course) & set(scene.nodes)
    if not shared:
        work.report.error = "not_linked"
        return work.report
    cases = _cases(work, shared)
    _decide(work, cases)
    _take(work, cases)
    _give(work, cases)
    return work.report


def _cases(work: _Work, shared: frozenset[str]) -> list[_Case]:
    """Everything both sides know, compared; nothing is changed."""
    scene = work.scene
    told = [
        (user, one)
        for user, ratings in rating_calls.rated(work.ws, scene.moodle_course, list(scene.learners))
        for one in ratings or ()
        if one.idnumber in shared
    ]
    framing_of = _framings(work, {one.scale_id for _user, one in told})
    cases = []
    with work.parts.store.write() as session:
        codes = {node.code: node for node in scene.nodes.values()}
        keys: dict[str, int] = {}
        for framing in scene.framings:
            known = [node for node in framing.competences if node.code in codes]
            keys |= assessing.node_keys(session, framing, known)
    with work.parts.store.read() as session:
        settled = rating_state.settled(session, scene.course_id)
        pairs = [(scene.learners[user], keys[scene.nodes[one.idnumber].code]) for user, one in told]
        newest = rating_state.newest(session, scene.course_id, pairs)
        shown = {
            framing.mastery_key: rating_state.levels(session, scene, framing)
            for framing in scene.framings
        }
        for (user, one), pair in zip(told, pairs, strict=True):
            node = scene.nodes[one.idnumber]
            framing_found = framing_of(one.scale_id, node.code)
            if framing_found is None:
                work.report.error = "scale_differs"
                continue
            level = shown[framing_found.mastery_key].get(pair[0], {}).get(node.code)
            row = settled.get(pair)
            case = _Case(pair, user, node.code, framing_found, one, level, newest.get(pair), row)
            case.move = _move(case, one.grade)
            if case.move is not Move.NONE:
                cases.append(case)
    return cases


def _framings(work: _Work, scale_ids: set[int]) -> Callable[[int, str], Framing | None]:
    """Which activity's scale a rating is read in: the oldest one with those levels and that competence."""
    names = {scale_id: scale_levels(work.ws, scale_id) for scale_id in sorted(scale_ids)}
    covers = {
        id(framing): {node.code for node in framing.competences} for framing in work.scene.framings
    }

    def find(scale_id: int, code: str) -> Framing | None:
        for framing in work.scene.framings:
            if code in covers[id(framing)] and same_levels(names[scale_id], framing.scale):
                return framing
        return None

    return find


def _move(case: _Case, grade: int | None) -> Move:
    ours = rating_state.ours(case.level, case.newest)
    return move(ours, grade, case.rated.modified, rating_state.last(case.row))


def _decide(work: _Work, cases: list[_Case]) -> None:
    """Asks who rated what Moodle says is new: it may be what we wrote there ourselves."""
    asked = 0
    for case in cases:
        if case.move not in (Move.TAKE, Move.CONFLICT):
            continue
        if asked >= MOST:
            case.move = Move.NONE
            continue
        asked += 1
        found = rating_calls.newest(
            work.ws, work.scene.moodle_course, case.user, case.rated.competency_id
        )
        known = case.row.evidence_id if case.row else 0
        if found is not None and found.is_ours and found.grade == case.level:
            # from an exchange that was slow, or never learnt that it came
            case.rated = replace(case.rated, grade=found.grade, modified=int(found.at.timestamp()))
            case.move = Move.SETTLE
        elif found is None or found.is_ours or found.id == known:
            case.move = _move(case, None)
            if case.move is Move.NONE:
                case.move = Move.SETTLE
        else:
            case.theirs = found


def _take(work: _Work, cases: list[_Case]) -> None:
    """Writes all that Moodle has to say in one transaction. Whom a teacher judged here meanwhile is left
    for the next exchange."""
    scene, now = work.scene, work.parts.clock()
    mine = [case for case in cases if case.move in (Move.TAKE, Move.CONFLICT, Move.SETTLE)]
    if not mine:
        return
    taken: list[Pair] = []
    with work.parts.store.write() as session:
        masteries.hold(session, scene.course_id)
        current = rating_state.newest(session, scene.course_id, [case.pair for case in mine])
        for case in mine:
            if current.get(case.pair) != case.newest:
                continue
            row = rating_state.row_of(session, scene.course_id, case.pair)
            judged = case.newest.assessment_id if case.newest else 0
            if case.move is Move.CONFLICT and case.theirs is not None:
                _note_conflict(row, case.theirs)
                continue
            if case.theirs is not None:
                made = rating_state.record(
                    session, scene, case.framing, case.pair, case.theirs, now
                )
                judged, row.evidence_id = made.id, case.theirs.id
                taken.append(case.pair)
            rating_state.settle(
                row,
                grade=case.rated.grade,
                modified=case.rated.modified,
                assessment_id=judged,
            )
        session.flush()
        rating_state.take_effect(session, scene.course_id, taken, now)
    work.report.received = len(taken)
    if taken:
        work.parts.wake()


def _note_conflict(row: MoodleRating, theirs: Evidence) -> None:
    row.their_grade, row.their_evidence_id, row.their_at = theirs.grade, theirs.id, theirs.at
    row.their_sub, row.their_name, row.their_words = theirs.sub, theirs.name, theirs.words


def _give(work: _Work, cases: list[_Case]) -> None:
    """Each rating is kept as soon as Moodle has it: whatever breaks, nothing is written twice."""
    given = 0
    for case in cases:
        if case.move is not Move.GIVE or case.level is None or case.newest is None:
            continue
        if given >= MOST:
            return
        given += 1
        try:
            made = _given(work, case, case.level, case.newest)
        except MoodleRefused as error:
            if error.errorcode in WHOLE:
                raise
            logs.event("rating refused", course=work.scene.course_id, code=error.errorcode)
            work.report.error = "some_refused"
            continue
        with work.parts.store.write() as session:
            row = rating_state.row_of(session, work.scene.course_id, case.pair)
            row.evidence_id = made.id
            rating_state.settle(
                row,
                grade=made.grade,
                modified=int(made.at.timestamp()),
                assessment_id=case.newest.assessment_id,
            )
        work.report.sent += 1


def _given(work: _Work, case: _Case, level: int, newest: Newest) -> Evidence:
    return rating_calls.give(
        work.ws,
        work.scene.moodle_course,
        case.user,
        case.rated.competency_id,
        level,
        rating_calls.note(newest.author, newest.words),
    )


def reason(error: CompetencesError) -> str:
    """The key of the sentence for an exchange that failed as a whole."""
    if isinstance(error, MoodleRefused):
        known = {"accessexception": "functions", "invalidtoken": "token"}
        denied = ("nopermissions", "requireloginerror", "notingroup")
        return known.get(error.errorcode, "permission" if error.errorcode in denied else "refused")
    return "away"
