"""What a page's headers say: a content policy without inline code, and frames only in the LMSs we know. The headers
of every answer, whatever it is, stand in ``front``."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, g

from lti_app import static_files
from lti_app.services.current import CurrentLaunch
from lti_app.services.wiring import wiring


def nonce() -> str:
    """The nonce that this page's own inline scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _add(response: Response) -> Response:
    page: dict[str, Any] = vars(g)  # what this page needs beyond the rule
    if "launch" in page and "Cache-Control" not in response.headers:
        response.headers.add("Cache-Control", "no-store")
    if 300 <= response.status_code < 400 or response.mimetype != "text/html":
        return response
    form_action = page.get("csp_form_action", "'self'")
    ancestors = page.get("csp_frame_ancestors") or _ancestors(page.get("launch"))
    scripts = f"'self' 'nonce-{page['csp_nonce']}'" if "csp_nonce" in page else "'self'"
    response.headers.add(
        "Content-Security-Policy",
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; form-action {form_action}; base-uri 'none'; "
        f"frame-ancestors {ancestors}",
    )
    if "Cache-Control" not in response.headers and not static_files.asked_for():
        response.headers.add("Cache-Control", "no-store")
    return response


def _ancestors(launch: CurrentLaunch | None) -> str:
    return wiring().directory.frame_ancestors(launch.platform_id if launch else None)


def init_app(app: Flask) -> None:
    app.after_request(_add)
    app.jinja_env.globals["csp_nonce"] = nonce
