"""Who is looking at a page, from which launch: what every view and service is scoped by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TEACHER = "teacher"
LEARNER = "learner"
ADMINISTRATOR = "administrator"
CHOOSER = "chooser"  # a teacher who is placing an activity: a deep-linking launch


@dataclass(frozen=True, slots=True)
class CurrentLaunch:
    """A launch that is still valid, in this browser tab.

    ``session_id`` stands in the address of each page; ``roles`` holds ``teacher``, ``learner`` and/or
    ``administrator``; an administrator may do what a teacher may. A deep-linking launch has the role
    ``chooser`` alone, ``resource_link_id`` 0, and the platform's settings in ``deep_linking``.
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
    expires_at: datetime
    return_url: str | None
    deep_linking: Mapping[str, Any] | None = None
    latest_end: datetime | None = None  # no end is later; None as long as the first end holds

    @property
    def may_teach(self) -> bool:
        return bool(self.roles & {TEACHER, ADMINISTRATOR})
