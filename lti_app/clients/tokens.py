"""OAuth 2 access tokens for a platform's services, on PyLTI1p3's ``ServiceConnector``.

Client credentials with a JWT assertion (Security Framework 1.0 §4.1). A token is kept in memory and in the
database, sealed, until a minute before it expires: every process shares it, and one asks for all scopes
at once. After a 401 one fresh token is tried, once.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import requests
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

from lti_app.clients.http import Http, json_of
from lti_app.errors import ServiceRefused, ServiceUnavailable

MARGIN = timedelta(seconds=60)
ASSERTION_LIFE = 60  # seconds
CLOCK_MARGIN = 10  # seconds; Moodle refuses an assertion issued in its future, without leeway


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    expires_at: datetime


class TokenStore(Protocol):
    """Where tokens are shared between processes."""

    def load(self, platform_id: int, scopes: str) -> Token | None: ...

    def save(self, platform_id: int, scopes: str, token: Token) -> None: ...

    def drop(self, platform_id: int, scopes: str) -> None: ...


class PlatformConnector(ServiceConnector):
    """Authorised calls to one platform's services."""

    def __init__(
        self,
        platform_id: int,
        registration: Registration,
        *,
        http: Http,
        sign: Callable[[dict[str, Any]], str],
        tokens: TokenStore,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(registration, requests_session=http.session)
        self._platform_id = platform_id
        self._http = http
        self._sign = sign
        self._tokens = tokens
        self._clock = clock
        self._lock = threading.Lock()

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """A token for these scopes, valid for at least a minute.

        Raises ``ServiceRefused`` when the platform does not know us or grants none of them.
        """
        key = " ".join(sorted(scopes))
        with self._lock:
            token = self._tokens.load(self._platform_id, key)
            if token is None or token.expires_at - MARGIN <= self._clock():
                token = self._fetch(key)
                self._tokens.save(self._platform_id, key, token)
            return token.value

    def call(
        self,
        method: str,
        url: str,
        scopes: Sequence[str],
        *,
        accept: str | None = None,
        content_type: str | None = None,
        data: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One authorised request. Raises what ``Http.request`` raises."""
        try:
            return self._call(method, url, scopes, accept, content_type, data, params)
        except ServiceUnavailable as error:
            if error.status != 401:
                raise
            self._tokens.drop(self._platform_id, " ".join(sorted(scopes)))
        try:
            return self._call(method, url, scopes, accept, content_type, data, params)
        except ServiceUnavailable as error:
            if error.status == 401:
                raise ServiceRefused(str(error), status=401, reason=error.reason) from error
            raise

    def _call(
        self,
        method: str,
        url: str,
        scopes: Sequence[str],
        accept: str | None,
        content_type: str | None,
        data: str | None,
        params: Mapping[str, str] | None,
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.get_access_token(scopes)}"}
        if accept:
            headers["Accept"] = accept
        if content_type:
            headers["Content-Type"] = content_type
        body = data.encode() if data is not None else None
        return self._http.request(method, url, headers=headers, data=body, params=params)

    def _fetch(self, scopes: str) -> Token:
        registration = self._registration
        url = str(registration.get_auth_token_url())
        client_id = str(registration.get_client_id())
        now = self._clock()
        issued = int(now.timestamp()) - CLOCK_MARGIN
        assertion = self._sign(
            {
                "iss": client_id,
                "sub": client_id,
                "aud": registration.get_auth_audience() or url,
                "iat": issued,
                "exp": issued + CLOCK_MARGIN + ASSERTION_LIFE,
                "jti": str(uuid.uuid4()),
            }
        )
        response = self._http.request(
            "POST",
            url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion,
                "scope": scopes,
            },
        )
        body = json_of(response)
        value = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(value, str) or not value:
            raise ServiceUnavailable(
                "the token endpoint gave no token", status=response.status_code
            )
        lifetime = body.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int | float) and lifetime > 0 else 3600
        return Token(value, now + timedelta(seconds=min(seconds, 86_400)))
