"""The class's grades and levels as the grade files take them (exporters.results).

Moodle's grade imports find people by what a school knows them by: their ID number or user name, which
we do not keep. They are read from the roster when a file is asked for; without a roster the people are
known by their number in the LMS only.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from exporters.results import Column, Grade, Learner, Results
from lti_app import logs
from lti_app.clients import nrps
from lti_app.errors import ServiceError
from lti_app.models import Course, Deployment, ResourceLink, User
from lti_app.services.classes import classroom
from lti_app.services.classes.classroom import ClassView
from lti_app.services.current import CurrentLaunch
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.wiring import Wiring


def of_class(parts: Wiring, launch: CurrentLaunch, column_idnumber: str = "") -> Results:
    """What the class of this launch has reached. ``column_idnumber`` is the ID number that a teacher
    gave the activity's column in Moodle; a column without one cannot be addressed by the XML file."""
    with parts.store.read() as session:
        view = classroom.class_view(session, launch)
        ids = [row.id for row in view.students]
        rows = session.execute(select(User.id, User.sub).where(User.id.in_(ids)))
        subs = {row.id: row.sub for row in rows}
        title = session.get_one(ResourceLink, launch.resource_link_id).title
    members = _members(parts, launch.course_id)
    learners: list[Learner] = []
    grades: dict[tuple[str, int], Grade] = {}
    levels: dict[tuple[str, str], int] = {}
    for row in view.students:
        sub = subs[row.id]
        member = members.get(sub)
        learners.append(
            Learner(
                id=sub,
                name=row.spoken_name,
                idnumber=member.sourced_id if member else "",
                username=member.username if member else "",
            )
        )
        if row.grade.state != "none":
            level = row.grade.level
            grades[sub, 0] = Grade(Decimal(level.value) if level else row.grade.grade.value, "")
        levels |= {(sub, code): level for code, level in row.levels.items() if level}
    return Results(tuple(learners), (_column(view, title, column_idnumber),), grades, levels)


def _column(view: ClassView, title: str, idnumber: str) -> Column:
    by_level = any(row.grade.level for row in view.students)
    levels = Decimal(len(view.framing.scale.levels))
    return Column(
        label=title or view.framing.referential.title,
        idnumber=idnumber.strip(),
        maximum=levels if by_level else view.framing.settings.maximum,
        by_level=by_level,
    )


def _members(parts: Wiring, course_id: int) -> dict[str, nrps.Member]:
    with parts.store.read() as session:
        course = session.scalars(
            select(Course)
            .where(Course.id == course_id)
            .options(joinedload(Course.deployment).joinedload(Deployment.platform))
        ).one()
        platform, url = course.deployment.platform, course.memberships_url
    if not url:
        return {}
    try:
        return {m.user_id: m for m in nrps.members(connector_for(parts, platform), url)}
    except ServiceError as error:
        logs.event("roster not read for a grade file", course=course_id, detail=str(error))
        return {}
