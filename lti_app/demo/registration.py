"""Dynamic registration over HTTP: the administrator's page, and the two endpoints.

The administrator pastes the tool's address; the tool's page opens in a frame with a token
good for one registration within an hour; the tool comes back pending, until the
administrator activates it.
"""

from __future__ import annotations

import secrets
import string
from urllib.parse import urlencode, urlsplit

import jwt
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_app.demo.config import is_loopback
from lti_app.demo.lms import Lms
from lti_app.demo.model import Tool, User
from lti_app.demo.registering import (
    RegistrationError,
    openid_configuration,
    registration_of,
    tool_from,
)
from lti_app.demo.session import check_sesskey, error_page, fail, require_user

TOKEN_LIFE = 3600
CLIENT_ID_LENGTH = 15
NEW, UPDATE = "reg", "reg-update"


def registration_token(lms: Lms, subject: str = "", scope: str = NEW) -> str:
    """A token for one registration: `subject` is the future client id, or for an update the
    tool's type id."""
    letters = string.ascii_letters + string.digits
    client_id = "".join(secrets.choice(letters) for _ in range(CLIENT_ID_LENGTH))
    now = int(lms.clock())
    return lms.sign(
        {"sub": subject or client_id, "scope": scope, "iat": now, "exp": now + TOKEN_LIFE}
    )


def registration_address(lms: Lms, url: str, token: str) -> str:
    """The tool's address with what it needs to register; its own query stays."""
    query = urlencode(
        {
            "openid_configuration": f"{lms.addresses.lti}/openid-configuration.php",
            "registration_token": token,
        }
    )
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"


def blueprint(lms: Lms) -> Blueprint:
    """Registration for one LMS."""
    routes = Blueprint("registration", __name__)

    @routes.get("/mod/lti/openid-configuration.php")
    def configuration() -> Response:
        return jsonify(openid_configuration(lms.issuer))

    @routes.post("/mod/lti/openid-registration.php")
    def register() -> Response:
        """Takes in a tool; the answer holds its client and deployment ids."""
        try:
            known, client_id = _bearer(lms)
            payload = request.get_json(force=True, silent=True)
            if not isinstance(payload, dict):
                return error_page("Requête invalide.")
            type_id = known.id if known else lms.store.next_id("tools")
            tool = tool_from(payload, type_id, client_id, active=bool(known and known.active))
        except RegistrationError as error:
            return Response(str(error), error.status, content_type="text/html; charset=utf-8")
        except jwt.PyJWTError:
            return error_page("Requête invalide.")
        lms.store.save("tools", tool)
        answer = registration_of(tool, str(payload.get("logo_uri") or ""))
        return Response(lms.json.dumps(answer), content_type="application/json; charset=utf-8")

    @routes.get("/mod/lti/toolconfigure.php")
    def manage() -> str:
        """The tools, and the box to paste a tool's address into."""
        _administrator(lms)
        return render_template(
            "lms/tools.html",
            tools=lms.store.tools(),
            suggested=lms.lms_config.registration_url,
            url=None,
        )

    @routes.post("/mod/lti/toolconfigure.php")
    def add() -> str:
        """Opens the tool's registration in a frame; asks first when its site is known."""
        check_sesskey()
        _administrator(lms)
        url = request.form.get("url", "").strip()
        if not is_loopback(urlsplit(url).hostname):
            fail("Cette démonstration n’enregistre que des outils de cet ordinateur.", 400)
        same = [tool for tool in lms.store.tools() if tool.domain == urlsplit(url).netloc]
        decided = "type" in request.form
        frame = url_for(
            "registration.start",
            url=url,
            type=request.form.get("type") or None,
            sesskey=request.form["sesskey"],
        )
        return render_template(
            "lms/register.html", url=url, same=[] if decided else same, frame=frame
        )

    @routes.get("/mod/lti/startltiadvregistration.php")
    def start() -> AnyResponse:
        check_sesskey()
        _administrator(lms)
        known = lms.store.tool(request.args.get("type", type=int))
        token = registration_token(lms, str(known.id), UPDATE) if known else registration_token(lms)
        return redirect(registration_address(lms, request.args.get("url", ""), token))

    @routes.post("/mod/lti/typessettings.php")
    def accept() -> AnyResponse:
        """Activates a pending tool, or removes one."""
        check_sesskey()
        _administrator(lms)
        type_id = request.form.get("id", type=int)
        if request.form.get("action") == "accept":
            lms.store.execute("UPDATE tools SET active = 1 WHERE id = ?", type_id)
        elif request.form.get("action") == "delete":
            lms.store.execute("DELETE FROM tools WHERE id = ?", type_id)
        return redirect(url_for("registration.manage"))

    return routes


def _administrator(lms: Lms) -> User:
    user = require_user(lms)
    if not user.admin:
        fail("Cette page est réservée à l’administration du site.", 403)
    return user


def _bearer(lms: Lms) -> tuple[Tool | None, str]:
    """The tool to update (or None for a new one) and the client id, from the token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RegistrationError("missing_registration_token", 401)
    claims = lms.signer.verify(token.strip(), now=lms.clock())
    subject = str(claims["sub"])
    if claims.get("scope") == UPDATE:
        known = lms.store.tool(int(subject))
        if known is None:
            raise RegistrationError("invalid_registration_token", 401)
        return known, known.client_id
    if lms.store.tool_of_client(subject) is not None:
        raise RegistrationError("token_already_used", 401)
    return None, subject
