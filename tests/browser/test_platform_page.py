"""The administrator's page of the platform, in the LMS's frame: its values are copied by a click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.looking import look
from tests.browser.test_referentials import ADMINISTRATOR

pytestmark = pytest.mark.browser


def test_each_value_is_copied_by_its_button(person: Callable[[str], Visitor]) -> None:
    visitor = person(ADMINISTRATOR)
    tool = visitor.open()
    tool.goto(tool.url.rsplit("/", 1)[0] + "/platform")
    values = tool.locator("table input.copy")
    buttons = tool.locator("table").get_by_role("button", name="Copier")
    expect(buttons).to_have_count(8)
    assert look(visitor, tool) == {}
    tool.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=paste></textarea>')")
    pasted = tool.locator("#paste")
    for place in range(8):
        value = values.nth(place).input_value()
        tool.locator(".copying button").nth(place).click()
        expect(tool.locator(".copying button").nth(place)).to_contain_text("Copié")
        pasted.fill("")
        pasted.press("Control+v")
        expect(pasted).to_have_value(value)
