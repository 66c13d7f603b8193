"""The rows of ``grade_syncs``: which are due, and who has them.

A row is due when a revision of it is wanted whose fate is not settled; ``state`` is only what people
are shown. It is claimed together with the time that its score will carry, in one committed
transaction *before* anything is sent: whatever dies afterwards, the next try carries a later time,
which Moodle therefore accepts, and what was tried is remembered, so that our own grade is never taken
for a teacher's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
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
from lti_app.services.sync import fates
from lti_app.services.sync.job import Column, Job, Reason
from lti_app.services.sync.overrides import known, remember

CLAIMED = (
    GradeSync.id,
    GradeSync.line_item_id,
    GradeSync.learner_id,
    GradeSync.score,
    GradeSync.maximum,
    GradeSync.comment,
    GradeSync.wanted_revision,
    GradeSync.attempts,
    GradeSync.last_timestamp,
    GradeSync.tried,
    GradeSync.sent_score,
    GradeSync.sent_maximum,
    GradeSync.sent_comment,
    GradeSync.sent_timestamp,
    GradeSync.replace,
    GradeSync.overridden,
)
"""What is read of a row: its columns, without an object for each."""

AT_ONCE = 1000  # columns looked up in one query
LONGEST_WAIT = 1800.0  # seconds between two tries of one grade
AHEAD = timedelta(seconds=2 * LONGEST_WAIT)  # a next try later than this: a clock was set back
COLUMN_WAIT = timedelta(seconds=60)  # between two looks whether a column was found
WITHOUT_COLUMN = (
    Reason.COLUMN_MISSING,
    Reason.COLUMN_SCOPE_MISSING,
    Reason.COLUMN_NOT_ALLOWED,
    Reason.COLUMN_DROPPED,
    Reason.COLUMN_GONE,
    Reason.ADDRESS_REFUSED,
)
"""Why a grade had no column to go to: another try is due once there is one."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A column in its course, and why nobody's grade may be sent there: these grades have failed, or, where
    the column is ``awaited``, wait until it is found."""

    column: Column
    course_id: int
    hindrance: Reason | None = None
    awaited: bool = False


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
        select(*CLAIMED, User.sub)
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
    rows = session.execute(query).all()
    places = _places(session, platform, {row.line_item_id for row in rows})
    teachers = _teachers(session, {row.learner_id for row in rows})
    jobs: list[Job] = []
    changes: list[tuple[int, fates.Values]] = []
    for row in rows:
        place = places[row.line_item_id]
        if place.awaited:
            changes.append((row.id, _until_found(place, now)))
            continue
        teaches = (place.course_id, row.learner_id) in teachers
        hindrance = place.hindrance or (Reason.NOT_A_LEARNER if teaches else None)
        if hindrance:
            failed = fates.settled(row.wanted_revision, SyncState.FAILED, hindrance)
            changes.append((row.id, failed))
            continue
        moment = next_timestamp(row.last_timestamp, now + skew)
        jobs.append(_job(row, place.column, moment))
        leaving = {
            "attempts": row.attempts + 1,
            "tried": remember(row, moment),
            "last_timestamp": moment,
            "claim": fence,
        }
        changes.append((row.id, leaving))
    fates.write(session, changes)
    return jobs


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
        replace=False,
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


def column_opens(session: Session, item_id: int, now: datetime) -> int:
    """Makes due what waits for that column, and what failed for want of it; how many."""
    session.flush()
    rows = session.scalars(
        select(GradeSync)
        .where(
            GradeSync.line_item_id == item_id,
            or_(
                GradeSync.wanted_revision > GradeSync.settled_revision,
                GradeSync.error.in_([reason.value for reason in WITHOUT_COLUMN]),
            ),
        )
        .order_by(GradeSync.id)
        .with_for_update(of=GradeSync)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.wanted_revision == row.settled_revision:
            row.wanted_revision += 1
        row.state, row.error, row.next_attempt_at = SyncState.WAITING.value, "", now
    return len(rows)


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


def _job(row: Row[Any], column: Column, moment: datetime) -> Job:
    """The next try of that row: it knows what left before."""
    return Job(
        sync_id=row.id,
        revision=row.wanted_revision,
        column=column,
        score=ags.Score(
            user_id=row.sub,
            given=row.score,
            maximum=row.maximum,
            comment=row.comment,
            timestamp=moment,
        ),
        attempts=row.attempts + 1,
        known=known(row, words=not column.guarded),
        replace=row.replace,
        overridden=row.overridden,
    )


def _until_found(place: _Place, now: datetime) -> fates.Values:
    return {
        "state": SyncState.WAITING.value,
        "error": place.hindrance.value if place.hindrance else "",
        "next_attempt_at": now + COLUMN_WAIT,
        "claim": None,
    }


def _place(item: LineItem, platform: Platform, course: Course) -> _Place:
    """Where the column's grades go, or why they cannot. While nothing was heard of a column that was not
    looked for yet, or cannot be now, its grades wait."""
    column = Column(item.id, str(item.url), is_guarded(item, platform), item.maximum)
    if platform.status != PlatformStatus.ACTIVE.value:
        return _Place(column, course.id, Reason.PLATFORM_INACTIVE)
    if not item.active:
        return _Place(column, course.id, Reason.COLUMN_DROPPED)
    if item.url and item.error != Reason.COLUMN_GONE:
        return _Place(column, course.id)
    if not course.lineitems_url:  # nobody looks
        return _Place(column, course.id, Reason.COLUMN_MISSING)
    hindrance = Reason(item.error) if item.error else None
    awaited = hindrance in (None, Reason.PLATFORM_UNAVAILABLE, Reason.COLUMN_GONE)
    return _Place(column, course.id, hindrance, awaited)


def _places(session: Session, platform: Platform, item_ids: set[int]) -> dict[int, _Place]:
    """Where the grades of these columns go."""
    found = session.execute(
        select(LineItem, Course)
        .join(LineItem.resource_link)
        .join(ResourceLink.course)
        .where(LineItem.id.in_(item_ids))
    )
    return {item.id: _place(item, platform, course) for item, course in found}


def _teachers(session: Session, learner_ids: set[int]) -> set[tuple[int, int]]:
    """Of these learners, those who launched a course as teachers: Moodle grades no teacher."""
    found = session.execute(
        select(Membership.course_id, Membership.user_id).where(
            Membership.user_id.in_(learner_ids), Membership.launched_as == TEACHER
        )
    )
    return {(course, user) for course, user in found}
