"""The CSV of Canvas's outcomes import (Outcomes > Import, at account or course level).

Format: Canvas's own documentation, doc/api/outcomes_csv.md, and its importer,
lib/outcomes/csv_importer.rb and import.rb:

- RFC 4180, UTF-8. Columns are found by name; an unknown one makes the whole file fail. The rating
  columns come last, under a single header ``ratings`` followed by empty ones.
- A group comes before what refers to it. Rows are found again by ``vendor_guid``, which holds no
  spaces: it is the idnumber.
- Ratings alternate points and description, points falling; ``mastery_points`` is where mastery
  begins.

All tiers but the last are groups, under one group for the référentiel; the competences are
outcomes, whose latest assessment counts.
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from exporters.base import ExportOptions, branch
from exporters.streams import text_of
from exporters.wording import described, full_name, paragraph, shorten
from referential.model import Node, Referential
from referential.scale import Scale

COLUMNS = (
    "vendor_guid",
    "object_type",
    "title",
    "description",
    "display_name",
    "calculation_method",
    "calculation_int",
    "workflow_state",
    "parent_guids",
    "mastery_points",
    "ratings",
)
MAX_TITLE = 255
"""Characters of a title or display name (learning_outcomes.short_description, varchar 255)."""
RESERVED = ("canvas_outcome:", "canvas_outcome_group:")
"""What a vendor_guid must not begin with: Canvas takes the rest for one of its own ids."""


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes groups and outcomes in UTF-8 without byte order mark, lines ended by CR LF."""
    nodes = branch(referential, options.scope)
    width = len(COLUMNS) - 1 + 2 * len(scale.levels)
    with text_of(out) as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([*COLUMNS, *[""] * (width - len(COLUMNS))])
        for row in _rows(referential, nodes, scale, options):
            writer.writerow([*row, *[""] * (width - len(row))])


def _rows(
    referential: Referential, nodes: tuple[Node, ...], scale: Scale, options: ExportOptions
) -> Iterator[tuple[str, ...]]:
    title = referential.title if options.french else referential.title_en or referential.title
    about = paragraph(referential.source)
    yield _group(referential.code, shorten(title, MAX_TITLE), about, "")
    ratings = tuple(
        cell
        for level in reversed(scale.levels)
        for cell in (str(level.value), level.name(options.language))
    )
    mastery = str(min(level.value for level in scale.proficient))
    last = len(referential.tiers) - 1
    for node in nodes:
        parent = referential.node(node.parent).idnumber if node.parent else referential.code
        name = shorten(full_name(node), MAX_TITLE)
        if node.depth < last:
            yield _group(node.idnumber, name, described(node), parent)
        else:
            yield (
                node.idnumber,
                "outcome",
                name,
                described(node),
                shorten(node.label, MAX_TITLE),
                "latest",
                "",
                "active",
                parent,
                mastery,
                *ratings,
            )


def _group(guid: str, title: str, description: str, parent: str) -> tuple[str, ...]:
    return (guid, "group", title, description, "", "", "", "active", parent, "")
