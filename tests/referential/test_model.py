"""The tree answers every question about itself, at the cost of the answer."""

import pickle
import time
from uuid import UUID

import pytest

from referential.model import Node, Referential, Tier, UnknownNode
from tests.referential.samples import PLAIN, parse


@pytest.fixture(scope="module")
def tree():
    return parse(PLAIN).referential


def codes(nodes):
    return [node.code for node in nodes]


def test_roots_and_children_are_in_order(tree):
    assert codes(tree.roots) == ["P1", "P2"]
    assert codes(tree.children("P1")) == ["A1.1", "A1.2"]
    assert codes(tree.children("C1.1.1")) == []


def test_descendants_are_the_subtree_in_preorder(tree):
    assert codes(tree.descendants("P1")) == ["A1.1", "C1.1.1", "C1.1.2", "A1.2", "C1.2.1"]
    assert codes(tree.descendants("C1.1.1")) == []


def test_ancestors_come_outermost_first(tree):
    assert codes(tree.ancestors("C1.1.2")) == ["P1", "A1.1"]
    assert codes(tree.ancestors("P1")) == []


def test_leaves_are_the_competences(tree):
    assert codes(tree.leaves()) == ["C1.1.1", "C1.1.2", "C1.2.1", "C2.1.1"]
    assert codes(tree.leaves("P1")) == ["C1.1.1", "C1.1.2", "C1.2.1"]
    assert codes(tree.leaves("C1.1.2")) == ["C1.1.2"]


def test_an_activity_without_competences_has_no_leaves():
    assert parse(PLAIN + "A2.2 Ranger\n").referential.leaves("A2.2") == ()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        pytest.param(["A2.1", "A1.1"], ["C1.1.1", "C1.1.2", "C2.1.1"], id="in-the-texts-order"),
        pytest.param(["P1", "A1.2", "C1.2.1"], ["C1.1.1", "C1.1.2", "C1.2.1"], id="each-once"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_a_scope_is_the_competences_under_some_codes(tree, chosen, expected):
    assert codes(tree.scope(chosen)) == expected


def test_nodes_are_found_by_what_identifies_them(tree):
    node = tree.node("A1.2")
    assert tree.get("A1.2") is node
    assert tree.by_uuid(node.uuid) is node
    assert tree.by_idnumber("TEST-A1.2") is node
    assert "A1.2" in tree


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: tree.node("A9"),
        lambda tree: tree.children("A9"),
        lambda tree: tree.descendants("A9"),
        lambda tree: tree.ancestors("A9"),
        lambda tree: tree.leaves("A9"),
        lambda tree: tree.scope(["P1", "A9"]),
        lambda tree: tree.by_idnumber("A9"),
    ],
    ids=["node", "children", "descendants", "ancestors", "leaves", "scope", "by_idnumber"],
)
def test_an_unknown_code_is_an_error_that_names_it(tree, ask):
    with pytest.raises(UnknownNode) as caught:
        ask(tree)
    assert (caught.value.key, caught.value.referential) == ("A9", "TEST")


def test_get_of_an_unknown_code_is_none(tree):
    assert tree.get("A9") is None
    assert "A9" not in tree


def test_an_unknown_uuid_is_an_error(tree):
    with pytest.raises(UnknownNode):
        tree.by_uuid(UUID(int=0))


def test_position_counts_the_siblings_and_not_the_numbers():
    tree = parse(PLAIN.replace("A1.2", "A1.7")).referential
    assert (tree.node("A1.7").position, tree.node("A1.7").sort_key) == (2, (1, 7))


def test_a_tree_is_frozen(tree):
    with pytest.raises(AttributeError):
        tree.code = "OTHER"
    with pytest.raises(AttributeError):
        tree.node("P1").label = "Autre"


def test_a_tree_survives_pickling(tree):
    copy = pickle.loads(pickle.dumps(tree))
    assert copy == tree
    assert hash(copy) == hash(tree)
    assert codes(copy.leaves("P1")) == codes(tree.leaves("P1"))


TIER = Tier("X", "niveau", "tier", "niveaux", "tiers", "level")


def node(code, depth, parent):
    return Node(code, code, depth, parent, 1, (1,), code, UUID(int=hash(code) % 2**64))


@pytest.mark.parametrize(
    "nodes",
    [
        pytest.param([node("a", 0, None), node("a", 0, None)], id="same-code-twice"),
        pytest.param([node("b", 1, "a"), node("a", 0, None)], id="child-first"),
        pytest.param([node("a", 0, None), node("c", 2, "a")], id="depth-skipped"),
        pytest.param(
            [node("a", 0, None), node("b", 0, None), node("c", 1, "a")], id="under-another"
        ),
        pytest.param(
            [node("a", 0, None), node("b", 1, "a"), node("c", 2, "b")], id="deeper-than-tiers"
        ),
    ],
)
def test_what_is_no_preorder_of_one_tree_is_refused(nodes):
    with pytest.raises(ValueError, match=r"code a|not in preorder"):
        Referential("X", "X", "", (TIER, TIER), tuple(nodes))


def test_a_hundred_thousand_nodes_are_no_trouble():
    lines = []
    for p in range(1, 51):
        lines.append(f"P{p} Processus")
        for a in range(1, 51):
            lines.append(f"A{p}.{a} Activité {p} {a}")
            lines += [f"Compétence {p} {a} {c}" for c in range(39)]
    text = "\n".join(lines)
    start = time.process_time()
    tree = parse(text).referential
    for one in tree.nodes:
        tree.children(one.code)
        tree.ancestors(one.code)
    tree.scope(node.code for node in tree.nodes)
    assert len(tree) == len(lines) == 100_050
    assert time.process_time() - start < 20  # a second or two; quadratic would take minutes
