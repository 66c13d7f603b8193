"""Takes back in one step what a page recorded at once: a spreadsheet, or what waited from an earlier session.

History only grows: taking back is an entry that says again what stood before, soon enough to make the two one
occasion that never happened (``referential.occasions``). What somebody changed since stays.
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
from lti_app.services.classes import assessing, cells, clashes, classroom, masteries
from lti_app.services.classes.clashes import Based, Clash
from lti_app.services.current import CurrentLaunch
from referential.occasions import COMMENT, WINDOW


@dataclass(frozen=True, slots=True)
class Batch:
    """What the person recorded after one assessment of the course and up to another, by their ids."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cells are as before, and how many stay because they changed since or are not of this class any more."""

    cells: int
    stay: int


def record(
    session: Session,
    launch: CurrentLaunch,
    framing: Framing,
    posted: Sequence[Based],
    now: datetime,
) -> tuple[Batch, list[Clash]]:
    """Records what clashes with no colleague's entry, as a batch, and tells the rest. To be called after
    ``masteries.hold``, in the session's transaction."""
    clear, held = clashes.split(session, launch, framing, posted)
    latest = cells.latest_id(session, launch.course_id)
    assessing.record(session, launch, clear, now)
    return Batch(latest, cells.latest_id(session, launch.course_id)), held


def count(session: Session, launch: CurrentLaunch, batch: Batch, now: datetime) -> int:
    """How many entries of the batch can still be taken back."""
    query = select(func.count()).select_from(Assessment).where(*_of(launch, batch, now))
    return session.scalar(query) or 0


def undo(session: Session, launch: CurrentLaunch, batch: Batch, now: datetime) -> Undone:
    """Puts every cell of the batch back, inside the session's transaction."""
    masteries.hold(session, launch.course_id)
    framing = classroom.framing_of(session, launch)
    pupils = {user.id for user in classroom.learners(session, launch.course_id)}
    touched = {
        (row.learner_id, row.node_id)
        for row in session.scalars(select(Assessment).where(*_of(launch, batch, now)))
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
    made = [
        _before(launch, framing, histories[pair], batch, now)
        for pair in sorted(touched)
        if pair[0] in pupils and histories[pair][-1].id <= batch.upto
    ]
    assessing.store(session, launch, made, now)
    return Undone(len(made), len(touched) - len(made))


def _of(launch: CurrentLaunch, batch: Batch, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Assessment.course_id == launch.course_id,
        Assessment.author_id == launch.user_id,
        Assessment.id > batch.after,
        Assessment.id <= batch.upto,
        Assessment.created_at > now - WINDOW,
    )


def _before(
    launch: CurrentLaunch,
    framing: Framing,
    history: Sequence[Assessment],
    batch: Batch,
    now: datetime,
) -> Assessment:
    """The cell as it stood: its latest judgement or mark in its own scale, and the words beside it. If only words
    were added, only words are put back."""
    earlier = [row for row in history if row.id <= batch.after]
    judged = next((row for row in reversed(earlier) if row.code != COMMENT), None)
    only_words = all(row.code == COMMENT for row in history[len(earlier) :])
    return Assessment(
        course_id=launch.course_id,
        learner_id=history[0].learner_id,
        node_id=history[0].node_id,
        author_id=launch.user_id,
        scale=judged.scale if judged else framing.settings.scale,
        level=judged.level if judged else None,
        code=COMMENT if only_words else judged.code if judged else "",
        comment=earlier[-1].comment if earlier else "",
        created_at=now,
    )
