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
    target = "Moodle"
    nodes = branch(referential, options.scope)
    yield from _common(nodes, target, moodle_framework.MAX_NAME)
    for node in nodes:
        if len(node.idnumber) > moodle_framework.MAX_NAME:
            yield _too_long(
                node, ("L’identifiant", "The id number"), len(node.idnumber), 100, target
            )
    if len(referential.tiers) > moodle_framework.MAX_TAXONOMIES:
        yield finding("too_deep", target=target, limit=moodle_framework.MAX_TAXONOMIES)


def _outcomes(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    target = "Moodle"
    nodes = competences(referential, options.scope)
    yield from _common(nodes, target, moodle_outcomes.MAX_NAME)
    rows = moodle_outcomes.rows(referential, nodes, scale, options.language)
    for node, row in zip(nodes, rows, strict=True):
        if len(node.idnumber) > moodle_outcomes.MAX_SHORT_NAME:
            yield _too_long(
                node, ("Le nom abrégé", "The short name"), len(node.idnumber), 255, target
            )
        size = len(";".join(f'"{cell}"' for cell in row).encode()) + 1
        if size > moodle_outcomes.MAX_LINE:
            yield finding(
                "too_long",
                what="La ligne",
                what_en="The line",
                code=node.code,
                length=size,
                unit="octets",
                unit_en="bytes",
                target=target,
                limit=moodle_outcomes.MAX_LINE,
            )


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


def _too_long(node: Node, what: tuple[str, str], length: int, limit: int, target: str) -> Finding:
    return finding(
        "too_long",
        node.line,
        node.label,
        what=what[0],
        what_en=what[1],
        code=node.code,
        length=length,
        unit="caractères",
        unit_en="characters",
        target=target,
        limit=limit,
    )


RULES: dict[str, Rule] = {"moodle-framework": _framework, "moodle-outcomes": _outcomes}
