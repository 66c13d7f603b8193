"""What passes between the database and the threads that call: no row of a session, only values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lti_app.clients import ags
from lti_app.models import SyncState
from lti_app.services.sync.overrides import Held, Known


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
    teacher wants it there whatever stands there."""

    sync_id: int
    revision: int
    column: Column
    score: ags.Score
    attempts: int
    known: Known
    replace: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform holds for a learner, and whose it is; ``score`` None when nothing."""

    held: Held
    score: Decimal | None
    maximum: Decimal | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: ``error`` is a key of services.sync_texts, empty when acknowledged; ``wait`` the
    seconds until the next try of a grade that is still waiting. ``called`` is false when no score left.
    ``seen`` is what the platform holds, when this try learnt it."""

    state: SyncState
    error: str = ""
    wait: float = 0.0
    called: bool = True
    seen: Seen | None = None


RELEASED = Outcome(SyncState.WAITING, called=False)
"""Given back untried: somebody else may take it at once."""
