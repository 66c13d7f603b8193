"""A copied or restored course takes over what teachers had changed in the one it came from.

Custom parameters travel with a copy, changes made in the tool do not: they are kept with the activity here.
``Context.id.history``, which the registration asks for as ``context_history``, names the courses that this
one was copied from, nearest first (LTI 1.3 Core, appendix B.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app import logs
from lti_app.errors import InputError
from lti_app.models import Course, Deployment, ResourceLink
from lti_app.services.activities import link_settings

PARAMETER = "context_history"
FARTHEST = 10  # courses back: one school year each


def take_over(session: Session, link: ResourceLink, custom: Mapping[str, Any]) -> bool:
    """Gives a new activity the changes of the one it was copied from; whether there were any.

    That one has the same custom parameters; of several, the one with the same title.
    """
    for course_id in _earlier(session, link.course_id, custom):
        found = _original(session, course_id, link)
        if found is None:
            continue
        if not link_settings.is_changed(found):
            return False
        try:
            link_settings.framing(session, link, link_settings.current(found))
        except InputError:
            return False
        link.settings = dict(found.settings)
        logs.event("settings taken over", resource_link=link.id, original=found.id)
        return True
    return False


def _earlier(session: Session, course_id: int, custom: Mapping[str, Any]) -> Iterator[int]:
    """The courses of the same platform that the history names, nearest first."""
    history = custom.get(PARAMETER)
    if not isinstance(history, str):
        return
    platform = (
        select(Deployment.platform_id)
        .join(Course, Course.deployment_id == Deployment.id)
        .where(Course.id == course_id)
        .scalar_subquery()
    )
    for context_id in [part.strip() for part in history.split(",")][:FARTHEST]:
        yield from session.scalars(
            select(Course.id)
            .join(Course.deployment)
            .where(
                Deployment.platform_id == platform,
                Course.context_id == context_id,
                Course.id != course_id,
            )
            .order_by(Course.id)
        )


def _original(session: Session, course_id: int, link: ResourceLink) -> ResourceLink | None:
    rows = session.scalars(select(ResourceLink).where(ResourceLink.course_id == course_id))
    same = [row for row in rows if row.custom_settings == link.custom_settings]
    named = [row for row in same if row.title == link.title]
    found = named or same
    return found[0] if len(found) == 1 else None
