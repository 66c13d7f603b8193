"""The grades that the gradebook does not hold as they are here, each with the learner whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import LineItem
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom, people
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import standings
from lti_app.services.grades.overruled import THEIRS
from lti_app.services.grades.standings import FAILED, WAITING, Standing
from lti_app.services.grades.wanted_grades import column_of
from referential.scale import Level


@dataclass(frozen=True, slots=True)
class Line:
    """One grade in one column. ``level`` is what its column shows instead of points. ``gone``: the learner
    has left the course."""

    learner_id: int
    name: str
    spoken_name: str
    standing: Standing
    level: Level | None
    gone: bool


@dataclass(frozen=True, slots=True)
class Unsettled:
    """``any`` is whether there is any grade at all to be sent again."""

    failed: tuple[Line, ...]
    theirs: tuple[Line, ...]
    waiting: tuple[Line, ...]
    any: bool


def of_activity(session: Session, launch: CurrentLaunch, framing: Framing) -> Unsettled:
    """Those of the class, in its order; then, of people who have left it, those that did not arrive."""
    found = standings.of_activity(session, launch)
    by_level = _by_level(session, launch, framing)
    lines = [
        Line(
            user.id,
            people.display_name(user),
            people.spoken_name(user),
            standing,
            _level(standing, framing) if standing.column_id in by_level else None,
            gone,
        )
        for gone, users in (
            (False, classroom.learners(session, launch.course_id)),
            (True, classroom.departed(session, launch.course_id)),
        )
        for user in users
        for standing in found.get(user.id, ())
        if not (gone and standing.state == THEIRS)
    ]

    def of(state: str) -> tuple[Line, ...]:
        return tuple(line for line in lines if line.standing.state == state)

    return Unsettled(of(FAILED), of(THEIRS), of(WAITING), any=bool(lines))


def _by_level(session: Session, launch: CurrentLaunch, framing: Framing) -> set[int]:
    """The columns in which a score is the number of one of our levels."""
    items = session.scalars(
        select(LineItem).where(LineItem.resource_link_id == launch.resource_link_id)
    )
    ours = len(framing.scale.levels)
    return {item.id for item in items if column_of(item, framing).levels == ours}


def _level(standing: Standing, framing: Framing) -> Level | None:
    ranks = {level.value: level for level in framing.scale.levels}
    return ranks.get(int(standing.score)) if standing.score is not None else None
