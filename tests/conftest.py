"""Fixtures shared by all tests: a real database (SQLite, and PostgreSQL when one is given), the wired
parts, the app and a client that launches.

``COMPETENCES_TEST_POSTGRES`` names a PostgreSQL server and database that the tests may fill and empty,
for instance ``postgresql://postgres@127.0.0.1/competences_test``. Without it the PostgreSQL half skips.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_app.app import wire
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings
from tests import databases
from tests.apps import Apps
from tests.factories import School

# `make chaos` also kills real workers again and again; every day tests/deployment kills one.
collect_ignore = [] if os.environ.get("COMPETENCES_CHAOS") else ["chaos/test_kill.py"]

SECRET = "a secret for tests, long enough to be accepted"


class Clock:
    """A clock that tests set; it stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once and copied for each test."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, templates: Path) -> str:
    """The address of an empty, migrated database of each kind."""
    if request.param == "sqlite":
        return databases.sqlite(tmp_path, templates)
    if not databases.POSTGRES:
        pytest.skip("no PostgreSQL: COMPETENCES_TEST_POSTGRES is not set")
    return databases.postgresql()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        public_url="http://localhost:8080",
        data_dir=tmp_path,
        database_url=database_url,
        queue_url="",
        secret_key=SECRET,
        lab=True,
        locale="fr",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts(settings: Settings, clock: Clock) -> Iterator[Wiring]:
    """The wired parts on that database; ``woken`` counts how often the worker was called."""
    wired = wire(settings, clock=clock)
    yield wired
    wired.http.close()
    wired.store.dispose()


@pytest.fixture(scope="session")
def apps() -> Apps:
    return Apps()


@pytest.fixture
def app(parts: Wiring, apps: Apps) -> Flask:
    return apps.of(parts, "app", TESTING=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def school(parts: Wiring) -> School:
    """A platform with a course of two teachers and three pupils, and a second course."""
    return School.create(parts)
