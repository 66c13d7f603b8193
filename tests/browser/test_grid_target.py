"""The mark to reach: 35 students on 5 competences, all different, in 10 acts beyond the 175 level keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser

STUDENTS, COMPETENCES = 35, 5
# no two students and no two competences alike
LEVELS = [
    [1 + (row // 4**col + row * col + col) % 4 for col in range(COMPETENCES)]
    for row in range(STUDENTS)
]


def test_thirty_five_students_on_five_competences(person: Callable[[str], Visitor]) -> None:
    grid = Grid(person("Camille Durand"))
    assert len(grid.names) == STUDENTS
    assert len({tuple(row) for row in LEVELS}) == STUDENTS
    loads: list[str] = []
    grid.page.on("framenavigated", lambda frame: loads.append(frame.url))

    acts = 0
    grid.frame.get_by_text("Réglages", exact=True).click()
    acts += 1
    grid.frame.get_by_label("Après une saisie").select_option("down")
    acts += 2  # opened, chosen
    grid.cell(0, 0).click()
    acts += 1
    for column in range(COMPETENCES):
        for row in range(STUDENTS):
            grid.press(str(LEVELS[row][column]))
    grid.saved()

    assert acts <= 10
    assert loads == []
    letters = ["".join("NEAM"[level - 1] for level in row) for row in LEVELS]
    assert grid.letters(range(STUDENTS), range(COMPETENCES)) == letters
    grid.reload()
    assert grid.letters(range(STUDENTS), range(COMPETENCES)) == letters


def test_a_uniform_column_is_one_fill(person: Callable[[str], Visitor]) -> None:
    """The column's head, then the level: two acts for everybody; with V only for who has none yet."""
    grid = Grid(person("Camille Durand"))
    rows = len(grid.names)
    grid.cell(1, 0).click()
    grid.press("1")
    grid.frame.get_by_role("button", name="Choisir toute la colonne C1.1.03.1").click()
    grid.press("v", "3")
    expect(grid.frame.locator("#saving")).to_have_text(f"{rows - 1} cases évaluées · Enregistré")
    assert grid.letters(range(rows), range(1)) == ["A", "N", *["A"] * (rows - 2)]
    grid.press("v", "4")
    assert grid.letters(range(rows), range(1)) == ["M"] * rows
