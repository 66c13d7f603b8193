"""The state of a Moodle's competencies, and what all its functions rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.services.moodle.refusals import (
    ALL,
    COURSES,
    MANAGE,
    POINTS,
    TEMPLATES,
    VIEW,
    Refused,
    check_texts,
    coding_error,
    invalid_data,
    not_found,
)


@dataclass
class Ground:
    """The state of one Moodle. ``rated`` are ids of competencies somebody has a rating for."""

    scales: dict[int, list[str]] = field(default_factory=dict)
    frameworks: dict[int, dict[str, Any]] = field(default_factory=dict)
    competencies: dict[int, dict[str, Any]] = field(default_factory=dict)
    relations: set[tuple[int, int]] = field(default_factory=set)
    rated: set[int] = field(default_factory=set)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    """Ratings in the order they were given; ``rate`` gives one as a teacher does in Moodle's pages."""
    people: dict[int, str] = field(default_factory=lambda: {2: "Admin User"})
    students: set[int] = field(default_factory=set)
    now: int = 1_795_000_000
    courses: dict[int, list[int]] = field(default_factory=dict)
    templates: dict[int, dict[str, Any]] = field(default_factory=dict)
    capabilities: set[str] = field(default_factory=lambda: {VIEW, MANAGE, TEMPLATES, COURSES})
    log: list[str] = field(default_factory=list)
    fail_at: int | None = None
    """The number of the call, from 1, at which the connection breaks before anything is done."""
    _last: int = 0

    # -- calls

    def number(self) -> int:
        self._last += 1
        return self._last

    def need(self, *capabilities: str) -> None:
        """One of these is enough."""
        if not self.capabilities & set(capabilities):
            raise Refused(
                "required_capability_exception",
                "nopermissions",
                "Sorry, but you do not currently have permissions to do that.",
            )

    def members(self, framework: int) -> list[int]:
        return [
            number
            for number, one in self.competencies.items()
            if one["competencyframeworkid"] == framework
        ]

    def children(self, framework: int, parent: int) -> list[dict[str, Any]]:
        """In the order Moodle shows them."""
        found = [
            one
            for one in self.competencies.values()
            if one["competencyframeworkid"] == framework and one["parentid"] == parent
        ]
        return sorted(found, key=lambda one: (one["sortorder"], one["id"]))

    def _competency(self, number: Any) -> dict[str, Any]:
        try:
            return self.competencies[int(number)]
        except KeyError:
            raise not_found("competency") from None

    def _course(self, number: Any) -> list[int]:
        try:
            return self.courses[int(number)]
        except KeyError:
            raise not_found("course") from None

    def _visible(self, number: Any, verb: str) -> int:
        one = self._competency(number)
        if not self.frameworks[one["competencyframeworkid"]]["visible"]:
            raise coding_error(f"A competency belonging to hidden framework can not be {verb}")
        return int(one["id"])

    def _used(self, numbers: list[int]) -> bool:
        linked = {one for course in self.courses.values() for one in course}
        planned = {one for template in self.templates.values() for one in template["competencies"]}
        return bool(set(numbers) & (self.rated | linked | planned))

    def _descendants(self, number: int) -> list[int]:
        children = [one["id"] for one in self.competencies.values() if one["parentid"] == number]
        return [*children, *(deeper for child in children for deeper in self._descendants(child))]

    def _drop_rule(self, number: int) -> None:
        if number:
            self.competencies[number] |= {"ruletype": None, "ruleoutcome": 0, "ruleconfig": None}

    def _put_under(self, one: dict[str, Any], parent: int) -> None:
        place = len(self.children(one["competencyframeworkid"], parent))
        self._close_gap(one)
        one["parentid"], one["sortorder"] = parent, place

    def _close_gap(self, one: dict[str, Any]) -> None:
        for other in self.children(one["competencyframeworkid"], one["parentid"]):
            if other["sortorder"] > one["sortorder"]:
                other["sortorder"] -= 1

    def _step(self, one: dict[str, Any], by: int) -> bool:
        self.need(MANAGE)
        siblings = self.children(one["competencyframeworkid"], one["parentid"])
        place = one["sortorder"] + by
        if place < 0 or (by > 0 and one["sortorder"] >= len(siblings) - 1):
            return False
        for other in siblings:
            if other["sortorder"] == place:
                other["sortorder"] = place - by
        one["sortorder"] = place
        return True

    def _check_competency(self, one: dict[str, Any]) -> None:
        check_texts(one)
        if any(
            other["idnumber"] == one["idnumber"]
            and other["competencyframeworkid"] == one["competencyframeworkid"]
            and other["id"] != one.get("id")
            for other in self.competencies.values()
        ):
            raise invalid_data("This ID number is already in use")

    def _check_rule(self, one: dict[str, Any]) -> None:
        kind, config = one["ruletype"], one["ruleconfig"]
        if kind is None or (kind == ALL and config is None):
            return
        if kind != POINTS or config is None:
            raise invalid_data()
        rule = json.loads(config)
        ids = [int(share["id"]) for share in rule["competencies"]]
        total = sum(int(share["points"]) for share in rule["competencies"])
        children = {child["id"] for child in self.children(one["competencyframeworkid"], one["id"])}
        if not ids or not 1 <= int(rule["base"]["points"]) <= total or not set(ids) <= children:
            raise invalid_data()
