"""Every way of entry of the class grid inside a real Moodle's frame, by two teachers of one course.

The launch container is Moodle's embedded one; what is typed in the frame is read again after a new launch,
and in the end Moodle's gradebook is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from lti_app.models import LaunchSession
from lti_app.models.store import Store
from tests.browser.grid import Grid, copied, paste
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
from tests.moodle.gradebook import awaited, grades
from tests.moodle.product import Product
from tests.moodle.tools import Activity, Tool, add_activity

NAME = "Grille"
PUPILS = 4
ALL = range(PUPILS)
COLUMNS = range(8)  # of A2.1.01 and A2.3.01
EMPTY = ["--------"] * PUPILS


@dataclass(frozen=True)
class School:
    course: Course
    activity: Activity
    teacher: Person
    colleague: Person


@pytest.fixture(scope="module")
def school(moodle: Moodle, tool: Tool) -> Iterator[School]:
    newcomers = [
        Newcomer("Hélène", "L’Éditrice", EDITING_TEACHER),
        Newcomer("Rémi", "Non-Éditeur", TEACHER),
        *(Newcomer(f"Prénom{n}", f"Élève{n}", STUDENT) for n in ALL),
    ]
    with (
        temporary_course(moodle, "BTS SIO : « grille »") as course,
        temporary_people(moodle, course, newcomers) as (teacher, colleague, *_),
    ):
        activity = add_activity(
            moodle, course, tool, NAME, custom={"scope": "A2.1.01 A2.3.01"}, maximum=20
        )
        yield School(course, activity, teacher, colleague)


@pytest.fixture
def teacher(school: School, visit: Callable[..., Visitor]) -> Visitor:
    return visit(school.teacher)


@pytest.fixture
def grid(school: School, teacher: Visitor) -> Iterator[Grid]:
    """The grid in Moodle's frame, empty before and after."""
    grid = Grid(teacher, school.activity)
    yield grid
    grid.reload()
    grid.cell(0, 0).click()
    grid.press("Control+a", "Delete")
    grid.saved()
    assert grid.letters(ALL, COLUMNS) == EMPTY


def after_a_new_launch(grid: Grid) -> list[str]:
    grid.saved()
    grid.launch()
    return grid.letters(ALL, COLUMNS)


