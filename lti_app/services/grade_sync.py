"""Wanted grades become acknowledged ones: the worker's job, one score per learner and column.

The rows of ``grade_syncs`` are the truth; the queue only wakes this. A row is claimed until after the
time a call can take, together with the timestamp its score will carry, in one committed transaction
*before* anything is sent: whatever dies afterwards, nobody else sends meanwhile, and the next try carries a later timestamp, which Moodle therefore accepts. When the answer
is in, the row is ``sent`` if nothing newer was wanted meanwhile, else due again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_app import logs
from lti_app.clients import ags
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import AddressRefused, ServiceError, ServiceRefused
from lti_app.models import (
    Course,
    Deployment,
    GradeSync,
    LineItem,
    Membership,
    Platform,
    PlatformStatus,
    ResourceLink,
    SyncState,
)
from lti_app.services.current import TEACHER, CurrentLaunch
from lti_app.services.platform_access import connector_for
from lti_app.services.wiring import Wiring

LEASE = timedelta(
    seconds=120
)  # longer than the slowest call: connect 5 s + read 20 s, token included
BATCH = 200
PARALLEL = 4  # calls at once to one platform; Moodle's PHP pool is small
FIRST_WAIT = 5.0  # seconds before the second attempt; doubled each time, with jitter
LONGEST_WAIT = 1800.0
LOCKED_AFTER = 3  # 500s in a row: Moodle answers so when the column or the grade is locked
CONFLICT_AFTER = 4


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row, detached from the database: what to send and where."""

    sync_id: int
    revision: int
    url: str
    score: ags.Score
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: ``error`` is a key of services.sync_texts, empty when acknowledged."""

    state: SyncState
    error: str = ""
    wait: float = 0.0


def run_due(parts: Wiring) -> int:
    """Sends everything that is due, and returns how many scores were tried."""
    tried = 0
    while claimed := _claim(parts):
        for platform, jobs in claimed:
            connector = connector_for(parts, platform)
            with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
                list(pool.map(lambda job, c=connector: _send_and_note(parts, c, job), jobs))
            tried += len(jobs)
    return tried


def resend(
    session: Session, launch: CurrentLaunch, learner_ids: Sequence[int] | None, now: datetime
) -> int:
    """Makes the activity's failed grades due again (these learners' whatever their state); how many."""
    rows = session.scalars(
        select(GradeSync)
        .join(GradeSync.line_item)
        .where(LineItem.resource_link_id == launch.resource_link_id)
    ).all()
    count = 0
    for row in rows:
        chosen = (
            row.state == SyncState.FAILED.value
            if learner_ids is None
            else row.learner_id in learner_ids
        )
        if chosen:
            row.state, row.error = SyncState.WAITING.value, ""
            row.attempts, row.next_attempt_at = 0, now
            row.wanted_revision += 1
            count += 1
    return count


def _claim(parts: Wiring) -> list[tuple[Platform, list[Job]]]:
    now = parts.clock()
    jobs: dict[int, list[Job]] = {}
    platforms: dict[int, Platform] = {}
    with parts.store.write() as session:
        query = (
            select(GradeSync)
            .where(
                GradeSync.state == SyncState.WAITING.value,
                GradeSync.next_attempt_at <= now,
                or_(GradeSync.claimed_until.is_(None), GradeSync.claimed_until <= now),
            )
            .order_by(GradeSync.next_attempt_at, GradeSync.id)
            .limit(BATCH)
            .options(
                joinedload(GradeSync.learner),
                joinedload(GradeSync.line_item)
                .joinedload(LineItem.resource_link)
                .joinedload(ResourceLink.course)
                .joinedload(Course.deployment)
                .joinedload(Deployment.platform),
            )
            .with_for_update(skip_locked=True, of=GradeSync)
        )
        for row in session.scalars(query).unique():
            platform = row.line_item.resource_link.course.deployment.platform
            if hindrance := _hindrance(session, row, platform):
                row.state, row.error = SyncState.FAILED.value, hindrance
                continue
            row.last_timestamp = _next_timestamp(row.last_timestamp, now)
            row.claimed_until = now + LEASE
            row.attempts += 1
            platforms[platform.id] = platform
            jobs.setdefault(platform.id, []).append(_job(row, str(row.line_item.url), now))
    return [(platforms[key], found) for key, found in jobs.items()]


def _hindrance(session: Session, row: GradeSync, platform: Platform) -> str:
    """Why nothing may be sent, as a key of services.sync_texts; empty when it may."""
    if platform.status != PlatformStatus.ACTIVE.value:
        return "platform_inactive"
    if not row.line_item.url:
        return "column_missing"
    place = session.get(Membership, (row.line_item.resource_link.course_id, row.learner_id))
    if place is not None and place.launched_as == TEACHER:
        return "not_a_learner"
    return ""


def _job(row: GradeSync, url: str, moment: datetime) -> Job:
    score = ags.Score(
        user_id=row.learner.sub,
        given=row.score,
        maximum=row.maximum,
        comment=row.comment,
        timestamp=row.last_timestamp or moment,
    )
    return Job(row.id, row.wanted_revision, url, score, row.attempts)


def _next_timestamp(last: datetime | None, now: datetime) -> datetime:
    """Now, but later than the last one by the whole second that Moodle compares."""
    return now if last is None else max(now, last + timedelta(seconds=1))


def _send_and_note(parts: Wiring, connector: PlatformConnector, job: Job) -> None:
    outcome = _send(connector, job)
    now = parts.clock()
    values: dict[str, object] = {
        "state": outcome.state.value,
        "error": outcome.error,
        "claimed_until": None,
    }
    if outcome.state is SyncState.SENT:
        values |= {
            "sent_revision": job.revision,
            "sent_score": job.score.given,
            "sent_at": now,
            "attempts": 0,
        }
    elif outcome.state is SyncState.WAITING:
        values["next_attempt_at"] = now + timedelta(seconds=outcome.wait)
    with parts.store.write() as session:
        settled: CursorResult = session.execute(  # type: ignore[assignment]
            update(GradeSync)
            .where(GradeSync.id == job.sync_id, GradeSync.wanted_revision == job.revision)
            .values(**values)
        )
        if settled.rowcount == 0:  # something newer is wanted: due at once, this one noted
            late: dict[str, object] = {"next_attempt_at": now, "attempts": 0, "claimed_until": None}
            if outcome.state is SyncState.SENT:
                late |= {
                    "sent_revision": job.revision,
                    "sent_score": job.score.given,
                    "sent_at": now,
                }
            session.execute(update(GradeSync).where(GradeSync.id == job.sync_id).values(**late))
    if outcome.error:
        logs.event("score not sent", sync=job.sync_id, why=outcome.error, attempts=job.attempts)


def _send(connector: PlatformConnector, job: Job) -> Outcome:
    try:
        ags.post_score(connector, job.url, job.score)
    except ServiceRefused as error:
        if error.status == 409:
            return _after_conflict(connector, job)
        return Outcome(SyncState.FAILED, _refusal(error))
    except AddressRefused:
        return Outcome(SyncState.FAILED, "address_refused")
    except ServiceError as error:
        if error.status == 500 and job.attempts >= LOCKED_AFTER:
            return Outcome(SyncState.FAILED, "column_locked")
        return Outcome(SyncState.WAITING, "platform_unavailable", _wait(job.attempts, error))
    return Outcome(SyncState.SENT)


def _after_conflict(connector: PlatformConnector, job: Job) -> Outcome:
    """409: Moodle holds something at least as new. Ours, if the grade is there; else a teacher edited
    it, or our clock lags: a later timestamp passes."""
    try:
        held = ags.results(connector, job.url, job.score.user_id)
    except ServiceError as error:
        return Outcome(SyncState.WAITING, "platform_unavailable", _wait(job.attempts, error))
    for result in held:
        if result.user_id == job.score.user_id and _same(result, job.score):
            return Outcome(SyncState.SENT)
    if job.attempts >= CONFLICT_AFTER:
        return Outcome(SyncState.FAILED, "grade_newer")
    return Outcome(SyncState.WAITING, "grade_newer", 2.0)


def _same(result: ags.Result, score: ags.Score) -> bool:
    if result.score is None or not result.maximum:
        return False
    held = result.score / result.maximum
    return abs(held - score.given / score.maximum) < Decimal("0.0005")


def _refusal(error: ServiceRefused) -> str:
    if error.status == 400:
        return "learner_gone"
    if error.status == 404:
        return "column_gone"
    return "not_allowed"


def _wait(attempts: int, error: ServiceError) -> float:
    """Seconds until the next try: what the platform asks for, else doubling, with jitter."""
    if error.retry_after is not None:
        return min(error.retry_after, LONGEST_WAIT) + random.uniform(0, 1)  # noqa: S311
    longest = min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)
    return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret
