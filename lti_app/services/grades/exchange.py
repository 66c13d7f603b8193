"""A course and its platform exchange what each side has: grades in the gradebook, ratings of competencies.

A teacher asks for it by a button; for courses with a Moodle whose web services may be called, a worker
does it every quarter of an hour while the course is in use. One worker at a time does a course's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_app import logs
from lti_app.errors import CompetencesError
from lti_app.models import (
    Course,
    CourseExchange,
    Deployment,
    MoodleConnection,
    MoodleRating,
    NodeKey,
    ResourceLink,
    User,
)
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import masteries, people
from lti_app.services.grades import read_back
from lti_app.services.moodle import rating_state, ratings
from lti_app.services.moodle.rating_calls import Evidence
from lti_app.services.moodle.ratings import Report
from lti_app.services.wiring import Wiring
from referential.model import Node
from referential.scale import Level

EVERY = timedelta(minutes=15)
CLAIM = timedelta(
    minutes=10
)  # longer than any exchange takes; a dead worker holds it up for so long
IN_USE = timedelta(days=14)  # since a teacher last opened the course (its class list was read then)
MOST = 20  # courses in one round


@dataclass(frozen=True, slots=True)
class Conflict:
    """A competence of a learner that was rated on both sides since the last exchange. ``ours`` None: taken
    back. ``their_level`` is in the same scale."""

    learner_id: int
    node_id: int
    learner: str
    competence: Node
    framing: Framing
    ours: Level | None
    our_author: str
    our_words: str
    theirs: Level
    their_author: str
    their_words: str
    their_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """Where a course's exchange stands. ``connected``: the platform has a token for ratings. ``running``:
    asked for, and not ended yet."""

    connected: bool
    enabled: bool
    running: bool
    done_at: datetime | None
    received: int
    sent: int
    error: str
    conflicts: tuple[Conflict, ...]


def ask(session: Session, course_id: int, now: datetime) -> None:
    """Has the exchange made as soon as a worker is free."""
    _row(session, course_id).asked_at = now


def enable(session: Session, course_id: int, *, on: bool) -> None:
    """Whether ratings of this course travel."""
    _row(session, course_id).enabled = on


def due(parts: Wiring) -> list[int]:
    """Courses to exchange now, those asked for first."""
    now = parts.clock()
    free = or_(CourseExchange.claimed_until.is_(None), CourseExchange.claimed_until <= now)
    with parts.store.read() as session:
        asked = session.scalars(
            select(CourseExchange.course_id)
            .where(CourseExchange.asked_at.is_not(None), free)
            .order_by(CourseExchange.asked_at)
            .limit(MOST)
        ).all()
        regular = session.scalars(
            select(Course.id)
            .join(Course.deployment)
            .join(MoodleConnection, MoodleConnection.platform_id == Deployment.platform_id)
            .outerjoin(CourseExchange, CourseExchange.course_id == Course.id)
            .where(
                Course.roster_at > now - IN_USE,
                or_(
                    CourseExchange.course_id.is_(None),
                    CourseExchange.enabled
                    & free
                    & or_(CourseExchange.done_at.is_(None), CourseExchange.done_at <= now - EVERY),
                ),
            )
            .order_by(CourseExchange.done_at.nulls_first(), Course.id)
            .limit(MOST)
        ).all()
    return list(dict.fromkeys([*asked, *regular]))


def run_due(parts: Wiring) -> None:
    """A worker's round."""
    for course_id in due(parts):
        run(parts, course_id)


def run(parts: Wiring, course_id: int) -> None:
    """Reads the course's columns back, then exchanges ratings if its platform has a token for that. How it
    went stands in the course's row; nothing is raised for a platform that is away."""
    enabled = _claim(parts, course_id)
    if enabled is None:
        return
    report = Report()
    try:
        for link_id in _links(parts, course_id):
            if not read_back.refresh(parts, link_id):
                report.error = "gradebook"
        if enabled and _connected(parts, course_id):
            report = _merge(report, ratings.exchange(parts, course_id))
    except CompetencesError as error:
        report.error = ratings.reason(error)
        logs.event("exchange failed", course=course_id, why=report.error)
    finally:
        _end(parts, course_id, report)


def view(session: Session, course_id: int, now: datetime) -> ExchangeView:
    """What the teacher's page shows."""
    row = session.get(CourseExchange, course_id) or CourseExchange(
        enabled=True, received=0, sent=0, error=""
    )
    claimed = row.claimed_until is not None and row.claimed_until > now
    return ExchangeView(
        connected=_is_connected(session, course_id),
        enabled=row.enabled,
        running=claimed or row.asked_at is not None,
        done_at=row.done_at,
        received=row.received,
        sent=row.sent,
        error=row.error,
        conflicts=tuple(_conflicts(session, course_id)),
    )


