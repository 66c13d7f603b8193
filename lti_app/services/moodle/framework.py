"""A competency framework as both sides know it: what the référentiel wants, what Moodle has.

Competencies are known by their idnumber, which is unique in a framework and never changes; Moodle's
own ids serve only to call it. Rules name children by idnumber too, so that both sides compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

RULE_ALL = "core_competency\\competency_rule_all"
RULE_POINTS = "core_competency\\competency_rule_points"


@dataclass(frozen=True, slots=True)
class Share:
    """What one child brings to a rule by points; ``child`` is its idnumber."""

    child: str
    points: int
    required: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to a competency once those under it are acquired.

    ``kind`` is Moodle's class, ``outcome`` 1 (evidence), 2 (complete) or 3 (recommend). ``points`` and
    ``shares`` belong to the rule by points. ``raw`` is the configuration of a kind unknown here
    (a plugin's), kept as it is.
    """

    kind: str
    outcome: int
    points: int = 0
    shares: frozenset[Share] = frozenset()
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Competency:
    """One line of a framework. ``parent`` and ``related`` are idnumbers; HTML in ``description``."""

    idnumber: str
    shortname: str
    description: str = ""
    parent: str | None = None
    related: frozenset[str] = frozenset()
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class LevelFlags:
    """What Moodle knows of one level of a scale; ``position`` counts from 1, the lowest."""

    position: int
    default: bool
    proficient: bool


@dataclass(frozen=True, slots=True)
class WantedFramework:
    """What a référentiel asks for. ``competencies`` stand in preorder.

    ``states_related`` and ``states_rules``: whether the référentiel says anything about relations or
    rules; if not, what people made of them in Moodle is left alone.
    """

    idnumber: str
    shortname: str
    description: str
    taxonomies: tuple[str, ...]
    levels: tuple[str, ...]
    flags: frozenset[LevelFlags]
    competencies: tuple[Competency, ...]
    states_related: bool = False
    states_rules: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A competency in Moodle: its content, its id there and its place among its siblings.

    ``configured``: some rule has left a configuration, which Moodle wants gone before the rule « all ».
    """

    id: int
    sortorder: int
    content: Competency
    configured: bool = False

    @property
    def idnumber(self) -> str:
        return self.content.idnumber


@dataclass(frozen=True)
class FoundFramework:
    """A framework as it is in Moodle now. ``levels`` are the names of its scale's levels."""

    id: int
    idnumber: str
    shortname: str
    description: str
    visible: bool
    context_id: int
    taxonomies: tuple[str, ...]
    scale_id: int
    levels: tuple[str, ...]
    flags: frozenset[LevelFlags]
    competencies: tuple[Found, ...] = field(default=())

    @cached_property
    def by_idnumber(self) -> dict[str, Found]:
        return {one.idnumber: one for one in self.competencies}

    @cached_property
    def children(self) -> dict[str | None, tuple[Found, ...]]:
        """The competencies under each, in the order Moodle shows them."""
        return siblings(self.competencies)


def siblings(competencies: Iterable[Found]) -> dict[str | None, tuple[Found, ...]]:
    """By parent, in order; Moodle sorts by ``sortorder``, ids settle what that leaves open."""
    grouped: dict[str | None, list[Found]] = {}
    for one in sorted(competencies, key=lambda found: (found.sortorder, found.id)):
        grouped.setdefault(one.content.parent, []).append(one)
    return {parent: tuple(members) for parent, members in grouped.items()}
