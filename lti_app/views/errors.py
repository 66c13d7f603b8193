"""Failures as pages: the one place where the exception tree meets statuses and words.

Each answer carries a reference that also stands in its log line. A request that asks for JSON gets
``{"error", "message", "reference"}``; everybody else gets a page that says what happened and what to
do. Nothing of a token, a name or a stack is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lti_app import logs
from lti_app.errors import (
    Forbidden,
    InputError,
    LtiError,
    NotFound,
    PlatformClosed,
    ServiceError,
    SessionExpired,
)
from lti_app.views import error_texts
from lti_app.views.error_texts import Text
from lti_app.views.registration_texts import REGISTRATION

LTI_STATUS = {"keys_unavailable": 502, "platform_inactive": 403, "platform_pending": 403}
LTI_STATUS |= {"access_denied": 403, "roles_missing": 403, "not_a_teacher": 403}
LTI_STATUS |= {"invitation_unknown": 404, "invitation_used": 410, "invitation_expired": 410}
LTI_STATUS |= {"configuration_unreachable": 502, "registration_refused": 502}
LTI_TEXTS = error_texts.LTI | REGISTRATION
HTTP_TEXTS = {
    403: error_texts.FORBIDDEN,
    404: error_texts.NOT_FOUND,
    405: error_texts.WRONG_METHOD,
    413: error_texts.TOO_LARGE,
    500: error_texts.BROKEN,
}


def init_app(app: Flask) -> None:
    """Registers an answer for every failure."""

    @app.errorhandler(LtiError)
    def _lti(error: LtiError) -> ResponseReturnValue:
        text = LTI_TEXTS.get(error.code, error_texts.LTI_OTHER)
        said = error.detail if error.code == "link_settings" else ""
        return _answer(LTI_STATUS.get(error.code, 400), error.code, text, said, error.detail)

    @app.errorhandler(PlatformClosed)
    def _closed(error: PlatformClosed) -> ResponseReturnValue:
        g.csp_frame_ancestors = " ".join(["'self'", *sorted(error.origins)])
        if error.kept is None:
            return _lti(error)
        code, script = error.code, wants_json()
        text = error_texts.LTI[code]
        if error.kept or script:
            text = error_texts.shut(code, kept=error.kept)
        # a page that sends something learns that its session is over: it loses nothing, and says what to do
        status = 401 if script and request.method == "POST" else LTI_STATUS[code]
        return _answer(status, code, text, detail=error.detail, told={"kept": error.kept})

    @app.errorhandler(SessionExpired)
    def _expired(error: SessionExpired) -> ResponseReturnValue:
        text = error_texts.SESSION_EXPIRED_KEPT if error.kept else error_texts.SESSION_EXPIRED
        return _answer(
            401, "session_expired", text, return_url=error.return_url, told={"kept": error.kept}
        )

    @app.errorhandler(Forbidden)
    def _forbidden(error: Forbidden) -> ResponseReturnValue:
        return _answer(403, "forbidden", error_texts.FORBIDDEN, detail=str(error))

    @app.errorhandler(NotFound)
    def _not_found(error: NotFound) -> ResponseReturnValue:
        return _answer(404, "not_found", error_texts.NOT_FOUND, detail=str(error))

    @app.errorhandler(InputError)
    def _input(error: InputError) -> ResponseReturnValue:
        return _answer(400, "input", error_texts.BAD_INPUT, str(error))

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> ResponseReturnValue:
        return _answer(400, "csrf", error_texts.CSRF, detail=str(error.description))

    @app.errorhandler(ServiceError)
    def _service(error: ServiceError) -> ResponseReturnValue:
        detail = f"{type(error).__name__} {error.status or ''}".strip()
        return _answer(502, "lms", error_texts.LMS_FAILED, detail=detail)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400 or error.response is not None:
            return error  # a redirect of the router's, not a failure
        text = HTTP_TEXTS.get(status, error_texts.BAD_INPUT if status < 500 else error_texts.BROKEN)
        return _answer(status, f"http_{status}", text)

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> ResponseReturnValue:
        if app.testing or app.debug:
            raise error
        return _answer(500, "broken", error_texts.BROKEN, detail=logs.where(error))


def wants_json() -> bool:
    """Whether the request was made by a script of ours rather than by a person."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _answer(
    status: int,
    code: str,
    text: Text,
    said: str = "",
    detail: str = "",
    return_url: str | None = None,
    told: Mapping[str, object] | None = None,
) -> ResponseReturnValue:
    """``said`` is a sentence about this very failure, shown instead of the general one; ``told`` is for scripts,
    ``return_url`` leads to the course when no launch does."""
    reference = logs.reference()
    logs.event(
        "failure",
        level=logging.ERROR if status >= 500 else logging.WARNING,
        reference=reference,
        status=status,
        code=code,
        detail=detail,
    )
    if wants_json():
        message = said or f"{text.happened} {text.remedy}"
        return jsonify(error=code, message=message, reference=reference, **(told or {})), status
    launch = g.get("launch")
    page = render_template(
        "error.html",
        text=text,
        said=said,
        reference=reference,
        status=status,
        code=code,
        return_url=launch.return_url if launch else return_url,
    )
    return page, status
