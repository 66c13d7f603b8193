"""The product as the world sees it: at its public address, and with the headers that no answer goes without.

The address is a setting. What a proxy, or a stranger's ``Host``, says of it decides nothing, so there is none to trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
"""No view sets one of these itself."""


class Front:
    """WSGI middleware (PEP 3333)."""

    def __init__(self, app: WSGIApplication, public_url: str) -> None:
        self._app = app
        self._scheme, self._host, *_ = urlsplit(public_url)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        environ["SCRIPT_NAME"] = ""  # the setting admits no path
        return self._app(
            environ,
            lambda status, headers, failed=None: start_response(
                status, [*headers, *EVERYWHERE], failed
            ),
        )
