"""Where PyLTI1p3 finds a registration: our database, by issuer and client id."""

from __future__ import annotations

from pylti1p3.deployment import Deployment as PyltiDeployment
from pylti1p3.registration import Registration
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lti_app.errors import LtiError
from lti_app.models import Platform, PlatformStatus
from lti_app.models.store import Store


class DatabaseToolConf(ToolConfAbstract):
    """Registrations as PyLTI1p3 asks for them. Every issuer may have several clients here."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def platform(
        self, issuer: str, client_id: str | None = None, platform_id: int | None = None
    ) -> Platform:
        """The platform of that issuer; the client id decides when the issuer has several.

        Raises ``LtiError``: ``unknown_platform``, ``platform_pending`` or ``platform_inactive``.
        """
        query = (
            select(Platform)
            .where(Platform.issuer == issuer)
            .options(selectinload(Platform.deployments))
        )
        if client_id:
            query = query.where(Platform.client_id == client_id)
        if platform_id is not None:
            query = query.where(Platform.id == platform_id)
        with self._store.read() as session:
            found = session.scalars(query).all()
        if len(found) != 1:
            raise LtiError("unknown_platform", f"{len(found)} for {issuer!r} and {client_id!r}")
        platform = found[0]
        if platform.status != PlatformStatus.ACTIVE.value:
            raise LtiError(f"platform_{platform.status}", f"platform {platform.id}")
        return platform

    def check_iss_has_one_client(self, iss: str) -> bool:
        return False

    def find_registration_by_issuer(self, iss: str, *_args: object, **_kw: object) -> Registration:
        return registration_of(self.platform(iss))

    def find_registration_by_params(
        self, iss: str, client_id: str | None, *_args: object, **_kw: object
    ) -> Registration:
        return registration_of(self.platform(iss, client_id))

    def find_deployment(self, iss: str, deployment_id: str) -> PyltiDeployment | None:
        return self.find_deployment_by_params(iss, deployment_id, None)

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str | None, *_args: object, **_kw: object
    ) -> PyltiDeployment | None:
        platform = self.platform(iss, client_id)
        if deployment_id not in {item.deployment_id for item in platform.deployments}:
            return None
        return PyltiDeployment().set_deployment_id(deployment_id)


def registration_of(platform: Platform) -> Registration:
    """PyLTI1p3's view of a platform, without the private key: ``KeyRing`` signs."""
    registration = Registration()
    registration.set_issuer(platform.issuer)
    registration.set_client_id(platform.client_id)
    registration.set_auth_login_url(platform.auth_login_url)
    registration.set_auth_token_url(platform.auth_token_url)
    if platform.auth_audience:
        registration.set_auth_audience(platform.auth_audience)
    registration.set_key_set_url(platform.jwks_url)
    return registration
