"""The few threads that call one platform, fed by its lane and bringing back how each try ended. They are
as many as ``pace`` finds useful, and no more than ``PARALLEL``.

A column that the platform does not guard against our scores is read before its first score leaves, once
for all the jobs handed over with it; any column is first asked what it goes up to, once ever. Whatever
happens in a thread, each job ends exactly once.
"""

from __future__ import annotations

import functools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.clients import ags
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import (
    CircuitOpen,
    ScopeMissing,
    ServiceError,
    ServiceRefused,
    TokenRefused,
)
from lti_app.models import SyncState
from lti_app.services.sync import sending
from lti_app.services.sync.claims import LONGEST_WAIT
from lti_app.services.sync.job import RELEASED, Column, Job, Outcome, Reason
from lti_app.services.sync.pace import Pace

PARALLEL = 12  # calls at once to one platform, from all our processes together
UNREADABLE = (
    401,
    403,
)  # a platform that takes scores and tells no results: nothing to compare with
LOST = Outcome(SyncState.WAITING)
"""Perhaps sent, perhaps not: tried again at once."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs of one column that may go once it was asked what it goes up to, and what it holds. ``skew`` is
    what was known of the platform's clock when they got their times."""

    column: Column
    jobs: tuple[Job, ...]
    skew: timedelta


@dataclass(frozen=True, slots=True)
class Look:
    """A column to be looked at beside the scores."""

    column: Column


class Asking(Protocol):
    """What the callers ask of their lane."""

    def learn_size(self, column: Column) -> bool:
        """Asks what the column goes up to; whether other grades are wanted there now."""
        ...

    def look(self, column: Column) -> None:
        """Reads the column and keeps what it holds."""
        ...

    def skew(self) -> timedelta:
        """What is known of the platform's clock by now."""
        ...


class Callers:
    """``refused`` says why the platform takes nothing from us, ``silent`` that it does not answer: then
    what is still in hand comes back untried."""

    def __init__(
        self,
        connector: PlatformConnector,
        may_call: Callable[[], bool],
        asking: Asking,
    ) -> None:
        self.refused: Reason | None = None
        self.silent = False
        self._connector = connector
        self._asking = asking
        self._may_call = may_call
        self._work: queue.SimpleQueue[Batch | Job | Look | None] = queue.SimpleQueue()
        self._ended: list[tuple[Job, Outcome]] = []
        self._enough = 0
        self._started = 0
        self._calling = 0
        self._pace = Pace(PARALLEL, time.monotonic())
        lock = threading.Lock()
        self._turn = threading.Condition(lock)
        self._back = threading.Condition(lock)

    @contextmanager
    def working(self) -> Iterator[None]:
        """The threads run until the block ends."""
        with ThreadPoolExecutor(PARALLEL, "caller") as self._pool:
            self._start()
            try:
                yield
            finally:
                for _ in range(self._started):
                    self._work.put(None)

    def hand(self, work: Batch | Job | Look) -> None:
        self._work.put(work)

    def ended(self, enough: int, timeout: float) -> list[tuple[Job, Outcome]]:
        """What came back: as soon as it is ``enough``, or else within ``timeout`` seconds."""
        until = time.monotonic() + timeout
        with self._back:
            self._enough = enough
            while len(self._ended) < enough and (now := time.monotonic()) < until:
                self._pace.look(now, waiting=not self._work.empty())
                self._start()
                self._back.wait(min(until - now, self._pace.patience))
            found, self._ended = self._ended, []
        return found

    @property
    def halted(self) -> bool:
        return self.silent or self.refused is not None

    def _start(self) -> None:
        """As many threads as may call."""
        while self._started < self._pace.allowed:
            self._pool.submit(self._run)
            self._started += 1

    def _run(self) -> None:
        """One thread's life."""
        while (work := self._work.get()) is not None:
            match work:
                case Batch():
                    self._batch(work)
                case Job():
                    self._job(work)
                case Look(column):
                    self._tried(functools.partial(self._asking.look, column), 1)

    def _job(self, job: Job) -> None:
        ended = self._tried(lambda: sending.send(self._connector, job), job.attempts)
        self._bring(job, ended or LOST)

    def _batch(self, batch: Batch) -> None:
        attempts = batch.jobs[0].attempts
        failed = self._tried(lambda: self._size(batch.column), attempts)
        held: dict[str, ags.Result] = {}
        if failed is None and not batch.column.guarded:
            failed = self._tried(lambda: self._read(batch, held), attempts)
        for job in batch.jobs:
            ended = failed or self._judged(held.get(job.score.user_id), job)
            if ended is None:
                self._work.put(job)
            else:
                self._bring(job, replace(ended, called=False))

    def _judged(self, result: ags.Result | None, job: Job) -> Outcome | None:
        """What stands in the cell means for a score that has not left yet: None, it may go."""
        return self._outcome(lambda: sending.before(result, job), job.attempts)

    def _bring(self, job: Job, outcome: Outcome) -> None:
        with self._back:
            self._ended.append((job, outcome))
            if len(self._ended) >= self._enough:
                self._back.notify()

    def _size(self, column: Column) -> Outcome | None:
        """A column whose kind was not known may want other grades than those claimed."""
        changed = column.maximum is None and self._asking.learn_size(column)
        return RELEASED if changed else None

    def _read(self, batch: Batch, held: dict[str, ags.Result]) -> Outcome | None:
        """Fills ``held``, and releases the jobs if a clock has jumped: their times are not the platform's."""
        try:
            for result in ags.results(self._connector, batch.column.url):
                held[result.user_id] = result
        except ServiceRefused as error:
            tells_nothing = isinstance(error, ScopeMissing) or error.status in UNREADABLE
            if not tells_nothing or sending.may_pass(error, batch.jobs[0].attempts):
                raise
        return RELEASED if self._asking.skew() != batch.skew else None

    def _tried(self, call: Callable[[], Outcome | None], attempts: int) -> Outcome | None:
        """What the call gives, or what its failure means, once it may be made."""

        def in_turn() -> Outcome | None:
            with self._one_call():
                return RELEASED if self.halted or not self._may_call() else call()

        return self._outcome(in_turn, attempts)

    def _outcome(self, act: Callable[[], Outcome | None], attempts: int) -> Outcome | None:
        """What it gives, or what its failure means, whatever that is."""
        try:
            return act()
        except ServiceError as error:
            self._note(error)
            return sending.failed(error, attempts)
        except SQLAlchemyError as error:
            logs.event("caller without database", why=type(error).__name__)
            return LOST
        except Exception:  # the end of a thread: the grade waits, and the others go on
            logs.LOGGER.exception("caller failed")
            return Outcome(SyncState.WAITING, Reason.INTERNAL, LONGEST_WAIT)

    def _note(self, error: ServiceError) -> None:
        if isinstance(error, CircuitOpen):
            self.silent = True
        elif isinstance(error, TokenRefused):
            self.refused = sending.token_refusal(error)
        elif error.status == 429:
            with self._turn:
                self._pace.too_busy()

    @contextmanager
    def _one_call(self) -> Iterator[None]:
        with self._turn:
            while self._calling >= self._pace.allowed:
                self._turn.wait()
            self._calling += 1
        try:
            yield
        finally:
            with self._turn:
                self._calling -= 1
                self._pace.answered()
                self._turn.notify()
