"""Draws every picture of ``docs/images`` in Chromium, from the embedded LMS with an invented class."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lti_app.demo import listen
from lti_app.demo.run import Running, running
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.paths import ROOT
from tests.screenshots import scene

FOLDER = ROOT / "docs" / "images"
DESK, PHONE = {"width": 1180, "height": 760}, {"width": 390, "height": 760}
TEACHER, STUDENT = "Camille Durand", "Chloé Abadie"


@dataclass(frozen=True)
class Picture:
    """One file: whose page, at which address after ``/s/…``, in which frame and language."""

    name: str
    person: str
    path: str
    size: dict[str, int]
    at: str = ""  # a selector to scroll to
    locale: str = "fr"


PICTURES = (
    Picture("classe", TEACHER, "/class", DESK),
    Picture("demandes", TEACHER, "/requests", DESK),
    Picture("bilan", TEACHER, "/overview", DESK),
    Picture("bilan-temps", TEACHER, "/overview", DESK, at="#time"),
    Picture("progression", STUDENT, "/progress", DESK),
    Picture("progression-telephone", STUDENT, "/progress", PHONE),
    Picture("declaration", STUDENT, "/declarations/{declared}", DESK),
    Picture("situation", STUDENT, "/situations/1", DESK),
)


def main() -> int:
    if not CHROMIUM:
        sys.stderr.write("no Chromium: COMPETENCES_TEST_CHROMIUM names it\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        listen("127.0.0.1") as lms,
        listen("localhost") as tool,
        running(Path(folder), lms, tool) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        enter(browser, site, "Inès O'Brien")  # a teacher, to the tool, once she has come as one
        base = {person: enter(browser, site, person) for person in (TEACHER, STUDENT)}
        scene.furnish(site.parts)
        scene.answer_one(site.parts)
        for picture in PICTURES:
            draw(base[picture.person], picture)
        browser.close()
    return 0


def enter(browser: Browser, site: Running, person: str) -> Page:
    """The activity opened by this person; the tool then alone in its tab, without the LMS around it."""
    context = browser.new_context(viewport=DESK, locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.lms_url)
    page.get_by_role("button", name=person).click()
    page.wait_for_url(re.compile("/(my|course)/"))
    page.goto(f"{site.lms_url}/course/view.php?id=2")
    page.get_by_role("link", name=scene.TITLE).first.click()
    page.goto(page.locator("iframe").get_attribute("src") or "")
    page.wait_for_url(f"{site.tool_url}/s/**")
    return page


def draw(page: Page, picture: Picture) -> None:
    start = re.match(r".*/s/[^/]+", page.url)
    assert start is not None
    page.set_viewport_size(picture.size)  # type: ignore[arg-type]
    path = picture.path
    if "{declared}" in path:
        page.goto(start[0] + "/progress")
        link = page.locator("a.state-link:has(.review)").first.get_attribute("href")
        path = "/declarations/" + (link or "").rpartition("/")[2]
    page.goto(start[0] + path)
    page.wait_for_load_state("networkidle")
    if picture.at:
        page.locator(picture.at).evaluate("e => e.scrollIntoView()")
    page.screenshot(path=FOLDER / f"{picture.name}.png")


if __name__ == "__main__":
    sys.exit(main())
