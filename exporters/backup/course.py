"""A whole Moodle course as a backup (.mbz), for *Restore course*.

The course has a section for each element of the first tier, in it one activity of this tool for
each chosen part, whose custom parameters say what it covers. Each competence is an outcome with a
column of its own, and is linked to course and activity.

What a restore needs was found on Moodle 4.5 by leaving files out until it failed: the files at
the root, four for the course, two a section, six an activity; and ``moodle_backup.xml``, which
lists them and must agree with them. A ZIP is taken as well as a tar.gz. Further:

- The backup says it is of Moodle 4.1: a site restores what is not newer than itself.
- Competences are linked by the id numbers of framework and competency; a restore creates none,
  and links nothing where they are missing, silently.
- Outcomes and scales are found again by short name and levels, else created in the course.
- A tool is never restored. An activity gets its tool (``ltitype``) back by its number, which is
  the deployment id of launches, if the backup is of the same site; without a hash of the site,
  its address tells, the issuer of launches (``backup_is_samesite``). Elsewhere the activity has
  no tool; Moodle then finds the registered one by the domain of ``toolurl`` at each launch, but
  nobody can edit the activity's parameters, and launches lack the address of the class list.
- Id numbers: an activity's column has the part's, an outcome's column the competence's, so that
  the XML of grades fits the restored course as it is.
"""

import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from lxml import etree

from exporters.archive import entry_of
from exporters.backup import activity, gradebook, manifest, sections
from exporters.backup.plan import Plan, make_plan
from exporters.backup.xml import element, write_list
from exporters.base import ExportOptions
from exporters.xml_stream import xml_to
from referential.model import Referential
from referential.scale import Scale

Part = Callable[[Plan, Any], None]

EMPTY = {
    "roles.xml": "roles_definition",
    "questions.xml": "question_categories",
    "files.xml": "files",
    "groups.xml": "groups",
    "course/inforef.xml": "inforef",
}
"""Files that must be there and say nothing -> their root elements."""


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the archive; the same options always give the same bytes."""
    plan = make_plan(referential, scale, options)
    with zipfile.ZipFile(out, "w") as archive:

        def add(name: str, part: Part) -> None:
            with (
                archive.open(entry_of(name, options), "w") as entry,
                xml_to(cast(BinaryIO, entry)) as xml,
            ):
                part(plan, xml)

        add("moodle_backup.xml", manifest.write)
        for name, root in EMPTY.items():
            add(name, _root(root))
        add("course/roles.xml", _no_roles)
        add("course/course.xml", _course)
        add("course/competencies.xml", _competencies)
        add("scales.xml", gradebook.scales)
        add("outcomes.xml", gradebook.outcomes)
        add("gradebook.xml", gradebook.gradebook)
        for section in plan.sections:
            add(f"{section.directory}/section.xml", sections.part(section))
            add(f"{section.directory}/inforef.xml", _root("inforef"))
        for placed in plan.activities:
            add(f"{placed.directory}/lti.xml", activity.lti(placed))
            add(f"{placed.directory}/module.xml", activity.module(placed))
            add(f"{placed.directory}/grades.xml", activity.grades(placed))
            add(f"{placed.directory}/competencies.xml", activity.competencies(placed))
            add(f"{placed.directory}/inforef.xml", activity.inforef(placed))
            add(f"{placed.directory}/roles.xml", _no_roles)


def _root(name: str) -> Part:
    def part(plan: Plan, xml: Any) -> None:
        xml.write(etree.Element(name))

    return part


def _no_roles(plan: Plan, xml: Any) -> None:
    xml.write(element("roles", {"role_overrides": None, "role_assignments": None}))


def _course(plan: Plan, xml: Any) -> None:
    course = element(
        "course",
        {
            "shortname": plan.referential.code,
            "fullname": plan.title,
            "idnumber": "",
            "summary": plan.referential.source,
            "summaryformat": 2,
            "format": "topics",
            "showgrades": 1,
            "newsitems": 0,
            "startdate": plan.time,
            "enddate": 0,
            "marker": 0,
            "maxbytes": 0,
            "legacyfiles": 0,
            "showreports": 0,
            "visible": 1,
            "groupmode": 0,
            "groupmodeforce": 0,
            "defaultgroupingid": 0,
            "lang": "",
            "theme": "",
            "timecreated": plan.time,
            "timemodified": plan.time,
            "requested": 0,
            "showactivitydates": 0,
            "showcompletionconditions": 1,
            "enablecompletion": 1,
            "completionnotify": 0,
        },
        id=plan.COURSE,
        contextid=plan.COURSE_CONTEXT,
    )
    category = element("category", {"name": plan.title, "description": ""}, id=1)
    course.append(category)
    for name in ("tags", "customfields", "courseformatoptions"):
        course.append(element(name, {}))
    xml.write(course)


def _competencies(plan: Plan, xml: Any) -> None:
    framework = plan.referential.code
    with xml.element("course_competencies"):
        write_list(
            xml,
            "competencies",
            (
                element(
                    "competency",
                    {
                        "id": number,
                        "idnumber": leaf.idnumber,
                        "ruleoutcome": 0,
                        "sortorder": number,
                        "frameworkid": 1,
                        "frameworkidnumber": framework,
                    },
                )
                for number, leaf in enumerate(plan.competences, 1)
            ),
        )
        xml.write(etree.Element("user_competencies"))
