"""An administrator pushes a référentiel from the tool's page inside Moodle, in Chromium; the worker does it."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, expect

from tests.moodle.browsing import DESKTOP, PHONE, Visitor, visitor
from tests.moodle.competencies import imported, read_tree
from tests.moodle.courses import Course, Person, temporary_course
from tests.moodle.driver import Moodle, unique
from tests.moodle.product import Product, running_product
from tests.moodle.tools import Activity, Tool, add_activity, temporary_tool
from tests.paths import CONFIG

TOKEN = os.environ.get("MOODLE_WS_TOKEN", "")
pytestmark = pytest.mark.skipif(not TOKEN, reason="no web service: MOODLE_WS_TOKEN not set")


@pytest.fixture(scope="module")
def code() -> str:
    """The référentiel's code in this run, so that no other framework is touched."""
    return unique("PAGE")


@pytest.fixture(scope="module")
def pushing(
    moodle: Moodle, code: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The product with the BTS SIO under that code."""
    folder = tmp_path_factory.mktemp("pushing")
    config = folder / "config"
    shutil.copytree(CONFIG, config)
    overlay = config / "referentials" / "bts-sio.toml"
    overlay.write_text(overlay.read_text().replace('code = "BTSSIO"', f'code = "{code}"', 1))
    with running_product(folder, config=str(config)) as product:
        yield product


@pytest.fixture(scope="module")
def tool_there(moodle: Moodle, pushing: Product) -> Iterator[Tool]:
    with temporary_tool(moodle, unique("Envoi "), pushing.addresses()) as registered:
        pushing.add_platform(moodle.url, registered)
        yield registered


@pytest.fixture(scope="module")
def course(moodle: Moodle) -> Iterator[Course]:
    with temporary_course(moodle, "Envoyer un référentiel") as made:
        yield made


@pytest.fixture(scope="module")
def activity(moodle: Moodle, course: Course, tool_there: Tool) -> Activity:
    return add_activity(moodle, course, tool_there, "Compétences", custom={"scope": "A2.1.01"})


@pytest.fixture(scope="module")
def scale(moodle: Moodle, pushing: Product) -> Iterator[None]:
    """A site scale with our levels, through a framework of one line."""
    content = pushing.run_bytes("export", "moodle-framework").decode()
    rows = list(csv.reader(io.StringIO(content)))[:3]
    rows[1][1] = unique("SCALE-")
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    with imported(moodle, out.getvalue().encode()):
        yield


@pytest.fixture(scope="module")
def removed(moodle: Moodle, code: str) -> Iterator[None]:
    yield
    number = framework(moodle, code)
    if number:
        moodle.ajax("core_competency_delete_competency_framework", id=number)


def framework(moodle: Moodle, code: str) -> int | None:
    records = moodle.ajax(
        "core_competency_list_competency_frameworks",
        sort="id",
        order="ASC",
        skip=0,
        limit=0,
        context={"contextlevel": "system", "instanceid": 0},
        includes="children",
        onlyvisible=False,
        query=code,
    )
    return next((int(one["id"]) for one in records if one["idnumber"] == code), None)


@pytest.fixture
def administrator(browser: Browser, moodle: Moodle) -> Iterator[Visitor]:
    admin = Person(
        2,
        os.environ["MOODLE_ADMIN_USER"],
        "Admin",
        "User",
        "manager",
        os.environ["MOODLE_ADMIN_PASSWORD"],
    )
    with visitor(browser, moodle.url, admin, DESKTOP) as person:
        yield person


def picture(seen: Visitor, name: str) -> None:
    folder = os.environ.get("COMPETENCES_TEST_PICTURES")
    if folder:
        seen.picture(Path(folder), name)


@pytest.mark.usefixtures("scale", "removed")
def test_an_administrator_pushes_from_the_page(
    moodle: Moodle, administrator: Visitor, activity: Activity, code: str
) -> None:
    frame = administrator.open(activity)
    press = click_in(frame)
    press("link", "Plateforme", "Platform")
    with frame.expect_navigation(timeout=60_000):
        frame.locator('section[aria-labelledby="in-moodle"] a').click()
    frame.get_by_label("Jeton", exact=True).or_(frame.get_by_label("Token", exact=True)).fill(TOKEN)
    press("button", "Garder ce jeton", "Keep this token")
    press("button", "Voir le plan", "Show the plan")
    plan = frame.locator('section[aria-labelledby="plan"]')
    expect(plan.locator("summary").nth(1)).to_contain_text("(227)")
    assert troubles(frame) == []
    picture(administrator, "moodle-plan")
    assert framework(moodle, code) is None
    press("button", "Envoyer dans Moodle", "Push into Moodle")
    expect(frame.locator('section[aria-labelledby="pushed"]')).to_contain_text(
        "230", timeout=90_000
    )
    expect(frame.locator("#progress")).to_have_count(0, timeout=90_000)
    picture(administrator, "moodle-pushed")
    number = framework(moodle, code)
    assert number is not None
    assert len(read_tree(moodle, number)) == 227
    press("button", "Examiner ce Moodle", "Examine this Moodle")
    expect(frame.locator("ul.checks li.wrong")).to_have_count(0)
    assert troubles(frame) == []
    picture(administrator, "moodle-examined")
    administrator.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert troubles(frame) == []


def troubles(frame: Frame) -> list[str]:
    """What axe-core finds in the tool’s page, and which parts are wider than the frame."""
    found = Axe().run(frame).response["violations"]  # type: ignore[arg-type]
    told = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    wide = frame.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
            .map((one) => "wider than the frame: " + one.outerHTML.slice(0, 120))
            .slice(0, 3)"""
    )
    return [*told, *wide]


def click_in(frame: Frame) -> Callable[[str, str, str], None]:
    """The pages speak the language of the person's Moodle: French where it is installed."""

    def press(role: str, french: str, english: str) -> None:
        found = frame.get_by_role(role, name=french, exact=True)  # type: ignore[arg-type]
        other = frame.get_by_role(role, name=english, exact=True)  # type: ignore[arg-type]
        with frame.expect_navigation(timeout=60_000):
            found.or_(other).first.click()

    return press
