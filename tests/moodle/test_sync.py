"""A class's grades in a real Moodle, through what happens to them: a database that goes away in the middle,
a teacher who grades by hand, a student who leaves.

Moodle's database is stopped and started by ``MOODLE_STOP_COMMAND`` and ``MOODLE_START_COMMAND``, each a shell
command line that returns when it is done; without them that part skips and says so.
"""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Frame, expect

from tests.moodle.browsing import Visitor
from tests.moodle.courses import (
    EDITING_TEACHER,
    STUDENT,
    Course,
    Newcomer,
    Person,
    temporary_course,
    temporary_people,
    unenrol,
)
from tests.moodle.driver import Moodle
from tests.moodle.gradebook import awaited, grade_of, grades, override
from tests.moodle.tools import Activity, Tool, add_activity

LOG = logging.getLogger(__name__)
SCOPE = "A2.1.01"
COMPETENCES = ["C2.1.01.1", "C2.1.01.2", "C2.1.01.3"]
SIZE = 35
NOT_ACQUIRED, ACQUIRED = 1, 3
STOP, START = (os.environ.get(f"MOODLE_{word}_COMMAND", "") for word in ("STOP", "START"))
OUTAGE = 150
"""Seconds within which everything has arrived once Moodle is back."""

pytestmark = pytest.mark.xdist_group("moodle-sync")


@dataclass(frozen=True)
class Class:
    course: Course
    activity: Activity
    teacher: Person
    students: list[Person]


@pytest.fixture(scope="module")
def school(moodle: Moodle, tool: Tool) -> Iterator[Class]:
    newcomers = [
        Newcomer("Odile", "Enseignante", EDITING_TEACHER),
        *(Newcomer(f"Élève{n:02}", f"Nom {n:02}", STUDENT) for n in range(1, SIZE + 1)),
    ]
    with (
        temporary_course(moodle, "Synchronisation") as course,
        temporary_people(moodle, course, newcomers) as (teacher, *students),
    ):
        activity = add_activity(
            moodle, course, tool, "Incidents", custom={"scope": SCOPE, "maximum": "18"}, maximum=18
        )
        yield Class(course, activity, teacher, students)


class Desk:
    """The teacher's class page, asked as its own scripts ask."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        frame.wait_for_selector("#grid tbody tr")
        text = frame.locator("#class-data").text_content() or "{}"
        self.ids: dict[str, int] = {
            student["name"]: student["id"]
            for student in frame.evaluate("JSON.parse", text)["students"]
        }

    def rate(self, entries: dict[str, int], code: str) -> None:
        """Levels of one competence by the student's name in the class list, in one request."""
        body = {
            "entries": [
                {"learner": self.ids[name], "code": code, "level": level}
                for name, level in entries.items()
            ]
        }
        status = self.frame.evaluate(
            """async (body) => (await fetch("assessments", {
                method: "POST",
                headers: {
                    "Content-Type": "application/json",
                    Accept: "application/json",
                    "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
                },
                body: JSON.stringify(body),
            })).status""",
            body,
        )
        assert status == 200

    def states(self) -> dict[str, dict[str, Any]]:
        """Where every grade stands, by the student's name."""
        found = self.frame.evaluate(
            "async () => (await (await fetch('changes.json?since=0')).json()).states"
        )
        names = {number: name for name, number in self.ids.items()}
        return {names[one["id"]]: one for one in found}

    def count(self, state: str) -> int:
        return sum(one["state"] == state for one in self.states().values())


@pytest.fixture
def desk(school: Class, visit: Callable[..., Visitor]) -> Desk:
    return Desk(visit(school.teacher).open(school.activity))


def class_name(person: Person) -> str:
    return f"{person.last_name.upper()} {person.first_name}"


def values(moodle: Moodle, school: Class) -> dict[str, str]:
    """Grades in Moodle's gradebook, by the student's name in the class list."""
    cells = grades(moodle, school.course, school.activity.name)
    return {
        class_name(person): cells[f"{person.user_name}@example.invalid"].value
        for person in school.students
        if f"{person.user_name}@example.invalid" in cells
    }


def test_a_class_is_rated_and_stands_in_the_gradebook(
    school: Class, moodle: Moodle, desk: Desk
) -> None:
    """Every second student has one competence of three: 6 out of 18, the others 0."""
    assert len(desk.ids) == SIZE
    wanted = {name: ACQUIRED if n % 2 else NOT_ACQUIRED for n, name in enumerate(desk.ids)}

    began = time.monotonic()
    desk.rate(wanted, COMPETENCES[0])
    assert awaited(lambda: desk.count("sent"), SIZE, 60) == SIZE
    seconds = time.monotonic() - began
    LOG.info("35 scores acknowledged %.1f s after the click", seconds)

    assert values(moodle, school) == {
        name: "6.00" if level == ACQUIRED else "0.00" for name, level in wanted.items()
    }


