"""What the platform's gradebook holds is read back, kept beside what we sent, and shown.

A teacher's grade over there is never fought. A grade that the platform acknowledged and no longer has
(it was set back to an earlier state) is sent again; one that a teacher gave back is ours again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload

from lti_app import logs
from lti_app.clients import ags
from lti_app.errors import ServiceError
from lti_app.models import (
    Course,
    Deployment,
    GradeSync,
    LineItem,
    Platform,
    PlatformStatus,
    ResourceLink,
    SyncState,
    User,
)
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync import claims, fates, sizes
from lti_app.services.sync.job import Reason, Seen
from lti_app.services.sync.overrides import Held, judge, known, second_of
from lti_app.services.wiring import Wiring

LOOKED_AT = (
    GradeSync.id,
    GradeSync.state,
    GradeSync.error,
    GradeSync.wanted_revision,
    GradeSync.settled_revision,
    GradeSync.next_attempt_at,
    GradeSync.maximum,
    GradeSync.last_timestamp,
    GradeSync.tried,
    GradeSync.sent_score,
    GradeSync.sent_maximum,
    GradeSync.sent_comment,
    GradeSync.sent_timestamp,
    GradeSync.held_score,
    GradeSync.held_maximum,
    GradeSync.held_at,
    GradeSync.overridden,
)
FRESH_FOR = timedelta(minutes=10)


def refresh_if_old(parts: Wiring, resource_link_id: int) -> None:
    """Reads an activity's columns unless they were read in the last ten minutes."""
    if is_old(parts, resource_link_id):
        refresh(parts, resource_link_id)


def is_old(parts: Wiring, resource_link_id: int) -> bool:
    """Whether one of an activity's columns was not read in the last ten minutes."""
    now = parts.clock()
    with parts.store.read() as session:
        read = session.scalars(
            select(LineItem.read_at).where(
                LineItem.resource_link_id == resource_link_id,
                LineItem.active,
                LineItem.url.is_not(None),
            )
        ).all()
    return any(at is None or now - at >= FRESH_FOR for at in read)


def refresh(parts: Wiring, resource_link_id: int) -> bool:
    """Reads an activity's columns now; whether all could be read. Wakes the worker when something is to
    be sent again."""
    complete, again = True, 0
    for column_id, url, platform in _columns(parts, resource_link_id):
        began = parts.clock()
        try:
            results = ags.results(connector_for(parts, platform), url)
        except ServiceError as error:
            logs.event("results not read", line_item=column_id, detail=str(error))
            complete = False
            continue
        again += store(parts, column_id, results, began, mend=True)
    if again:
        parts.wake()
    return complete


def store(
    parts: Wiring,
    column_id: int,
    results: Sequence[ags.Result],
    began: datetime,
    *,
    mend: bool = False,
) -> int:
    """Keeps what a column was seen to hold, of learners nothing is under way for, nor was sent since the
    reading ``began``. With ``mend``, grades that were lost over there, or given back to us, are due
    again; how many."""
    held = {result.user_id: result for result in results}
    now = parts.clock()
    again = 0
    with parts.store.write() as session:
        guarded = _guarded(session, column_id)
        changes: list[tuple[int, fates.Values]] = []
        for row in _rows(session, column_id, began, now):
            seen = _seen(row, held, guarded)
            new = fates.seen_values(seen, row.last_timestamp)
            if mend and _to_mend(row, seen.held):
                again += 1
                new |= _wanted_again(row, now)
                if guarded and seen.at is not None:
                    new["overridden"] = True  # unless what is sent now moves the cell
            if any(getattr(row, name) != value for name, value in new.items()):
                changes.append((row.id, new))
        fates.write(session, changes)
        item = session.get_one(LineItem, column_id)
        item.read_at = now
    told = next((result.maximum for result in results if result.maximum), None)
    if told is not None and told != item.maximum:  # a teacher gave it another maximum, or a scale
        again += sizes.keep(parts, column_id, told)
    return again


def _rows(session: Session, column_id: int, began: datetime, now: datetime) -> Sequence[Row[Any]]:
    sent_since = (GradeSync.sent_at > began) & (GradeSync.sent_at <= now)
    return session.execute(
        select(*LOOKED_AT, User.sub)
        .join(GradeSync.learner)
        .where(
            GradeSync.line_item_id == column_id,
            GradeSync.claim.is_(None),
            GradeSync.sent_at.is_(None) | ~sent_since,
        )
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
    ).all()


def _guarded(session: Session, column_id: int) -> bool:
    item, platform = session.execute(
        select(LineItem, Platform)
        .join(LineItem.resource_link)
        .join(ResourceLink.course)
        .join(Course.deployment)
        .join(Deployment.platform)
        .where(LineItem.id == column_id)
    ).one()
    return claims.is_guarded(item, platform)


def _seen(row: Row[Any], held: Mapping[str, ags.Result], guarded: bool) -> Seen:
    result = held.get(row.sub)
    ours = known(row, words=not guarded)
    if guarded and row.overridden and row.held_at is not None:
        ours = replace(ours, theirs=second_of(row.held_at))
    whose = judge(result, ours)
    if result is None:
        return Seen(whose, None, None, None)
    return Seen(whose, result.score, result.maximum, result.at)


def _wanted_again(row: Row[Any], now: datetime) -> fates.Values:
    return {
        "wanted_revision": row.wanted_revision + 1,
        "state": SyncState.WAITING.value,
        "error": "",
        "next_attempt_at": now,
    }


def _to_mend(row: Row[Any], held: Held) -> bool:
    if row.wanted_revision > row.settled_revision:
        return False  # on its way already
    if row.state == SyncState.SENT.value:
        return held is Held.OLDER
    return row.error == Reason.OVERRIDDEN.value and held is not Held.THEIRS


def _columns(parts: Wiring, resource_link_id: int) -> list[tuple[int, str, Platform]]:
    """Id, address and platform of the activity's columns that can be read."""
    with parts.store.read() as session:
        items = session.scalars(
            select(LineItem)
            .where(
                LineItem.resource_link_id == resource_link_id,
                LineItem.active,
                LineItem.url.is_not(None),
            )
            .order_by(LineItem.id)
            .options(
                joinedload(LineItem.resource_link)
                .joinedload(ResourceLink.course)
                .joinedload(Course.deployment)
                .joinedload(Deployment.platform)
            )
        )
        found = [
            (item.id, str(item.url), item.resource_link.course.deployment.platform)
            for item in items
        ]
    return [row for row in found if row[2].status == PlatformStatus.ACTIVE.value]
