"""Statements of the hottest path, compiled once and run on the driver's own cursor.

SQLAlchemy's unit of work and execution take most of a launch's time; the few statements that every launch runs
go past them. Types are still SQLAlchemy's: each value passes the processor of its column.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Engine, PoolProxiedConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ClauseElement


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    order: tuple[str, ...] | None  # of positional parameters
    processors: Mapping[str, Callable[[Any], Any]]

    def arguments(self, values: Mapping[str, Any]) -> Any:
        ready = {
            name: self.processors[name](value) if name in self.processors else value
            for name, value in values.items()
        }
        return ready if self.order is None else [ready[name] for name in self.order]


class Prepared:
    """One statement with named values, for whichever database it meets."""

    def __init__(self, statement: ClauseElement, names: tuple[str, ...] = ()) -> None:
        self._statement = statement
        self._names = names
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        """The statement as this dialect says it. ``names`` are the columns of an insert."""
        found = self._compiled.get(dialect.name)
        if found is None:
            names = list(self._names) or None
            compile_: Any = self._statement.compile  # column_keys is an insert's own argument
            compiled = compile_(dialect=dialect, column_keys=names)
            processors = {
                name: processor
                for name, bind in compiled.binds.items()
                if (processor := bind.type.dialect_impl(dialect).bind_processor(dialect))
            }
            order = tuple(compiled.positiontup) if compiled.positional else None
            found = self._compiled[dialect.name] = _Compiled(str(compiled), order, processors)
        return found


class Driver:
    """The driver's own cursor."""

    def __init__(self, dialect: Dialect, cursor: Any) -> None:
        self._dialect = dialect
        self._cursor = cursor

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Raises ``IntegrityError`` for a row that the tables do not admit."""
        compiled = statement.on(self._dialect)
        try:
            self._cursor.execute(compiled.sql, compiled.arguments(values))
        except self._dialect.loaded_dbapi.IntegrityError as error:
            raise IntegrityError(compiled.sql, None, error) from error

    def first(self, statement: Prepared, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        self.run(statement, values)
        row = self._cursor.fetchone()
        return None if row is None else tuple(row)


class Drivers(threading.local):
    """The calling thread's way to one engine. A SQLite connection is an open file that stays good: the thread keeps
    one of its own, outside the pool, since lending one takes longer than a statement. It closes with the thread.
    Its commits do not wait for the disk: what a launch writes, another launch writes again after a power cut.
    PostgreSQL's are the pool's to look after."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keeps = engine.dialect.name == "sqlite"
        self._kept: PoolProxiedConnection | None = None

    @contextmanager
    def driving(self) -> Iterator[Driver]:
        """A connection, committed when the block ends without an exception. On SQLite each statement is a
        transaction of its own (``store``), so a block writes with one."""
        connection, self._kept = self._kept or self._new(), None
        try:
            yield Driver(self._engine.dialect, connection.cursor())
            connection.commit()
        except BaseException:
            connection.rollback()
            connection.close()
            raise
        if self._keeps:
            self._kept = connection
        else:
            connection.close()

    def _new(self) -> PoolProxiedConnection:
        connection = self._engine.raw_connection()
        if self._keeps:
            connection.detach()  # or threads would hold on to all that the pool may lend
            cursor = connection.cursor()
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.close()
        return connection

    def close(self) -> None:
        """Closes what the calling thread keeps."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
