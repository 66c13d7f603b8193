"""A student's professional situations: what they did, when, and the evidence that shows it.

Only their author changes them. Teachers see those that a request cites (``services.portfolio.requests``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from lti_app.errors import InputError, NotFound
from lti_app.models import Declaration, Situation
from lti_app.services.current import CurrentLaunch
from lti_app.services.portfolio import evidence

MAX_TITLE = 200
MAX_STORY = 10_000
MAX_SITUATIONS = 100  # of one student in one course


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says of a situation; ``title`` is needed."""

    title: str
    story: str = ""
    begins_on: date | None = None
    ends_on: date | None = None


def own(session: Session, launch: CurrentLaunch) -> Sequence[Situation]:
    """The launching student's, the latest first, with their evidence and declarations."""
    return session.scalars(
        select(Situation)
        .where(Situation.course_id == launch.course_id, Situation.learner_id == launch.user_id)
        .options(
            selectinload(Situation.evidence),
            selectinload(Situation.declarations).selectinload(Declaration.node),
        )
        .order_by(
            func.coalesce(Situation.ends_on, Situation.begins_on).desc().nulls_first(),
            Situation.id.desc(),
        )
    ).all()


def find(session: Session, launch: CurrentLaunch, situation_id: int) -> Situation:
    """One of the student's own. Raises ``NotFound`` for anybody else's."""
    situation = session.get(Situation, situation_id)
    if situation is None or not evidence.owns(situation, launch):
        raise NotFound("situation")
    return situation


def add(session: Session, launch: CurrentLaunch, draft: Draft, now: datetime) -> Situation:
    """A new one. Raises ``InputError`` without a title, or when there are too many."""
    count = session.scalar(
        select(func.count()).where(
            Situation.course_id == launch.course_id, Situation.learner_id == launch.user_id
        )
    )
    if (count or 0) >= MAX_SITUATIONS:
        raise InputError(_("Cent situations au plus : il faut d’abord en effacer une."))
    situation = Situation(
        course_id=launch.course_id, learner_id=launch.user_id, title="", created_at=now
    )
    _fill(situation, draft)
    session.add(situation)
    session.flush()
    return situation


def change(session: Session, launch: CurrentLaunch, situation_id: int, draft: Draft) -> Situation:
    """Writes what the form says. Raises ``InputError`` while a teacher is asked to look at it."""
    situation = find(session, launch, situation_id)
    _require_free(situation)
    _fill(situation, draft)
    return situation


def remove(session: Session, launch: CurrentLaunch, situation_id: int) -> None:
    """Deletes it with its evidence; the declarations that cited it stay."""
    situation = find(session, launch, situation_id)
    _require_free(situation)
    session.delete(situation)


def _require_free(situation: Situation) -> None:
    if evidence.is_under_review(situation):
        raise InputError(_("Une demande cite cette situation : il faut d’abord la retirer."))


def _fill(situation: Situation, draft: Draft) -> None:
    if not draft.title:
        raise InputError(_("Il manque un titre à la situation."))
    situation.title, situation.story = draft.title, draft.story
    situation.begins_on, situation.ends_on = draft.begins_on, draft.ends_on
