"""Names and Role Provisioning Services 2.0 as Moodle 4.5 speaks them.

https://www.imsglobal.org/spec/lti-nrps/v2p0. Unlike in a launch, names have passed through
Moodle's text filters (tags gone, `&` and `<` escaped), and a non-editing teacher is a
« Learner ».
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Response, request

from lti_app.demo import vocabulary as v
from lti_app.demo.claims import sourced_id
from lti_app.demo.model import Activity, Enrolment, Tool, User
from lti_app.demo.services import Call, Resource, ServiceError, json_answer

SHORT_ROLES = {"Instructor": v.INSTRUCTOR, "Learner": v.LEARNER}

_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);)")


def format_string(text: str) -> str:
    """Moodle's `format_string`: tags taken out, `&`, `<` and `>` escaped, quotes left."""
    text = _BARE_AMPERSAND.sub("&amp;", _TAG.sub("", text))
    return text.replace("<", "&lt;").replace(">", "&gt;")


def roster_role(enrolment: Enrolment) -> str:
    """The short role of a member: only an editing teacher is an Instructor here."""
    return "Instructor" if enrolment.role == "editingteacher" else "Learner"


def _member(
    call: Call, user: User, enrolment: Enrolment, activity: Activity | None
) -> dict[str, Any]:
    tool: Tool = call.tool
    member_roles = [roster_role(enrolment)]
    if user.admin:
        member_roles.append(v.INSTITUTION_ADMIN)
    member: dict[str, Any] = {"status": "Active", "roles": member_roles}
    if activity is not None:
        message: dict[str, Any] = {v.LTI + "message_type": v.RESOURCE_LINK}
        if activity.grade is not None or activity.scale:
            number = secrets.randbelow(2**31)
            message[v.OUTCOME_CLAIM] = {
                "lis_result_sourcedid": sourced_id(activity, user, tool, number),
                "lis_outcome_service_url": call.lms.addresses.outcomes,
            }
        member["message"] = [message]
    member |= {"user_id": str(user.id), "lis_person_sourcedid": format_string(user.idnumber)}
    if tool.send_name:
        member |= {
            "name": format_string(user.name),
            "given_name": format_string(user.given),
            "family_name": format_string(user.family),
        }
    if tool.send_email:
        member["email"] = format_string(user.email)
    if tool.send_name:
        member["ext_user_username"] = format_string(user.username)
    return member


def _activity(call: Call, course_id: int) -> Activity | None:
    rlid = request.args.get("rlid")
    if not rlid:
        return None
    activity = call.lms.store.activity(int(rlid)) if rlid.isdigit() else None
    if activity is None or activity.course_id != course_id:
        raise ServiceError(404, f"Not Found: LTI link {rlid} doesn't exist")
    return activity


def _members(call: Call) -> Response:
    if call.parts[1] != str(call.tool.id):
        raise ServiceError(401)
    course = call.course
    activity = _activity(call, course.id)
    role = request.args.get("role", "")
    short = next((name for name, uri in SHORT_ROLES.items() if role in (name, uri)), None)
    people = [
        (user, enrolment)
        for user, enrolment in call.lms.store.members(course.id)
        if short in (None, roster_role(enrolment))
    ]
    limit = request.args.get("limit", 0, type=int)
    start = request.args.get("from", 0, type=int)
    shown = people[start : start + limit] if limit > 0 else people
    url = call.lms.addresses.memberships(course.id, call.tool.id)
    answer = json_answer(
        {
            "id": url,
            "context": {
                "id": str(course.id),
                "label": format_string(course.shortname),
                "title": format_string(course.fullname),
            },
            "members": [_member(call, user, enrol, activity) for user, enrol in shown],
        },
        v.MEMBERS_TYPE,
    )
    if limit > 0 and start + limit < len(people):
        # `role` is missing from Moodle's next link: whoever follows it gets everyone
        rlid = f"&rlid={activity.id}" if activity else ""
        answer.headers["Link"] = f'<{url}?limit={limit}&from={start + limit}{rlid}>; rel="next"'
    return answer


RESOURCES = (
    Resource(
        re.compile(r"/CourseSection/([^/]+)/bindings/([^/]+)/memberships"),
        (v.MEMBERS_TYPE,),
        {"GET": ((v.SCOPE_NRPS,), _members)},
    ),
)
