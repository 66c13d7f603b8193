"""Finds the gradebook columns that no launch named, and makes those that an activity asks for.

Moodle leaves ``lineitem`` out of a launch when outcomes hang on the activity; the column is there all the
same, and the list names it: of several bound to one activity, the activity's own is the oldest, since
outcomes come after it. A column for a part is ours: it is looked for by resource id and tag before it
is made, and one process at a time does either, so that none is ever made twice.

All platforms' columns are looked for one after the other: one that cannot be, for whatever reason, is put
off, and those that have waited longest come first, so that no platform keeps the others from theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_app import logs
from lti_app.clients import ags_columns
from lti_app.clients.ags import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE
from lti_app.clients.ags_columns import Column
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import AddressRefused, ServiceError, ServiceRefused
from lti_app.models import (
    Course,
    Deployment,
    GradeSync,
    LineItem,
    Platform,
    PlatformStatus,
    ResourceLink,
    SyncState,
)
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.grades import wanted_grades
from lti_app.services.lti.hosts import own_hosts
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync import claims
from lti_app.services.sync.job import Reason
from lti_app.services.wiring import Wiring

LEASE = timedelta(seconds=120)
LOOK_AGAIN = timedelta(hours=1)  # a teacher may give the activity a grade later
TRY_AGAIN = timedelta(minutes=5)
TAG = "competences"


def ensure(parts: Wiring) -> int:
    """Looks for every column that is due, and returns how many were found or made. Raises ``SQLAlchemyError``
    when there is no database."""
    found = 0
    while (claimed := _claim(parts)) is not None:
        item, course, platform = claimed
        try:
            found += _settle(parts, item, course, platform)
        except Exception as failure:  # the other columns are other people's
            logs.event(
                "column failed",
                level=logging.ERROR,
                line_item=item.id,
                exception=logs.where(failure),
            )
            _put_off(parts, item.id)
    return found


def _claim(parts: Wiring) -> tuple[LineItem, Course, Platform] | None:
    now = parts.clock()
    with parts.store.write() as session:
        item = session.scalars(
            select(LineItem)
            .join(LineItem.resource_link)
            .join(ResourceLink.course)
            .join(Course.deployment)
            .join(Deployment.platform)
            .where(
                or_(LineItem.url.is_(None), LineItem.error == Reason.COLUMN_GONE.value),
                LineItem.active,
                Course.lineitems_url.is_not(None),
                Platform.status == PlatformStatus.ACTIVE.value,
                or_(LineItem.claimed_until.is_(None), LineItem.claimed_until <= now),
                or_(LineItem.look_at.is_(None), LineItem.look_at <= now),
            )
            .order_by(LineItem.look_at.nulls_first(), LineItem.id)
            .limit(1)
            .options(
                joinedload(LineItem.resource_link)
                .joinedload(ResourceLink.course)
                .joinedload(Course.deployment)
                .joinedload(Deployment.platform)
            )
            .with_for_update(skip_locked=True, of=LineItem)
        ).first()
        if item is None:
            return None
        item.claimed_until = now + LEASE
        course = item.resource_link.course
        return item, course, course.deployment.platform


def _put_off(parts: Wiring, item_id: int) -> None:
    """What is known of the column stays as it was, and its grades wait."""
    again = parts.clock() + TRY_AGAIN
    with parts.store.write() as session:
        session.execute(
            update(LineItem).where(LineItem.id == item_id).values(claimed_until=None, look_at=again)
        )


def _settle(parts: Wiring, item: LineItem, course: Course, platform: Platform) -> bool:
    scopes = set(course.ags_scopes.split())
    connector = connector_for(parts, platform)
    now = parts.clock()
    column, error, again = None, "", LOOK_AGAIN
    try:
        column, error = _look(connector, item, str(course.lineitems_url), scopes)
    except ServiceRefused as failure:
        error = Reason.COLUMN_NOT_ALLOWED
        logs.event("column refused", line_item=item.id, detail=str(failure))
    except AddressRefused as failure:
        error = Reason.ADDRESS_REFUSED
        logs.event("column not found out", line_item=item.id, detail=str(failure))
    except ServiceError as failure:
        error, again = Reason.PLATFORM_UNAVAILABLE, TRY_AGAIN
        logs.event("column not found out", line_item=item.id, detail=str(failure))
    url = own_hosts(platform).own(column.url) if column else None
    if column and url is None:
        error = Reason.ADDRESS_REFUSED
    values: dict[str, object] = {"claimed_until": None, "error": str(error)}
    values["look_at" if url is None else "url"] = now + again if url is None else url
    another = url is not None and item.url is not None and url != item.url
    if another:
        values |= {"maximum": None, "read_at": None}
    with parts.store.write() as session:
        session.execute(update(LineItem).where(LineItem.id == item.id).values(**values))
        if another:
            _forget(session, item.id, now)
        if url is not None:
            wanted_grades.refresh_course(session, course.id, now)
            claims.column_opens(session, item.id, now)
    return url is not None


def _look(
    connector: PlatformConnector, item: LineItem, line_items_url: str, scopes: set[str]
) -> tuple[Column | None, str]:
    """The column, or why there is none."""
    if not scopes & {LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE}:
        return None, Reason.COLUMN_SCOPE_MISSING
    if not item.part:
        bound = ags_columns.columns(connector, line_items_url, link_id=item.resource_link.lti_id)
        return (_oldest(bound), "") if bound else (None, Reason.COLUMN_MISSING)
    known = ags_columns.columns(
        connector, line_items_url, resource_id=item.resource_id, tag=item.tag
    )
    if known:
        return known[0], ""
    if LINE_ITEM_SCOPE not in scopes:
        return None, Reason.COLUMN_SCOPE_MISSING
    return ags_columns.create(connector, line_items_url, _wanted(item)), ""


def _oldest(bound: list[Column]) -> Column:
    """The activity's own column: ours by its tag, else the first that the platform made."""
    tagged = [column for column in bound if column.tag == TAG]
    return (tagged or bound)[0]


