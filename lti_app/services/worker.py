"""What a worker process does: send grades, find columns, read class lists and gradebooks, push, exchange.

``start`` makes it look by itself when something is due and every few seconds; tasks from the queue only
make it look sooner. Nothing here waits for a platform in the thread that was asked: the queue's next
task comes at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.services.classes import roster
from lti_app.services.grades import columns, exchange, read_back
from lti_app.services.moodle import pushes
from lti_app.services.sync.runner import Runner
from lti_app.services.wiring import Wiring

KEY_AGE = timedelta(days=180)  # the signing key is changed when it is older
LOOK_EVERY = 20.0  # seconds between two looks at the database when nothing is known to come
OTHERS_EVERY = 60.0  # seconds between two looks for columns to be found and pushes to be made


class Worker:
    """The work of one process, on its parts."""

    def __init__(self, parts: Wiring) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._look = threading.Event()
        self._runner = Runner(parts, on_end=self._look.set)
        self._once: dict[str, _Once] = {
            "columns": _Once("columns", self._find_columns),
            "pushes": _Once("pushes", lambda: pushes.run_due(parts)),
            "exchange": _Once("exchange", self._exchange),
        }

    def start(self) -> None:
        """Begins to look by itself, until ``stop``."""
        threading.Thread(target=self._pace, name="pace", daemon=True).start()

    def stop(self, seconds: float = 15.0) -> None:
        """Lets calls under way end, for so long, and hands the lanes back."""
        self._stop.set()
        self._look.set()
        self._runner.stop(seconds)

    def send(self) -> None:
        """Sends what is due, and finds the columns that are waited for."""
        self._runner.kick()
        self._once["columns"].run()

    def push(self) -> None:
        """Pushes the référentiels that wait for it into their Moodles."""
        if pushes.due(self._parts):
            self._once["pushes"].run()

    def read_roster(self, course_id: int) -> None:
        roster.refresh_if_old(self._parts, course_id)

    def read_back(self, resource_link_id: int) -> None:
        """Reads an activity's columns, for the teacher who looks at them."""
        read_back.refresh_if_old(self._parts, resource_link_id)
        self._runner.kick()

    def exchange(self) -> None:
        """Exchanges ratings and grades with the platforms, where asked for or due."""
        self._once["exchange"].run()

    def rotate_old_key(self) -> None:
        self._parts.keys.rotate_if_older(KEY_AGE)

    def _find_columns(self) -> None:
        if columns.ensure(self._parts):
            self._runner.kick()

    def _exchange(self) -> None:
        exchange.run_due(self._parts)
        self._runner.kick()

    def _pace(self) -> None:
        others_at = float("-inf")
        while not self._stop.is_set():
            pause = LOOK_EVERY
            try:
                self._runner.kick()
                if time.monotonic() - others_at > OTHERS_EVERY:
                    others_at = time.monotonic()
                    self._once["columns"].run()
                    self.push()
                    self.exchange()
                pause = min(self._runner.until_due(), LOOK_EVERY)
            except SQLAlchemyError as error:
                logs.event("no database", why=type(error).__name__)
            except Exception:  # a worker that no longer looks would be worse than any of them
                logs.LOGGER.exception("look failed")
            self._look.wait(pause)
            self._look.clear()


class _Once:
    """Work in a thread of its own, at most once at a time; asked for meanwhile, it is done again."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._name = name
        self._work = work
        self._lock = threading.Lock()
        self._running = False
        self._again = False

    def run(self) -> None:
        with self._lock:
            if self._running:
                self._again = True
                return
            self._running = True
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._work()
            except SQLAlchemyError as error:
                logs.event("no database", work=self._name, why=type(error).__name__)
            except Exception:  # the end of a thread: this work fails, the next call does it again
                logs.LOGGER.exception("%s failed", self._name)
            with self._lock:
                if not self._again:
                    self._running = False
                    return
                self._again = False
