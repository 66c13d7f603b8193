"""Who may open what: every view says so, and a view that says nothing opens for nobody.

``allow(TEACHER)`` stands above a view; ``enforce`` runs before each request, finds the launch named in
the address, checks its cookie and its roles, and leaves it in ``g.launch``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g, request, session

from lti_app import static_files
from lti_app.errors import Forbidden, PlatformClosed, SessionExpired
from lti_app.services.current import ADMINISTRATOR, CHOOSER, LEARNER, TEACHER, CurrentLaunch
from lti_app.services.launches import launch_sessions
from lti_app.services.wiring import wiring
from lti_app.views import keeping
from lti_app.views.keeping import Typed
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
    "may_open",
]


def allow(*roles: str, typed: Typed | None = None, page: bool = True) -> Callable[[View], View]:
    """Declares the roles that may open a view. ``PUBLIC`` stands for no launch at all. Whoever may
    administer may also do what a teacher may. ``typed`` says what people type into it, ``page`` False that
    it gives a file or data: see ``views.keeping``."""

    def declare(view: View) -> View:
        view.allowed = frozenset(roles)  # type: ignore[attr-defined]
        view.typed, view.is_page = typed, page  # type: ignore[attr-defined]
        return view

    return declare


def enforce() -> None:
    """Raises ``SessionExpired`` without a valid launch, ``PlatformClosed`` where nobody may work now, ``Forbidden``
    for the wrong roles."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in static_files.ENDPOINTS:
        return
    view = current_app.view_functions[endpoint]
    allowed: frozenset[str] = getattr(view, "allowed", frozenset())
    if PUBLIC in allowed:
        return
    sid = (request.view_args or {}).get("sid")
    if not allowed or sid is None:
        raise Forbidden(f"{endpoint} declares nobody who may open it")
    parts, secret = wiring(), session.get(SECRET, "")
    try:
        launch = launch_sessions.find(parts.store, sid, secret, parts.clock())
    except PlatformClosed as error:
        error.kept = _kept(view, launch_sessions.shut(parts.store, sid, secret, parts.clock()))
        raise
    if launch is None:
        over = launch_sessions.shut(parts.store, sid, secret, parts.clock())
        return_url = over.return_url if over else None
        raise SessionExpired(sid, kept=_kept(view, over), return_url=return_url)
    g.launch = launch
    if not may_open(view, launch):
        raise Forbidden(f"{endpoint} is for {', '.join(sorted(allowed))}")
    current_app.extensions["csrf"].protect()
    if request.method not in SAFE:  # an open page reads by itself, with nobody there
        launch_sessions.prolong(parts.store, launch, parts.clock())


def may_open(view: Callable | None, launch: CurrentLaunch) -> bool:
    """Whether the launch has one of the roles that a view declares."""
    roles = launch.roles | ({TEACHER} if launch.may_teach else frozenset())
    return bool(roles & getattr(view, "allowed", frozenset()))


def _kept(view: Callable, shut: CurrentLaunch | None) -> bool:
    """Keeps what was typed, if it was typed into a real session that is shut now."""
    return shut is not None and may_open(view, shut) and keeping.keep(view, shut)


def init_app(app: Flask) -> None:
    app.before_request(enforce)
