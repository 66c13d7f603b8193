"""Addresses of the LMS's services, written as Moodle writes them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


class Addresses:
    """Builds the absolute addresses of one LMS from its issuer."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.lti = f"{issuer}/mod/lti"
        self.services = f"{self.lti}/services.php"
        self.outcomes = f"{self.lti}/service.php"

    def lineitems(self, course_id: int, type_id: int) -> str:
        """The columns of a course, as one tool sees them."""
        return f"{self.services}/{course_id}/lineitems?type_id={type_id}"

    def lineitem(self, course_id: int, item_id: int, type_id: int) -> str:
        """One column."""
        return f"{self.services}/{course_id}/lineitems/{item_id}/lineitem?type_id={type_id}"

    def result(self, course_id: int, item_id: int, type_id: int, user_id: int) -> str:
        """One person's result in a column."""
        return (
            f"{self.services}/{course_id}/lineitems/{item_id}/lineitem/results"
            f"?type_id={type_id}&user_id={user_id}"
        )

    def memberships(self, course_id: int, type_id: int) -> str:
        """The roster of a course."""
        return f"{self.services}/CourseSection/{course_id}/bindings/{type_id}/memberships"

    def settings(self, course_id: int, type_id: int) -> dict[str, str]:
        """The tool-settings addresses; Moodle leaves `{link_id}` unreplaced."""
        return {
            "context_setting_url": f"{self.services}/CourseSection/{course_id}"
            f"/bindings/tool/{type_id}/custom",
            "link_setting_url": f"{self.services}/links/{{link_id}}/custom",
            "system_setting_url": f"{self.services}/tool/{type_id}/custom",
        }

    def page(self, path: str, query: Mapping[str, object]) -> str:
        """A page under /mod/lti with a query, in the given order."""
        return f"{self.lti}/{path}?{urlencode(query)}"
