"""Security headers: a content policy without inline code, and frames only in the LMSs we know."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from sqlalchemy import select

from lti_app.models import Platform, PlatformStatus
from lti_app.services.wiring import wiring


def nonce() -> str:
    """The nonce that this page's own inline scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def frame_ancestors() -> str:
    """The origins that may frame a page: those of the active platforms."""
    with wiring().store.read() as session:
        rows = session.scalars(
            select(Platform.issuer).where(Platform.status != PlatformStatus.INACTIVE.value)
        ).all()
    origins = set()
    for issuer in rows:
        parts = urlsplit(issuer)
        if parts.scheme and parts.netloc:
            origins.add(f"{parts.scheme}://{parts.netloc}")
    return " ".join(["'self'", *sorted(origins)])


def _add(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if response.mimetype != "text/html":
        return response
    form_action = g.get("csp_form_action", "'self'")
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce()}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action {form_action}",
            "base-uri 'none'",
            f"frame-ancestors {g.get('csp_frame_ancestors') or frame_ancestors()}",
        )
    )
    if request.endpoint not in ("static", "bootstrap.static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    app.after_request(_add)
    app.jinja_env.globals["csp_nonce"] = nonce
