"""Moodle in Chromium: a person logs in, opens an activity, and the tool stands in its frame."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Page,
    TimeoutError,
    sync_playwright,
)

from tests.moodle.courses import Person
from tests.moodle.driver import Moodle
from tests.moodle.tools import Activity

CHROMIUM = os.environ.get("COMPETENCES_TEST_CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1280, 800)
PHONE = (390, 844)
NO_TOURS = """if (window === top) document.addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style");
    style.textContent = "[data-flexitour] { display: none !important; }";
    document.head.append(style);
})"""
"""Moodle shows newcomers around its pages, over what they came for."""
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)


@contextmanager
def chromium(url: str, *arguments: str) -> Iterator[Browser]:
    """A headless Chromium that knows this machine and the Moodle of ``url`` only.

    ``arguments`` are further command-line arguments.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=_arguments(url, *arguments)
        )
        try:
            yield browser
        finally:
            browser.close()


def _arguments(url: str, *more: str) -> list[str]:
    known = ["localhost", "127.0.0.1", urlsplit(url).hostname or ""]
    rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in known)])
    return [*QUIET, f"--host-resolver-rules={rules}", *more]


class Visitor:
    """One person at the Moodle of ``url``, in a browser profile of their own."""

    def __init__(self, context: BrowserContext, url: str, *, phone: bool = False) -> None:
        self.context = context
        self.url = url
        self.phone = phone
        context.add_init_script(NO_TOURS)
        self.page: Page = context.new_page()

    def login(self, user_name: str, password: str) -> Visitor:
        """Logs in by the form, outside the browser, and takes the session over into it."""
        with Moodle(self.url) as session:
            session.login(user_name, password)
            self.context.add_cookies(
                [
                    {"name": cookie.name, "value": cookie.value or "", "url": self.url}
                    for cookie in session.http.cookies
                ]
            )
        return self

    def open(self, activity: Activity) -> Frame:
        """Opens the activity's page; returns the tool's frame once it shows a page of the tool's.

        To phones Moodle gives the whole window: then that is returned.
        """
        self.page.goto(f"{self.url}/mod/lti/view.php?id={activity.cmid}")
        frame = self.page.main_frame
        if not self.phone:
            element = self.page.wait_for_selector("#contentframe")
            inner = element.content_frame() if element else None
            assert inner is not None, "Moodle shows no frame for the activity"
            frame = inner
        try:
            frame.wait_for_url(
                lambda address: "/s/" in address or address.endswith("/lti/launch"),
                wait_until="domcontentloaded",
            )
            frame.wait_for_selector("h1")
        except TimeoutError as error:
            said = frame.inner_text("body")[:500]
            raise AssertionError(f"no launch within the time, at {frame.url}: {said}") from error
        assert "/s/" in frame.url, f"the launch ended at {frame.url}: {frame.inner_text('main')}"
        return frame

    def picture(self, folder: Path, name: str) -> None:
        """Keeps what the window shows, for people to look at."""
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(folder / f"{name}.png"))


@contextmanager
def visitor(
    browser: Browser,
    url: str,
    person: Person,
    size: tuple[int, int] = DESKTOP,
    *,
    phone: bool = False,
) -> Iterator[Visitor]:
    """A person logged in at Moodle; their profile is thrown away at the end.

    ``phone`` is a telephone with a touch screen, which Moodle tells by its user agent; ``size`` alone
    is a small window.
    """
    options: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}}
    if phone:
        options |= {
            "viewport": {"width": PHONE[0], "height": PHONE[1]},
            "user_agent": PHONE_AGENT,
            "is_mobile": True,
            "has_touch": True,
        }
    context = browser.new_context(**options)
    try:
        yield Visitor(context, url, phone=phone).login(person.user_name, person.password)
    finally:
        context.close()


@contextmanager
def profiled_visitor(
    browser: Browser, url: str, person: Person, profile: Path, *arguments: str
) -> Iterator[Visitor]:
    """A person logged in at Moodle in a Chromium of their own, with the settings of that profile."""
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        headless=True,
        args=_arguments(url, *arguments),
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
    )
    try:
        yield Visitor(context, url).login(person.user_name, person.password)
    finally:
        context.close()
