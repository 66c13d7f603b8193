"""What the pages of one student are made of: bars by part, what to work on, what teachers said.

Pure functions of a ``StudentView``: no request, no database.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lti_app.services.activities.framing import Framing
from lti_app.services.classes.classroom import HistoryEntry, Progress, StudentView
from referential.model import Node, Tier
from referential.scale import Level, Scale


@dataclass(frozen=True, slots=True)
class Segment:
    """One level's share of a bar; ``start`` and ``width`` in percent of the bar."""

    level: Level
    count: int
    start: Decimal
    width: Decimal

    @property
    def middle(self) -> Decimal:
        return self.start + self.width / 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of the référentiel and how its competences stand, highest level first."""

    node: Node
    progress: Progress
    segments: tuple[Segment, ...]


@dataclass(slots=True)
class Part:
    """A node above the competences, with what is under it in the activity's scope."""

    node: Node
    parts: list[Part] = field(default_factory=list)
    competences: list[Node] = field(default_factory=list)


def tree(framing: Framing, codes: Container[str] | None = None) -> list[Part]:
    """The activity's scope as a tree without its empty branches, in the référentiel's order; of these
    competences only, when given."""
    roots: list[Part] = []
    parts: dict[str, Part] = {}
    for competence in framing.competences:
        if codes is not None and competence.code not in codes:
            continue
        siblings = roots
        part: Part | None = None
        for node in framing.referential.ancestors(competence.code):
            part = parts.get(node.code)
            if part is None:
                part = parts[node.code] = Part(node)
                siblings.append(part)
            siblings = part.parts
        if part is not None:
            part.competences.append(competence)
    return roots


def bars(view: StudentView) -> tuple[Tier, list[Bar]]:
    """One bar for each part of the outermost tier that has several; of the innermost if none has."""
    parts = tree(view.framing)
    while len(parts) == 1 and parts[0].parts:
        parts = parts[0].parts
    levels = view.student.levels
    made = [
        Bar(
            part.node,
            view.progress[part.node.code],
            segments([*_under(part)], levels, view.framing.scale),
        )
        for part in parts
    ]
    depth = parts[0].node.depth if parts else 0
    return view.framing.referential.tiers[depth], made


def segments(
    competences: list[Node], levels: Mapping[str, int], scale: Scale
) -> tuple[Segment, ...]:
    """The shares of each level that occurs, the highest first."""
    made: list[Segment] = []
    start = Decimal(0)
    for level in reversed(scale.levels):
        count = sum(levels.get(node.code) == level.value for node in competences)
        if count:
            width = (Decimal(100 * count) / len(competences)).quantize(Decimal("0.001"))
            made.append(Segment(level, count, start, width))
            start += width
    return tuple(made)


def counts(view: StudentView) -> list[tuple[Level, int]]:
    """How many competences have each level, the highest first, absent levels included."""
    values = list(view.student.levels.values())
    return [(level, values.count(level.value)) for level in reversed(view.framing.scale.levels)]


def to_work_on(view: StudentView, limit: int) -> list[Node]:
    """What to take up next: what is closest to acquired first, then the lower levels, then what
    nobody assessed yet; in the référentiel's order within each."""
    proficient = {level.value for level in view.framing.scale.proficient}
    levels = view.student.levels
    open_ = [node for node in view.framing.competences if levels.get(node.code) not in proficient]
    open_.sort(key=lambda node: -levels.get(node.code, 0))  # stable: keeps the text's order
    return open_[:limit]


def stages(view: StudentView) -> dict[str, set[str]]:
    """The competences by where they stand: ``acquired``, ``progress`` (assessed below that) and
    ``next`` (not assessed yet)."""
    proficient = {level.value for level in view.framing.scale.proficient}
    found: dict[str, set[str]] = {"acquired": set(), "progress": set(), "next": set()}
    for node in view.framing.competences:
        level = view.student.levels.get(node.code)
        stage = "next" if level is None else "acquired" if level in proficient else "progress"
        found[stage].add(node.code)
    return found


def opinions(view: StudentView, limit: int) -> list[HistoryEntry]:
    """The latest judgement of each competence, newest first, taken-back ones left out."""
    return [entry for entry in view.latest.values() if entry.level is not None][:limit]


def scope_words(framing: Framing) -> list[str]:
    """What the activity covers, in words: the chosen parts, or the référentiel's title."""
    nodes = framing.scope_nodes
    if not nodes:
        return [framing.referential.title]
    return [f"{node.code} {node.label}" for node in nodes]


def _under(part: Part) -> Iterator[Node]:
    yield from part.competences
    for below in part.parts:
        yield from _under(below)
