"""Keeps masteries in step with assessments, and reads them as the levels that pages and rules work on.

An activity reads the masteries of its scale and mastery rule (``Framing.mastery_key``). After an assessment
only the competences concerned are judged again, from their whole history, under each rule that the
course uses; a rule new in the course is worked out once for everybody.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_app.errors import InputError
from lti_app.models import Assessment, Base, Course, Mastery, NodeKey
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing, named_scale
from referential.conversion import convert
from referential.mastery import MasteryRule
from referential.occasions import COMMENT, Judgement, Verdict, judge
from referential.scale import Scale

Levels = dict[str, int]  # level (1-based) by competence code
Pair = tuple[int, int]  # ids of learner and node
CHUNK = 5000  # pairs judged at once


@dataclass(slots=True)
class State:
    """Where a learner stands: ``levels`` of the assessed competences, ``excused`` codes that count in no
    mean (only ever absent, exempt or not evaluated), and ``marks`` that say which of these it was."""

    levels: Levels = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)
    marks: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What judging needs of an assessment."""

    id: int
    scale: str
    level: int | None
    code: str
    author: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """A scale and mastery rule in use, under the key that masteries are kept by."""

    key: str
    scale: Scale
    mastery: MasteryRule


def hold(session: Session, course_id: int) -> None:
    """Lets one transaction at a time judge and grade in a course; the others wait their turn.

    What a history amounts to depends on all of it: two teachers rating one competence at the same
    moment must not each miss the other's. (SQLite has one writer anyway.)
    """
    session.execute(select(Course.id).where(Course.id == course_id).with_for_update(key_share=True))


def states_by_learner(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int] | None = None
) -> dict[int, State]:
    """States in the framing's competences by learner; of these learners only, when given."""
    codes = codes_by_key(session, framing)
    kept = Mastery.__table__.c  # plain columns: a large class has ten thousand rows
    query = select(kept.learner_id, kept.node_id, kept.level, kept.code).where(
        kept.course_id == course_id, kept.rule == framing.mastery_key
    )
    if learner_ids is not None:
        query = query.where(kept.learner_id.in_(learner_ids))
    states: dict[int, State] = {}
    code_of = codes.get
    current, state = -1, State()
    levels = state.levels
    for learner, node_id, level, mark in session.execute(query).all():
        if (code := code_of(node_id)) is None:
            continue
        if learner != current:  # a learner's rows mostly stand together
            current, state = learner, states.setdefault(learner, State())
            levels = state.levels
        if level is not None:
            levels[code] = level
        else:
            state.excused.add(code)
            state.marks[code] = mark
    return states


def codes_by_key(session: Session, framing: Framing) -> dict[int, str]:
    """The framing's competences by the ids that assessments and masteries use; those never assessed
    anywhere have none."""
    codes = {node.uuid: node.code for node in framing.competences}
    rows = session.execute(
        select(NodeKey.id, NodeKey.uuid).where(NodeKey.referential == framing.referential.code)
    )
    return {key: codes[uuid] for key, uuid in rows if uuid in codes}


def levels_by_learner(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int] | None = None
) -> dict[int, Levels]:
    """Levels of the framing's competences by learner; of these learners only, when given."""
    states = states_by_learner(session, course_id, framing, learner_ids)
    return {learner: state.levels for learner, state in states.items()}


def update(session: Session, course_id: int, pairs: Iterable[Pair]) -> None:
    """Judges these learners' competences again, under every rule of the course. To be called in the
    transaction that adds assessments, after ``hold`` and a flush."""
    rules = rules_in_use(session, course_id)
    wanted = list(dict.fromkeys(pairs))
    for start in range(0, len(wanted), CHUNK):
        chunk = set(wanted[start : start + CHUNK])
        entries = histories(session, course_id, chunk)
        for rule in rules:
            _store(session, course_id, rule, entries)


def follow_rules(session: Session, course_id: int) -> None:
    """After an activity was added or its rule changed: works out the rules that are new in the course
    and forgets those that no activity uses any more."""
    rules = {rule.key: rule for rule in rules_in_use(session, course_id)}
    known = set(
        session.scalars(select(Mastery.rule).where(Mastery.course_id == course_id).distinct())
    )
    if gone := known - set(rules):
        session.execute(
            delete(Mastery).where(Mastery.course_id == course_id, Mastery.rule.in_(gone))
        )
    new = [rule for key, rule in rules.items() if key not in known]
    if new:
        entries = histories(session, course_id)
        for rule in new:
            _store(session, course_id, rule, entries)


