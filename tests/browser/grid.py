"""The class grid as its user sees it, for tests."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Locator, Page, expect

from tests.browser.conftest import PART

PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
}"""

COPY = """() => {
    const data = new DataTransfer();
    document.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, cancelable: true}));
    return data.getData("text/plain");
}"""


class Grid:
    """The class grid as its user sees it; rows and columns count from 0."""

    def __init__(self, visitor: Any, activity: Any = PART) -> None:
        """``visitor`` opens activities, in the embedded LMS (tests.browser) or in Moodle (tests.moodle)."""
        self.visitor = visitor
        self.page = visitor.page
        self.activity = activity
        self.launch()

    def launch(self) -> None:
        """Opens the activity, anew if it was open."""
        self.frame: Frame = self.visitor.open(self.activity)
        expect(self.frame.locator("#grid td.c").first).to_be_visible(timeout=15_000)

    def cell(self, row: int, column: int) -> Locator:
        return self.frame.locator("#grid tbody tr").nth(row).locator("td.c").nth(column)

    def letters(self, rows: range, columns: range) -> list[str]:
        """One text for each row, « - » where nothing is assessed."""
        texts: list[list[str]] = self.frame.evaluate(
            """() => [...document.querySelectorAll("#grid tbody tr")].map(
                row => [...row.querySelectorAll("td.c")].map(cell => cell.innerText.trim()))"""
        )
        return ["".join(texts[row][column] or "-" for column in columns) for row in rows]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def resize(self, width: int, height: int) -> None:
        """Gives the frame this size, as an LMS does, and waits until the grid has taken it."""
        self.page.evaluate(
            """([width, height]) => {
                document.querySelector("iframe").style.cssText =
                    `width:${width}px;height:${height}px;max-width:none`;
            }""",
            [width, height],
        )
        self.frame.wait_for_function(
            "size => innerWidth === size[0] && innerHeight === size[1]", arg=[width, height]
        )
        self.frame.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))"
        )

    def drag(self, start: Locator, end: Locator) -> None:
        """Chooses the block between two cells with the mouse."""
        start.hover()
        self.page.mouse.down()
        end.hover()
        self.page.mouse.up()

    def saved(self) -> None:
        """Waits until nothing is on its way to the server."""
        expect(self.frame.locator("#saving")).to_have_text(re.compile("(Enregistré|Saved)$"))
        expect(self.frame.locator("td.pending")).to_have_count(0)

    def reload(self) -> None:
        self.frame.goto(self.frame.url)
        expect(self.frame.locator("#grid td.c").first).to_be_visible()

    def setting(self, name: str | re.Pattern[str]) -> Locator:
        """A choice of the settings' menu, which it opens."""
        if not self.frame.locator("details.settings[open]").count():
            self.frame.get_by_text("Réglages", exact=True).click()
        return self.frame.get_by_label(name)

    @property
    def names(self) -> list[str]:
        """The students shown, in order."""
        return self.frame.locator("#grid tbody th.name a").all_inner_texts()


def paste(grid: Grid, text: str) -> None:
    """What Ctrl+V does with this text in the clipboard."""
    grid.frame.evaluate(PASTE, text)


def own_tab(context: BrowserContext, url: str) -> Page:
    """A page of the product in a tab of its own, where the browser lets it keep something; leaves unasked."""
    cookies = [cookie for cookie in context.cookies() if cookie["name"] == "launch"]
    for cookie in cookies:
        cookie.pop("partitionKey", None)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    tab = context.new_page()
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto(url)
    return tab


def copied(grid: Grid) -> str:
    """What Ctrl+C puts into the clipboard."""
    text: str = grid.frame.evaluate(COPY)
    return text
