"""What is wrong with a page for somebody: axe-core at a desk, zoomed and on a phone, in both schemes.

axe-core: https://github.com/dequelabs/axe-core, the rules of WCAG 2.2 A and AA and its best practices. Each rule
runs where its answer can differ: colours by scheme, the rest by width.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, ViewportSize

from tests.browser.conftest import DESKTOP, PHONE, Visitor

ZOOMED: ViewportSize = {"width": 640, "height": 450}  # a window of 1,280 × 900 at 200 %
ALL: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
LAYOUT = {"rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SCREENS: tuple[tuple[str, ViewportSize, str, dict[str, Any] | None], ...] = (
    ("desk", DESKTOP, "light", ALL),
    ("zoomed", ZOOMED, "light", None),  # only whether it fits; its parts are those of the phone
    ("phone", PHONE, "light", LAYOUT),
    ("phone in the dark", PHONE, "dark", CONTRAST),
)


def troubles(frame: Frame, options: dict[str, Any] = ALL) -> list[str]:
    """What axe-core finds: the rule and the first element that breaks it."""
    wanted = {"resultTypes": ["violations"], **options}  # the rest is far more to write down
    found = Axe().run(frame, options=wanted).response["violations"]  # type: ignore[arg-type]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def look(visitor: Visitor, tool: Frame) -> dict[str, list[str]]:
    """What is wrong, by screen; {} when nothing is. The screen is a desk's again afterwards."""
    found = {}
    for name, size, scheme, options in SCREENS:
        visitor.page.set_viewport_size(size)
        visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        wrong = [] if options is None else troubles(tool, options)
        width, frame = tool.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if width > frame:
            wrong.append(f"{width} px wide in a frame of {frame}")
        if wrong:
            found[name] = wrong
    visitor.page.set_viewport_size(DESKTOP)
    visitor.page.emulate_media(color_scheme="light")
    return found


def look_in_both_schemes(visitor: Visitor, tool: Frame) -> list[str]:
    """What is wrong on the screen as it is, whatever its size: for what opens over a page."""
    found = troubles(tool)
    visitor.page.emulate_media(color_scheme="dark")
    found += troubles(tool, CONTRAST)
    visitor.page.emulate_media(color_scheme="light")
    return found
