"""Said before the export: what the target would drop, cut or refuse.

Moodle's importers lose rows in silence or stop halfway without undoing what they did. Each rule
here is one such behaviour, seen on Moodle 4.5; an error means that the file must not be used.
"""

import re
from collections.abc import Callable, Iterator

from exporters import moodle_framework, moodle_outcomes
from exporters.base import ExportOptions, branch, competences
from exporters.wording import full_name
from referential.findings import Finding, finding
from referential.model import Node, Referential
from referential.scale import Scale

_TAG = re.compile(r"<\S")  # what PHP's strip_tags takes for one
MOODLE = "Moodle"
CHARACTERS = ("caractères", "characters")
BYTES = ("octets", "bytes")
QUOTE = '"'
_SHOWN = 20
"""How many nodes a rule names before it says no more."""

Rule = Callable[[Referential, Scale, ExportOptions], Iterator[Finding]]


def lint(
    identifier: str, referential: Referential, scale: Scale, options: ExportOptions
) -> tuple[Finding, ...]:
    """The findings for a format, worst first; none for a format without rules.

    Raises :class:`referential.model.UnknownNode` for a code in the scope that is none.
    """
    rule = RULES.get(identifier)
    found = list(rule(referential, scale, options)) if rule else []
    return tuple(sorted(found, key=lambda one: -one.severity))


def _framework(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    nodes = branch(referential, options.scope)
    yield from _common(nodes, MOODLE, moodle_framework.MAX_NAME)
    for node in nodes:
        length = len(node.idnumber)
        if length > moodle_framework.MAX_NAME:
            what = ("L’identifiant", "The id number")
            yield _too_long(node, what, length, moodle_framework.MAX_NAME)
    if len(referential.tiers) > moodle_framework.MAX_TAXONOMIES:
        yield finding("too_deep", target=MOODLE, limit=moodle_framework.MAX_TAXONOMIES)


def _outcomes(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    nodes = competences(referential, options.scope)
    yield from _common(nodes, MOODLE, moodle_outcomes.MAX_NAME)
    rows = moodle_outcomes.rows(referential, nodes, scale, options.language)
    for node, row in zip(nodes, rows, strict=True):
        length = len(node.idnumber)
        if length > moodle_outcomes.MAX_SHORT_NAME:
            what = ("Le nom abrégé", "The short name")
            yield _too_long(node, what, length, moodle_outcomes.MAX_SHORT_NAME)
        size = len(";".join(f'"{cell.replace(QUOTE, QUOTE * 2)}"' for cell in row).encode()) + 1
        if size > moodle_outcomes.MAX_LINE:
            what = ("La ligne", "The line")
            yield _too_long(node, what, size, moodle_outcomes.MAX_LINE, unit=BYTES)


def _common(nodes: tuple[Node, ...], target: str, limit: int) -> Iterator[Finding]:
    """What holds for both: PHP's CSV reader, short names in plain text of limited length."""
    if not nodes:
        yield finding("nothing")
    long = sum(len(full_name(node)) > limit for node in nodes)
    if long:
        yield finding("shortened", count=long, limit=limit)
    tagged = [node for node in nodes if _TAG.search(node.label)]
    for node in tagged[:_SHOWN]:
        yield finding("tags", node.line, node.label, target=target, code=node.code)
    for node in nodes:
        if '\\"' in node.label or node.label.endswith("\\"):  # fgetcsv's escape: no end of cell
            yield finding("backslash", node.line, node.label, target=target, code=node.code)


def _too_long(
    node: Node,
    what: tuple[str, str],
    length: int,
    limit: int,
    *,
    target: str = MOODLE,
    unit: tuple[str, str] = CHARACTERS,
) -> Finding:
    return finding(
        "too_long",
        node.line,
        node.label,
        what=what[0],
        what_en=what[1],
        code=node.code,
        length=length,
        unit=unit[0],
        unit_en=unit[1],
        target=target,
        limit=limit,
    )


RULES: dict[str, Rule] = {"moodle-framework": _framework, "moodle-outcomes": _outcomes}
