"""What follows when an activity is placed or grades by other rules: columns, masteries, wanted grades."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import LineItem, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.deep_linking import TAG, resource_id
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import masteries
from lti_app.services.grades import column_kinds, wanted_grades
from lti_app.services.sync import claims
from referential.model import Node

MAX_LABEL = 250  # characters; Moodle keeps 255


def take_effect(session: Session, link: ResourceLink, now: datetime) -> None:
    """Brings everything that depends on the activity's settings in step with them, inside the session's
    transaction. Raises ``InputError`` for settings that cannot be resolved here."""
    framing = link_settings.framing(session, link)
    masteries.hold(session, link.course_id)
    session.flush()
    again = settle_columns(session, link, framing)
    for item in wanted_grades.columns(session, link.course_id):
        if item.resource_link_id == link.id and item.maximum is not None:
            column_kinds.settle(item, item.maximum)
    masteries.follow_rules(session, link.course_id)
    wanted_grades.refresh_course(session, link.course_id, now)
    for item in again:
        claims.column_opens(session, item.id, now)


def settle_columns(session: Session, link: ResourceLink, framing: Framing) -> list[LineItem]:
    """Asks for the columns of parts that the settings name (``services.grades.columns`` makes them at the platform),
    and lets go of those they no longer name: these stay in the gradebook with the grades they hold. The
    columns that were let go and are named again."""
    known = {
        item.part: item
        for item in session.scalars(select(LineItem).where(LineItem.resource_link_id == link.id))
    }
    named = {node.code: node for node in framing.parts}
    again = [item for part, item in known.items() if part in named and not item.active]
    for part, item in known.items():
        item.active = not part or part in named
    for item in again:
        item.look_at = None
    for code, node in named.items():
        if code not in known:
            session.add(
                LineItem(
                    resource_link_id=link.id,
                    part=code,
                    label=label(node),
                    resource_id=_resource_id(session, link, framing, code),
                    tag=TAG,
                )
            )
    session.flush()
    return again


def label(node: Node) -> str:
    """The title of a part's column: « P1 Production de services »."""
    text = f"{node.code} {node.label}".strip()
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1].rstrip() + "…"


def _resource_id(session: Session, link: ResourceLink, framing: Framing, part: str) -> str:
    """What the column is found by again, also in a copy of the course: what the activity covers and
    the part. Two activities of one course that cover the same get a column each."""
    wanted = f"{resource_id(framing.settings)}#{part}"
    taken = session.scalar(
        select(LineItem.id)
        .join(LineItem.resource_link)
        .where(ResourceLink.course_id == link.course_id, LineItem.resource_id == wanted)
        .limit(1)
    )
    return wanted if taken is None else f"{wanted}~{link.lti_id}"
