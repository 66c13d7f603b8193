"""The main job in a browser: a teacher validates, the gradebook shows it, the student sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from lti_app.demo.run import Running
from tests.browser.conftest import DESKTOP, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("site", ["new"], indirect=True)
def test_three_validations_arrive_in_the_gradebook_and_at_the_student(
    person: Callable[[str], Visitor], site: Running
) -> None:
    teacher = person("Camille Durand")
    tool = teacher.open("P1 Production de services")
    row = tool.get_by_role("row").filter(has_text="ABADIE Chloé")
    cells = row.get_by_role("gridcell")
    for place, key in ((2, "3"), (3, "4"), (4, "a")):
        cells.nth(place).click()
        teacher.page.keyboard.press(key)
    expect(row).to_contain_text(re.compile(r"1,76"))
    expect(row.get_by_title("note envoyée à Moodle")).to_be_visible()
    assert teacher.troubles == []

    item = site.lms.store.item_of_activity(2)
    grade = site.lms.store.grade(item.id, 5)
    assert (grade.final, grade.feedback.split(" (")[0]) == (1.76, "3 compétences acquises sur 34")
    assert re.search(r"Abadie[^\n]*\n?.*1,76", teacher.gradebook(), re.S)

    student = person("Chloé Abadie")
    tool = student.open("P1 Production de services")
    expect(tool.locator("main")).to_contain_text(
        "3 compétences acquises sur 34", use_inner_text=True
    )
    assert student.troubles == []


def test_a_non_editing_teacher_teaches_and_is_no_pupil(
    person: Callable[[str], Visitor],
) -> None:
    tool = person("Inès O'Brien").open()
    expect(tool.get_by_role("row").filter(has_text="ABADIE Chloé")).to_be_visible()
    assert tool.get_by_role("row").filter(has_text="O'BRIEN").count() == 0


def test_a_student_sees_only_their_own_page(person: Callable[[str], Visitor]) -> None:
    student = person("Chloé Abadie")
    tool = student.open()
    assert tool.url.endswith("/progress")
    assert "Rayan" not in tool.content()
    tool.goto(tool.url.replace("/progress", "/class"))
    assert "ABADIE" not in tool.content()
    expect(tool.get_by_role("heading", level=1)).to_be_visible()


def test_with_cookies_blocked_a_new_tab_goes_on(chromium: Browser, site: Running) -> None:
    """Cookies refused in frames altogether: one click, and the work continues in a tab of its own."""
    context = chromium.new_context(viewport=DESKTOP, locale="fr-FR")
    page = context.new_page()
    context.add_init_script(
        "if (window.top !== window)"
        " Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} });"
    )
    page.goto(site.lms_url)
    page.get_by_role("button", name="Camille Durand").click()
    page.goto(f"{site.lms_url}/course/view.php?id=2")
    page.get_by_role("link", name="Compétences — tout le référentiel").first.click()
    link = page.frame_locator("iframe").get_by_role("link", name="Ouvrir dans un nouvel onglet")
    with context.expect_page() as opened:
        link.click()
    tab = opened.value
    tab.wait_for_url("**/class")
    expect(tab.get_by_role("row").filter(has_text="ABADIE Chloé")).to_be_visible()
    context.close()


def test_two_tabs_with_two_activities_keep_apart(
    person: Callable[[str], Visitor], site: Running
) -> None:
    visitor = person("Camille Durand")
    first = visitor.open()
    other = Visitor(visitor.page.context.new_page(), site)
    second = other.open("P1 Production de services")
    first.goto(first.url)
    second.goto(second.url)
    expect(first.locator("body")).to_contain_text("P5")
    expect(second.locator("body")).not_to_contain_text("P5")


def test_the_platform_is_told_how_tall_a_page_is(person: Callable[[str], Visitor]) -> None:
    """``lti.frameResize``: Moodle takes no notice, other platforms give the frame that height."""
    teacher = person("Camille Durand")
    teacher.page.add_init_script(
        "window.heights = []; addEventListener('message', (event) => "
        "event.data.subject === 'lti.frameResize' && heights.push(event.data.height))"
    )
    tool = teacher.open()
    tool.goto(tool.url.rsplit("/", 1)[0] + "/exports")
    tall = tool.evaluate("document.documentElement.scrollHeight")
    assert tall > teacher.page.viewport_size["height"]
    teacher.page.wait_for_function("(tall) => heights.at(-1) === tall", arg=tall)
