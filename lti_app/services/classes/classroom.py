"""What the class page and the student pages show, read in a fixed number of queries.

Every query is scoped by the launch's course; a learner of another course does not exist here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_app.errors import NotFound
from lti_app.models import (
    Assessment,
    GradeSync,
    LineItem,
    Membership,
    NodeKey,
    ResourceLink,
    User,
)
from lti_app.services.activities.framing import Framing, LinkSettings, resolve
from lti_app.services.classes import people
from lti_app.services.classes.masteries import State, read_level, states_by_learner
from lti_app.services.current import TEACHER, CurrentLaunch
from lti_app.services.grades import column_kinds, standings
from lti_app.services.grades.overruled import Overruled
from lti_app.services.grades.standings import Standing, worst
from lti_app.services.grades.wanted_grades import NOTHING, Column, column_of, wanted
from lti_app.services.referentials.catalogue import Catalogue
from referential.grading import Grade
from referential.scale import Level


@dataclass(frozen=True, slots=True)
class GradeView:
    """A learner's grade and where it stands: ``state`` is ``none`` (nothing assessed yet), ``waiting``,
    ``sent`` or ``failed``; ``error`` is the key of the sentence that says why (services.grades.sync_texts).
    ``level`` is what the gradebook gets instead of points, where its column shows levels. ``theirs`` is
    set, and the state is ``theirs``, where somebody's grade in the gradebook overrules ours."""

    grade: Grade
    state: str
    error: str
    sent_at: datetime | None
    level: Level | None = None
    theirs: Overruled | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is in one part: counts of competences in the activity's scope."""

    acquired: int
    assessed: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.acquired / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One learner of the class: ``levels`` and ``marks`` (absent, exempt, not evaluated) by competence
    code. ``grade`` is that of the activity's own column, ``standings`` is where those of all its columns
    stand."""

    id: int
    name: str
    given_name: str
    spoken_name: str
    levels: Mapping[str, int]
    marks: Mapping[str, str]
    grade: GradeView
    standings: Sequence[Standing] = ()

    @property
    def standing(self) -> Standing:
        """The one that needs somebody most."""
        return worst(self.standings)


@dataclass(frozen=True, slots=True)
class ClassView:
    """The class × the activity's competences. ``roster_error`` is a key of services.grades.sync_texts.
    ``has_column`` is false while the LMS has named no gradebook column for the activity. ``in_doubt`` is
    the number of levels that its column may have, while nobody has said whether it has (else 0)."""

    framing: Framing
    students: tuple[StudentRow, ...]
    roster_at: datetime | None
    roster_error: str
    has_column: bool
    in_doubt: int = 0

    @property
    def failed(self) -> int:
        """Students with a grade that did not arrive, in whatever column."""
        return sum(student.standing.state == "failed" for student in self.students)

    def progress(self) -> dict[int, dict[str, Progress]]:
        """How far each student is in each part (``progress_by_part``), by student; worked out when asked."""
        return {row.id: progress_by_part(self.framing, row.levels) for row in self.students}

    @property
    def overruled(self) -> int:
        """Grades given in the gradebook that nobody has agreed to yet."""
        found = (standing.theirs for student in self.students for standing in student.standings)
        return sum(theirs is not None and theirs.open for theirs in found)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One assessment as pages tell it, its ``level`` read in the activity's scale; None means taken back,
    or what ``mark`` says (absent, exempt, not_evaluated, comment)."""

    code: str
    label: str
    level: int | None
    comment: str
    author: str
    at: datetime
    mark: str = ""


@dataclass(frozen=True, slots=True)
class StudentView:
    """One learner, with all that was said of them in this activity's scope, newest first. ``progress`` is by
    code of each part."""

    framing: Framing
    student: StudentRow
    progress: Mapping[str, Progress]
    history: tuple[HistoryEntry, ...]
    latest: Mapping[str, HistoryEntry]
    previous_id: int | None
    next_id: int | None


def framing_of(session: Session, launch: CurrentLaunch) -> Framing:
    """What the launch's activity covers."""
    link = session.get_one(ResourceLink, launch.resource_link_id)
    return resolve(LinkSettings.from_json(link.settings), Catalogue(session, launch.platform_id))


def learners(session: Session, course_id: int) -> list[User]:
    """The course's present pupils in class-list order; never someone who launched as a teacher."""
    pupils = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.course_id == course_id, Membership.active, Membership.is_learner)
    )
    return sorted(pupils, key=people.sort_key)


def departed(session: Session, course_id: int) -> list[User]:
    """Who was a pupil of the course and is no more, in the same order."""
    left = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.course_id == course_id, ~Membership.active, Membership.is_learner)
    )
    return sorted(left, key=people.sort_key)


def require_learner(session: Session, launch: CurrentLaunch, learner_id: int) -> None:
    """Raises ``NotFound`` unless that person is a pupil of the launch's course."""
    if learner_id not in {user.id for user in learners(session, launch.course_id)}:
        raise NotFound("learner")


def class_view(
    session: Session, launch: CurrentLaunch, learner_ids: Sequence[int] | None = None
) -> ClassView:
    """The class for the activity of this launch: everybody, or these pupils only."""
    link = session.get_one(
        ResourceLink, launch.resource_link_id, options=[joinedload(ResourceLink.course)]
    )
    framing = framing_of(session, launch)
    pupils = learners(session, launch.course_id)
    if learner_ids is not None:
        wanted_ids = set(learner_ids)
        pupils = [user for user in pupils if user.id in wanted_ids]
    states = states_by_learner(session, launch.course_id, framing, learner_ids)
    item = own_column(session, launch.resource_link_id)
    syncs = _syncs(session, item, learner_ids)
    column = _column(item, framing)
    found = standings.of_activity(session, launch, learner_ids)
    return ClassView(
        framing=framing,
        students=tuple(
            _row(
                user,
                states.get(user.id, NOTHING),
                syncs.get(user.id),
                framing,
                column,
                found.get(user.id, ()),
            )
            for user in pupils
        ),
        roster_at=link.course.roster_at,
        roster_error=link.course.roster_error,
        has_column=item is not None and item.url is not None,
        in_doubt=column_kinds.in_doubt(item, framing) if item else 0,
    )


