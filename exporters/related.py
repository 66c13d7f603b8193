"""Competences that a framework cross-references: those of the same wording under other elements.

In the BTS SIO, « Concevoir les mises à jour à effectuer » stands under two activities. Who has
shown one has something to show for the other; Moodle displays such pairs beside each other.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from referential.model import Node

MAX_GROUP = 8
"""A wording that occurs more often than this relates nothing; it also keeps the pairs few."""


def groups(nodes: Iterable[Node]) -> Iterator[tuple[Node, ...]]:
    """The groups of 2 to :data:`MAX_GROUP` nodes of one tier that have the same wording, case and
    spacing aside, and not all the same parent; in the order of their first nodes."""
    found: dict[tuple[int, str], list[Node]] = {}
    for node in nodes:
        found.setdefault((node.depth, _folded(node.label)), []).append(node)
    for group in found.values():
        if 2 <= len(group) <= MAX_GROUP and len({node.parent for node in group}) > 1:
            yield tuple(group)


def related(nodes: Iterable[Node]) -> dict[str, tuple[Node, ...]]:
    """By code: the other nodes of its group, for the nodes that are in one."""
    return {
        node.code: tuple(other for other in group if other is not node)
        for group in groups(nodes)
        for node in group
    }


def _folded(label: str) -> str:
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())
