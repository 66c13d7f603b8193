"""Who counts as a pupil, where the LMS cannot say it.

Moodle's roster calls a non-editing teacher a learner; until that person opens an activity nothing tells
otherwise. A colleague can say so here. What the person's own launch says later wins over it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from lti_app.errors import NotFound
from lti_app.models import Membership, User
from lti_app.services.classes import classroom, people
from lti_app.services.current import LEARNER, TEACHER, CurrentLaunch
from lti_app.services.grades import wanted_grades


def known(session: Session, platform_id: int, course_id: int, sub: str) -> int | None:
    """Our id of the pupil of the course whom the platform calls ``sub``, as far as the class list goes."""
    return session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.platform_id == platform_id,
            User.sub == sub,
            Membership.course_id == course_id,
            Membership.active,
            Membership.is_learner,
        )
    )


def set_aside(session: Session, launch: CurrentLaunch, learner_id: int) -> User:
    """Takes somebody out of the class, with what was said of them kept. Raises ``NotFound`` for anybody
    who is no pupil of the course."""
    classroom.require_learner(session, launch, learner_id)
    place = session.get_one(Membership, (launch.course_id, learner_id))
    place.launched_as = TEACHER
    return place.user


def set_aside_in(session: Session, course_id: int) -> list[User]:
    """Whom the roster calls a learner and who does not count as one, in class-list order."""
    rows = session.scalars(
        select(Membership)
        .where(
            Membership.course_id == course_id,
            Membership.active,
            Membership.roster_role == LEARNER,
            Membership.launched_as == TEACHER,
        )
        .join(Membership.user)
        .options(contains_eager(Membership.user))
    )
    return sorted((place.user for place in rows), key=people.sort_key)


def take_back(session: Session, launch: CurrentLaunch, user_id: int, now: datetime) -> User:
    """Counts somebody as a pupil again; their grades follow. Raises ``NotFound`` for anybody who was not
    set aside in this course."""
    found = {user.id: user for user in set_aside_in(session, launch.course_id)}
    if user_id not in found:
        raise NotFound("learner")
    session.get_one(Membership, (launch.course_id, user_id)).launched_as = ""
    session.flush()
    wanted_grades.refresh(session, launch.course_id, [user_id], now)
    return found[user_id]
