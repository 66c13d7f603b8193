"""Ways of entry in the class grid: keys, blocks, undo, paste, pointer, phone, and a network that leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.grid import Grid, copied, paste

pytestmark = pytest.mark.browser


@pytest.fixture
def grid(person: Callable[[str], Visitor]) -> Grid:
    return Grid(person("Camille Durand"))


def test_each_key_rates_and_goes_on_and_the_server_has_it(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("1", "e", "3", "M", "3", "ArrowLeft", "Delete")
    assert grid.letters(range(1), range(6)) == ["NEAM--"]
    grid.press("Tab", "Shift+Tab")
    expect(grid.frame.locator("#foot-code")).to_have_text("C1.2.02.1")
    grid.press("Escape", "Tab")  # out of the grid, for whoever goes through the page
    assert not grid.frame.evaluate(
        "document.getElementById('grid').contains(document.activeElement)"
    )
    grid.saved()
    grid.reload()
    assert grid.letters(range(1), range(6)) == ["NEAM--"]


def test_the_digit_row_of_a_french_keyboard_needs_no_shift(grid: Grid) -> None:
    """The key of « 3 » types « " » on AZERTY: its place is what counts."""
    grid.cell(0, 0).click()
    grid.cell(0, 0).evaluate(
        """cell => cell.dispatchEvent(
            new KeyboardEvent("keydown", {key: '"', code: "Digit3", bubbles: true, cancelable: true}))"""
    )
    assert grid.letters(range(1), range(2)) == ["A-"]


def test_entry_goes_down_when_asked_and_on_to_the_next_column(grid: Grid) -> None:
    grid.frame.get_by_text("Réglages", exact=True).click()
    grid.frame.get_by_label("Après une saisie").select_option("down")
    last = grid.frame.locator("#grid tbody tr").count() - 1
    grid.cell(last, 0).click()
    grid.press("3", "2")
    assert (grid.letters(range(last, last + 1), range(1)), grid.cell(0, 1).inner_text()) == (
        ["A"],
        "E",
    )


def test_a_block_is_rated_at_once_undone_and_redone(grid: Grid) -> None:
    grid.cell(1, 1).click()
    grid.press("2")
    grid.cell(0, 0).click()
    grid.press("Shift+ArrowRight", "Shift+ArrowDown")
    expect(grid.frame.locator("#foot-name")).to_have_text("4 cases choisies")
    grid.press("3")
    rated = grid.letters(range(3), range(3))
    grid.press("Control+z")
    undone = grid.letters(range(3), range(3))
    grid.press("Control+z")
    nothing = grid.letters(range(3), range(3))
    grid.press("Control+y", "Control+y")
    assert (rated, undone, nothing) == (
        ["AA-", "AA-", "---"],
        ["---", "-E-", "---"],
        ["---", "---", "---"],
    )
    assert grid.letters(range(3), range(3)) == rated
    grid.saved()


def test_a_block_is_chosen_by_dragging(grid: Grid) -> None:
    grid.drag(grid.cell(0, 1), grid.cell(2, 2))
    expect(grid.frame.locator("#foot-name")).to_have_text("6 cases choisies")
    grid.press("3")
    assert grid.letters(range(4), range(4)) == ["-AA-", "-AA-", "-AA-", "----"]
    grid.drag(grid.cell(2, 2), grid.cell(1, 1))  # upwards too
    grid.press("1")
    assert grid.letters(range(4), range(4)) == ["-AA-", "-NN-", "-NN-", "----"]
    grid.saved()


def test_absent_exempt_and_not_evaluated_have_keys(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("b", "d", "x", "3")
    assert grid.letters(range(1), range(5)) == ["AbDiNEA-"]
    grid.saved()
    grid.reload()
    assert grid.letters(range(1), range(5)) == ["AbDiNEA-"]
    expect(grid.cell(0, 1)).to_have_attribute("aria-label", "Dispensé")


def test_a_batch_says_how_many_cells_it_changed(grid: Grid) -> None:
    saving = grid.frame.locator("#saving")
    grid.cell(0, 0).click()
    grid.press("3")
    for keys, said in (
        (("ArrowLeft", "Shift+ArrowRight", "3"), "1 case évaluée · Enregistré"),
        (("3",), "Rien n’a changé\u202f: c’est déjà ce que disent ces cases · Enregistré"),
        (("v", "4"), "Rien n’a changé\u202f: aucune de ces cases n’est vide · Enregistré"),
        (("v", "0"), "2 cases évaluées, dont 2 remplacées. Ctrl Z annule · Enregistré"),
        (("Escape", "2", "ArrowLeft", "Shift+ArrowLeft", "4"), "dont 1 remplacée"),
    ):
        grid.press(*keys)
        expect(saving).to_contain_text(said)


def test_a_part_says_how_far_one_is_in_the_languages_own_plurals(grid: Grid) -> None:
    """French has no more than one of nothing, English has many."""

    def head() -> Locator:
        return grid.frame.locator("#grid button[data-code='D1.1']")

    def part() -> Locator:
        return grid.frame.locator("#grid tbody tr").first.locator("td.p")

    grid.cell(0, 0).click()
    for entry, said in (
        ("0", "0 compétence acquise sur 2, 0 évaluée"),
        ("3", "1 compétence acquise sur 2, 1 évaluée"),
    ):
        grid.press(entry)
        head().click()
        expect(part()).to_have_attribute("aria-label", said)
        head().click()
        grid.cell(0, 0).click()
    grid.press("0")
    grid.saved()
    grid.page.get_by_title("Changer la langue des activités").click()
    grid.launch()
    head().click()
    expect(part()).to_have_attribute("aria-label", "0 competences acquired out of 2, 0 assessed")


def test_a_columns_number_chooses_the_class_and_one_key_rates_it(grid: Grid) -> None:
    grid.frame.get_by_role("button", name="Choisir toute la colonne C1.2.01.1").click()
    grid.press("4")
    rows = grid.frame.locator("#grid tbody tr").count()
    assert grid.letters(range(rows), range(2, 3)) == ["M"] * rows
    grid.saved()


def test_what_a_spreadsheet_copies_is_pasted(grid: Grid) -> None:
    grid.cell(1, 1).click()
    paste(grid, "A\tmaîtrisé\r\n?\t2\r\n")
    assert grid.letters(range(4), range(4)) == ["----", "-AM-", "--E-", "----"]
    said = "3 cases collées, 1 ignorée (illisible ou hors du tableau)"
    expect(grid.frame.locator("#saving")).to_contain_text(said)
    grid.saved()


def test_names_are_pasted_as_people_and_spreadsheets_write_them(grid: Grid) -> None:
    """A straight apostrophe, another case or language, an absence; a cell in quotes stays one cell."""
    grid.cell(0, 0).click()
    lines = [
        ["En cours d'acquisition", "EN COURS  D’ACQUISITION ", "mastered", '"Acquis"'],
        ["abs", "dispensée", "nn", "-"],
        ['"Acquis\nà revoir"', '"Bien\t"', '"dit ""oui"""', "A"],
    ]
    grid.cell(1, 3).click()
    grid.press("4")
    grid.cell(0, 0).click()
    paste(grid, "\r\n".join("\t".join(line) for line in lines))
    assert grid.letters(range(4), range(5)) == ["EEMA-", "AbDiNE--", "---A-", "-----"]
    said = "9 cases collées, 3 ignorées (illisibles ou hors du tableau)"
    expect(grid.frame.locator("#saving")).to_contain_text(said)


def test_what_is_copied_is_what_a_spreadsheet_takes(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("3", "b", "1")
    grid.cell(0, 0).click()
    grid.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown")
    text = copied(grid)
    assert text == "A\tAb\tN\n\t\t"
    grid.cell(2, 1).click()
    paste(grid, text)
    assert grid.letters(range(4), range(5)) == ["AAbN--", "-----", "-AAbN-", "-----"]


def test_heads_are_reached_and_folded_by_keyboard(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("ArrowUp", "ArrowUp", "ArrowUp")
    focused = grid.frame.locator(":focus")
    expect(focused).to_have_attribute("aria-label", "Replier D1.1, Analyse de la demande")
    grid.press("Enter")
    expect(focused).to_have_attribute("aria-expanded", "false")
    part = grid.frame.locator("#grid tbody tr").first.locator("td.p")
    expect(part).to_have_text("0\u202f%")
    grid.press("ArrowDown")
    expect(grid.frame.locator("#foot-code")).to_have_text("D1.1")


def test_search_keeps_the_rows_or_the_columns_that_match(grid: Grid) -> None:
    grid.press("/")
    grid.frame.locator("#search").fill("abadie")
    expect(grid.frame.locator("#grid tbody tr")).to_have_count(1)
    grid.frame.locator("#search").fill("dossier de choix")
    expect(grid.frame.locator("#grid thead .leaf")).to_have_count(1)
    assert grid.frame.locator("#grid tbody tr").count() > 1


def test_entries_wait_for_the_network(grid: Grid, context: BrowserContext) -> None:
    grid.cell(0, 0).click()
    context.set_offline(True)
    grid.press("3", "4")
    expect(grid.frame.locator("#saving")).to_contain_text("Hors connexion")
    expect(grid.frame.locator("td.pending")).to_have_count(2)
    context.set_offline(False)
    grid.saved()
    grid.reload()
    assert grid.letters(range(1), range(3)) == ["AM-"]


def test_a_comment_is_kept_and_found_in_the_history(grid: Grid) -> None:
    grid.cell(0, 0).click()
    grid.press("3", "ArrowLeft", "c")
    grid.frame.get_by_label("L’étudiant lira ce commentaire.").fill("Dossier <clair>.")
    grid.press("Control+Enter")
    grid.saved()
    grid.press("h")
    items = grid.frame.locator("#panel-history li")
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("Dossier <clair>.")
    expect(items.first).to_contain_text("par Camille Durand")


def test_a_phone_rates_from_the_bar_at_the_foot(
    person: Callable[[str], Visitor],
) -> None:
    visitor = person("Camille Durand")
    visitor.page.set_viewport_size(PHONE)
    grid = Grid(visitor)
    grid.cell(0, 0).click()
    grid.frame.get_by_role("button", name="Acquis", exact=True).click()
    assert grid.letters(range(1), range(2)) == ["A-"]
    grid.saved()
    assert grid.frame.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
