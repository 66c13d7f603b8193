"""What a référentiel asks of Moodle is what its import file says."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters import registry
from exporters.base import ExportOptions
from lti_app.services.moodle.framework import (
    RULE_ALL,
    RULE_POINTS,
    Competency,
    LevelFlags,
    Rule,
    Share,
)
from lti_app.services.moodle.wanted import flags_of, from_rows, plain, wanted
from referential.library import load_named, load_named_scale
from tests.paths import CONFIG

FRAMEWORK = [
    "",
    "REF",
    "Réf",
    "<p>d</p>",
    "1",
    "Non,Oui",
    "",
    "",
    "",
    "",
    "",
    "",
    "1",
    "domain,skill",
]
SCALE_CONFIGURATION = '[{"scaleid":"1"},{"id":1,"scaledefault":1,"proficient":0},{"id":2,"scaledefault":0,"proficient":1}]'
FRAMEWORK[6] = SCALE_CONFIGURATION


def row(
    idnumber: str,
    parent: str = "",
    *,
    rule: tuple[str, str, str] = ("", "", ""),
    related: str = "",
    exported: str = "",
) -> list[str]:
    return [
        parent,
        idnumber,
        f"Nom {idnumber}",
        "<p>x</p>",
        "1",
        "",
        "",
        *rule,
        related,
        exported,
        "",
        "",
    ]


def test_the_bts_sio_is_asked_for_as_its_import_file_has_it() -> None:
    tree, scale = load_named(CONFIG, "bts-sio"), load_named_scale(CONFIG, "bts-sio-4")
    wish = wanted(tree, scale)
    content = registry.get("moodle-framework").render(tree, scale).decode()
    _, head, *lines = csv.reader(io.StringIO(content))
    assert (wish.idnumber, wish.shortname, wish.description) == (head[1], head[2], head[3])
    assert (wish.taxonomies, wish.levels) == (tuple(head[13].split(",")), tuple(head[5].split(",")))
    flagged = [
        (one["id"], bool(one["scaledefault"]), bool(one["proficient"]))
        for one in json.loads(head[6])[1:]
    ]
    assert {(one.position, one.default, one.proficient) for one in wish.flags} == set(flagged)
    assert [
        (one.parent or "", one.idnumber, one.shortname, one.description)
        for one in wish.competencies
    ] == [tuple(line[:4]) for line in lines]


def test_parents_come_before_children_whatever_the_order_of_the_rows() -> None:
    rows = [row("C2", "A1"), row("C1", "A1"), FRAMEWORK, row("A2"), row("A1")]
    codes = [one.idnumber for one in from_rows(rows).competencies]
    assert codes == ["A2", "A1", "C2", "C1"]


def test_relations_hold_both_ways() -> None:
    rows = [FRAMEWORK, row("A", related="B,C%2CD"), row("B"), row("C,D")]
    wish = from_rows(rows)
    assert {one.idnumber: one.related for one in wish.competencies} == {
        "A": {"B", "C,D"},
        "B": {"A"},
        "C,D": {"A"},
    }
    assert wish.states_related


def test_rules_name_children_by_idnumber() -> None:
    config = (
        '{"base":{"points":2},"competencies":['
        '{"id":"7","points":1,"required":1},{"id":"8","points":2,"required":0}]}'
    )
    rows = [
        FRAMEWORK,
        row("A", rule=(RULE_POINTS, "2", config)),
        row("C1", "A", exported="7"),
        row("C2", "A", exported="8"),
        row("B", rule=(RULE_ALL, "1", "null")),
    ]
    shares = frozenset({Share("C1", 1, True), Share("C2", 2, False)})
    wish = from_rows(rows)
    assert [one.rule for one in wish.competencies] == [
        Rule(RULE_POINTS, 2, 2, shares),
        None,
        None,
        Rule(RULE_ALL, 1),
    ]
    assert wish.states_rules


@pytest.mark.parametrize(("rule", "kind"), [("all", RULE_ALL), ("points", RULE_POINTS)])
def test_rules_asked_for_reach_moodle_with_the_children_they_count(rule: str, kind: str) -> None:
    options = ExportOptions(rule=rule, rule_share=50, rule_outcome="recommend")  # type: ignore[arg-type]
    tree, scale = load_named(CONFIG, "bts-sio"), load_named_scale(CONFIG, "bts-sio-4")
    wish = wanted(tree, scale, options=options)
    rules = {one.idnumber: one.rule for one in wish.competencies if one.rule}
    parents = {one.parent for one in wish.competencies if one.parent}
    assert rules.keys() == parents
    assert {(one.kind, one.outcome) for one in rules.values()} == {(kind, 3)}
    for code, one in rules.items():
        children = {child.idnumber for child in wish.competencies if child.parent == code}
        assert {share.child for share in one.shares} == (children if rule == "points" else set())


def test_a_rule_without_outcome_is_none() -> None:
    wish = from_rows([FRAMEWORK, row("A", rule=(RULE_ALL, "0", "null"))])
    assert wish.competencies == (Competency("A", "Nom A", "<p>x</p>"),)
    assert not wish.states_rules


@pytest.mark.parametrize("exact", [False, True], ids=["says nothing", "has the last word"])
def test_a_referential_without_relations_and_rules(exact: bool) -> None:
    wish = from_rows([FRAMEWORK, row("A")], exact=exact)
    assert (wish.states_related, wish.states_rules) == (exact, exact)


def test_levels_without_flag_do_not_count() -> None:
    configuration = SCALE_CONFIGURATION[:-1] + ',{"id":3,"scaledefault":0,"proficient":0}]'
    assert flags_of(configuration) == {LevelFlags(1, True, False), LevelFlags(2, False, True)}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        pytest.param("a < 3", "a < 3", id="before a space Moodle takes it"),
        pytest.param("a <b> c", "a ‹b› c", id="tag"),
        pytest.param("a<3", "a‹3", id="before a digit"),
        pytest.param("a <", "a ‹", id="at the end"),
        pytest.param("a > b", "a > b", id="greater is no tag"),
        pytest.param(" a ", "a", id="spaces around"),
    ],
)
def test_names_hold_nothing_that_moodle_takes_for_a_tag(name: str, sent: str) -> None:
    assert plain(name) == sent


@given(st.text("ab< >&/", max_size=12))
def test_any_name_is_acceptable_then(name: str) -> None:
    from tests.services.moodle.refusals import TAG

    assert not TAG.search(plain(name))
