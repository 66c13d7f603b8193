"""The files of one activity: the LTI row, the course module, its column, its competences."""

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from exporters.backup import gradebook
from exporters.backup.plan import Activity, Plan
from exporters.backup.xml import NULL, Value, element, write_list
from exporters.wording import described

Part = Callable[[Plan, Any], None]

VERSION = 2022112800
"""Of mod_lti in Moodle 4.1."""
CONTEXTS = 10
"""Where the numbers of the activities' contexts begin; the course's comes before."""
YES, DEFAULT_CONTAINER = 1, 1
SITE = 1
"""The course that tools of the whole site belong to (SITEID)."""


def custom(plan: Plan, activity: Activity) -> str:
    """The custom parameters, one a line: which référentiel, part and scale, and the maximum."""
    options = plan.options
    values = {
        "referential": options.referential_name,
        "scope": activity.node.code,
        "scale": options.scale_name,
        "maximum": str(options.maximum),
    }
    return "\n".join(f"{key}={value}" for key, value in values.items())


def lti(activity: Activity) -> Part:
    """``lti.xml``: the activity without its tool, which Moodle finds by the address."""

    def write(plan: Plan, xml: Any) -> None:
        attributes = {
            "id": str(activity.module),
            "moduleid": str(activity.module),
            "modulename": "lti",
            "contextid": str(CONTEXTS + activity.module),
        }
        with xml.element("activity", attributes):
            xml.write(
                _with_tool(
                    plan,
                    {
                        "name": activity.name,
                        "intro": described(activity.node),
                        "introformat": 1,
                        "timecreated": plan.time,
                        "timemodified": plan.time,
                        "typeid": plan.options.tool or 0,
                        "toolurl": plan.options.tool_url,
                        "securetoolurl": "",
                        "preferheight": NULL,
                        "launchcontainer": DEFAULT_CONTAINER,
                        "instructorchoicesendname": YES,
                        "instructorchoicesendemailaddr": YES,
                        "instructorchoiceacceptgrades": YES,
                        "instructorchoiceallowroster": NULL,
                        "instructorchoiceallowsetting": NULL,
                        "grade": plan.options.maximum,
                        "instructorcustomparameters": custom(plan, activity),
                        "debuglaunch": 0,
                        "showtitlelaunch": 0,
                        "showdescriptionlaunch": 0,
                        "icon": "",
                        "secureicon": "",
                    },
                    activity.module,
                )
            )

    return write


def _with_tool(plan: Plan, columns: dict[str, Value], number: int) -> Any:
    """The row and, if it is known, the tool that a restore on the same site finds by its number
    (restore_lti_stepslib.php, ``find_existing_lti_type``)."""
    made = element("lti", columns, id=number)
    if plan.options.tool:
        url = plan.options.tool_url
        row: dict[str, Value] = {"name": "", "baseurl": url, "course": SITE, "toolproxyid": NULL}
        made.append(element("ltitype", row, id=plan.options.tool))
    return made


def module(activity: Activity) -> Part:
    """``module.xml``: its place in the course, and its id number."""

    def write(plan: Plan, xml: Any) -> None:
        made = element(
            "module",
            {
                "modulename": "lti",
                "sectionid": activity.section,
                "sectionnumber": activity.section_number,
                "idnumber": activity.idnumber,
                "added": plan.time,
                "score": 0,
                "indent": 0,
                "visible": 1,
                "visibleoncoursepage": 1,
                "visibleold": 1,
                "groupmode": 0,
                "groupingid": 0,
                "completion": 0,
                "completiongradeitemnumber": NULL,
                "completionpassgrade": 0,
                "completionview": 0,
                "completionexpected": 0,
                "availability": NULL,
                "showdescription": 0,
                "downloadcontent": 1,
            },
            id=activity.module,
            version=VERSION,
        )
        etree.SubElement(made, "tags")
        xml.write(made)

    return write


def grades(activity: Activity) -> Part:
    """``grades.xml``: the activity's column, and the outcomes that hang on it."""

    def write(plan: Plan, xml: Any) -> None:
        with xml.element("activity_gradebook"):
            write_list(xml, "grade_items", _items(plan, activity))
            xml.write(etree.Element("grade_letters"))

    return write


def _items(plan: Plan, activity: Activity) -> Iterator[Any]:
    yield gradebook.item(
        plan,
        activity.item,
        {
            "categoryid": plan.COURSE_CATEGORY,
            "itemname": activity.name,
            "itemtype": "mod",
            "itemmodule": "lti",
            "iteminstance": activity.module,
            "itemnumber": 0,
            "idnumber": activity.idnumber,
            "grademax": plan.options.maximum,
        },
    )
    if plan.options.attach_outcomes:
        yield from gradebook.attached(plan, activity)


def competencies(activity: Activity) -> Part:
    """``competencies.xml``: the competences that the activity is about."""

    def write(plan: Plan, xml: Any) -> None:
        with xml.element("course_module_competencies"):
            write_list(
                xml,
                "competencies",
                (
                    element(
                        "competency",
                        {
                            "idnumber": leaf.idnumber,
                            "ruleoutcome": 0,
                            "sortorder": number,
                            "frameworkidnumber": plan.referential.code,
                            "overridegrade": 0,
                        },
                    )
                    for number, leaf in enumerate(activity.competences, 1)
                ),
            )

    return write


def inforef(activity: Activity) -> Part:
    """``inforef.xml``: the grade items, scale and outcomes that the activity uses."""

    def write(plan: Plan, xml: Any) -> None:
        attached = plan.options.attach_outcomes
        first = plan.COURSE_ITEM + len(plan.activities)
        numbers = [number for number, _leaf in activity.outcomes] if attached else []
        with xml.element("inforef"):
            for kind, ids in (
                ("grade_item", [activity.item, *(first + number for number in numbers)]),
                ("scale", [plan.SCALE] if numbers else []),
                ("outcome", numbers),
            ):
                if ids:
                    write_list(xml, f"{kind}ref", (element(kind, {"id": one}) for one in ids))

    return write
