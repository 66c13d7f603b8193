"""A process that can die at any line, and a database that can go away, for the storms.

The process is its ``Wiring``: a store and an HTTP client whose every boundary (a transaction begun, about
to commit, just committed; a call about to leave, just answered) burns a fuse. When it is burnt down the
process is dead: nothing it does from then on reaches the database or the network, and nothing is tidied
up, exactly as after kill -9; what had left by then has left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lti_app.app import wire
from lti_app.clients.http import Answer, Http
from lti_app.models.store import Store
from lti_app.services.platforms.circuit import Circuits
from lti_app.services.platforms.keys import KeyRing
from lti_app.services.platforms.platform_keys import PlatformKeys
from lti_app.services.platforms.token_store import DatabaseTokens
from lti_app.settings import Settings


class DeadError(Exception):
    """The process is no more. Nobody catches this by name."""


class Fuse:
    """Burns at each boundary; None: never burns down."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._lock = threading.Lock()
        self.dead = False

    def light(self, boundaries: int) -> None:
        """The process dies at that boundary from now: 1 is the next."""
        self._left = boundaries

    def burn(self) -> None:
        """Raises ``DeadError`` from the boundary on at which the process dies."""
        with self._lock:
            if self._left is not None and not self.dead:
                self._left -= 1
                self.dead = self._left <= 0
            if self.dead:
                raise DeadError


class Weather:
    """What becomes of the database: ``gone`` for that many transactions, or its disk ``full``."""

    def __init__(self) -> None:
        self.gone = 0
        self.full = False

    def strike(self) -> None:
        if self.gone > 0:
            self.gone -= 1
            raise OperationalError("BEGIN", {}, Exception("the database is gone"))


class MortalStore(Store):
    """A store whose transactions burn the fuse and stand in the weather."""

    def __init__(self, url: str, fuse: Fuse, weather: Weather) -> None:
        super().__init__(url)
        self._fuse = fuse
        self._weather = weather
        if self.is_sqlite:
            event.listen(self.engine, "begin", self._size_disk)

    @contextmanager
    def read(self) -> Iterator[Session]:
        self._fuse.burn()
        self._weather.strike()
        with super().read() as session:
            yield session
            self._fuse.burn()

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._fuse.burn()
        self._weather.strike()
        with super().write() as session:
            yield session
            self._fuse.burn()  # dies before the commit: all of it is lost
        self._fuse.burn()  # dies after the commit: the process never learns of it

    def _size_disk(self, connection: Any) -> None:
        """SQLite's own limit on its file makes it answer « database or disk is full » for real."""
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        limit = pages if self._weather.full else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")


class MortalHttp(Http):
    """Calls that burn the fuse before they leave and after they were answered."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__(lab=True)
        self._fuse = fuse
        self.retries = self.retries.new(backoff_factor=0)  # repeated as ever, but at once

    def request(self, method: str, url: str, **more: Any) -> Answer:
        self._fuse.burn()
        try:
            return super().request(method, url, **more)
        finally:
            self._fuse.burn()


class Process:
    """A worker process that was started; ``fuse`` is how it dies. ``pause`` lets seconds pass."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        weather: Weather,
        pause: Callable[[float], None],
    ) -> None:
        self.fuse = Fuse()
        store, http = MortalStore(settings.database_url, self.fuse, weather), MortalHttp(self.fuse)
        plain = wire(settings, clock=clock)
        plain.store.dispose()
        plain.http.close()
        self.parts = replace(
            plain,
            store=store,
            http=http,
            keys=KeyRing(store, settings.secret_key, clock),
            platform_keys=PlatformKeys(store, http, clock),
            tokens=DatabaseTokens(store, settings.secret_key, clock, pause),
            circuits=Circuits(store, clock),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.bury()

    def bury(self) -> None:
        """Closes its connections, as the system does for a dead process."""
        self.parts.store.dispose()
        self.parts.http.close()
