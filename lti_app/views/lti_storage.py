"""Launches in a frame that keeps no cookie, where the platform keeps the browser's value for us.

1EdTech LTI OIDC Login with LTI Client Side postMessages 1.0 (https://www.imsglobal.org/spec/lti-cs-oidc/v0p1/)
and LTI Client Side postMessages (https://www.imsglobal.org/spec/lti-cs-pm/v0p1/).
The platform's page hands the value back only to a frame of ours, in the browser where the login began;
``static/js/lti/stored.js`` asks for it and sends it here. No session can live in such a frame, so the launch
goes on in a new tab, which fetches its ticket from the frame by a message between two of our own pages.

Both requests are JSON from our own pages. No other site can send such a request without asking first
(CORS), and we allow none: that is what keeps a forged launch or a foreign ticket out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.errors import Forbidden, LtiError
from lti_app.models import Platform
from lti_app.services.launches import launch_sessions
from lti_app.services.lti.state import LoginState
from lti_app.services.lti.tickets import Ticket, TicketSigner
from lti_app.services.wiring import wiring
from lti_app.views import launching, sessions
from lti_app.views.guard import PUBLIC, allow

bp = Blueprint("lti_storage", __name__, url_prefix="/lti")


def ask(form: Mapping[str, str], state: LoginState) -> str:
    """The page that asks the platform for the browser's value, and offers the new tab."""
    parts = wiring()
    with parts.store.read() as rows:
        platform = rows.get(Platform, state.platform_id)
    if platform is None:
        raise LtiError("unknown_platform", f"platform {state.platform_id}")
    launch = {
        "id_token": form["id_token"],
        "state": form["state"],
        "key": state.cookie_name,
        "target": state.storage_target,
        "origin": origin_of(platform.auth_login_url),
    }
    return render_template("lti/stored.html", launch=launch)


@bp.post("/launch/stored")
@allow(PUBLIC)
def launch() -> ResponseReturnValue:
    """The launch, with the value that the platform kept in place of our cookie."""
    parts, body = wiring(), _own_json()
    cookies = {str(body.get("key")): str(body.get("value") or "")}
    form = {name: str(body.get(name) or "") for name in ("id_token", "state")}
    checked = launching.validated(parts, form, cookies)
    if not checked.state.storage_target:
        raise LtiError("state_foreign_browser", "no storage was announced")
    page = launching.enter(parts, checked)
    ticket = Ticket(page.session_id, page.secret, page.path)
    return jsonify(ticket=TicketSigner(parts.settings.secret_key).issue(ticket))


@bp.get("/continue")
@allow(PUBLIC)
def tab() -> ResponseReturnValue:
    """The new tab: it gets its ticket from the frame that opened it."""
    return render_template("lti/continue.html")


@bp.post("/continue")
@allow(PUBLIC)
def redeem() -> Response:
    """Takes a ticket, once, and gives the tab its session."""
    parts = wiring()
    ticket = TicketSigner(parts.settings.secret_key).read(str(_own_json().get("ticket") or ""))
    with parts.store.write() as rows:
        secret = launch_sessions.exchange(rows, ticket.session_id, ticket.secret, parts.clock())
    if secret is None:
        raise LtiError("ticket_used")
    response = jsonify(url=ticket.path)
    sessions.give(response, ticket.session_id, secret)
    return response


def origin_of(url: str) -> str:
    """The origin of a platform's page, which messages go to and come from."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _own_json() -> dict[str, Any]:
    """The body of a request that only a page of ours can have sent. Raises ``Forbidden`` otherwise."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    body = request.get_json(silent=True) if request.mimetype == "application/json" else None
    if site != "same-origin" or not isinstance(body, dict):
        raise Forbidden("not a request of our own page")
    return body
