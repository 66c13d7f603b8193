"""A frame without any cookie, in Chromium: the LMS's page keeps our value, and a new tab goes on.

The LMS's page is the embedded one, with a script that answers as LTI Client Side postMessages says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from lti_app.demo import Lms
from lti_app.demo.run import Running
from tests import cookie_settings
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESKTOP

KEEPING = """
if (window === window.top && window.location.origin === ORIGIN) {
  const kept = {};
  window.asked = [];
  window.addEventListener("message", (event) => {
    const { subject, message_id, key, value } = event.data || {};
    if (!["lti.put_data", "lti.get_data"].includes(subject)) return;
    window.asked.push([subject, event.origin]);
    const own = (kept[event.origin] ??= {});
    if (subject === "lti.put_data") own[key] = value;
    event.source.postMessage(
      { subject: subject + ".response", message_id, key, value: own[key] }, event.origin);
  });
}
"""
SPYING = """
window.heard = [];
window.addEventListener("message", (event) => window.heard.push(event.data));
"""


@pytest.fixture
def window(chromium: Browser, site: Running, tmp_path: Path) -> Iterator[BrowserContext]:
    """A Chromium that keeps no cookie of the tool while the LMS frames it."""
    profile = cookie_settings.write(
        tmp_path / "profile", cookie_settings.IN_FRAMES, site.tool_url, site.lms_url
    )
    context = chromium.browser_type.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        viewport=DESKTOP,
        locale="fr-FR",
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def announce(site: Running, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the LMS announce its storage in every login initiation."""
    lms: Any = site.lms
    start = lms.start_launch

    def announcing(target: str) -> None:
        monkeypatch.setattr(
            lms,
            "start_launch",
            lambda *args, **more: start(*args, **more) | {"lti_storage_target": target},
        )

    assert isinstance(lms, Lms)
    return announcing


def open_activity(window: BrowserContext, site: Running, script: str = KEEPING) -> Page:
    """The teacher's page of the activity, with a frame of the tool in it."""
    window.add_init_script(f"const ORIGIN = {site.lms_url!r};\n{script}")
    page = window.new_page()
    page.goto(site.lms_url)
    page.get_by_role("button", name="Camille").click()
    page.goto(f"{site.lms_url}/course/view.php?id=2")
    page.get_by_role("link", name="Compétences — tout le référentiel").first.click()
    return page


def tool_frame(page: Page, path: str, tool_url: str) -> Frame:
    for _ in range(150):
        for frame in page.frames:
            if frame.url.startswith(tool_url + path):
                return frame
        page.wait_for_timeout(100)
    raise AssertionError([frame.url for frame in page.frames])


def test_the_platform_keeps_our_value_and_a_tab_goes_on(
    window: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("_parent")
    page = open_activity(window, site)
    frame = tool_frame(page, "/lti/launch", site.tool_url)
    button = frame.locator("#open")
    expect(button).to_be_focused()
    with window.expect_page() as opened:
        button.click()
    tab = opened.value
    tab.wait_for_url("**/s/*/class")
    expect(tab.locator("h1")).to_have_text("BTS SIO 1re année")
    tab.wait_for_selector("#grid tbody tr")
    tab.get_by_role("link", name="Étudiant", exact=True).click()
    tab.wait_for_url("**/students/*")
    expect(frame.locator("#opened")).to_be_visible()
    assert page.evaluate("asked") == [
        ["lti.put_data", site.tool_url],
        ["lti.get_data", site.tool_url],
    ]


def test_a_platform_that_does_not_answer_still_leaves_the_tab(
    window: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("_parent")
    page = open_activity(window, site, script="")
    frame = tool_frame(page, "/lti/login", site.tool_url)
    expect(frame.locator("#going")).to_be_visible()
    with window.expect_page() as opened:
        frame.locator("#new-tab").click()
    opened.value.wait_for_url("**/s/*/class")


def test_a_frame_that_is_not_there_still_leaves_the_tab(
    window: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("no_such_frame")
    page = open_activity(window, site)
    expect(tool_frame(page, "/lti/login", site.tool_url).locator("#new-tab")).to_be_visible()


def test_a_ticket_of_another_page_opens_nothing(context: BrowserContext, site: Running) -> None:
    """Login CSRF: a page that opens our tab hands it a ticket of its own; the tab does not listen."""
    page = context.new_page()
    page.goto(site.lms_url)
    with context.expect_page() as opened:
        page.evaluate(
            "url => { window.victim = window.open(url) }", f"{site.tool_url}/lti/continue"
        )
    tab = opened.value
    calls: list[str] = []
    tab.on("request", lambda request: calls.append(request.method))
    tab.wait_for_load_state()
    page.evaluate("victim.postMessage({ ticket: 'mine' }, '*')")
    expect(tab.locator("#failed")).to_be_visible(timeout=30_000)
    assert "POST" not in calls


def test_the_frame_tells_its_ticket_to_our_own_tab_only(
    window: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("_parent")
    page = open_activity(window, site, script=KEEPING + SPYING)
    frame = tool_frame(page, "/lti/launch", site.tool_url)
    expect(frame.locator("#open")).to_be_visible()
    page.evaluate("frames[0].postMessage('ticket?', '*')")
    page.wait_for_timeout(500)
    assert [told for told in page.evaluate("heard") if "ticket" in told] == []
