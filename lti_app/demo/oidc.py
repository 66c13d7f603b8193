"""OpenID Connect third-party login: launch.php, auth.php, certs.php, return.php.

Checks, their order and their answers are Moodle 4.5's: a message is fetched once; a wrong
redirect address or a used-up launch is an error page, everything else an `error` posted to
the tool. See 1EdTech Security Framework 1.0, section 5.1.1.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lti_app.demo import vocabulary as v
from lti_app.demo.claims import manages
from lti_app.demo.lms import Lms
from lti_app.demo.model import Launch, User
from lti_app.demo.session import (
    current_user,
    error_page,
    fail,
    locale,
    require_course,
    require_teacher,
    sesskey,
)

INVALID = "Requête invalide."


def blueprint(lms: Lms) -> Blueprint:
    """The launch pages of one LMS."""
    routes = Blueprint("oidc", __name__)

    @routes.get("/mod/lti/launch.php")
    def launch() -> str:
        """The frame's first page: posts the login initiation to the tool."""
        activity = lms.store.activity_of_cmid(request.args.get("id", type=int))
        if activity is None:
            fail("Cette activité n’existe pas.")
        user, course = require_course(lms, activity.course_id)
        tool = lms.store.tool(activity.type_id)
        if tool is None:
            fail("L’outil de cette activité n’est pas enregistré.")
        kind, for_user_id = v.RESOURCE_LINK, None
        if request.args.get("action") == "gradeReport":
            require_teacher(lms, course.id)
            kind, for_user_id = v.SUBMISSION_REVIEW, request.args.get("user", type=int)
        fields = lms.start_launch(
            user, activity=activity, message_type=kind, for_user_id=for_user_id
        )
        return _post_form(tool.initiate_login_uri, fields)

    @routes.get("/mod/lti/contentitem.php")
    def content_item() -> str:
        """Starts deep linking: a teacher chooses what to add to a course."""
        user, course = require_course(lms, request.args.get("course", type=int))
        tool = lms.store.tool(request.args.get("id", type=int))
        if tool is None:
            fail("Cet outil n’existe pas.")
        fields = lms.start_launch(
            user, course_id=course.id, tool=tool, message_type=v.DEEP_LINKING_REQUEST
        )
        return _post_form(tool.initiate_login_uri, fields)

    @routes.route("/mod/lti/auth.php", methods=["GET", "POST"])
    def auth() -> str | Response:
        """The authentication request: answers with the signed message, or an error."""
        user = current_user(lms)
        if user is None and "repost" not in request.form:
            # The cookie may be missing only because another site sent the person here.
            fields = {**request.values.to_dict(), "repost": "true"}
            return _post_form(f"{lms.addresses.lti}/auth.php", fields)
        if user is None:
            fail("Votre session a expiré.")
        return _authenticate(lms, user)

    @routes.get("/mod/lti/certs.php")
    def certs() -> Response:
        return jsonify(lms.signer.jwks())

    @routes.get("/mod/lti/return.php")
    def back() -> AnyResponse:
        """Where a tool sends people back to."""
        return redirect(f"{lms.issuer}/course/view.php?id={request.args.get('course', type=int)}")

    return routes


def _authenticate(lms: Lms, user: User) -> str | Response:
    asked = request.values
    error, description = _request_error(asked)
    launch: Launch | None = None
    if not error:
        launch_id = str(json.loads(asked["lti_message_hint"])["launchid"])
        launch = lms.store.take_launch(launch_id, user.id)
    tool = lms.store.tool(launch.type_id) if launch else None
    if launch is None or tool is None:
        return error_page(INVALID)
    if asked["client_id"] != tool.client_id:
        error = "unauthorized_client"
    elif asked["login_hint"] != str(user.id):
        error = "access_denied"
    if asked["redirect_uri"] not in tool.redirect_uris:
        return error_page(INVALID)
    if not error:
        error, description = _mode_error(asked)
    fields: dict[str, str] = {}
    if error:
        fields["error"] = error
        if description:
            fields["error_description"] = description
    else:
        if launch.message_type == v.DEEP_LINKING_REQUEST:
            enrolment = lms.store.enrolment(launch.course_id, user.id)
            if not manages(user, enrolment, editing=True):
                return error_page("Vous n’avez pas le droit d’ajouter une activité à ce cours.")
        message = lms.message(launch, user, sesskey=sesskey(), locale=locale())
        fields["id_token"] = lms.signed(message, asked["nonce"])
    if "state" in asked:
        fields["state"] = asked["state"]
    return _post_form(asked["redirect_uri"], fields)


def _request_error(asked: dict[str, str]) -> tuple[str, str]:
    needed = ("scope", "response_type", "client_id", "redirect_uri", "login_hint", "nonce")
    if not all(asked.get(name) for name in needed):
        return "invalid_request", ""
    try:
        hint = json.loads(asked.get("lti_message_hint", ""))
    except ValueError:
        hint = None
    if not isinstance(hint, dict) or "launchid" not in hint:
        return "invalid_request", "No launch id in LTI hint"
    if asked["scope"] != "openid":
        return "invalid_scope", ""
    if asked["response_type"] != "id_token":
        return "unsupported_response_type", ""
    return "", ""


def _mode_error(asked: dict[str, str]) -> tuple[str, str]:
    mode = asked.get("response_mode")
    if mode is None:
        return "invalid_request", "Missing response_mode"
    if mode != "form_post":
        return "invalid_request", "Invalid response_mode"
    if asked.get("prompt") not in (None, "", "none"):
        return "invalid_request", "Invalid prompt"
    return "", ""


def _post_form(action: str, fields: dict[str, str]) -> str:
    return render_template("lms/post_form.html", action=action, fields=fields)
