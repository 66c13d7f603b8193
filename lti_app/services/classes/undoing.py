"""Takes back in one step what a page recorded at once: a spreadsheet, or what waited from an earlier session.

History only grows: taking back is an entry that says again what stood before. What somebody changed since stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lti_app.models import Assessment
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing, classroom, masteries
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import CurrentLaunch
from referential.occasions import COMMENT


@dataclass(frozen=True, slots=True)
class Batch:
    """What the person recorded after one assessment of the course and up to another, by their ids."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cells are as before, and how many stay because they changed since or are no longer there."""

    cells: int
    stay: int


def count(session: Session, launch: CurrentLaunch, batch: Batch) -> int:
    """How many entries the batch holds."""
    return (
        session.scalar(select(func.count()).select_from(Assessment).where(*_of(launch, batch))) or 0
    )


def undo(session: Session, launch: CurrentLaunch, batch: Batch, now: datetime) -> Undone:
    """Puts every cell of the batch back, inside the session's transaction."""
    masteries.hold(session, launch.course_id)
    framing = classroom.framing_of(session, launch)
    codes = masteries.codes_by_key(session, framing)
    pupils = {user.id for user in classroom.learners(session, launch.course_id)}
    touched = {
        (row.learner_id, row.node_id)
        for row in session.scalars(select(Assessment).where(*_of(launch, batch)))
    }
    histories: dict[tuple[int, int], list[Assessment]] = defaultdict(list)
    for row in session.scalars(
        select(Assessment)
        .where(
            Assessment.course_id == launch.course_id,
            Assessment.learner_id.in_({learner for learner, _node in touched}),
            Assessment.node_id.in_({node for _learner, node in touched}),
        )
        .order_by(Assessment.id)
    ):
        histories[row.learner_id, row.node_id].append(row)
    entries = [
        _before(framing, codes[node], histories[learner, node], batch)
        for learner, node in sorted(touched)
        if learner in pupils and node in codes and histories[learner, node][-1].id <= batch.upto
    ]
    assessing.record(session, launch, entries, now)
    return Undone(len(entries), len(touched) - len(entries))


def _of(launch: CurrentLaunch, batch: Batch) -> tuple[ColumnElement[bool], ...]:
    return (
        Assessment.course_id == launch.course_id,
        Assessment.author_id == launch.user_id,
        Assessment.id > batch.after,
        Assessment.id <= batch.upto,
    )


def _before(framing: Framing, code: str, history: Sequence[Assessment], batch: Batch) -> Entry:
    """The cell as it stood: its latest judgement or mark, and the words beside it."""
    earlier = [row for row in history if row.id <= batch.after]
    judged = next((row for row in reversed(earlier) if row.code != COMMENT), None)
    level = masteries.read_level(judged.scale, judged.level, framing.scale) if judged else None
    return Entry(
        history[0].learner_id,
        code,
        level,
        earlier[-1].comment if earlier else "",
        (judged.code or None) if judged else None,
    )
