"""The class on paper: nothing that is shown is cut, and every sheet says what stands on it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PART, Visitor
from tests.browser.grid import Grid

pytestmark = pytest.mark.browser

WHOLE = "Compétences — tout le référentiel"
SHEET = 1047  # pixels between the margins of an A4 sheet on its side, as print.css asks for
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
ROWS = """height => addEventListener("beforeprint", () => {
    for (const cell of document.querySelectorAll(".sheet tbody .name")) {
        cell.style.height = height;
        cell.style.whiteSpace = "nowrap";
    }
})"""

Printed = Callable[[str], Page]


@pytest.fixture
def opened(person: Callable[[str], Visitor], context: BrowserContext) -> Iterator[Printed]:
    """The grid of an activity in a tab of its own, all its parts shown: a frame is not printed alone."""

    def open_alone(activity: str) -> Page:
        url = Grid(person("Camille Durand"), activity).frame.url
        for cookie in context.cookies():
            if cookie["name"] == "launch":
                cookie.pop("partitionKey", None)
                context.add_cookies([cookie])  # type: ignore[list-item]
        tab = context.new_page()
        tab.goto(url)
        expect(tab.locator("#grid td.c").first).to_be_visible()
        tab.get_by_label("Partie à afficher").select_option("")
        return tab

    yield open_alone


def on_paper(tab: Page) -> Page:
    """The page as it is while it is printed."""
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": SHEET, "height": 718})
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    return tab


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def texts(pdf: bytes) -> int:
    """How many pieces of text the document draws."""
    drawn = 0
    for stream in STREAM.findall(pdf):
        try:
            drawn += len(re.findall(rb"\bTj\b|\bTJ\b", zlib.decompress(stream)))
        except zlib.error:
            continue
    return drawn


def test_a_class_on_a_process_is_one_sheet(opened: Printed) -> None:
    tab = opened(PART)
    assert pages(tab.pdf(prefer_css_page_size=True)) == 1
    expect(tab.locator(".sheet")).to_have_count(0)  # there for the printer only
    on_paper(tab)
    expect(tab.locator(".sheet tbody tr")).to_have_count(tab.locator("#grid tbody tr").count())
    expect(tab.locator(".sheet tbody tr").first.locator("td:not(.grade)")).to_have_count(34)


def test_what_a_sheet_cannot_hold_goes_on_to_the_next_from_where_a_part_begins(
    opened: Printed,
) -> None:
    tab = opened(WHOLE)
    assert pages(tab.pdf(prefer_css_page_size=True)) == 5
    on_paper(tab)
    found: list[dict[str, Any]] = tab.evaluate(
        """() => [...document.querySelectorAll(".sheet")].map((sheet) => ({
            width: sheet.getBoundingClientRect().right <= innerWidth,
            columns: sheet.querySelector("tbody tr").querySelectorAll("td:not(.grade)").length,
            name: sheet.querySelector("tbody .name").textContent,
            corner: sheet.querySelector("small").textContent,
            first: [0, 1].map((row) => sheet.tHead.rows[row].querySelector("b").textContent),
        }))"""
    )
    assert all(sheet["width"] for sheet in found)
    assert sum(sheet["columns"] for sheet in found) == 153
    assert {sheet["name"] for sheet in found} == {"ABADIE Chloé"}
    assert [sheet["corner"] for sheet in found] == [f"Feuille {n} sur 5" for n in range(1, 6)]
    assert [sheet["first"] for sheet in found] == [
        ["P1", "D1.1"],
        ["P2", "D2.1"],
        ["P3", "D3.1"],
        ["P4", "D4.1"],
        ["P4", "D4.2"],
    ]


def turn(tab: Page) -> None:
    tab.get_by_text("Réglages", exact=True).click()
    tab.get_by_label("Compétences en lignes, étudiants en colonnes").check()


@pytest.mark.parametrize("turned", [False, True], ids=["competences", "students"])
def test_heads_come_again_on_each_page(opened: Printed, turned: bool) -> None:
    tab = opened(PART)
    if turned:
        turn(tab)
    tab.evaluate(ROWS, "12px")
    once = tab.pdf(prefer_css_page_size=True)
    tab.evaluate(ROWS, "40px")
    often = tab.pdf(prefer_css_page_size=True)
    heads = 34  # the competences' numbers or the students' names, and more
    assert pages(often) > pages(once)
    assert texts(often) - texts(once) >= heads * (pages(often) - pages(once))


def test_the_turned_class_is_printed_as_it_is_shown(opened: Printed) -> None:
    tab = opened(PART)
    students = tab.locator("#grid tbody tr").count()
    turn(tab)
    on_paper(tab)
    expect(tab.locator(".sheet tbody tr")).to_have_count(34)
    expect(tab.locator(".sheet .person")).to_have_count(students)
    assert tab.evaluate(
        "document.querySelector('.sheet').getBoundingClientRect().right <= innerWidth"
    )
