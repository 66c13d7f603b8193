"""Courses and people of a test: made through Moodle's own pages, gone again afterwards.

People are made and enrolled in one go by *Upload users*: one file instead of a form for each.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.moodle.driver import Moodle, unique
from tests.moodle.pages import MoodleError

PASSWORD = "Épreuve-2026!"
"""Of everybody made here; it meets Moodle's default password policy."""
EDITING_TEACHER, TEACHER, STUDENT = "editingteacher", "teacher", "student"


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be made: names as Moodle will show them, and the short name of a role."""

    first_name: str
    last_name: str
    role: str


@dataclass(frozen=True)
class Person:
    """Somebody made and enrolled; ``id`` is Moodle's number, the ``sub`` of a launch."""

    id: int
    user_name: str
    first_name: str
    last_name: str
    role: str
    password: str = PASSWORD

    @property
    def full_name(self) -> str:
        """As Moodle shows it with its default name format."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Course:
    id: int
    short_name: str
    full_name: str


@contextmanager
def temporary_course(admin: Moodle, title: str) -> Iterator[Course]:
    """A course of its own; deleted with all that is in it."""
    course = create_course(admin, title)
    try:
        yield course
    finally:
        delete_course(admin, course)


def create_course(admin: Moodle, title: str) -> Course:
    """Makes an empty course in the first category. Raises ``MoodleError`` if Moodle refuses."""
    found = re.search(r"categoryid=(\d+)", admin.get("course/management.php").text)
    if not found:
        raise MoodleError("this Moodle has no course category")
    form = admin.get("course/edit.php", category=found[1]).form_with("shortname")
    short = unique("TEST-")
    form.fill(fullname=title, shortname=short, idnumber=short).press("saveanddisplay")
    page = admin.submit(form)
    number = re.search(r'"courseId":(\d+)', page.text)
    if not number:
        raise MoodleError(f"the course was not made: {page.words[:300]}")
    return Course(int(number[1]), short, title)


def delete_course(admin: Moodle, course: Course) -> None:
    admin.submit(admin.get("course/delete.php", id=course.id).form_to("course/delete.php"))


@contextmanager
def temporary_people(
    admin: Moodle, course: Course, newcomers: Sequence[Newcomer]
) -> Iterator[list[Person]]:
    """People of their own, enrolled in the course, in the order given; deleted at the end."""
    people = create_people(admin, course, newcomers)
    try:
        yield people
    finally:
        delete_people(admin, people)


def create_people(admin: Moodle, course: Course, newcomers: Sequence[Newcomer]) -> list[Person]:
    """Makes and enrols people through *Upload users*. Raises ``MoodleError`` if one is missing after."""
    names = [unique(f"test-{number}-") for number, _ in enumerate(newcomers, 1)]
    rows = [
        {
            "username": name,
            "password": PASSWORD,
            "firstname": new.first_name,
            "lastname": new.last_name,
            "email": f"{name}@example.invalid",
            "lang": "fr",  # Moodle falls back to the site's language where French is not installed
            "course1": course.short_name,
            "role1": new.role,
        }
        for name, new in zip(names, newcomers, strict=True)
    ]
    _upload(admin, rows, uupasswordnew=0, uuforcepasswordchange=0)
    found = {
        user["username"]: user
        for user in admin.ajax("core_user_get_users_by_field", field="username", values=names)
    }
    missing = [name for name in names if name not in found]
    if missing:
        raise MoodleError(f"not made: {missing}")
    return [
        Person(found[name]["id"], name, new.first_name, new.last_name, new.role)
        for name, new in zip(names, newcomers, strict=True)
    ]


def delete_people(admin: Moodle, people: Sequence[Person]) -> None:
    """Deletes the accounts, as the ``deleted`` column of *Upload users* does."""
    rows = [{"username": person.user_name, "deleted": "1"} for person in people]
    if rows:
        _upload(admin, rows, uuallowdeletes=1, uutype=3)


def unenrol(admin: Moodle, course: Course, person: Person) -> None:
    """Takes one person out of the course; the account stays."""
    page = admin.get("user/index.php", id=course.id, perpage=5000)
    row = page.all(f"//tr[.//a[contains(@href, 'user/view.php?id={person.id}&')]]")
    links = [link for element in row for link in element.xpath(".//a[@data-action='unenrol']/@rel")]
    if not links:
        raise MoodleError(f"{person.user_name} is not enrolled in {course.short_name}")
    admin.ajax("core_enrol_unenrol_user_enrolment", ueid=int(links[0]))


def _upload(admin: Moodle, rows: Sequence[dict[str, str]], **settings: int) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    page = admin.get("admin/tool/uploaduser/index.php")
    item = admin.upload(page, "userfile", "people.csv", text.getvalue().encode())
    form = page.form_with("userfile").fill(userfile=item, delimiter_name="comma", encoding="UTF-8")
    page = admin.submit(form.press("submitbutton"))
    form = page.form_with("uutype").fill(uutype=settings.pop("uutype", 0))
    page = admin.submit(form.fill(**settings).press("submitbutton"))
    errors = page.all("//*[contains(@class, 'uuerror') or contains(@class, 'alert-danger')]")
    if errors:
        raise MoodleError("; ".join(" ".join(box.text_content().split()) for box in errors))
