"""Random frameworks over one pool of idnumbers, so that two of them share some and differ in the rest."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lti_app.services.moodle.framework import RULE_ALL, RULE_POINTS, Competency, Rule, Share
from tests.services.moodle.builders import wanted_framework

POOL = tuple("abcdefgh")
NAMES = st.sampled_from(["Un", "Deux", "Trois & « quatre » < 5"])


@st.composite
def trees(draw: st.DrawFn, pool: tuple[str, ...] = POOL) -> tuple[Competency, ...]:
    """A tree in preorder, of some of the pool's idnumbers, of any shape."""
    codes = draw(st.lists(st.sampled_from(pool), unique=True, max_size=len(pool)))
    children: dict[str | None, list[str]] = {}
    for number, code in enumerate(codes):
        parent = draw(st.sampled_from([None, *codes[:number]]))
        children.setdefault(parent, []).append(code)
    found: list[Competency] = []

    def walk(parent: str | None) -> None:
        for code in children.get(parent, []):
            found.append(Competency(code, draw(NAMES), draw(DESCRIPTIONS), parent))
            walk(code)

    walk(None)
    return tuple(found)


DESCRIPTIONS = st.sampled_from(["", "<p>Court</p>", "<p>a &amp; b</p>"])


@st.composite
def frameworks(draw: st.DrawFn, **fields: Any) -> Any:
    """What a référentiel wants: a tree, sometimes with relations and rules of its own."""
    tree = draw(trees())
    codes = [one.idnumber for one in tree]
    states_related, states_rules = draw(st.booleans()), draw(st.booleans())
    related: dict[str, set[str]] = {code: set() for code in codes}
    if states_related and len(codes) > 1:
        for one, other in draw(st.lists(st.tuples(*[st.sampled_from(codes)] * 2), max_size=3)):
            if one != other:
                related[one].add(other)
                related[other].add(one)
    tree = tuple(
        Competency(
            one.idnumber,
            one.shortname,
            one.description,
            one.parent,
            frozenset(related[one.idnumber]),
            draw(rules(_children(tree, one.idnumber))) if states_rules else None,
        )
        for one in tree
    )
    return wanted_framework(
        *tree, states_related=states_related, states_rules=states_rules, **fields
    )


@st.composite
def rules(draw: st.DrawFn, children: list[str]) -> Rule | None:
    """A rule that Moodle takes for a competency with these children."""
    kinds = [None, RULE_ALL, *([RULE_POINTS] if children else [])]
    kind = draw(st.sampled_from(kinds))
    if kind is None:
        return None
    outcome = draw(st.integers(1, 3))
    if kind == RULE_ALL:
        return Rule(kind, outcome)
    shares = frozenset(
        Share(child, draw(st.integers(1, 3)), draw(st.booleans())) for child in children
    )
    total = sum(share.points for share in shares)
    return Rule(kind, outcome, draw(st.integers(1, total)), shares)


def _children(tree: tuple[Competency, ...], code: str) -> list[str]:
    return [one.idnumber for one in tree if one.parent == code]
