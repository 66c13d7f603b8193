"""The door to the database: one engine, and two kinds of session.

Its errors do not quote the values of the statement that failed: they are people's names and what was said of them.

SQLite runs in WAL mode with foreign keys on. A commit waits for the disk (``synchronous=FULL``), so that
what was acknowledged outlives a power cut; only a launch does not (``prepared``). A writing session takes
the write lock when it begins (``BEGIN IMMEDIATE``): a transaction that reads first and writes later could
otherwise fail half way with "database is locked", which no timeout mends (https://sqlite.org/isolation.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session

from lti_app.models.prepared import Drivers

BUSY_TIMEOUT = 15.0  # seconds a SQLite writer waits for another one


class Store:
    """Sessions on one database. Both kinds roll back when their block raises."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(writing=True)
        self.drivers = Drivers(self.engine)  # for the few statements of the hottest path

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that is never committed."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction, committed when the block ends without an exception."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def dispose(self) -> None:
        self.drivers.close()
        self.engine.dispose()


def insert(session: Session, table: type[DeclarativeBase]) -> Any:
    """An ``INSERT`` that can say ``ON CONFLICT``, which both databases can and SQLAlchemy keeps apart."""
    dialect = session.get_bind().dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=32, hide_parameters=True
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not by the driver's guess
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
