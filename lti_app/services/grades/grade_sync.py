"""The door to the sync engine: send what is due, send again, see what would be sent.

What is due stands in ``grade_syncs`` (services.grades.wanted_grades writes it); how it gets to the platform is
told in ``services.sync``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from lti_app.models import GradeSync, LineItem, Platform, SyncState, User
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import overruled
from lti_app.services.sync.job import Reason
from lti_app.services.sync.runner import Runner
from lti_app.services.wiring import Wiring

CURABLE = (
    Reason.PLATFORM_INACTIVE,
    Reason.KEY_REFUSED,
    Reason.TOOL_REMOVED,
    Reason.SCOPE_MISSING,
    Reason.CLOCK_WRONG,
    Reason.ADDRESS_REFUSED,
)
"""Why a platform as a whole refuses us: its administrator, or ours, mends that for everybody."""


def run_due(parts: Wiring) -> int:
    """Sends everything that is due, all platforms side by side; how many scores left."""
    runner = Runner(parts)
    tried = -1
    while runner.tried > tried:
        tried = runner.tried
        runner.kick()
        runner.finish()
    return runner.tried


def resend(
    session: Session,
    launch: CurrentLaunch,
    learner_ids: Sequence[int] | None,
    now: datetime,
    *,
    everybody: bool = False,
    item_id: int | None = None,
) -> int:
    """Makes the activity's grades due again, in one column (``item_id``) or in all; how many.

    Of these learners whatever their state; or of ``everybody``; or, with neither, those that failed. A
    grade that a teacher changed over there is replaced for a named learner only, where it is shown: in
    the column named, else in the activity's own.
    """
    query = (
        select(GradeSync)
        .join(GradeSync.line_item)
        .where(LineItem.resource_link_id == launch.resource_link_id, LineItem.active)
        .order_by(GradeSync.id)
        .options(contains_eager(GradeSync.line_item))
        .with_for_update(of=GradeSync)
    )
    if item_id is not None:
        query = query.where(LineItem.id == item_id)
    if learner_ids is not None:
        query = query.where(GradeSync.learner_id.in_(learner_ids))
    elif not everybody:
        query = query.where(
            GradeSync.state == SyncState.FAILED.value, GradeSync.error != Reason.OVERRIDDEN.value
        )
    platform = session.get_one(Platform, launch.platform_id)
    count = 0
    for row in session.scalars(query).all():
        theirs = overruled.of(row, platform)
        if learner_ids is not None and theirs is not None and theirs.replaceable:
            if item_id is None and row.line_item.part:
                continue  # nobody was shown that one
            row.replace = True
        row.next_attempt_at = now
        _again(row)
        count += 1
    return count


def revive(session: Session, platform_id: int) -> int:
    """Makes due again what failed because the platform refused us as a whole, once that is mended; how
    many."""
    rows = session.scalars(
        select(GradeSync)
        .join(GradeSync.learner)
        .where(
            User.platform_id == platform_id,
            GradeSync.state == SyncState.FAILED.value,
            GradeSync.error.in_([reason.value for reason in CURABLE]),
        )
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
    ).all()
    for row in rows:
        _again(row)  # its time has long come
    return len(rows)


def _again(row: GradeSync) -> None:
    row.wanted_revision += 1
    row.state, row.error, row.attempts = SyncState.WAITING.value, "", 0
