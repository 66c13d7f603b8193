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

TEACHERS = [
    "/class",
    "/students",
    "/session/choose",
    "/session",
    "/groups",
    "/sheet",
    "/grades",
    "/exports",
    "/nowhere",
]
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


def arrange(tool: Frame, base: str) -> None:
    """Teams, a group and a séance, so that their pages hold something."""
    tool.goto(base + "/groups")
    for place, (label, value) in enumerate(
        (("Nombre d’équipes à créer", "2"), ("Nouveau groupe", "TP"))
    ):
        tool.get_by_label(label).fill(value)
        tool.get_by_role("button", name="Créer").nth(place).click()
        expect(tool.locator("ul.named").nth(place).locator("li").first).to_be_visible()
    tool.goto(base + "/session/choose")
    tool.locator('input[name="code"]').first.check()
    tool.get_by_role("button", name="Commencer la séance").click()
    tool.wait_for_url("**/session")


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
    arrange(tool, base)
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


@pytest.mark.parametrize(
    ("opener", "opened"),
    [
        pytest.param("#help-open", "dialog[open]", id="keys"),
        pytest.param("#comment-open", "dialog[open]", id="comment"),
        pytest.param("#panel-open", "#panel:not([hidden])", id="details"),
        pytest.param("details.settings > summary", ".settings .menu-box", id="settings"),
        pytest.param("details.marks > summary", "#foot-marks", id="absences"),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_small_windows(person: Callable[[str], Visitor], opener, opened, scheme) -> None:
    visitor = person("Camille Durand")
    visitor.page.emulate_media(color_scheme=scheme)
    tool = visitor.open("P1 Production de services")
    tool.locator("#grid td.c").first.click()
    tool.locator(opener).click()
    expect(tool.locator(opened)).to_be_visible()
    assert troubles(tool) == []


@pytest.mark.parametrize(("width", "height"), [(885, 480), (390, 480)])
def test_the_grid_in_a_short_frame_and_transposed(
    person: Callable[[str], Visitor], width, height
) -> None:
    visitor = person("Camille Durand")
    tool = visitor.open("P1 Production de services")
    visitor.page.evaluate(
        f'document.querySelector("iframe").style.cssText = "width:{width}px;height:{height}px"'
    )
    tool.locator("#grid td.c").first.click()
    visitor.page.keyboard.press("b")
    visitor.page.wait_for_timeout(400)  # the bar at the foot has settled
    found = troubles(tool)
    tool.locator("details.settings > summary").click()
    tool.locator("#transposed").check()
    assert found + troubles(tool) == []


def test_the_differences_of_a_spreadsheet(person: Callable[[str], Visitor]) -> None:
    tool = person("Camille Durand").open("P1 Production de services")
    tool.goto(tool.url.replace("/class", "/sheet"))
    text = "n;nom;C1.1.03.1\n;Chloé Abadie;A\n;Noah Bénard;?\n;Personne;A\n"
    file = {"name": "class.csv", "mimeType": "text/csv", "buffer": text.encode()}
    tool.get_by_label("Fichier rempli").set_input_files(file)
    tool.get_by_role("button", name="Voir les différences").click()
    expect(tool.locator("ul.problems li")).to_have_count(2)
    assert troubles(tool) == []
