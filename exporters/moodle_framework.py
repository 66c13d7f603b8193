r"""The CSV of Moodle's competency-framework importer (tool_lpimportcsv).

*Site administration > Competencies > Import competency framework* reads fourteen columns by
position (admin/tool/lpimportcsv/classes/framework_importer.php). What it does with them, seen on
Moodle 4.5:

- ``Is framework`` is 1 on the framework's row and empty elsewhere: any word counts as true.
- A row whose parent is unknown or whose names are empty vanishes with all below it, silently; an
  id number or short name over 100 characters is cut. Hence short names of at most 100 characters,
  the whole wording in the description, and parents before children.
- The levels are joined by commas without spaces, the form in which an existing scale is
  recognised and reused. The configuration names the default level and the proficient ones, as
  Moodle's own exporter does.
- ``Exported ID`` numbers the rows, so that rules added by hand have something to refer to.
- A framework whose id number exists is refused as a whole: there is no update.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from exporters.base import DELIMITERS, ExportOptions, branch
from exporters.wording import full_name, paragraph, shorten
from referential.model import Node, Referential
from referential.scale import Scale

COLUMNS = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type (optional)",
    "Rule outcome (optional)",
    "Rule config (optional)",
    "Cross-referenced competency ID numbers",
    "Exported ID (optional)",
    "Is framework",
    "Taxonomy",
)
MAX_NAME = 100
"""Characters of an id number or a short name (competency.shortname, varchar(100))."""
MAX_TAXONOMIES = 4
FORMAT_HTML = "1"


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the framework in UTF-8 without byte order mark, lines ended by LF."""
    nodes = branch(referential, options.scope)
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=False)
    try:
        writer = csv.writer(text, delimiter=DELIMITERS[options.delimiter], lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow(_framework(referential, scale, options.language))
        writer.writerows(_competencies(referential, nodes))
    finally:
        text.detach()


def scale_values(scale: Scale, language: str) -> str:
    """The levels as Moodle stores a scale: low to high, commas without spaces."""
    return ",".join(level.name(language) for level in scale.levels)


def scale_configuration(scale: Scale) -> str:
    """Which level is the default and which are proficient, as JSON; positions count from 1.

    The first element is the scale, whose id the importer replaces by the real one.
    """
    flagged = [
        {
            "id": level.value,
            "scaledefault": int(level is scale.default),
            "proficient": int(level.proficient),
        }
        for level in scale.levels
        if level is scale.default or level.proficient
    ]
    return json.dumps([{"scaleid": "1"}, *flagged], separators=(",", ":"))


def _framework(referential: Referential, scale: Scale, language: str) -> tuple[str, ...]:
    french = language.startswith("fr")
    title = referential.title if french else referential.title_en or referential.title
    return (
        "",
        referential.code,
        shorten(title, MAX_NAME),
        paragraph(title) + paragraph(referential.source),
        FORMAT_HTML,
        scale_values(scale, language),
        scale_configuration(scale),
        *[""] * 5,
        "1",
        ",".join(tier.taxonomy for tier in referential.tiers[:MAX_TAXONOMIES]),
    )


def _competencies(referential: Referential, nodes: tuple[Node, ...]) -> Iterator[tuple[str, ...]]:
    for number, node in enumerate(nodes, 1):
        parent = referential.node(node.parent).idnumber if node.parent else ""
        yield (
            parent,
            node.idnumber,
            shorten(full_name(node), MAX_NAME),
            paragraph(node.label),
            FORMAT_HTML,
            *[""] * 6,
            str(number),
            "",
            "",
        )
