"""Who sends to a platform: one worker at a time, whatever their number and wherever they run.

A lease in the database with a fencing number (``SyncLane``): a worker that was held up for longer than
its lease finds the number grown, and what it still writes changes nothing. How long a lease lasts is
measured by the worker's own monotonic clock, which no clock step moves.
"""

from __future__ import annotations

import itertools
import os
import socket
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from lti_app.models import SyncLane
from lti_app.services.platforms.circuit import ensure_row

LASTS = 45.0  # seconds; a dead worker's lane is free after that
RENEW_AFTER = 10.0
LIFE = uuid.uuid4().hex[:12]  # of this process
_HOLDERS = itertools.count()
SAFE = 30.0  # seconds after a renewal until which a call may begin: one takes at most 25


@dataclass(slots=True)
class Lease:
    """A lane taken by this worker, until it is released or lost."""

    platform_id: int
    fence: int
    renewed: float = field(default_factory=time.monotonic)

    @property
    def safe(self) -> bool:
        """Whether there is time enough for one more call."""
        return time.monotonic() - self.renewed < SAFE

    @property
    def ages(self) -> bool:
        return time.monotonic() - self.renewed > RENEW_AFTER


def own_name() -> str:
    """A name for a holder in this process: machine, process, its one life, and which of its holders."""
    return f"{socket.gethostname()}:{os.getpid()}:{LIFE}:{next(_HOLDERS)}"


def take(session: Session, platform_id: int, holder: str, now: datetime) -> Lease | None:
    """The platform's lane, if nobody has it, or a process of this machine that has died."""
    ensure_row(session, platform_id)
    present = session.scalar(select(SyncLane.holder).where(SyncLane.platform_id == platform_id))
    dead = present if present and _is_dead(present, holder) else None
    fence = session.scalar(
        update(SyncLane)
        .where(
            SyncLane.platform_id == platform_id,
            or_(
                SyncLane.held_until.is_(None),
                SyncLane.held_until <= now,
                SyncLane.held_until > now + timedelta(seconds=2 * LASTS),  # a clock was set back
                SyncLane.holder == dead,
            ),
        )
        .values(holder=holder, fence=SyncLane.fence + 1, held_until=now + timedelta(seconds=LASTS))
        .returning(SyncLane.fence)
    )
    return None if fence is None else Lease(platform_id, fence)


def renew(session: Session, lease: Lease, now: datetime) -> bool:
    """Whether the lane is still ours; then it is for another while."""
    started = time.monotonic()
    kept = _set(session, lease, held_until=now + timedelta(seconds=LASTS))
    if kept:
        lease.renewed = started
    return kept


def release(session: Session, lease: Lease) -> None:
    """Gives the lane back."""
    _set(session, lease, held_until=None)


def _set(session: Session, lease: Lease, held_until: datetime | None) -> bool:
    done: CursorResult = session.execute(  # type: ignore[assignment]
        update(SyncLane)
        .where(SyncLane.platform_id == lease.platform_id, SyncLane.fence == lease.fence)
        .values(held_until=held_until)
    )
    return done.rowcount == 1


def _is_dead(present: str, holder: str) -> bool:
    """Whether that holder ran on this machine and runs no more: its process is gone, or it had our
    process's number in an earlier life, as in a container that was started again."""
    theirs, ours = present.split(":"), holder.split(":")
    if len(theirs) != 4 or len(ours) != 4 or theirs[0] != ours[0]:
        return False
    if theirs[1] == ours[1]:
        return theirs[2] != ours[2]
    try:
        os.kill(int(theirs[1]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False
