"""A grade that somebody gave in the platform's own gradebook: it wins there, and is shown as it is.

What the gradebook holds is read by ``services.grades.read_back`` and while sending (``services.sync``). Moodle
itself keeps a teacher's grade in an activity's own column against every later score (a final grade that
is *overridden*); in a column of ours nothing but us keeps it, so there a teacher can have it replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import ColumnKind, GradeSync, LineItem, Platform, SyncState
from lti_app.services.current import CurrentLaunch
from lti_app.services.sync import claims
from lti_app.services.sync.job import Reason

THEIRS = "theirs"
"""The state that pages show instead of ``sent`` or ``failed``."""


@dataclass(frozen=True, slots=True)
class Overruled:
    """``score`` of ``maximum`` is what the gradebook holds (None: it was emptied). ``ours`` of
    ``our_maximum`` is what we would put there. ``replaceable``: the platform would take ours. ``kept``: a
    teacher has agreed to what stands there. ``levels``: both count levels of a scale, not points."""

    score: Decimal | None
    maximum: Decimal | None
    ours: Decimal
    our_maximum: Decimal
    replaceable: bool
    kept: bool
    levels: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody should look at it."""
        return not self.kept


def of(row: GradeSync, platform: Platform) -> Overruled | None:
    """What overrules that row's grade; None when the gradebook holds ours, or soon will."""
    if not row.overridden or row.replace:
        return None
    if row.state != SyncState.SENT.value and row.error != Reason.OVERRIDDEN.value:
        return None  # another reason comes first
    return Overruled(
        score=row.held_score,
        maximum=row.held_maximum,
        ours=row.score,
        our_maximum=row.maximum,
        replaceable=not claims.is_guarded(row.line_item, platform),
        kept=row.kept == print_of(row),
        levels=row.line_item.kind == ColumnKind.SCALE.value,
    )


def keep(
    session: Session,
    launch: CurrentLaunch,
    learner_ids: Sequence[int],
    *,
    item_id: int | None = None,
) -> int:
    """Remembers that what the gradebook holds for these learners of the launch's activity, in one column
    (``item_id``) or in all, is right as it stands; how many. A later change over there is shown anew."""
    query = (
        select(GradeSync)
        .join(GradeSync.line_item)
        .where(
            LineItem.resource_link_id == launch.resource_link_id,
            LineItem.active,
            GradeSync.learner_id.in_(learner_ids),
            GradeSync.overridden,
        )
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
    )
    if item_id is not None:
        query = query.where(LineItem.id == item_id)
    rows = session.scalars(query).all()
    for row in rows:
        row.kept = print_of(row)
    return len(rows)


def print_of(row: GradeSync) -> str:
    """What stands there, so that another value, or the same given anew, is told apart."""
    at = int(row.held_at.timestamp()) if row.held_at else ""
    return f"{row.held_score}/{row.held_maximum}@{at}"
