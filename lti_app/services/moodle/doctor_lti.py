"""The doctor's other half: does this Moodle know the LTI tool, and can it reach us?

Moodle's token endpoint is asked twice. Once with an assertion that has expired: it looks for the key in
its cache, fails, and fetches our JWKS anew (``lti_verify_with_keyset``); if it then says « Expired
token », it knows the tool, reached us and found the signature good. Then with a valid one, which
shows the granted scopes and, since Moodle has no leeway, the clocks.
"""

from __future__ import annotations

import email.utils
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lti_app.clients.ags import RESULT_SCOPE, SCORE_SCOPE
from lti_app.clients.http import Answer, json_of
from lti_app.clients.nrps import SCOPE as ROSTER_SCOPE
from lti_app.errors import AddressRefused, ServiceError
from lti_app.models import Platform, PlatformStatus
from lti_app.services.lti.addresses import JWKS_PATH
from lti_app.services.moodle.checks import PAGES, Check, State, reason
from lti_app.services.platforms import platform_access
from lti_app.services.wiring import Wiring

SKEW = timedelta(seconds=5)
"""Assertions are issued 10 s in the past; a clock off by more than half of that is worth a word."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CONFIGURATION = "/mod/lti/openid-configuration.php"
SCOPES = (SCORE_SCOPE, RESULT_SCOPE, ROSTER_SCOPE)
LOCAL = ("localhost", "127.0.0.1", "::1")


def examine_lti(parts: Wiring, platform: Platform) -> list[Check]:
    """The checks of a registered platform. One that is not active gets no assertion of ours: see
    ``platform_access.sign_for``."""
    found = [_registered(platform), _own_address(parts), *_configuration(parts, platform)]
    if platform.status != PlatformStatus.ACTIVE.value:
        return [*found, _not_asked(platform)]
    return [*found, *_tokens(parts, platform)]


def _registered(platform: Platform) -> Check:
    if platform.status != PlatformStatus.ACTIVE.value:
        return _not_active("registered", State.MISSING, platform)
    return Check("registered")


def _not_asked(platform: Platform) -> Check:
    """Whether the tool is declared there cannot be told before a token is asked for."""
    return _not_active("known", State.UNKNOWN, platform)


def _not_active(kind: str, state: State, platform: Platform) -> Check:
    values = (("number", str(platform.id)), ("status", platform.status))
    return Check(kind, state, "platform_not_active", values=values)


def _own_address(parts: Wiring) -> Check:
    """Whether our keys answer at the public address, asked from here."""
    url = parts.settings.public_url
    values = (("url", url + JWKS_PATH),)
    try:
        answer = json_of(parts.http.request("GET", url + JWKS_PATH))
        served = {key["kid"] for key in answer["keys"]}
    except (ServiceError, KeyError, TypeError):
        return Check("own_address", State.MISSING, "own_address_silent", url, values)
    if parts.keys.signing().kid not in served:
        return Check("own_address", State.MISSING, "own_keys_differ", url, values)
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOCAL:
        return Check("own_address", State.MISSING, "own_not_https", url, values)
    return Check("own_address")


def _configuration(parts: Wiring, platform: Platform) -> list[Check]:
    """Moodle's own description of its LTI side, and its clock by the answer's ``Date``."""
    url = platform.issuer + CONFIGURATION
    try:
        response = parts.http.request("GET", url)
        issuer = json_of(response).get("issuer")
    except (ServiceError, AttributeError) as error:
        values = reason(error) if isinstance(error, ServiceError) else ()
        return [Check("issuer", State.UNKNOWN, "no_configuration", url, values)]
    checks = [_clock(response, parts.clock())]
    if issuer != platform.issuer:
        values = (("issuer", str(issuer)), ("ours", platform.issuer))
        return [Check("issuer", State.MISSING, "issuer_differs", url, values), *checks]
    return [Check("issuer"), *checks]


def _clock(answer: Answer, now: datetime) -> Check:
    try:
        there = email.utils.parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return Check("clock", State.UNKNOWN, "clock_unknown")
    seconds = round((now - there.astimezone(UTC)).total_seconds())
    if abs(seconds) > SKEW.total_seconds():
        ahead = "ahead" if seconds > 0 else "behind"
        return Check(
            "clock", State.MISSING, f"clock_{ahead}", values=(("seconds", str(abs(seconds))),)
        )
    return Check("clock")


def _tokens(parts: Wiring, platform: Platform) -> list[Check]:
    tools = platform.issuer + PAGES["tools"]
    answer = _ask(parts, platform, age=timedelta(hours=1))
    if answer == "invalid_client":
        client = (("client_id", platform.client_id),)
        return [Check("known", State.MISSING, "client_unknown", tools, client)]
    if answer != "Expired token":
        page = platform.issuer + PAGES["security"]
        values = (("url", parts.settings.public_url + JWKS_PATH), ("reason", answer))
        return [Check("known"), Check("jwks", State.MISSING, "jwks_unreachable", page, values)]
    found = [Check("known"), Check("jwks")]
    answer = _ask(parts, platform, age=timedelta(seconds=10))
    if answer == "invalid_scope":
        return [*found, Check("scopes", State.MISSING, "no_scope", tools)]
    if answer:
        return [*found, Check("scopes", State.MISSING, "no_token", tools, (("reason", answer),))]
    return [*found, Check("scopes")]


def _ask(parts: Wiring, platform: Platform, *, age: timedelta) -> str:
    """What Moodle answers to an assertion issued so long ago and valid for 70 s; empty for a token."""
    issued = int((parts.clock() - age).timestamp())
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.auth_audience or platform.auth_token_url,
        "iat": issued,
        "exp": issued + 70,
        "jti": str(uuid.uuid4()),
    }
    try:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": platform_access.sign_for(parts, platform.id, claims),
            "scope": " ".join(SCOPES),
        }
        parts.http.request("POST", platform.auth_token_url, data=form)
    except AddressRefused as error:
        return str(error)
    except ServiceError as error:
        return error.reason or str(error)
    return ""
