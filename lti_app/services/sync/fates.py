"""How tries ended, written into the rows of ``grade_syncs``: many rows in one statement.

The rows are read and written by their columns, without an object each: what is done here is done for
every score that leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.orm import Session

from lti_app.models import GradeSync, SyncState
from lti_app.services.sync.job import Job, Outcome, Reason, Seen
from lti_app.services.sync.overrides import Held

Values = dict[str, Any]
"""New values of a row's columns."""

_TABLE: Table = GradeSync.__table__  # type: ignore[assignment]
_ROW = update(_TABLE).where(_TABLE.c.id == bindparam("row"))


def note(
    session: Session, fence: int, outcomes: Sequence[tuple[Job, Outcome]], now: datetime
) -> None:
    """Writes how tries ended, of those rows that are still ours."""
    ended = {job.sync_id: (job, outcome) for job, outcome in outcomes}
    rows = session.execute(
        select(
            GradeSync.id,
            GradeSync.wanted_revision,
            GradeSync.attempts,
            GradeSync.last_timestamp,
            GradeSync.tried,
            GradeSync.replace,
        )
        .where(GradeSync.id.in_(ended), GradeSync.claim == fence)
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
    )
    write(session, ((row.id, _fate(row, *ended[row.id], now)) for row in rows.all()))


def write(session: Session, changes: Iterable[tuple[int, Values]]) -> None:
    """Gives rows, by their ids, these values: one statement for all rows in which the same columns change."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row, values in changes:
        alike[tuple(values)].append({"row": row, **values})
    for rows in alike.values():
        session.execute(_ROW, rows)


def settled(revision: int, state: SyncState, error: Reason | None = None) -> Values:
    """The fate of that revision is known: nothing more happens until something newer is wanted."""
    return {
        "settled_revision": revision,
        "state": state.value,
        "error": error.value if error else "",
        "claim": None,
        "attempts": 0,
        "replace": False,
    }


def seen_values(seen: Seen, last: datetime | None = None) -> Values:
    """What the platform was seen to hold for the learner. ``last`` is the newest time that a score of ours was given:
    the next one is later than what stands there as well, or a teacher's grade of that very second would pass for it."""
    values = {
        "held_score": seen.score,
        "held_maximum": seen.maximum,
        "held_at": seen.at,
        "overridden": seen.held is Held.THEIRS,
    }
    if seen.at is not None and (last is None or seen.at > last):
        values["last_timestamp"] = seen.at
    return values


def _fate(row: Row[Any], job: Job, outcome: Outcome, now: datetime) -> Values:
    newer = row.wanted_revision > job.revision
    values: Values = {"claim": None}
    if outcome.seen is not None:
        values |= seen_values(outcome.seen, row.last_timestamp)
    if outcome.state is SyncState.WAITING:
        return values | _waiting(row, outcome, now, newer=newer)
    if outcome.state is SyncState.SENT:
        values |= _sent(job, now)
        if not job.column.guarded:  # what stood there is replaced
            values["overridden"] = False
    if newer:  # due at once, with a count of its own; what this try was asked to replace is over
        return values | {
            "settled_revision": job.revision,
            "attempts": 0,
            "next_attempt_at": now,
            "replace": row.replace and not job.replace,
        }
    return values | settled(job.revision, outcome.state, outcome.error)


def _sent(job: Job, now: datetime) -> Values:
    return {
        "sent_revision": job.revision,
        "sent_score": job.score.given,
        "sent_maximum": job.score.maximum,
        "sent_comment": job.score.comment,
        "sent_timestamp": job.score.timestamp,
        "sent_at": now,
        "tried": [],
    }


def _waiting(row: Row[Any], outcome: Outcome, now: datetime, *, newer: bool) -> Values:
    values: Values = {}
    if not outcome.called:  # nothing left; that its time is spent does no harm
        values["tried"] = row.tried[:-1]
    if not outcome.error:
        values["attempts"] = max(0, row.attempts - 1)
    elif not newer:
        values["error"] = outcome.error.value
        values["next_attempt_at"] = now + timedelta(seconds=outcome.wait)
    return values
