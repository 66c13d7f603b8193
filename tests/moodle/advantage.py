"""LTI Advantage as people meet it in Moodle's pages, in Chromium: register, activate, place, review.

Everything is clicked as the guide says (docs/connecter-moodle.md); nothing is posted behind Moodle's back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Page, TimeoutError, expect

from tests.moodle.courses import Course, Person
from tests.moodle.driver import Moodle
from tests.moodle.product import Product
from tests.moodle.tools import IN_ACTIVITY_CHOOSER, Activity, Tool

PATIENCE = 30_000
"""Milliseconds: this Moodle shares its processors with others."""


def frame_at(page: Page, part: str) -> Frame:
    """The frame at an address that contains this, as soon as there is one."""
    for _ in range(PATIENCE // 100):
        for frame in page.frames:
            if part in frame.url:
                frame.wait_for_load_state("domcontentloaded")
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"no frame at {part}: {[frame.url for frame in page.frames]}")


def register_by_url(page: Page, moodle_url: str, invitation: str) -> Frame:
    """*Manage tools*: pastes the address and waits for the product's page in Moodle's frame."""
    page.goto(f"{moodle_url}/mod/lti/toolconfigure.php")
    page.wait_for_selector("#tool-list-container:not(.loading)")  # its script is in charge then
    page.locator("#tool-url").fill(invitation)
    page.locator("#tool-create-button").click()
    frame = page.wait_for_selector(
        "#external-registration-container iframe, #external-registration-template-container iframe,"
        " iframe[src*='startltiadvregistration']"
    )
    inner = frame.content_frame() if frame else None
    assert inner is not None
    origin = f"{urlsplit(invitation).scheme}://{urlsplit(invitation).netloc}"
    _choose_new(inner, origin)
    inner.wait_for_selector("h1", timeout=PATIENCE)
    assert inner.url.startswith(origin), inner.url
    return inner


def _choose_new(frame: Frame, origin: str) -> None:
    """Moodle asks « update or new » where it knows another tool at the same host name."""
    frame.wait_for_load_state()
    if frame.url.startswith(origin):
        return
    new = frame.locator("button[data-href*='type=0']")
    try:
        new.click(timeout=5_000)
    except TimeoutError:
        if not frame.url.startswith(origin):
            raise
    frame.wait_for_url(lambda url: url.startswith(origin), timeout=PATIENCE)


def tool_with_client_id(admin: Moodle, client_id: str) -> Tool:
    """What Moodle says of the tool that was registered under this client id."""
    for kind in admin.ajax("mod_lti_get_tool_types"):
        if kind["clientid"] == client_id:
            return Tool(kind["id"], kind["name"], client_id, str(kind["deploymentid"]))
    raise AssertionError(f"Moodle has no tool with the client id {client_id}")


def show_in_chooser(admin: Moodle, tool: Tool) -> None:
    """*Tool configuration usage*: show in activity chooser."""
    page = admin.get(
        "mod/lti/typessettings.php",
        action="update",
        id=tool.id,
        returnto="toolconfigure",
        sesskey=admin.sesskey,
    )
    form = page.form_with("lti_typename").fill(lti_coursevisible=IN_ACTIVITY_CHOOSER)
    admin.submit(form.press("submitbutton"))


def choose_activity(page: Page, moodle_url: str, course: Course, tool: Tool) -> None:
    """The course's activity chooser, opened and left through the tool's name."""
    page.goto(f"{moodle_url}/course/view.php?id={course.id}")
    switch = page.locator("input[name=setmode]")
    if not switch.is_checked():
        with page.expect_navigation():
            switch.click()
    page.locator("[data-action=open-chooser]:visible").first.click()
    entry = page.locator(f".modal-dialog a[href*='typeid={tool.id}']").first
    entry.click(timeout=PATIENCE)
    page.wait_for_url(re.compile("/course/modedit.php"), timeout=PATIENCE)


def open_picker(page: Page) -> Frame:
    """*Select content*: the product's picker in Moodle's dialogue."""
    page.locator("[name=selectcontent]").click()
    return _ready(frame_at(page, "/choose"))


def open_picker_in_tab(page: Page) -> Frame:
    """*Select content* where Moodle's dialogue keeps no cookie of ours: the picker in the tab offered there."""
    page.locator("[name=selectcontent]").click()
    offer = frame_at(page, "/lti/login").locator("#new-tab")
    with page.context.expect_page() as opened:
        offer.click(timeout=PATIENCE)
    return _ready(opened.value.main_frame)


def _ready(picker: Frame) -> Frame:
    expect(picker.locator("#plan li")).not_to_have_count(0, timeout=PATIENCE)
    return picker


def pick(picker: Frame, codes: Sequence[str], *, without_column: Sequence[str] = ()) -> list[str]:
    """One activity for each of these parts; the titles that the picker announces."""
    search = picker.locator("#search")
    for code in codes:
        search.fill(code)
        picker.locator(f"#tree input[value='{code}']").check()
    search.fill("")
    picker.locator("input[name=each][value='1']").check()
    planned = [re.compile(f"^{re.escape(code)} ") for code in codes]
    expect(picker.locator("#plan li b")).to_have_text(planned)
    for code in without_column:
        picker.locator(f"#plan input[data-key='{code}']").uncheck()
    return picker.locator("#plan li b").all_text_contents()


def send(page: Page, picker: Frame) -> None:
    """Sends the choice: Moodle closes its dialogue when it has it."""
    picker.locator("#submit").click(no_wait_after=True)
    expect(page.locator(".modal.show")).to_have_count(0, timeout=PATIENCE)


def add_to_course(page: Page, picker: Frame) -> None:
    """Sends the choice; Moodle shows what it got and makes it on « Save and return to course »."""
    send(page, picker)
    page.locator("#id_submitbutton2").click()
    page.wait_for_url(re.compile(r"/course/(view|section)\.php"), timeout=2 * PATIENCE)


def follow_grade(page: Page, moodle_url: str, activity: Activity, person: Person) -> Frame:
    """*Grades > User report* of that student: the link on the activity's grade."""
    report = f"{moodle_url}/grade/report/user/index.php?id={activity.course.id}"
    page.goto(f"{report}&userid={person.id}&userview=2")
    link = page.locator(f"a[href*='/mod/lti/grade.php'][href*='id={activity.cmid}&']").first
    page.goto(link.get_attribute("href", timeout=PATIENCE) or "")
    return frame_at(page, "/students/")


def platforms(product: Product) -> dict[int, tuple[str, str]]:
    """Status and client id by number, as ``competences platform list`` tells them."""
    lines = [line.split("\t") for line in product.run("platform", "list").splitlines()]
    return {int(fields[0]): (fields[1], fields[3]) for fields in lines}


def close_and_activate(page: Page, frame: Frame, tool: Tool) -> None:
    """Closes the product's page, as Moodle waits for, and clicks *Activate* on the tool's card."""
    frame.locator("[data-close]").click()
    card = page.locator(f".tool-card[data-type-id='{tool.id}']")
    card.locator("a.activate").click(timeout=PATIENCE)
    expect(card.locator(".badge.bg-success")).to_be_visible(timeout=PATIENCE)
