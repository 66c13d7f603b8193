"""Our own addresses as platforms know them, and the check that a target is one of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from lti_app.errors import LtiError

LOGIN_PATH = "/lti/login"
LAUNCH_PATH = "/lti/launch"
JWKS_PATH = "/lti/jwks"
REVIEW_PATH = "/lti/review"
TARGET_PATHS = frozenset({LAUNCH_PATH, REVIEW_PATH})


def check_target(url: str, public_url: str) -> None:
    """Raises ``LtiError("target_refused")`` unless the URL is one of our launch addresses.

    Compared part by part: a prefix test lets ``https://tool.example@evil.example`` and
    ``https://tool.example.evil.example`` pass.
    """
    if url == public_url + LAUNCH_PATH:
        return
    own = urlsplit(public_url)
    try:
        parts = urlsplit(url)
        same = (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        same = False
    plain = same and "\\" not in url and "@" not in parts.netloc and "%" not in parts.path
    path = parts.path if plain else ""
    if path not in TARGET_PATHS or parts.fragment:
        raise LtiError("target_refused", repr(url)[:200])
