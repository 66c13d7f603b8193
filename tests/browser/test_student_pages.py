"""One student in a browser: declared, asked, answered and graded; by keyboard, on paper, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lti_app.demo.run import Running
from tests.browser.conftest import Visitor, touch
from tests.browser.test_accessibility import base
from tests.screenshots import scene
from tests.uploads import PNG

pytestmark = pytest.mark.browser


def test_a_declaration_is_asked_for_answered_and_graded(
    person: Callable[[str], Visitor], site: Running, tmp_path: Path
) -> None:
    student = person("Chloé Abadie")
    tool = student.open(scene.TITLE)
    tool.goto(base(tool) + "/declarations/C1.1.03.1")
    tool.get_by_label("Ce que vous avez fait").fill("J’ai rédigé le cahier des charges.")
    large = tmp_path / "film.pdf"
    large.write_bytes(b"%PDF-" + bytes(6_000_000))
    tool.get_by_label("Fichier").set_input_files(large)
    expect(tool.get_by_role("alert")).to_contain_text("dépasse 5 Mo")
    tool.get_by_role("button", name="Demander la validation").click()
    expect(tool.get_by_label("Fichier")).to_be_focused()  # and nothing was sent

    picture = tmp_path / "écran.png"
    picture.write_bytes(PNG)
    tool.get_by_label("Fichier").set_input_files(picture)
    tool.get_by_role("button", name="Demander la validation").click()
    expect(tool.get_by_text("Votre demande est envoyée.")).to_be_visible()

    teacher = person("Camille Durand")
    tool = teacher.open(scene.TITLE)
    tool.goto(base(tool) + "/requests")
    expect(tool.get_by_text("J’ai rédigé le cahier des charges.")).to_be_visible()
    image = tool.locator(".evidence img")
    expect(image).to_have_js_property("naturalWidth", 1)
    with teacher.page.expect_download() as download:
        tool.get_by_role("link", name="écran.png").last.click()
    assert (download.value.suggested_filename, Path(download.value.path()).read_bytes()) == (
        "écran.png",
        PNG,
    )
    tool.locator('label[title="Maîtrisé"]').click()
    tool.get_by_role("button", name="Valider").click()
    expect(tool.get_by_text("La demande de Chloé Abadie est validée.")).to_be_visible()
    scene.settle(site.parts)
    item = site.lms.store.item_of_activity(2)
    assert site.lms.store.grade(item.id, 5).final == 0.59  # 1 ÷ 34 × 20

    student = person("Chloé Abadie")
    tool = student.open(scene.TITLE)
    expect(tool.locator(".big")).to_have_text(re.compile(r"1\s+compétence acquise\s+sur 34"))
    expect(tool.locator("a.state-link").first).to_contain_text("Demande validée")
    assert student.troubles + teacher.troubles == []


@pytest.fixture
def teacher(person: Callable[[str], Visitor], site: Running) -> Visitor:
    """A teacher of a class in the middle of its year."""
    for name in ("Chloé Abadie", "Camille Durand"):
        visitor = person(name)
        visitor.open(scene.TITLE)
    scene.furnish(site.parts)
    return visitor


def test_requests_are_answered_by_keyboard_alone(teacher: Visitor) -> None:
    tool = teacher.tool("**/s/*/*")
    tool.goto(base(tool) + "/requests")
    count = tool.locator(".request").count()
    keyboard = teacher.page.keyboard
    tool.locator(".request h3 a").first.focus()

    def tab_to(selector: str) -> None:
        for _ in range(12):
            keyboard.press("Tab")
            if tool.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    tab_to("textarea")
    keyboard.type("Bien vu.")
    tab_to('input[name="level"]')
    keyboard.press("ArrowRight")
    assert tool.evaluate("document.activeElement.value") == "4"
    outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert tool.evaluate(outline) == "solid"
    tab_to('button[value="accept"]')
    keyboard.press("Enter")
    expect(tool.locator(".request")).to_have_count(count - 1)


def test_on_paper_the_overview_keeps_its_pictures_and_loses_its_controls(
    teacher: Visitor,
) -> None:
    tool = teacher.tool("**/s/*/*")
    tool.goto(base(tool) + "/overview")
    teacher.page.emulate_media(media="print", color_scheme="dark")
    for seen in (".heat", ".chart.wide", ".bar-line .stack"):
        expect(tool.locator(seen).first).to_be_visible()
    for gone in ("nav", ".who", "details.figures summary", ".chart.narrow"):
        expect(tool.locator(gone).first).to_be_hidden()
    colour = tool.evaluate("getComputedStyle(document.body).color")
    assert colour == "rgb(29, 36, 51)"  # the light scheme's ink, whatever the screen's


def test_one_student_is_rated_without_scripts(
    chromium: Browser, person: Callable[[str], Visitor]
) -> None:
    visitor = person("Camille Durand")
    address = base(visitor.open(scene.TITLE)) + "/class"
    cookies = [one for one in visitor.page.context.cookies() if one["name"] == "launch"]
    for cookie in cookies:
        cookie |= {"partitionKey": "http://localhost", "_crHasCrossSiteAncestor": False}  # no frame
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("Chargement de la classe…")).to_be_hidden()
    page.get_by_role("link", name="ouvrir la fiche d’un étudiant").click()
    expect(page.locator("form .notice")).to_contain_text("Sans JavaScript")
    level = page.locator('input[name="level:C1.1.03.1"][value="3"]')
    touch(level)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("1 compétence enregistrée.")
    expect(level).to_be_checked()
    context.close()
