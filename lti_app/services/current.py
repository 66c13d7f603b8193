"""Who is looking at a page, from which launch: what every view and service is scoped by."""

from __future__ import annotations

from dataclasses import dataclass

TEACHER = "teacher"
LEARNER = "learner"
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class CurrentLaunch:
    """A launch that is still valid, in this browser tab.

    ``session_id`` stands in the address of each page; ``roles`` holds ``teacher``, ``learner`` and/or
    ``administrator``. An administrator may do what a teacher may.
    """

    session_id: str
    user_id: int
    user_name: str
    platform_id: int
    course_id: int
    course_title: str
    resource_link_id: int
    link_title: str
    roles: frozenset[str]
    locale: str
    return_url: str | None

    @property
    def may_teach(self) -> bool:
        return bool(self.roles & {TEACHER, ADMINISTRATOR})
