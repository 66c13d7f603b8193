"""What the class overview is made of: the heat map's columns, shares of levels, what few have acquired.

Pure functions of a ``ClassView``: no request, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from lti_app.services.activities.framing import Framing
from lti_app.services.classes.classroom import Progress, StudentRow
from lti_app.views.progress_parts import Bar, Segment
from referential.model import Node, Tier
from referential.scale import Scale

MOST_COLUMNS = 16  # of the heat map; more are no longer read
SHORT_CODE = 5  # characters that fit above a column: D1.2, P1


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring columns under one head. ``short`` is what each part's code adds to the others."""

    head: str
    parts: tuple[Node, ...]
    short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The parts that the heat map shows, and the tier they are of. Long codes stand in ``groups``, under
    the code of the part above; short ones need none."""

    tier: Tier
    parts: tuple[Node, ...]
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """One part of one student (or of the class on average) beside what is expected by now: numbers of
    competences; ``expected`` is None while no pace was chosen."""

    node: Node
    acquired: Decimal
    expected: Decimal | None
    total: int

    def percent(self, value: Decimal) -> Decimal:
        """That many competences in percent of the part's."""
        return (100 * value / self.total).quantize(Decimal("0.1"))


def columns(framing: Framing) -> Columns:
    """The finest tier whose parts are few enough; the outermost when none is."""
    tiers = framing.referential.tiers
    found: dict[int, dict[str, Node]] = {depth: {} for depth in range(len(tiers) - 1)}
    for competence in framing.competences:
        for node in framing.referential.ancestors(competence.code):
            found[node.depth][node.code] = node
    fitting = [depth for depth, parts in found.items() if 0 < len(parts) <= MOST_COLUMNS]
    depth = fitting[-1] if fitting else 0
    parts = tuple(found[depth].values())
    return Columns(tiers[depth], parts, _groups(parts))


def _groups(parts: Sequence[Node]) -> tuple[Group, ...]:
    if all(node.parent is None or len(node.code) <= SHORT_CODE for node in parts):
        return ()
    return tuple(
        Group(head or "", group, tuple(node.code.rpartition(".")[2] for node in group))
        for head, nodes in groupby(parts, key=lambda node: node.parent)
        for group in [tuple(nodes)]
    )


def outer_parts(framing: Framing) -> list[Node]:
    """The parts of the outermost tier that has several in the activity; of the innermost if none has."""
    depths: dict[int, dict[str, Node]] = {}
    for competence in framing.competences:
        for node in framing.referential.ancestors(competence.code):
            depths.setdefault(node.depth, {})[node.code] = node
    several = [parts for _depth, parts in sorted(depths.items()) if len(parts) > 1]
    if several:
        return list(several[0].values())
    return list(depths[max(depths)].values()) if depths else []


def shares(framing: Framing, rows: Sequence[StudentRow], parts: Iterable[Node]) -> list[Bar]:
    """For each part, how the class stands in all of its competences together."""
    return [share(framing, rows, part, framing.competences_of(part.code)) for part in parts]


def share(
    framing: Framing, rows: Sequence[StudentRow], node: Node, competences: Sequence[Node]
) -> Bar:
    """How many (student, competence) pairs have each level."""
    values = [row.levels[one.code] for row in rows for one in competences if one.code in row.levels]
    total = len(rows) * len(competences)
    proficient = {level.value for level in framing.scale.proficient}
    progress = Progress(sum(value in proficient for value in values), len(values), total)
    return Bar(node, progress, _segments(values, total, framing.scale))


def weakest(framing: Framing, rows: Sequence[StudentRow], limit: int) -> list[Bar]:
    """The competences that fewest have acquired, of those assessed at least once; the most assessed first
    among equals, since there it says more."""
    bars = [share(framing, rows, node, [node]) for node in framing.competences]
    bars = [bar for bar in bars if bar.progress.assessed]
    bars = [bar for bar in bars if bar.progress.acquired < bar.progress.total]
    bars.sort(key=lambda bar: (bar.progress.acquired, -bar.progress.assessed))
    return bars[:limit]


def never(framing: Framing, rows: Sequence[StudentRow]) -> list[Node]:
    """The competences that nobody in the class has been assessed on."""
    seen = {code for row in rows for code in row.levels}
    return [node for node in framing.competences if node.code not in seen]


def beside(
    shown: Sequence[Mapping[str, Progress]], parts: Iterable[Node], expected: float | None
) -> list[Beside]:
    """The mean of these students' progress (one: their own numbers) beside the expected share of each
    part."""
    made = []
    for part in parts:
        total = shown[0][part.code].total
        acquired = Decimal(sum(one[part.code].acquired for one in shown)) / len(shown)
        landmark = None if expected is None else Decimal(total) * Decimal(str(expected))
        made.append(Beside(part, acquired, landmark, total))
    return made


def _segments(values: Sequence[int], total: int, scale: Scale) -> tuple[Segment, ...]:
    made: list[Segment] = []
    start = Decimal(0)
    for level in reversed(scale.levels):
        if count := values.count(level.value):
            width = (Decimal(100 * count) / total).quantize(Decimal("0.001"))
            made.append(Segment(level, count, start, width))
            start += width
    return tuple(made)
