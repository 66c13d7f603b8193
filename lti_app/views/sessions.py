"""The cookie of a launch: one a browser tab, seen only under that launch's own addresses.

Flask's session in a signed cookie, with ``Path=/s/<session id>/`` instead of ``/``. Two tabs with two courses
hold two cookies that never overwrite each other, nothing piles up in one cookie, and the CSRF token
in it belongs to that launch. ``Partitioned; Secure; SameSite=None`` lets it live in an LMS's frame.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from lti_app.services.sealed import Seal
from lti_app.views.cookies import cookie

SECRET = "secret"  # noqa: S105 - the name under which the launch's secret stands in the cookie
PREFIX = "/s/"


class LaunchSessionInterface(SecureCookieSessionInterface):
    """Flask's session, kept apart for each launch; outside a launch there is none."""

    def __init__(self, app: Flask) -> None:
        self.seal = Seal(app.config["SECRET_KEY"], "launch-cookie")
        self.name, self.secure = self.get_cookie_name(app), self.get_cookie_secure(app)

    def get_signing_serializer(self, app: Flask) -> Any:
        return self.seal

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith(PREFIX):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if (request.view_args or {}).get("sid"):
            super().save_session(app, session, response)

    def get_cookie_path(self, app: Flask) -> str:
        return path_of((request.view_args or {})["sid"])


def path_of(sid: str) -> str:
    """Where that launch begins, and what all its addresses begin with; its cookie is seen there only."""
    return f"{PREFIX}{sid}/"


def give(response: Response, sid: str, secret: str) -> None:
    """Sets the cookie of a new launch."""
    own = cast(LaunchSessionInterface, current_app.session_interface)
    sealed = own.seal.dumps({SECRET: secret})
    response.headers.add("Set-Cookie", cookie(own.name, sealed, path_of(sid), secure=own.secure))
