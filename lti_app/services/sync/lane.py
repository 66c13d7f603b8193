"""One platform's lane: its due grades claimed, handed to the callers, and noted as they come back.

The thread that runs the lane does all the database work: it claims a little more than the callers have
in hand, so that none of them waits for it, and notes what they bring back, many in one transaction. It
is not woken for each of them.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.clients import ags
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import AddressRefused, ScopeMissing, ServiceError, TokenRefused
from lti_app.models import Platform, PlatformStatus
from lti_app.services.grades import read_back
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync import claims, fates, lease, sending, sizes
from lti_app.services.sync.callers import Batch, Callers, Look
from lti_app.services.sync.job import Column, Job, Outcome, Reason
from lti_app.services.sync.lease import Lease
from lti_app.services.wiring import Wiring

BATCH = 64  # grades claimed at a time
NOTE_EVERY = 0.1  # seconds; sooner when there is room for more, or nothing else to do
LOOK_EVERY = 60.0  # seconds between two looks at a guarded column


@dataclass(slots=True)
class Lane:
    """``looked`` remembers when guarded columns were last read (``time.monotonic``), from one run to
    the next; ``again`` is set when more has become due meanwhile. ``tried`` counts the scores that left."""

    parts: Wiring
    platform_id: int
    holder: str
    stop: threading.Event
    looked: dict[int, float] = field(default_factory=dict)
    again: threading.Event = field(default_factory=threading.Event)
    tried: int = 0

    def run(self) -> bool:
        """Sends until nothing is due, the platform is silent or refuses us, or ``stop`` is set. False
        when the lane was somebody else's, who then does it."""
        with self.parts.store.write() as session:
            platform = session.get(Platform, self.platform_id)
            taken = lease.take(session, self.platform_id, self.holder, self.parts.clock())
        if platform is None or taken is None:
            return False
        try:
            self._serve(platform, taken)
        finally:
            self._release(taken)
        return True

    def _serve(self, platform: Platform, taken: Lease) -> None:
        if platform.status != PlatformStatus.ACTIVE.value:
            self._fail_all(taken, Reason.PLATFORM_INACTIVE)
            return
        if self.parts.circuits.open_until(self.platform_id) is not None:
            self._put_off(taken)
            return
        connector = connector_for(self.parts, platform)
        if self._admitted(connector, taken):
            _Run(self, platform, connector, taken).send_all()

    def _admitted(self, connector: PlatformConnector, taken: Lease) -> bool:
        """Whether the platform gives us a token. Its answer also tells the time that scores carry."""
        try:
            connector.get_access_token([ags.SCORE_SCOPE])
        except TokenRefused as error:
            self._fail_all(taken, sending.token_refusal(error))
        except AddressRefused:
            self._fail_all(taken, Reason.ADDRESS_REFUSED)
        except ServiceError as error:
            self._put_off(taken, sending.wait(1, error))
        else:
            return True
        return False

    def _fail_all(self, taken: Lease, error: Reason) -> None:
        with self.parts.store.write() as session:
            count = claims.fail_all(session, self.platform_id, taken.fence, error)
        logs.event("platform refuses", platform=self.platform_id, why=error, grades=count)

    def _put_off(self, taken: Lease, seconds: float = 0.0) -> None:
        """Until the circuit lets somebody try again, or for so many seconds."""
        until = self.parts.circuits.open_until(self.platform_id)
        until = until or self.parts.clock() + timedelta(seconds=seconds)
        with self.parts.store.write() as session:
            claims.put_off(
                session, self.platform_id, taken.fence, until, Reason.PLATFORM_UNAVAILABLE
            )

    def _release(self, taken: Lease) -> None:
        try:
            with self.parts.store.write() as session:
                lease.release(session, taken)
        except SQLAlchemyError as error:  # it will run out
            logs.event("lane not released", platform=self.platform_id, why=type(error).__name__)


