"""Runs the lanes of all platforms side by side, each in a thread of its own, so none waits for another.

``kick`` starts what is due and returns at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.services.sync import claims, lease
from lti_app.services.sync.lane import Lane
from lti_app.services.wiring import Wiring

LANES = 32  # platforms served at once by one process; each takes up to thirteen threads, and one connection
BUSY_WAIT = 0.05  # seconds before looking again at rows that somebody holds locked
RUNS_TOGETHER = 200  # of one lane in a row, before others get a look at its place


class Runner:
    """The lanes that this process runs. ``on_end`` is called whenever one of them has done its work, or
    was asked for again meanwhile; not when it is somebody else's or broke off, since who looks again at
    once would look without a pause."""

    def __init__(self, parts: Wiring, on_end: Callable[[], None] = lambda: None) -> None:
        self._parts = parts
        self._on_end = on_end
        self._holder = lease.own_name()
        self._running: dict[int, tuple[threading.Thread, threading.Event]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._looked: dict[int, float] = {}
        self.tried = 0

    def kick(self) -> None:
        """Starts a lane for every platform with something due, if none runs here already."""
        with self._parts.store.read() as session:
            due = claims.platforms_due(session, self._parts.clock())
        for platform_id in due:
            with self._lock:
                if platform_id in self._running:
                    self._running[platform_id][1].set()
                elif len(self._running) < LANES and not self._stop.is_set():
                    self._start(platform_id)

    def finish(self) -> int:
        """Waits until no lane runs; how many scores left since the start."""
        while True:
            with self._lock:
                threads = [thread for thread, _again in self._running.values()]
            if not threads:
                return self.tried
            for thread in threads:
                thread.join()

    def stop(self, seconds: float = 15.0) -> None:
        """Lets calls under way end, and hands the lanes back."""
        self._stop.set()
        with self._lock:
            threads = [thread for thread, _again in self._running.values()]
        for thread in threads:
            thread.join(seconds)

    def until_due(self) -> float:
        """Seconds until something is due next, at least one; infinity when all is settled."""
        with self._parts.store.read() as session:
            due = claims.next_due(session)
        if due is None:
            return float("inf")
        return max((due - self._parts.clock()) / timedelta(seconds=1), 1.0)

    def _start(self, platform_id: int) -> None:
        again = threading.Event()
        thread = threading.Thread(
            target=self._run, args=(platform_id, again), name=f"lane-{platform_id}", daemon=True
        )
        self._running[platform_id] = (thread, again)
        thread.start()

    def _run(self, platform_id: int, again: threading.Event) -> None:
        served = False
        try:
            served = self._run_lane(platform_id, again)
        except SQLAlchemyError as error:
            logs.event("lane without database", platform=platform_id, why=type(error).__name__)
        except Exception:  # the end of a thread: the lane is handed back and taken up again
            logs.LOGGER.exception("lane failed")
        finally:
            with self._lock:
                del self._running[platform_id]
                asked = again.is_set()
        if served or asked:
            self._on_end()

    def _run_lane(self, platform_id: int, again: threading.Event) -> bool:
        """Runs the lane, then looks once more: what became due while it was being handed back would
        otherwise wait for the next look. False when it was somebody else's."""
        for _ in range(RUNS_TOGETHER):
            lane = Lane(self._parts, platform_id, self._holder, self._stop, self._looked, again)
            try:
                served = lane.run()
            finally:
                with self._lock:
                    self.tried += lane.tried
            if not served:
                return False
            with self._parts.store.read() as session:
                due = claims.is_due(session, platform_id, self._parts.clock())
            if not due or self._stop.wait(0 if lane.tried else BUSY_WAIT):
                break
        return True
