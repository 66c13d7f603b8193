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
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.clients import foreign_json
from lti_app.errors import Forbidden, LtiError
from lti_app.models import Platform
from lti_app.services.launches import launch_sessions
from lti_app.services.lti.state import LoginState
from lti_app.services.lti.tickets import Ticket, TicketSigner
from lti_app.services.wiring import wiring
from lti_app.views import launching, sessions
from lti_app.views.guard import PUBLIC, allow

MAX_BODY = 256 * 1024  # bytes: the state, and a token as ``lti.MAX_FORM`` has it

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
    return render_template(
        "lti/stored.html", launch=launch, platform_origins=takes_answers(platform.id)
    )


@bp.post("/launch/stored")
@allow(PUBLIC)
def launch() -> ResponseReturnValue:
    """The launch, with the value that the platform kept in place of our cookie."""
    parts, body = wiring(), _own_json()
    cookies = {body.get("key", ""): body.get("value", "")}
    form = {name: body.get(name, "") for name in ("id_token", "state")}
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
    ticket = TicketSigner(parts.settings.secret_key).read(_own_json().get("ticket", ""))
    with parts.store.write() as rows:
        secret = launch_sessions.exchange(rows, ticket.session_id, ticket.secret, parts.clock())
    if secret is None:
        raise LtiError("ticket_used")
    response = jsonify(url=ticket.path)
    sessions.give(response, ticket.session_id, secret)
    return response


def takes_answers(platform_id: int) -> str:
    """The origins that this page, in that platform's frame, may post to: the platform's own, whatever the request says.

    A tab that goes on in place of a frame hands what was chosen back to it (``static/js/lti/handback.js``): Moodle
    waits for the answer there.
    """
    g.csp_form_action = origins = wiring().directory.frame_ancestors(platform_id)
    return origins


def origin_of(url: str) -> str:
    """The origin of a platform's page, which messages go to and come from."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _own_json() -> dict[str, str]:
    """The texts of a request that only a page of ours can have sent. Raises ``Forbidden`` otherwise."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site != "same-origin" or request.mimetype != "application/json":
        raise Forbidden("not a request of our own page")
    request.max_content_length = MAX_BODY
    try:
        body = foreign_json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Forbidden("not what our own page sends") from error
    if not isinstance(body, dict):
        raise Forbidden("not what our own page sends")
    return {name: value for name, value in body.items() if isinstance(value, str)}
