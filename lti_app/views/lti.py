"""The addresses that platforms know: login initiation, launch, our public keys and our icon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from html import escape
from urllib.parse import parse_qsl

from flask import (
    Blueprint,
    Request,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
)
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as BaseResponse

from lti_app.errors import LtiError
from lti_app.services.lti.login import Login, LoginAnswer
from lti_app.services.lti.state import LIFETIME, LoginState, state_signer
from lti_app.services.lti.tool_config import tool_conf
from lti_app.services.platforms.keys import JWKS_KEPT
from lti_app.services.wiring import wiring
from lti_app.views import launching, lti_storage, sessions
from lti_app.views.cookies import cookie
from lti_app.views.guard import PUBLIC, allow

MAX_SKELETONS = 64  # languages as browsers write them
MAX_FORM = 256 * 1024  # bytes; see ``launch.MAX_TOKEN``
MAX_FIELDS = 100
HTML = "text/html; charset=utf-8"
BLANKS = ("platform_url", "new_tab_url", "storage", "platform_origins")  # in the page of a login

bp = Blueprint("lti", __name__, url_prefix="/lti")
COOKIE_PATH = "/lti/"


@bp.route("/login", methods=["GET", "POST"])
@allow(PUBLIC)
def login() -> ResponseReturnValue:
    """The OIDC login initiation.

    In a frame the answer is a small page that goes on at once if the browser keeps our cookies, or
    the platform keeps the browser's value for us (``views.lti_storage``), and offers a new tab else:
    there is no other way to tell, and after the launch it is too late, since Moodle's launch id
    serves once. A browser that does not say where it shows the answer (Safari before 16.4, plain http)
    gets that page too; in a tab it goes on by itself.
    """
    parts, asked = wiring(), request_ctx.request
    sent, params = _sent(asked)
    answer = Login(
        params,
        tool_conf(parts.directory),
        state_signer(parts.settings.secret_key),
        parts.settings.public_url,
    ).answer()
    if asked.environ.get("HTTP_SEC_FETCH_DEST") == "document":
        response: BaseResponse = redirect(answer.url)
    else:
        response = Response(_cookie_page(asked, sent, answer))
    proof = cookie(
        answer.state.cookie_name,
        answer.cookie_value,
        COOKIE_PATH,
        secure=parts.settings.secure,
        seconds=LIFETIME,
    )
    response.headers.add("Set-Cookie", proof)
    return response


@bp.post("/launch")
@allow(PUBLIC)
def launch() -> ResponseReturnValue:
    """The launch itself: validated, entered, and on to the first page of its session."""
    parts, asked = wiring(), request_ctx.request
    _text, form = _sent(asked)
    cookies = parse_cookie(asked.environ)
    try:
        checked = launching.validated(parts, form, cookies)
    except LtiError as error:
        state = _kept_by_platform(error, form, cookies)
        if state is None:
            raise
        return lti_storage.ask(form, state)
    page = launching.enter(parts, checked)
    response = Response(status=303, headers={"Location": page.path}, content_type=HTML)
    sessions.give(response, page.session_id, page.secret)
    return response


@bp.get("/jwks")
@allow(PUBLIC)
def jwks() -> ResponseReturnValue:
    """Our public keys (RFC 7517); platforms may keep them for a while."""
    response = jsonify(wiring().keys.jwks())
    response.headers["Cache-Control"] = f"public, max-age={JWKS_KEPT // timedelta(seconds=1)}"
    return response


def _sent(asked: Request) -> tuple[str, dict[str, str]]:
    """The platform's parameters, as it wrote them and by name: in the address or as a form, which say the same
    (Security Framework 1.0 §5.1.1.1)."""
    text = asked.query_string.decode("latin-1")
    if asked.method == "POST":
        asked.max_content_length = MAX_FORM
        text = asked.get_data(as_text=True)
    try:
        return text, dict(parse_qsl(text, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise RequestEntityTooLarge from error


def _cookie_page(asked: Request, sent: str, answer: LoginAnswer) -> bytes:
    storage = ""
    if answer.state.storage_target:
        storage = json.dumps(
            {
                "target": answer.state.storage_target,
                "origin": lti_storage.origin_of(answer.url),
                "key": answer.state.cookie_name,
                "value": answer.cookie_value,
            }
        )
    return _skeleton(asked.environ.get("HTTP_ACCEPT_LANGUAGE", "")[:200]) % {
        b"platform_url": escape(answer.url).encode(),
        b"new_tab_url": escape(f"{asked.path}?{sent}").encode(),
        b"storage": escape(storage).encode(),
        b"platform_origins": escape(lti_storage.takes_answers(answer.state.platform_id)).encode(),
    }


def _skeleton(languages: str) -> bytes:
    """The page of every login, with blanks to fill in, rendered once for each language that browsers ask for: only
    addresses differ, and every launch in a frame passes here."""
    kept: dict[str, bytes] = current_app.extensions.setdefault("competences-login-pages", {})
    page = kept.get(languages)
    if page is None:
        blanks = {name: f"\ue000({name})b" for name in BLANKS}
        text = render_template("lti/cookies.html", **blanks)
        page = text.replace("%", "%%").replace("\ue000", "%").encode()
        if len(kept) < MAX_SKELETONS:
            kept[languages] = page
    return page


def _kept_by_platform(
    error: LtiError, form: Mapping[str, str], cookies: Mapping[str, str]
) -> LoginState | None:
    """The state of a launch whose cookie did not come back, if the platform keeps its value."""
    if error.code != "state_foreign_browser" or not form.get("id_token"):
        return None
    state = state_signer(wiring().settings.secret_key).unbound(form["state"])
    if not state.storage_target or state.cookie_name in cookies:
        return None
    return state
