"""Which grades a change of rules would change, said before it is made; and making it.

The preview works everything out from the judgements under the new rules and stores nothing. It carries a
fingerprint: when the class changed between looking and confirming, the change is not made but shown
again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import GradeSync, LineItem, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing, LinkSettings
from lti_app.services.classes import classroom, masteries, people
from lti_app.services.classes.masteries import State
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import rules_in_force, wanted_grades
from lti_app.services.grades.wanted_grades import NOTHING, Wanted
from referential.model import Node

Cell = tuple[int, str]  # learner and part


@dataclass(frozen=True, slots=True)
class Change:
    """One learner's grade in one column, as it is (None: none yet) and as it would be (None: none, since
    nothing in the part is assessed, or since the column would get no more grades)."""

    learner_id: int
    name: str
    part: str
    before: Wanted | None
    after: Wanted | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What new settings would do. ``changes`` are in class-list order, by column; ``same`` counts the
    grades that stay, ``levels`` the competences of learners that would be shown at another level.
    ``new_columns`` would be made in the gradebook, ``left_columns`` stay there without new grades.
    """

    framing: Framing
    changes: tuple[Change, ...]
    same: int
    levels: int
    new_columns: tuple[Node, ...]
    left_columns: tuple[str, ...]
    fingerprint: str

    @property
    def changed(self) -> int:
        """Grades that would be others."""
        return sum(None not in (change.before, change.after) for change in self.changes)

    @property
    def added(self) -> int:
        """Grades that would come to the gradebook."""
        return sum(change.before is None for change in self.changes)

    @property
    def stopped(self) -> int:
        """Grades that would stay there without ever changing again."""
        return sum(change.after is None for change in self.changes)


def preview(session: Session, launch: CurrentLaunch, settings: LinkSettings) -> Preview:
    """What these settings would change in the launch's activity. Raises ``InputError`` for settings that
    cannot be resolved here."""
    link = session.get_one(ResourceLink, launch.resource_link_id)
    before = link_settings.framing(session, link)
    after = link_settings.framing(session, link, settings)
    pupils = classroom.learners(session, launch.course_id)
    ids = [user.id for user in pupils]
    states_before = masteries.states_by_learner(session, launch.course_id, before, ids)
    states_after = (
        states_before
        if after.mastery_key == before.mastery_key
        else masteries.worked_out(session, launch.course_id, after, ids)
    )
    items = {
        item.part: item
        for item in session.scalars(
            select(LineItem).where(LineItem.resource_link_id == link.id, LineItem.active)
        )
    }
    graded = _graded(session, link.id)
    changes: list[Change] = []
    same = 0
    columns = dict.fromkeys(["", *items, *(node.code for node in after.parts)])
    for user in pupils:
        for part in columns:
            old, new = (
                _cell(framing, items.get(part), part, states.get(user.id, NOTHING), graded, user.id)
                for framing, states in ((before, states_before), (after, states_after))
            )
            if _shown(old) == _shown(new):
                same += old is not None
            else:
                name = people.display_name(user)
                changes.append(Change(user.id, name, part, old, new))
    kept = {node.code for node in after.parts}
    return Preview(
        framing=after,
        changes=tuple(changes),
        same=same,
        levels=_levels_changed(states_before, states_after),
        new_columns=tuple(node for node in after.parts if node.code not in items),
        left_columns=tuple(item.label for part, item in items.items() if part and part not in kept),
        fingerprint=_fingerprint(settings, changes),
    )


def apply(
    session: Session,
    launch: CurrentLaunch,
    settings: LinkSettings,
    fingerprint: str,
    now: datetime,
) -> Preview | None:
    """Makes the change that was previewed, inside the session's transaction.

    Returns the preview as it is now, and changes nothing, when it is no longer the one that was seen.
    """
    masteries.hold(session, launch.course_id)
    current = preview(session, launch, settings)
    if current.fingerprint != fingerprint:
        return current
    link = session.get_one(ResourceLink, launch.resource_link_id)
    link_settings.change(link, settings)
    rules_in_force.take_effect(session, link, now)
    return None


def _cell(
    framing: Framing,
    item: LineItem | None,
    part: str,
    state: State,
    graded: set[Cell],
    learner_id: int,
) -> Wanted | None:
    if part and part not in {node.code for node in framing.parts}:
        return None
    column = wanted_grades.column_of(item or LineItem(part=part, kind="points"), framing)
    return wanted_grades.wanted(framing, column, state, once_wanted=(learner_id, part) in graded)


def _shown(found: Wanted | None) -> tuple[Decimal, Decimal] | None:
    return (found.score, found.maximum) if found else None


def _graded(session: Session, link_id: int) -> set[Cell]:
    """The cells of the gradebook that a grade was wanted for."""
    rows = session.execute(
        select(GradeSync.learner_id, LineItem.part)
        .join(GradeSync.line_item)
        .where(LineItem.resource_link_id == link_id)
    )
    return {(learner, part) for learner, part in rows}


def _levels_changed(before: Mapping[int, State], after: Mapping[int, State]) -> int:
    count = 0
    for learner in before.keys() | after.keys():
        old = before.get(learner, NOTHING).levels
        new = after.get(learner, NOTHING).levels
        count += sum(old.get(code) != new.get(code) for code in old.keys() | new.keys())
    return count


def _fingerprint(settings: LinkSettings, changes: list[Change]) -> str:
    told = [
        [change.learner_id, change.part, *map(str, (_shown(change.before), _shown(change.after)))]
        for change in changes
    ]
    text = json.dumps([settings.to_json(), told], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
