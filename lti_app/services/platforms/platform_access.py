"""Connectors to platforms: tokens, circuit and connections are those of the whole process."""

from __future__ import annotations

from lti_app.clients.tokens import PlatformConnector
from lti_app.models import Platform
from lti_app.services.lti.tool_config import registration_of
from lti_app.services.wiring import Wiring


def connector_for(parts: Wiring, platform: Platform) -> PlatformConnector:
    """Authorised calls to this platform."""
    return PlatformConnector(
        platform.id,
        registration_of(platform),
        http=parts.http,
        sign=parts.keys.sign,
        new_key=parts.keys.is_new,
        tokens=parts.tokens,
        health=parts.circuits,
        clock=parts.clock,
    )
