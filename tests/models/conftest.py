"""Migrations alter the schema itself: theirs is nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, templates: Path) -> str:
    """The address of an empty, migrated database of each kind."""
    if request.param == "sqlite":
        return databases.sqlite(tmp_path, templates)
    if not databases.POSTGRES:
        pytest.skip("no PostgreSQL: COMPETENCES_TEST_POSTGRES is not set")
    return databases.new_schema(f"test_migrations_{databases.PROCESS}")
