"""Connectors to platforms: tokens, circuit and connections are those of the whole process."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import ServiceUnavailable
from lti_app.models import Platform, PlatformStatus
from lti_app.services.lti.tool_config import registration_of
from lti_app.services.wiring import Wiring


def connector_for(parts: Wiring, platform: Platform) -> PlatformConnector:
    """Authorised calls to this platform."""
    return PlatformConnector(
        platform.id,
        registration_of(platform),
        http=parts.http,
        sign=partial(sign_for, parts, platform.id),
        new_key=parts.keys.is_new,
        tokens=parts.tokens,
        health=parts.circuits,
        clock=parts.clock,
    )


def sign_for(parts: Wiring, platform_id: int, claims: dict[str, Any]) -> str:
    """The claims of an assertion, signed. No token is asked for without one, and whoever gets it can hand it on: a
    platform that nobody has approved yet, or that is switched off, gets none.

    Raises ``ServiceUnavailable`` for a platform that is not active at this moment.
    """
    with parts.store.read() as session:
        status = session.scalar(select(Platform.status).where(Platform.id == platform_id))
    if status != PlatformStatus.ACTIVE.value:
        raise ServiceUnavailable(
            f"platform {platform_id} is not active here: no token is asked for"
        )
    return parts.keys.sign(claims)
