"""External tools and their activities, as an administrator and a teacher make them by hand.

``register`` fills *Site administration > Plugins > External tool > Manage tools > configure a tool
manually* with the values that docs/connecter-moodle.md gives, field for field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.moodle.courses import Course
from tests.moodle.driver import Moodle
from tests.moodle.pages import MoodleError

EMBED_WITHOUT_BLOCKS = 3
NEW_WINDOW = 4
IN_ACTIVITY_CHOOSER = 2
ALWAYS = 1
SYNC_AND_COLUMNS = 2
USE_THIS_SERVICE = 1


@dataclass(frozen=True)
class ToolAddresses:
    """What the tool tells the administrator to type (``competences platform addresses``)."""

    tool_url: str
    initiate_login_url: str
    redirect_uris: str
    jwks_url: str
    content_selection_url: str

    @classmethod
    def printed(cls, lines: str) -> ToolAddresses:
        """Read from what the command prints: the English name of Moodle's field, a tab, the value."""
        values = dict(line.split("\t", 1) for line in lines.splitlines())
        return cls(
            tool_url=values["Tool URL"],
            initiate_login_url=values["Initiate login URL"],
            redirect_uris=values["Redirection URI(s)"],
            jwks_url=values["Public keyset"],
            content_selection_url=values["Content selection URL"],
        )


@dataclass(frozen=True)
class Tool:
    """A registered tool: ``id`` is Moodle's number of it, the rest what Moodle shows in *Tool
    configuration details*."""

    id: int
    name: str
    client_id: str
    deployment_id: str


@dataclass(frozen=True)
class Activity:
    """An activity of the tool; ``cmid`` is the number in the address of its page."""

    cmid: int
    name: str
    course: Course


@contextmanager
def temporary_tool(
    admin: Moodle, name: str, addresses: ToolAddresses, **changed: Any
) -> Iterator[Tool]:
    """A registered tool; deleted at the end, its activities then lead nowhere."""
    tool = register(admin, name, addresses, **changed)
    try:
        yield tool
    finally:
        admin.ajax("mod_lti_delete_tool_type", id=tool.id)


def register(admin: Moodle, name: str, addresses: ToolAddresses, **changed: Any) -> Tool:
    """Declares the tool by hand. ``changed`` sets further fields of the form or other values.

    Raises ``MoodleError`` with Moodle's words if the form is refused.
    """
    page = admin.get(
        "mod/lti/typessettings.php", action="add", returnto="toolconfigure", sesskey=admin.sesskey
    )
    form = page.form_with("lti_typename").fill(
        lti_typename=name,
        lti_toolurl=addresses.tool_url,
        lti_ltiversion="1.3.0",
        lti_keytype="JWK_KEYSET",
        lti_publickeyset=addresses.jwks_url,
        lti_initiatelogin=addresses.initiate_login_url,
        lti_redirectionuris=addresses.redirect_uris,
        lti_coursevisible=IN_ACTIVITY_CHOOSER,
        lti_launchcontainer=EMBED_WITHOUT_BLOCKS,
        lti_contentitem=1,
        lti_toolurl_ContentItemSelectionRequest=addresses.content_selection_url,
        ltiservice_gradesynchronization=SYNC_AND_COLUMNS,
        ltiservice_memberships=USE_THIS_SERVICE,
        lti_sendname=ALWAYS,
        lti_acceptgrades=ALWAYS,
    )
    admin.submit(form.fill(**changed).press("submitbutton"))
    return find(admin, name)


def find(admin: Moodle, name: str) -> Tool:
    """The tool of this name. Raises ``MoodleError`` if there is none."""
    types = admin.ajax("mod_lti_get_tool_types")
    found = next((kind for kind in types if kind["name"] == name), None)
    if found is None:
        raise MoodleError(f"no tool named {name}; Moodle has {[kind['name'] for kind in types]}")
    return Tool(found["id"], name, found["clientid"], str(found["deploymentid"]))


def add_activity(
    who: Moodle,
    course: Course,
    tool: Tool,
    name: str,
    *,
    custom: Mapping[str, str] | None = None,
    maximum: float | None = 20,
    section: int = 1,
    **changed: Any,
) -> Activity:
    """Adds an activity of the tool to a section of the course, as the activity chooser does.

    ``custom`` are its custom parameters; ``maximum`` the points of its grade, ``None`` for no grade.
    """
    page = who.get(
        "course/modedit.php",
        **{"add": "lti", "course": course.id, "section": section, "typeid": tool.id, "return": 0},
    )
    form = page.form_with("instructorcustomparameters").fill(
        name=name,
        instructorcustomparameters="\n".join(f"{k}={v}" for k, v in (custom or {}).items()),
    )
    if maximum is None:
        form.fill(**{"grade[modgrade_type]": "none"})
    else:
        form.fill(**{"grade[modgrade_type]": "point", "grade[modgrade_point]": maximum})
    page = who.submit(form.fill(**changed).press("submitbutton"))
    number = re.search(r"[?&]id=(\d+)", page.url)
    if "/mod/lti/view.php" not in page.url or not number:
        raise MoodleError(f"the activity was not saved: {page.words[:300]}")
    return Activity(int(number[1]), name, course)
