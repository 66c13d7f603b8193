"""Why a grade is what it is: the rule, each competence's part in it, and who judged what and when.

Everything is worked out again from the assessments, so that the page explains the grade and does not
only repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_app.errors import NotFound
from lti_app.models import Assessment, GradeSync, LineItem, NodeKey, ResourceLink, User
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom, masteries, people
from lti_app.services.classes.masteries import Recorded, State
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import standings, wanted_grades
from lti_app.services.grades.wanted_grades import Column, Wanted
from referential.grading import Line
from referential.model import Node
from referential.occasions import Standing, Verdict, judge


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of a competence's history. ``level`` is in the activity's scale. ``standing`` says whether
    it counts, ``weight`` how much of the mastery it makes, 0 to 1."""

    at: datetime
    author: str
    level: int | None
    mark: str
    comment: str
    source: str
    standing: Standing
    weight: Fraction

    @property
    def percent(self) -> int:
        return round(100 * self.weight)


@dataclass(frozen=True, slots=True)
class Competence:
    """One competence of the column: its part in the grade and its history, newest first. ``mean`` is the
    exact mean that was rounded to the level; None when the level is one that was given."""

    node: Node
    line: Line
    mean: Decimal | None
    said: tuple[Said, ...]

    @property
    def brings(self) -> Decimal:
        return self.line.weight * self.line.credit


@dataclass(frozen=True, slots=True)
class Explanation:
    """A learner's grade in one column. ``part`` is None for the activity's own column, ``wanted`` None
    while nothing in it is assessed; ``standing`` says where the grade stands in the gradebook. ``parts`` are
    the parts that have a column of their own."""

    framing: Framing
    learner_id: int
    name: str
    spoken_name: str
    part: Node | None
    column: Column
    wanted: Wanted | None
    competences: tuple[Competence, ...]
    sync: GradeSync | None
    parts: tuple[Node, ...]
    standing: standings.Standing


def explain(
    session: Session, launch: CurrentLaunch, learner_id: int, part: str = ""
) -> Explanation:
    """The grade of one pupil of the course. Raises ``NotFound`` for anybody else, and for a part that has
    no column."""
    if learner_id not in {user.id for user in classroom.learners(session, launch.course_id)}:
        raise NotFound("learner")
    return _explain(session, launch, learner_id, part)


def explain_own(session: Session, launch: CurrentLaunch, part: str = "") -> Explanation:
    """The grade of the person who launched."""
    return _explain(session, launch, launch.user_id, part)


def _explain(session: Session, launch: CurrentLaunch, learner_id: int, part: str) -> Explanation:
    link = session.get_one(ResourceLink, launch.resource_link_id)
    framing = link_settings.framing(session, link)
    if part and part not in {node.code for node in framing.parts}:
        raise NotFound("part")
    item = session.scalar(
        select(LineItem).where(LineItem.resource_link_id == link.id, LineItem.part == part)
    )
    sync = None
    if item is not None:
        sync = session.scalar(
            select(GradeSync).where(
                GradeSync.line_item_id == item.id, GradeSync.learner_id == learner_id
            )
        )
    column = wanted_grades.column_of(item or LineItem(part=part, kind="points"), framing)
    told = _told(session, launch.course_id, learner_id, framing)
    verdicts = {code: _judge(entries, framing) for code, entries in told.items()}
    state = State(
        {code: found.level for code, found in verdicts.items() if found.level is not None},
        {code for code, found in verdicts.items() if found.code},
    )
    user = session.get_one(User, learner_id)
    return Explanation(
        framing=framing,
        learner_id=learner_id,
        name=people.display_name(user),
        spoken_name=people.spoken_name(user),
        part=framing.referential.node(part) if part else None,
        column=column,
        wanted=wanted_grades.wanted(framing, column, state, once_wanted=sync is not None),
        competences=_competences(framing, column, state, told, verdicts),
        sync=sync,
        parts=framing.parts,
        standing=_standing(session, launch, learner_id, part),
    )


def _standing(
    session: Session, launch: CurrentLaunch, learner_id: int, part: str
) -> standings.Standing:
    found = standings.of_activity(session, launch, [learner_id]).get(learner_id, ())
    return next((one for one in found if one.part == part), standings.Standing())


@dataclass(frozen=True, slots=True)
class _Entry:
    recorded: Recorded
    author: str
    comment: str
    source: str


def _told(
    session: Session, course_id: int, learner_id: int, framing: Framing
) -> dict[str, list[_Entry]]:
    """All that was said of the learner, by competence, in the order of recording."""
    codes = {node.uuid: node.code for node in framing.competences}
    author = aliased(User)
    rows = session.execute(
        select(Assessment, NodeKey.uuid, author)
        .join(Assessment.node)
        .outerjoin(author, Assessment.author_id == author.id)
        .where(Assessment.course_id == course_id, Assessment.learner_id == learner_id)
        .order_by(Assessment.id)
    )
    told: dict[str, list[_Entry]] = {}
    for said, uuid, person in rows:
        if (code := codes.get(uuid)) is not None:
            recorded = Recorded(
                said.id, said.scale, said.level, said.code, said.author_id, said.created_at
            )
            name = people.author_name(person, said.source)
            told.setdefault(code, []).append(_Entry(recorded, name, said.comment, said.source))
    return told


def _judge(entries: list[_Entry], framing: Framing) -> Verdict:
    history = masteries.judgements([entry.recorded for entry in entries], framing.scale)
    return judge(history, framing.mastery_rule, framing.scale)


def _competences(
    framing: Framing,
    column: Column,
    state: State,
    told: Mapping[str, list[_Entry]],
    verdicts: Mapping[str, Verdict],
) -> tuple[Competence, ...]:
    lines = framing.scheme_of(column.part).lines(
        state.levels, state.excused, by_level=bool(column.levels)
    )
    nodes = {node.code: node for node in framing.competences}
    made = []
    for line in lines:
        verdict = verdicts.get(line.code)
        said = _said(told[line.code], verdict, framing) if verdict else ()
        mean = None
        if verdict and verdict.value is not None and verdict.value.denominator != 1:
            mean = Decimal(verdict.value.numerator) / verdict.value.denominator
        made.append(Competence(nodes[line.code], line, mean, said))
    return tuple(made)


def _said(entries: list[_Entry], verdict: Verdict, framing: Framing) -> tuple[Said, ...]:
    made = [
        Said(
            at=entry.recorded.at,
            author=entry.author,
            level=masteries.read_level(entry.recorded.scale, entry.recorded.level, framing.scale),
            mark=entry.recorded.code,
            comment=entry.comment,
            source=entry.source,
            standing=standing,
            weight=weight,
        )
        for entry, standing, weight in zip(entries, verdict.standings, verdict.weights, strict=True)
    ]
    return tuple(reversed(made))
