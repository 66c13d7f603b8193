"""Encryption at rest for private keys and tokens: Fernet, with a key derived from the secret setting."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from lti_app.errors import SettingsError


class SecretsBox:
    """Seals texts so that a copy of the database alone reveals none of them."""

    def __init__(self, secret_key: str) -> None:
        digest = hashlib.sha256(b"at rest:" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises ``SettingsError`` when it was sealed under another secret."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SettingsError(
                "COMPETENCES_SECRET_KEY: not the one the stored keys were encrypted with"
            ) from error
