"""The rows of ``grade_syncs``: which are due, who has them, how they ended.

A row is due when a revision of it is wanted whose fate is not settled; ``state`` is only what people
are shown. It is claimed together with the time that its score will carry, in one committed
transaction *before* anything is sent: whatever dies afterwards, the next try carries a later time,
which Moodle therefore accepts, and what was tried is remembered, so that our own grade is never taken
for a teacher's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from lti_app.clients import ags
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
    User,
)
from lti_app.services.current import TEACHER
from lti_app.services.sync.job import Column, Job, Outcome, Reason, Seen
from lti_app.services.sync.overrides import Held, known, remember

AT_ONCE = 1000  # columns looked up in one query
LONGEST_WAIT = 1800.0  # seconds between two tries of one grade
AHEAD = timedelta(seconds=2 * LONGEST_WAIT)  # a next try later than this: a clock was set back


def due(now: datetime) -> ColumnElement[bool]:
    """Rows with something to send now."""
    return and_(
        GradeSync.wanted_revision > GradeSync.settled_revision,
        or_(GradeSync.next_attempt_at <= now, GradeSync.next_attempt_at > now + AHEAD),
    )


def platforms_due(session: Session, now: datetime) -> list[int]:
    """Platforms with something to send, the longest waiting first.

    In two steps: a database cannot know how few rows are due, and would read everybody to join them.
    """
    waiting: dict[int, datetime] = {}
    first: dict[int, datetime] = {}
    for item, since in session.execute(
        select(GradeSync.line_item_id, func.min(GradeSync.next_attempt_at))
        .where(due(now))
        .group_by(GradeSync.line_item_id)
    ):
        waiting[item] = since
    items = sorted(waiting)
    for start in range(0, len(items), AT_ONCE):
        rows = session.execute(
            select(Deployment.platform_id, LineItem.id)
            .join(Course, Course.deployment_id == Deployment.id)
            .join(ResourceLink, ResourceLink.course_id == Course.id)
            .join(LineItem, LineItem.resource_link_id == ResourceLink.id)
            .where(LineItem.id.in_(items[start : start + AT_ONCE]))
        )
        for platform_id, item in rows:
            first[platform_id] = min(first.get(platform_id, waiting[item]), waiting[item])
    return sorted(first, key=lambda platform_id: (first[platform_id], platform_id))


def is_due(session: Session, platform_id: int, now: datetime) -> bool:
    """Whether that platform is one of them."""
    return platform_id in platforms_due(session, now)


def next_due(session: Session) -> datetime | None:
    """When something is to be sent next; None when everything is settled."""
    return session.scalar(
        select(func.min(GradeSync.next_attempt_at)).where(
            GradeSync.wanted_revision > GradeSync.settled_revision
        )
    )


def claim(
    session: Session, platform: Platform, fence: int, now: datetime, skew: timedelta, limit: int
) -> list[Job]:
    """Takes up to ``limit`` due grades of the platform; those that cannot be sent are settled."""
    query = (
        select(GradeSync, User.sub)
        .join(GradeSync.learner)
        .where(
            due(now),
            _of(platform.id),
            or_(GradeSync.claim.is_(None), GradeSync.claim < fence),
        )
        .order_by(GradeSync.next_attempt_at, GradeSync.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=GradeSync)
    )
    rows = [(row, sub) for row, sub in session.execute(query)]
    places = _places(session, {row.line_item_id for row, _sub in rows})
    teachers = _teachers(session, {row.learner_id for row, _sub in rows})
    jobs, leaving = [], []
    for row, sub in rows:
        item, course_id = places[row.line_item_id]
        teaches = (course_id, row.learner_id) in teachers
        if hindrance := _hindrance(item, platform, teaches=teaches):
            settle(row, row.wanted_revision, SyncState.FAILED, hindrance)
            continue
        moment = next_timestamp(row.last_timestamp, now + skew)
        jobs.append(_job(row, sub, _column(item, platform), moment))
        leaving.append(
            {
                "id": row.id,
                "attempts": row.attempts + 1,
                "tried": remember(row, moment),
                "last_timestamp": moment,
                "claim": fence,
            }
        )
    if leaving:
        session.execute(update(GradeSync), leaving)
    return jobs


def settle(row: GradeSync, revision: int, state: SyncState, error: Reason | None = None) -> None:
    """The fate of that revision is known: nothing more happens until something newer is wanted."""
    row.settled_revision = revision
    row.state, row.error = state.value, error.value if error else ""
    row.claim, row.attempts = None, 0


def note(
    session: Session, fence: int, outcomes: Sequence[tuple[Job, Outcome]], now: datetime
) -> None:
    """Writes how tries ended, of those rows that are still ours."""
    ended = {job.sync_id: (job, outcome) for job, outcome in outcomes}
    rows = session.scalars(
        select(GradeSync)
        .where(GradeSync.id.in_(ended), GradeSync.claim == fence)
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
    )
    for row in rows:
        job, outcome = ended[row.id]
        _note(row, job, outcome, now)


def note_seen(row: GradeSync, seen: Seen) -> None:
    """What the platform was seen to hold for the learner."""
    row.held_score, row.held_maximum, row.held_at = seen.score, seen.maximum, seen.at
    row.overridden = seen.held is Held.THEIRS


def fail_all(session: Session, platform_id: int, fence: int, error: Reason) -> int:
    """Settles everything that waits for that platform and is not being sent right now: it refuses
    whatever we send. How many."""
    return _of_platform(
        session,
        platform_id,
        fence,
        state=SyncState.FAILED.value,
        error=error.value,
        settled_revision=GradeSync.wanted_revision,
        claim=None,
        attempts=0,
    )


def put_off(session: Session, platform_id: int, fence: int, until: datetime, error: Reason) -> int:
    """Everything else that waits for that platform is tried no sooner, so that looking for what is due
    stays quick however much waits. How many."""
    return _of_platform(
        session,
        platform_id,
        fence,
        GradeSync.next_attempt_at < until,
        state=SyncState.WAITING.value,
        error=error.value,
        next_attempt_at=until,
        claim=None,
    )


def next_timestamp(last: datetime | None, now: datetime) -> datetime:
    """Now, but later than the last one by the whole second that Moodle compares."""
    return now if last is None else max(now, last + timedelta(seconds=1))


def is_guarded(item: LineItem, platform: Platform) -> bool:
    """Whether the platform keeps a teacher's grade there against our scores: Moodle does in an activity's
    own column, and in no column of ours. One registered by itself says it is a Moodle; of one registered
    by hand, the addresses do."""
    is_moodle = platform.product_family == "moodle" or platform.auth_token_url.endswith(
        "/mod/lti/token.php"
    )
    return is_moodle and not item.part


def _of(platform_id: int) -> ColumnElement[bool]:
    """Rows in that platform's columns: there are far fewer of these than people."""
    return GradeSync.line_item_id.in_(
        select(LineItem.id)
        .join(LineItem.resource_link)
        .join(ResourceLink.course)
        .join(Course.deployment)
        .where(Deployment.platform_id == platform_id)
    )


