"""Security headers: a content policy without inline code, and frames only in the LMSs we know."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

from lti_app import static_files
from lti_app.services.wiring import wiring

EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
"""No view sets one of these itself."""


def nonce() -> str:
    """The nonce that this page's own inline scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _add(response: Response) -> Response:
    for name, value in EVERYWHERE:
        response.headers.add(name, value)
    if 300 <= response.status_code < 400 or response.mimetype != "text/html":
        return response
    page: dict[str, str] = vars(g)  # what this page needs beyond the rule
    form_action = page.get("csp_form_action", "'self'")
    ancestors = page.get("csp_frame_ancestors") or wiring().directory.frame_ancestors()
    scripts = f"'self' 'nonce-{page['csp_nonce']}'" if "csp_nonce" in page else "'self'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; form-action {form_action}; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
    if not static_files.asked_for():
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    app.after_request(_add)
    app.jinja_env.globals["csp_nonce"] = nonce
