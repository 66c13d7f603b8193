"""Small trees written by hand, and random edits of a tree, for tests of plans and identities."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import strategies as st

from referential import identifiers
from referential.model import Node, Referential
from tests.referential.samples import PLAIN, parse
from tests.referential.strategies import labels

TIERS = parse(PLAIN).referential.tiers


@dataclass
class Twig:
    """A node with what is under it, free to be edited."""

    code: str
    label: str
    uuid: UUID
    idnumber: str
    description: str = ""
    below: list["Twig"] = field(default_factory=list)


def twig(code: str, label: str = "", *below: Twig) -> Twig:
    """A node named by its code unless a label is given, with derived identifiers."""
    return Twig(
        code,
        label or f"Faire {code}",
        identifiers.uuid("TEST", code),
        identifiers.idnumber("TEST", code),
        below=list(below),
    )


def grown(twigs: list[Twig], title: str = "Diplôme d'essai") -> Referential:
    """The référentiel of these trees, of three tiers."""
    nodes: list[Node] = []

    def walk(one: Twig, depth: int, parent: Node | None, position: int) -> None:
        number = re.search("[0-9]+$", one.code)
        above = parent.sort_key if parent else ()
        node = Node(
            one.code,
            one.label,
            depth,
            parent.code if parent else None,
            position,
            (*above, int(number[0]) if number else position),
            one.idnumber,
            one.uuid,
            description=one.description,
        )
        nodes.append(node)
        for at, child in enumerate(one.below, 1):
            walk(child, depth + 1, node, at)

    for at, one in enumerate(twigs, 1):
        walk(one, 0, None, at)
    return Referential("TEST", title, "inventé", TIERS, tuple(nodes), "fr", "Trial diploma")


def everything(twigs: list[Twig]) -> list[Twig]:
    return [one for twig in twigs for one in (twig, *everything(twig.below))]


@st.composite
def forests(draw) -> list[Twig]:
    """Up to 3 × 3 × 3 nodes."""

    def some(prefix: str, depth: int) -> list[Twig]:
        count = draw(st.integers(1 if depth == 0 else 0, 3)) if depth < 3 else 0
        codes = [f"{prefix}{'.' if prefix else 'P'}{at}" for at in range(1, count + 1)]
        return [twig(code, draw(labels()), *some(code, depth + 1)) for code in codes]

    return some("", 0)


@st.composite
def edited(draw, twigs: list[Twig]) -> list[Twig]:
    """The same forest after a few edits; nodes keep their identifiers."""

    def copy(one: Twig) -> Twig:
        below = [copy(child) for child in one.below]
        return Twig(one.code, one.label, one.uuid, one.idnumber, one.description, below)

    def height(one: Twig) -> int:
        return 1 + max(map(height, one.below), default=0)

    forest = [copy(one) for one in twigs]
    for number in range(draw(st.integers(0, 5))):
        lists = [forest, *(one.below for one in everything(forest))]
        depths = {id(forest): 0}
        for one in forest:
            _depths(one, 1, depths)
        filled = [siblings for siblings in lists if siblings]
        match draw(st.sampled_from(["add", "remove", "change", "move", "swap"])):
            case "add":
                home = draw(st.sampled_from([one for one in lists if depths[id(one)] < 3]))
                new = twig(f"N{number}", draw(labels()))
                home.insert(draw(st.integers(0, len(home))), new)
            case "remove" if len(everything(forest)) > 1 and filled:
                home = draw(st.sampled_from(filled))
                if home is not forest or len(forest) > 1:
                    del home[draw(st.integers(0, len(home) - 1))]
            case "change" if filled:
                home = draw(st.sampled_from(filled))
                one = draw(st.sampled_from(home))
                one.label = draw(labels())
                one.description = draw(st.sampled_from(["", "Voir le bloc 1.", "Un\nDeux"]))
                one.code = draw(st.sampled_from([one.code, f"{one.code}b{number}"]))
            case "move" if filled:
                home = draw(st.sampled_from(filled))
                if home is not forest or len(forest) > 1:
                    one = home.pop(draw(st.integers(0, len(home) - 1)))
                    inside = {id(twig.below) for twig in [one, *everything(one.below)]}
                    targets = [
                        siblings
                        for siblings in lists
                        if id(siblings) not in inside and depths[id(siblings)] + height(one) <= 3
                    ]
                    target = draw(st.sampled_from(targets))
                    target.insert(draw(st.integers(0, len(target))), one)
            case "swap" if filled:
                home = draw(st.sampled_from(filled))
                home[:] = draw(st.permutations(home))
    return forest


def _depths(one: Twig, depth: int, depths: dict[int, int]) -> None:
    depths[id(one.below)] = depth
    for child in one.below:
        _depths(child, depth + 1, depths)
