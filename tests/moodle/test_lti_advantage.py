"""From a pasted address to a duplicated course: LTI Advantage in a real Moodle, clicked in Chromium.

The administrator registers and activates, a teacher places three activities of which two have a column,
everybody opens them, the gradebook leads to one student, and a copy of the course goes on as it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests import cookie_settings
from tests.moodle import advantage, copies, restoring
from tests.moodle.browsing import Visitor, profiled_visitor, visitor
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
from tests.moodle.gradebook import grades
from tests.moodle.pages import MoodleError
from tests.moodle.product import Product
from tests.moodle.tools import Activity, Tool

PARTS = ["P1", "D2.1", "A3.1.01"]
UNGRADED = "A3.1.01"


@dataclass(frozen=True)
class Registration:
    """What the two sides showed while the product was registered."""

    platform: int
    tool: Tool
    asked: str
    pending: str
    active: str


@dataclass(frozen=True)
class School:
    course: Course
    editing_teacher: Person
    teacher: Person
    pupil: Person
    other: Person


@pytest.fixture(scope="module")
def administrator() -> Person:
    name, password = os.environ["MOODLE_ADMIN_USER"], os.environ["MOODLE_ADMIN_PASSWORD"]
    return Person(0, name, "", "", "admin", password)


@pytest.fixture(scope="module")
def registration(
    moodle: Moodle, product: Product, browser: Browser, administrator: Person
) -> Iterator[Registration]:
    """The product registered by a pasted address, approved on its side and activated on Moodle's."""
    known = advantage.platforms(product)
    with visitor(browser, moodle.url, administrator) as admin:
        invitation = product.run("platform", "invite").strip()
        frame = advantage.register_by_url(admin.page, moodle.url, invitation)
        asked = frame.locator("main").inner_text()
        frame.get_by_role("button", name="Register").click()
        frame.wait_for_selector("#done-title")
        [platform] = advantage.platforms(product).keys() - known.keys()
        pending, client_id = advantage.platforms(product)[platform]
        tool = advantage.tool_with_client_id(moodle, client_id)
        try:
            advantage.close_and_activate(admin.page, frame, tool)
            product.run("platform", "approve", str(platform))
            advantage.show_in_chooser(moodle, tool)
            active, _ = advantage.platforms(product)[platform]
            yield Registration(platform, tool, asked, pending, active)
        finally:
            moodle.ajax("mod_lti_delete_tool_type", id=tool.id)


@pytest.fixture(scope="module")
def school(moodle: Moodle) -> Iterator[School]:
    newcomers = [
        Newcomer("Hélène", "L’Éditrice", EDITING_TEACHER),
        Newcomer("Rémi", "Non-Éditeur", TEACHER),
        Newcomer("Zoé", 'D\'Arc & "Co"', STUDENT),
        Newcomer("Œdipe", "Çelik", STUDENT),
    ]
    with (
        temporary_course(moodle, "BTS SIO : « LTI Advantage »") as course,
        temporary_people(moodle, course, newcomers) as people,
    ):
        yield School(course, *people)


@pytest.fixture(scope="module")
def announced(
    moodle: Moodle, browser: Browser, registration: Registration, school: School
) -> list[str]:
    """Three activities, placed by the teacher from the activity chooser: the titles announced."""
    with visitor(browser, moodle.url, school.editing_teacher) as teacher:
        advantage.choose_activity(teacher.page, moodle.url, school.course, registration.tool)
        picker = advantage.open_picker(teacher.page)
        titles = advantage.pick(picker, PARTS, without_column=[UNGRADED])
        advantage.add_to_course(teacher.page, picker)
    return titles


@pytest.fixture(
    params=[
        pytest.param("", id="any-cookie"),
        pytest.param(cookie_settings.THIRD_PARTY, id="no-third-party-cookie"),
    ]
)
def enter(
    request: pytest.FixtureRequest,
    moodle: Moodle,
    product: Product,
    browser: Browser,
    tmp_path: Path,
) -> Iterator[Callable[[Person], Visitor]]:
    """``enter(person)``: that person logged in at Moodle, with and without third-party cookies."""
    with ExitStack() as stack:

        def enter(person: Person) -> Visitor:
            if not request.param:
                return stack.enter_context(visitor(browser, moodle.url, person))
            folder = tmp_path / person.user_name
            profile = cookie_settings.write(folder, request.param, product.url, moodle.url)
            return stack.enter_context(profiled_visitor(browser, moodle.url, person, profile))

        yield enter


