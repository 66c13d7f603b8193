"""Which node of a new version is which of the old one, and the identifiers it therefore keeps.

An old node is found again by its UUID, else by its id number, else by its code; it then keeps its
UUID and its id number whatever the new file says, since an LMS and every assessment know it by
them. A node that is new keeps those of its file; where an old node has one of them, it gets the
same with a number behind.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from referential.identifiers import NAMESPACE
from referential.model import Node, Referential


def matches(old: Referential, new: Referential) -> dict[str, Node]:
    """By code of the new version: the old node that it is."""
    keys: tuple[Callable[[Node], object], ...] = (
        lambda node: node.uuid,
        lambda node: node.idnumber,
        lambda node: node.code,
    )
    found: dict[str, Node] = {}
    taken: set[UUID] = set()
    for key in keys:
        free = {key(node): node for node in old.nodes if node.uuid not in taken}
        for node in new.nodes:
            if node.code in found:
                continue
            same = free.pop(key(node), None)
            if same is not None:
                found[node.code] = same
                taken.add(same.uuid)
    return found


def identified(new: Referential, old: Referential | None) -> Referential:
    """The new version with the identifiers that its nodes have in the old one."""
    if old is None:
        return new
    same = matches(old, new)
    if all(
        (node.uuid, node.idnumber) == (was.uuid, was.idnumber)
        for node in new.nodes
        if (was := same.get(node.code))
    ) and len(same) == len(new.nodes):
        return new
    kept = [same.get(node.code) for node in new.nodes]
    uuids = {was.uuid for was in old.nodes}
    idnumbers = {was.idnumber for was in old.nodes}
    nodes = tuple(
        replace(node, uuid=was.uuid, idnumber=was.idnumber)
        if was
        else replace(node, uuid=_free_uuid(node, uuids), idnumber=_free_idnumber(node, idnumbers))
        for node, was in zip(new.nodes, kept, strict=True)
    )
    return replace(new, nodes=nodes)


def _free_uuid(node: Node, taken: set[UUID]) -> UUID:
    uuid, number = node.uuid, 1
    while uuid in taken:
        number += 1
        uuid = uuid5(NAMESPACE, f"{node.uuid}/{number}")
    taken.add(uuid)
    return uuid


def _free_idnumber(node: Node, taken: set[str]) -> str:
    idnumber, number = node.idnumber, 1
    while idnumber in taken:
        number += 1
        idnumber = f"{node.idnumber}-{number}"
    taken.add(idnumber)
    return idnumber


def uuids(nodes: Iterable[Node]) -> frozenset[UUID]:
    """Their UUIDs."""
    return frozenset(node.uuid for node in nodes)
