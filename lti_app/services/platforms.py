"""Platforms as the administrator manages them: added, listed, switched off and on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, InputError
from lti_app.models import Deployment, Platform, PlatformStatus
from lti_app.services.lti.addresses import JWKS_PATH, LAUNCH_PATH, LOGIN_PATH

MOODLE_PATHS = {
    "auth_login_url": "/mod/lti/auth.php",
    "auth_token_url": "/mod/lti/token.php",
    "jwks_url": "/mod/lti/certs.php",
}


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """A registration made by hand: what the LMS shows once the tool is declared there."""

    name: str
    issuer: str
    client_id: str
    deployment_ids: tuple[str, ...]
    auth_login_url: str
    auth_token_url: str
    jwks_url: str

    @classmethod
    def moodle(
        cls, url: str, client_id: str, deployment_ids: Sequence[str], name: str = ""
    ) -> NewPlatform:
        """A Moodle, whose addresses follow from its own."""
        issuer = url.rstrip("/")
        return cls(
            name=name or issuer,
            issuer=issuer,
            client_id=client_id,
            deployment_ids=tuple(deployment_ids),
            **{key: issuer + path for key, path in MOODLE_PATHS.items()},
        )


def add(session: Session, new: NewPlatform, now: datetime, *, lab: bool) -> Platform:
    """Stores a platform, active at once. Raises ``InputError`` naming the value that cannot be right."""
    for field in ("issuer", "client_id"):
        if not getattr(new, field).strip():
            raise InputError(f"{field} est vide.")
    if not new.deployment_ids:
        raise InputError("Il manque l’identifiant de déploiement (deployment_id).")
    for field in ("issuer", "auth_login_url", "auth_token_url", "jwks_url"):
        try:
            check_url(getattr(new, field), lab=lab)
        except AddressRefused as error:
            raise InputError(f"{field} : {error}") from error
    known = session.scalar(
        select(Platform).where(Platform.issuer == new.issuer, Platform.client_id == new.client_id)
    )
    if known is not None:
        raise InputError(
            f"La plateforme {new.issuer} avec le client_id {new.client_id} existe déjà (n° {known.id})."
        )
    platform = Platform(
        name=new.name,
        issuer=new.issuer,
        client_id=new.client_id,
        auth_login_url=new.auth_login_url,
        auth_token_url=new.auth_token_url,
        jwks_url=new.jwks_url,
        status=PlatformStatus.ACTIVE.value,
        created_at=now,
        deployments=[Deployment(deployment_id=value) for value in new.deployment_ids],
    )
    session.add(platform)
    session.flush()
    return platform


def listed(session: Session) -> list[Platform]:
    """All of them, oldest first, with their deployments."""
    return list(
        session.scalars(
            select(Platform).order_by(Platform.id).options(selectinload(Platform.deployments))
        )
    )


def set_status(session: Session, platform_id: int, status: PlatformStatus) -> Platform:
    """Raises ``InputError`` for a number that no platform has."""
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise InputError(f"Aucune plateforme n° {platform_id}.")
    platform.status = status.value
    return platform


def own_addresses(public_url: str) -> dict[str, str]:
    """What is typed into the LMS's form when the tool is declared by hand."""
    return {
        "tool_url": public_url + LAUNCH_PATH,
        "initiate_login_url": public_url + LOGIN_PATH,
        "redirect_uris": public_url + LAUNCH_PATH,
        "jwks_url": public_url + JWKS_PATH,
    }
