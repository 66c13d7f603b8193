"""Deep linking where no cookie lives in the LMS's frame: a tab goes on, and what is chosen there goes back.

Moodle waits for the answer in the frame, and takes it nowhere else; the embedded LMS does as it does.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lti_app.demo.run import Running
from tests.browser.conftest import enter
from tests.browser.cookieless import teachers_page, tool_frame
from tests.browser.looking import troubles

pytestmark = pytest.mark.browser
ADDING = "/course/modedit.php?course=2&id=1"
ANSWERED = "/mod/lti/contentitem_return.php"
STAYING = "if (window === window.top) window.close = () => {};"
LISTENING = """if (window === window.top) {
  window.heard = [];
  window.addEventListener("message", (event) => window.heard.push(event.data));
}"""
GIVE = "([at, action]) => (at ? frames[0] : opener).postMessage({ action, JWT: 'x' }, at || location.origin)"


def picker_in_a_tab(page: Page, path: str, tool_url: str) -> Page:
    """Clicks what the frame at that address offers: the picker in a tab of its own."""
    frame = tool_frame(page, path, tool_url)
    with page.context.expect_page() as opened:
        frame.locator("#new-tab:visible, #open:visible").click()
    expect(frame.locator("#opened")).to_be_visible()
    expect(opened.value.locator("#plan li")).not_to_have_count(0)
    return opened.value


def choose(tab: Page) -> None:
    """Two activities, sent off."""
    for part in ("P1", "P2"):
        tab.locator(f"#tree input[value='{part}']").check()
    tab.locator("input[name=each][value='1']").check()
    expect(tab.locator("#plan li")).to_have_count(2)
    tab.locator("#submit").click(no_wait_after=True)


def saved(page: Page, site: Running) -> list[str]:
    """The activities that the LMS's page then adds to its course."""
    page.get_by_role("button", name="Enregistrer et revenir au cours").click()
    page.wait_for_url("**/course/view.php?id=2")
    return [activity.name[:2] for activity in site.lms.store.activities(2)[-2:]]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        pytest.param("", "/lti/login", id="no-storage"),
        pytest.param("_parent", "/lti/launch", id="storage"),
    ],
)
def test_the_choice_arrives_in_the_lms_page(
    cookieless: BrowserContext,
    site: Running,
    announce: Callable[[str], None],
    target: str,
    path: str,
) -> None:
    if target:
        announce(target)
    page = teachers_page(cookieless, site, ADDING)
    tab = picker_in_a_tab(page, path, site.tool_url)
    with tab.expect_event("close"):
        choose(tab)
    expect(page.get_by_role("heading", name="Les 2 activités suivantes")).to_be_visible()
    assert saved(page, site) == ["P1", "P2"]


def test_a_tab_that_cannot_close_says_where_the_choice_went(
    cookieless: BrowserContext, site: Running
) -> None:
    cookieless.add_init_script(STAYING)
    page = teachers_page(cookieless, site, ADDING)
    tab = picker_in_a_tab(page, "/lti/login", site.tool_url)
    assert troubles(tool_frame(page, "/lti/login", site.tool_url)) == []
    choose(tab)
    expect(tab.get_by_text("Votre choix est revenu dans la fenêtre de Moodle")).to_be_visible()
    expect(tab.get_by_role("button")).to_have_count(0)
    assert troubles(tab.main_frame) == []
    expect(page.get_by_role("heading", name="Les 2 activités suivantes")).to_be_visible()


def test_a_tab_whose_frame_is_gone_answers_by_itself(
    cookieless: BrowserContext, site: Running
) -> None:
    """And is not taken in, here as in Moodle: there only the page around the frame does something with it."""
    page = teachers_page(cookieless, site, ADDING)
    tab = picker_in_a_tab(page, "/lti/login", site.tool_url)
    page.goto(site.lms_url)
    choose(tab)
    tab.wait_for_url(f"**{ANSWERED}?*")
    expect(tab.get_by_role("button")).to_have_count(0)


def test_a_picker_in_a_window_of_the_lms_answers_there(
    context: BrowserContext, site: Running
) -> None:
    """Other platforms open it so; their own page is the opener, and learns nothing from ours."""
    context.add_init_script(LISTENING)
    page = enter(context, site, "Camille Durand").page
    page.goto(f"{site.lms_url}/course/view.php?id=2")
    with context.expect_page() as opened:
        page.evaluate("window.open('/mod/lti/contentitem.php?course=2&id=1')")
    tab = opened.value
    choose(tab)
    tab.wait_for_url(f"**{ANSWERED}?*")
    assert page.evaluate("heard") == []


def test_the_frame_takes_answers_of_our_own_pages_to_the_lms_only(
    cookieless: BrowserContext, site: Running
) -> None:
    cookieless.add_init_script(LISTENING)
    page = teachers_page(cookieless, site, ADDING)
    tab = picker_in_a_tab(page, "/lti/login", site.tool_url)
    frame = tool_frame(page, "/lti/login", site.tool_url)
    page.evaluate(GIVE, [site.tool_url, site.lms_url + ANSWERED])
    for action in (
        f"{site.tool_url}/lti/launch",
        "https://evil.example/",
        "javascript:0",
        "",
        None,
    ):
        tab.evaluate(GIVE, ["", action])
    page.wait_for_timeout(500)
    expect(frame.locator("#opened")).to_be_visible()
    assert [tab.evaluate("heard"), page.evaluate("heard.filter((told) => !told.subject)")] == [
        [],
        [],
    ]
    choose(tab)
    expect(page.get_by_role("heading", name="Les 2 activités suivantes")).to_be_visible()


def test_the_frame_may_post_to_its_platform_whatever_the_request_says(
    context: BrowserContext, site: Running
) -> None:
    form = site.lms.launch_form(2, 1) | {"lti_storage_target": "https://evil.example"}
    page = context.request.post(
        f"{site.tool_url}/lti/login",
        params={"iss": "https://evil.example", "deep_link_return_url": "https://evil.example"},
        form=form,
        headers={"Sec-Fetch-Dest": "iframe"},
    )
    rules = page.headers["content-security-policy"].split("; ")
    assert f"form-action 'self' {site.lms_url}" in rules
