"""What an import would do to a référentiel, as a plan that people read and that can be applied.

Nodes are compared by UUID (:mod:`referential.identity` gives a new version the old one's). Only
what really moved is moved: nodes among their siblings in the old order, around those that came or
went, stay (the longest increasing run of old places). ``apply(plan(a, b), a) == b``.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from referential.model import Node, Referential
from referential.rows import sort_key

WORDING = ("code", "label", "description")
HEAD = ("title", "title_en", "source", "language", "tiers")


@dataclass(frozen=True, slots=True)
class Addition:
    """A node that comes, under ``parent`` (None: at the top), after its sibling ``follows``."""

    node: Node
    parent: UUID | None
    follows: UUID | None


@dataclass(frozen=True, slots=True)
class Move:
    """A node that goes under ``parent`` (None: to the top), after its sibling ``follows``."""

    before: Node
    after: Node
    parent: UUID | None
    follows: UUID | None


@dataclass(frozen=True, slots=True)
class Change:
    """A node whose ``fields`` (of :data:`WORDING`) change. ``went_to``: where the old label is
    found now, if another node has it: the labels slid, and with them what the assessments mean."""

    before: Node
    after: Node
    fields: tuple[str, ...]
    went_to: Node | None = None


@dataclass(frozen=True, slots=True)
class HeadChange:
    """A field of the référentiel itself (of :data:`HEAD`) that changes."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Plan:
    """From one version to the next. Nodes in the order of the version they stand in; a node may
    both change and move. ``kept`` counts those that keep their identifiers."""

    code: str
    head: tuple[HeadChange, ...]
    added: tuple[Addition, ...]
    changed: tuple[Change, ...]
    moved: tuple[Move, ...]
    removed: tuple[Node, ...]
    unchanged: tuple[Node, ...]
    kept: int

    @property
    def empty(self) -> bool:
        """Whether nothing at all would change."""
        return not (self.head or self.added or self.changed or self.moved or self.removed)

    @property
    def slid(self) -> tuple[Change, ...]:
        """The changes whose old label another node has now."""
        return tuple(change for change in self.changed if change.went_to)


def plan(old: Referential, new: Referential) -> Plan:
    """What leads from ``old`` to ``new``, whose nodes have the old identifiers already.

    Raises ``ValueError`` for two référentiels with different codes.
    """
    if old.code != new.code:
        raise ValueError(f"{new.code} is no version of {old.code}")
    before = {node.uuid: node for node in old.nodes}
    after = {node.uuid: node for node in new.nodes}
    common = [(before[node.uuid], node) for node in new.nodes if node.uuid in before]
    parents = _parents(new)
    follows = _follows(new)
    moving = _moving(old, new)
    holders = {node.label: node for node in reversed(new.nodes)}
    changed = []
    for was, now in common:
        differing = tuple(name for name in WORDING if getattr(was, name) != getattr(now, name))
        if differing:
            holder = holders.get(was.label) if "label" in differing else None
            slid = holder is not None and holder.uuid != was.uuid and _is_new(holder, before)
            changed.append(Change(was, now, differing, holder if slid else None))
    touched = {change.after.uuid for change in changed} | moving
    return Plan(
        code=old.code,
        head=tuple(
            HeadChange(name, getattr(old, name), getattr(new, name))
            for name in HEAD
            if getattr(old, name) != getattr(new, name)
        ),
        added=tuple(
            Addition(node, parents[node.uuid], follows[node.uuid])
            for node in new.nodes
            if node.uuid not in before
        ),
        changed=tuple(changed),
        moved=tuple(
            Move(was, now, parents[now.uuid], follows[now.uuid])
            for was, now in common
            if now.uuid in moving
        ),
        removed=tuple(node for node in old.nodes if node.uuid not in after),
        unchanged=tuple(now for _, now in common if now.uuid not in touched),
        kept=len(common),
    )


def _is_new(holder: Node, before: Mapping[UUID, Node]) -> bool:
    """Whether the holder of a label did not have it before."""
    was = before.get(holder.uuid)
    return was is None or was.label != holder.label


