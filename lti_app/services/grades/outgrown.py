"""Gradebook columns that the activity's settings have outgrown: of a part that was let go of, or whose name changed.

Nothing happens to them unasked. A column goes with the grades in it, and its title may be a teacher's own by now.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.errors import NotFound
from lti_app.models import GradeSync, LineItem
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import columns
from lti_app.services.grades.rules_in_force import label
from lti_app.services.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Outgrown:
    """A column of a part. ``grades`` counts what was sent to it; ``title`` is the part's present one, empty for a
    column that is no longer asked for."""

    id: int
    label: str
    grades: int
    title: str = ""


def of(session: Session, resource_link_id: int, framing: Framing) -> list[Outgrown]:
    """The activity's outgrown columns that are in the gradebook, oldest first."""
    titles = {node.code: label(node) for node in framing.parts}
    rows = session.execute(
        select(LineItem, func.count(GradeSync.sent_at))
        .outerjoin(GradeSync, GradeSync.line_item_id == LineItem.id)
        .where(
            LineItem.resource_link_id == resource_link_id,
            LineItem.part != "",
            LineItem.url.is_not(None),
        )
        .group_by(LineItem.id)
        .order_by(LineItem.id)
    )
    found = (
        Outgrown(item.id, item.label, grades, titles.get(item.part, "") if item.active else "")
        for item, grades in rows
    )
    return [column for column in found if column.title != column.label]


def remove(parts: Wiring, launch: CurrentLaunch, column_id: int) -> str:
    """Deletes a column that is no longer asked for, with the grades in it; its title.

    Raises ``NotFound`` for any other column, ``ServiceError`` as the platform answers.
    """
    column = _one(parts, launch, column_id)
    if column.title:
        raise NotFound("column")
    columns.remove(parts, column_id)
    return column.label


def rename(parts: Wiring, launch: CurrentLaunch, column_id: int) -> str:
    """Gives a part's column the part's present title, which is returned. Raises as ``remove`` does."""
    column = _one(parts, launch, column_id)
    if not column.title:
        raise NotFound("column")
    columns.rename(parts, column_id, column.title)
    return column.title


def _one(parts: Wiring, launch: CurrentLaunch, column_id: int) -> Outgrown:
    with parts.store.read() as session:
        framing = classroom.framing_of(session, launch)
        for column in of(session, launch.resource_link_id, framing):
            if column.id == column_id:
                return column
    raise NotFound("column")
