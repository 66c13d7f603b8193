"""The migrations lead to exactly the tables that the models describe, and back."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from lti_app.models import Base, migrate
from lti_app.models.store import Store


def test_migrations_and_models_agree(database_url: str) -> None:
    store = Store(database_url)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    store.dispose()


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory.from_config(migrate.config()).get_heads()) == 1


def test_every_migration_can_be_taken_back(database_url: str) -> None:
    store = Store(database_url)
    settings = migrate.config()
    with store.engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    with store.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) - {"alembic_version"} == set()
    migrate.upgrade(store.engine)
    assert migrate.is_current(store.engine)
    store.dispose()
