"""« Saisie déportée » in a browser: downloaded, filled in with openpyxl, uploaded, accepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, follow
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser


def test_a_class_goes_out_and_comes_back(person: Callable[[str], Visitor], tmp_path: Path) -> None:
    grid = Grid(person("Camille Durand"))
    grid.cell(0, 0).click()
    grid.press("1")
    grid.saved()
    grid.setting("Après une saisie")
    follow(grid.frame, grid.frame.get_by_role("link", name="Saisir dans un tableur"))
    with grid.page.expect_download() as download:
        grid.frame.get_by_role("link", name="Classeur (.xlsx)").click()
    path = tmp_path / "class.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert (sheet["B4"].value, sheet["C4"].value) == ("ABADIE Chloé", "N")
    sheet["C4"], sheet["D5"] = "Maîtrisé", "a"
    book.save(path)
    grid.frame.get_by_label("Fichier rempli").set_input_files(path)
    follow(grid.frame, grid.frame.get_by_role("button", name="Voir les différences"))
    expect(grid.frame.get_by_role("heading", name="2 cases changent")).to_be_visible()
    follow(grid.frame, grid.frame.get_by_role("button", name="Enregistrer les cases cochées"))
    expect(grid.frame.locator("#grid td.c").first).to_be_visible()
    notice = grid.frame.locator("form.recorded")
    expect(notice).to_contain_text("2 cases enregistrées.")
    assert grid.letters(range(2), range(2)) == ["M-", "-A"]
    notice.get_by_role("button", name="Tout annuler").click()
    expect(grid.frame.get_by_text("2 cases sont comme avant")).to_be_visible()
    expect(grid.frame.locator("#grid td.c").first).to_be_visible()
    assert grid.letters(range(2), range(2)) == ["N-", "--"]