class _Run:
    """The lane taken and the platform there: the work itself."""

    def __init__(
        self, lane: Lane, platform: Platform, connector: PlatformConnector, taken: Lease
    ) -> None:
        self._lane = lane
        self._parts = lane.parts
        self._platform = platform
        self._connector = connector
        self._taken = taken
        self._callers = Callers(connector, lambda: taken.safe, self)
        self._in_hand = 0
        self._to_look: dict[int, Column] = {}

    def send_all(self) -> None:
        with self._callers.working():
            self._loop()
        if self._callers.refused is not None:
            self._lane._fail_all(self._taken, self._callers.refused)
        elif self._callers.silent:
            self._lane._put_off(self._taken)

    def _loop(self) -> None:
        more = True
        while True:
            if self._taken.ages and not self._renew():
                return
            halted = self._callers.halted or self._lane.stop.is_set()
            if self._lane.again.is_set():
                self._lane.again.clear()
                more = True
            if more and not halted and self._in_hand < self._low():
                more = self._claim()
            if not self._in_hand:
                break
            wanted = self._in_hand if halted or not more else self._in_hand - self._low() + 1
            if ended := self._collect(max(1, wanted)):
                self._note(ended)
        if not halted:
            self._hand_looks()

    def _low(self) -> int:
        """With fewer grades than this in hand, more are claimed: one when the platform was silent."""
        return 1 if self._parts.circuits.doubtful(self._lane.platform_id) else BATCH // 2

    def _claim(self) -> bool:
        """Hands the next grades to the callers; whether there may be more."""
        limit = 1 if self._parts.circuits.doubtful(self._lane.platform_id) else BATCH
        skew = self.skew()
        with self._parts.store.write() as session:
            jobs = claims.claim(
                session, self._platform, self._taken.fence, self._parts.clock(), skew, limit
            )
        self._in_hand += len(jobs)
        first: dict[Column, list[Job]] = {}
        for job in jobs:
            if job.column.guarded:
                self._to_look[job.column.id] = job.column
                if job.overridden:  # whether it still is, the page is to say at once
                    self._lane.looked.pop(job.column.id, None)
            if job.column.guarded and job.column.maximum is not None:
                self._callers.hand(job)
            else:
                first.setdefault(job.column, []).append(job)
        for column, batch in first.items():
            self._callers.hand(Batch(column, tuple(batch), skew))
        return len(jobs) == limit

    def _collect(self, enough: int) -> list[tuple[Job, Outcome]]:
        ended = self._callers.ended(enough, NOTE_EVERY)
        self._in_hand -= len(ended)
        self._lane.tried += sum(outcome.called for _job, outcome in ended)
        return ended

    def _note(self, ended: list[tuple[Job, Outcome]]) -> None:
        with self._parts.store.write() as session:
            fates.note(session, self._taken.fence, ended, self._parts.clock())
        for job, outcome in ended:
            if outcome.error:
                logs.event(
                    "score not sent", sync=job.sync_id, why=outcome.error, attempts=job.attempts
                )

    def _hand_looks(self) -> None:
        """Guarded columns are read once their scores are noted, at most once a minute: a teacher's grade in
        them has stayed, and is to be shown. At once where one was sent under a teacher's: it may have gone."""
        for column in self._to_look.values():
            now = time.monotonic()
            if now - self._lane.looked.get(column.id, float("-inf")) > LOOK_EVERY:
                self._lane.looked[column.id] = now
                self._callers.hand(Look(column))

    # -- what the callers ask --------------------------------------------------------------------
    def look(self, column: Column) -> None:
        began = self._parts.clock()
        try:
            results = ags.results(self._connector, column.url)
        except ScopeMissing:  # nothing to show, and nothing against the scores
            return
        read_back.store(self._parts, column.id, results, began)

    def learn_size(self, column: Column) -> bool:
        return sizes.learn(self._parts, self._connector, column.id, column.url)

    def skew(self) -> timedelta:
        return self._parts.circuits.skew(self._lane.platform_id)

    def _renew(self) -> bool:
        with self._parts.store.write() as session:
            return lease.renew(session, self._taken, self._parts.clock())
