"""A platform that the administrator switches off in the middle of a lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from lti_app.demo.run import Running
from lti_app.models import Platform, PlatformStatus
from tests.browser.conftest import PART, Visitor, follow
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser
SUSPENDED = "L’accès depuis ce Moodle est suspendu"


Switch = Callable[[PlatformStatus], None]


@pytest.fixture
def switch(site: Running) -> Iterator[Switch]:
    """Does what ``competences platform deactivate`` and ``activate`` do; on again for the next test."""

    def to(status: PlatformStatus) -> None:
        with site.parts.store.write() as session:
            for platform in session.query(Platform):
                platform.status = status.value

    yield to
    to(PlatformStatus.ACTIVE)


def test_everybody_reads_why_in_the_frame(
    person: Callable[[str], Visitor], site: Running, switch: Switch
) -> None:
    visitor = person("Camille Durand")
    tool = visitor.open(PART)
    switch(PlatformStatus.INACTIVE)
    follow(tool, tool.get_by_role("link", name="Bilan"))
    expect(tool.get_by_role("heading", name=SUSPENDED)).to_be_visible()
    visitor.page.goto(f"{site.lms_url}/course/view.php?id=2")
    visitor.page.get_by_role("link", name=PART).first.click()
    again = visitor.page.frame_locator("iframe").get_by_role("heading", name=SUSPENDED)
    expect(again).to_be_visible()


def test_what_a_teacher_enters_meanwhile_is_there_afterwards(
    person: Callable[[str], Visitor], switch: Switch
) -> None:
    visitor = person("Camille Durand")
    grid = Grid(visitor)
    grid.cell(0, 0).click()
    grid.press("3")
    grid.saved()
    switch(PlatformStatus.INACTIVE)
    grid.press("4", "1", "2")
    expect(grid.frame.locator("#saving")).to_contain_text("Saisies gardées")
    expect(grid.frame.locator("td.pending")).to_have_count(3)
    assert grid.letters(range(1), range(5)) == ["AMNE-"]
    switch(PlatformStatus.ACTIVE)
    tool = visitor.open(PART)
    follow(tool, tool.get_by_role("button", name="Enregistrer ces évaluations"))
    expect(tool.get_by_text("3 cases enregistrées.")).to_be_visible()
    expect(tool.locator("#grid td.c").first).to_be_visible()
    grid.frame = tool
    assert grid.letters(range(1), range(5)) == ["AMNE-"]


def test_a_sitting_too(person: Callable[[str], Visitor], switch: Switch) -> None:
    visitor = person("Camille Durand")
    tool = visitor.open(PART)
    tool.goto(tool.url.removesuffix("/class") + "/session/choose")
    tool.locator('input[name="code"]').first.check()
    follow(tool, tool.get_by_role("button", name="Commencer la séance"))
    switch(PlatformStatus.INACTIVE)
    level = tool.locator("#sitting li[data-learner]").first.locator("label").nth(3)
    level.click()
    expect(tool.locator("#saving")).to_contain_text("Saisies gardées")
    expect(level.locator("input")).to_be_checked()
    switch(PlatformStatus.ACTIVE)
    tool = visitor.open(PART)
    follow(tool, tool.get_by_role("button", name="Enregistrer cette évaluation"))
    expect(tool.get_by_text("1 case enregistrée.")).to_be_visible()
