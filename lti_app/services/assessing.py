"""A judgement becomes an assessment, a mastery and a wanted grade, in one transaction.

The mastery rule is « most recent »: the latest assessment counts. The grade rule is
``referential.grading.share_proficient``. The worker (services.sync) sends what is wanted later; if
any process dies in between, the rows are there and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_app.errors import InputError, NotFound
from lti_app.models import Assessment, Base, Mastery, NodeKey
from lti_app.services import classroom, wanted_grades
from lti_app.services.current import CurrentLaunch
from lti_app.services.framing import Framing
from referential.model import Node

MAX_COMMENT = 5000  # characters; Moodle keeps feedback of that length whole
MAX_ENTRIES = 20_000  # in one request: a class of 60 on 153 competences, and room


@dataclass(frozen=True, slots=True)
class Entry:
    """One judgement to record: ``level`` None takes the competence back to « not assessed ».
    ``comment`` None keeps the latest one."""

    learner_id: int
    code: str
    level: int | None
    comment: str | None = None


def record(
    session: Session, launch: CurrentLaunch, entries: Sequence[Entry], now: datetime
) -> list[int]:
    """Records the judgements inside the session's transaction and returns the learners concerned.

    An entry that changes neither level nor comment writes nothing. Raises ``NotFound`` for a learner
    or competence outside the launch's course and activity, ``InputError`` for a level outside the
    scale or a comment too long; then nothing at all is written.
    """
    framing = classroom.framing_of(session, launch)
    _check(session, launch, framing, entries)
    nodes = {node.code: node for node in framing.competences}
    keys = node_keys(session, framing, [nodes[entry.code] for entry in entries])
    current = _current(session, launch.course_id, {entry.learner_id for entry in entries})
    touched: dict[int, None] = {}
    for entry in entries:
        key = keys[entry.code]
        before = current.get((entry.learner_id, key))
        comment = entry.comment if entry.comment is not None else (before[1] if before else "")
        if before == (entry.level, comment) or (
            before is None and entry.level is None and not comment
        ):
            continue
        assessment = Assessment(
            course_id=launch.course_id,
            learner_id=entry.learner_id,
            node_id=key,
            author_id=launch.user_id,
            scale=framing.settings.scale,
            level=entry.level,
            comment=comment.strip(),
            created_at=now,
        )
        session.add(assessment)
        session.flush()
        _set_mastery(session, assessment)
        current[entry.learner_id, key] = (entry.level, assessment.comment)
        touched[entry.learner_id] = None
    if touched:
        wanted_grades.refresh(session, launch.course_id, list(touched), now)
    return list(touched)


def node_keys(session: Session, framing: Framing, nodes: Iterable[Node]) -> dict[str, int]:
    """The ids assessments use for these nodes, by code; made at first use."""
    wanted = {node.uuid: node for node in nodes}
    if not wanted:
        return {}
    insert = _insert(session, NodeKey).on_conflict_do_nothing(index_elements=["uuid"])
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


def _check(
    session: Session, launch: CurrentLaunch, framing: Framing, entries: Sequence[Entry]
) -> None:
    if len(entries) > MAX_ENTRIES:
        raise InputError(f"Trop de saisies à la fois : {len(entries)}, au plus {MAX_ENTRIES}.")
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
                f"Le niveau {entry.level} n’existe pas dans l’échelle : de 1 à {len(levels)}."
            )
        if entry.comment is not None and len(entry.comment) > MAX_COMMENT:
            raise InputError(
                f"Le commentaire a {len(entry.comment)} caractères, au plus {MAX_COMMENT}."
            )


def _current(
    session: Session, course_id: int, learner_ids: set[int]
) -> dict[tuple[int, int], tuple[int | None, str]]:
    """The latest level and comment by learner and node; later rows overwrite earlier ones."""
    rows = session.execute(
        select(Assessment.learner_id, Assessment.node_id, Assessment.level, Assessment.comment)
        .where(Assessment.course_id == course_id, Assessment.learner_id.in_(learner_ids))
        .order_by(Assessment.id)
    )
    return {(learner, node): (level, comment) for learner, node, level, comment in rows}


def _set_mastery(session: Session, assessment: Assessment) -> None:
    key = {
        "course_id": assessment.course_id,
        "learner_id": assessment.learner_id,
        "node_id": assessment.node_id,
        "rule": f"{assessment.scale}/latest",
    }
    if assessment.level is None:
        session.execute(delete(Mastery).filter_by(**key))
        return
    values = {"level": assessment.level, "assessment_id": assessment.id}
    session.execute(
        _insert(session, Mastery)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )


def _insert(session: Session, table: type[Base]) -> Any:
    dialect = session.get_bind().dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)
