"""A judgement becomes an assessment, masteries and wanted grades, in one transaction.

The activity's mastery rule says what the judgements of one competence amount to, its grade rule what the
competences do (``services.classes.masteries``, ``services.grades.wanted_grades``). The worker (``services.grades.grade_sync``) sends what
is wanted later; if any process dies in between, the rows are there and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.errors import InputError, NotFound
from lti_app.models import Assessment, NodeKey
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom, masteries
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import wanted_grades
from referential.model import Node
from referential.occasions import COMMENT, MARKS

MAX_COMMENT = 5000  # characters; Moodle keeps feedback of that length whole
MAX_ENTRIES = 20_000  # in one request: a class of 60 on 153 competences, and room


@dataclass(frozen=True, slots=True)
class Entry:
    """One judgement to record.

    ``level`` None takes the competence back to « not assessed »; with a ``mark`` (``absent``, ``exempt``
    or ``not_evaluated``) it says why there is none. ``comment`` None keeps the latest one. ``again``
    judges anew with the level that is shown already, which counts under rules that weigh several
    judgements; without it such an entry only brings its comment.
    """

    learner_id: int
    code: str
    level: int | None
    comment: str | None = None
    mark: str | None = None
    again: bool = False


@dataclass(slots=True)
class _Latest:
    """What was said last of one competence: the judgement or mark, and the words."""

    level: int | None = None
    mark: str = ""
    comment: str = ""


def record(
    session: Session, launch: CurrentLaunch, entries: Sequence[Entry], now: datetime
) -> list[int]:
    """Records the judgements inside the session's transaction and returns the learners concerned.

    An entry that changes nothing writes nothing. Raises ``NotFound`` for a learner or competence outside
    the launch's course and activity, ``InputError`` for a level or mark that does not exist or a comment too
    long; then nothing at all is written.
    """
    masteries.hold(session, launch.course_id)
    framing = classroom.framing_of(session, launch)
    _check(session, launch, framing, entries)
    nodes = {node.code: node for node in framing.competences}
    keys = node_keys(session, framing, [nodes[entry.code] for entry in entries])
    learners = {entry.learner_id for entry in entries}
    latest = _latest(session, launch.course_id, framing, learners, set(keys.values()))
    shown = masteries.levels_by_learner(session, launch.course_id, framing, list(learners))
    made: list[Assessment] = []
    for entry in entries:
        pair = (entry.learner_id, keys[entry.code])
        before = latest.setdefault(pair, _Latest())
        levels = shown.setdefault(entry.learner_id, {})
        assessment = _assessment(entry, before, levels.get(entry.code))
        if assessment is None:
            continue
        assessment.course_id, assessment.learner_id, assessment.node_id = launch.course_id, *pair
        assessment.author_id, assessment.created_at = launch.user_id, now
        assessment.scale = framing.settings.scale
        made.append(assessment)
        before.comment = assessment.comment
        if assessment.code != COMMENT:
            before.level, before.mark = assessment.level, assessment.code
            if assessment.level is not None:
                levels[entry.code] = assessment.level
            elif not assessment.code:
                levels.pop(entry.code, None)
    return store(session, launch, made, now)


def store(
    session: Session, launch: CurrentLaunch, made: Sequence[Assessment], now: datetime
) -> list[int]:
    """Adds these assessments with all that follows from them, and returns the learners concerned."""
    session.add_all(made)
    session.flush()
    touched = list(dict.fromkeys(assessment.learner_id for assessment in made))
    if touched:
        pairs = [(assessment.learner_id, assessment.node_id) for assessment in made]
        masteries.update(session, launch.course_id, pairs)
        wanted_grades.refresh(session, launch.course_id, touched, now)
    return touched


def node_keys(session: Session, framing: Framing, nodes: Iterable[Node]) -> dict[str, int]:
    """The ids assessments use for these nodes, by code; made at first use."""
    wanted = {node.uuid: node for node in nodes}
    if not wanted:
        return {}
    insert = masteries.insert(session, NodeKey).on_conflict_do_nothing(index_elements=["uuid"])
    session.execute(
        insert,
        [
            {"uuid": node.uuid, "referential": framing.referential.code, "code": node.code}
            for node in wanted.values()
        ],
    )
    rows = session.execute(
        select(NodeKey.uuid, NodeKey.id).where(NodeKey.referential == framing.referential.code)
    )
    return {wanted[uuid].code: key for uuid, key in rows if uuid in wanted}


def _assessment(entry: Entry, before: _Latest, shown: int | None) -> Assessment | None:
    """What to write for an entry, or None when it says what stands already. ``shown`` is the mastery
    that a page showed, which under some rules is not the latest level."""
    comment = before.comment if entry.comment is None else entry.comment.strip()
    words = comment != before.comment
    if entry.mark:
        news = before.level is not None or before.mark != entry.mark or words
    elif entry.level is not None:
        same = entry.level == shown or (entry.level == before.level and not before.mark)
        news = entry.again or not same
    else:
        stands = shown is not None or before.level is not None
        news = stands or (bool(before.mark) and not (words and entry.mark is None))
    if news:
        return Assessment(level=entry.level, code=entry.mark or "", comment=comment)
    if words:
        return Assessment(level=before.level, code=COMMENT, comment=comment)
    return None


def _check(
    session: Session, launch: CurrentLaunch, framing: Framing, entries: Sequence[Entry]
) -> None:
    if len(entries) > MAX_ENTRIES:
        raise InputError(
            _(
                "Trop de saisies à la fois : %(count)s, au plus %(most)s.",
                count=len(entries),
                most=MAX_ENTRIES,
            )
        )
    pupils = {user.id for user in classroom.learners(session, launch.course_id)}
    codes = {node.code for node in framing.competences}
    levels = {level.value for level in framing.scale.levels}
    for entry in entries:
        if entry.learner_id not in pupils:
            raise NotFound("learner")
        if entry.code not in codes:
            raise NotFound("competence")
        if entry.level is not None and entry.level not in levels:
            raise InputError(
                _(
                    "Le niveau %(level)s n’existe pas dans l’échelle : de 1 à %(most)s.",
                    level=entry.level,
                    most=len(levels),
                )
            )
        if entry.mark and (entry.mark not in MARKS or entry.level is not None):
            raise InputError(_("Une absence ou une dispense ne va pas avec un niveau."))
        if entry.comment is not None and len(entry.comment) > MAX_COMMENT:
            raise InputError(
                _(
                    "Le commentaire a %(count)s caractères, au plus %(most)s.",
                    count=len(entry.comment),
                    most=MAX_COMMENT,
                )
            )


def _latest(
    session: Session, course_id: int, framing: Framing, learner_ids: set[int], node_ids: set[int]
) -> dict[tuple[int, int], _Latest]:
    """What was said last, by learner and node; levels are read in the activity's scale."""
    rows = session.execute(
        select(
            Assessment.learner_id,
            Assessment.node_id,
            Assessment.scale,
            Assessment.level,
            Assessment.code,
            Assessment.comment,
        )
        .where(
            Assessment.course_id == course_id,
            Assessment.learner_id.in_(learner_ids),
            Assessment.node_id.in_(node_ids),
        )
        .order_by(Assessment.id)
    )
    found: dict[tuple[int, int], _Latest] = {}
    for learner, node, scale, level, code, comment in rows:
        latest = found.setdefault((learner, node), _Latest())
        latest.comment = comment
        if code != COMMENT:
            latest.level = masteries.read_level(scale, level, framing.scale)
            latest.mark = code
    return found
