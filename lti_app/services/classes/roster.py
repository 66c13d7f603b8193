"""The class list, read from the platform (NRPS) and kept beside what launches told.

Read outside any transaction, written in one. Who is no longer named becomes inactive, with everything
known of them kept. Who launched as a teacher stays one, whatever the roster calls them. A platform that
tells what changed since the last reading is asked for that only, and for everybody once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_app import logs
from lti_app.clients import nrps
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import ServiceError, ServiceRefused
from lti_app.models import Course, Deployment, Membership, User
from lti_app.models.store import insert
from lti_app.services.current import LEARNER
from lti_app.services.lti import roles
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.wiring import Wiring

FRESH_FOR = timedelta(minutes=10)
AT_ONCE = 1000  # people looked up in one query


def refresh_if_old(parts: Wiring, course_id: int) -> None:
    """Reads the roster unless it was read in the last ten minutes."""
    with parts.store.read() as session:
        read_at = session.get_one(Course, course_id).roster_at
    if is_old(read_at, parts.clock()):
        refresh(parts, course_id)


def is_old(read_at: datetime | None, now: datetime) -> bool:
    """Whether a roster read then (None: never) is to be read again."""
    return read_at is None or now - read_at >= FRESH_FOR


def refresh(parts: Wiring, course_id: int, *, whole: bool = False) -> bool:
    """Reads the roster now; whether it worked. Why it did not stands in ``Course.roster_error``.

    ``whole``: everybody, also where the platform would tell what changed.
    """
    with parts.store.read() as session:
        course = session.scalars(
            select(Course)
            .where(Course.id == course_id)
            .options(joinedload(Course.deployment).joinedload(Deployment.platform))
        ).one()
        platform = course.deployment.platform
    if not course.memberships_url:
        return _failed(parts, course_id, "roster_no_address")
    connector = connector_for(parts, platform)
    try:
        changes = None if whole else _changes(parts, connector, course)
        read = changes or nrps.read(connector, course.memberships_url)
    except ServiceRefused as error:
        return _failed(parts, course_id, "roster_refused", error)
    except ServiceError as error:
        return _failed(parts, course_id, "roster_unavailable", error)
    with parts.store.write() as session:
        _store(session, course_id, platform.id, read.members, everybody=changes is None)
        row = session.get_one(Course, course_id)
        row.roster_at = parts.clock()
        row.roster_changes_url = read.changes_url or (row.roster_changes_url if changes else None)
        row.roster_error = "roster_names_withheld" if _nameless(session, course_id) else ""
    return True


def _changes(parts: Wiring, connector: PlatformConnector, course: Course) -> nrps.Roster | None:
    """What changed since the roster was read, where the platform tells; None to read everybody: also when
    the address no longer works, or the last reading was of another day."""
    url, read_at = course.roster_changes_url, course.roster_at
    if not url or read_at is None or read_at.date() != parts.clock().date():
        return None
    try:
        return nrps.read(connector, url)
    except ServiceRefused as error:
        logs.event("roster changes refused", course=course.id, detail=str(error))
        return None


def _nameless(session: Session, course_id: int) -> bool:
    """Whether a present pupil has no name: the platform's privacy settings withhold it."""
    found = session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.course_id == course_id,
            Membership.active,
            Membership.roster_role == LEARNER,
            User.given_name == "",
            User.family_name == "",
            User.name == "",
        )
        .limit(1)
    )
    return found is not None


def _failed(parts: Wiring, course_id: int, key: str, error: ServiceError | None = None) -> bool:
    logs.event("roster failed", course=course_id, why=key, detail=str(error or ""))
    with parts.store.write() as session:
        session.get_one(Course, course_id).roster_error = key
    return False


def _store(
    session: Session,
    course_id: int,
    platform_id: int,
    members: list[nrps.Member],
    *,
    everybody: bool,
) -> None:
    users = _users(session, platform_id, [member.user_id for member in members])
    for member in members:
        user = users[member.user_id]
        if member.given_name or member.family_name or member.name:
            user.given_name, user.family_name = member.given_name, member.family_name
            user.name = member.name
    session.flush()
    present = [users[member.user_id].id for member in members if member.active]
    places = _places(session, course_id, present)
    gone = set(places)
    for member in members:
        user_id = users[member.user_id].id
        if member.active:
            place = places[user_id]
            place.roster_role = roles.place(roles.of_roster(member.roles))
            place.active = True
            gone.discard(user_id)
        elif user_id in places:
            places[user_id].active = False
    if everybody:
        for user_id in gone:
            places[user_id].active = False
    session.flush()


def _users(session: Session, platform_id: int, subs: Sequence[str]) -> dict[str, User]:
    """The people by their ids at the platform, the unknown ones made. A launch may be making the same person
    just now."""
    found = _known(session, platform_id, subs)
    new = [sub for sub in dict.fromkeys(subs) if sub not in found]
    if new:
        rows = [{"platform_id": platform_id, "sub": sub} for sub in new]
        session.execute(insert(session, User).on_conflict_do_nothing(), rows)
        found |= _known(session, platform_id, new)
    return found


def _known(session: Session, platform_id: int, subs: Sequence[str]) -> dict[str, User]:
    found: dict[str, User] = {}
    for start in range(0, len(subs), AT_ONCE):
        some = subs[start : start + AT_ONCE]
        query = select(User).where(User.platform_id == platform_id, User.sub.in_(some))
        found |= {user.sub: user for user in session.scalars(query)}
    return found


def _places(session: Session, course_id: int, user_ids: Sequence[int]) -> dict[int, Membership]:
    """Every place in the course by its person, those of ``user_ids`` made where there is none, as in ``_users``."""
    query = select(Membership).where(Membership.course_id == course_id)
    found = {place.user_id: place for place in session.scalars(query)}
    new = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in found]
    if new:
        rows = [{"course_id": course_id, "user_id": user_id} for user_id in new]
        session.execute(insert(session, Membership).on_conflict_do_nothing(), rows)
        found = {place.user_id: place for place in session.scalars(query)}
    return found
