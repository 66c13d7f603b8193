"""Scales and competency frameworks, as Moodle's functions treat them."""

from __future__ import annotations

import json
from typing import Any

from tests.services.moodle.ground import Ground
from tests.services.moodle.refusals import (
    MANAGE,
    TAXONOMIES,
    VIEW,
    Refused,
    check_texts,
    invalid_data,
)


class Frameworks(Ground):
    """Scales and competency frameworks, as Moodle's functions treat them."""

    def do_get_scale_values(self, scaleid: Any) -> list[dict[str, Any]]:
        levels = self.scales.get(int(scaleid))
        if levels is None:
            raise Refused("Error", "", "Call to a member function load_items() on bool")
        return [{"id": number, "name": name} for number, name in enumerate(levels, 1)]

    def do_list_competency_frameworks(self, query: str = "", **_: Any) -> list[dict[str, Any]]:
        self.need(VIEW, MANAGE)
        asked = query.lower()
        return [
            one | {"canmanage": MANAGE in self.capabilities}
            for one in self.frameworks.values()
            if asked in one["shortname"].lower() or asked in one["idnumber"].lower()
        ]

    def do_create_competency_framework(self, competencyframework: dict[str, Any]) -> dict[str, Any]:
        self.need(MANAGE)
        made = {
            "shortname": competencyframework["shortname"],
            "idnumber": competencyframework["idnumber"],
            "description": competencyframework.get("description", ""),
            "descriptionformat": 1,
            "visible": bool(int(competencyframework.get("visible", 1))),
            "scaleid": int(competencyframework["scaleid"]),
            "scaleconfiguration": competencyframework["scaleconfiguration"],
            "contextid": int(competencyframework["contextid"]),
            "taxonomies": competencyframework.get("taxonomies", ""),
        }
        self._check_framework(made, None)
        made["id"] = self.number()
        self.frameworks[made["id"]] = made
        return made

    def do_update_competency_framework(self, competencyframework: dict[str, Any]) -> bool:
        self.need(MANAGE)
        number = int(competencyframework["id"])
        changed = self.frameworks[number] | competencyframework
        changed |= {"id": number, "scaleid": int(changed["scaleid"])}
        used = any(self.competencies[one]["competencyframeworkid"] == number for one in self.rated)
        if used and changed["scaleid"] != self.frameworks[number]["scaleid"]:
            raise invalid_data("This scale cannot be changed as it is already being used.")
        self._check_framework(changed, number)
        self.frameworks[number] = changed
        return True

    def do_delete_competency_framework(self, id: Any) -> bool:
        self.need(MANAGE)
        members = self.members(int(id))
        if self._used(members):
            return False
        for one in members:
            del self.competencies[one]
        del self.frameworks[int(id)]
        return True

    def _check_framework(self, one: dict[str, Any], number: int | None) -> None:
        check_texts(one)
        if any(
            other["idnumber"] == one["idnumber"] and other["id"] != number
            for other in self.frameworks.values()
        ):
            raise invalid_data("This ID number is already in use")
        if one["scaleid"] not in self.scales:
            raise invalid_data("Invalid scale ID")
        levels = json.loads(one["scaleconfiguration"])
        if (
            not levels
            or int(levels[0].get("scaleid", 0)) != one["scaleid"]
            or not any(level["scaledefault"] for level in levels[1:])
            or not any(level["proficient"] for level in levels[1:])
        ):
            raise invalid_data(
                "The scale needs to be configured by selecting default and proficient values."
            )
        for word in one["taxonomies"].split(","):
            if word and word not in TAXONOMIES.split(","):
                raise invalid_data(f"Invalid taxonomy: {word}")