@pytest.mark.skipif(
    not (STOP and START), reason="MOODLE_STOP_COMMAND and MOODLE_START_COMMAND not set"
)
def test_moodles_database_goes_away_in_the_middle(
    school: Class, moodle: Moodle, desk: Desk
) -> None:
    """What was on its way arrives once Moodle is back, at its newest value, without anybody's doing."""
    names = list(desk.ids)
    stopping = subprocess.Popen(STOP, shell=True)
    try:
        desk.rate(dict.fromkeys(names, ACQUIRED), COMPETENCES[0])
        assert stopping.wait(60) == 0
        desk.rate(dict.fromkeys(names[10:], ACQUIRED), COMPETENCES[1])
        desk.rate(dict.fromkeys(names[20:], ACQUIRED), COMPETENCES[2])
        time.sleep(8)  # some tries fail, the circuit opens
        down = desk.states()
    finally:
        stopping.wait(60)
        subprocess.run(START, shell=True, check=True, timeout=120)
    began = time.monotonic()

    assert sum(one["state"] == "waiting" for one in down.values()) >= SIZE - 10
    assert not any(one["state"] == "failed" for one in down.values()), "an outage is nobody's fault"
    assert awaited(lambda: desk.count("sent"), SIZE, OUTAGE) == SIZE
    seconds = time.monotonic() - began
    LOG.info("all in step %.1f s after Moodle's database came back", seconds)
    wanted = ["6.00"] * 10 + ["12.00"] * 10 + ["18.00"] * (SIZE - 20)
    assert values(moodle, school) == dict(zip(names, wanted, strict=True))


def test_a_grade_given_in_the_gradebook_is_shown_and_stays(
    school: Class, moodle: Moodle, desk: Desk, visit: Callable[..., Visitor]
) -> None:
    """Moodle's grade wins; the class page shows it in place of ours, says so, and asks to agree."""
    person = school.students[3]
    name, column = class_name(person), school.activity.name
    desk.rate({name: ACQUIRED}, COMPETENCES[0])
    assert awaited(lambda: desk.states()[name]["state"], "sent") == "sent"

    override(moodle, school.course, column, person, 11.5)
    exchange_now(desk)
    assert awaited(lambda: desk.states()[name]["state"], "theirs") == "theirs"

    desk.rate({name: NOT_ACQUIRED}, COMPETENCES[0])  # our grade changes; theirs stays
    for code in COMPETENCES[1:]:
        desk.rate({name: NOT_ACQUIRED}, code)
    assert awaited(lambda: desk.states()[name]["state"], "theirs") == "theirs"
    assert grade_of(moodle, school.course, column, person).value == "11.50"

    frame = visit(school.teacher).open(school.activity)
    row = frame.locator("#grid tbody tr").filter(has_text=name)
    expect(row.locator("td.grade > span").first).to_have_text("11,5")
    row.locator("td.grade .sync").click()
    dialog = frame.locator("#failure")
    expect(dialog).to_contain_text("11,5 / 18 dans le carnet de notes de Moodle")
    expect(frame.locator("#failure-resend")).to_be_hidden()  # Moodle would not take ours
    frame.locator("#failure-keep").click()
    expect(frame.locator("#saving")).to_have_text("La note de Moodle est gardée.")


def test_a_student_who_left_is_told_by_name_with_the_remedy(
    school: Class, moodle: Moodle, desk: Desk
) -> None:
    person = school.students[-1]
    name = class_name(person)
    unenrol(moodle, school.course, person)

    desk.rate({name: NOT_ACQUIRED}, COMPETENCES[0])

    assert awaited(lambda: desk.states()[name]["state"], "failed") == "failed"
    assert desk.states()[name]["why"] == (
        f"La note d’{person.first_name} {person.last_name} n’a pas pu être envoyée\u202f: cette "
        "personne n’est plus inscrite au cours comme étudiant. Réinscrivez-la dans Moodle, puis "
        "cliquez sur Renvoyer."
    )
    others = desk.states()
    del others[name]
    assert not any(one["state"] == "failed" for one in others.values())


def exchange_now(desk: Desk) -> None:
    """What the button « Échanger maintenant » does."""
    status = desk.frame.evaluate(
        """async () => (await fetch("exchange/now", {
            method: "POST",
            headers: {"X-CSRFToken": document.querySelector("meta[name=csrf-token]").content},
        })).status"""
    )
    assert status == 200
