"""The addresses that platforms know: login initiation, launch, our public keys and our icon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from lti_app.errors import LtiError
from lti_app.services.lti.login import Login, LoginAnswer
from lti_app.services.lti.state import LIFETIME, LoginState, state_signer
from lti_app.services.lti.tool_config import DirectoryToolConf
from lti_app.services.wiring import wiring
from lti_app.views import launching, lti_storage
from lti_app.views.guard import PUBLIC, allow
from lti_app.views.sessions import SECRET

# What stands in the login page's skeleton for what differs; no address can hold such characters.
PLATFORM_URL, NEW_TAB_URL, STORAGE = (
    "\ue000platform\ue000",
    "\ue000tab\ue000",
    "\ue000storage\ue000",
)
MAX_SKELETONS = 64  # languages as browsers write them

bp = Blueprint("lti", __name__, url_prefix="/lti")


@bp.route("/login", methods=["GET", "POST"])
@allow(PUBLIC)
def login() -> ResponseReturnValue:
    """The OIDC login initiation.

    In a frame the answer is a small page that goes on at once if the browser keeps our cookies, or
    the platform keeps the browser's value for us (``views.lti_storage``), and offers a new tab else:
    there is no other way to tell, and after the launch it is too late, since Moodle's launch id
    serves once.
    """
    parts = wiring()
    params = request.values.to_dict()
    answer = Login(
        params,
        DirectoryToolConf(parts.directory),
        state_signer(parts.settings.secret_key),
        parts.settings.public_url,
    ).answer()
    if request.headers.get("Sec-Fetch-Dest", "document") == "document":
        response: BaseResponse = redirect(answer.url)
    else:
        response = Response(_cookie_page(answer, params))
    _set_cookie(response, answer.state.cookie_name, answer.cookie_value)
    return response


@bp.post("/launch")
@allow(PUBLIC)
def launch() -> ResponseReturnValue:
    """The launch itself: validated, entered, and on to the first page of its session."""
    try:
        checked = launching.validated(request.form, request.cookies)
    except LtiError as error:
        state = _kept_by_platform(error)
        if state is None:
            raise
        return lti_storage.ask(state)
    page = launching.enter(checked)
    g.new_session_id = page.session_id
    session[SECRET] = page.secret
    response = Response(status=303, headers={"Location": page.path})
    _forget_cookie(response, checked.state.cookie_name)
    return response


@bp.get("/jwks")
@allow(PUBLIC)
def jwks() -> ResponseReturnValue:
    """Our public keys (RFC 7517); platforms may keep them for an hour."""
    response = jsonify(wiring().keys.jwks())
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _cookie_page(answer: LoginAnswer, params: Mapping[str, str]) -> str:
    query = urlencode([(name, value) for name, value in params.items() if value])
    page = _skeleton().replace(PLATFORM_URL, escape(answer.url))
    page = page.replace(NEW_TAB_URL, escape(f"{request.script_root}{request.path}?{query}"))
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
    return page.replace(STORAGE, escape(storage))


def _skeleton() -> str:
    """The page of every login, rendered once for each language that browsers ask for: only addresses
    differ, and every launch in a frame passes here."""
    kept: dict[str, str] = current_app.extensions.setdefault("competences-login-pages", {})
    asked = request.headers.get("Accept-Language", "")[:200]
    page = kept.get(asked)
    if page is None:
        page = render_template(
            "lti/cookies.html", platform_url=PLATFORM_URL, new_tab_url=NEW_TAB_URL, storage=STORAGE
        )
        if len(kept) < MAX_SKELETONS:
            kept[asked] = page
    return page


def _kept_by_platform(error: LtiError) -> LoginState | None:
    """The state of a launch whose cookie did not come back, if the platform keeps its value."""
    if error.code != "state_foreign_browser" or not request.form.get("id_token"):
        return None
    state = state_signer(wiring().settings.secret_key).unbound(request.form["state"])
    if not state.storage_target or state.cookie_name in request.cookies:
        return None
    return state


def _set_cookie(response: BaseResponse, name: str, value: str) -> None:
    secure = wiring().settings.secure
    response.set_cookie(
        name,
        value,
        max_age=LIFETIME,
        path=_cookie_path(),
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
        partitioned=secure,
    )


def _forget_cookie(response: BaseResponse, name: str) -> None:
    """With the attributes it was set with: a browser looks for it in the same partition."""
    secure = wiring().settings.secure
    response.delete_cookie(
        name,
        path=_cookie_path(),
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
        partitioned=secure,
    )


def _cookie_path() -> str:
    return f"{request.script_root}{bp.url_prefix}/"
