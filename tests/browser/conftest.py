"""The whole product in a real Chromium: LMS at 127.0.0.1 framing the tool at localhost.

``COMPETENCES_TEST_CHROMIUM`` names the browser; without it the usual places are looked at. With
``COMPETENCES_TEST_COMPLETE`` a missing browser fails instead of skipping. Where ``chromium-headless-shell``
is installed, Chromium without the windows that nobody sees, it draws most pages at half the cost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import lxml.html
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from lti_app.demo import listen
from lti_app.demo.run import Running, running
from tests import cookie_settings
from tests.browser.rewinding import Rewinding

CHROMIUM = os.environ.get("COMPETENCES_TEST_CHROMIUM") or shutil.which("chromium") or ""
SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PART = "P1 Production de services"
TEACHERS = ("Camille Durand", "Inès O'Brien")
expect.set_options(timeout=15_000)  # a machine may be busy; what must be quick says so itself
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    if not CHROMIUM:
        if os.environ.get("COMPETENCES_TEST_COMPLETE"):
            pytest.fail("no Chromium")
        pytest.skip("no Chromium: COMPETENCES_TEST_CHROMIUM is not set and none was found")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    with driver.chromium.launch(executable_path=SHELL, args=ARGUMENTS) as browser:
        yield browser


@pytest.fixture(scope="session")
def whole_chromium(driver: Playwright) -> Iterator[Browser]:
    """As people have it: a frame of another site has no storage there, as in a private window."""
    with driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as browser:
        yield browser


@pytest.fixture(scope="session")
def house(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rewinding]:
    """The demo as ``competences demo`` runs it, for all tests of a process: as it begins (« new »), and
    when both teachers have opened an activity, so that the class is known (« known »)."""
    folder = tmp_path_factory.mktemp("house")
    with (
        listen("127.0.0.1") as lms,
        listen("localhost") as tool,
        running(folder, lms, tool, purpose="tests") as site,
    ):
        house = Rewinding(site, folder)
        house.keep("new")
        for name in TEACHERS:
            context = chromium.new_context()
            enter(context, site, name).open(PART)
            context.close()
        house.keep("known")
        yield house


@pytest.fixture
def site(request: pytest.FixtureRequest, house: Rewinding) -> Running:
    """The demo, its class known and nothing assessed; with the parameter « new », before anybody came."""
    house.back(getattr(request, "param", "known"))
    return house.site


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium) as context:
        yield context


@contextmanager
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that knows nothing yet."""
    context = browser.new_context(viewport=DESKTOP, locale="fr-FR", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def cookieless(chromium: Browser, site: Running, tmp_path: Path) -> Iterator[BrowserContext]:
    """A Chromium that keeps no cookie of the tool while the LMS frames it."""
    profile = cookie_settings.write(
        tmp_path / "profile", cookie_settings.IN_FRAMES, site.tool_url, site.lms_url
    )
    context = chromium.browser_type.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=ARGUMENTS, viewport=DESKTOP, locale="fr-FR"
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def announce(site: Running, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the LMS announce its storage in every login initiation."""
    start = site.lms.start_launch

    def announcing(target: str) -> None:
        monkeypatch.setattr(
            site.lms,
            "start_launch",
            lambda *args, **more: start(*args, **more) | {"lti_storage_target": target},
        )

    return announcing


@pytest.fixture
def person(context: BrowserContext, site: Running) -> Callable[..., Visitor]:
    """Opens the LMS as somebody, in a page of their own."""
    return lambda name: enter(context, site, name)


def enter(context: BrowserContext, site: Running, name: str) -> Visitor:
    """Logs somebody in at the LMS, by its form but outside the page: drawing two pages takes a second a test."""
    home = lxml.html.fromstring(context.request.get(site.lms_url).text())
    people = {
        " ".join(one.text_content().split()): one for one in home.iterfind(".//button[@name]")
    }
    person = next(button for text, button in people.items() if name in text)
    chosen = {"user": str(person.get("value"))}
    context.request.post(f"{site.lms_url}/login/index.php", form=chosen)
    return Visitor(context.new_page(), site)


def touch(field: Locator) -> None:
    """Chooses a level as a finger does: by the label that hides its field."""
    field.locator("xpath=ancestor::label").click()
    expect(field).to_be_checked()


def wait_for_paint(frame: Frame) -> None:
    """The page is on the screen; Chromium drops clicks and touches that come before its first paint."""
    seen = "new PerformanceObserver(seen).observe({type: 'paint', buffered: true})"
    late = "setTimeout(late, 15000, new Error('not painted'))"
    frame.evaluate(f"new Promise((seen, late) => {{ {seen}; {late} }})")


def follow(frame: Frame, way: Locator) -> None:
    """Clicks a link or button to another page, and waits for that page: who is quicker clicks into the void."""
    with frame.expect_navigation():
        way.click()
    wait_for_paint(frame)


def open_pages(tool: Frame) -> None:
    """The product's pages, which stand in a menu of the class page where there is little room."""
    expect(tool.locator("#loading, #roster-waiting")).to_have_count(0)
    opener = tool.locator("#pages-open")
    if opener.is_visible():
        opener.click()


class Visitor:
    """A person in the LMS: opens the tool's activities and looks at the gradebook."""

    def __init__(self, page: Page, site: Running) -> None:
        self.page = page
        self.site = site
        self.troubles: list[str] = []
        page.on(
            "console",
            lambda message: message.type == "error" and self.troubles.append(message.text),
        )
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.went: list[str] = []  # the pages asked for since an activity was opened
        page.on(
            "request",
            lambda request: request.is_navigation_request() and self.went.append(request.url),
        )

    def open(self, activity: str = "Compétences — tout le référentiel") -> Frame:
        """Opens an activity of the first course; the tool's frame once its page is there."""
        self.page.goto(f"{self.site.lms_url}/course/view.php?id=2")
        self.went.clear()
        self.page.get_by_role("link", name=activity).first.click()
        return self.tool("**/s/*/*")

    def tool(self, pattern: str) -> Frame:
        """The frame that the tool is in, at an address like that."""
        frame = self._arrived()
        if frame is None and self._left_unsent():
            self.page.reload()
            frame = self._arrived()
        if frame is None:
            shown = {one.url: one.locator("body").inner_text() for one in self.page.frames}
            raise AssertionError({"shown": shown, "went": [url[:80] for url in self.went]})
        frame.wait_for_url(self.site.tool_url + pattern.removeprefix("**"))
        frame.wait_for_load_state()
        # a class list read for the first time: the page shows the class once it is there
        expect(frame.locator("#roster-waiting")).to_have_count(0)
        wait_for_paint(frame)
        return frame

    def _arrived(self) -> Frame | None:
        for _ in range(150):
            for frame in self.page.frames:
                if frame.url.startswith(self.site.tool_url + "/s/"):
                    return frame
            self.page.wait_for_timeout(100)
        return None

    def _left_unsent(self) -> bool:
        """The LMS's page that sends itself on to the tool stands there, and Chromium never asked the tool."""
        asked = any(url.startswith(self.site.tool_url) for url in self.went[-1:])
        return not asked and any(
            frame.locator("#ltiAuthForm").count() for frame in self.page.frames
        )

    def gradebook(self) -> str:
        """The text of the grader's table."""
        self.page.goto(f"{self.site.lms_url}/grade/report/grader/index.php?id=2")
        return self.page.locator("main").inner_text()
