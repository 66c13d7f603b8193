"""What a course's teachers choose for all of its activities: the pace they expect, and « tu » or « vous ».

The pace is a straight line from nothing acquired on the first day to the target on the last. It is a
landmark for whoever looks at a class, and counts in no grade.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.errors import InputError
from lti_app.models import CourseChoices
from lti_app.services.current import CurrentLaunch


@dataclass(frozen=True, slots=True)
class Pace:
    """``target`` percent of the competences acquired on ``ends_on``, counted from ``begins_on``."""

    begins_on: date
    ends_on: date
    target: int

    def expected(self, on: date) -> float:
        """The share (0 to 1) expected on that day."""
        days = (self.ends_on - self.begins_on).days
        passed = min(max((on - self.begins_on).days, 0), days)
        return self.target / 100 * passed / days


def pace(session: Session, launch: CurrentLaunch) -> Pace | None:
    """The pace that the course's teachers expect; None while they chose none."""
    chosen = session.get(CourseChoices, launch.course_id)
    if chosen is None or chosen.begins_on is None or chosen.ends_on is None:
        return None
    return Pace(chosen.begins_on, chosen.ends_on, chosen.target)


def school_year(today: date) -> Pace:
    """What a form proposes: the school year around that day, from September to June."""
    first = today.year if today.month >= 8 else today.year - 1
    return Pace(date(first, 9, 1), date(first + 1, 6, 30), 100)


def choose_pace(
    session: Session,
    launch: CurrentLaunch,
    begins_on: date | None,
    ends_on: date | None,
    target: str,
) -> None:
    """Keeps a pace, or none without dates. Raises ``InputError`` for what makes none."""
    chosen = _chosen(session, launch)
    if begins_on is None and ends_on is None:
        chosen.begins_on = chosen.ends_on = None
        return
    if begins_on is None or ends_on is None:
        raise InputError(_("Il faut deux dates, ou aucune pour ne pas attendre de rythme."))
    if ends_on <= begins_on:
        raise InputError(_("La date de fin ne vient pas après la date de début."))
    if not (target.isascii() and target.isdecimal() and 1 <= int(target[:4]) <= 100):
        raise InputError(_("La part attendue est un nombre entre 1 et 100."))
    chosen.begins_on, chosen.ends_on, chosen.target = begins_on, ends_on, int(target)


def informal(session: Session, course_id: int, default: bool) -> bool:
    """Whether pages say « tu » to the course's students; ``default`` is the service's setting."""
    chosen = session.get(CourseChoices, course_id)
    return default if chosen is None or chosen.informal is None else chosen.informal


def choose_address(session: Session, launch: CurrentLaunch, informal: bool) -> None:
    """Keeps how pages address the course's students."""
    _chosen(session, launch).informal = informal


def _chosen(session: Session, launch: CurrentLaunch) -> CourseChoices:
    chosen = session.get(CourseChoices, launch.course_id)
    if chosen is None:
        chosen = CourseChoices(course_id=launch.course_id, target=100)
        session.add(chosen)
    return chosen
