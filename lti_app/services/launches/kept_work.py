"""What reached us from a session that had ended, until its person launches the activity again.

An ended session may change nothing, but whoever still holds its secret may leave here what they had typed, and
the page they were on. It does nothing by itself: a new launch of the same person shows it, to be sent or thrown
away. A browser need not keep anything for that; many allow a frame no storage at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from lti_app.models import KeptKind, KeptWork
from lti_app.services.current import CurrentLaunch

LIFETIME = timedelta(days=30)  # of what waits, longer than a school's holidays
RETURN = timedelta(hours=1)  # after which a new launch begins at the beginning again
MOST = {KeptKind.ENTRIES: 1000, KeptKind.FORM: 30}  # of one person in one activity


class Target(NamedTuple):
    """Where something was sent: the view, the parts of its address without the session, and its query."""

    endpoint: str
    args: Mapping[str, Any]
    query: Mapping[str, Sequence[str]]


def keep_entries(
    session: Session, launch: CurrentLaunch, target: Target, entries: Sequence[Any], now: datetime
) -> bool:
    """Keeps what was sent at once to be recorded in the class. False when too much waits already."""
    return _keep(session, launch, KeptKind.ENTRIES, target, {"entries": list(entries)}, now)


def keep_form(
    session: Session,
    launch: CurrentLaunch,
    target: Target,
    fields: Sequence[tuple[str, str]],
    files: Sequence[str],
    now: datetime,
) -> bool:
    """Keeps a form's fields in their order, and the names of the files that went with it. The same form sent
    twice is kept once. False when too much waits already."""
    content = {"fields": [list(field) for field in fields], "files": list(files)}
    return _keep(session, launch, KeptKind.FORM, target, content, now)


def keep_page(session: Session, launch: CurrentLaunch, target: Target, now: datetime) -> None:
    """Remembers the page that was asked for last."""
    _forget_page(session, launch)
    session.add(_row(launch, KeptKind.PAGE, target, {}, now))


def find(session: Session, launch: CurrentLaunch, now: datetime) -> list[KeptWork]:
    """All that waits for this person here, oldest first."""
    return list(
        session.scalars(
            select(KeptWork)
            .where(*_mine(launch), KeptWork.at > now - LIFETIME)
            .order_by(KeptWork.id)
        )
    )


def take_page(session: Session, launch: CurrentLaunch, now: datetime) -> Target | None:
    """Where the person was a moment ago, once."""
    row = session.scalar(
        select(KeptWork).where(*_mine(launch), KeptWork.kind == KeptKind.PAGE.value).limit(1)
    )
    if row is None:
        return None
    _forget_page(session, launch)
    return target_of(row) if now - row.at < RETURN else None


def drop(session: Session, rows: Collection[KeptWork]) -> None:
    """Deletes them."""
    session.execute(delete(KeptWork).where(KeptWork.id.in_([row.id for row in rows])))


def sweep(session: Session, now: datetime) -> None:
    """Deletes what nobody came back for."""
    session.execute(delete(KeptWork).where(KeptWork.at <= now - LIFETIME))


def target_of(row: KeptWork) -> Target:
    """Where it was sent."""
    return Target(row.endpoint, row.content["args"], row.content["query"])


def newest(rows: Sequence[KeptWork]) -> list[dict[str, Any]]:
    """The entries of these rows, for each cell one: what was typed last, over the page that was read first. All
    are left over: their person may have entered something else meanwhile."""
    cells: dict[tuple[Any, Any], dict[str, Any]] = {}
    for row in rows:
        for entry in row.content["entries"]:
            key = (entry["learner"], entry["code"])
            earlier = cells.get(key, {})
            base = earlier.get("base", entry["base"])
            cells[key] = {**earlier, **entry, "base": base, "left": True}
            if entry["comment"] is None:
                cells[key]["comment"] = earlier.get("comment")
    return list(cells.values())


def _keep(
    session: Session,
    launch: CurrentLaunch,
    kind: KeptKind,
    target: Target,
    content: dict[str, Any],
    now: datetime,
) -> bool:
    row = _row(launch, kind, target, content, now)
    of_kind = (*_mine(launch), KeptWork.kind == kind.value)
    if kind is KeptKind.FORM:
        same = select(KeptWork).where(*of_kind, KeptWork.endpoint == target.endpoint)
        if any(other.content == row.content for other in session.scalars(same)):
            return True
    waiting = session.scalar(select(func.count()).select_from(KeptWork).where(*of_kind)) or 0
    if waiting >= MOST[kind]:
        return False
    session.add(row)
    return True


def _mine(launch: CurrentLaunch) -> tuple[ColumnElement[bool], ...]:
    return (
        KeptWork.user_id == launch.user_id,
        KeptWork.course_id == launch.course_id,
        KeptWork.resource_link_id.is_not_distinct_from(launch.resource_link_id or None),
    )


def _row(
    launch: CurrentLaunch, kind: KeptKind, target: Target, content: dict[str, Any], now: datetime
) -> KeptWork:
    where = {
        "args": dict(target.args),
        "query": {name: list(values) for name, values in target.query.items()},
    }
    return KeptWork(
        user_id=launch.user_id,
        course_id=launch.course_id,
        resource_link_id=launch.resource_link_id or None,
        kind=kind.value,
        endpoint=target.endpoint,
        content=where | content,
        at=now,
    )


def _forget_page(session: Session, launch: CurrentLaunch) -> None:
    session.execute(delete(KeptWork).where(*_mine(launch), KeptWork.kind == KeptKind.PAGE.value))
