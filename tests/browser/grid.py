"""The class grid as its user sees it, for tests."""

from __future__ import annotations

import re

from playwright.sync_api import Frame, Locator, expect

from tests.browser.conftest import Visitor

PART = "P1 Production de services"


class Grid:
    """The class grid as its user sees it; rows and columns count from 0."""

    def __init__(self, visitor: Visitor, activity: str = PART) -> None:
        self.page = visitor.page
        self.frame: Frame = visitor.open(activity)
        expect(self.frame.locator("#grid td.c").first).to_be_visible()

    def cell(self, row: int, column: int) -> Locator:
        return self.frame.locator("#grid tbody tr").nth(row).locator("td.c").nth(column)

    def letters(self, rows: range, columns: range) -> list[str]:
        """One text for each row, « - » where nothing is assessed."""
        return [
            "".join(self.cell(row, column).inner_text().strip() or "-" for column in columns)
            for row in rows
        ]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def saved(self) -> None:
        """Waits until nothing is on its way to the server."""
        expect(self.frame.locator("#saving")).to_have_text(re.compile("Enregistré$"))
        expect(self.frame.locator("td.pending")).to_have_count(0)

    def reload(self) -> None:
        self.frame.goto(self.frame.url)
        expect(self.frame.locator("#grid td.c").first).to_be_visible()

    def setting(self, name: str) -> Locator:
        """A choice of the settings' menu, which it opens."""
        if not self.frame.locator("details.settings[open]").count():
            self.frame.get_by_text("Réglages", exact=True).click()
        return self.frame.get_by_label(name)

    @property
    def names(self) -> list[str]:
        """The students shown, in order."""
        return self.frame.locator("#grid tbody th.name a").all_inner_texts()
