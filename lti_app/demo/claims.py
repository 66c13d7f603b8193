"""The claims of the messages this LMS sends, field by field those of a Moodle 4.5.

Pure: everything comes in through `Message`. The recordings kept beside the tests are the
reference for names, types and for what is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_app.demo import vocabulary as v
from lti_app.demo.model import Activity, Course, Enrolment, Item, Tool, User
from lti_app.demo.urls import Addresses
from lti_app.demo.variables import Context, custom_claim

TARGETS = {2: "iframe", 3: "iframe", 4: "window", 5: "frame"}


@dataclass(frozen=True)
class Site:
    """What a message says about the LMS itself."""

    addresses: Addresses
    shortname: str
    fullname: str
    guid: str
    locale: str
    container: int
    timezone: str


@dataclass(frozen=True)
class Message:
    """One message about to be signed.

    `items` are the columns tied to the activity; `known_here` whether the tool has an
    activity in the course already (the roster claim depends on it); `launch_number` and
    `sesskey` are what Moodle mixes into identifiers and return addresses.
    """

    site: Site
    tool: Tool
    user: User
    course: Course
    enrolment: Enrolment | None
    message_type: str
    activity: Activity | None = None
    items: Sequence[Item] = ()
    known_here: bool = True
    for_user_id: int | None = None
    launch_number: int = 0
    sesskey: str = ""


def manages(user: User, enrolment: Enrolment | None, *, editing: bool = False) -> bool:
    """Whether a person teaches a course: any teacher, or with `editing` only a full one."""
    roles = ("editingteacher",) if editing else ("editingteacher", "teacher")
    return user.admin or (enrolment is not None and enrolment.role in roles)


def roles(user: User, *, teaches: bool) -> list[str]:
    """Role URIs of a launch, sorted."""
    found = [v.INSTRUCTOR if teaches else v.LEARNER]
    if user.admin:
        found += [v.INSTITUTION_ADMIN, v.SYSTEM_ADMIN]
    return sorted(found)


def short_roles(user: User, *, teaches: bool) -> str:
    """What `$Membership.role` becomes."""
    found = ["Instructor" if teaches else "Learner"]
    if user.admin:
        found += [
            "urn:lti:sysrole:ims/lis/Administrator",
            "urn:lti:instrole:ims/lis/Administrator",
        ]
    return ",".join(found)


def ags_scopes(tool: Tool) -> list[str]:
    """The gradebook scopes a tool may use."""
    if not tool.gradesync:
        return []
    found = [v.SCOPE_SCORE, v.SCOPE_LINEITEM_READ, v.SCOPE_RESULT]
    return [*found, v.SCOPE_LINEITEM] if tool.gradesync == 2 else found


def permitted_scopes(tool: Tool) -> list[str]:
    """Every scope a tool may ask a token for."""
    found = ags_scopes(tool)
    if tool.memberships:
        found.append(v.SCOPE_NRPS)
    if tool.basic_outcomes:
        found.append(v.SCOPE_OUTCOME)
    if tool.toolsettings:
        found.append(v.SCOPE_SETTING)
    return found


def sourced_id(activity: Activity, user: User, tool: Tool, number: int) -> str:
    """The `lis_result_sourcedid` of basic outcomes."""
    data = {
        "instanceid": str(activity.id),
        "userid": str(user.id),
        "typeid": str(tool.id),
        "launchid": number,
    }
    text = json.dumps(data, separators=(",", ":"))
    return json.dumps(
        {"data": data, "hash": hashlib.sha256(text.encode()).hexdigest()}, separators=(",", ":")
    )


def claims(message: Message) -> dict[str, Any]:
    """Everything in the id_token except `nonce`, `iat` and `exp`."""
    site, tool, user, course = message.site, message.tool, message.user, message.course
    deep_linking = message.message_type == v.DEEP_LINKING_REQUEST
    teaches = manages(user, message.enrolment, editing=deep_linking)
    found: dict[str, Any] = {
        "iss": site.addresses.issuer,
        "aud": tool.client_id,
        "sub": str(user.id),
        v.LTI + "version": "1.3.0",
        v.LTI + "message_type": message.message_type,
        v.LTI + "deployment_id": str(tool.id),
        v.LTI + "target_link_uri": target(message),
        v.LTI + "roles": roles(user, teaches=teaches),
        v.LTI + "context": {
            "id": str(course.id),
            "label": course.shortname,
            "title": course.fullname,
            "type": ["CourseSection"],
        },
        v.LTI + "tool_platform": {
            "product_family_code": "moodle",
            "version": v.MOODLE_VERSION,
            "guid": site.guid,
            "name": site.shortname,
            "description": site.fullname,
        },
        v.LTI + "lis": {
            "person_sourcedid": user.idnumber,
            "course_section_sourcedid": course.idnumber,
        },
        v.LTI + "ext": {"lms": "moodle-2"},
    }
    if tool.send_name:
        found |= {"name": user.name, "given_name": user.given, "family_name": user.family}
        found[v.LTI + "ext"]["user_username"] = user.username
    if tool.send_email:
        found["email"] = user.email
    if deep_linking:
        found |= _deep_linking(message)
    else:
        found |= _placed(message)
    if message.for_user_id is not None:
        found[v.LTI + "for_user"] = {"user_id": str(message.for_user_id)}
    found |= _services(message)
    found[v.LTI + "custom"] = _custom(message, short_roles(user, teaches=teaches))
    return found


def target(message: Message) -> str:
    """The `target_link_uri` of a message."""
    activity, tool = message.activity, message.tool
    if message.message_type == v.DEEP_LINKING_REQUEST:
        return tool.deep_linking_url or tool.tool_url
    if activity is None:
        return tool.tool_url
    if message.message_type == v.SUBMISSION_REVIEW and activity.review_url:
        return activity.review_url
    return activity.tool_url or tool.tool_url


def _outcome(message: Message) -> str | None:
    activity = message.activity
    if activity is None or (activity.grade is None and not activity.scale):
        return None
    if not message.tool.basic_outcomes:
        return None
    return sourced_id(activity, message.user, message.tool, message.launch_number)


def _placed(message: Message) -> dict[str, Any]:
    activity, site = message.activity, message.site
    if activity is None:
        raise ValueError("a resource link message needs an activity")
    found: dict[str, Any] = {
        v.LTI + "resource_link": {
            "id": str(activity.id),
            "title": activity.name,
            "description": activity.intro,
        },
        v.LTI + "launch_presentation": {
            "locale": site.locale,
            "document_target": TARGETS[site.container],
            "return_url": site.addresses.page(
                "return.php",
                {
                    "course": message.course.id,
                    "launch_container": site.container,
                    "instanceid": activity.id,
                    "sesskey": message.sesskey,
                },
            ),
        },
    }
    outcome = _outcome(message)
    if outcome is not None:
        found[v.OUTCOME_CLAIM] = {
            "lis_result_sourcedid": outcome,
            "lis_outcome_service_url": site.addresses.outcomes,
        }
    return found


def _deep_linking(message: Message) -> dict[str, Any]:
    site, tool = message.site, message.tool
    return {
        v.LTI + "launch_presentation": {"locale": site.locale},
        v.DEEP_LINKING + "deep_linking_settings": {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
            "deep_link_return_url": site.addresses.page(
                "contentitem_return.php",
                {"course": message.course.id, "id": tool.id, "sesskey": message.sesskey},
            ),
            "title": tool.name,
            "text": "",
        },
    }


def _services(message: Message) -> dict[str, Any]:
    site, tool, course = message.site, message.tool, message.course
    found: dict[str, Any] = {}
    if tool.gradesync:
        found[v.AGS_CLAIM] = {
            "scope": sorted(ags_scopes(tool)),
            "lineitems": site.addresses.lineitems(course.id, tool.id),
        }
        url = _lineitem(message)
        if url:
            found[v.AGS_CLAIM]["lineitem"] = url
    if tool.memberships and message.known_here:
        found[v.NRPS_CLAIM] = {
            "context_memberships_url": site.addresses.memberships(course.id, tool.id),
            "service_versions": ["1.0", "2.0"],
        }
    return found


def _lineitem(message: Message) -> str:
    """The activity's own column; Moodle names none when two are tied to the link."""
    if len(message.items) != 1:
        return ""
    return message.site.addresses.lineitem(message.course.id, message.items[0].id, message.tool.id)


def _custom(message: Message, membership_role: str) -> Mapping[str, str | None]:
    site, tool, activity = message.site, message.tool, message.activity
    own: dict[str, str] = {}
    if activity is not None:
        own |= activity.custom
        if message.message_type == v.SUBMISSION_REVIEW:
            own |= activity.review_custom
    context = Context(
        addresses=site.addresses,
        tool=tool,
        user=message.user,
        course=message.course,
        activity=activity,
        membership_role=membership_role,
        lineitem_url=_lineitem(message) if tool.gradesync else "",
        result_sourced_id=_outcome(message),
        timezone=site.timezone,
    )
    found = custom_claim(own, tool.custom, context)
    if message.known_here and tool.memberships:
        found["context_memberships_url"] = site.addresses.memberships(message.course.id, tool.id)
    if activity is not None and tool.toolsettings:
        found |= site.addresses.settings(message.course.id, tool.id)
    return dict(sorted(found.items()))
