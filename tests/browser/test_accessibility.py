"""axe-core finds nothing on any page of the class, at a desk, zoomed and on a phone, in both schemes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, expect

from lti_app.demo.run import Running
from tests.browser.conftest import Visitor
from tests.browser.grid import Grid
from tests.browser.looking import look, look_in_both_schemes
from tests.screenshots import scene

pytestmark = pytest.mark.browser

TEACHERS = (
    "/class",
    "/students",
    "/session/choose",
    "/session",
    "/groups",
    "/sheet",
    "/exchange",
    "/grades",
    "/exports",
    "/overview",
    "/requests",
    "/nowhere",
)


def base(tool: Frame) -> str:
    found = re.match(r".*/s/[^/]+", tool.url)
    assert found is not None
    return found[0]


def walk(visitor: Visitor, tool: Frame, paths: tuple[str, ...]) -> dict[str, dict[str, list[str]]]:
    """What is wrong on each of these pages."""
    found = {}
    start = base(tool)
    for path in paths:
        tool.goto(start + path)
        if path == "/class":
            narrow(tool)
        if wrong := look(visitor, tool):
            found[path] = wrong
    return found


def narrow(tool: Frame) -> None:
    """Leaves a few rows of the grid: a row is like another, and axe-core takes long on a thousand cells."""
    expect(tool.locator("#loading")).to_have_count(0)
    tool.locator("#search").fill("be")
    expect(tool.locator("#grid tbody tr")).not_to_have_count(35)
    assert 0 < tool.locator("#grid tbody tr").count() < 6


def arrange(tool: Frame) -> None:
    """Teams, a group and a séance, so that their pages hold something."""
    start = base(tool)
    tool.goto(start + "/groups")
    for place, (label, value) in enumerate(
        (("Nombre d’équipes à créer", "2"), ("Nouveau groupe", "TP"))
    ):
        tool.get_by_label(label).fill(value)
        tool.get_by_role("button", name="Créer").nth(place).click()
        expect(tool.locator("ul.named").nth(place).locator("li").first).to_be_visible()
    tool.goto(start + "/session/choose")
    tool.locator('input[name="code"]').first.check()
    tool.get_by_role("button", name="Commencer la séance").click()
    tool.wait_for_url("**/session")


def test_the_pages_of_a_class_in_the_middle_of_its_year(
    person: Callable[[str], Visitor], site: Running
) -> None:
    student = person("Chloé Abadie")
    own = student.open(scene.TITLE)
    scene.furnish(site.parts)
    scene.answer_one(site.parts)
    teacher = person("Camille Durand")
    tool = teacher.open(scene.TITLE)
    arrange(tool)
    assert walk(teacher, tool, TEACHERS) == {}

    own.goto(base(own) + "/progress")
    declared = own.locator("a.state-link").evaluate_all("all => all.map(a => a.pathname)")
    paths = list(dict.fromkeys(re.sub(r"^/s/[^/]+", "", path) for path in declared))
    assert len(paths) == 3  # sent back, asked, draft
    pages = ("/progress", "/progress?show=progress", "/situations", "/situations/1", *paths)
    assert walk(student, own, pages) == {}
    assert [one for one in teacher.troubles if "404" not in one] + student.troubles == []


def test_what_opens_over_the_grid(person: Callable[[str], Visitor]) -> None:
    grid = Grid(person("Camille Durand"))
    narrow(grid.frame)
    found = {}
    for opener, opened in (
        ("#help-open", "dialog[open]"),
        ("#comment-open", "dialog[open]"),
        ("#panel-open", "#panel:not([hidden])"),
        ("details.settings > summary", ".settings .menu-box"),
        ("details.marks > summary", "#foot-marks"),
    ):
        grid.cell(0, 0).click()
        grid.frame.locator(opener).click()
        expect(grid.frame.locator(opened)).to_be_visible()
        found[opener] = look_in_both_schemes(grid.visitor, grid.frame)
        grid.press("Escape")
    assert [one for wrong in found.values() for one in wrong] == []


def test_the_grid_in_a_short_frame_and_transposed(person: Callable[[str], Visitor]) -> None:
    grid = Grid(person("Camille Durand"))
    narrow(grid.frame)
    found = {}
    for width in (885, 390):
        grid.resize(width, 480)
        grid.cell(0, 0).click()
        found[width] = look_in_both_schemes(grid.visitor, grid.frame)
    grid.frame.locator("details.settings > summary").click()
    grid.frame.locator("#transposed").check()
    found[0] = look_in_both_schemes(grid.visitor, grid.frame)
    assert found == {885: [], 390: [], 0: []}


def test_the_differences_of_a_spreadsheet(person: Callable[[str], Visitor]) -> None:
    visitor = person("Camille Durand")
    tool = visitor.open("P1 Production de services")
    tool.goto(tool.url.replace("/class", "/sheet"))
    text = "n;nom;C1.1.03.1\n;Chloé Abadie;A\n;Noah Bénard;?\n;Personne;A\n"
    file = {"name": "class.csv", "mimeType": "text/csv", "buffer": text.encode()}
    tool.get_by_label("Fichier rempli").set_input_files(file)
    tool.get_by_role("button", name="Voir les différences").click()
    expect(tool.locator("ul.problems li")).to_have_count(2)
    assert look(visitor, tool) == {}
