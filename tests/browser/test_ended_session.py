"""A session that ends in the middle of a lesson, in the LMS's frame, which allows a page no storage at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect
from sqlalchemy import update

from lti_app.demo.run import Running
from lti_app.models import LaunchSession
from tests.browser.conftest import PART, PHONE, Visitor, follow, window
from tests.browser.grid import Grid
from tests.browser.looking import look_in_both_schemes

pytestmark = pytest.mark.browser
STORAGE = "() => { try { localStorage.setItem('x', '1'); return true; } catch { return false; } }"


@pytest.fixture
def context(whole_chromium: Browser) -> Iterator[BrowserContext]:
    with window(whole_chromium) as context:
        yield context


def end_sessions(site: Running) -> None:
    """As twelve hours without a change do."""
    with site.parts.store.write() as session:
        ended = site.parts.clock() - timedelta(minutes=1)
        session.execute(update(LaunchSession).values(expires_at=ended))


def leaves_unasked(page: Page) -> list[str]:
    """The questions that leaving the page asks."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    return asked


def take_up(visitor: Visitor, button: str, activity: str = PART) -> Frame:
    """Launches again and sends what waits."""
    tool = visitor.open(activity)
    expect(tool.get_by_role("heading", name="À reprendre")).to_be_visible()
    assert look_in_both_schemes(visitor, tool) == []
    tool.get_by_role("button", name=button).click()
    return tool


def test_entries_of_the_class_wait_for_the_next_launch(
    person: Callable[[str], Visitor], site: Running
) -> None:
    visitor = person("Camille Durand")
    grid = Grid(visitor)
    assert not grid.frame.evaluate(STORAGE)
    grid.cell(0, 0).click()
    grid.press("3")
    grid.saved()
    end_sessions(site)
    grid.press("4")
    expect(grid.frame.locator("#saving")).to_contain_text("Saisies gardées")
    grid.press("1")
    with visitor.page.expect_response(
        lambda answer: '"level":2' in (answer.request.post_data or "")
    ):
        grid.press("2")
    expect(grid.frame.locator("#saving")).to_contain_text("Saisies gardées")
    expect(grid.frame.locator("td.pending")).to_have_count(3)
    asked = leaves_unasked(visitor.page)
    tool = take_up(visitor, "Enregistrer ces évaluations")
    expect(tool.get_by_text("3 cases enregistrées.")).to_be_visible()
    expect(tool.locator("#grid td.c").first).to_be_visible()
    grid.frame = tool
    assert grid.letters(range(1), range(5)) == ["AMNE-"]
    assert asked == []


def test_a_sitting_too(person: Callable[[str], Visitor], site: Running) -> None:
    visitor = person("Camille Durand")
    visitor.page.set_viewport_size(PHONE)
    tool = visitor.open(PART)
    tool.goto(tool.url.removesuffix("/class") + "/session/choose")
    tool.locator('input[name="code"]').first.check()
    follow(tool, tool.get_by_role("button", name="Commencer la séance"))
    row = tool.locator("#sitting li[data-learner]").first
    expect(row).to_be_visible()
    end_sessions(site)
    row.locator("label").nth(3).click()
    expect(tool.locator("#saving")).to_contain_text("Saisies gardées")
    tool = take_up(visitor, "Enregistrer cette évaluation")
    expect(tool.get_by_text("1 case enregistrée.")).to_be_visible()


def test_what_a_student_wrote_too(person: Callable[[str], Visitor], site: Running) -> None:
    visitor = person("Chloé Abadie")
    tool = visitor.open(PART)
    tool.goto(tool.url.removesuffix("/progress") + "/declarations/C1.1.03.1")
    tool.get_by_label("Ce que vous avez fait").fill("Un serveur de fichiers,\nau lycée")
    end_sessions(site)
    tool.get_by_role("button", name="Demander la validation").click()
    expect(tool.get_by_text("n’est pas perdu")).to_be_visible()
    expect(tool.get_by_role("link", name="Retour au cours dans Moodle")).to_be_visible()
    tool = take_up(visitor, "Envoyer")
    expect(tool.get_by_text("Votre demande est envoyée.")).to_be_visible()
    expect(tool.get_by_text("Un serveur de fichiers,")).to_be_visible()


def test_the_activity_opens_again_where_one_was(
    person: Callable[[str], Visitor], site: Running
) -> None:
    visitor = person("Camille Durand")
    grid = Grid(visitor)
    end_sessions(site)
    grid.frame.get_by_role("link", name="Bilan").click()
    expect(grid.frame.get_by_text("Votre session est terminée")).to_be_visible()
    tool = visitor.open(PART)
    expect(tool.get_by_role("link", name="Bilan")).to_have_attribute("aria-current", "page")