def _wanted(item: LineItem) -> Column:
    settings = LinkSettings.from_json(item.resource_link.settings)
    return Column(
        url="",
        label=item.label or item.resource_link.title or item.part,
        maximum=settings.maximum,
        resource_id=item.resource_id,
        tag=item.tag,
    )


def look_again(session: Session, resource_link_id: int) -> None:
    """Has the activity's columns without an address looked for at once, and those of our own of which the
    platform said that they are gone: one that really is is made anew, with everybody's grades. To be called
    before a teacher sends them again."""
    gone = select(GradeSync.line_item_id).where(GradeSync.error == Reason.COLUMN_GONE.value)
    session.execute(
        update(LineItem)
        .where(
            LineItem.resource_link_id == resource_link_id,
            LineItem.part != "",
            LineItem.active,
            LineItem.url.is_not(None),
            LineItem.id.in_(gone),
        )
        .values(look_at=None, error=Reason.COLUMN_GONE.value)
    )
    session.execute(
        update(LineItem)
        .where(LineItem.resource_link_id == resource_link_id, LineItem.url.is_(None))
        .values(look_at=None, error="")
    )


def look_elsewhere(session: Session, platform_id: int) -> None:
    """Has the columns looked for at once that the platform named on a host which was not its own."""
    of_platform = (
        select(ResourceLink.id)
        .join(ResourceLink.course)
        .join(Course.deployment)
        .where(Deployment.platform_id == platform_id)
    )
    session.execute(
        update(LineItem)
        .where(
            LineItem.resource_link_id.in_(of_platform),
            LineItem.url.is_(None),
            LineItem.error == Reason.ADDRESS_REFUSED.value,
        )
        .values(look_at=None, error="")
        .execution_options(synchronize_session=False)
    )


def declared_anew(session: Session, deployment_ids: Collection[int]) -> None:
    """Forgets where the columns of these deployments are: the LMS has given the tool another name, and lets no
    declaration at another's columns. The next launch in a course says where they are listed from now on. There an
    activity's own is found, and a part's is made anew, with everybody's grades. What we know to have sent stays: a
    column that is the same one after all holds our own grades, and a teacher's."""
    courses = select(Course.id).where(Course.deployment_id.in_(deployment_ids))
    links = select(ResourceLink.id).where(ResourceLink.course_id.in_(courses))
    rows = session.scalars(
        select(GradeSync)
        .join(GradeSync.line_item)
        .where(LineItem.resource_link_id.in_(links), LineItem.part != "")
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
    )
    for row in rows:
        row.wanted_revision += 1
        row.state, row.error, row.attempts = SyncState.WAITING.value, "", 0
    session.execute(
        update(LineItem)
        .where(LineItem.resource_link_id.in_(links))
        .values(url=None, look_at=None, error="", maximum=None, read_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Course)
        .where(Course.deployment_id.in_(deployment_ids))
        .values(lineitems_url=None)
        .execution_options(synchronize_session=False)
    )


def _forget(session: Session, item_id: int, now: datetime) -> None:
    """What was sent to a column is in none that is made in its place."""
    rows = session.scalars(
        select(GradeSync)
        .where(GradeSync.line_item_id == item_id)
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        row.wanted_revision += 1
        row.attempts, row.next_attempt_at = 0, now
        row.sent_score = row.sent_maximum = row.sent_timestamp = row.sent_at = None
        row.held_score = row.held_maximum = row.held_at = None
        row.sent_comment, row.tried, row.overridden, row.kept = "", [], False, ""


def remove(parts: Wiring, item_id: int) -> None:
    """Deletes one of our own columns at the platform, with its grades there; the rows here go too.

    Raises ``ServiceError`` as the platform answers; a column that is already gone is no failure.
    """
    try:
        _with_column(parts, item_id, ags_columns.delete)
    except ServiceRefused as error:
        if error.status != 404:
            raise
    with parts.store.write() as session:
        item = session.get(LineItem, item_id)
        if item is not None:
            session.delete(item)


def rename(parts: Wiring, item_id: int, label: str) -> None:
    """Gives one of our own columns another title. Raises ``ServiceError`` as the platform answers."""

    def put(connector: PlatformConnector, url: str) -> None:
        now = ags_columns.column(connector, url)
        ags_columns.change(connector, replace(now, url=url, label=label))

    _with_column(parts, item_id, put)
    with parts.store.write() as session:
        session.execute(update(LineItem).where(LineItem.id == item_id).values(label=label))


def _with_column(
    parts: Wiring, item_id: int, act: Callable[[PlatformConnector, str], object]
) -> None:
    with parts.store.read() as session:
        item = session.scalars(
            select(LineItem)
            .where(LineItem.id == item_id)
            .options(
                joinedload(LineItem.resource_link)
                .joinedload(ResourceLink.course)
                .joinedload(Course.deployment)
                .joinedload(Deployment.platform)
            )
        ).one()
        platform = item.resource_link.course.deployment.platform
    if item.url:
        act(connector_for(parts, platform), item.url)
