"""What CASE registries, Canvas, Mahara and spreadsheets do."""

import re
from collections.abc import Iterator
from uuid import UUID

from exporters import canvas_outcomes, mahara_matrix
from exporters.base import ExportOptions, branch
from exporters.lint_catalogue import note
from exporters.people import neutral
from exporters.people import rows as people_rows
from exporters.rules import common
from exporters.wording import full_name
from referential.findings import Finding
from referential.model import Node, Referential
from referential.scale import Scale

MAX_ROWS = 1_048_576
MAX_CELL = 32_767


def case(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """CASE 1.1: identifiers are UUIDs, unique; there is no scale."""
    nodes = branch(referential, options.scope)
    yield from common.nothing(nodes)
    yield from common.limited(_same_uuid(nodes))
    yield note("scale_lost", target="CASE")


def _same_uuid(nodes: tuple[Node, ...]) -> Iterator[Finding]:
    first: dict[UUID, Node] = {}
    for node in nodes:
        other = first.setdefault(node.uuid, node)
        if other is not node:
            yield note("same_uuid", node, first=other.code, target="CASE")


def canvas(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """lib/outcomes/import.rb: vendor_guid unique, without spaces, not one of Canvas's own."""
    target = "Canvas"
    nodes = branch(referential, options.scope)
    yield from common.nothing(nodes)
    yield from common.shortened(map(full_name, nodes), canvas_outcomes.MAX_TITLE)
    yield from common.idnumbers(nodes, target, canvas_outcomes.MAX_TITLE)
    yield from common.proficient(scale, target)
    yield from common.limited(_guids(nodes, target))


def _guids(nodes: tuple[Node, ...], target: str) -> Iterator[Finding]:
    for node in nodes:
        what = None
        if re.search(r"\s", node.idnumber):
            what = ("un espace", "a space")
        elif ":" in node.idnumber:
            what = ("deux-points", "a colon")
        if what:
            yield note(
                "idnumber_form",
                node,
                idnumber=node.idnumber,
                what=what[0],
                what_en=what[1],
                target=target,
            )


def mahara(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """htdocs/module/framework: lengths of names, four states of evidence."""
    target = "Mahara"
    nodes = branch(referential, options.scope)
    yield from common.nothing(nodes)
    yield from common.shortened((node.label for node in nodes), mahara_matrix.MAX_NAME)
    yield from common.shortened((node.code for node in nodes), mahara_matrix.MAX_SHORT_NAME)
    yield from common.proficient(scale, target)
    if not scale.proficient:
        return
    kept = [name for status in mahara_matrix.statuses(scale, options) for name in status.values()][
        1:
    ]
    names = [level.name(options.language) for level in scale.levels]
    lost = [name for name in names if name not in kept]
    if lost:
        yield note("levels_lost", target=target, kept=", ".join(kept), lost=", ".join(lost))


def table(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """A CSV that people open in a spreadsheet."""
    nodes = branch(referential, options.scope)
    yield from common.nothing(nodes)
    count = sum(
        neutral(cell) != cell for row in people_rows(referential, nodes, options) for cell in row
    )
    if count:
        yield note("neutralised", count=count)


def workbook(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """The limits of a sheet (Excel specifications and limits)."""
    nodes = branch(referential, options.scope)
    yield from common.nothing(nodes)
    yield from common.controls(nodes)
    if len(nodes) + 1 > MAX_ROWS:
        yield note("too_many_rows", count=len(nodes), limit=MAX_ROWS)
    yield from common.limited(
        common.too_long(node, ("L’intitulé", "The label"), len(node.label), "Excel", MAX_CELL)
        for node in nodes
        if len(node.label) > MAX_CELL
    )


def page(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """A web page takes everything."""
    yield from common.nothing(branch(referential, options.scope))