def test_a_pasted_address_registers_and_both_sides_approve(
    moodle: Moodle, product: Product, registration: Registration
) -> None:
    assert moodle.url in registration.asked
    assert (registration.pending, registration.active) == ("pending", "active")
    lines = product.run("platform", "check", str(registration.platform)).splitlines()
    assert lines
    (untried,) = (line for line in lines if not line.startswith("✓ "))
    assert untried.startswith("– deployment-id"), "no activity has been opened yet"


@pytest.fixture(scope="module")
def activities(moodle: Moodle, school: School, announced: list[str]) -> list[Activity]:
    """The three activities, in the order of the page."""
    placed = restoring.activities(moodle, school.course)
    assert [one.name for one in placed] == announced
    return [Activity(one.cmid, one.name, school.course) for one in placed]


def has_column(moodle: Moodle, course: Course, name: str) -> bool:
    """Whether the gradebook's export knows a column of that name."""
    try:
        grades(moodle, course, name)
    except MoodleError as error:
        assert "no column" in str(error)
        return False
    return True


def test_three_activities_are_placed_and_two_have_a_column(
    moodle: Moodle, school: School, announced: list[str]
) -> None:
    placed = restoring.activities(moodle, school.course)
    assert [one.name for one in placed] == announced
    chosen = [dict(line.split("=", 1) for line in one.custom.splitlines()) for one in placed]
    assert [custom["scope"] for custom in chosen] == PARTS
    assert {name: has_column(moodle, school.course, name) for name in announced} == {
        name: not name.startswith(UNGRADED) for name in announced
    }


@pytest.mark.parametrize(
    ("who", "page"),
    [
        pytest.param("editing_teacher", "class", id="editing-teacher"),
        pytest.param("teacher", "class", id="non-editing-teacher"),
        pytest.param("pupil", "progress", id="student"),
    ],
)
def test_each_role_gets_its_page(
    school: School,
    activities: list[Activity],
    enter: Callable[[Person], Visitor],
    who: str,
    page: str,
) -> None:
    frame = enter(getattr(school, who)).open(activities[1])
    assert frame.url.endswith(f"/{page}")
    assert "D2.1" in frame.locator("body").inner_text()


def test_administrator_gets_the_class_and_the_page_of_the_platform(
    activities: list[Activity], administrator: Person, visit: Callable[..., Visitor]
) -> None:
    """Who is enrolled nowhere may look in, and finds the page for administrators."""
    frame = visit(administrator).open(activities[0])
    assert frame.url.endswith("/class")
    assert frame.locator("header nav a[href$='/platform']").count() == 1


def test_gradebook_leads_to_that_student(
    moodle: Moodle,
    school: School,
    activities: list[Activity],
    enter: Callable[[Person], Visitor],
) -> None:
    """Submission review: the link on a student's grade opens that student, not the class."""
    enter(school.pupil).open(activities[0])  # known from their launch
    teacher = enter(school.editing_teacher)
    frame = advantage.follow_grade(teacher.page, moodle.url, activities[0], school.pupil)
    expect(frame.locator("#name")).to_have_text(f"{school.pupil.last_name.upper()} Zoé")


@pytest.mark.parametrize(
    ("refused", "open_picker"),
    [
        pytest.param(
            cookie_settings.THIRD_PARTY, advantage.open_picker, id="no-third-party-cookie"
        ),
        pytest.param(
            cookie_settings.IN_FRAMES, advantage.open_picker_in_tab, id="no-cookie-in-frames"
        ),
    ],
)
def test_activities_are_placed_whatever_cookies_the_browser_refuses(
    moodle: Moodle,
    product: Product,
    browser: Browser,
    registration: Registration,
    tmp_path: Path,
    refused: str,
    open_picker: Callable[[Page], Frame],
) -> None:
    """One fills Moodle's form; two, chosen after all, are made at once. Both come from a tab if there is one."""
    profile = cookie_settings.write(tmp_path / "profile", refused, product.url, moodle.url)
    newcomer = Newcomer("Hélène", "L’Éditrice", EDITING_TEACHER)
    with (
        temporary_course(moodle, "BTS SIO : « cookies »") as course,
        temporary_people(moodle, course, [newcomer]) as [person],
        profiled_visitor(browser, moodle.url, person, profile) as teacher,
    ):
        page = teacher.page
        advantage.choose_activity(page, moodle.url, course, registration.tool)
        picker = open_picker(page)
        [title] = advantage.pick(picker, PARTS[:1])
        advantage.send(page, picker)
        expect(page.locator("#id_name")).to_have_value(title)
        picker = open_picker(page)
        titles = advantage.pick(picker, PARTS[1:])
        advantage.add_to_course(page, picker)
        assert [one.name for one in restoring.activities(moodle, course)] == titles


