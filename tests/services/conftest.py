"""Services are tried against the embedded LMS over HTTP, with the tool's keys served to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti_app.settings import Settings
from tests.apps import Apps
from tests.conftest import Clock
from tests.services.campus import Campus, opened


@pytest.fixture
def campus(settings: Settings, clock: Clock, apps: Apps) -> Iterator[Campus]:
    """LMS and tool over HTTP, registered with each other, on one clock."""
    with opened(settings, clock, apps) as campus:
        yield campus
