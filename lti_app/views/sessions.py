"""The cookie of a launch: one a browser tab, seen only under that launch's own addresses.

Flask's signed session cookie, with ``Path=/s/<session id>/`` instead of ``/``. Two tabs with two courses
hold two cookies that never overwrite each other, nothing piles up in one cookie, and the CSRF token
in it belongs to that launch. ``Partitioned; Secure; SameSite=None`` lets it live in an LMS's frame.
"""

from __future__ import annotations

import hashlib

from flask import Flask, g, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

SECRET = "secret"  # noqa: S105 - the name under which the launch's secret stands in the cookie


class LaunchSessionInterface(SecureCookieSessionInterface):
    """Flask's session, kept apart for each launch."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's format, with the key derived once instead of several times in each request."""
        if self._serializer is None and app.secret_key:
            key = hashlib.sha256(b"launch-cookie:" + _bytes(app.secret_key)).digest()
            self._serializer = URLSafeTimedSerializer(
                key,
                salt=self.salt,
                serializer=self.serializer,
                signer_kwargs={"key_derivation": "none", "digest_method": hashlib.sha256},
            )
        return self._serializer

    def get_cookie_path(self, app: Flask) -> str:
        sid = g.get("new_session_id") or (request.view_args or {}).get("sid")
        return f"/s/{sid}/" if sid else "/"


def _bytes(key: str | bytes) -> bytes:
    return key.encode() if isinstance(key, str) else key