def _of_platform(
    session: Session,
    platform_id: int,
    fence: int,
    *conditions: ColumnElement[bool],
    **values: object,
) -> int:
    done = session.execute(
        update(GradeSync)
        .where(
            GradeSync.wanted_revision > GradeSync.settled_revision,
            _of(platform_id),
            or_(GradeSync.claim.is_(None), GradeSync.claim < fence),
            *conditions,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _note(row: GradeSync, job: Job, outcome: Outcome, now: datetime) -> None:
    newer = row.wanted_revision > job.revision
    row.claim = None
    if outcome.seen is not None:
        note_seen(row, outcome.seen)
        if outcome.seen.at is not None and row.last_timestamp is not None:
            # what stands there may be from our future; the next score must be later still
            row.last_timestamp = max(row.last_timestamp, outcome.seen.at)
    if outcome.state is SyncState.SENT:
        row.sent_revision = job.revision
        row.sent_score, row.sent_maximum = job.score.given, job.score.maximum
        row.sent_comment, row.sent_timestamp = job.score.comment, job.score.timestamp
        row.sent_at, row.tried, row.attempts = now, [], 0
        row.replace = row.replace and newer
        if not job.column.guarded:  # what stood there is replaced
            row.overridden = False
    if outcome.state is SyncState.WAITING:
        if not outcome.called:  # nothing left; that its time is spent does no harm
            row.tried = row.tried[:-1]
        if not outcome.error:
            row.attempts = max(0, row.attempts - 1)
        if outcome.error and not newer:
            row.error = outcome.error.value
            row.next_attempt_at = now + timedelta(seconds=outcome.wait)
        return
    if newer:  # due at once, with a count of its own
        row.settled_revision, row.attempts, row.next_attempt_at = job.revision, 0, now
    else:
        settle(row, job.revision, outcome.state, outcome.error)


def _column(item: LineItem, platform: Platform) -> Column:
    return Column(
        id=item.id,
        url=str(item.url),
        guarded=is_guarded(item, platform),
        maximum=item.maximum,
    )


def _job(row: GradeSync, sub: str, column: Column, moment: datetime) -> Job:
    """The next try of that row: it knows what left before."""
    return Job(
        sync_id=row.id,
        revision=row.wanted_revision,
        column=column,
        score=ags.Score(
            user_id=sub,
            given=row.score,
            maximum=row.maximum,
            comment=row.comment,
            timestamp=moment,
        ),
        attempts=row.attempts + 1,
        known=known(row, words=not column.guarded),
        replace=row.replace,
    )


def _hindrance(item: LineItem, platform: Platform, *, teaches: bool) -> Reason | None:
    """Why nothing may be sent; None when it may."""
    if platform.status != PlatformStatus.ACTIVE.value:
        return Reason.PLATFORM_INACTIVE
    if not item.url:
        return Reason.COLUMN_MISSING
    if not item.active:
        return Reason.COLUMN_DROPPED
    if teaches:
        return Reason.NOT_A_LEARNER
    return None


def _places(session: Session, item_ids: set[int]) -> dict[int, tuple[LineItem, int]]:
    """These columns, and the courses they are in."""
    found = session.execute(
        select(LineItem, ResourceLink.course_id)
        .join(LineItem.resource_link)
        .where(LineItem.id.in_(item_ids))
    )
    return {item.id: (item, course_id) for item, course_id in found}


def _teachers(session: Session, learner_ids: set[int]) -> set[tuple[int, int]]:
    """Of these learners, those who launched a course as teachers: Moodle grades no teacher."""
    found = session.execute(
        select(Membership.course_id, Membership.user_id).where(
            Membership.user_id.in_(learner_ids), Membership.launched_as == TEACHER
        )
    )
    return {(course, user) for course, user in found}
