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
  Moodle's own exporter does. The default is what Moodle gives when a rule or a finished activity
  completes a competency, so it is the first proficient level: with a lower one, completing would
  say « not acquired » (competency/classes/api.php, ``ACTION_COMPLETE``).
- ``Exported ID`` numbers the rows: the points of a rule refer to it, and an unknown number stops
  the import after everything was created. An element with a rule follows from those right under
  it, either all of them (``competency_rule_all``, configuration ``null``) or enough of them, one
  point each (``competency_rule_points``).
- Cross-references name the id numbers of competences, a comma inside one as ``%2C``; as in
  Moodle's own export, both of a pair name each other.
- A framework whose id number exists is refused as a whole: there is no update.
"""

import csv
import json
from collections.abc import Iterator
from typing import BinaryIO

from exporters.base import DELIMITERS, RULE_OUTCOMES, ExportOptions, branch
from exporters.related import related
from exporters.streams import text_of
from exporters.wording import described, full_name, paragraph, shorten
from referential.model import Node, Referential
from referential.scale import Level, Scale

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
NO_RULE = ("", "", "")
RULE_ALL = r"core_competency\competency_rule_all"
RULE_POINTS = r"core_competency\competency_rule_points"


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the framework in UTF-8 without byte order mark, lines ended by LF."""
    nodes = branch(referential, options.scope)
    with text_of(out) as text:
        writer = csv.writer(text, delimiter=DELIMITERS[options.delimiter], lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow(_framework(referential, scale, options.language))
        writer.writerows(_competencies(referential, nodes, options))


def scale_values(scale: Scale, language: str) -> str:
    """The levels as Moodle stores a scale: low to high, commas without spaces."""
    return ",".join(level.name(language) for level in scale.levels)


def default_level(scale: Scale) -> Level:
    """The level that Moodle gives to what it completes by itself: the first proficient one."""
    return scale.proficient[0]


def scale_configuration(scale: Scale) -> str:
    """Which level is the default and which are proficient, as JSON; positions count from 1.

    The first element is the scale, whose id the importer replaces by the real one.
    """
    flagged = [
        {
            "id": level.value,
            "scaledefault": int(level is default_level(scale)),
            "proficient": int(level.proficient),
        }
        for level in scale.levels
        if level.proficient
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


def _competencies(
    referential: Referential, nodes: tuple[Node, ...], options: ExportOptions
) -> Iterator[tuple[str, ...]]:
    pairs = related(nodes) if options.related else {}
    numbers = {node.code: number for number, node in enumerate(nodes, 1)}
    for number, node in enumerate(nodes, 1):
        parent = referential.node(node.parent).idnumber if node.parent else ""
        yield (
            parent,
            node.idnumber,
            shorten(full_name(node), MAX_NAME),
            described(node),
            FORMAT_HTML,
            "",
            "",
            *_rule(referential, node, numbers, options),
            ",".join(other.idnumber.replace(",", "%2C") for other in pairs.get(node.code, ())),
            str(number),
            "",
            "",
        )


def _rule(
    referential: Referential, node: Node, numbers: dict[str, int], options: ExportOptions
) -> tuple[str, str, str]:
    """Type, outcome and configuration of a node's rule; empty for one with nothing under it."""
    if options.rule == "none":
        return NO_RULE
    children = [
        numbers[child.code] for child in referential.children(node.code) if child.code in numbers
    ]
    if not children:
        return NO_RULE
    outcome = str(RULE_OUTCOMES.index(options.rule_outcome) + 1)
    if options.rule == "all":
        return (RULE_ALL, outcome, "null")
    needed = -(-len(children) * options.rule_share // 100)
    configuration = {
        "base": {"points": max(1, needed)},
        "competencies": [{"id": child, "points": 1, "required": 0} for child in children],
    }
    return (RULE_POINTS, outcome, json.dumps(configuration, separators=(",", ":")))
