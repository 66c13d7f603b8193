"""Wires the embedded LMS together.

`create_lms` is the one way in; it refuses to run outside a demo or a test, and every
request that does not come from this machine is turned away.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, request
from flask_bootstrap import Bootstrap5
from werkzeug.http import HTTP_STATUS_CODES

from lti_app.demo import (
    ags,
    ags_scores,
    deeplinking,
    gradebook_pages,
    nrps,
    oidc,
    pages,
    people_pages,
    registration,
    services,
    session,
    token,
)
from lti_app.demo.config import LmsConfig, is_loopback
from lti_app.demo.lms import Lms
from lti_app.demo.text import FILTERS

__all__ = ["create_lms"]

# Tools of this machine may be framed, also before they are registered; nothing else may.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-src 'self' http://localhost:* http://127.0.0.1:*; frame-ancestors 'self'"
)


def create_lms(config: LmsConfig, clock: Callable[[], float] = time.time) -> Lms:
    """A new LMS (or the one kept in `config.database`). `clock` gives unix time.

    `LmsConfig` itself raises `StartRefusedError`; nothing here opens a port.
    """
    lms = Lms(config, clock)
    secret = lms.store.get("secret_key") or secrets.token_hex(32)
    lms.store.set("secret_key", secret)
    lms.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME=session.COOKIE,
        SESSION_COOKIE_SAMESITE="Lax",
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    Bootstrap5(lms)
    lms.jinja_env.filters.update(FILTERS)
    key_sets = token.KeySets()
    resources = (*ags.RESOURCES, *ags_scores.RESOURCES, *nrps.RESOURCES)
    for blueprint in (
        people_pages.blueprint(lms),
        pages.blueprint(lms),
        gradebook_pages.blueprint(lms),
        oidc.blueprint(lms),
        token.blueprint(lms, key_sets),
        services.blueprint(lms, resources),
        deeplinking.blueprint(lms, key_sets),
        registration.blueprint(lms),
    ):
        lms.register_blueprint(blueprint)

    @lms.before_request
    def only_this_machine() -> None:
        if not is_loopback(request.remote_addr):
            abort(403)

    @lms.context_processor
    def page_context() -> dict[str, Any]:
        return {
            "lms": lms,
            "me": session.current_user(lms),
            "sesskey": session.sesskey(),
            "locale": session.locale() or config.locale,
        }

    @lms.errorhandler(404)
    def missing(_error: Exception) -> Response:
        return session.error_page("Cette page n’existe pas.")

    @lms.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.date = datetime.fromtimestamp(clock(), UTC)
        code, reason = response.status_code, response.status.partition(" ")[2]
        usual = HTTP_STATUS_CODES.get(code, "")
        if reason == usual.upper():
            response.status = f"{code} {usual}"  # Werkzeug writes it in capitals
        return response

    lms.wsgi_app = lms.faults.wrap(lms.wsgi_app)  # type: ignore[method-assign, assignment]
    return lms