def rules_in_use(session: Session, course_id: int) -> list[Rule]:
    """The scales and mastery rules of the course's activities, each once."""
    found = {
        framing.mastery_key: Rule(framing.mastery_key, framing.scale, framing.mastery_rule)
        for _, framing in link_settings.framings(session, course_id)
    }
    return list(found.values())


def worked_out(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int] | None = None
) -> dict[int, State]:
    """The states under a rule that may not be in use: judged from the histories, nothing stored."""
    codes = codes_by_key(session, framing)
    states: dict[int, State] = {}
    entries = histories(session, course_id, learner_ids=learner_ids)
    for (learner, node), history in entries.items():
        code = codes.get(node)
        if code is None:
            continue
        verdict = judge(judgements(history, framing.scale), framing.mastery_rule, framing.scale)
        state = states.setdefault(learner, State())
        if verdict.level is not None:
            state.levels[code] = verdict.level
        elif verdict.code:
            state.excused.add(code)
    return {learner: state for learner, state in states.items() if state.levels or state.excused}


def judgements(history: Sequence[Recorded], scale: Scale) -> list[Judgement]:
    """Assessments as entries to judge, their levels read in this scale. One made in a scale that is no
    longer installed cannot be read and counts as words only."""
    made = []
    for entry in history:
        level, code = read_level(entry.scale, entry.level, scale), entry.code
        if level is None and entry.level is not None:
            code = COMMENT
        made.append(Judgement(entry.at, entry.author, level, code))
    return made


def read_level(source: str, level: int | None, target: Scale) -> int | None:
    """A level of the scale of this name, read in another scale; None for a scale that is no longer
    installed or no longer has that level."""
    if level is None or source == target.code:
        return level if level is None or level <= len(target.levels) else None
    try:
        return _converted(source, level, target)
    except (InputError, ValueError):
        return None


def histories(
    session: Session,
    course_id: int,
    pairs: set[Pair] | None = None,
    learner_ids: Sequence[int] | None = None,
) -> dict[Pair, list[Recorded]]:
    """Assessments by learner and node in the order of recording: of these pairs, of these learners, or
    of the course. A pair without any has an empty history."""
    query = (
        select(
            Assessment.learner_id,
            Assessment.node_id,
            Assessment.id,
            Assessment.scale,
            Assessment.level,
            Assessment.code,
            Assessment.author_id,
            Assessment.created_at,
        )
        .where(Assessment.course_id == course_id)
        .order_by(Assessment.id)
    )
    if pairs is not None:
        learner_ids = list({pair[0] for pair in pairs})
        query = query.where(Assessment.node_id.in_({pair[1] for pair in pairs}))
    if learner_ids is not None:
        query = query.where(Assessment.learner_id.in_(learner_ids))
    found: dict[Pair, list[Recorded]] = {pair: [] for pair in pairs or ()}
    for learner, node, key, scale, level, code, author, at in session.execute(query):
        if pairs is None or (learner, node) in pairs:
            recorded = Recorded(key, scale, level, code, author, at)
            found.setdefault((learner, node), []).append(recorded)
    return found


def insert(session: Session, table: type[Base]) -> Any:
    """An INSERT that knows « on conflict », for the session's database."""
    dialect = session.get_bind().dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _store(
    session: Session,
    course_id: int,
    rule: Rule,
    entries: Mapping[Pair, Sequence[Recorded]],
) -> None:
    kept: list[dict[str, Any]] = []
    gone: list[Pair] = []
    for (learner, node), history in entries.items():
        verdict: Verdict = judge(judgements(history, rule.scale), rule.mastery, rule.scale)
        if verdict.decisive is None or (verdict.level is None and not verdict.code):
            gone.append((learner, node))
            continue
        kept.append(
            {
                "course_id": course_id,
                "learner_id": learner,
                "node_id": node,
                "rule": rule.key,
                "level": verdict.level,
                "code": verdict.code,
                "assessment_id": history[verdict.decisive].id,
            }
        )
    if kept:
        statement = insert(session, Mastery)
        key = ["course_id", "learner_id", "node_id", "rule"]
        values = {name: statement.excluded[name] for name in ("level", "code", "assessment_id")}
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=values), kept)
    for start in range(0, len(gone), 500):
        session.execute(
            delete(Mastery).where(
                Mastery.course_id == course_id,
                Mastery.rule == rule.key,
                tuple_(Mastery.learner_id, Mastery.node_id).in_(gone[start : start + 500]),
            )
        )


@functools.lru_cache(maxsize=1024)
def _converted(source: str, level: int, target: Scale) -> int:
    return convert(level, named_scale(source), target)
