"""A desk over each kind of column."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti_app.demo import listen, serve
from lti_app.services.wiring import Wiring
from tests.apps import Apps
from tests.conftest import Clock
from tests.services.campus import Campus
from tests.services.sync.desk import Desk


@pytest.fixture
def own(campus: Campus, clock: Clock) -> Desk:
    """The activity's own column."""
    return Desk.open(campus, clock, own=True)


@pytest.fixture
def made(campus: Campus, clock: Clock) -> Desk:
    """A column that we made."""
    return Desk.open(campus, clock, own=False)


@pytest.fixture(params=["own", "made"])
def desk(request: pytest.FixtureRequest, campus: Campus, clock: Clock) -> Desk:
    """Each of them in turn."""
    return Desk.open(campus, clock, own=request.param == "own")


@pytest.fixture
def tool_url(parts: Wiring, apps: Apps) -> Iterator[str]:
    """The tool's keys, where an LMS can read them."""
    with listen("localhost") as door, serve(apps.of(parts, "keys"), door) as url:
        yield url
