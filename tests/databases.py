"""Databases for tests: migrated once in each test process, then handed out empty again and again.

SQLite: a copy of a migrated file. PostgreSQL: a schema of this process's own, emptied in place.
``COMPETENCES_TEST_POSTGRES`` names the server and database, for instance
``postgresql://postgres@127.0.0.1/competences_test``.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from sqlalchemy import text

from lti_app.models import Base, migrate
from lti_app.models.store import Store

POSTGRES = os.environ.get("COMPETENCES_TEST_POSTGRES", "")
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "") or "single"


def sqlite(folder: Path, templates: Path) -> str:
    """The address of a new migrated file in the folder; the template is kept in ``templates``."""
    template = templates / "migrated.sqlite3"
    if not template.exists():
        _migrate(f"sqlite:///{template}")
    shutil.copyfile(template, folder / "test.sqlite3")
    return f"sqlite:///{folder / 'test.sqlite3'}"


def postgresql() -> str:
    """The address of this process's schema, migrated and without a row."""
    url = new_schema(f"test_{PROCESS}", only_once=True)
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    _run(url, f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return url


def new_schema(name: str, *, only_once: bool = False) -> str:
    """The address of a schema that was dropped, created and migrated: now, or when first asked for."""
    return _first_schema(name) if only_once else _schema(name)


def _schema(name: str) -> str:
    base = POSTGRES.replace("postgresql://", "postgresql+psycopg://")
    _run(base, f"DROP SCHEMA IF EXISTS {name} CASCADE", f"CREATE SCHEMA {name}")
    url = f"{base}{'&' if '?' in base else '?'}options=-csearch_path%3D{name}"
    _migrate(url)
    return url


_first_schema = cache(_schema)


def _run(url: str, *statements: str) -> None:
    store = Store(url)
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    store.dispose()


def _migrate(url: str) -> None:
    store = Store(url)
    migrate.upgrade(store.engine)
    store.dispose()
