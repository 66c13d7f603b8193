"""Who may open what: every view says so, and a view that says nothing opens for nobody.

``allow(TEACHER)`` stands above a view; ``enforce`` runs before each request, finds the launch named in
the address, checks its cookie and its roles, and leaves it in ``g.launch``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g, request, session

from lti_app import static_files
from lti_app.errors import Forbidden, SessionExpired
from lti_app.services.current import ADMINISTRATOR, CHOOSER, LEARNER, TEACHER
from lti_app.services.launches import launch_sessions
from lti_app.services.wiring import wiring
from lti_app.views.sessions import SECRET

PUBLIC = "public"
SAFE = ("GET", "HEAD", "OPTIONS")  # RFC 9110 §9.2.1

View = TypeVar("View", bound=Callable)

__all__ = [
    "ADMINISTRATOR",
    "CHOOSER",
    "LEARNER",
    "PUBLIC",
    "TEACHER",
    "allow",
    "enforce",
    "init_app",
]


def allow(*roles: str) -> Callable[[View], View]:
    """Declares the roles that may open a view. ``PUBLIC`` stands for no launch at all. Whoever may
    administer may also do what a teacher may."""

    def declare(view: View) -> View:
        view.allowed = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def enforce() -> None:
    """Raises ``SessionExpired`` without a valid launch, ``Forbidden`` for the wrong roles."""
    endpoint = request.endpoint
    if endpoint is None or static_files.asked_for():
        return
    view = current_app.view_functions[endpoint]
    allowed: frozenset[str] = getattr(view, "allowed", frozenset())
    if PUBLIC in allowed:
        return
    sid = (request.view_args or {}).get("sid")
    if not allowed or sid is None:
        raise Forbidden(f"{endpoint} declares nobody who may open it")
    parts = wiring()
    launch = launch_sessions.find(parts.store, sid, session.get(SECRET, ""), parts.clock())
    if launch is None:
        raise SessionExpired(sid)
    g.launch = launch
    roles = launch.roles | ({TEACHER} if launch.may_teach else frozenset())
    if not roles & allowed:
        raise Forbidden(f"{endpoint} is for {', '.join(sorted(allowed))}")
    current_app.extensions["csrf"].protect()
    if request.method not in SAFE:  # an open page reads by itself, with nobody there
        launch_sessions.prolong(parts.store, launch, parts.clock())


def init_app(app: Flask) -> None:
    app.before_request(enforce)
