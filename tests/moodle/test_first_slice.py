"""The main job in a real Moodle: launch from a course, validate, and read the grade in its gradebook.

The tool is registered by hand, its activity stands in a course of its own, and people use both in
Chromium: Moodle at 127.0.0.1 frames the tool at localhost, so the frame is cross-site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from playwright.sync_api import Frame, expect

from tests.moodle.browsing import Visitor
from tests.moodle.courses import (
    EDITING_TEACHER,
    STUDENT,
    TEACHER,
    Course,
    Newcomer,
    Person,
    temporary_course,
    temporary_people,
)
from tests.moodle.driver import Moodle
from tests.moodle.gradebook import Grade, awaited, grade_of, grades
from tests.moodle.product import Product
from tests.moodle.tools import Activity, Tool, add_activity

SCOPE = "A2.1.01 A2.3.01"
COMPETENCES = [
    "C2.1.01.1",
    "C2.1.01.2",
    "C2.1.01.3",
    "C2.3.01.1",
    "C2.3.01.2",
    "C2.3.01.3",
    "C2.3.01.4",
    "C2.3.01.5",
]
IN_PROGRESS, ACQUIRED, MASTERED = "2", "3", "4"
"""Keys that rate, which are the levels' values too."""
COMMENT = "Très bien : l’« incident » est qualifié, à 5 < 6 près."


@dataclass(frozen=True)
class School:
    course: Course
    activity: Activity
    editing_teacher: Person
    teacher: Person
    rated: Person
    other: Person

    @property
    def pupils(self) -> list[str]:
        """As a French class list names them, in its order."""
        return [class_name(person) for person in (self.other, self.rated)]


def class_name(person: Person) -> str:
    return f"{person.last_name.upper()} {person.first_name}"


@pytest.fixture(scope="module")
def school(moodle: Moodle, tool: Tool) -> Iterator[School]:
    newcomers = [
        Newcomer("Hélène", "L’Éditrice", EDITING_TEACHER),
        Newcomer("Rémi", "Non-Éditeur", TEACHER),
        Newcomer("Zoé < 3", 'D\'Arc & "Co"', STUDENT),
        Newcomer("Œdipe", "Çelik", STUDENT),
    ]
    with (
        temporary_course(moodle, "BTS SIO : « essai d’usage »") as course,
        temporary_people(moodle, course, newcomers) as people,
    ):
        activity = add_activity(
            moodle, course, tool, "Incidents et problèmes", custom={"scope": SCOPE}, maximum=20
        )
        yield School(course, activity, *people)


def rows(frame: Frame) -> list[str]:
    """The students of the class page, in order."""
    frame.wait_for_selector("#grid tbody tr")
    return frame.locator("#grid tbody th.name a").all_text_contents()


def rate(frame: Frame, person: Person, entries: Sequence[tuple[str, str]]) -> None:
    """Clicks a student's cell for each competence and types its level."""
    row = frame.locator("#grid tbody tr").filter(has_text=class_name(person))
    for code, key in entries:
        row.locator("td.c").nth(COMPETENCES.index(code)).click()
        expect(frame.locator("#foot-code")).to_have_text(code)
        frame.page.keyboard.press(key)


def comment(frame: Frame, person: Person, code: str, text: str) -> None:
    """Opens the comment of a cell, writes and saves it."""
    row = frame.locator("#grid tbody tr").filter(has_text=class_name(person))
    row.locator("td.c").nth(COMPETENCES.index(code)).click()
    frame.locator("#comment-open").click()
    frame.locator("#comment-text").fill(text)
    frame.locator("#comment button[value=save]").click()


def validate(visitor: Visitor, school: School) -> Frame:
    """Three validations of one student, made in the class page of whoever visits it."""
    frame = visitor.open(school.activity)
    rows(frame)
    rate(
        frame,
        school.rated,
        [("C2.1.01.1", ACQUIRED), ("C2.1.01.3", IN_PROGRESS), ("C2.3.01.5", MASTERED)],
    )
    comment(frame, school.rated, "C2.3.01.5", COMMENT)
    return frame


def test_connection_made_by_hand_is_found_right(product: Product, tool: Tool) -> None:
    """The product tries every value of the registration against Moodle and finds none wrong."""
    lines = product.run("platform", "check", "1").splitlines()

    assert lines
    (untried,) = (line for line in lines if not line.startswith("✓ "))
    assert untried.startswith("– deployment-id"), "no activity has been opened yet"


