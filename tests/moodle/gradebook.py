"""What Moodle's gradebook holds, read from its own export: every student, value and feedback."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.moodle.courses import Course, Person
from tests.moodle.driver import Moodle
from tests.moodle.pages import MoodleError

T = TypeVar("T")


@dataclass(frozen=True)
class Grade:
    """One cell: the value as Moodle prints it with two decimals (``"-"``: none) and its feedback."""

    value: str
    feedback: str


def grades(who: Moodle, course: Course, column: str) -> dict[str, Grade]:
    """The column of this name, by the students' e-mail. Raises ``MoodleError`` if there is none."""
    form = who.get("grade/export/txt/index.php", id=course.id).form_with("decimals")
    form.fill(export_feedback=1, decimals=2, separator="comma")
    text = who.download(form.press("submitbutton")).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text))
    rows, names = list(reader), list(reader.fieldnames or ())
    value = next((n for n in names if n.endswith(f"{column} (Real)")), None)
    feedback = next((n for n in names if n.endswith(f"{column} (Feedback)")), None)
    if value is None or feedback is None:
        raise MoodleError(f"no column {column!r} in the gradebook: {names}")
    return {row["Email address"]: Grade(row[value], row[feedback]) for row in rows}


def grade_of(who: Moodle, course: Course, column: str, person: Person) -> Grade:
    """One student's cell. Raises ``MoodleError`` if the gradebook does not list that person."""
    cells = grades(who, course, column)
    found = cells.get(f"{person.user_name}@example.invalid")
    if found is None:
        raise MoodleError(f"{person.user_name} is not in the gradebook")
    return found


def item_of(who: Moodle, course: Course, column: str) -> int:
    """Moodle's number of the column of this name. Raises ``MoodleError`` if there is none."""
    page = who.get("grade/export/txt/index.php", id=course.id)
    for box in page.all("//input[@type = 'checkbox' and starts-with(@name, 'itemids[')]"):
        named = page.all("//label[@for = $id]", id=box.get("id")) or box.xpath("ancestor::label")
        if any(column in " ".join(label.text_content().split()) for label in named):
            return int(box.get("name")[len("itemids[") : -1])
    raise MoodleError(f"no column {column!r} in the gradebook of {course.short_name}")


def override(who: Moodle, course: Course, column: str, person: Person, value: float) -> None:
    """Gives one student's grade by hand, as a teacher does in the gradebook: it is then overridden."""
    page = who.get(
        "grade/edit/tree/grade.php",
        courseid=course.id,
        itemid=item_of(who, course, column),
        userid=person.id,
    )
    form = page.form_with("finalgrade").fill(overridden=1, finalgrade=value)
    who.submit(form.press("submitbutton"))


def awaited(read: Callable[[], T], wanted: T, seconds: float = 30) -> T:
    """Reads until the wanted value is there or the time is over; returns what was read last."""
    until = time.monotonic() + seconds
    while (seen := read()) != wanted and time.monotonic() < until:
        time.sleep(0.5)
    return seen
