"""What reached us from a session that had ended, until its person launches the activity again.

An ended session may change nothing, but whoever still holds its secret may leave here what they had typed, and
the page they were on. It does nothing by itself: a new launch of the same person shows it, to be sent or thrown
away. A browser need not keep anything for that; many allow a frame no storage at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from lti_app.models import KeptKind, KeptWork
from lti_app.services.current import CurrentLaunch

LIFETIME = timedelta(days=30)  # of what waits, longer than a school's holidays
RETURN = timedelta(hours=1)  # after which a new launch begins at the beginning again
MAX_ENTRIES = 5_000  # of one person in one activity
MAX_FORMS = 30  # likewise


class Target(NamedTuple):
    """Where something was sent: the view, the parts of its address without the session, and its query."""

    endpoint: str
    args: Mapping[str, Any]
    query: Mapping[str, Sequence[str]]


def keep_entries(
    session: Session, launch: CurrentLaunch, target: Target, entries: Sequence[Any], now: datetime
) -> bool:
    """Keeps entries of the class grid. False when too many wait already."""
    row = session.scalar(
        select(KeptWork)
        .where(*_mine(launch), KeptWork.kind == KeptKind.ENTRIES.value)
        .order_by(KeptWork.id)
        .limit(1)
        .with_for_update()
    )
    held = row.content["entries"] if row else []
    if len(held) + len(entries) > MAX_ENTRIES:
        return False
    content = {**_where(target), "entries": [*held, *entries]}
    if row:
        row.content, row.at = content, now
    else:
        session.add(_row(launch, KeptKind.ENTRIES, target, content, now))
    return True


def keep_form(
    session: Session,
    launch: CurrentLaunch,
    target: Target,
    fields: Sequence[tuple[str, str]],
    files: Sequence[str],
    now: datetime,
) -> bool:
    """Keeps a form's fields in their order, and the names of the files that went with it. The same form sent
    twice is kept once. False when too many wait already."""
    waiting = list(
        session.scalars(
            select(KeptWork).where(*_mine(launch), KeptWork.kind == KeptKind.FORM.value)
        )
    )
    content = {
        **_where(target),
        "fields": [list(field) for field in fields],
        "files": list(files),
    }
    if any(row.endpoint == target.endpoint and row.content == content for row in waiting):
        return True
    if len(waiting) >= MAX_FORMS:
        return False
    session.add(_row(launch, KeptKind.FORM, target, content, now))
    return True


def keep_page(session: Session, launch: CurrentLaunch, target: Target, now: datetime) -> None:
    """Remembers the page that was asked for last."""
    _forget_page(session, launch)
    session.add(_row(launch, KeptKind.PAGE, target, _where(target), now))


def find(session: Session, launch: CurrentLaunch) -> list[KeptWork]:
    """All that waits for this person here, oldest first."""
    return list(session.scalars(select(KeptWork).where(*_mine(launch)).order_by(KeptWork.id)))


def take_page(session: Session, launch: CurrentLaunch, now: datetime) -> Target | None:
    """Where the person was a moment ago, once."""
    row = session.scalar(
        select(KeptWork).where(*_mine(launch), KeptWork.kind == KeptKind.PAGE.value).limit(1)
    )
    if row is None:
        return None
    _forget_page(session, launch)
    return target_of(row) if now - row.at < RETURN else None


def drop(session: Session, launch: CurrentLaunch, ids: Collection[int]) -> None:
    """Deletes the person's own of these."""
    session.execute(delete(KeptWork).where(*_mine(launch), KeptWork.id.in_(ids)))


def sweep(session: Session, now: datetime) -> None:
    """Deletes what nobody came back for."""
    session.execute(delete(KeptWork).where(KeptWork.at <= now - LIFETIME))


def target_of(row: KeptWork) -> Target:
    """Where it was sent."""
    return Target(row.endpoint, row.content["args"], row.content["query"])


def newest(rows: Sequence[KeptWork]) -> list[dict[str, Any]]:
    """The entries of these rows, for each cell one: what was typed last, over the page that was read first."""
    cells: dict[tuple[Any, Any], dict[str, Any]] = {}
    for row in rows:
        for entry in row.content["entries"]:
            key = (entry["learner"], entry["code"])
            earlier = cells.get(key, {})
            cells[key] = {**earlier, **entry}
            if "base" in earlier:
                cells[key]["base"] = earlier["base"]
    return list(cells.values())


def _mine(launch: CurrentLaunch) -> tuple[ColumnElement[bool], ...]:
    return (
        KeptWork.user_id == launch.user_id,
        KeptWork.course_id == launch.course_id,
        KeptWork.resource_link_id.is_not_distinct_from(launch.resource_link_id or None),
    )


def _row(
    launch: CurrentLaunch,
    kind: KeptKind,
    target: Target,
    content: dict[str, Any],
    now: datetime,
) -> KeptWork:
    return KeptWork(
        user_id=launch.user_id,
        course_id=launch.course_id,
        resource_link_id=launch.resource_link_id or None,
        kind=kind.value,
        endpoint=target.endpoint,
        content=content,
        at=now,
    )


def _where(target: Target) -> dict[str, Any]:
    return {
        "args": dict(target.args),
        "query": {name: list(values) for name, values in target.query.items()},
    }


def _forget_page(session: Session, launch: CurrentLaunch) -> None:
    session.execute(delete(KeptWork).where(*_mine(launch), KeptWork.kind == KeptKind.PAGE.value))
