"""``moodle_backup.xml``: what the archive holds and with which settings it was made."""

from collections.abc import Iterator
from hashlib import md5
from typing import Any

from lxml import etree

from exporters.backup.plan import Plan
from exporters.backup.xml import element, write_list

MOODLE = (2022112800, "4.1", 2022112800, "4.1")
"""Version and release of Moodle, of the backup: the oldest that our files are written for."""
SAMESITE_MODE = 10
"""« General » (backup::MODE_GENERAL)."""
ROOT_SETTINGS = {
    "imscc11": 0,
    "users": 0,
    "anonymize": 0,
    "role_assignments": 0,
    "activities": 1,
    "blocks": 0,
    "files": 0,
    "filters": 0,
    "comments": 0,
    "badges": 0,
    "calendarevents": 0,
    "userscompletion": 0,
    "logs": 0,
    "grade_histories": 0,
    "questionbank": 0,
    "groups": 0,
    "competencies": 1,
    "customfield": 0,
    "contentbankcontent": 0,
    "legacyfiles": 0,
}
ORIGIN = "https://competences.invalid"
"""A site that does not exist (RFC 2606): nothing of the backup is taken for a site's own, unless
the site is given. Sites are compared by address because the hash is left empty
(backup/util/helper/backup_general_helper.class.php, ``backup_is_samesite``)."""


def write(plan: Plan, xml: Any) -> None:
    """Writes the manifest."""
    version, release, backup_version, backup_release = MOODLE
    filename = f"{plan.referential.code}-moodle-backup.mbz"
    with xml.element("moodle_backup"), xml.element("information"):
        for name, value in (
            ("name", filename),
            ("moodle_version", version),
            ("moodle_release", release),
            ("backup_version", backup_version),
            ("backup_release", backup_release),
            ("backup_date", plan.time),
            ("mnet_remoteusers", 0),
            ("include_files", 0),
            ("include_file_references_to_external_content", 0),
            ("original_wwwroot", plan.options.site.rstrip("/") or ORIGIN),
            ("original_site_identifier_hash", ""),
            ("original_course_id", plan.COURSE),
            ("original_course_format", "topics"),
            ("original_course_fullname", plan.title),
            ("original_course_shortname", plan.referential.code),
            ("original_course_startdate", plan.time),
            ("original_course_enddate", 0),
            ("original_course_contextid", plan.COURSE_CONTEXT),
            ("original_system_contextid", 1),
        ):
            xml.write(_leaf(name, value))
        xml.write(_details(plan))
        with xml.element("contents"):
            write_list(xml, "activities", _activities(plan))
            write_list(xml, "sections", _sections(plan))
            xml.write(
                element(
                    "course",
                    {
                        "courseid": plan.COURSE,
                        "title": plan.referential.code,
                        "directory": "course",
                    },
                )
            )
        write_list(xml, "settings", _settings(plan, filename))


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _leaf(name: str, value: str | int) -> Any:
    made = etree.Element(name)
    made.text = str(value)
    return made


def _details(plan: Plan) -> Any:
    details = etree.Element("details")
    columns: dict[str, str | int | None] = {
        "type": "course",
        "format": "moodle2",
        "interactive": 1,
        "mode": SAMESITE_MODE,
        "execution": 1,
        "executiontime": 0,
    }
    details.append(element("detail", columns, backup_id=_hash(f"{ORIGIN}/{plan.referential.code}")))
    return details


def _activities(plan: Plan) -> Iterator[Any]:
    for activity in plan.activities:
        yield element(
            "activity",
            {
                "moduleid": activity.module,
                "sectionid": activity.section,
                "modulename": "lti",
                "title": activity.name,
                "directory": activity.directory,
            },
        )


def _sections(plan: Plan) -> Iterator[Any]:
    for section in plan.sections:
        title = section.node.code if section.node else "0"
        yield element(
            "section",
            {"sectionid": section.id, "title": title, "directory": section.directory},
        )


def _settings(plan: Plan, filename: str) -> Iterator[Any]:
    yield element("setting", {"level": "root", "name": "filename", "value": filename})
    for name, value in ROOT_SETTINGS.items():
        yield element("setting", {"level": "root", "name": name, "value": value})
    for section in plan.sections:
        yield from _included("section", f"section_{section.id}")
    for activity in plan.activities:
        yield from _included("activity", f"lti_{activity.module}")


def _included(level: str, name: str) -> Iterator[Any]:
    for what, value in (("included", 1), ("userinfo", 0)):
        yield element(
            "setting", {"level": level, level: name, "name": f"{name}_{what}", "value": value}
        )
