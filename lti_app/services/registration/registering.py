"""The exchange itself: fetch the platform's configuration, post ours, keep what comes back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app import logs
from lti_app.clients.http import json_of
from lti_app.errors import LtiError, ServiceError
from lti_app.models import Deployment, Invitation, Platform, PlatformStatus
from lti_app.services.platforms import registered as platforms
from lti_app.services.registration import configuration, invitations
from lti_app.services.registration.configuration import TOOL, PlatformConfiguration
from lti_app.services.wiring import Wiring

PATIENCE = 20.0  # seconds for each call; somebody waits, and so does a thread that serves others


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
        answer = parts.http.request(
            "GET", url, headers={"Accept": "application/json"}, seconds=PATIENCE
        )
        document = json_of(answer)
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
    platform's reason, ``registration_invalid``, ``client_id_taken`` when another platform here has the client_id, or
    ``platform_registered`` when this one was approved before and the invitation approves nobody. A refused
    registration leaves the invitation whole.
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
        _refuse_taking(session, row, client_id, approve=invitation.approve)
        if row is None:
            row = Platform(
                issuer=platform.issuer,
                client_id=client_id,
                status=PlatformStatus.PENDING.value,
                created_at=parts.clock(),
            )
            session.add(row)
        if invitation.approve:
            row.status = PlatformStatus.ACTIVE.value
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


def _refuse_taking(
    session: Session, row: Platform | None, client_id: str, *, approve: bool
) -> None:
    """Nobody takes another platform's place: not by its client_id, and not by registering the approved platform
    ``row`` again, with other keys, unless our administrator approved that beforehand.

    The platforms are named by their numbers, in the log only: whoever registers may be another school.
    """
    known = platforms.holder(session, client_id, row.id if row is not None else None)
    if known is not None:
        raise LtiError("client_id_taken", f"platform {known.id} has it")
    if row is not None and row.status != PlatformStatus.PENDING.value and not approve:
        raise LtiError("platform_registered", f"platform {row.id}")


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
            seconds=PATIENCE,
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
    if not (client_id.isascii() and client_id.isprintable()):  # RFC 6749 appendix A.1
        raise LtiError("registration_invalid", "the client_id is not in plain characters")
    return client_id, str(deployment_id) if deployment_id is not None else ""
