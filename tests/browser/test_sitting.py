"""The séance on a phone: chosen at the desk, rated by thumb, saved at each touch."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Frame, Route, expect

from tests.browser.conftest import PHONE, Visitor, follow, touch, wait_for_paint
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser

CODES = ["C1.1.03.1", "C1.2.01.2"]


@pytest.fixture
def sitting(person: Callable[[str], Visitor]) -> Frame:
    """Two competences chosen; the phone shows the first."""
    visitor = person("Camille Durand")
    frame = visitor.open("P1 Production de services")
    frame.goto(frame.url.replace("/class", "/session"))
    for code in CODES:
        frame.get_by_label(re.compile(re.escape(code))).check()
    frame.get_by_role("button", name="Commencer la séance").click()
    frame.wait_for_url("**/session")
    visitor.page.set_viewport_size(PHONE)
    return frame


def rate(frame: Frame, name: str, level: str) -> None:
    line = frame.locator("li[data-learner]").filter(has_text=name)
    touch(line.get_by_role("radio", name=level, exact=True))


def test_each_touch_is_saved_and_counted(sitting: Frame) -> None:
    rate(sitting, "ABADIE", "Acquis")
    rate(sitting, "BÉNARD", "Absent")
    expect(sitting.locator("#saving")).to_have_text("Enregistré")
    expect(sitting.locator('[data-done="C1.1.03.1"]')).to_have_text(re.compile("^2 sur "))
    follow(sitting, sitting.get_by_role("link", name="Compétence suivante"))
    assert sitting.url.endswith(f"code={CODES[1]}")
    sitting.get_by_role("link", name=re.compile(CODES[0])).click()
    checked = sitting.locator('input[name^="level:"]:checked:not([value=""])')
    expect(checked).to_have_count(2)
    assert sitting.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_network_may_go_away(sitting: Frame, context: BrowserContext) -> None:
    context.set_offline(True)
    rate(sitting, "ABADIE", "Maîtrisé")
    expect(sitting.locator("#saving")).to_contain_text("Hors connexion")
    context.set_offline(False)
    expect(sitting.locator("#saving")).to_have_text("Enregistré")


def test_a_colleagues_entry_appears(sitting: Frame, person: Callable[[str], Visitor]) -> None:
    grid = Grid(person("Inès O'Brien"))
    grid.cell(0, 0).click()
    grid.press("4")
    line = sitting.locator("li[data-learner]").filter(has_text="ABADIE")
    expect(line.get_by_role("radio", name="Maîtrisé")).to_be_checked(timeout=6000)


def test_the_grid_shows_only_todays(sitting: Frame) -> None:
    sitting.goto(sitting.url.replace("/session", "/class"))
    sitting.get_by_label("Partie à afficher").select_option("sitting")
    expect(sitting.locator("#grid thead .leaf")).to_have_count(2)


def test_a_touch_before_the_script_is_there_is_saved_too(sitting: Frame) -> None:
    """On a slow line the page is there before its script."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    sitting.page.route("**/js/sitting.js", hold)
    sitting.goto(sitting.url, wait_until="commit")
    expect(sitting.locator("li[data-learner]").first).to_be_visible()
    wait_for_paint(sitting)
    rate(sitting, "ABADIE", "Acquis")
    expect(sitting.locator("html.js")).to_have_count(0)
    held[0].continue_()
    expect(sitting.locator("#saving")).to_have_text("Enregistré")
    sitting.page.unroute("**/js/sitting.js")
    sitting.goto(sitting.url)
    line = sitting.locator("li[data-learner]").filter(has_text="ABADIE")
    expect(line.get_by_role("radio", name="Acquis", exact=True)).to_be_checked()
