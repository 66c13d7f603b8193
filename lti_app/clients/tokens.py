"""OAuth 2 access tokens for a platform's services, and calls that carry them.

Client credentials with a JWT assertion (Security Framework 1.0 §4.1). One token is asked for all the
services' scopes at once, and shared by every thread and process until a minute before it expires
(``TokenStore``). After a 401 one fresh token is tried, once. Times are the platform's: Moodle allows an
assertion no leeway, so what its answers tell of its clock is reckoned in (``Health``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from pylti1p3.registration import Registration

from lti_app.clients.http import Answer, Http, json_of, server_time
from lti_app.clients.scopes import SERVICE_SCOPES, covers
from lti_app.errors import (
    AddressRefused,
    CircuitOpen,
    ScopeMissing,
    ServiceError,
    ServiceRefused,
    ServiceUnavailable,
    TokenRefused,
)

MARGIN = timedelta(seconds=60)
ASSERTION_LIFE = 60  # seconds
CLOCK_MARGIN = 10  # seconds; Moodle refuses an assertion issued in its future, without leeway
KEY_AGAIN = 60.0  # seconds until a key that may not have been read yet is tried again
SILENT = (None, 502, 503, 504)  # statuses of a platform that is not there, whatever was asked


@dataclass(frozen=True, slots=True)
class Token:
    """``granted`` are the scopes that the platform gave, of those asked for."""

    value: str
    expires_at: datetime
    granted: frozenset[str] = frozenset()

    def lasts(self, now: datetime) -> bool:
        """Whether it is good for another minute."""
        return self.expires_at - MARGIN > now


class TokenStore(Protocol):
    """Where tokens are shared between threads and processes."""

    def get(self, platform_id: int, scopes: str, fetch: Callable[[], Token]) -> Token:
        """The kept token, or the one that ``fetch`` gets: one caller asks, the others wait."""
        ...

    def drop(self, platform_id: int, scopes: str, token: Token) -> None:
        """Forgets a token that the platform no longer accepts, unless it was replaced meanwhile."""
        ...


class Health(Protocol):
    """What all processes know of a platform's being there: see services.platforms.circuit."""

    def check(self, platform_id: int) -> datetime | None:
        """What to hand back with how the call ends. Raises ``CircuitOpen`` when the platform should not be
        called now."""
        ...

    def answered(self, platform_id: int, began: datetime | None) -> None: ...

    def unanswered(
        self, platform_id: int, began: datetime | None, retry_after: float | None
    ) -> None: ...

    def note_time(self, platform_id: int, theirs: datetime) -> None: ...

    def skew(self, platform_id: int) -> timedelta:
        """How far the platform's clock is ahead of ours."""
        ...


