"""What a Moodle says of its own addresses (OpenID Connect Discovery 1.0 §4), to be compared with what is registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_app.clients.http import Answer, json_of
from lti_app.errors import ServiceError
from lti_app.models import Platform
from lti_app.services.lti.addresses import JWKS_PATH, LAUNCH_PATH, LOGIN_PATH, REVIEW_PATH
from lti_app.services.lti.origins import origin
from lti_app.services.platforms.registered import MOODLE_PATHS
from lti_app.services.wiring import Wiring

OPENID_CONFIGURATION = "/mod/lti/openid-configuration.php"  # Moodle's
MEMBERS = {  # of that document, by the values they are
    "auth-login-url": "authorization_endpoint",
    "jwks-url": "jwks_uri",
    "auth-token-url": "token_endpoint",
}
PATIENCE = 5.0  # seconds for a document that may not be there
OUR_PATHS = ("", JWKS_PATH, LAUNCH_PATH, LOGIN_PATH, REVIEW_PATH)


@dataclass(frozen=True, slots=True)
class Told:
    """What a Moodle says of itself: its issuer, and its addresses by the names of their checks. Empty for a platform
    that says nothing where Moodle does."""

    issuer: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)

    def instead(self, platform: Platform, name: str, value: str) -> str:
        """The address that ought to stand in place of ``value``; empty when it is that one, or nothing is known.

        One at another host is not compared when that host was named as the platform's, nor when the issuer is not
        the one registered: then all of it may be reached by another name.
        """
        meant = self.addresses.get(name, "")
        if not meant or same(meant, value):
            return ""
        elsewhere = self.issuer != platform.issuer or origin(value) in platform.origins.split()
        return "" if elsewhere and origin(value) != origin(meant) else meant


def told_by(parts: Wiring, platform: Platform) -> Told:
    """What the platform says of itself. Any registered address may be the wrong one, and lead to another Moodle:
    the document that most of them agree with is the platform's."""
    sites = dict.fromkeys(site for site in _sites(platform) if not is_ours(parts, site))
    found = [_read(_document(parts, site + OPENID_CONFIGURATION)) for site in sites]
    return max(found, key=lambda told: _agreeing(told, platform), default=Told())


def _sites(platform: Platform) -> Iterator[str]:
    """Where the platform may be, if it is a Moodle."""
    yield platform.issuer.rstrip("/")
    for url in _registered(platform).values():
        for path in MOODLE_PATHS.values():
            if url.endswith(path):
                yield url.removesuffix(path)


def _registered(platform: Platform) -> dict[str, str]:
    return {
        "auth-login-url": platform.auth_login_url,
        "jwks-url": platform.jwks_url,
        "auth-token-url": platform.auth_token_url,
    }


def _document(parts: Wiring, url: str, *, moved: bool = False) -> dict[str, Any]:
    """The document at that address, empty without one. A Moodle sends whoever comes by another name to its own."""
    seen: list[Answer] = []
    try:
        told = json_of(parts.http.request("GET", url, seen=seen.append, seconds=PATIENCE))
    except ServiceError:  # the other checks say what does not answer
        there = seen[0].headers.get("Location", "") if seen and not moved else ""
        if there.endswith(OPENID_CONFIGURATION):
            return _document(parts, there, moved=True)
        return {}
    return told if isinstance(told, dict) else {}


def _read(document: dict[str, Any]) -> Told:
    """Addresses elsewhere than the issuer are left out: such a platform may have others as well."""
    issuer = document.get("issuer")
    if not isinstance(issuer, str):
        return Told()
    told = {name: document.get(member) for name, member in MEMBERS.items()}
    addresses = {
        name: value
        for name, value in told.items()
        if isinstance(value, str) and origin(value) and origin(value) == origin(issuer)
    }
    return Told(issuer, addresses)


def _agreeing(told: Told, platform: Platform) -> tuple[int, bool]:
    """How many registered values are as the document says, and whether it says anything."""
    agree = [
        same(told.addresses.get(name, ""), value) for name, value in _registered(platform).items()
    ]
    return sum(agree) + (told.issuer == platform.issuer), bool(told.issuer)


def same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(url: str) -> str:
    """The address without what changes nothing: capitals in its host, its scheme’s own port, no path at all."""
    home = origin(url)
    port = ":443" if home.startswith("https:") else ":80"
    return home.removesuffix(port) + (url[len(home) :] or "/")


def is_ours(parts: Wiring, url: str) -> bool:
    """Whether the address is one of this tool's own, as ``registered.own_addresses`` shows them to be copied."""
    return any(same(url, parts.settings.public_url + path) for path in OUR_PATHS)
