"""Two teachers in one class: an entry never overwrites unseen what a colleague entered meanwhile.

Each entry says how far its page had read the course's assessments when it was typed (``base``, an
assessment's id). If somebody else judged that cell after it, and differently, the entry is not
recorded: both are shown, and the person decides. An entry typed after seeing the colleague's goes
through like any other. What a page could not send and a later one sends in its place (``left``) does not
overwrite its own author's newer entry either, made on yet another page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import Assessment, User
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import masteries, people
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import CurrentLaunch
from referential.occasions import COMMENT


@dataclass(frozen=True, slots=True)
class Based:
    """An entry and the newest assessment its page knew; ``base`` None: it was entered on purpose
    over whatever is there. ``left``: an earlier page could not send it."""

    entry: Entry
    base: int | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """An entry that was held back, and what stands in its cell: a colleague's ``level`` (or ``mark``)
    and words, or the person's ``own``. ``id`` is what the entry has to be based on to replace it."""

    entry: Entry
    level: int | None
    mark: str
    comment: str
    author: str
    at: datetime
    id: int
    own: bool


@dataclass(slots=True)
class _Cell:
    """How a cell stood at the base, and the newest that was done to it since, elsewhere."""

    comment: str = ""
    judged: Assessment | None = None
    worded: Assessment | None = None


def split(
    session: Session, launch: CurrentLaunch, framing: Framing, posted: Sequence[Based]
) -> tuple[list[Entry], list[Clash]]:
    """The entries to record, and those that clash. To be called after ``masteries.hold``, in the
    transaction that records."""
    codes = masteries.codes_by_key(session, framing)
    bases = [one.base for one in posted if one.base is not None]
    if not bases:
        return [one.entry for one in posted], []
    keys = {code: key for key, code in codes.items()}
    since = select(Assessment.learner_id, Assessment.node_id).where(
        Assessment.course_id == launch.course_id, Assessment.id > min(bases)
    )
    if not any(one.left for one in posted):
        since = since.where(Assessment.author_id.is_distinct_from(launch.user_id))
    busy = {(learner, node) for learner, node in session.execute(since)}
    clear: list[Entry] = []
    clashes: list[Clash] = []
    for one in posted:
        pair = (one.entry.learner_id, keys.get(one.entry.code, 0))
        clash = None
        if one.base is not None and pair in busy:
            clash = _clash(session, launch, framing, one, pair)
        if clash is None:
            clear.append(one.entry)
        else:
            clashes.append(clash)
    return clear, clashes


def _clash(
    session: Session,
    launch: CurrentLaunch,
    framing: Framing,
    based: Based,
    pair: tuple[int, int],
) -> Clash | None:
    entry = based.entry
    cell = _cell(session, launch, pair, based)
    newest = cell.judged or cell.worded
    if newest is None:
        return None
    theirs, mark = None, ""
    if cell.judged is not None:
        theirs = masteries.read_level(cell.judged.scale, cell.judged.level, framing.scale)
        mark = cell.judged.code
    judged = cell.judged is not None and (theirs, mark) != (entry.level, entry.mark or "")
    worded = (
        cell.worded is not None
        and entry.comment is not None
        and cell.worded.comment not in (cell.comment, entry.comment.strip())
    )
    if not (judged or worded):
        return None
    last = max((row for row in (cell.judged, cell.worded) if row), key=lambda row: row.id)
    if cell.judged is None:
        theirs, mark = entry.level, entry.mark or ""
    author = session.get(User, last.author_id) if last.author_id else None
    return Clash(
        entry,
        theirs,
        mark,
        last.comment,
        people.spoken_name(author) if author else "",
        last.created_at,
        last.id,
        last.author_id == launch.user_id,
    )


def _cell(session: Session, launch: CurrentLaunch, pair: tuple[int, int], based: Based) -> _Cell:
    found = _Cell()
    for row in session.scalars(
        select(Assessment)
        .where(
            Assessment.course_id == launch.course_id,
            Assessment.learner_id == pair[0],
            Assessment.node_id == pair[1],
        )
        .order_by(Assessment.id)
    ):
        if row.id <= (based.base or 0):
            found.comment = row.comment
        elif row.author_id == launch.user_id and not based.left:
            found.judged = None if row.code != COMMENT else found.judged
        else:
            found.worded = row
            if row.code != COMMENT:
                found.judged = row
    return found
