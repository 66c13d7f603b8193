"""The app factory: wires the parts once and registers the views."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from lti_app import logs
from lti_app.clients.http import Http
from lti_app.models.store import Store
from lti_app.services.lti.directory import PlatformDirectory
from lti_app.services.platforms.circuit import Circuits
from lti_app.services.platforms.keys import KeyRing
from lti_app.services.platforms.platform_keys import PlatformKeys
from lti_app.services.platforms.token_store import DatabaseTokens
from lti_app.services.wiring import EXTENSION, Wiring
from lti_app.settings import LOCALES, Settings
from lti_app.views import (
    blueprints,
    compression,
    errors,
    front,
    guard,
    headers,
)
from lti_app.views.sessions import LaunchSessionInterface


def wire(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    wake: Callable[[], None] = lambda: None,
    look_back: Callable[[int], None] = lambda _resource_link_id: None,
    read_roster: Callable[[int], None] = lambda _course_id: None,
) -> Wiring:
    """The parts for these settings, sharing one database engine and one HTTP pool."""
    store = Store(settings.database_url)
    http = Http(lab=settings.lab)
    return Wiring(
        settings=settings,
        store=store,
        http=http,
        keys=KeyRing(store, settings.secret_key, clock),
        platform_keys=PlatformKeys(store, http, clock),
        directory=PlatformDirectory(store),
        tokens=DatabaseTokens(store, settings.secret_key, clock),
        circuits=Circuits(store, clock),
        clock=clock,
        wake=wake,
        look_back=look_back,
        read_roster=read_roster,
    )


class App(Flask):
    """Flask without a single coroutine, so nothing has to look for one at each step of each request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, parts: Wiring | None = None) -> Flask:
    """The tool as a WSGI app. The database must be at its newest migration."""
    app = App(__name__)
    app.config.update(
        SECRET_KEY=hashlib.sha256(b"cookies:" + settings.secret_key.encode()).digest(),
        SESSION_COOKIE_NAME="launch",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="None" if settings.secure else "Lax",
        SESSION_COOKIE_PARTITIONED=settings.secure,
        WTF_CSRF_CHECK_DEFAULT=False,  # ``guard`` checks, once it knows the launch
        WTF_CSRF_TIME_LIMIT=None,  # as long as the launch session lives
        WTF_CSRF_SSL_STRICT=False,  # the Referer of a frame may be withheld; the token is what counts
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE=settings.locale,
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",  # moments are kept in UTC and shown as schools live them
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
    )
    app.session_interface = LaunchSessionInterface(app)
    app.extensions[EXTENSION] = parts or wire(settings)
    app.wsgi_app = front.Front(app.wsgi_app, settings.public_url)  # type: ignore[method-assign]
    logs.init_app(app)
    Babel(app, locale_selector=select_locale)
    Bootstrap5(app)
    guard.init_app(app)
    CSRFProtect(app)  # called by ``guard``
    compression.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    blueprints.init_app(app)
    return app


def select_locale() -> str | None:
    """The launch's language; before a launch, the browser's if we speak it."""
    if not has_request_context():
        return None
    launch = g.get("launch")
    if launch is not None:
        return str(launch.locale)
    return request.accept_languages.best_match(LOCALES)
