"""A desk over each kind of column."""

from __future__ import annotations

import pytest

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
