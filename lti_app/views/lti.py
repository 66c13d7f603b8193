"""The addresses that platforms know: login initiation, launch, our public keys and our icon."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from lti_app.services import entering
from lti_app.services.lti import message
from lti_app.services.lti.launch import Launch
from lti_app.services.lti.login import Login
from lti_app.services.lti.state import LIFETIME, StateSigner
from lti_app.services.lti.tool_config import DatabaseToolConf
from lti_app.services.wiring import wiring
from lti_app.views.guard import LEARNER, PUBLIC, allow
from lti_app.views.sessions import SECRET

bp = Blueprint("lti", __name__, url_prefix="/lti")


@bp.route("/login", methods=["GET", "POST"])
@allow(PUBLIC)
def login() -> ResponseReturnValue:
    """The OIDC login initiation.

    In a frame the answer is a small page that goes on at once if the browser keeps our cookies and
    offers a new tab if it does not: there is no third way to tell, and after the launch it is too
    late, since Moodle's launch id serves once.
    """
    parts = wiring()
    params: MultiDict[str, str] = request.values
    answer = Login(
        params,
        DatabaseToolConf(parts.store),
        StateSigner(parts.settings.secret_key),
        parts.settings.public_url,
    ).answer()
    if request.headers.get("Sec-Fetch-Dest", "document") == "document":
        response: BaseResponse = redirect(answer.url)
    else:
        again = url_for("lti.login", _external=False, **{k: v for k, v in params.items() if v})
        response = Response(
            render_template("lti/cookies.html", platform_url=answer.url, new_tab_url=again)
        )
        _set_cookie(response, "lti-probe", "1", httponly=False)
    _set_cookie(response, answer.state.cookie_name, answer.cookie_value)
    return response


@bp.post("/launch")
@allow(PUBLIC)
def launch() -> ResponseReturnValue:
    """The launch itself: validated, entered, and on to the first page of its session."""
    parts = wiring()
    now = parts.clock()
    checked = Launch(
        request.form,
        request.cookies,
        tool_conf=DatabaseToolConf(parts.store),
        signer=StateSigner(parts.settings.secret_key),
        platform_keys=parts.platform_keys,
        public_url=parts.settings.public_url,
        now=now.timestamp(),
    ).validate()
    said = message.read(checked.claims)
    entered = entering.enter(parts.store, checked.platform, said, checked.state.nonce, now)
    g.new_session_id = entered.session_id
    session[SECRET] = entered.secret
    response = redirect(_first_page(said, entered), code=303)
    _forget_cookie(response, checked.state.cookie_name)
    return response


def _first_page(said: message.LaunchMessage, entered: entering.Entered) -> str:
    sid = entered.session_id
    if entered.choose_again:
        return url_for("choose_again.show", sid=sid)
    if said.message_type == message.DEEP_LINKING:
        return url_for("deep_linking.choose", sid=sid)
    if (
        said.message_type == message.SUBMISSION_REVIEW
        and entered.review_id
        and LEARNER not in said.roles
    ):
        return url_for("classroom.student", sid=sid, learner_id=entered.review_id)
    return url_for("classroom.home", sid=sid)


@bp.get("/jwks")
@allow(PUBLIC)
def jwks() -> ResponseReturnValue:
    """Our public keys (RFC 7517); platforms may keep them for an hour."""
    response = jsonify(wiring().keys.jwks())
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _set_cookie(response: BaseResponse, name: str, value: str, *, httponly: bool = True) -> None:
    secure = wiring().settings.secure
    response.set_cookie(
        name,
        value,
        max_age=LIFETIME,
        path=_cookie_path(),
        secure=secure,
        httponly=httponly,
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
    return url_for("lti.launch").rsplit("/", 1)[0] + "/"
