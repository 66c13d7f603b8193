"""A platform that the administrator switches off in the middle of a lesson."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lti_app.demo.run import Running
from lti_app.models import Platform, PlatformStatus
from tests.browser.conftest import PART, Visitor, follow

pytestmark = pytest.mark.browser
SUSPENDED = "L’accès depuis ce Moodle est suspendu"


def switch(site: Running, status: PlatformStatus) -> None:
    """As ``competences platform deactivate`` and ``activate`` do."""
    with site.parts.store.write() as session:
        for platform in session.query(Platform):
            platform.status = status.value


def test_everybody_reads_why_in_the_frame(person: Callable[[str], Visitor], site: Running) -> None:
    visitor = person("Camille Durand")
    tool = visitor.open(PART)
    switch(site, PlatformStatus.INACTIVE)
    follow(tool, tool.get_by_role("link", name="Bilan"))
    expect(tool.get_by_role("heading", name=SUSPENDED)).to_be_visible()
    visitor.page.goto(f"{site.lms_url}/course/view.php?id=2")
    visitor.page.get_by_role("link", name=PART).first.click()
    again = visitor.page.frame_locator("iframe").get_by_role("heading", name=SUSPENDED)
    expect(again).to_be_visible()
