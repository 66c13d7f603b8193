"""Two teachers in one class: each sees the other's entries within seconds, and nothing is lost unseen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from lti_app.demo.run import Running
from tests.browser.conftest import DESKTOP, Visitor
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser


@pytest.fixture
def both(
    chromium: Browser, person: Callable[[str], Visitor], site: Running
) -> tuple[Grid, Grid, BrowserContext]:
    """Camille's grid, Inès' grid, and Inès' browser."""
    other = chromium.new_context(viewport=DESKTOP, locale="fr-FR")
    other.set_default_timeout(15_000)
    page = other.new_page()
    page.goto(site.lms_url)
    page.get_by_role("button", name="Inès O'Brien").click()
    page.wait_for_url(re.compile("/(my|course)/"))
    ines = Grid(Visitor(page, site))
    camille = Grid(person("Camille Durand"))
    yield camille, ines, other
    other.close()


def test_an_entry_appears_at_the_colleague_within_seconds(both) -> None:
    camille, ines, _ = both
    ines.cell(2, 1).click()
    ines.press("4")
    ines.saved()
    expect(camille.cell(2, 1)).to_have_text("M", timeout=5000)
    expect(camille.frame.locator("#saving")).to_contain_text("Inès O'Brien a évalué 1 case")


def rate_unseen(camille: Grid, ines: Grid, network: BrowserContext) -> None:
    """Inès, offline from now on, rates the first cell; then Camille does, otherwise, and her entry arrives."""
    network.set_offline(True)
    ines.cell(0, 0).click()
    ines.press("1")
    camille.cell(0, 0).click()
    camille.press("4")
    camille.saved()


def test_what_was_not_seen_is_not_overwritten_and_both_are_shown(both) -> None:
    """Inès is offline while Camille rates the same cell; her entry comes late and is held back."""
    camille, ines, network = both
    rate_unseen(camille, ines, network)
    network.set_offline(False)
    dialog = ines.frame.get_by_role("dialog", name="Saisies à départager")
    expect(dialog.locator("li")).to_contain_text("Camille Durand")
    expect(dialog.locator(".chip")).to_have_text(["★Maîtrisé", "○Non acquis"])
    expect(ines.cell(0, 0)).to_have_text("M")
    dialog.get_by_role("button", name="Mettre le mien").click()
    expect(dialog).to_be_hidden()
    ines.saved()
    expect(camille.cell(0, 0)).to_have_text("N", timeout=5000)
    ines.cell(0, 0).click()
    ines.press("Control+z")  # back to the colleague's, then no further
    ines.press("Control+z")
    assert ines.letters(range(1), range(1)) == ["M"]
    expect(camille.cell(0, 0)).to_have_text("M", timeout=5000)


def test_the_colleagues_can_be_kept(both) -> None:
    camille, ines, network = both
    rate_unseen(camille, ines, network)
    network.set_offline(False)
    ines.frame.get_by_role("button", name="Garder le sien").click()
    expect(ines.frame.locator("#clash-open")).to_be_hidden()
    ines.cell(0, 0).click()
    for key in ("Control+z", "Control+y"):  # the entry that was held back is not there to be undone
        ines.press(key)
        expect(ines.frame.locator("#saving")).to_contain_text("Un collègue a changé la case")
        assert ines.letters(range(1), range(1)) == ["M"]
    ines.saved()
    ines.reload()
    assert ines.letters(range(1), range(1)) == ["M"]


def test_undo_leaves_what_a_colleague_changed_since(both) -> None:
    camille, ines, _ = both
    camille.cell(0, 0).click()
    camille.press("2")
    camille.saved()
    expect(ines.cell(0, 0)).to_have_text("E", timeout=5000)
    ines.cell(0, 0).click()
    ines.press("4")
    expect(camille.cell(0, 0)).to_have_text("M", timeout=5000)
    camille.press("Control+z")
    camille.page.wait_for_timeout(300)
    assert camille.letters(range(1), range(1)) == ["M"]


def test_undo_before_deciding_leaves_the_colleagues_and_takes_back_what_came_after(both) -> None:
    camille, ines, network = both
    rate_unseen(camille, ines, network)
    ines.press("3")  # the next cell: newer than what will be held back
    network.set_offline(False)
    ines.frame.get_by_role("button", name="Décider plus tard").click()
    ines.cell(0, 0).click()
    ines.press("Control+z")
    assert ines.letters(range(1), range(2)) == ["M-"]
    ines.press("Control+z")
    expect(ines.frame.locator("#saving")).to_contain_text("Un collègue a changé la case")
    ines.frame.locator("#clash-open").click()
    ines.frame.get_by_role("button", name="Garder le sien").click()
    ines.cell(0, 0).click()
    ines.press("Control+y", "Control+y")
    assert ines.letters(range(1), range(2)) == ["MA"]
    expect(ines.frame.locator("td.pending")).to_have_count(0)
    ines.reload()
    assert ines.letters(range(1), range(2)) == ["MA"]


def test_undoing_a_comment_leaves_what_a_colleague_wrote_over_it(both) -> None:
    """The cell looks the same before and after: only the server can tell."""
    camille, ines, _ = both
    for grid, before, text in (
        (camille, "", "Dossier clair."),
        (ines, "Dossier clair.", "Confus."),
    ):
        grid.reload()
        words = grid.frame.get_by_label("L’étudiant lira ce commentaire.")
        grid.cell(0, 0).click()
        grid.press("c")
        expect(words).to_have_value(before)
        words.fill(text)
        grid.press("Control+Enter")
        grid.saved()
    for _ in range(2):  # hers has read all there is before it asks the second time
        with camille.page.expect_request("**/changes.json*"):
            pass
    camille.press("Control+z")
    dialog = camille.frame.get_by_role("dialog", name="Saisies à départager")
    expect(dialog.locator("li q")).to_have_text("Confus.")
    dialog.get_by_role("button", name="Garder le sien").click()
    camille.cell(0, 0).click()
    camille.press("c")
    mine = camille.frame.get_by_label("L’étudiant lira ce commentaire.")
    expect(mine).to_have_value("Confus.")