def apply(plan: Plan, old: Referential) -> Referential:
    """The new version. ``plan`` must have been made from ``old``."""
    gone = {node.uuid for node in plan.removed} | {move.before.uuid for move in plan.moved}
    parents = _parents(old)
    children: dict[UUID | None, list[UUID]] = {}
    for node in old.nodes:
        if node.uuid not in gone:
            children.setdefault(parents[node.uuid], []).append(node.uuid)
    nodes = {node.uuid: node for node in old.nodes}
    nodes |= {one.node.uuid: one.node for one in plan.added}
    for change in plan.changed:
        wording = {name: getattr(change.after, name) for name in change.fields}
        nodes[change.before.uuid] = replace(nodes[change.before.uuid], **wording)
    coming = [(one.node, one) for one in plan.added] + [(one.after, one) for one in plan.moved]
    _insert(children, coming)
    values: dict[str, Any] = {name: getattr(old, name) for name in HEAD}
    values |= {change.field: change.after for change in plan.head}
    return Referential(code=old.code, nodes=tuple(_preorder(children, nodes)), **values)


def _insert(
    children: dict[UUID | None, list[UUID]], coming: Sequence[tuple[Node, Addition | Move]]
) -> None:
    """Puts each one behind the sibling it follows: from left to right, so that it is there."""
    arrivals: dict[UUID | None, dict[UUID | None, UUID]] = {}
    for node, one in coming:
        arrivals.setdefault(one.parent, {})[one.follows] = node.uuid
    for parent, behind in arrivals.items():
        siblings: list[UUID] = []
        stay: list[UUID | None] = [None, *children.get(parent, [])]
        for one_that_stays in stay:
            last = one_that_stays
            if last is not None:
                siblings.append(last)
            while (next_one := behind.get(last)) is not None:
                siblings.append(next_one)
                last = next_one
        children[parent] = siblings


def _preorder(
    children: Mapping[UUID | None, Sequence[UUID]], nodes: Mapping[UUID, Node]
) -> Iterator[Node]:
    path: list[Node] = []
    stack = [(uuid, 0, at) for at, uuid in reversed([*enumerate(children.get(None, []), 1)])]
    while stack:
        uuid, depth, position = stack.pop()
        del path[depth:]
        parent = path[-1] if path else None
        node = nodes[uuid]
        placed = replace(
            node,
            depth=depth,
            parent=parent.code if parent else None,
            position=position,
            sort_key=sort_key(parent.sort_key if parent else (), node.code, position),
        )
        path.append(placed)
        yield placed
        below = reversed([*enumerate(children.get(uuid, []), 1)])
        stack.extend((child, depth + 1, at) for at, child in below)


def _parents(tree: Referential) -> dict[UUID, UUID | None]:
    return {node.uuid: tree.node(node.parent).uuid if node.parent else None for node in tree.nodes}


def _follows(tree: Referential) -> dict[UUID, UUID | None]:
    """By UUID: the sibling right before."""
    last: dict[str | None, UUID] = {}
    found: dict[UUID, UUID | None] = {}
    for node in tree.nodes:
        found[node.uuid] = last.get(node.parent)
        last[node.parent] = node.uuid
    return found


def _moving(old: Referential, new: Referential) -> set[UUID]:
    """The nodes of both that have another parent, or another order among their siblings."""
    parents = _parents(old)
    places = {node.uuid: at for at, node in enumerate(old.nodes)}
    moving: set[UUID] = set()
    staying: dict[UUID | None, list[UUID]] = {}
    for uuid, parent in _parents(new).items():
        if uuid not in places:
            continue
        if parents[uuid] != parent:
            moving.add(uuid)
        else:
            staying.setdefault(parent, []).append(uuid)
    for siblings in staying.values():
        kept = _longest_run([places[uuid] for uuid in siblings])
        moving.update(uuid for at, uuid in enumerate(siblings) if at not in kept)
    return moving


def _longest_run(places: Sequence[int]) -> set[int]:
    """The indices of a longest increasing subsequence (patience sorting)."""
    tops: list[int] = []  # the smallest last place of a run of each length
    ends: list[int] = []  # its index
    before: list[int] = []
    for at, place in enumerate(places):
        length = bisect_left(tops, place)
        before.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [place]
        ends[length : length + 1] = [at]
    kept: set[int] = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept
