"""The mark to reach: 35 students on 5 competences, all different, in 10 acts beyond the 175 level keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser

STUDENTS, COMPETENCES = 35, 5
# no two students and no two competences alike
LEVELS = [
    [1 + (row // 4**col + row * col + col) % 4 for col in range(COMPETENCES)]
    for row in range(STUDENTS)
]


class Acts:
    """Does what a teacher does and counts it: keys that give a level, and everything else."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.level_keys = 0
        self.others = 0

    def press(self, key: str) -> None:
        if key in "01234":
            self.level_keys += 1
        else:
            self.others += 1
        self.grid.press(key)

    def click(self, target: Locator) -> None:
        self.others += 1
        target.click()

    def choose(self, target: Locator, value: str) -> None:
        """In a list: it is opened, and one of its lines is clicked."""
        self.others += 2
        target.select_option(value)


def test_thirty_five_students_on_five_competences(person: Callable[[str], Visitor]) -> None:
    grid = Grid(person("Camille Durand"))
    assert len(grid.names) == STUDENTS
    assert len({tuple(row) for row in LEVELS}) == STUDENTS
    loads: list[str] = []
    grid.page.on("framenavigated", lambda frame: loads.append(frame.url))

    acts = Acts(grid)
    acts.click(grid.frame.get_by_text("Réglages", exact=True))
    acts.choose(grid.frame.get_by_label("Après une saisie"), "down")
    acts.click(grid.cell(0, 0))
    for column in range(COMPETENCES):
        for row in range(STUDENTS):
            acts.press(str(LEVELS[row][column]))
    grid.saved()

    assert acts.level_keys == STUDENTS * COMPETENCES
    assert acts.others <= 10
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
