"""A frame without any cookie, in Chromium: the LMS's page keeps our value, and a new tab goes on.

The LMS's page is the embedded one, with a script that answers as LTI Client Side postMessages says.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from lti_app.demo.run import Running
from tests.browser.cookieless import KEEPING, open_activity, tool_frame

SPYING = """
window.heard = [];
window.addEventListener("message", (event) => window.heard.push(event.data));
"""


def test_the_platform_keeps_our_value_and_a_tab_goes_on(
    cookieless: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("_parent")
    page = open_activity(cookieless, site)
    frame = tool_frame(page, "/lti/launch", site.tool_url)
    button = frame.locator("#open")
    expect(button).to_be_focused()
    with cookieless.expect_page() as opened:
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
    cookieless: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("_parent")
    page = open_activity(cookieless, site, script="")
    frame = tool_frame(page, "/lti/login", site.tool_url)
    expect(frame.locator("#going")).to_be_visible()
    with cookieless.expect_page() as opened:
        frame.locator("#new-tab").click()
    opened.value.wait_for_url("**/s/*/class")


def test_a_frame_that_is_not_there_still_leaves_the_tab(
    cookieless: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("no_such_frame")
    page = open_activity(cookieless, site)
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
    cookieless: BrowserContext, site: Running, announce: Callable[[str], None]
) -> None:
    announce("_parent")
    page = open_activity(cookieless, site, script=KEEPING + SPYING)
    frame = tool_frame(page, "/lti/launch", site.tool_url)
    expect(frame.locator("#open")).to_be_visible()
    page.evaluate("frames[0].postMessage('ticket?', '*')")
    page.wait_for_timeout(500)
    assert [told for told in page.evaluate("heard") if "ticket" in told] == []
