"""Names and Role Provisioning Services 2.0: who is in the course.

Moodle escapes names for HTML here, though not in launches; its ``next`` links are well-formed. A page
that points back to one already read ends the reading.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from lti_app.clients import pages
from lti_app.clients.foreign_json import words
from lti_app.clients.http import Answer, json_of
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import ServiceUnavailable

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
CONTAINER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MAX_ID = 255  # characters (LTI 1.3 Core §5.3.6); no launch names a longer one


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the roster tells it; names are unescaped, empty where privacy withholds them.
    ``sourced_id`` is the school's number for the person (Moodle: the user's ID number)."""

    user_id: str
    roles: tuple[str, ...]
    active: bool
    given_name: str
    family_name: str
    name: str
    sourced_id: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """Members as read, and where the platform will tell what changed since (NRPS 2.0 §2.4.3); None where
    it does not, as Moodle."""

    members: list[Member]
    changes_url: str | None


def members(connector: PlatformConnector, memberships_url: str) -> list[Member]:
    """All pages of ``read``, without the rest."""
    return read(connector, memberships_url).members


def read(connector: PlatformConnector, memberships_url: str) -> Roster:
    """All pages; of somebody on two of them, the later. Raises ``ServiceError`` as ``Http.request`` does;
    nothing is returned in part."""
    found: dict[str, Member] = {}
    changes: str | None = None

    def page(here: str) -> Answer:
        return connector.call("GET", here, (SCOPE,), accept=CONTAINER_TYPE)

    for answer in pages.answers(page, memberships_url, "roster"):
        found |= {member.user_id: member for member in _page(answer)}
        changes = pages.linked(answer, "differences", memberships_url, "roster") or changes
    return Roster(list(found.values()), changes)


def _page(response: Answer) -> list[Member]:
    body = json_of(response)
    listed = body.get("members") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        raise ServiceUnavailable("the roster holds no members", status=response.status)
    found = [_member(entry) for entry in listed if isinstance(entry, dict)]
    return [one for one in found if 0 < len(one.user_id) <= MAX_ID]


def _member(entry: dict[str, Any]) -> Member:
    roles = entry.get("roles")
    return Member(
        user_id=words(entry.get("user_id")),
        roles=tuple(r for r in roles if isinstance(r, str)) if isinstance(roles, list) else (),
        active=entry.get("status", "Active") == "Active",
        given_name=_name(entry, "given_name"),
        family_name=_name(entry, "family_name"),
        name=_name(entry, "name"),
        sourced_id=_name(entry, "lis_person_sourcedid"),
        username=_name(entry, "ext_user_username"),
    )


def _name(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    try:
        return html.unescape(value) if isinstance(value, str) else ""
    except ValueError:  # ``&#…;`` with more digits than Python reads
        return ""
