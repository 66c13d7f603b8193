"""Contrast between two colours, as WCAG 2.2 defines it (§1.4.3, "relative luminance")."""

import re

HEX = re.compile(r"#[0-9a-f]{6}")
READABLE = 4.5
"""The least contrast ratio of text in normal size (WCAG 2.2, level AA)."""


def luminance(color: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), of a colour written ``#rrggbb``."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 (none) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
