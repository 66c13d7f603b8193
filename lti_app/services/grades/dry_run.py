"""What the next sending would change in the gradebook, without sending anything.

The grades wanted are compared with what the gradebook was last seen to hold, a teacher's override
included, and else with what it last acknowledged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_app.models import GradeSync, LineItem
from lti_app.services.classes import classroom, people
from lti_app.services.current import CurrentLaunch

SAME = Decimal("0.0005")  # of the maximum: Moodle keeps five decimals of points


@dataclass(frozen=True, slots=True)
class Planned:
    """One grade that the gradebook does not hold as wanted.

    ``before`` is what it holds, out of ``before_maximum`` (None: nothing); ``after`` what is wanted.
    ``kept`` is true when a teacher's own grade stands there and stays, ``state`` and ``error`` say
    whether it is on its way or needs somebody (services.grades.sync_texts). With ``words_only`` the grade is there and
    its comment changes.
    """

    learner_id: int
    name: str
    spoken_name: str
    column: str
    before: Decimal | None
    before_maximum: Decimal | None
    after: Decimal
    after_maximum: Decimal
    state: str
    error: str
    kept: bool
    words_only: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would change (in class-list order, by column), how many grades are there already, and since
    when that is known (None: never read back)."""

    planned: tuple[Planned, ...]
    same: int
    read_at: datetime | None


def dry_run(session: Session, launch: CurrentLaunch) -> DryRun:
    """Compares the launch's activity with its gradebook as last seen. Nothing is sent or stored."""
    rows = session.scalars(
        select(GradeSync)
        .join(GradeSync.line_item)
        .where(LineItem.resource_link_id == launch.resource_link_id, LineItem.active)
        .options(joinedload(GradeSync.line_item), joinedload(GradeSync.learner))
    ).all()
    order = {
        user.id: place for place, user in enumerate(classroom.learners(session, launch.course_id))
    }
    planned: list[tuple[tuple[int, int], Planned]] = []
    same = 0
    for row in rows:
        found = _planned(row)
        if found is None:
            same += 1
        else:
            place = order.get(row.learner_id, len(order))
            planned.append(((place, row.line_item_id), found))
    read = [row.line_item.read_at for row in rows]
    return DryRun(
        planned=tuple(found for _, found in sorted(planned, key=lambda pair: pair[0])),
        same=same,
        read_at=min((at for at in read if at), default=None) if all(read) else None,
    )


def _planned(row: GradeSync) -> Planned | None:
    score, maximum = _held(row)
    there = score is not None and _close(score, maximum, row)
    kept = row.overridden and not row.replace
    if there and (kept or row.sent_comment == row.comment):
        return None
    return Planned(
        learner_id=row.learner_id,
        name=people.display_name(row.learner),
        spoken_name=people.spoken_name(row.learner),
        column=row.line_item.part,
        before=score,
        before_maximum=maximum,
        after=row.score,
        after_maximum=row.maximum,
        state=row.state,
        error=row.error,
        kept=kept,
        words_only=there,
    )


def _held(row: GradeSync) -> tuple[Decimal | None, Decimal | None]:
    """What the gradebook holds: as read where that is a teacher's doing, which a score acknowledged since
    may have left as it was; else as read, or as acknowledged since."""
    if row.overridden:
        return row.held_score, row.held_maximum
    if row.held_at is not None and (row.sent_at is None or row.held_at >= row.sent_at):
        return row.held_score, row.held_maximum
    return row.sent_score, row.sent_maximum


def _close(score: Decimal, maximum: Decimal | None, row: GradeSync) -> bool:
    return abs(score / (maximum or 1) - row.score / row.maximum) < SAME
