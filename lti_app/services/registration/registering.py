"""The exchange itself: fetch the platform's configuration, post ours, keep what comes back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lti_app import logs
from lti_app.clients.http import json_of
from lti_app.errors import LtiError, ServiceError
from lti_app.models import Deployment, Invitation, Platform, PlatformStatus
from lti_app.services.registration import configuration, invitations
from lti_app.services.registration.configuration import TOOL, PlatformConfiguration
from lti_app.services.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Registered:
    """What the administrator is told at the end."""

    platform_id: int
    client_id: str
    deployment_id: str
    active: bool


def discover(parts: Wiring, url: str, invitation: Invitation) -> PlatformConfiguration:
    """The platform's own description. Raises ``LtiError``: ``configuration_unreachable`` or
    ``configuration_invalid``."""
    if not url:
        raise LtiError("configuration_invalid", "openid_configuration is missing")
    try:
        document = json_of(parts.http.request("GET", url, headers={"Accept": "application/json"}))
    except ServiceError as error:
        raise LtiError("configuration_unreachable", str(error)) from error
    return configuration.read(
        document, url, lab=parts.settings.lab, origins=invitation.origins.split()
    )


def register(
    parts: Wiring, secret: str, url: str, token: str, locale: str
) -> tuple[PlatformConfiguration, Registered]:
    """Registers us with the platform and the platform with us; ``token`` may be empty.

    Raises ``LtiError``: those of ``discover`` and ``invitations.check``, ``registration_refused`` with the
    platform's reason, or ``registration_invalid``. A refused registration leaves the invitation whole.
    """
    with parts.store.read() as session:
        invitation = invitations.check(session, secret, parts.clock())
    platform = discover(parts, url, invitation)
    answer = _post(parts, platform, token, locale)
    client_id, deployment_id = _identifiers(answer)
    with parts.store.write() as session:
        row = session.scalar(
            select(Platform).where(
                Platform.issuer == platform.issuer, Platform.client_id == client_id
            )
        )
        if row is None:
            status = PlatformStatus.ACTIVE if invitation.approve else PlatformStatus.PENDING
            row = Platform(
                issuer=platform.issuer,
                client_id=client_id,
                status=status.value,
                created_at=parts.clock(),
            )
            session.add(row)
        row.name = row.name or platform.issuer
        row.auth_login_url = platform.authorization_endpoint
        row.auth_token_url = platform.token_endpoint
        row.auth_audience = platform.auth_audience
        row.jwks_url = platform.jwks_uri
        row.product_family = platform.product_family
        row.origins = invitation.origins or row.origins
        session.flush()
        if deployment_id and deployment_id not in {d.deployment_id for d in row.deployments}:
            row.deployments.append(Deployment(deployment_id=deployment_id))
        invitations.take(session, invitation.id, row.id, parts.clock())
        done = Registered(
            row.id, client_id, deployment_id, row.status == PlatformStatus.ACTIVE.value
        )
    logs.event("platform registered", platform=done.platform_id, active=done.active)
    return platform, done


def _post(parts: Wiring, platform: PlatformConfiguration, token: str, locale: str) -> Any:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = configuration.request_for(platform, parts.settings.public_url, locale)
    try:
        response = parts.http.request(
            "POST",
            platform.registration_endpoint,
            headers=headers,
            data=json.dumps(body, ensure_ascii=False).encode(),
        )
        return json_of(response)
    except ServiceError as error:
        raise LtiError("registration_refused", f"{error.status}: {error.reason}") from error


def _identifiers(answer: Any) -> tuple[str, str]:
    tool = answer.get(TOOL) if isinstance(answer, dict) else None
    client_id = answer.get("client_id") if isinstance(answer, dict) else None
    deployment_id = tool.get("deployment_id") if isinstance(tool, dict) else None
    if not isinstance(client_id, str) or not client_id:
        raise LtiError("registration_invalid", "the platform gave no client_id")
    return client_id, str(deployment_id) if deployment_id is not None else ""
