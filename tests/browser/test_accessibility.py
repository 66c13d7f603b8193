"""axe-core finds nothing on any page, in both schemes, at a desk and on a phone.

axe-core: https://github.com/dequelabs/axe-core, the rules of WCAG 2.2 A and AA and its best practices.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, expect

from tests.browser.conftest import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

TEACHERS = ["/class", "/students", "/grades", "/exports", "/nowhere"]
SCREENS = [
    pytest.param(DESKTOP, "light", id="desk-light"),
    pytest.param(DESKTOP, "dark", id="desk-dark"),
    pytest.param(PHONE, "light", id="phone-light"),
    pytest.param(PHONE, "dark", id="phone-dark"),
]


def troubles(frame: Frame) -> list[str]:
    """What axe-core finds: the rule and the first element that breaks it."""
    found = Axe().run(frame).response["violations"]  # type: ignore[arg-type]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_teachers_pages(person: Callable[[str], Visitor], screen, scheme) -> None:
    visitor = person("Camille Durand")
    visitor.page.set_viewport_size(screen)
    visitor.page.emulate_media(color_scheme=scheme)
    tool = visitor.open("P1 Production de services")
    expect(tool.locator("#grid td.c").first).to_be_visible()
    tool.locator("#grid td.c").first.click()
    visitor.page.keyboard.press("3")
    base = tool.url.rsplit("/", 1)[0]
    found = {}
    for path in TEACHERS:
        tool.goto(base + path)
        if path == "/class":
            expect(tool.locator("#grid td.c").first).to_be_visible()
        found[path] = troubles(tool)
        assert tool.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    assert found == {path: [] for path in TEACHERS}


@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_a_students_page(person: Callable[[str], Visitor], screen, scheme) -> None:
    visitor = person("Chloé Abadie")
    visitor.page.set_viewport_size(screen)
    visitor.page.emulate_media(color_scheme=scheme)
    tool = visitor.open("P1 Production de services")
    assert troubles(tool) == []
    assert tool.evaluate("document.documentElement.scrollWidth") <= screen["width"]


@pytest.mark.parametrize("opener", ["#help-open", "#comment-open", "#history-open"])
def test_small_windows(person: Callable[[str], Visitor], opener) -> None:
    tool = person("Camille Durand").open("P1 Production de services")
    tool.locator("#grid td.c").first.click()
    tool.locator(opener).click()
    expect(tool.locator("dialog[open]")).to_be_visible()
    assert troubles(tool) == []