def test_a_duplicated_course_goes_on_as_it_was(
    moodle: Moodle, school: School, activities: list[Activity], visit: Callable[..., Visitor]
) -> None:
    """Its activities cover what they were placed for; what the teacher changed since in the product comes
    along too, by the history that Moodle tells of a copied course."""
    teacher = visit(school.editing_teacher)
    frame = teacher.open(activities[0])
    frame.goto(frame.url.removesuffix("/class") + "/choose-again")
    frame.locator("#tree input[value='P1']").uncheck()
    frame.locator("#tree input[value='P2']").check()
    frame.locator("#submit").click()
    frame.wait_for_url("**/class")
    with copies.duplicate(moodle, school.course) as copy:
        placed = restoring.activities(moodle, copy)
        assert [one.name for one in placed] == [one.name for one in activities]
        heads = []
        for one in placed:
            frame = teacher.open(Activity(one.cmid, one.name, copy))
            frame.wait_for_selector("#grid tbody tr")
            heads.append(frame.locator("header.top").inner_text())
        covered = ["P2", *PARTS[1:]]
        assert [part in head for part, head in zip(covered, heads, strict=True)] == [True] * 3


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="blocked-by-setting"),
        pytest.param(("--test-third-party-cookie-phaseout",), id="phased-out"),
    ],
)
def test_third_party_cookies_are_not_needed(
    moodle: Moodle,
    product: Product,
    browser: Browser,
    school: School,
    activities: list[Activity],
    tmp_path: Path,
    arguments: tuple[str, ...],
) -> None:
    """In the frame: launch, rate, and the grade arrives."""
    profile = cookie_settings.write(
        tmp_path / "profile", cookie_settings.THIRD_PARTY, product.url, moodle.url
    )
    with profiled_visitor(
        browser, moodle.url, school.editing_teacher, profile, *arguments
    ) as teacher:
        frame = teacher.open(activities[1])
        row = frame.locator("#grid tbody tr").filter(has_text=school.other.last_name.upper())
        row.locator("td.c").first.click()
        frame.page.keyboard.press("4")
        expect(frame.locator("#saving")).not_to_have_class(re.compile("error"))
        expect(row.locator("td.grade .sync")).to_have_text("✓", timeout=60_000)
        frame.evaluate("location.reload()")
        expect(row.locator("td.c").first).to_have_class(re.compile(r"\blv4\b"), timeout=30_000)


def test_with_no_cookie_in_frames_a_new_tab_goes_on(
    moodle: Moodle,
    product: Product,
    browser: Browser,
    school: School,
    activities: list[Activity],
    tmp_path: Path,
) -> None:
    """The frame offers a new tab; the work continues there, page after page."""
    profile = cookie_settings.write(
        tmp_path / "profile", cookie_settings.IN_FRAMES, product.url, moodle.url
    )
    with profiled_visitor(browser, moodle.url, school.editing_teacher, profile) as teacher:
        teacher.page.goto(f"{moodle.url}/mod/lti/view.php?id={activities[0].cmid}")
        frame = advantage.frame_at(teacher.page, "/lti/login")
        with teacher.context.expect_page() as opened:
            frame.locator("#new-tab").click()
        tab = opened.value
        tab.wait_for_url("**/class")
        tab.wait_for_selector("#grid tbody tr")
        tab.locator("header nav a[href$='/students']").click()
        tab.wait_for_url("**/students/*")
        expect(tab.locator("#name")).to_contain_text(school.other.last_name.upper())
