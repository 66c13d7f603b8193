"""A circuit per platform, shared by all processes: a dead Moodle is left alone, and delays nobody else.

After ``THRESHOLD`` calls in a row without an answer, or at once when the platform says how long to wait,
nobody calls it for a while; then one call tries, and its answer closes the circuit or opens it again
for twice as long. A call tells of the circuit that it began under: those that were under way when it
opened neither open it again nor close it. Also kept here: how far the platform's clock is from ours, as
its answers tell.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from lti_app import logs
from lti_app.errors import CircuitOpen
from lti_app.models import SyncLane
from lti_app.models.store import Store, insert

THRESHOLD = 4
FIRST_PAUSE = 10.0  # seconds; doubled each time the circuit opens again
LONGEST_PAUSE = 900.0
LONGEST_ASKED = 3600.0  # a platform may ask for more with Retry-After, and gets this
TRYING = timedelta(seconds=40)  # how long the one call that tries keeps the others away
REREAD_AFTER = 1.0  # seconds for which another process's news may be missed
NOTICED = 3  # seconds between two clocks that are worth reckoning with: headers have whole seconds
ABSURD = timedelta(hours=12)  # no clock is that wrong; a header may be

Began = datetime | None
"""The circuit as a call found it: None when closed, else what only the one call that tries is told."""


@dataclass(slots=True)
class _State:
    """What this process knows of one platform; ``silent`` counts its own calls without an answer."""

    silent: int = 0
    openings: int = 0
    open_until: datetime | None = None
    skew: int = 0
    read_at: float = float("-inf")


class Circuits:
    """Every platform's circuit. What ``clients.tokens.Health`` asks for."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._states: dict[int, _State] = {}
        self._lock = threading.RLock()

    def check(self, platform_id: int) -> Began:
        """What the call begins under, to be told with how it ends. Raises ``CircuitOpen`` unless the platform
        may be called now: when it was silent, by one."""
        with self._lock:
            state = self._known(platform_id)
            if state.open_until is None:
                return None
            now = self._clock()
            if is_open(state.open_until, now) or not self._try(platform_id, state, now):
                raise CircuitOpen(f"platform {platform_id} does not answer")
            return state.open_until

    def open_until(self, platform_id: int) -> datetime | None:
        """Until when nobody calls the platform; None when it may be called."""
        with self._lock:
            until = self._known(platform_id).open_until
            return until if is_open(until, self._clock()) else None

    def doubtful(self, platform_id: int) -> bool:
        """Whether the platform was silent and has not answered since: one call at a time may try."""
        with self._lock:
            return self._known(platform_id).open_until is not None

    def answered(self, platform_id: int, began: Began) -> None:
        """The platform is there: closes the circuit, unless it has opened since the call began."""
        with self._lock:
            state = self._known(platform_id)
            if state.open_until != began:
                return
            state.silent = 0
            if state.openings or state.open_until is not None:
                state.openings, state.open_until = 0, None
                self._write(platform_id, openings=0, open_until=None)
                logs.event("platform answers again", platform=platform_id)

    def unanswered(self, platform_id: int, began: Began, retry_after: float | None = None) -> None:
        """A call got no answer, or one that says when to call again (``retry_after``, seconds)."""
        with self._lock:
            state = self._known(platform_id)
            late = state.open_until != began
            if retry_after is None:
                if late:
                    return
                state.silent += 1
                if state.silent < THRESHOLD and began is None:
                    return
                pause = min(FIRST_PAUSE * 2.0 ** min(state.openings, 16), LONGEST_PAUSE)
                pause *= random.uniform(1, 1.1)  # noqa: S311 - jitter, not a secret
            else:
                pause = min(retry_after, LONGEST_ASKED) + random.uniform(0, 1)  # noqa: S311
            self._open(platform_id, state, pause, late=late)

    def _open(self, platform_id: int, state: _State, pause: float, *, late: bool) -> None:
        """Opens the circuit; what comes ``late``, to an open one, may only keep it open for longer."""
        now = self._clock()
        until = now + timedelta(seconds=pause)
        standing = state.open_until if late and is_open(state.open_until, now) else None
        if standing is not None and standing >= until:
            return
        state.silent = 0
        state.openings += not late
        state.open_until = until
        self._write(platform_id, openings=state.openings, open_until=until)
        logs.event("platform does not answer", platform=platform_id, pause=round(pause))

    def note_time(self, platform_id: int, theirs: datetime) -> None:
        """Reckons with the platform's clock when it is seconds away from ours."""
        ahead = theirs - self._clock()
        if abs(ahead) > ABSURD:
            return
        seconds = round(ahead.total_seconds())
        skew = seconds if abs(seconds) >= NOTICED else 0
        with self._lock:
            state = self._known(platform_id)
            if abs(skew - state.skew) < NOTICED:
                return
            state.skew = skew
            self._write(platform_id, skew=skew)
            logs.event("clocks differ", platform=platform_id, platform_ahead=skew)

    def skew(self, platform_id: int) -> timedelta:
        """How far the platform's clock is ahead of ours; zero when they agree to a few seconds."""
        with self._lock:
            return timedelta(seconds=self._known(platform_id).skew)

    def _known(self, platform_id: int) -> _State:
        state = self._states.setdefault(platform_id, _State())
        if time.monotonic() - state.read_at > REREAD_AFTER:
            with self._store.read() as session:
                row = session.get(SyncLane, platform_id)
            if row is not None:
                state.openings, state.open_until = row.openings, row.open_until
                state.skew = row.skew
            state.read_at = time.monotonic()
        return state

    def _try(self, platform_id: int, state: _State, now: datetime) -> bool:
        """Whether this caller is the one that tries."""
        with self._store.write() as session:
            taken: CursorResult = session.execute(  # type: ignore[assignment]
                update(SyncLane)
                .where(SyncLane.platform_id == platform_id, SyncLane.open_until == state.open_until)
                .values(open_until=now + TRYING)
            )
        state.open_until = now + TRYING
        return taken.rowcount == 1

    def _write(self, platform_id: int, **values: object) -> None:
        with self._store.write() as session:
            ensure_row(session, platform_id)
            session.execute(
                update(SyncLane).where(SyncLane.platform_id == platform_id).values(**values)
            )


def is_open(until: datetime | None, now: datetime) -> bool:
    """Whether that circuit is open. A moment too far ahead was written by a clock since set back."""
    return until is not None and now < until <= now + timedelta(seconds=1.2 * LONGEST_ASKED)


def ensure_row(session: Session, platform_id: int) -> None:
    """Makes the platform's row when it has none."""
    session.execute(
        insert(session, SyncLane).values(platform_id=platform_id).on_conflict_do_nothing()
    )
