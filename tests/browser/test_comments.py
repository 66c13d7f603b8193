"""Comments in the class grid: nothing typed vanishes, nothing unread is written over, and they can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser
WORDS = re.compile(r"\bwords\b")


@pytest.fixture
def grid(person: Callable[[str], Visitor]) -> Grid:
    return Grid(person("Camille Durand"))


def write(grid: Grid, text: str) -> None:
    """On what is chosen, by the comment's window."""
    grid.press("c")
    field(grid).fill(text)
    grid.press("Control+Enter")
    grid.saved()


def field(grid: Grid) -> Locator:
    return grid.frame.get_by_label("L’étudiant lira ce commentaire.")


def in_panel(grid: Grid) -> Locator:
    return grid.frame.get_by_label("Commentaire (l’étudiant le lira)")


class TestPanel:
    def test_what_was_typed_is_saved_when_another_cell_is_chosen(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("h")
        in_panel(grid).fill("Dossier clair.")
        grid.cell(0, 1).click()
        grid.saved()
        expect(in_panel(grid)).to_have_value("")
        expect(grid.cell(0, 0)).to_have_class(WORDS)
        grid.reload()
        grid.cell(0, 0).click()
        expect(in_panel(grid)).to_have_value("Dossier clair.")

    def test_and_when_it_closes(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("h")
        in_panel(grid).fill("Dossier clair.")
        grid.press("Escape")
        grid.saved()
        expect(grid.cell(0, 0)).to_have_class(WORDS)

    def test_leaving_the_page_asks_for_it(self, grid: Grid) -> None:
        asked: list[str] = []

        def leave(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        grid.page.on("dialog", leave)
        grid.cell(0, 0).click()
        grid.press("h")
        in_panel(grid).fill("Dossier clair.")
        grid.page.goto(f"{grid.visitor.site.lms_url}/my/")
        assert asked == ["beforeunload"]


class TestWindow:
    def test_a_click_beside_it_costs_no_text(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("c")
        field(grid).fill("Dossier clair.")
        grid.page.mouse.click(*beside(grid))
        expect(field(grid)).to_have_value("Dossier clair.")
        field(grid).fill("")
        grid.page.mouse.click(*beside(grid))
        expect(field(grid)).to_be_hidden()

    def test_a_selection_that_ends_beside_it_does_not_close_it(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        write(grid, "Dossier clair.")
        grid.press("c")
        expect(field(grid)).to_have_value("Dossier clair.")
        field(grid).hover()
        grid.page.mouse.down()
        grid.page.mouse.move(*beside(grid))
        grid.page.mouse.up()
        expect(field(grid)).to_be_visible()

    def test_what_could_not_be_read_is_not_written_over(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        write(grid, "Dossier clair.")
        grid.reload()
        grid.page.route("**/cell.json*", lambda route: route.abort())
        grid.cell(0, 0).click()
        grid.press("c")
        expect(grid.frame.locator("#comment-about")).to_contain_text("n’a pas pu être lu")
        expect(field(grid)).not_to_be_editable()
        grid.press("Control+Enter", "h")
        expect(in_panel(grid)).not_to_be_editable()
        grid.page.unroute("**/cell.json*")
        grid.cell(0, 1).click()
        grid.cell(0, 0).click()
        expect(in_panel(grid)).to_have_value("Dossier clair.")

    def test_a_block_keeps_its_comments_when_none_is_typed(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        write(grid, "Dossier clair.")
        grid.press("Shift+ArrowRight", "c", "Control+Enter")
        expect(field(grid)).to_be_hidden()
        grid.saved()
        grid.reload()
        expect(grid.cell(0, 0)).to_have_class(WORDS)


class TestUndo:
    def test_a_comment_is_a_step_of_its_own(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("3", "ArrowLeft")
        write(grid, "Dossier clair.")
        grid.press("Control+z")
        expect(grid.cell(0, 0)).not_to_have_class(WORDS)
        assert grid.letters(range(1), range(1)) == ["A"]
        grid.press("Control+z")
        assert grid.letters(range(1), range(1)) == ["-"]
        grid.press("Control+y", "Control+y")
        grid.saved()
        grid.reload()
        assert grid.letters(range(1), range(1)) == ["A"]
        expect(grid.cell(0, 0)).to_have_class(WORDS)

    def test_the_words_of_before_come_back(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        write(grid, "Dossier clair.")
        grid.reload()
        grid.cell(0, 0).click()
        grid.press("c")
        expect(field(grid)).to_have_value("Dossier clair.")
        grid.press("Escape")
        write(grid, "Dossier confus.")
        grid.press("Control+z")
        grid.saved()
        grid.press("c")
        expect(field(grid)).to_have_value("Dossier clair.")

    def test_where_they_were_not_read_the_comment_stays(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        write(grid, "Dossier clair.")
        grid.reload()
        grid.cell(0, 0).click()
        grid.press("3", "ArrowLeft", "Shift+ArrowRight")
        write(grid, "À deux.")
        grid.press("Control+z")
        expect(grid.frame.locator("#saving")).to_contain_text("Un commentaire reste")
        expect(grid.cell(0, 1)).not_to_have_class(WORDS)
        expect(grid.cell(0, 0)).to_have_class(WORDS)
        assert grid.letters(range(1), range(1)) == ["A"]


def beside(grid: Grid) -> tuple[float, float]:
    """A point of the frame beside its open window."""
    box = grid.page.locator("iframe").bounding_box()
    assert box
    return box["x"] + 15, box["y"] + 15
