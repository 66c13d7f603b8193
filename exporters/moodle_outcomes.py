"""The CSV of Moodle's outcomes, one for each competence (grade/edit/outcome/import.php).

*Grades > Outcomes > Import* in a course. Seen on Moodle 4.5: the separator is ``;`` whatever the
language, a byte order mark breaks the first line, every line has as many cells as the header. An
outcome whose short name exists in the course (or the site) is skipped, never updated: the short
name is the idnumber, which no other framework shares and which never changes. The scale is found
again by its exact name and levels, else created.

Outcomes are a flat list, so the description also names the element that the competence belongs
to: « Mettre à jour la documentation » occurs twice in the BTS SIO.
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from exporters.base import ExportOptions, competences
from exporters.moodle_framework import scale_values
from exporters.streams import text_of
from exporters.wording import described, full_name, paragraph, shorten
from referential.model import Node, Referential
from referential.scale import Scale

COLUMNS = (
    "outcome_name",
    "outcome_shortname",
    "outcome_description",
    "scale_name",
    "scale_items",
    "scale_description",
)
MAX_NAME = 100
"""Characters of the name we give; it becomes the name of a grade column."""
MAX_SHORT_NAME = 255
"""Characters of a short name (grade_outcomes.shortname): longer stops the import midway."""
MAX_LINE = 8192
"""Bytes of a line, its end included (fgetcsv in older importers)."""


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the outcomes in UTF-8 without byte order mark, lines ended by LF."""
    nodes = competences(referential, options.scope)
    with text_of(out) as text:
        writer = csv.writer(text, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(referential, nodes, scale, options.language))


def rows(
    referential: Referential, nodes: tuple[Node, ...], scale: Scale, language: str
) -> Iterator[tuple[str, ...]]:
    """One row for each of the competences."""
    name, items = scale.title(language), scale_values(scale, language)
    for node in nodes:
        above = referential.ancestors(node.code)[-1:]
        yield (
            shorten(full_name(node), MAX_NAME),
            node.idnumber,
            described(node) + "".join(map(paragraph, map(full_name, above))),
            name,
            items,
            "",
        )
