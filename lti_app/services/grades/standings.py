"""Where the grades of a class stand in the gradebook, in every column of the activity: its own, and those of
its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from lti_app.models import GradeSync, LineItem, Platform, SyncState
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import overruled
from lti_app.services.grades.overruled import THEIRS, Overruled

FAILED, WAITING = SyncState.FAILED.value, SyncState.WAITING.value


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner's grade in one column. ``state`` is ``none``, ``waiting``, ``sent``, ``failed`` or ``theirs``,
    ``error`` the key of the sentence that says why (services.grades.sync_texts). ``part`` is the code of the
    part whose column it is, with that column's title in ``label``; both are empty for the activity's own."""

    state: str = "none"
    error: str = ""
    theirs: Overruled | None = None
    column_id: int = 0
    part: str = ""
    label: str = ""
    score: Decimal | None = None
    maximum: Decimal | None = None


Standings = Mapping[int, Sequence[Standing]]
"""By learner, the activity's own column first."""


def of_activity(
    session: Session, launch: CurrentLaunch, learner_ids: Iterable[int] | None = None
) -> Standings:
    """Of everybody with a wanted grade, or of these learners. A few values of each row; whole rows are read
    only of grades that were changed over there."""
    concerned = [LineItem.resource_link_id == launch.resource_link_id, LineItem.active]
    if learner_ids is not None:
        concerned.append(GradeSync.learner_id.in_(list(learner_ids)))
    platform = session.get_one(Platform, launch.platform_id)
    changed = {
        row.id: theirs
        for row in session.scalars(
            select(GradeSync)
            .join(GradeSync.line_item)
            .where(*concerned, GradeSync.overridden)
            .options(contains_eager(GradeSync.line_item))
        )
        if (theirs := overruled.of(row, platform)) is not None
    }
    found: dict[int, list[Standing]] = {}
    for row in session.execute(
        select(
            GradeSync.id,
            GradeSync.learner_id,
            GradeSync.state,
            GradeSync.error,
            GradeSync.score,
            GradeSync.maximum,
            GradeSync.line_item_id,
            LineItem.part,
            LineItem.label,
        )
        .join(GradeSync.line_item)
        .where(*concerned)
        .order_by(LineItem.part != "", LineItem.id)
    ):
        theirs = changed.get(row.id)
        found.setdefault(row.learner_id, []).append(
            Standing(
                THEIRS if theirs else row.state,
                row.error,
                theirs,
                row.line_item_id,
                row.part,
                row.part and (row.label or row.part),
                row.score,
                row.maximum,
            )
        )
    return found


def worst(standings: Iterable[Standing]) -> Standing:
    """The one that needs somebody most: a mark that speaks for all the learner's columns."""
    return min(standings, key=_rank, default=Standing())


def _rank(standing: Standing) -> int:
    if standing.state == FAILED:
        return 0
    if standing.theirs is not None:
        return 1 if standing.theirs.open else 3
    return 2 if standing.state == WAITING else 4
