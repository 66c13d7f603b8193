"""AGS scores and results, with every rule Moodle 4.5 applies to them.

The score endpoint explains itself only in the reason phrase of its status line; its body is
`[]`. Results are final grades, a teacher's override included.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from flask import Response, request

from lti_app.demo import vocabulary as v
from lti_app.demo.ags import UNSUPPORTED, the_item
from lti_app.demo.gradebook import LockedError, NotNewerError
from lti_app.demo.grading import is_numeric, number, unix_time
from lti_app.demo.model import Grade, Item
from lti_app.demo.services import (
    BadGatewayError,
    Call,
    Resource,
    ServiceError,
    json_answer,
    status_line,
)
from lti_app.demo.session import error_page


def _refused(status: int, reason: str) -> Response:
    answer = json_answer([], v.SCORE_TYPE, status)
    answer.status = status_line(status, reason)
    return answer


def _score(call: Call) -> Response:
    if call.media_type != v.SCORE_TYPE:
        raise ServiceError(400, UNSUPPORTED)
    course, item = call.course, the_item(call)
    text = request.get_data(as_text=True)
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    time = _valid(call, course.id, body)
    if time is None:
        return _refused(400, f"Incorrect score received{text}")
    user_id = int(body["userId"])
    given = body.get("scoreGiven")
    if body["gradingProgress"] != "FullyGraded":
        given = None
    comment = body.get("comment")
    try:
        call.lms.gradebook.score(
            item,
            user_id,
            given=None if given is None else float(given),
            out_of=float(body.get("scoreMaximum") or 0),
            time=time,
            comment=None if comment is None else str(comment),
        )
    except NotNewerError:
        reason = f"Refusing score with an earlier timestamp for item {item.id} and user {user_id}"
        return _refused(409, reason)
    except LockedError:
        return _refused(500, "")
    return Response("", 200, content_type=f"{v.SCORE_TYPE}; charset=utf-8")


def _valid(call: Call, course_id: int, body: Any) -> int | None:
    """The score's unix time when the score can be taken in, else None."""
    if not isinstance(body, dict):
        return None
    needed = ("userId", "timestamp", "activityProgress", "gradingProgress")
    given, out_of = body.get("scoreGiven"), body.get("scoreMaximum")
    sound = (
        all(body.get(name) is not None for name in needed)
        and (given is None or (is_numeric(given) and out_of is not None))
        and (out_of is None or is_numeric(out_of))
    )
    time = unix_time(body.get("timestamp"), call.lms.zone) if sound else None
    if time is None:
        return None
    if not str(body["userId"]).isdigit():
        raise BadGatewayError
    enrolment = call.lms.store.enrolment(course_id, int(body["userId"]))
    gradable = enrolment is not None and enrolment.role == "student"  # also when suspended
    return time if gradable else None


def _result(call: Call, course_id: int, item: Item, grade: Grade) -> dict[str, Any]:
    addresses, tool = call.lms.addresses, call.tool
    body: dict[str, Any] = {
        "id": addresses.result(course_id, item.id, tool.id, grade.user_id),
        "userId": str(grade.user_id),
    }
    if grade.final is None:
        return body
    body |= {"resultScore": number(grade.final), "resultMaximum": number(item.maximum)}
    if grade.feedback:
        body["comment"] = grade.feedback
    moment = datetime.fromtimestamp(grade.timemodified or 0, call.lms.zone)
    body["scoreOf"] = addresses.lineitem(course_id, item.id, tool.id)
    body["timestamp"] = moment.isoformat()
    return body


def _results(call: Call) -> Response:
    course, item = call.course, the_item(call)
    if request.args.get("limit", 0, type=int):  # a defect of Moodle's, kept
        return error_page("Une erreur est survenue.")
    wanted = request.args.get("user_id")
    found = [
        _result(call, course.id, item, grade)
        for grade in call.lms.store.grades(item.id)
        if wanted in (None, str(grade.user_id))
    ]
    return json_answer(found, v.RESULTS_TYPE)


RESOURCES = (
    Resource(
        re.compile(r"/([^/]+)/lineitems/([^/]+)/lineitem/results"),
        (v.RESULTS_TYPE,),
        {"GET": ((v.SCOPE_RESULT,), _results)},
    ),
    Resource(
        re.compile(r"/([^/]+)/lineitems/([^/]+)/lineitem/scores"),
        (v.SCORES_TYPE, v.SCORE_TYPE),
        {"POST": ((v.SCOPE_SCORE,), _score)},
    ),
)
