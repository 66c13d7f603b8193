"""The launch that says nothing new: its person, course, place and activity stand here already as it tells them.

Nearly every launch is one. It costs one read and one row (``models.prepared``); whatever differs, or is missing,
goes the whole way (``services.launches.entering``), which is the one that decides what follows. What goes away
between the read and the row refuses the row, by its foreign keys.
"""

from __future__ import annotations

import functools
import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, literal_column, select

from lti_app.models import (
    Course,
    Deployment,
    Group,
    GroupMember,
    LaunchSession,
    LineItem,
    Membership,
    Platform,
    ResourceLink,
    User,
)
from lti_app.models.prepared import Driver, Prepared
from lti_app.models.store import Store
from lti_app.services.activities import choosing_again
from lti_app.services.classes import groups
from lti_app.services.current import LEARNER, TEACHER
from lti_app.services.launches import launch_sessions
from lti_app.services.lti import roles
from lti_app.services.lti.hosts import OwnHosts
from lti_app.services.lti.message import RESOURCE_LINK, LaunchMessage, language


class _Known(NamedTuple):
    user_id: int
    given_name: str
    family_name: str
    name: str
    course_id: int
    label: str
    course_title: str
    memberships_url: str | None
    lineitems_url: str | None
    ags_scopes: str
    launched_as: str
    active: bool | int
    link_id: int
    title: str
    custom_settings: Any
    item_id: int | None
    url: str | None
    look_at: Any
    groups: str | None


_COMMA: Any = literal_column("','")  # a string would be one more value to bind
_GROUPS = (  # the person's, of those that launches tell
    select(func.aggregate_strings(Group.external_id, _COMMA))
    .join(GroupMember, GroupMember.group_id == Group.id)
    .where(GroupMember.user_id == User.id, Group.course_id == Course.id)
    .correlate(User, Course)
    .scalar_subquery()
)
_KNOWN = Prepared(
    select(
        User.id,
        User.given_name,
        User.family_name,
        User.name,
        Course.id,
        Course.label,
        Course.title,
        Course.memberships_url,
        Course.lineitems_url,
        Course.ags_scopes,
        Membership.launched_as,
        Membership.active,
        ResourceLink.id,
        ResourceLink.title,
        ResourceLink.custom_settings,
        LineItem.id,
        LineItem.url,
        LineItem.look_at,
        _GROUPS,
    )
    .join(
        Deployment,
        (Deployment.platform_id == User.platform_id)
        & (Deployment.deployment_id == bindparam("deployment_id")),
    )
    .join(
        Course,
        (Course.deployment_id == Deployment.id) & (Course.context_id == bindparam("context_id")),
    )
    .join(Membership, (Membership.course_id == Course.id) & (Membership.user_id == User.id))
    .join(
        ResourceLink,
        (ResourceLink.course_id == Course.id) & (ResourceLink.lti_id == bindparam("lti_id")),
    )
    .outerjoin(
        LineItem,
        (LineItem.resource_link_id == ResourceLink.id) & (LineItem.part == literal_column("''")),
    )
    .where(User.platform_id == bindparam("platform_id"), User.sub == bindparam("sub"))
)
_SESSION = Prepared(
    insert(LaunchSession),
    (
        "id",
        "secret_hash",
        "user_id",
        "course_id",
        "resource_link_id",
        "roles",
        "locale",
        "return_url",
        "expires_at",
    ),
)


def enter(
    store: Store,
    platform: Platform,
    hosts: OwnHosts,
    message: LaunchMessage,
    sid: str,
    now: datetime,
) -> str | None:
    """The secret of the new session ``sid``, or None, with nothing kept, when the launch says something new.

    Raises ``IntegrityError`` when there is such a session already.
    """
    if message.message_type != RESOURCE_LINK:
        return None
    with store.drivers.driving() as driver:
        row = _found(driver, platform, message)
        if row is None or not _same(row, message, hosts):
            return None
        values, secret = launch_sessions.new(
            sid,
            user_id=row.user_id,
            course_id=row.course_id,
            resource_link_id=row.link_id,
            roles=message.roles,
            locale=language(message.locale),
            return_url=message.return_url,
            now=now,
        )
        del values["deep_linking"]
        driver.run(_SESSION, values)
    return secret


def _found(driver: Driver, platform: Platform, message: LaunchMessage) -> _Known | None:
    row = driver.first(
        _KNOWN,
        {
            "platform_id": platform.id,
            "sub": message.sub,
            "deployment_id": message.deployment_id,
            "context_id": message.context_id,
            "lti_id": message.resource_link_id,
        },
    )
    return None if row is None else _Known(*row)


def _same(row: _Known, message: LaunchMessage, hosts: OwnHosts) -> bool:
    """Whether ``services.launches.entering`` would change nothing."""
    names = (message.given_name, message.family_name, message.name)
    place = (roles.place(message.roles) or TEACHER, True)
    settings = row.custom_settings
    if isinstance(settings, str):  # SQLite's JSON, read without its type
        settings = _read(settings)
    return (
        (not any(names) or names == (row.given_name, row.family_name, row.name))
        and place == (row.launched_as, bool(row.active))
        and (message.context_label, message.context_title) == (row.label, row.course_title)
        and _kept(hosts, message.memberships_url, row.memberships_url)
        and _kept(hosts, message.line_items_url, row.lineitems_url)
        and (not message.ags_scopes or " ".join(sorted(message.ags_scopes)) == row.ags_scopes)
        and message.resource_link_title == row.title
        and choosing_again.said(message.custom) == settings
        and _same_column(row, hosts.own(message.line_item_url))
        and _same_groups(row, message)
    )


@functools.lru_cache(maxsize=512)
def _read(settings: str) -> Any:
    return json.loads(settings)


def _kept(hosts: OwnHosts, said: str | None, known: str | None) -> bool:
    return (hosts.own(said) or known) == known


def _same_column(row: _Known, url: str | None) -> bool:
    if row.item_id is None:
        return url is None and row.lineitems_url is None
    return row.look_at is None and url in (None, row.url)


def _same_groups(row: _Known, message: LaunchMessage) -> bool:
    told = groups.told(message.custom) if row.launched_as == LEARNER else None
    return told is None or told == set((row.groups or "").split(",")) - {""}
