"""The cells of the class grid beyond their levels: marks, who wrote words, and what is new since.

The change feed counts by assessment ids. Within a course these grow in the order of commitment, because
whoever records holds the course first (``masteries.hold``): a reader who has seen number N has seen all
before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from lti_app.errors import NotFound
from lti_app.models import Assessment, Mastery, NodeKey, User
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom, masteries, people
from lti_app.services.classes.masteries import Pair
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import standings
from lti_app.services.grades.standings import Standing, worst
from referential.model import Node
from referential.occasions import COMMENT

CHUNK = 400  # pairs in one query: SQLite takes a limited number of values
MAX_CHANGES = 5000  # cells told at once; a page that is further behind reads itself again

_later = aliased(Assessment)
WORDED: Select[int, int] = select(Assessment.learner_id, Assessment.node_id).where(
    Assessment.course_id == bindparam("course"),
    Assessment.comment != "",
    ~select(_later.id)
    .where(
        _later.course_id == Assessment.course_id,
        _later.learner_id == Assessment.learner_id,
        _later.node_id == Assessment.node_id,
        _later.id > Assessment.id,
    )
    .exists(),
)
"""Pairs of a ``course`` whose latest entry carries words (each entry carries those before it on); made once,
since each page asks."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: the mastery's level, else the mark (``absent``, ``exempt``, ``not_evaluated``),
    and whether words were written on it."""

    learner_id: int
    code: str
    level: int | None
    mark: str
    commented: bool


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a class's levels leave out: codes with words by learner, and the newest assessment's id (0:
    none yet)."""

    commented: Mapping[int, frozenset[str]]
    latest: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after an id: the cells as they are now, who else judged and how often, and where
    every learner's grades stand, by the one that needs somebody most. ``too_many``: read everything again."""

    latest: int
    cells: tuple[Cell, ...] = ()
    authors: tuple[tuple[str, int], ...] = ()
    states: Mapping[int, Standing] = field(default_factory=dict)
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of a cell's history; ``level`` in the activity's scale."""

    level: int | None
    mark: str
    comment: str
    author: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell in full: the competence with the nodes above it, what it shows, and its history, newest
    first."""

    framing: Framing
    node: Node
    above: tuple[Node, ...]
    cell: Cell
    history: tuple[Said, ...]


def overlay(session: Session, launch: CurrentLaunch, framing: Framing) -> Overlay:
    """Words and the newest id, for the whole class."""
    worded = session.execute(WORDED, {"course": launch.course_id}).all()
    codes = masteries.codes_by_key(session, framing) if worded else {}
    commented: dict[int, set[str]] = {}
    for learner, node in worded:
        if node in codes:
            commented.setdefault(learner, set()).add(codes[node])
    return Overlay(
        {learner: frozenset(found) for learner, found in commented.items()},
        latest_id(session, launch.course_id),
    )


def latest_id(session: Session, course_id: int) -> int:
    """The newest assessment's id in the course, 0 without any."""
    newest = session.scalar(
        select(func.max(Assessment.id)).where(Assessment.course_id == course_id)
    )
    return newest or 0


def changes(session: Session, launch: CurrentLaunch, framing: Framing, since: int) -> Changes:
    """What a page that has seen everything up to ``since`` does not know yet."""
    codes = masteries.codes_by_key(session, framing)
    found = standings.of_activity(session, launch)
    states = {learner: worst(several) for learner, several in found.items()}
    rows = session.execute(
        select(Assessment.id, Assessment.learner_id, Assessment.node_id, Assessment.author_id)
        .where(Assessment.course_id == launch.course_id, Assessment.id > since)
        .order_by(Assessment.id)
        .limit(MAX_CHANGES + 1)
    ).all()
    if len(rows) > MAX_CHANGES:
        return Changes(since, states=states, too_many=True)
    latest = rows[-1].id if rows else since
    pairs = {(row.learner_id, row.node_id) for row in rows if row.node_id in codes}
    others = Counter(
        row.author_id
        for row in {(row.learner_id, row.node_id): row for row in rows}.values()
        if row.node_id in codes and row.author_id not in (launch.user_id, None)
    )
    names = {
        user.id: people.spoken_name(user)
        for user in session.scalars(select(User).where(User.id.in_(others)))
    }
    return Changes(
        latest,
        tuple(cells(session, launch.course_id, framing, pairs, codes)),
        tuple((names[author], count) for author, count in others.most_common()),
        states,
    )


