"""Custom parameters and Moodle's substitution variables (LTI 1.3 core, appendix C).

What Moodle does not support comes through as written (`$User.image`); what it supports but
has no value for is an empty text, or null for a message without an activity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_app.demo.model import Activity, Course, Tool, User
from lti_app.demo.urls import Addresses


@dataclass(frozen=True)
class Context:
    """What the variables are replaced from."""

    addresses: Addresses
    tool: Tool
    user: User
    course: Course
    activity: Activity | None
    membership_role: str
    lineitem_url: str
    result_sourced_id: str | None
    timezone: str


def variables(context: Context) -> dict[str, str | None]:
    """The supported variables and their values."""
    user, course, activity, tool = context.user, context.course, context.activity, context.tool
    named = tool.send_name
    urls = context.addresses
    return {
        "Context.id": str(course.id),
        "Context.id.history": "",
        "Context.title": course.fullname,
        "Context.label": course.shortname,
        "Context.sourcedId": course.idnumber,
        "Context.longDescription": "",
        "Context.timeFrame.begin": str(course.startdate),
        "CourseSection.title": course.fullname,
        "CourseSection.label": course.shortname,
        "CourseSection.sourcedId": course.idnumber,
        "CourseSection.longDescription": "",
        "CourseSection.timeFrame.begin": "",
        "CourseSection.timeFrame.end": "",
        "ResourceLink.id": str(activity.id) if activity else None,
        "ResourceLink.title": activity.name if activity else None,
        "ResourceLink.description": activity.intro if activity else None,
        "User.id": str(user.id),
        "User.username": user.username,
        "Person.name.full": user.name if named else None,
        "Person.name.given": user.given if named else None,
        "Person.name.family": user.family if named else None,
        "Person.name.middle": "",
        "Person.email.primary": user.email if tool.send_email else None,
        "Person.sourcedId": user.idnumber,
        "Person.address.street1": "",
        "Person.address.locality": "",
        "Person.address.country": "",
        "Person.address.timezone": context.timezone,
        "Person.phone.primary": "",
        "Person.phone.mobile": "",
        "Person.webaddress": "",
        "Membership.role": context.membership_role,
        "Moodle.Person.userGroupIds": "",
        "LineItem.url": context.lineitem_url,
        "LineItems.url": urls.lineitems(course.id, tool.id) if tool.gradesync else "",
        "Results.url": "",
        "Scores.url": "",
        "Result.sourcedId": context.result_sourced_id,
        "ToolProxyBinding.memberships.url": urls.memberships(course.id, tool.id),
    }


def custom_claim(
    own: Mapping[str, str], tool_level: Mapping[str, str], context: Context
) -> dict[str, str | None]:
    """The custom claim: the activity's parameters, overruled by the tool's on a clash.

    A key with capitals is sent twice, as written and in lower case.
    """
    values = variables(context)
    found: dict[str, str | None] = {}
    for key, text in {**own, **tool_level}.items():
        value: str | None = values.get(text[1:], text) if text.startswith("$") else text
        found[key] = value
        if key.lower() != key:
            found[key.lower()] = value
    return found
