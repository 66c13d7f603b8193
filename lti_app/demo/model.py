"""What the embedded LMS knows about: people, courses, activities, gradebook, tools.

The words are Moodle's where the two houses differ: an *activity* is a row of `mdl_lti`,
an *item* a gradebook column, a *grade* one cell of it. Everything is frozen; the store
hands out copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["editingteacher", "teacher", "student"]


@dataclass(frozen=True)
class User:
    """A person. `id` is what LTI calls `sub`; names are raw text, never HTML."""

    id: int
    username: str
    given: str
    family: str
    email: str = ""
    idnumber: str = ""
    admin: bool = False

    @property
    def name(self) -> str:
        """Given name, then family name, as Moodle's full name."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True)
class Course:
    """A Moodle course; `startdate` is a unix time, 0 when unset."""

    id: int
    shortname: str
    fullname: str
    idnumber: str = ""
    startdate: int = 0


@dataclass(frozen=True)
class Enrolment:
    """One person's role in one course. A suspended person stays gradable."""

    course_id: int
    user_id: int
    role: Role
    active: bool = True


@dataclass(frozen=True)
class Activity:
    """An external-tool activity. `id` is the LTI resource link id, `cmid` its place.

    `grade` is the maximum in points, None for an ungraded activity; with `scale` (names of
    the levels, lowest first) the activity is graded by level instead. `custom` holds the
    activity's own custom parameters; `tool_url` empty means the tool's own target.
    """

    id: int
    cmid: int
    course_id: int
    name: str
    intro: str = ""
    tool_url: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    grade: float | None = 20
    scale: tuple[str, ...] = ()
    resource_id: str = ""
    tag: str = ""
    review_url: str = ""
    review_custom: Mapping[str, str] = field(default_factory=dict)
    type_id: int = 1


@dataclass(frozen=True)
class Item:
    """A gradebook column.

    A *coupled* item (`itemtype` « mod ») belongs to an activity; a *standalone* one
    (« manual ») was made by a tool over AGS; « course » is the course total.
    `link_id` is the activity a tool tied it to.
    """

    id: int
    course_id: int
    itemtype: Literal["mod", "manual", "course"]
    activity_id: int | None
    link_id: int | None
    type_id: int | None
    label: str
    maximum: float
    scale: tuple[str, ...] = ()
    resource_id: str = ""
    tag: str = ""
    review_url: str = ""
    review_custom: Mapping[str, str] = field(default_factory=dict)
    locked: int = 0

    @property
    def coupled(self) -> bool:
        """Whether the column belongs to an activity (its teacher's edits are protected)."""
        return self.itemtype == "mod"


@dataclass(frozen=True)
class Grade:
    """One cell of the gradebook. Times are unix seconds; 0 or None mean « never ».

    `raw` is what the tool sent (activity columns only), `final` what counts and is shown,
    `overridden` when a teacher took the cell over, `usermodified` who edited it last.
    """

    item_id: int
    user_id: int
    raw: float | None = None
    final: float | None = None
    feedback: str | None = None
    feedback_format: int = 0
    overridden: int = 0
    locked: int = 0
    usermodified: int = 0
    timemodified: int | None = None


@dataclass(frozen=True)
class Tool:
    """A registered tool (`mdl_lti_types`). `id` is the deployment id.

    `gradesync` is 0 (no AGS), 1 (scores and reading) or 2 (columns too); `send_name` and
    `send_email` are the privacy settings; `active` is False until an administrator accepts
    a tool that registered itself.
    """

    id: int
    name: str
    client_id: str
    tool_url: str
    initiate_login_uri: str
    redirect_uris: tuple[str, ...]
    jwks_url: str
    deep_linking_url: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""
    description: str = ""
    gradesync: int = 2
    memberships: bool = True
    toolsettings: bool = False
    basic_outcomes: bool = True
    send_name: bool = True
    send_email: bool = True
    active: bool = True


@dataclass(frozen=True)
class Launch:
    """A message about to be sent: made by launch.php, used up by auth.php."""

    id: str
    user_id: int
    course_id: int
    type_id: int
    activity_id: int | None
    message_type: str
    for_user_id: int | None = None


@dataclass(frozen=True)
class Seed:
    """Who and what a new LMS starts with."""

    users: tuple[User, ...]
    courses: tuple[Course, ...]
    enrolments: tuple[Enrolment, ...]
    activities: tuple[Activity, ...]
