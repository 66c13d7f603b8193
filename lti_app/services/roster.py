"""The class list, read from the platform (NRPS) and kept beside what launches told.

Read outside any transaction, written in one. Who is no longer named becomes inactive, with everything
known of them kept. Who launched as a teacher stays one, whatever the roster calls them.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_app import logs
from lti_app.clients import nrps
from lti_app.errors import ServiceError, ServiceRefused
from lti_app.models import Course, Deployment, Membership, User
from lti_app.services.lti import roles
from lti_app.services.platform_access import connector_for
from lti_app.services.wiring import Wiring

FRESH_FOR = timedelta(minutes=10)


def refresh_if_old(parts: Wiring, course_id: int) -> None:
    """Reads the roster unless it was read in the last ten minutes."""
    if is_old(parts, course_id):
        refresh(parts, course_id)


def is_old(parts: Wiring, course_id: int) -> bool:
    """Whether the roster was not read in the last ten minutes."""
    with parts.store.read() as session:
        read_at = session.get_one(Course, course_id).roster_at
    return read_at is None or parts.clock() - read_at >= FRESH_FOR


def refresh(parts: Wiring, course_id: int) -> bool:
    """Reads the roster now; whether it worked. Why it did not stands in ``Course.roster_error``."""
    with parts.store.read() as session:
        course = session.scalars(
            select(Course)
            .where(Course.id == course_id)
            .options(joinedload(Course.deployment).joinedload(Deployment.platform))
        ).one()
        platform, url = course.deployment.platform, course.memberships_url
    if not url:
        return _failed(parts, course_id, "roster_no_address")
    try:
        members = nrps.members(connector_for(parts, platform), url)
    except ServiceRefused as error:
        return _failed(parts, course_id, "roster_refused", error)
    except ServiceError as error:
        return _failed(parts, course_id, "roster_unavailable", error)
    with parts.store.write() as session:
        _store(session, course_id, platform.id, members)
        course = session.get_one(Course, course_id)
        course.roster_at, course.roster_error = parts.clock(), ""
    return True


def _failed(parts: Wiring, course_id: int, key: str, error: ServiceError | None = None) -> bool:
    logs.event("roster failed", course=course_id, why=key, detail=str(error or ""))
    with parts.store.write() as session:
        session.get_one(Course, course_id).roster_error = key
    return False


def _store(session: Session, course_id: int, platform_id: int, members: list[nrps.Member]) -> None:
    users = {
        user.sub: user
        for user in session.scalars(
            select(User).where(
                User.platform_id == platform_id,
                User.sub.in_([member.user_id for member in members]),
            )
        )
    }
    for member in members:
        user = users.get(member.user_id)
        if user is None:
            user = users[member.user_id] = User(platform_id=platform_id, sub=member.user_id)
            session.add(user)
        if member.given_name or member.family_name or member.name:
            user.given_name, user.family_name = member.given_name, member.family_name
            user.name = member.name
    session.flush()
    places = {
        membership.user_id: membership
        for membership in session.scalars(
            select(Membership).where(Membership.course_id == course_id)
        )
    }
    named: set[int] = set()
    for member in members:
        if not member.active:
            continue
        user_id = users[member.user_id].id
        place = places.get(user_id)
        if place is None:
            place = Membership(course_id=course_id, user_id=user_id, launched_as="")
            session.add(place)
        place.roster_role = roles.place(roles.of_roster(member.roles))
        place.active = True
        named.add(user_id)
    for user_id, place in places.items():
        if user_id not in named:
            place.active = False