class PlatformConnector:
    """Authorised calls to one platform's services, in the place of PyLTI1p3's ``ServiceConnector``. Safe
    from many threads."""

    def __init__(
        self,
        platform_id: int,
        registration: Registration,
        *,
        http: Http,
        sign: Callable[[dict[str, Any]], str],
        new_key: Callable[[], bool],
        tokens: TokenStore,
        health: Health,
        clock: Callable[[], datetime],
    ) -> None:
        self._registration = registration
        self._platform_id = platform_id
        self._http = http
        self._sign = sign
        self._new_key = new_key
        self._tokens = tokens
        self._health = health
        self._clock = clock
        self._one_by_one = False

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """A token for these scopes, valid for at least a minute.

        Raises ``TokenRefused`` when the platform does not know us, ``ServiceUnavailable`` when it may only not
        know our newest key yet, ``ScopeMissing`` when it grants less than this, else what ``Http.request`` raises.
        """
        return self._token(scopes)[1].value

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
    ) -> Answer:
        """One authorised request. Raises what ``get_access_token`` raises, and ``CircuitOpen``."""
        headers = {
            key: value
            for key, value in (("Accept", accept), ("Content-Type", content_type))
            if value
        }
        body = data.encode() if data is not None else None
        for last_try in (False, True):
            key, token = self._token(scopes)
            headers["Authorization"] = f"Bearer {token.value}"
            try:
                return self._request(method, url, headers=headers, data=body, params=params)
            except ServiceUnavailable as error:
                if error.status != 401:
                    raise
                self._tokens.drop(self._platform_id, key, token)
                if last_try:
                    raise ServiceRefused(str(error), status=401, reason=error.reason) from error
        raise AssertionError("unreachable")

    def _token(self, scopes: Sequence[str]) -> tuple[str, Token]:
        needed = set(scopes)
        if needed <= SERVICE_SCOPES and not self._one_by_one:
            try:
                return self._granted(SERVICE_SCOPES, needed)
            except ScopeMissing:
                raise
            except TokenRefused as error:
                if "invalid_scope" not in error.reason or needed == SERVICE_SCOPES:
                    raise
                self._one_by_one = True  # not one that leaves out what it does not grant
        return self._granted(needed, needed)

    def _granted(self, asked: Iterable[str], needed: set[str]) -> tuple[str, Token]:
        key = " ".join(sorted(asked))
        for last_try in (False, True):
            token = self._tokens.get(self._platform_id, key, lambda: self._fetch(key))
            if covers(token.granted, needed):
                return key, token
            self._tokens.drop(self._platform_id, key, token)  # perhaps more is granted now
            if last_try:
                break
        missing = frozenset(scope for scope in needed if not covers(token.granted, {scope}))
        raise ScopeMissing(
            f"platform {self._platform_id} does not grant {' '.join(sorted(missing))}", missing
        )

    def _request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        asks: bool = False,
    ) -> Answer:
        """One request, by the platform's circuit. ``asks``: it changes nothing over there."""
        began = self._health.check(self._platform_id)
        try:
            response = self._http.request(
                method, url, headers=headers, data=data, params=params, seen=self._seen
            )
        except AddressRefused:
            raise
        except ServiceError as error:
            silent = error.status in SILENT or (error.status == 500 and (asks or method == "GET"))
            if silent or (error.status == 429 and error.retry_after is not None):
                self._health.unanswered(self._platform_id, began, error.retry_after)
            else:
                self._health.answered(self._platform_id, began)
            raise
        self._health.answered(self._platform_id, began)
        return response

    def _seen(self, response: Answer) -> None:
        theirs = server_time(response)
        if theirs is not None:
            self._health.note_time(self._platform_id, theirs)

    def _fetch(self, scopes: str) -> Token:
        try:
            return self._ask_in_time(scopes)
        except TokenRefused as error:
            if "invalid_scope" in error.reason or not self._new_key():
                raise
            raise ServiceUnavailable(
                str(error), status=error.status, reason=error.reason, retry_after=KEY_AGAIN
            ) from error

    def _ask_in_time(self, scopes: str) -> Token:
        before = self._health.skew(self._platform_id)
        try:
            return self._ask(scopes)
        except TokenRefused:
            if self._health.skew(self._platform_id) == before:
                raise
        return self._ask(scopes)  # the refusal told us the platform's time

    def _ask(self, scopes: str) -> Token:
        registration = self._registration
        url = str(registration.get_auth_token_url())
        client_id = str(registration.get_client_id())
        now = self._clock()
        issued = int((now + self._health.skew(self._platform_id)).timestamp()) - CLOCK_MARGIN
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
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
            "scope": scopes,
        }
        try:
            response = self._request("POST", url, data=form, asks=True)
        except CircuitOpen:
            raise
        except ServiceRefused as error:
            raise TokenRefused(str(error), status=error.status, reason=error.reason) from error
        except ServiceUnavailable as error:
            if error.status != 401:
                raise
            raise TokenRefused(str(error), status=401, reason=error.reason) from error
        body = json_of(response)
        value = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(value, str) or not value:
            raise ServiceUnavailable("the token endpoint gave no token", status=response.status)
        lifetime, granted = body.get("expires_in"), body.get("scope")
        seconds = lifetime if isinstance(lifetime, int | float) and lifetime > 0 else 3600
        return Token(
            value,
            now + timedelta(seconds=min(seconds, 86_400)),
            frozenset((granted if isinstance(granted, str) and granted else scopes).split()),
        )
