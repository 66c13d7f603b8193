"""Line charts as SVG elements of the page, drawn by leather (https://leather.readthedocs.io).

leather writes attributes only, neither inline style nor script, so that the content policy needs no exception;
``overview.css`` gives lines and letters their colours and dashes by class. A chart is drawn twice, for wide and
for narrow frames, because letters in a picture shrink with it; the style sheet shows one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import leather
from leather import theme
from lxml import etree
from markupsafe import Markup

SIZES = {"wide": (1000, 330, 9), "narrow": (360, 280, 3)}  # width, height, about so many dates
TICKS = (0, 25, 50, 75, 100)  # percent


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``name`` is the class that the style sheet draws it with; ``points`` are shares, 0 to 1."""

    name: str
    points: Sequence[tuple[date, float]]


def lines(drawn: Sequence[Line], written: Callable[[date], str], described: str) -> Markup:
    """The lines over the same days (two at least), from 0 to 100 percent, once for each frame width.
    ``written`` says a date; ``described`` is what the picture says to whoever cannot see it."""
    days = [_moment(on) for on, _share in drawn[0].points]
    made = []
    for name, (width, height, most) in SIZES.items():
        chart = leather.Chart()
        chart.add_x_scale(days[0], days[-1])
        chart.add_y_scale(0, 100)
        chart.add_y_axis(ticks=list(TICKS), tick_formatter=lambda value, *_: f"{value}\u202f%")
        chart.add_x_axis(
            ticks=days[:: max(-(-len(days) // most), 1)],
            tick_formatter=lambda value, *_: written(value.date()),
        )
        for line in drawn:
            points = [(_moment(on), 100 * share) for on, share in line.points]
            chart.add_line(points, name="")
        tree = _tree(chart.to_svg(width=width, height=height), drawn)
        tree.set("viewBox", _box(width, height))
        tree.set("class", f"chart {name}")
        tree.set("role", "img")
        tree.set("aria-label", described)
        made.append(Markup(etree.tostring(tree, encoding="unicode")))  # noqa: S704  # escaped by lxml
    return Markup("").join(made)


def _moment(on: date) -> datetime:
    """Days as moments: leather's ticks cannot count dates that lie close together."""
    return datetime.combine(on, time())


def _tree(svg: str, drawn: Sequence[Line]) -> etree._Element:
    """The picture as large as its frame, its lines by their names; the page has a legend of its own."""
    tree = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True))
    del tree.attrib["width"], tree.attrib["height"]
    series = list(tree.iterfind(".//{*}g[@class='series lines']"))
    for group, line in zip(series, drawn, strict=True):
        group.set("class", f"line-{line.name}")
    margins = tree[0][1]
    margins.remove(margins[0])  # leather's legend
    return tree


def _box(width: int, height: int) -> str:
    """The picture without leather's wide margins and the room of its legend; half a date beyond."""
    margin = width * theme.margin
    top = margin + theme.legend_font_char_height + theme.legend_gap - 8
    return f"{margin - 4:g} {top:g} {width - 2 * margin + 32:g} {height - margin - top + 6:g}"
