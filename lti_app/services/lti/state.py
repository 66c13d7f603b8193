"""The OIDC ``state``: signed, dated, and bound to one browser, one platform and one nonce.

Nothing is stored for a login: a flood of initiations leaves the database as it was. The browser keeps
a random value in a partitioned cookie; the state holds its hash. The nonce is consumed at the
launch, after the signature, and only there (``entering``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from itsdangerous import BadSignature, SignatureExpired

from lti_app.errors import LtiError
from lti_app.services.sealed import Seal

LIFETIME = 600  # seconds between login initiation and launch
COOKIE_PREFIX = "lti-"


class LoginState(NamedTuple):
    """What a launch must agree with: ``key`` names the cookie, ``browser_hash`` what it must hold.
    ``storage_target`` is the platform's frame that can keep the same value for us, if it announced one."""

    key: str
    browser_hash: str
    platform_id: int
    nonce: str
    target_link_uri: str
    deployment_id: str
    storage_target: str = ""

    @property
    def cookie_name(self) -> str:
        return COOKIE_PREFIX + self.key


class StateSigner:
    """Makes states and reads them back. Its key is derived once: see ``state_signer``."""

    def __init__(self, secret_key: str) -> None:
        self._seal = Seal(secret_key, "oidc-state")

    def issue(
        self, platform_id: int, target_link_uri: str, deployment_id: str, storage_target: str = ""
    ) -> tuple[str, LoginState, str]:
        """A new state: its signed text, its content, and the value for the browser's cookie."""
        browser, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        state = LoginState(
            key=secrets.token_hex(4),
            browser_hash=_digest(browser),
            platform_id=platform_id,
            nonce=nonce,
            target_link_uri=target_link_uri,
            deployment_id=deployment_id,
            storage_target=storage_target,
        )
        return self._seal.dumps(state), state, browser

    def read(self, text: str, cookies: Mapping[str, str]) -> LoginState:
        """The state, when it is ours, young enough, and this browser's.

        Raises ``LtiError`` as ``unbound`` does, or ``state_foreign_browser`` (which is also what a
        browser without cookies looks like).
        """
        state = self.unbound(text)
        browser = cookies.get(state.cookie_name, "")
        if not hmac.compare_digest(_digest(browser), state.browser_hash):
            raise LtiError("state_foreign_browser", "no cookie" if not browser else "other cookie")
        return state

    def unbound(self, text: str) -> LoginState:
        """The state, when it is ours and young enough, whoever brings it.

        Raises ``LtiError``: ``state_missing``, ``state_invalid`` or ``state_expired``.
        """
        if not text:
            raise LtiError("state_missing")
        try:
            return LoginState(*self._seal.loads(text, max_age=LIFETIME))
        except SignatureExpired as error:
            raise LtiError("state_expired") from error
        except (BadSignature, TypeError) as error:
            raise LtiError("state_invalid") from error


@lru_cache(maxsize=8)
def state_signer(secret_key: str) -> StateSigner:
    """The signer of this secret, the same one for every request."""
    return StateSigner(secret_key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
