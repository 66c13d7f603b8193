"""Where PyLTI1p3 finds a registration: our platforms, by issuer and client id."""

from __future__ import annotations

from functools import lru_cache

from pylti1p3.deployment import Deployment as PyltiDeployment
from pylti1p3.registration import Registration
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_app.models import Platform
from lti_app.services.lti.directory import PlatformDirectory


class DirectoryToolConf(ToolConfAbstract):
    """Registrations as PyLTI1p3 asks for them. Every issuer may have several clients here."""

    def __init__(self, directory: PlatformDirectory) -> None:
        super().__init__()
        self._directory = directory

    def platform(
        self, issuer: str, client_id: str | None = None, platform_id: int | None = None
    ) -> Platform:
        """As ``PlatformDirectory.active``."""
        return self._directory.active(issuer, client_id, platform_id)

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


@lru_cache(maxsize=8)
def tool_conf(directory: PlatformDirectory) -> DirectoryToolConf:
    """That of this directory, the same one for every request."""
    return DirectoryToolConf(directory)


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