def test_teacher_validates_and_the_grade_stands_in_moodle(
    school: School,
    moodle: Moodle,
    visit: Callable[..., Visitor],
    picture: Callable[[Person, Activity, str], None],
) -> None:
    """Two of eight competences acquired are 5 out of 20, with a feedback that explains it."""
    teacher = visit(school.editing_teacher)

    frame = validate(teacher, school)

    row = frame.locator("#grid tbody tr").filter(has_text=class_name(school.rated))
    expect(row.locator("td.grade .sync")).to_have_text("✓", timeout=30_000)
    expect(row.locator("td.grade > span").first).to_have_text(re.compile("^5[.,]0$"))
    picture(school.editing_teacher, school.activity, "class")
    assert grades(moodle, school.course, school.activity.name) == {
        f"{school.rated.user_name}@example.invalid": Grade(
            "5.00",
            "2 compétences acquises sur 8 (3 évaluées ; une compétence non évaluée compte comme "
            "non acquise).",
        ),
        f"{school.other.user_name}@example.invalid": Grade("-", ""),
    }


def test_grade_follows_a_second_judgement(
    school: School,
    moodle: Moodle,
    visit: Callable[..., Visitor],
) -> None:
    """A level raised later raises the grade: Moodle takes the second score too."""
    frame = validate(visit(school.editing_teacher), school)
    rate(frame, school.rated, [("C2.1.01.3", MASTERED)])

    seen = awaited(
        lambda: grade_of(moodle, school.course, school.activity.name, school.rated).value, "7.50"
    )

    assert seen == "7.50"


def test_non_editing_teacher_is_a_teacher_and_no_pupil(
    school: School, visit: Callable[..., Visitor]
) -> None:
    """Moodle's roster calls a non-editing teacher a learner; the launch tells otherwise."""
    own = visit(school.teacher).open(school.activity)

    assert own.url.endswith("/class")
    assert rows(own) == school.pupils

    colleague = visit(school.editing_teacher).open(school.activity)
    assert rows(colleague) == school.pupils
    listed = colleague.locator("#grid").inner_text()
    assert school.teacher.last_name.upper() not in listed


def test_student_sees_own_progress_only(
    school: School,
    moodle: Moodle,
    visit: Callable[..., Visitor],
    picture: Callable[[Person, Activity, str], None],
) -> None:
    frame = validate(visit(school.editing_teacher), school)
    student = visit(school.rated)

    own = student.open(school.activity)

    assert own.url.endswith("/progress")
    expect(own.locator(".headline .big b")).to_have_text("2")
    text = own.locator("main").inner_text()
    assert COMMENT in text
    assert school.other.last_name.upper() not in text.upper()
    picture(school.rated, school.activity, "student")
    assert frame.url.endswith("/class")


def test_teacher_rates_on_a_phone(
    school: School, moodle: Moodle, visit: Callable[..., Visitor]
) -> None:
    """A phone gets the tool as the whole window, and rates with the buttons at the foot."""
    frame = visit(school.teacher, phone=True).open(school.activity)

    row = frame.locator("#grid tbody tr").filter(has_text=class_name(school.other))
    row.locator("td.c").first.tap()
    frame.locator("#foot-levels .lv4").tap()

    expect(row.locator("td.c").first).to_have_class(re.compile(r"\blv4\b"))
    seen = awaited(
        lambda: grade_of(moodle, school.course, school.activity.name, school.other).value, "2.50"
    )
    assert seen == "2.50"


@pytest.mark.parametrize("page", ["class", "students", "grades", "changes.json", "students/1"])
def test_student_is_refused_on_the_teachers_pages(
    school: School, visit: Callable[..., Visitor], page: str
) -> None:
    """403, and nobody's name: asked for from inside the frame, with the student's own session."""
    own = visit(school.other).open(school.activity)

    answer = own.evaluate(
        """async (page) => {
            const answer = await fetch(page, {credentials: "same-origin"});
            return {status: answer.status, text: await answer.text()};
        }""",
        page,
    )

    assert answer["status"] == 403
    assert school.rated.first_name not in answer["text"]
    assert school.rated.last_name.upper() not in answer["text"]
