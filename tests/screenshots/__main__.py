"""Draws every picture of ``docs/images`` in Chromium, from the embedded LMS with an invented class."""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import update

from lti_app.demo import listen
from lti_app.demo.run import Running, running
from lti_app.demo.server import Door
from lti_app.models import LaunchSession
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.paths import ROOT
from tests.screenshots import scene

FOLDER = ROOT / "docs" / "images"
DESK, TALL = {"width": 1200, "height": 720}, {"width": 1000, "height": 1060}
PHONE = {"width": 390, "height": 700}
ADMINISTRATOR, TEACHER, STUDENT = "Dominique Administratrice", "Camille Durand", "Chloé Abadie"

SITTING = ("C1.2.01.2", "C1.2.01.3")
CELL = "#grid tbody tr:nth-child(3) td.c:nth-of-type(5)"


@dataclass(frozen=True)
class Picture:
    """One file: whose page, at which address after ``/s/…``, in a frame of which size; ``at`` is an
    element to begin with, ``click`` elements to click first. ``also_english`` draws it again for the English guides."""

    name: str
    person: str
    path: str
    size: dict[str, int]
    at: str = ""
    click: tuple[str, ...] = ()
    also_english: bool = False


PICTURES = (
    Picture("plateforme", ADMINISTRATOR, "/platform", TALL),
    Picture("choisir", TEACHER, "/choose", DESK),
    Picture("classe", TEACHER, "/class", DESK, also_english=True),
    Picture(
        "classe-details", TEACHER, "/class", DESK, click=(CELL, "#panel-open"), also_english=True
    ),
    Picture("seance-telephone", TEACHER, "/session", PHONE, also_english=True),
    Picture("demandes", TEACHER, "/requests", DESK, also_english=True),
    Picture("bilan", TEACHER, "/overview", DESK, also_english=True),
    Picture("bilan-temps", TEACHER, "/overview", DESK, at="#time"),
    Picture("progression", STUDENT, "/progress", DESK, also_english=True),
    Picture("progression-telephone", STUDENT, "/progress", PHONE),
    Picture("declaration", STUDENT, "/declarations/{sent back}", TALL, also_english=True),
)


def main() -> int:
    if not CHROMIUM:
        sys.stderr.write("no Chromium: COMPETENCES_TEST_CHROMIUM names it\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        lms, tool = (_door(stack, host, port) for host, port in HOSTS)
        site = stack.enter_context(running(Path(folder), lms, tool))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        enter(browser, site, "Inès O'Brien")  # a teacher, to the tool, once she has come as one
        people = {one: enter(browser, site, one) for one in (TEACHER, STUDENT, ADMINISTRATOR)}
        chooser = choose(browser, site)
        scene.furnish(site.parts)
        scene.answer_one(site.parts)
        scene.settle(site.parts)
        begin_sitting(people[TEACHER])
        for locale in ("fr", "en"):
            with site.parts.store.write() as session:
                session.execute(update(LaunchSession).values(locale=locale))
            for picture in PICTURES:
                if locale == "fr" or picture.also_english:
                    page = chooser if picture.path == "/choose" else people[picture.person]
                    draw(page, picture, "" if locale == "fr" else "-en")
        browser.close()
    return 0


HOSTS = (("127.0.0.1", 8000), ("localhost", 8080))  # as in the README, when they are free
AS_IN_THE_README = """hosts => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
        for (const [host, port] of hosts)
            if (texts.currentNode.data.includes(`${host}:`))
                texts.currentNode.data = texts.currentNode.data.replaceAll(
                    new RegExp(`${host}:\\d+`, "g"), `${host}:${port}`);
}"""
"""A picture shows the README's ports, also where others were free."""


def _door(stack: ExitStack, host: str, port: int) -> Door:
    try:
        return stack.enter_context(listen(host, port))
    except OSError:
        return stack.enter_context(listen(host))


def course(browser: Browser, site: Running, person: str) -> Page:
    """The course page of the LMS as this person."""
    context = browser.new_context(viewport=DESK, locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.lms_url)
    page.get_by_role("button", name=person).click()
    page.wait_for_url(re.compile("/(my|course)/"))
    page.goto(f"{site.lms_url}/course/view.php?id=2")
    return page


def enter(browser: Browser, site: Running, person: str) -> Page:
    """The activity opened by this person; the tool alone in its tab, without the LMS around it."""
    page = course(browser, site, person)
    page.get_by_role("link", name=scene.TITLE).first.click()
    return _alone(page, site)


def choose(browser: Browser, site: Running) -> Page:
    """The picker, as a teacher meets it who adds an activity."""
    page = course(browser, site, TEACHER)
    page.get_by_role("link", name="Ajouter une activité").first.click()
    return _alone(page, site)


def _alone(page: Page, site: Running) -> Page:
    page.goto(page.locator("iframe").get_attribute("src") or "")
    page.wait_for_url(f"{site.tool_url}/s/**")
    return page


def begin_sitting(page: Page) -> None:
    """Two competences worked on today."""
    start = re.match(r".*/s/[^/]+", page.url)
    assert start is not None
    page.goto(start[0] + "/session/choose")
    for code in SITTING:
        page.locator(f'input[name="code"][value="{code}"]').check()
    page.get_by_role("button", name="Commencer la séance").click()
    page.wait_for_url("**/session")


def draw(page: Page, picture: Picture, ending: str) -> None:
    start = re.match(r".*/s/[^/]+", page.url)
    assert start is not None
    page.set_viewport_size(picture.size)  # type: ignore[arg-type]
    path = picture.path
    if "{sent back}" in path:
        page.goto(start[0] + "/progress")
        link = page.locator("a.state-link:has(.review)").first.get_attribute("href") or ""
        path = "/declarations/" + link.rpartition("/")[2]
    page.goto(start[0] + path)
    page.wait_for_load_state("networkidle")
    for element in picture.click:
        page.locator(element).click()
        page.wait_for_load_state("networkidle")
    page.evaluate(AS_IN_THE_README, [list(host) for host in HOSTS])
    if picture.at:
        page.locator(picture.at).evaluate("element => element.closest('section').scrollIntoView()")
    page.screenshot(path=FOLDER / f"{picture.name}{ending}.png")
    for element in picture.click[-1:]:  # closes again what is remembered as open
        page.locator(element).click()
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    sys.exit(main())
