"""``scales.xml``, ``outcomes.xml`` and ``gradebook.xml``: one scale, an outcome a competence.

Outcome columns stand in a category for each activity. They do not count in totals: Moodle leaves
outcomes out of them (``aggregateoutcomes`` 0).
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from exporters.backup.plan import MAX_NAME, Activity, Plan
from exporters.backup.xml import NULL, Value, element, write_list
from exporters.moodle_framework import scale_values
from exporters.moodle_outcomes import MAX_NAME as MAX_OUTCOME
from exporters.wording import described, full_name, paragraph, shorten
from referential.model import Node

NATURAL = 13
"""Natural weighting (GRADE_AGGREGATE_SUM)."""
BY_VALUE, BY_SCALE = 1, 2
"""Kinds of grade (GRADE_TYPE_VALUE, GRADE_TYPE_SCALE)."""
FIRST_OUTCOME = 1000
"""The number of the first outcome of an activity among its grade items (lib/gradelib.php)."""


def scales(plan: Plan, xml: Any) -> None:
    """The one scale, of the course unless the site has the same levels."""
    language = plan.options.language
    with xml.element("scales_definition"):
        xml.write(
            element(
                "scale",
                {
                    "courseid": plan.COURSE,
                    "userid": 0,
                    "name": plan.scale.title(language),
                    "scale": scale_values(plan.scale, language),
                    "description": "",
                    "descriptionformat": 1,
                    "timemodified": plan.time,
                },
                id=plan.SCALE,
            )
        )


def outcomes(plan: Plan, xml: Any) -> None:
    """The outcomes, named as the outcomes CSV names them."""
    write_list(xml, "outcomes_definition", _outcomes(plan))


def _outcomes(plan: Plan) -> Iterator[Any]:
    for leaf in plan.competences:
        above = plan.referential.ancestors(leaf.code)[-1:]
        yield element(
            "outcome",
            {
                "courseid": plan.COURSE,
                "userid": NULL,
                "shortname": leaf.idnumber,
                "fullname": shorten(full_name(leaf), MAX_OUTCOME),
                "scaleid": plan.SCALE,
                "description": described(leaf) + "".join(map(paragraph, map(full_name, above))),
                "descriptionformat": 1,
                "timecreated": plan.time,
                "timemodified": plan.time,
                "usermodified": 0,
            },
            id=plan.numbers[leaf.code],
        )


def gradebook(plan: Plan, xml: Any) -> None:
    """The course's total and, unless they hang on activities, the outcomes' columns."""
    apart = not plan.options.attach_outcomes
    with xml.element("gradebook"):
        xml.write(etree.Element("attributes"))
        write_list(xml, "grade_categories", _categories(plan, apart))
        write_list(xml, "grade_items", _items(plan, apart))
        xml.write(etree.Element("grade_letters"))
        xml.write(etree.Element("grade_settings"))


def _category_number(activity: Activity) -> int:
    return Plan.COURSE_CATEGORY + activity.module


def _categories(plan: Plan, apart: bool) -> Iterator[Any]:
    top = plan.COURSE_CATEGORY
    yield _category(plan, top, None, "?")
    if apart:
        word = "Objectifs" if plan.options.french else "Outcomes"
        for activity in plan.activities:
            name = shorten(f"{word} – {activity.name}", MAX_NAME)
            yield _category(plan, _category_number(activity), top, name)


def _category(plan: Plan, number: int, parent: int | None, name: str) -> Any:
    return element(
        "grade_category",
        {
            "parent": parent or NULL,
            "depth": 2 if parent else 1,
            "path": f"/{parent}/{number}/" if parent else f"/{number}/",
            "fullname": name,
            "aggregation": NATURAL,
            "keephigh": 0,
            "droplow": 0,
            "aggregateonlygraded": 1,
            "aggregateoutcomes": 0,
            "timecreated": plan.time,
            "timemodified": plan.time,
            "hidden": 0,
        },
        id=number,
    )


def _items(plan: Plan, apart: bool) -> Iterator[Any]:
    total: dict[str, Value] = {
        "itemtype": "course",
        "iteminstance": plan.COURSE_CATEGORY,
        "sortorder": 1,
    }
    yield item(plan, plan.COURSE_ITEM, total)
    if not apart:
        return
    first = plan.COURSE_ITEM + len(plan.activities)
    for activity in plan.activities:
        category = _category_number(activity)
        number = first + len(plan.competences) + activity.module
        yield item(plan, number, {"itemtype": "category", "iteminstance": category})
        for outcome, leaf in activity.outcomes:
            yield item(
                plan,
                first + outcome,
                _outcome_columns(plan, leaf, outcome)
                | {"itemtype": "manual", "categoryid": category, "sortorder": first + outcome},
            )


def attached(plan: Plan, activity: Activity) -> Iterator[Any]:
    """The items of outcomes that hang on an activity."""
    first = plan.COURSE_ITEM + len(plan.activities)
    for rank, (outcome, leaf) in enumerate(activity.outcomes):
        yield item(
            plan,
            first + outcome,
            _outcome_columns(plan, leaf, outcome)
            | {
                "itemtype": "mod",
                "itemmodule": "lti",
                "iteminstance": activity.module,
                "itemnumber": FIRST_OUTCOME + rank,
                "categoryid": plan.COURSE_CATEGORY,
                "sortorder": first + outcome,
            },
        )


def _outcome_columns(plan: Plan, leaf: Node, outcome: int) -> dict[str, Value]:
    return {
        "itemname": shorten(full_name(leaf), MAX_OUTCOME),
        "idnumber": leaf.idnumber,
        "gradetype": BY_SCALE,
        "grademax": len(plan.scale.levels),
        "grademin": 1,
        "scaleid": plan.SCALE,
        "outcomeid": outcome,
    }


def item(plan: Plan, number: int, columns: dict[str, Value]) -> Any:
    """A grade item; ``columns`` over what they are where nothing else is said."""
    usual: dict[str, Value] = {
        "categoryid": NULL,
        "itemname": NULL,
        "itemtype": "manual",
        "itemmodule": NULL,
        "iteminstance": NULL,
        "itemnumber": NULL,
        "iteminfo": NULL,
        "idnumber": NULL,
        "calculation": NULL,
        "gradetype": BY_VALUE,
        "grademax": 100,
        "grademin": 0,
        "scaleid": NULL,
        "outcomeid": NULL,
        "gradepass": 0,
        "multfactor": 1,
        "plusfactor": 0,
        "aggregationcoef": 0,
        "aggregationcoef2": 0,
        "weightoverride": 0,
        "sortorder": number,
        "display": 0,
        "decimals": NULL,
        "hidden": 0,
        "locked": 0,
        "locktime": 0,
        "needsupdate": 1,
        "timecreated": plan.time,
        "timemodified": plan.time,
    }
    made = element("grade_item", usual | columns, id=number)
    etree.SubElement(made, "grade_grades")
    return made
