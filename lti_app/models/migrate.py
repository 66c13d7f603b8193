"""Alembic from Python: brings a database to the newest migration, from a checkout or a wheel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

LOCK = 0x636F6D70  # any number that no other program takes on this database
MIGRATIONS = Path(__file__).parent.parent / "migrations"


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Applies every missing migration in one transaction; of several processes that start together on
    PostgreSQL, one does and the others wait for it."""
    settings = config()
    with _connection(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        if engine.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"the migration leaves {len(broken)} rows without their parent")


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest migration."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """A connection on which SQLite does not enforce foreign keys.

    A migration alters a table by copying it, and dropping the old copy would delete every row that
    refers to it (https://sqlite.org/lang_altertable.html#otheralter). The pragma does nothing inside a
    transaction, so it goes to the driver before one begins.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
            driver.close()
