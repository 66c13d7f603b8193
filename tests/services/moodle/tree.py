"""Competencies: their tree, order, rules and relations, as Moodle's functions treat them."""

from __future__ import annotations

from typing import Any

from tests.services.moodle.ground import Ground
from tests.services.moodle.refusals import (
    MANAGE,
    VIEW,
    coding_error,
    invalid_data,
)


class Tree(Ground):
    """Competencies: their tree, order, rules and relations, as Moodle's functions treat them."""

    def do_list_competencies(self, filters: list[dict[str, Any]], **_: Any) -> list[dict[str, Any]]:
        self.need(VIEW, MANAGE)
        wish = {one["column"]: str(one["value"]) for one in filters}
        return [
            dict(one)
            for one in self.competencies.values()
            if all(str(one[column]) == value for column, value in wish.items())
        ]

    def do_create_competency(self, competency: dict[str, Any]) -> dict[str, Any]:
        self.need(MANAGE)
        framework = int(competency["competencyframeworkid"])
        parent = int(competency.get("parentid") or 0)
        made: dict[str, Any] = {
            "shortname": competency["shortname"],
            "idnumber": competency["idnumber"],
            "description": competency.get("description", ""),
            "descriptionformat": 1,
            "sortorder": len(self.children(framework, parent)),
            "parentid": parent,
            "ruletype": None,
            "ruleoutcome": 0,
            "ruleconfig": None,
            "scaleid": None,
            "competencyframeworkid": framework,
        }
        self._check_competency(made)
        made["id"] = self.number()
        self.competencies[made["id"]] = made
        self._drop_rule(parent)
        return dict(made)

    def do_update_competency(self, competency: dict[str, Any]) -> bool:
        self.need(MANAGE)
        one = self._competency(competency["id"])
        kept = ("id", "sortorder", "parentid", "competencyframeworkid")
        changed = one | {key: value for key, value in competency.items() if key not in kept}
        changed["ruleoutcome"] = int(changed["ruleoutcome"])
        self._check_competency(changed)
        self._check_rule(changed)
        one.update(changed)
        return True

    def do_delete_competency(self, id: Any) -> bool:
        self.need(MANAGE)
        one = self._competency(id)
        family = [one["id"], *self._descendants(one["id"])]
        if self._used(family):
            return False
        self._drop_rule(one["parentid"])
        self._close_gap(one)
        for number in family:
            del self.competencies[number]
        self.relations = {pair for pair in self.relations if not set(pair) & set(family)}
        return True

    def do_set_parent_competency(self, competencyid: Any, parentid: Any) -> bool:
        self.need(MANAGE)
        one, parent = self._competency(competencyid), int(parentid)
        if parent == one["id"]:
            raise coding_error("Can not set a competency as a parent of itself.")
        if parent == one["parentid"]:
            raise coding_error("Can not move a competency to the same location.")
        if parent:
            self._competency(parent)
        if parent in self._descendants(one["id"]):
            for child in self.children(one["competencyframeworkid"], one["id"]):
                self._put_under(child, one["parentid"])
            self._drop_rule(one["id"])
        self._drop_rule(one["parentid"])
        self._drop_rule(parent)
        self._put_under(one, parent)
        return True

    def do_move_up_competency(self, id: Any) -> bool:
        return self._step(self._competency(id), -1)

    def do_move_down_competency(self, id: Any) -> bool:
        return self._step(self._competency(id), +1)

    def do_add_related_competency(self, competencyid: Any, relatedcompetencyid: Any) -> bool:
        self.need(MANAGE)
        one, other = self._competency(competencyid), self._competency(relatedcompetencyid)
        if one is other or one["competencyframeworkid"] != other["competencyframeworkid"]:
            raise invalid_data()
        self.relations.add((min(one["id"], other["id"]), max(one["id"], other["id"])))
        return True

    def do_remove_related_competency(self, competencyid: Any, relatedcompetencyid: Any) -> bool:
        self.need(MANAGE)
        pair = tuple(sorted((int(competencyid), int(relatedcompetencyid))))
        there = pair in self.relations
        self.relations -= {pair}  # type: ignore[arg-type]
        return there

    def do_tool_lp_data_for_related_competencies_section(self, competencyid: Any) -> dict[str, Any]:
        self.need(VIEW, MANAGE)
        number = int(competencyid)
        others = [
            self.competencies[pair[1] if pair[0] == number else pair[0]]
            for pair in sorted(self.relations)
            if number in pair
        ]
        return {
            "relatedcompetencies": [dict(one) for one in others],
            "showdeleterelatedaction": True,
        }
