"""A Moodle's competencies in memory, behaving as Moodle 4.5.6 was seen to behave.

Each rule here was recorded against a real Moodle or read in its source (``competency/classes/api.php``,
``competency.php``, ``competency_rule_points.php``): what it refuses and with which error code, that a new or
moved competency becomes the last of its siblings, that touching children drops the parent's rule, that
moving under a descendant tears the children away, that what is used is not removed.
``tests/moodle/test_push.py`` drives the same pushes through a real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ALL = "core_competency\\competency_rule_all"
POINTS = "core_competency\\competency_rule_points"
MANAGE = "moodle/competency:competencymanage"
VIEW = "moodle/competency:competencyview"
TEMPLATES = "moodle/competency:templatemanage"
COURSES = "moodle/competency:coursecompetencymanage"
TAXONOMIES = (
    "behaviour,competency,concept,domain,indicator,level,outcome,practice,proficiency,skill,value"
)
TAG = re.compile(r"<\S|<\s*$")  # what PHP's strip_tags takes away
UNCLEAN = re.compile(r"<script|&(?!\w+;|#\d+;)|<(?![a-zA-Z/])")  # what HTML Purifier changes


class Refused(Exception):
    """An error as Moodle tells it; ``code`` is empty for an error of PHP itself."""

    def __init__(self, exception: str, code: str, message: str) -> None:
        super().__init__(message)
        self.exception, self.code, self.message = exception, code, message


def invalid_parameter() -> Refused:
    name = "core\\exception\\invalid_parameter_exception"
    return Refused(name, "invalidparameter", "Invalid parameter value detected")


def invalid_data(message: str = "Data submitted is invalid") -> Refused:
    return Refused(
        "core\\invalid_persistent_exception", "invalidpersistenterror", f"Error: {message}"
    )


def coding_error(message: str) -> Refused:
    text = f"Coding error detected, it must be fixed by a programmer: {message}"
    return Refused("core\\exception\\coding_exception", "codingerror", text)


def not_found(table: str) -> Refused:
    message = f"Can't find data record in database table {table}."
    return Refused("dml_missing_record_exception", "invalidrecord", message)


@dataclass
class World:
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

    # -- frameworks and scales

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
        _check_texts(one)
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

    # -- competencies

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

    # -- courses and templates

    def do_list_course_competencies(self, id: Any) -> list[dict[str, Any]]:
        linked = self._course(id)
        return [{"competency": dict(self.competencies[one])} for one in linked]

    def do_add_competency_to_course(self, courseid: Any, competencyid: Any) -> bool:
        linked = self._course(courseid)
        self.need(COURSES)
        one = self._visible(competencyid, "linked to course")
        if one in linked:
            return False
        linked.append(one)
        return True

    def do_tool_lp_data_for_course_competencies_page(
        self, courseid: Any, moduleid: Any
    ) -> dict[str, Any]:
        self._course(courseid)
        return {"canmanagecoursecompetencies": COURSES in self.capabilities}

    def do_grade_competency_in_course(
        self, courseid: Any, userid: Any, competencyid: Any, grade: Any, note: str = ""
    ) -> dict[str, Any]:
        if TAG.search(note):
            raise invalid_parameter()
        return self.rate(int(courseid), int(userid), int(competencyid), int(grade), note)

    def rate(
        self, course: int, user: int, competency: int, grade: int, note: str = "", by: int = 2
    ) -> dict[str, Any]:
        """A rating in a course, as the token's person (2) or a teacher in Moodle's own pages."""
        if competency not in self._course(course):
            raise coding_error(
                f"The competency does not belong to this course: {competency}, {course}"
            )
        if self.students and user not in self.students:
            raise coding_error("The competency may not be rated at this time.")
        self.rated.add(competency)
        self.now += 1
        made = {
            "id": self.number(),
            "course": course,
            "user": user,
            "competency": competency,
            "grade": grade,
            "note": note,
            "actionuserid": by,
            "actionuser": {"id": by, "fullname": self.people.get(by, "?")},
            "timecreated": self.now,
        }
        self.evidence.append(made)
        return dict(made)

    def _ratings(self, course: int, user: int, competency: int) -> list[dict[str, Any]]:
        wish = (course, user, competency)
        return [
            one for one in self.evidence if (one["course"], one["user"], one["competency"]) == wish
        ]

    def do_report_competency_data_for_report(
        self, courseid: Any, userid: Any, moduleid: Any
    ) -> dict[str, Any]:
        course, user = int(courseid), int(userid)
        if self.students and user not in self.students:
            raise Refused("moodle_exception", "usernotenrolled", "Not enrolled")
        found = []
        for competency in self._course(course):
            given = self._ratings(course, user, competency)
            one = self.competencies[competency]
            framework = self.frameworks[one["competencyframeworkid"]]
            found.append(
                {
                    "usercompetencycourse": {
                        "competencyid": competency,
                        "grade": given[-1]["grade"] if given else None,
                        "timemodified": given[-1]["timecreated"] if given else 1,
                    },
                    "competency": {"competency": dict(one), "scaleid": framework["scaleid"]},
                }
            )
        return {"courseid": course, "usercompetencies": found}

    def do_tool_lp_data_for_user_competency_summary_in_course(
        self, userid: Any, competencyid: Any, courseid: Any
    ) -> dict[str, Any]:
        given = self._ratings(int(courseid), int(userid), int(competencyid))
        return {"usercompetencysummary": {"evidence": [dict(one) for one in reversed(given)]}}

    def do_list_templates(self, **_: Any) -> list[dict[str, Any]]:
        return [dict(one) for one in self.templates.values()]

    def do_create_template(self, template: dict[str, Any]) -> dict[str, Any]:
        self.need(TEMPLATES)
        _check_texts(template)
        made = {"id": self.number(), "competencies": [], **template}
        self.templates[made["id"]] = made
        return dict(made)

    def do_list_competencies_in_template(self, id: Any) -> list[dict[str, Any]]:
        return [dict(self.competencies[one]) for one in self.templates[int(id)]["competencies"]]

    def do_add_competency_to_template(self, templateid: Any, competencyid: Any) -> bool:
        self.need(TEMPLATES)
        there = self.templates[int(templateid)]["competencies"]
        one = self._visible(competencyid, "added")
        if one in there:
            return False
        there.append(one)
        return True

    def do_tool_lp_data_for_templates_manage_page(self, pagecontext: Any) -> dict[str, Any]:
        return {"canmanage": TEMPLATES in self.capabilities}

    # -- Moodle's own parts

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
        _check_texts(one)
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


def _check_texts(one: dict[str, Any]) -> None:
    if TAG.search(one["shortname"]) or UNCLEAN.search(one.get("description") or ""):
        raise invalid_parameter()
    if len(one["shortname"]) > 100 or len(one.get("idnumber", "")) > 100:
        raise Refused("dml_write_exception", "dmlwriteexception", "Error writing to database")
