"""From masteries to the grades that the gradebook should hold.

A learner with nothing assessed in a column's part of the activity has no wanted grade; once a grade was
wanted, a judgement taken back wants the lower grade, not none: Moodle would erase what a teacher can
see. In a column that shows levels the level itself is wanted, as k out of n levels: Moodle then shows
« Acquis » where points would give 15/20.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lti_app.models import (
    GradeSync,
    LineItem,
    Mastery,
    ResourceLink,
    SyncState,
)
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import masteries
from lti_app.services.classes.masteries import State
from lti_app.services.grades import column_kinds, grade_comments
from referential.conversion import stretch
from referential.grading import Grade
from referential.scale import Level

CENT = Decimal("0.01")
NOTHING = State()


@dataclass(frozen=True, slots=True)
class Column:
    """What a gradebook column is for: a part of the activity (``""``: all of it). ``levels`` is the number
    of levels it shows, 0 for a column of points."""

    part: str = ""
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The score for one learner and column, and how it came about. ``level`` is set in a column of
    levels; ``score`` is then its number, counted in the gradebook's own scale."""

    score: Decimal
    maximum: Decimal
    comment: str
    grade: Grade
    level: Level | None = None


def column_of(item: LineItem, framing: Framing) -> Column:
    """How the column takes its grades: by level if it shows levels, unless the settings say."""
    return Column(item.part, column_kinds.levels_of(item, framing))


def wanted(
    framing: Framing, column: Column, state: State, *, once_wanted: bool = False
) -> Wanted | None:
    """The grade that these levels amount to in the column. None when nothing in it is assessed, unless
    a grade was ``once_wanted`` there."""
    scheme = framing.scheme_of(column.part)
    if not once_wanted and not any(code in scheme.weights for code in state.levels):
        return None
    return _graded(framing, column, state)


def refresh(session: Session, course_id: int, learner_ids: Sequence[int], now: datetime) -> None:
    """Brings the wanted grades of these learners up to date in every column of the course. To be called
    after ``masteries.hold``."""
    states: dict[tuple[str, str], Mapping[int, State]] = {}
    framings = {link.id: framing for link, framing in link_settings.framings(session, course_id)}
    for item in columns(session, course_id):
        framing = framings.get(item.resource_link_id)
        if framing is None:
            continue
        scope = ("/".join(framing.settings.scope), framing.referential.code)
        key = (framing.mastery_key, "/".join(scope))
        if key not in states:
            states[key] = masteries.states_by_learner(session, course_id, framing, learner_ids)
        existing = {
            sync.learner_id: sync
            for sync in session.scalars(
                select(GradeSync).where(
                    GradeSync.line_item_id == item.id, GradeSync.learner_id.in_(learner_ids)
                )
            )
        }
        column = column_of(item, framing)
        for learner_id in learner_ids:
            state = states[key].get(learner_id, NOTHING)
            _want(session, item, learner_id, existing.get(learner_id), framing, column, state, now)


def refresh_course(session: Session, course_id: int, now: datetime) -> None:
    """The same for everybody with a mastery or a grade in the course: an activity is new, or grades
    otherwise."""
    masteries.hold(session, course_id)
    learners: Iterable[int] = session.scalars(
        select(Mastery.learner_id)
        .where(Mastery.course_id == course_id)
        .union(
            select(GradeSync.learner_id)
            .join(GradeSync.line_item)
            .join(LineItem.resource_link)
            .where(ResourceLink.course_id == course_id)
        )
    ).all()
    if learners := sorted(learners):
        refresh(session, course_id, learners, now)


def columns(session: Session, course_id: int) -> Sequence[LineItem]:
    """The columns that take grades, in all activities of the course."""
    return session.scalars(
        select(LineItem)
        .join(LineItem.resource_link)
        .where(ResourceLink.course_id == course_id, LineItem.active)
        .order_by(LineItem.id)
    ).all()


def _graded(framing: Framing, column: Column, state: State) -> Wanted:
    scheme = framing.scheme_of(column.part)
    grade = scheme.grade(state.levels, state.excused)
    if not column.levels:
        text = grade_comments.comment(scheme, grade, None)
        return Wanted(grade.value, grade.maximum, text, grade)
    level = framing.scale.level(scheme.level(state.levels, state.excused))
    rank = stretch(level.value - 1, len(framing.scale.levels) - 1, column.levels - 1) + 1
    text = grade_comments.comment(scheme, grade, level)
    return Wanted(Decimal(rank).quantize(CENT), Decimal(column.levels), text, grade, level)


def _want(
    session: Session,
    item: LineItem,
    learner_id: int,
    sync: GradeSync | None,
    framing: Framing,
    column: Column,
    state: State,
    now: datetime,
) -> None:
    found = wanted(framing, column, state, once_wanted=sync is not None)
    if found is None:
        return
    if sync is None:
        session.add(
            GradeSync(
                line_item_id=item.id,
                learner_id=learner_id,
                score=found.score,
                maximum=found.maximum,
                comment=found.comment,
                next_attempt_at=now,
            )
        )
        return
    if (sync.score, sync.maximum, sync.comment) == (found.score, found.maximum, found.comment):
        return
    sync.score, sync.maximum, sync.comment = found.score, found.maximum, found.comment
    # counted by the database: a teacher may ask for this grade again at the same moment
    sync.wanted_revision = GradeSync.wanted_revision + 1
    sync.state, sync.error = SyncState.WAITING.value, ""
    sync.attempts, sync.next_attempt_at = 0, now
    for name in ("state", "error", "attempts"):
        flag_modified(sync, name)  # written though it was so when read: a worker may note just now
