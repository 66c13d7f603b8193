"""The tree of a référentiel, frozen: tiers, nodes, and every question asked of them.

A BTS SIO référentiel has four tiers (processus P > domaine D > activité A > compétence C); other
diplomas have two or three. Nodes are kept in preorder, the order of the official text, so that a
subtree is a slice: every method costs at most the size of its answer, also for 100,000 nodes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from uuid import UUID


class UnknownNode(LookupError):
    """No node of the référentiel has this code, idnumber or uuid."""

    def __init__(self, key: str, referential: str) -> None:
        super().__init__(f"{referential} has no node {key}")
        self.key = key
        self.referential = referential


@dataclass(frozen=True, slots=True)
class Tier:
    """One level of depth, e.g. the activities.

    ``letter`` names the tier within the référentiel (P, D, A, C); ``taxonomy`` is the word Moodle
    shows for it, one of the eleven of :data:`referential.overlay.TAXONOMIES`.
    """

    letter: str
    name_fr: str
    name_en: str
    plural_fr: str
    plural_en: str
    taxonomy: str


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the référentiel.

    ``code`` is as printed (``A1.1.03``) or built (``C1.1.03.1``); ``depth`` counts from 0;
    ``position`` is the 1-based rank among the siblings, in the text's order; ``sort_key`` orders
    codes by their numbers (A4.1.10 after A4.1.09). ``idnumber`` and ``uuid`` identify the node
    outside and never change. ``line`` (1-based) says where it came from and ``original`` what was
    printed there if the wording was corrected; two nodes differing only in these are equal.
    ``description`` is what some référentiels explain beside the label: plain text, one paragraph
    a line, mostly empty.
    """

    code: str
    label: str
    depth: int
    parent: str | None
    position: int
    sort_key: tuple[int, ...]
    idnumber: str
    uuid: UUID
    line: int | None = field(default=None, compare=False)
    original: str | None = field(default=None, compare=False)
    description: str = ""


class _Index:
    """Where each node stands; built once, in one pass over the preorder. What only some questions
    need is built when one is first asked."""

    def __init__(self, nodes: tuple[Node, ...], depths: int) -> None:
        self._nodes = nodes
        self.by_code: dict[str, int] = {}
        children: list[list[Node]] = [[] for _ in nodes]
        self.ends = [0] * len(nodes)
        self.leaves_before = [0] * (len(nodes) + 1)
        leaves: list[Node] = []
        path: list[int] = []  # the indices of the current node's ancestors
        for i, node in enumerate(nodes):
            if node.code in self.by_code:
                raise ValueError(f"two nodes have the code {node.code}")
            while len(path) > node.depth:
                self.ends[path.pop()] = i
            above = nodes[path[-1]].code if path else None
            if len(path) != node.depth or above != node.parent or node.depth >= depths:
                raise ValueError(f"{node.code} is not in preorder under {node.parent}")
            if path:
                children[path[-1]].append(node)
            path.append(i)
            if node.depth == depths - 1:
                leaves.append(node)
            self.leaves_before[i + 1] = len(leaves)
            self.by_code[node.code] = i
        while path:
            self.ends[path.pop()] = len(nodes)
        self.leaves = tuple(leaves)
        self.children = tuple(map(tuple, children))

    @cached_property
    def by_idnumber(self) -> dict[str, int]:
        return {node.idnumber: i for i, node in enumerate(self._nodes)}

    @cached_property
    def by_uuid(self) -> dict[UUID, int]:
        return {node.uuid: i for i, node in enumerate(self._nodes)}