def cells(
    session: Session,
    course_id: int,
    framing: Framing,
    pairs: Iterable[Pair],
    codes: Mapping[int, str] | None = None,
) -> list[Cell]:
    """What these cells show now, in a stable order."""
    if codes is None:
        codes = masteries.codes_by_key(session, framing)
    wanted = sorted(pairs)
    found: list[Cell] = []
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        shown = {
            (learner, node): (level, mark)
            for learner, node, level, mark in session.execute(
                select(Mastery.learner_id, Mastery.node_id, Mastery.level, Mastery.code).where(
                    Mastery.course_id == course_id,
                    Mastery.rule == framing.mastery_key,
                    tuple_(Mastery.learner_id, Mastery.node_id).in_(chunk),
                )
            )
        }
        words = {
            (learner, node)
            for learner, node in session.execute(
                WORDED.where(tuple_(Assessment.learner_id, Assessment.node_id).in_(chunk)),
                {"course": course_id},
            )
        }
        for pair in chunk:
            level, mark = shown.get(pair, (None, ""))
            found.append(Cell(pair[0], codes[pair[1]], level, mark, pair in words))
    return found


def cells_of(
    session: Session,
    course_id: int,
    framing: Framing,
    places: Iterable[tuple[int, str]],
) -> list[Cell]:
    """The same by learner and competence code; competences never assessed anywhere are left out."""
    codes = masteries.codes_by_key(session, framing)
    keys = {code: key for key, code in codes.items()}
    pairs = {(learner, keys[code]) for learner, code in places if code in keys}
    return cells(session, course_id, framing, pairs, codes)


def cell_view(session: Session, launch: CurrentLaunch, learner_id: int, code: str) -> CellView:
    """One cell of the launch's activity. Raises ``NotFound`` for a person of another course or a
    competence outside the activity."""
    classroom.require_learner(session, launch, learner_id)
    framing = classroom.framing_of(session, launch)
    node = next((node for node in framing.competences if node.code == code), None)
    if node is None:
        raise NotFound("competence")
    found = cells_of(session, launch.course_id, framing, [(learner_id, code)])
    author = aliased(User)
    rows = session.execute(
        select(Assessment, author)
        .join(Assessment.node)
        .outerjoin(author, Assessment.author_id == author.id)
        .where(
            Assessment.course_id == launch.course_id,
            Assessment.learner_id == learner_id,
            NodeKey.uuid == node.uuid,
        )
        .order_by(Assessment.id.desc())
    ).all()
    return CellView(
        framing,
        node,
        tuple(framing.referential.ancestors(code)),
        found[0] if found else Cell(learner_id, code, None, "", False),
        tuple(
            Said(
                masteries.read_level(row.scale, row.level, framing.scale),
                row.code,
                row.comment,
                people.author_name(person, row.source),
                row.author_id == launch.user_id,
                row.created_at,
            )
            for row, person in rows
        ),
    )


def judged_last(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int], since: int
) -> dict[tuple[int, str], tuple[str, datetime, int]]:
    """Who judged each cell last after ``since``, when, and the entry's id; words alone left out."""
    codes = masteries.codes_by_key(session, framing)
    found: dict[tuple[int, str], tuple[str, datetime, int]] = {}
    for row, person in session.execute(
        select(Assessment, User)
        .outerjoin(User, Assessment.author_id == User.id)
        .where(
            Assessment.course_id == course_id,
            Assessment.id > since,
            Assessment.code != COMMENT,
            Assessment.learner_id.in_(learner_ids),
        )
        .order_by(Assessment.id)
    ):
        if row.node_id in codes:
            name = people.spoken_name(person) if person else ""
            found[row.learner_id, codes[row.node_id]] = (name, row.created_at, row.id)
    return found
