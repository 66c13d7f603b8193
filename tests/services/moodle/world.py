"""A Moodle's competencies in memory, behaving as Moodle 4.5.6 was seen to behave.

Each rule here was recorded against a real Moodle or read in its source (``competency/classes/api.php``,
``competency.php``, ``competency_rule_points.php``): what it refuses and with which error code, that a new or
moved competency becomes the last of its siblings, that touching children drops the parent's rule, that
moving under a descendant tears the children away, that what is used is not removed.
``tests/moodle/test_push.py`` drives the same pushes through a real one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.services.moodle.courses import Courses
from tests.services.moodle.frameworks import Frameworks
from tests.services.moodle.refusals import not_found
from tests.services.moodle.tree import Tree


class World(Frameworks, Tree, Courses):
    """One Moodle, called as its web service is."""

    def call(self, function: str, arguments: dict[str, Any]) -> Any:
        """One web-service call. Raises ``Refused``, or ``ConnectionError`` when told to fail."""
        self.log.append(function)
        if self.fail_at is not None and len(self.log) >= self.fail_at:
            raise ConnectionError(f"broken at call {len(self.log)}")
        name = function.removeprefix("core_competency_")
        method: Callable[..., Any] | None = getattr(self, f"do_{name}", None)
        if method is None:
            raise not_found("external_functions")
        return method(**arguments)