@dataclass(frozen=True, slots=True)
class Referential:
    """A whole référentiel: its tiers, outermost first, and its nodes in preorder.

    ``code`` identifies the framework (``BTSSIO``); ``title`` is in the référentiel's own
    ``language``, ``title_en`` for English readers; ``source`` says where the text comes from.

    Raises ``ValueError`` when the nodes are no preorder of one tree or a code occurs twice.
    """

    code: str
    title: str
    source: str
    tiers: tuple[Tier, ...]
    nodes: tuple[Node, ...]
    language: str = "fr"
    title_en: str = ""
    _index: _Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", _Index(self.nodes, len(self.tiers)))

    def __hash__(self) -> int:
        return hash((self.code, len(self.nodes)))

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __contains__(self, code: object) -> bool:
        return code in self._index.by_code

    def _at(self, code: str) -> int:
        try:
            return self._index.by_code[code]
        except KeyError:
            raise UnknownNode(code, self.code) from None

    def node(self, code: str) -> Node:
        """The node with this code. Raises :class:`UnknownNode`."""
        return self.nodes[self._at(code)]

    def get(self, code: str) -> Node | None:
        """The node with this code, or None."""
        at = self._index.by_code.get(code)
        return None if at is None else self.nodes[at]

    def by_uuid(self, uuid: UUID) -> Node:
        """The node with this uuid. Raises :class:`UnknownNode`."""
        at = self._index.by_uuid.get(uuid)
        if at is None:
            raise UnknownNode(str(uuid), self.code)
        return self.nodes[at]

    def by_idnumber(self, idnumber: str) -> Node:
        """The node with this idnumber. Raises :class:`UnknownNode`."""
        at = self._index.by_idnumber.get(idnumber)
        if at is None:
            raise UnknownNode(idnumber, self.code)
        return self.nodes[at]

    @property
    def roots(self) -> tuple[Node, ...]:
        """The outermost nodes, in order."""
        return tuple(self._siblings(0, len(self.nodes)))

    def _siblings(self, start: int, end: int) -> Iterator[Node]:
        while start < end:
            yield self.nodes[start]
            start = self._index.ends[start]

    def children(self, code: str) -> tuple[Node, ...]:
        """The nodes directly under this one, in order. Raises :class:`UnknownNode`."""
        return self._index.children[self._at(code)]

    def descendants(self, code: str) -> tuple[Node, ...]:
        """All nodes under this one, in preorder, itself left out. Raises :class:`UnknownNode`."""
        at = self._at(code)
        return self.nodes[at + 1 : self._index.ends[at]]

    def ancestors(self, code: str) -> tuple[Node, ...]:
        """The nodes above this one, outermost first. Raises :class:`UnknownNode`."""
        found: list[Node] = []
        parent = self.node(code).parent
        while parent is not None:
            node = self.node(parent)
            found.append(node)
            parent = node.parent
        return tuple(reversed(found))

    def leaves(self, code: str | None = None) -> tuple[Node, ...]:
        """The nodes of the last tier (the competences) under this one, itself included if it is
        one; of the whole référentiel by default. Raises :class:`UnknownNode`."""
        if code is None:
            return self._index.leaves
        at = self._at(code)
        before = self._index.leaves_before
        return self._index.leaves[before[at] : before[self._index.ends[at]]]

    def scope(self, codes: Iterable[str]) -> tuple[Node, ...]:
        """The competences under any of these codes, each once, in the text's order.

        Raises :class:`UnknownNode` for the first code that is none.
        """
        wanted: set[int] = set()
        before = self._index.leaves_before
        for code in codes:
            at = self._at(code)
            wanted.update(range(before[at], before[self._index.ends[at]]))
        return tuple(self._index.leaves[i] for i in sorted(wanted))

    def tier(self, node: Node) -> Tier:
        """The tier a node of this référentiel belongs to."""
        return self.tiers[node.depth]

    def counts(self) -> Mapping[str, int]:
        """How many nodes each tier has, by its letter, outermost first."""
        counted = [0] * len(self.tiers)
        for node in self.nodes:
            counted[node.depth] += 1
        letters = (tier.letter for tier in self.tiers)
        return MappingProxyType(dict(zip(letters, counted, strict=True)))
