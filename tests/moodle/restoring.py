"""A course restored from a backup, by Moodle's own pages, and what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.moodle.courses import Course, delete_course
from tests.moodle.driver import Moodle
from tests.moodle.pages import Form, MoodleError, Page

NEW_COURSE = "2"
"""Where to (backup::TARGET_NEW_COURSE)."""


@dataclass(frozen=True)
class Placed:
    """An activity as its own settings page shows it."""

    cmid: int
    name: str
    section: str
    id_number: str
    custom: str
    maximum: str
    competencies: tuple[str, ...]
    frozen: bool
    """Whether Moodle lets nobody change the tool and its parameters: it does not know the tool."""


@contextmanager
def restored(admin: Moodle, content: bytes) -> Iterator[Course]:
    """*Restore course* into a new course of the first category; deleted at the end."""
    with at_once(admin):
        page = _upload(admin, content)
        for _ in range(8):
            forms = [
                Form(page.url, one) for one in page.all("//form[contains(@action, '/restore.php')]")
            ]
            if not forms:
                break
            page = admin.submit(_filled(forms, page))
    numbers = page.all("//form[contains(@action, '/course/view.php')]//input[@name = 'id']/@value")
    if len(numbers) != 1:
        raise MoodleError(f"the restore said: {page.words[:500]}")
    course = _course(admin, int(str(numbers[0])))
    try:
        yield course
    finally:
        delete_course(admin, course)


def _course(admin: Moodle, number: int) -> Course:
    fields = admin.get("course/edit.php", id=number).form_with("shortname").fields
    return Course(number, str(fields["shortname"]), str(fields["fullname"]))


def _upload(admin: Moodle, content: bytes) -> Page:
    management = admin.get("course/management.php").text
    category = re.search(r"categoryid=(\d+)", management)
    if not category:
        raise MoodleError("this Moodle has no course category")
    index = admin.get("course/index.php", categoryid=category[1]).text
    context = re.search(r"restorefile\.php\?contextid=(\d+)", index)
    if not context:
        raise MoodleError("nobody may restore courses here")
    page = admin.get("backup/restorefile.php", contextid=context[1])
    item = admin.upload(page, "backupfile", "course.mbz", content)
    return admin.submit(page.form_with("backupfile").fill(backupfile=item).press("submitbutton"))


def _filled(forms: list[Form], page: Page) -> Form:
    """The next step's form, its proposals taken; the destination is a new course."""
    destinations = [one for one in forms if one.fields.get("target") == NEW_COURSE]
    form = destinations[0] if destinations else forms[0]
    if destinations:
        [category, *_] = page.all("//input[@name = 'targetid']/@value")
        form.fill(targetid=category)
    if "submitbutton" in form.names:
        form.press("submitbutton")
    form.fields.pop("cancel", None)
    return form


@contextmanager
def at_once(admin: Moodle) -> Iterator[None]:
    """Restores happen in the page, not in the background, until the block ends."""

    def setting() -> Form:
        page = admin.get("admin/settings.php", section="asyncgeneralsettings")
        return page.form_with("s__enableasyncbackup")

    before = setting().fields["s__enableasyncbackup"]
    admin.submit(setting().fill(s__enableasyncbackup="0"))
    try:
        yield
    finally:
        admin.submit(setting().fill(s__enableasyncbackup=before))


def sections(admin: Moodle, course: Course) -> list[str]:
    """The names of the course's sections, the one at the top left out."""
    return [section["title"] for section in _state(admin, course)["section"]][1:]


def activities(admin: Moodle, course: Course) -> list[Placed]:
    """The course's external tools in the order of the page."""
    state = _state(admin, course)
    names = {section["id"]: section["title"] for section in state["section"]}
    return [
        _placed(admin, int(cm["id"]), cm["name"], names[cm["sectionid"]])
        for cm in state["cm"]
        if cm["module"] == "lti"
    ]


def _state(admin: Moodle, course: Course) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(
        admin.ajax("core_courseformat_get_state", courseid=course.id)
    )
    return state


def _placed(admin: Moodle, cmid: int, name: str, section: str) -> Placed:
    page = admin.get("course/modedit.php", update=cmid)
    form = page.form_with("cmidnumber")
    custom = form.fields.get("instructorcustomparameters")
    shown = page.all(
        "//*[@id = 'fitem_id_instructorcustomparameters']//*[@data-name or @class]//text()"
    )
    chosen = page.all("//select[@name = 'competencies[]']/option[@selected]")
    competencies = sorted(option.text_content().split()[-1] for option in chosen)
    return Placed(
        cmid,
        name,
        section,
        str(form.fields["cmidnumber"]),
        _lines(str(custom)) if custom is not None else _lines("\n".join(map(str, shown))),
        str(form.fields.get("grade[modgrade_point]", "")),
        tuple(competencies),
        frozen=custom is None,
    )


def _lines(text: str) -> str:
    """The lines with something on them, the parameters' only."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if "=" in line)


def course_competencies(admin: Moodle, course: Course) -> list[str]:
    """The id numbers of the competencies linked to the course, in order."""
    page = admin.ajax("tool_lp_data_for_course_competencies_page", courseid=course.id, moduleid=0)
    return [one["competency"]["idnumber"] for one in page["competencies"]]
