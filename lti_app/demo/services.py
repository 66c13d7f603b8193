"""services.php: one door for AGS and NRPS, with Moodle's way of choosing a handler.

Moodle looks at the media type before anything else (`Accept` for a GET, `Content-Type`
for the rest, none for a DELETE), then at the token, then at the rest. Its errors are a JSON
body that repeats the request, and the reason phrase of the status line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from lti_app.demo.claims import permitted_scopes
from lti_app.demo.lms import Lms
from lti_app.demo.model import Course, Tool

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
}
BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n"
    "</body>\r\n</html>\r\n"
)


class ServiceError(Exception):
    """An answer other than success: `status`, and a reason when Moodle gives one."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason or REASONS[status]


class BadGatewayError(Exception):
    """Moodle's service died on bad input, and the web server in front of it says 502."""


@dataclass(frozen=True)
class Call:
    """One call that found its handler: the LMS, the tool behind the token, the address."""

    lms: Lms
    tool: Tool
    parts: tuple[str, ...]
    media_type: str

    @property
    def course(self) -> Course:
        """The course of the address. Raises 404."""
        number = self.parts[0]
        course = self.lms.store.course(int(number)) if number.isdigit() else None
        if course is None:
            raise ServiceError(404, f"Not Found: Course {number} doesn't exist")
        return course


@dataclass(frozen=True)
class Resource:
    """An address pattern, the media types it speaks, and what each method needs and does.

    `methods` maps a method to the scopes of which one is needed, and its handler.
    """

    pattern: re.Pattern[str]
    media_types: Sequence[str]
    methods: dict[str, tuple[Sequence[str], Callable[[Call], Response]]]


def blueprint(lms: Lms, resources: Sequence[Resource]) -> Blueprint:
    """The services of one LMS."""
    routes = Blueprint("services", __name__)

    @routes.route(
        "/mod/lti/services.php/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "PATCH"]
    )
    def service(path: str) -> Response:
        try:
            return _dispatch(lms, resources, f"/{path}")
        except ServiceError as error:
            return _error(error)
        except BadGatewayError:
            return Response(BAD_GATEWAY, 502, content_type="text/html")

    return routes


def json_answer(body: Any, media_type: str, status: int = 200) -> Response:
    """A success as Moodle writes it."""
    return Response(json.dumps(body), status, content_type=f"{media_type}; charset=utf-8")


def status_line(status: int, reason: str) -> str:
    """A status line that can be sent: UTF-8 as bytes, one line, as PHP does."""
    first = reason.splitlines()[0].strip() if reason.strip() else REASONS.get(status, "")
    return f"{status} {first.encode().decode('latin-1')}"


def _media_type() -> str:
    if request.method == "GET":
        return request.headers.get("Accept", "")
    return request.headers.get("Content-Type", "").split(";", 1)[0].strip()


def _dispatch(lms: Lms, resources: Sequence[Resource], path: str) -> Response:
    media_type = _media_type()
    anything = request.method == "DELETE" or (
        request.method == "GET" and (not media_type or "*/*" in media_type)
    )
    for resource in resources:
        match = resource.pattern.fullmatch(path)
        if match is None or not (anything or media_type in resource.media_types):
            continue
        return _handled(lms, resource, match.groups(), media_type)
    accept = media_type if request.method == "GET" else ""
    content_type = "" if request.method == "GET" else media_type
    raise ServiceError(400, f"No handler found for {path} {accept} {content_type}")


def _handled(lms: Lms, resource: Resource, parts: tuple[str, ...], media_type: str) -> Response:
    if request.method not in resource.methods:
        raise ServiceError(405)
    scopes, handler = resource.methods[request.method]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = lms.store.token(token.strip(), lms.clock()) if scheme.lower() == "bearer" else None
    tool = lms.store.tool(known[0]) if known else None
    if known is None or tool is None:
        raise ServiceError(401)
    rights = known[1] & frozenset(permitted_scopes(tool))
    named = request.args.get("type_id", str(tool.id))
    if not rights & frozenset(scopes) or named != str(tool.id):
        raise ServiceError(401)
    return handler(Call(lms, tool, parts, media_type))


def _error(error: ServiceError) -> Response:
    query = request.query_string.decode("latin-1")
    body = {
        "status": error.status,
        "reason": error.reason,
        "request": {
            "method": request.method,
            "url": request.path + (f"?{query}" if query else ""),
            "accept": request.headers.get("Accept", ""),
            "contentType": request.headers.get("Content-Type", ""),
        },
    }
    answer = json_answer(body, "application/json", error.status)
    answer.status = status_line(error.status, error.reason)
    return answer
