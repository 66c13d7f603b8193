"""Connectors to platforms, with tokens shared through the database."""

from __future__ import annotations

from sqlalchemy import delete

from lti_app.clients.tokens import PlatformConnector, Token
from lti_app.models import AccessToken, Platform
from lti_app.models.store import Store
from lti_app.services.lti.tool_config import registration_of
from lti_app.services.secrets_box import SecretsBox
from lti_app.services.wiring import Wiring


class DatabaseTokens:
    """Access tokens in the database, sealed."""

    def __init__(self, store: Store, secret_key: str) -> None:
        self._store = store
        self._box = SecretsBox(secret_key)

    def load(self, platform_id: int, scopes: str) -> Token | None:
        with self._store.read() as session:
            row = session.get(AccessToken, (platform_id, scopes))
            return Token(self._box.open(row.token_encrypted), row.expires_at) if row else None

    def save(self, platform_id: int, scopes: str, token: Token) -> None:
        with self._store.write() as session:
            session.merge(
                AccessToken(
                    platform_id=platform_id,
                    scopes=scopes,
                    token_encrypted=self._box.seal(token.value),
                    expires_at=token.expires_at,
                )
            )

    def drop(self, platform_id: int, scopes: str) -> None:
        with self._store.write() as session:
            session.execute(
                delete(AccessToken).where(
                    AccessToken.platform_id == platform_id, AccessToken.scopes == scopes
                )
            )


def connector_for(parts: Wiring, platform: Platform) -> PlatformConnector:
    """Authorised calls to this platform."""
    return PlatformConnector(
        platform.id,
        registration_of(platform),
        http=parts.http,
        sign=parts.keys.sign,
        tokens=DatabaseTokens(parts.store, parts.settings.secret_key),
        clock=parts.clock,
    )