def settle(
    session: Session, course_id: int, learner_id: int, node_id: int, *, theirs: bool, now: datetime
) -> bool:
    """A teacher chose: Moodle's rating becomes ours, or ours goes to Moodle with the next exchange. Whether
    there was anything to choose."""
    masteries.hold(session, course_id)
    pair = (learner_id, node_id)
    row = session.get(MoodleRating, (course_id, *pair))
    if row is None or row.their_grade is None:
        return False
    grade, evidence_id, at = row.their_grade, row.their_evidence_id, row.their_at or now
    judged = row.assessment_id
    if theirs:
        framing = _framing_of(session, course_id, node_id)
        scene = rating_state.scene(session, course_id)
        if framing is None or scene is None:
            return False
        given = Evidence(evidence_id, grade, row.their_sub, row.their_name, row.their_words, at)
        judged = rating_state.record(session, scene, framing, pair, given, now).id
        rating_state.take_effect(session, course_id, [pair], now)
    row.evidence_id = evidence_id
    rating_state.settle(row, grade=grade, modified=int(at.timestamp()), assessment_id=judged)
    return True


def _conflicts(session: Session, course_id: int) -> list[Conflict]:
    rows = session.execute(
        select(MoodleRating, User)
        .join(User, User.id == MoodleRating.learner_id)
        .where(MoodleRating.course_id == course_id, MoodleRating.their_grade.is_not(None))
    ).all()
    if not rows:
        return []
    newest = rating_state.newest(
        session, course_id, [(row.learner_id, row.node_id) for row, _user in rows]
    )
    found = []
    for row, user in sorted(rows, key=lambda pair: people.sort_key(pair[1])):
        framing = _framing_of(session, course_id, row.node_id)
        ours = newest.get((row.learner_id, row.node_id))
        grade = row.their_grade or 0
        if framing is None or not 1 <= grade <= len(framing.scale.levels):
            continue
        node = _node(session, framing, row.node_id)
        level = masteries.levels_by_learner(session, course_id, framing, [user.id])
        shown = level.get(user.id, {}).get(node.code)
        found.append(
            Conflict(
                row.learner_id,
                row.node_id,
                people.display_name(user),
                node,
                framing,
                framing.scale.level(shown) if shown else None,
                ours.author if ours else "",
                ours.words if ours else "",
                framing.scale.level(grade),
                row.their_name,
                row.their_words,
                row.their_at,
            )
        )
    return found


def _framing_of(session: Session, course_id: int, node_id: int) -> Framing | None:
    """The oldest activity that covers the competence."""
    uuid = session.get_one(NodeKey, node_id).uuid
    for _link, framing in link_settings.framings(session, course_id):
        if any(node.uuid == uuid for node in framing.competences):
            return framing
    return None


def _node(session: Session, framing: Framing, node_id: int) -> Node:
    uuid = session.get_one(NodeKey, node_id).uuid
    return next(node for node in framing.competences if node.uuid == uuid)


def _row(session: Session, course_id: int) -> CourseExchange:
    row = session.get(CourseExchange, course_id, with_for_update=True)
    if row is None:
        statement = masteries.insert(session, CourseExchange).values(course_id=course_id)
        session.execute(statement.on_conflict_do_nothing())
        row = session.get_one(CourseExchange, course_id, with_for_update=True)
    return row


def _claim(parts: Wiring, course_id: int) -> bool | None:
    """Whether ratings travel; None when another worker is at it."""
    now = parts.clock()
    with parts.store.write() as session:
        row = _row(session, course_id)
        if row.claimed_until is not None and now < row.claimed_until <= now + CLAIM:
            return None
        row.claimed_until, row.asked_at = now + CLAIM, None
        return row.enabled


def _end(parts: Wiring, course_id: int, report: Report) -> None:
    with parts.store.write() as session:
        row = _row(session, course_id)
        row.claimed_until, row.done_at = None, parts.clock()
        row.received, row.sent, row.error = report.received, report.sent, report.error


def _merge(first: Report, second: Report) -> Report:
    return Report(second.received, second.sent, second.error or first.error)


def _links(parts: Wiring, course_id: int) -> Sequence[int]:
    with parts.store.read() as session:
        return session.scalars(
            select(ResourceLink.id)
            .where(ResourceLink.course_id == course_id)
            .order_by(ResourceLink.id)
        ).all()


def _connected(parts: Wiring, course_id: int) -> bool:
    with parts.store.read() as session:
        return _is_connected(session, course_id)


def _is_connected(session: Session, course_id: int) -> bool:
    query = (
        select(MoodleConnection.id)
        .join(Deployment, Deployment.platform_id == MoodleConnection.platform_id)
        .join(Course, Course.deployment_id == Deployment.id)
        .where(Course.id == course_id)
    )
    return session.scalar(query) is not None
