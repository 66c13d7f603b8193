"""How ratings stand on our side: who is in the course, what is rated, and what was settled last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lti_app.models import (
    Assessment,
    Course,
    Deployment,
    MoodleRating,
    User,
)
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing, classroom, masteries, people
from lti_app.services.grades import wanted_grades
from lti_app.services.moodle.rating_calls import Evidence
from lti_app.services.moodle.rating_rules import Last, Ours
from referential.model import Node
from referential.occasions import COMMENT

MOODLE = "moodle"
"""``Assessment.source`` of a rating that was given in Moodle's own pages."""
Pair = tuple[int, int]  # ids of learner and node


@dataclass(frozen=True, slots=True)
class Scene:
    """A course on both sides: ``moodle_course`` and ``learners`` (ours by Moodle's number) are how Moodle
    calls them; ``nodes`` are the competences of its activities by idnumber, ``framings`` the activities."""

    course_id: int
    platform_id: int
    moodle_course: int
    learners: Mapping[int, int]
    nodes: Mapping[str, Node]
    framings: tuple[Framing, ...]


@dataclass(frozen=True, slots=True)
class Newest:
    """Our newest judgement of one competence: who made it, and with what words."""

    assessment_id: int
    author: str
    words: str


def scene(session: Session, course_id: int) -> Scene | None:
    """None for a course that is no course of a Moodle: its number there is none."""
    course = session.get_one(Course, course_id)
    if not course.context_id.isdecimal():
        return None
    framings = tuple(framing for _link, framing in link_settings.framings(session, course_id))
    platform_id = session.scalars(
        select(Deployment.platform_id).where(Deployment.id == course.deployment_id)
    ).one()
    return Scene(
        course_id,
        platform_id,
        int(course.context_id),
        {
            int(user.sub): user.id
            for user in classroom.learners(session, course_id)
            if user.sub.isdecimal()
        },
        {node.idnumber: node for framing in framings for node in framing.competences},
        framings,
    )


def levels(session: Session, scene: Scene, framing: Framing) -> dict[int, dict[str, int]]:
    """Levels that our pages show, by learner and competence code."""
    return masteries.levels_by_learner(session, scene.course_id, framing)


def newest(session: Session, course_id: int, pairs: Sequence[Pair]) -> dict[Pair, Newest]:
    """Our newest judgement of each pair that has any; words alone are none, but come with it."""
    learners, nodes = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    last = (
        select(
            Assessment.learner_id,
            Assessment.node_id,
            func.max(Assessment.id).label("said"),
            func.max(Assessment.id).filter(Assessment.code != COMMENT).label("judged"),
        )
        .where(
            Assessment.course_id == course_id,
            Assessment.learner_id.in_(learners),
            Assessment.node_id.in_(nodes),
        )
        .group_by(Assessment.learner_id, Assessment.node_id)
        .subquery()
    )
    judged, said = aliased(Assessment), aliased(Assessment)
    rows = session.execute(
        select(judged, said.comment, User)
        .join(last, last.c.judged == judged.id)
        .join(said, said.id == last.c.said)
        .outerjoin(User, User.id == judged.author_id)
    )
    return {
        (row.learner_id, row.node_id): Newest(
            row.id, people.spoken_name(author) if author else "", words
        )
        for row, words, author in rows
    }


def settled(session: Session, course_id: int) -> dict[Pair, MoodleRating]:
    """How every pair stood when it was last settled."""
    rows = session.scalars(select(MoodleRating).where(MoodleRating.course_id == course_id))
    return {(row.learner_id, row.node_id): row for row in rows}


def last(row: MoodleRating | None) -> Last:
    return Last(row.grade, row.modified, row.assessment_id) if row else Last()


def ours(level: int | None, newest: Newest | None) -> Ours:
    return Ours(level, newest.assessment_id if newest else 0)


def record(
    session: Session, scene: Scene, framing: Framing, pair: Pair, theirs: Evidence, now: datetime
) -> Assessment:
    """Moodle's rating as an assessment of ours, by the person who gave it there. To be called after
    ``masteries.hold``; ``take_effect`` follows when all are recorded."""
    before = newest(session, scene.course_id, [pair]).get(pair)
    made = Assessment(
        course_id=scene.course_id,
        learner_id=pair[0],
        node_id=pair[1],
        author_id=_person(session, scene.platform_id, theirs),
        scale=framing.settings.scale,
        level=theirs.grade,
        code="",
        comment=theirs.words[: assessing.MAX_COMMENT] or (before.words if before else ""),
        source=MOODLE,
        created_at=min(theirs.at, now),
    )
    session.add(made)
    session.flush()
    return made


def take_effect(session: Session, course_id: int, pairs: Sequence[Pair], now: datetime) -> None:
    """What the recorded ratings amount to, and the grades that follow."""
    if pairs:
        masteries.update(session, course_id, pairs)
        wanted_grades.refresh(session, course_id, list({pair[0] for pair in pairs}), now)


def row_of(session: Session, course_id: int, pair: Pair) -> MoodleRating:
    """The pair's row, made if there is none."""
    row = session.get(MoodleRating, (course_id, *pair))
    if row is None:
        row = MoodleRating(course_id=course_id, learner_id=pair[0], node_id=pair[1])
        session.add(row)
    return row


def settle(row: MoodleRating, *, grade: int | None, modified: int, assessment_id: int) -> None:
    """Both sides are in step as of these."""
    row.grade, row.modified, row.assessment_id = grade, modified, assessment_id
    row.their_grade, row.their_evidence_id, row.their_at = None, 0, None
    row.their_sub = row.their_name = row.their_words = ""


def _person(session: Session, platform_id: int, theirs: Evidence) -> int | None:
    """The rater, who may never have opened an activity of ours."""
    if not theirs.sub:
        return None
    user = session.scalar(
        select(User).where(User.platform_id == platform_id, User.sub == theirs.sub)
    )
    if user is None:
        user = User(platform_id=platform_id, sub=theirs.sub, name=theirs.name)
        session.add(user)
        session.flush()
    elif not (user.name or user.family_name or user.given_name):
        user.name = theirs.name
    return user.id
