"""A Moodle over real HTTP for the tests of this folder, and the door to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti_app.clients.http import Http
from lti_app.clients.moodle_ws import MoodleWs
from tests.services.moodle.server import TOKEN, FakeMoodle, running
from tests.services.moodle.world import World

LEVELS = ["Non acquis", "En cours", "Acquis"]


@pytest.fixture
def world() -> World:
    """A Moodle with a site scale, two courses and no framework."""
    return World(scales={1: ["Oui", "Non"], 2: list(LEVELS)}, courses={2: [], 3: []})


@pytest.fixture
def moodle(world: World) -> Iterator[FakeMoodle]:
    with running(FakeMoodle(world)) as up:
        yield up


@pytest.fixture
def ws(moodle: FakeMoodle) -> Iterator[MoodleWs]:
    http = Http(lab=True)
    yield MoodleWs(http, moodle.url, TOKEN)
    http.close()
