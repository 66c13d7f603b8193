"""Assignment and Grade Services 2.0 as Moodle 4.5 speaks them: columns of the gradebook.

https://www.imsglobal.org/spec/lti-ags/v2p0. Scores and results are in `ags_scores`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from lti_app.demo import vocabulary as v
from lti_app.demo.grading import is_numeric, number
from lti_app.demo.model import Item
from lti_app.demo.services import BadGatewayError, Call, Resource, ServiceError, json_answer

LABEL_LENGTH = 255
RESOURCE_ID_LENGTH = 512
UNSUPPORTED = "No context or unsupported content type"


def lineitem_json(call: Call, item: Item, course_id: int) -> dict[str, Any]:
    """A column as the services write it; addresses are of the course that was asked."""
    body: dict[str, Any] = {
        "id": call.lms.addresses.lineitem(course_id, item.id, call.tool.id),
        "label": item.label,
        "scoreMaximum": number(item.maximum),
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    if item.link_id is not None:
        body |= {"resourceLinkId": str(item.link_id), "ltiLinkId": str(item.link_id)}
    if item.review_url:
        body["submissionReview"] = {"url": item.review_url}
        if item.review_custom:
            body["submissionReview"]["custom"] = dict(item.review_custom)
    return body


def the_item(call: Call) -> Item:
    """The column of the address. Moodle does not compare its course. Raises 404."""
    text = call.parts[1]
    item = call.lms.store.item(int(text)) if text.isdigit() else None
    if item is None or item.type_id != call.tool.id:
        raise ServiceError(404, f"Not Found: Grade item {text} doesn't exist")
    return item


def _list(call: Call) -> Response:
    if call.media_type not in ("", v.LINEITEMS_TYPE):
        raise ServiceError(400, UNSUPPORTED)
    course = call.course
    asked = request.args
    link = asked.get("resource_link_id", asked.get("lti_link_id"))
    found = [
        item
        for item in call.lms.store.items(course.id)
        if item.type_id == call.tool.id
        and (link is None or str(item.link_id) == link)
        and asked.get("resource_id", item.resource_id) == item.resource_id
        and asked.get("tag", item.tag) == item.tag
    ]
    limit = asked.get("limit", 0, type=int)
    start = asked.get("from", 0, type=int)
    shown = found[start : start + limit] if limit > 0 else found
    answer = json_answer([lineitem_json(call, item, course.id) for item in shown], v.LINEITEMS_TYPE)
    if limit > 0:
        answer.headers["Link"] = _link_header(call, course.id, limit, start, len(found))
    return answer


def _link_header(call: Call, course_id: int, limit: int, start: int, total: int) -> str:
    """Moodle's own: typographic quotes and HTML-escaped ampersands, so nobody can use it."""
    base = call.lms.addresses.lineitems(course_id, call.tool.id).split("?")[0]
    names = ("resource_link_id", "lti_link_id", "resource_id", "tag")
    filters = "".join(f"{name}={request.args[name]}&amp;" for name in names if name in request.args)
    inside = 0 <= start < total
    pages: list[tuple[str, int]] = [("first", 0)]
    if start > 0 and inside:
        pages.append(("prev", max(start - limit, 0)))
    pages.append(("canonical", start))
    if inside and start + limit <= total - 1:
        pages.append(("next", start + limit))
    pages.append(("last", max(total - limit + 1, 0)))
    text = ", ".join(
        f"<{base}?{filters}type_id={call.tool.id}&amp;limit={limit}&amp;from={first}>; "
        f"rel=\N{LEFT DOUBLE QUOTATION MARK}{rel}\N{RIGHT DOUBLE QUOTATION MARK}"
        for rel, first in pages
    )
    return text.encode().decode("latin-1")


def _body() -> dict[str, Any]:
    try:
        found = json.loads(request.get_data())
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _link(call: Call, course_id: int, body: Mapping[str, Any]) -> int | None:
    given = body.get("resourceLinkId", body.get("ltiLinkId"))
    if given is None:
        return None
    activity = call.lms.store.activity(int(given)) if str(given).isdigit() else None
    if activity is None or (activity.course_id, activity.type_id) != (course_id, call.tool.id):
        raise ServiceError(403)
    return activity.id


def _lengths(label: str, resource_id: str) -> None:
    if len(label) > LABEL_LENGTH or len(resource_id) > RESOURCE_ID_LENGTH:
        raise BadGatewayError


def _create(call: Call) -> Response:
    if call.media_type != v.LINEITEM_TYPE:
        raise ServiceError(400, UNSUPPORTED)
    course, body = call.course, _body()
    if body.get("label") is None or body.get("scoreMaximum") is None:
        raise ServiceError(400, "No label or Score Maximum")
    if not is_numeric(body["scoreMaximum"]):
        raise ServiceError(400)
    link_id = _link(call, course.id, body)
    label, resource_id = str(body["label"]), str(body.get("resourceId") or "")
    _lengths(label, resource_id)
    item = call.lms.gradebook.add_standalone_item(
        course.id,
        call.tool.id,
        label,
        float(body["scoreMaximum"]),
        link_id=link_id,
        resource_id=resource_id,
        tag=str(body.get("tag") or ""),
    )
    url = call.lms.addresses.lineitem(course.id, item.id, call.tool.id)
    return json_answer({**body, "id": url}, v.LINEITEM_TYPE, 201)


def _get(call: Call) -> Response:
    if call.media_type not in ("", v.LINEITEM_TYPE):
        raise ServiceError(400)
    course = call.course
    return json_answer(lineitem_json(call, the_item(call), course.id), v.LINEITEM_TYPE)


def _put(call: Call) -> Response:
    course, item, body = call.course, the_item(call), _body()
    if body.get("label") is None or not is_numeric(body.get("scoreMaximum")):
        raise ServiceError(400)
    _link(call, item.course_id, body)
    label, resource_id = str(body["label"]), str(body.get("resourceId") or "")
    _lengths(label, resource_id)
    review = body.get("submissionReview")
    review = review if isinstance(review, dict) else {}
    call.lms.gradebook.update_item(
        item,
        label,
        float(body["scoreMaximum"]),
        resource_id=resource_id,
        tag=str(body.get("tag") or ""),
        review_url=str(review.get("url") or ""),
        review_custom={str(k): str(text) for k, text in (review.get("custom") or {}).items()},
    )
    url = call.lms.addresses.lineitem(course.id, item.id, call.tool.id)
    return json_answer({**body, "id": url}, v.LINEITEM_TYPE)


def _delete(call: Call) -> Response:
    _ = call.course
    call.lms.gradebook.delete_item(the_item(call).id)
    answer = Response(b"", content_type="text/html; charset=utf-8")
    answer.status = "204 OK"
    return answer


RESOURCES = (
    Resource(
        re.compile(r"/([^/]+)/lineitems/([^/]+)/lineitem"),
        (v.LINEITEM_TYPE,),
        {
            "GET": ((v.SCOPE_LINEITEM, v.SCOPE_LINEITEM_READ), _get),
            "PUT": ((v.SCOPE_LINEITEM,), _put),
            "DELETE": ((v.SCOPE_LINEITEM,), _delete),
        },
    ),
    Resource(
        re.compile(r"/([^/]+)/lineitems"),
        (v.LINEITEMS_TYPE, v.LINEITEM_TYPE),
        {
            "GET": ((v.SCOPE_LINEITEM, v.SCOPE_LINEITEM_READ), _list),
            "POST": ((v.SCOPE_LINEITEM,), _create),
        },
    ),
)
