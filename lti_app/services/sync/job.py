"""What passes between the database and the threads that call: no row of a session, only values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lti_app.clients import ags
from lti_app.models import SyncState
from lti_app.services.sync.overrides import Held, Known


class Reason(enum.StrEnum):
    """Why a grade has not arrived: what ``GradeSync.error`` holds and services.grades.sync_texts puts in words.

    Up to ``INTERNAL`` the grade goes on waiting; from there on a person is needed.
    """

    PLATFORM_UNAVAILABLE = "platform_unavailable"
    PLATFORM_BUSY = "platform_busy"
    CLOCK_LATE = "clock_late"
    INTERNAL = "internal"
    GRADE_NEWER = "grade_newer"
    OVERRIDDEN = "overridden"
    LEARNER_GONE = "learner_gone"
    NOT_A_LEARNER = "not_a_learner"
    COLUMN_MISSING = "column_missing"
    COLUMN_SCOPE_MISSING = "column_scope_missing"
    COLUMN_NOT_ALLOWED = "column_not_allowed"
    COLUMN_DROPPED = "column_dropped"
    COLUMN_GONE = "column_gone"
    COLUMN_LOCKED = "column_locked"
    COURSE_GONE = "course_gone"
    SCORE_REFUSED = "score_refused"
    NOT_ALLOWED = "not_allowed"
    SCOPE_MISSING = "scope_missing"
    KEY_REFUSED = "key_refused"
    TOOL_REMOVED = "tool_removed"
    CLOCK_WRONG = "clock_wrong"
    PLATFORM_INACTIVE = "platform_inactive"
    ADDRESS_REFUSED = "address_refused"


@dataclass(frozen=True, slots=True)
class Column:
    """A gradebook column. ``guarded``: the platform itself keeps a teacher's grade there against our
    scores. ``maximum`` None: nobody has asked yet what it goes up to."""

    id: int
    url: str
    guarded: bool
    maximum: Decimal | None


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row: what to send and where, and what we know to have sent before. ``replace``: a
    teacher wants it there whatever stands there. ``overridden``: theirs is what stood there last."""

    sync_id: int
    revision: int
    column: Column
    score: ags.Score
    attempts: int
    known: Known
    replace: bool
    overridden: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform holds for a learner, and whose it is; ``score`` None when nothing."""

    held: Held
    score: Decimal | None
    maximum: Decimal | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: ``error`` is None when acknowledged; ``wait`` the seconds until the next try of a
    grade that is still waiting. ``called`` is false when no score left. ``seen`` is what the platform
    holds, when this try learnt it."""

    state: SyncState
    error: Reason | None = None
    wait: float = 0.0
    called: bool = True
    seen: Seen | None = None


RELEASED = Outcome(SyncState.WAITING, called=False)
"""Given back untried: somebody else may take it at once."""