def student_view(session: Session, launch: CurrentLaunch, learner_id: int) -> StudentView:
    """One pupil of the course. Raises ``NotFound`` for anybody else, also from another course."""
    pupils = learners(session, launch.course_id)
    ids = [user.id for user in pupils]
    if learner_id not in ids:
        raise NotFound("learner")
    place = ids.index(learner_id)
    return _student_view(
        session,
        launch,
        pupils[place],
        ids[place - 1] if place else None,
        ids[place + 1] if place + 1 < len(ids) else None,
    )


def own_view(session: Session, launch: CurrentLaunch) -> StudentView:
    """What the launching student sees: themselves only."""
    return _student_view(session, launch, session.get_one(User, launch.user_id), None, None)


def is_listed_as_teacher(session: Session, launch: CurrentLaunch) -> bool:
    """Whether the class list counts the person among the teachers, whatever the launch said."""
    place = session.get(Membership, (launch.course_id, launch.user_id))
    return place is not None and place.roster_role == TEACHER


def progress_by_part(framing: Framing, levels: Mapping[str, int]) -> dict[str, Progress]:
    """Counts for each node above the scope's competences, and for "" the whole scope."""
    proficient = {level.value for level in framing.scale.levels if level.proficient}
    counts: dict[str, list[int]] = {"": [0, 0, 0]}
    for competence in framing.competences:
        level = levels.get(competence.code)
        for part in ("", *(node.code for node in framing.referential.ancestors(competence.code))):
            count = counts.setdefault(part, [0, 0, 0])
            count[0] += level in proficient
            count[1] += level is not None
            count[2] += 1
    return {code: Progress(*count) for code, count in counts.items()}


def _student_view(
    session: Session,
    launch: CurrentLaunch,
    user: User,
    previous_id: int | None,
    next_id: int | None,
) -> StudentView:
    framing = framing_of(session, launch)
    states = states_by_learner(session, launch.course_id, framing, [user.id])
    item = own_column(session, launch.resource_link_id)
    column = _column(item, framing)
    sync = _syncs(session, item, [user.id]).get(user.id)
    history = _history(session, launch.course_id, user.id, framing)
    latest: dict[str, HistoryEntry] = {}
    for entry in history:
        latest.setdefault(entry.code, entry)
    state = states.get(user.id, NOTHING)
    found = standings.of_activity(session, launch, [user.id]).get(user.id, ())
    row = _row(user, state, sync, framing, column, found)
    progress = progress_by_part(framing, state.levels)
    return StudentView(framing, row, progress, history, latest, previous_id, next_id)


def _row(
    user: User,
    state: State,
    sync: GradeSync | None,
    framing: Framing,
    column: Column,
    found: Sequence[Standing],
) -> StudentRow:
    levels = state.levels
    wished = wanted(framing, column, state)
    grade = wished.grade if wished else framing.scheme.grade(levels, state.excused)
    own = next((standing for standing in found if not standing.part), Standing())
    return StudentRow(
        id=user.id,
        name=people.display_name(user),
        given_name=user.given_name,
        spoken_name=people.spoken_name(user),
        levels=levels,
        marks=state.marks,
        grade=GradeView(
            grade,
            own.state,
            own.error,
            sync.sent_at if sync else None,
            wished.level if wished else None,
            own.theirs,
        ),
        standings=found,
    )


def _syncs(
    session: Session, item: LineItem | None, learner_ids: Sequence[int] | None = None
) -> dict[int, GradeSync]:
    if item is None:
        return {}
    query = select(GradeSync).where(GradeSync.line_item_id == item.id)
    if learner_ids is not None:
        query = query.where(GradeSync.learner_id.in_(learner_ids))
    return {sync.learner_id: sync for sync in session.scalars(query)}


def _column(item: LineItem | None, framing: Framing) -> Column:
    """The activity's own column; one of points while no launch named any."""
    return column_of(item or LineItem(part="", kind="points"), framing)


def own_column(session: Session, resource_link_id: int) -> LineItem | None:
    """The gradebook column of the activity itself, not of one of its parts; None before it is known."""
    return session.scalar(
        select(LineItem).where(LineItem.resource_link_id == resource_link_id, LineItem.part == "")
    )


def _history(
    session: Session, course_id: int, learner_id: int, framing: Framing
) -> tuple[HistoryEntry, ...]:
    nodes = {node.uuid: node for node in framing.competences}
    author = aliased(User)
    rows = session.execute(
        select(Assessment, NodeKey.uuid, author)
        .join(Assessment.node)
        .outerjoin(author, Assessment.author_id == author.id)
        .where(Assessment.course_id == course_id, Assessment.learner_id == learner_id)
        .order_by(Assessment.id.desc())
    )
    return tuple(
        HistoryEntry(
            code=nodes[uuid].code,
            label=nodes[uuid].label,
            level=read_level(assessment.scale, assessment.level, framing.scale),
            comment=assessment.comment,
            author=people.author_name(person, assessment.source),
            at=assessment.created_at,
            mark=assessment.code,
        )
        for assessment, uuid, person in rows
        if uuid in nodes
    )
