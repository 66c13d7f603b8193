"""Services are tried against the embedded LMS over HTTP, with the tool's keys served to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lti_app.app import wire
from lti_app.demo import Lms, LmsConfig, create_lms, listen, serve
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings
from tests.apps import Apps
from tests.conftest import Clock
from tests.services.campus import Campus


@pytest.fixture
def campus(settings: Settings, clock: Clock, apps: Apps) -> Iterator[Campus]:
    """LMS and tool over HTTP, registered with each other, on one clock."""
    with listen() as lms_door, listen("localhost") as tool_door:
        settings = replace(settings, public_url=tool_door.url)
        parts: Wiring = wire(settings, clock=clock)
        config = LmsConfig(
            issuer=lms_door.url,
            tool_url=tool_door.url,
            enabled=True,
            purpose="tests",
            initiate_login_uri=tool_door.url + "/lti/login",
            redirect_uris=(tool_door.url + "/lti/launch",),
            target_link_uri=tool_door.url + "/lti/launch",
            tool_jwks_url=tool_door.url + "/lti/jwks",
        )
        lms: Lms = create_lms(config, clock=lambda: clock().timestamp())
        with parts.store.write() as session:
            new = platforms.NewPlatform.moodle(
                config.issuer, config.client_id, [config.deployment_id]
            )
            platforms.add(session, new, clock(), lab=True)
        with serve(lms, lms_door), serve(apps.of(parts, "campus"), tool_door):
            yield Campus(lms, parts)
        parts.http.close()
        parts.store.dispose()
