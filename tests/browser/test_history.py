"""The browser's back and forward buttons through a launch: pages come back, and no message is sent a second time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lti_app.demo.run import Running
from tests.browser.conftest import PART, PHONE, Visitor, follow
from tests.browser.grid import Grid
from tests.browser.test_ended_session import end_sessions

pytestmark = pytest.mark.browser
COURSE, ACTIVITY = "**/course/view.php?id=2", "**/mod/lti/view.php?*"


def go(page: Page, way: str) -> None:
    """« back » or « forward »: one step of the window, whichever of its frames that concerns."""
    page.evaluate(f"setTimeout(() => history.{way}())")


def shows_the_class(visitor: Visitor, letters: str) -> None:
    """The class page works, with what was saved in it."""
    frame = visitor.tool("**/s/*/class")
    expect(frame.locator("#grid td.c").first).to_have_text(letters)
    expect(frame.locator("#grid td.c.pending")).to_have_count(0)


def test_pages_in_the_frame_come_back(person: Callable[[str], Visitor]) -> None:
    visitor = person("Camille Durand")
    grid, page = Grid(visitor), visitor.page
    grid.cell(0, 0).click()
    grid.press("3")
    grid.saved()
    follow(grid.frame, grid.frame.get_by_role("link", name="Bilan"))
    go(page, "back")
    shows_the_class(visitor, "A")
    go(page, "back")
    page.wait_for_url(COURSE)
    go(page, "forward")
    page.wait_for_url(ACTIVITY)
    shows_the_class(visitor, "A")
    grid.frame = visitor.tool("**/s/*/class")
    grid.cell(0, 0).click()
    grid.press("4")
    grid.saved()
    go(page, "forward")
    expect(visitor.tool("**/s/*/overview").get_by_role("link", name="Bilan")).to_have_attribute(
        "aria-current", "page"
    )
    go(page, "back")
    shows_the_class(visitor, "M")
    assert visitor.troubles == []


def test_back_into_a_session_that_ended_says_to_open_the_activity_again(
    person: Callable[[str], Visitor], site: Running
) -> None:
    visitor = person("Camille Durand")
    frame = visitor.open(PART)
    follow(frame, frame.get_by_role("link", name="Bilan"))
    end_sessions(site)
    go(visitor.page, "back")
    expect(frame.get_by_role("heading", name="Votre session est terminée")).to_be_visible()
    go(visitor.page, "back")
    visitor.page.wait_for_url(COURSE)
    go(visitor.page, "forward")
    visitor.page.wait_for_url(ACTIVITY)
    frame = visitor.tool("**/s/*/class")
    expect(frame.get_by_text("Revenez à la page du cours")).to_be_visible()


def test_a_launch_that_takes_the_whole_window(person: Callable[[str], Visitor]) -> None:
    """As Moodle does on telephones: the messages in between are no step of the way."""
    visitor = person("Chloé Abadie")
    page = visitor.page
    page.set_viewport_size(PHONE)
    page.goto(f"{visitor.site.lms_url}/course/view.php?id=2")
    page.evaluate("location.assign('/mod/lti/launch.php?id=3')")
    page.wait_for_url("**/s/*/progress")
    heading = page.locator("h1").inner_text()
    go(page, "back")
    page.wait_for_url(COURSE)
    go(page, "forward")
    page.wait_for_url("**/s/*/progress")
    expect(page.locator("h1")).to_have_text(heading)
    assert visitor.troubles == []
