"""The settings in force for one activity: what its custom parameters say, or what a teacher changed.

Custom parameters travel with the link: Moodle copies them when a course is duplicated or restored, so
the copy grades as the activity was *placed*. A later change in the tool is kept here only
(``ResourceLink.settings`` with ``"override": true``); launches leave it alone as long as the custom
parameters stay what they were, and it ends when somebody changes those in Moodle. A copy on the same
platform takes it over where the platform says what was copied (``services.activities.course_history``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app import logs
from lti_app.errors import InputError
from lti_app.models import Course, Deployment, ResourceLink
from lti_app.services.activities.framing import Framing, LinkSettings, resolve
from lti_app.services.referentials.catalogue import Catalogue

OVERRIDE = "override"


def current(link: ResourceLink) -> LinkSettings:
    """What holds now."""
    return LinkSettings.from_json(link.settings)


def placed(link: ResourceLink) -> LinkSettings:
    """What the custom parameters say, as of the latest launch."""
    return LinkSettings.from_json(link.custom_settings or link.settings)


def is_changed(link: ResourceLink) -> bool:
    """Whether a teacher's change in the tool holds instead of the custom parameters."""
    return bool(link.settings.get(OVERRIDE))


def follow(link: ResourceLink, said: LinkSettings | Mapping[str, Any]) -> bool:
    """Takes over what a launch's custom parameters say, if that is news; whether it was.

    News ends a change made in the tool. ``said`` may be as it is stored (services.activities.choosing_again).
    """
    wanted = said.to_json() if isinstance(said, LinkSettings) else dict(said)
    if link.custom_settings == wanted:
        return False
    link.custom_settings = wanted
    link.settings = dict(wanted)
    return True


def change(link: ResourceLink, settings: LinkSettings) -> None:
    """Keeps a teacher's change; one that leads back to the custom parameters ends the change."""
    wanted = settings.to_json()
    same = settings == placed(link)
    link.settings = wanted if same else {**wanted, OVERRIDE: True}


def catalogue_of(session: Session, course_id: int) -> Catalogue:
    """What the course's platform finds référentiels in."""
    platform_id = session.scalar(
        select(Deployment.platform_id)
        .join(Course, Course.deployment_id == Deployment.id)
        .where(Course.id == course_id)
    )
    return Catalogue(session, platform_id)


def framing(session: Session, link: ResourceLink, settings: LinkSettings | None = None) -> Framing:
    """What an activity covers, or would cover with these settings. Raises ``InputError`` if that cannot
    be resolved here."""
    return resolve(settings or current(link), catalogue_of(session, link.course_id))


def framings(session: Session, course_id: int) -> list[tuple[ResourceLink, Framing]]:
    """Every activity of the course with what it covers, oldest first. One whose référentiel or scale
    is no longer installed is left out, and logged: it can grade nothing."""
    links = session.scalars(
        select(ResourceLink).where(ResourceLink.course_id == course_id).order_by(ResourceLink.id)
    )
    catalogue = catalogue_of(session, course_id)
    found = []
    for link in links:
        try:
            found.append((link, resolve(current(link), catalogue)))
        except InputError as error:
            logs.event("activity cannot grade", resource_link=link.id, detail=str(error))
    return found