def test_keys_blocks_fills_undo_and_codes(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("1", "e", "3", "M", "2", "Delete")  # one after the other
    grid.press("Tab", "Shift+Tab", "b")  # absent
    grid.cell(1, 1).click()
    grid.press("Shift+ArrowDown", "Shift+ArrowRight", "3")  # a block
    grid.drag(grid.cell(2, 4), grid.cell(3, 5))  # a block by dragging
    grid.press("4", "Control+z", "Control+y")
    grid.frame.locator("#grid thead .leaf button").nth(0).click()
    grid.press("v", "1")  # what is empty in a column
    grid.cell(3, 0).click()
    grid.press("Control+a", "v", "4")  # what is empty in the class
    rated = ["NEAMEMAbM", "NAAMMMMM", "NAAMMMMM", "NMMMMMMM"]
    assert grid.letters(ALL, COLUMNS) == rated
    grid.press("Control+z")
    wanted = ["NEAME-Ab-", "NAA-----", "NAA-MM--", "N---MM--"]
    assert (grid.letters(ALL, COLUMNS), after_a_new_launch(grid)) == (wanted, wanted)


def test_exempt_and_not_evaluated_going_down(grid: Grid) -> None:
    frame = grid.frame
    frame.locator("details.settings > summary").click()
    frame.locator("#advance").select_option("down")
    frame.locator("#search").click()
    # Moodle's roster calls the colleague a student, so they have a row until they come
    others = frame.locator("#grid tbody tr").count() - PUPILS
    grid.cell(0, 0).click()
    grid.press("d", "x", "b", "3", *["Delete"] * others)
    grid.press("4")  # from the last row on to the next column
    assert after_a_new_launch(grid) == ["DiM------", "NE-------", "Ab-------", "A-------"]
    grid.frame.locator("details.settings > summary").click()
    grid.frame.locator("#advance").select_option("right")
    grid.frame.locator("#search").click()


def test_what_is_copied_is_pasted(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("3", "4")
    grid.cell(0, 0).click()
    grid.press("Shift+ArrowRight")
    text = copied(grid)
    grid.cell(2, 3).click()
    paste(grid, f"{text}\r\n1\t?\r\n")
    assert text == "A\tM"
    assert after_a_new_launch(grid) == ["AM------", "--------", "---AM---", "---N----"]


def test_teams_transposed_and_a_comment(grid: Grid) -> None:
    base = grid.frame.url.rsplit("/", 1)[0]
    frame = grid.frame
    frame.goto(base + "/groups")
    frame.locator("input[type=number]").first.fill("2")
    frame.locator("form:has(input[type=number]) button").first.click()
    selects = frame.locator("table.places select")
    for place in ALL:
        selects.nth(place).select_option(index=1 + place % 2)
    frame.locator("form:has(table.places) button").last.click()
    expect(frame.locator("p.success")).to_be_visible()
    frame.goto(base + "/class")
    frame.locator("details.settings > summary").click()
    frame.locator("#by-team").check()
    frame.locator("#transposed").check()
    frame.locator("#search").click()
    expect(frame.locator("#grid")).to_have_class("transposed")
    grid.cell(0, 0).click()
    grid.press("3", "ArrowLeft", "c")
    frame.locator("#comment-text").fill("À relire, « 5 < 6 ».")
    grid.press("Control+Enter")
    grid.saved()
    frame.locator("details.settings > summary").click()
    frame.locator("#transposed").uncheck()
    frame.locator("#by-team").uncheck()
    frame.locator("#search").click()
    assert [row[0] for row in after_a_new_launch(grid)] == ["A", "-", "A", "-"]
    grid.cell(0, 0).click()
    grid.press("h")
    expect(grid.frame.locator("#panel-history li").first).to_contain_text("5 < 6")


def test_a_spreadsheet_and_the_seance(grid: Grid, tmp_path: Path) -> None:
    frame = grid.frame
    base = frame.url.rsplit("/", 1)[0]
    frame.goto(base + "/sheet")
    with grid.page.expect_download() as download:
        frame.locator("a[href$='xlsx']").click()
    path = tmp_path / "class.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C4"], book.worksheets[0]["D5"] = "M", "a"
    book.save(path)
    frame.locator("input[type=file]").set_input_files(path)
    frame.locator("form:has(input[type=file]) button").click()
    expect(frame.locator("table.differences tbody tr")).to_have_count(2)
    frame.locator(".save-bar button").click()
    frame.wait_for_url("**/class")
    frame.goto(base + "/session/choose")
    frame.locator("input[name=code]").nth(7).check()
    frame.locator("form:has(input[name=code]) button").last.click()
    frame.wait_for_url("**/session")
    line = frame.locator("li[data-learner]").nth(2)
    line.locator("label:has(input[value='2'])").click()
    expect(frame.locator("#saving")).to_have_text(re.compile("^(Enregistré|Saved)$"))
    grid.launch()
    assert grid.letters(ALL, COLUMNS) == ["M-------", "-A------", "-------E", "--------"]


def test_a_session_that_ended_costs_no_entry(grid: Grid, product: Product) -> None:
    """In Moodle's frame, where this browser allows no storage: the next launch offers what was typed."""
    store = Store(f"sqlite:///{product.folder / 'competences.sqlite3'}")
    with store.write() as session:
        over = datetime.now(UTC) - timedelta(minutes=1)
        session.execute(update(LaunchSession).values(expires_at=over))
    store.dispose()
    grid.cell(0, 0).click()
    grid.press("4")
    expect(grid.frame.locator("#saving.alarm")).to_be_visible()
    frame = grid.visitor.open(grid.activity)
    expect(frame.locator("section.kept li")).to_have_count(1)
    frame.locator("section.kept .btn.primary").click()
    frame.wait_for_url("**/class")
    grid.launch()
    assert grid.letters(range(1), range(2)) == ["M-"]


def test_two_teachers_one_without_network_and_the_grade_arrives(
    moodle: Moodle, grid: Grid, school: School, visit: Callable[..., Visitor]
) -> None:
    """Each sees the other; what was not seen is not overwritten; Moodle gets what was decided."""
    other = visit(school.colleague)
    theirs = Grid(other, school.activity)
    theirs.cell(1, 1).click()
    theirs.press("4")
    expect(grid.cell(1, 1)).to_have_text("M", timeout=6_000)
    other.context.set_offline(True)
    theirs.cell(0, 0).click()
    theirs.press("1", "3")
    expect(theirs.frame.locator("td.pending")).to_have_count(2)
    grid.cell(0, 0).click()
    grid.press("4")
    grid.saved()
    other.context.set_offline(False)
    dialog = theirs.frame.locator("dialog#clashes[open]")
    expect(dialog.locator(".chip").first).to_contain_text("M", timeout=20_000)
    dialog.locator("li button").first.click()
    expect(dialog).to_be_hidden()
    wanted = after_a_new_launch(theirs)
    assert wanted[0][:2] in ("MA", "NA")

    def values() -> list[str]:
        found = grades(moodle, school.course, NAME).values()
        return sorted(grade.value for grade in found if grade.value not in ("-", "0.00"))

    counts = [sum(one in "AM" for one in row) for row in wanted]
    acquired = sorted(f"{count * 2.5:.2f}" for count in counts if count)
    assert awaited(values, acquired, 60) == acquired
