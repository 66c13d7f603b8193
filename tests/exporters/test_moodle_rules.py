"""Rules and cross-references of the framework CSV, checked as Moodle's importer does.

Sources: Moodle 4.5, admin/tool/lpimportcsv/classes/framework_importer.php (``set_rules``,
``set_related``), competency/classes/competency_rule_points.php (``migrate_config``,
``validate_config``), competency/classes/competency_rule_all.php.
"""

import csv
import io
import json

import pytest

from exporters import registry
from exporters.base import RULE_OUTCOMES
from exporters.related import MAX_GROUP, related
from tests.exporters.samples import options, scale, tree

EXPORTER = registry.get("moodle-framework")
PARENT, IDNUMBER, TYPE, OUTCOME, CONFIG, RELATED, EXPORTED = 0, 1, 7, 8, 9, 10, 11


def rows(referential, **chosen):
    data = EXPORTER.render(referential, scale(), options(**chosen)).decode()
    return list(csv.reader(io.StringIO(data)))[2:]


def valid_points(row, found):
    """migrate_config: every id is an exported one; validate_config: points can be reached and
    every competency stands right under this one."""
    config = json.loads(row[CONFIG])
    exported = {other[EXPORTED]: other for other in found}
    for competency in config["competencies"]:
        assert exported[str(competency["id"])][PARENT] == row[IDNUMBER]
        assert (competency["points"], competency["required"]) == (1, 0)
    points = sum(competency["points"] for competency in config["competencies"])
    assert 1 <= config["base"]["points"] <= points
    return config["base"]["points"], points


def test_without_a_rule_the_columns_are_empty(bts):
    assert {tuple(row[TYPE : CONFIG + 1]) for row in rows(bts)} == {("", "", "")}


@pytest.mark.parametrize("rule", ["all", "points"])
def test_every_element_with_something_under_it_has_the_rule(bts, rule):
    found = rows(bts, rule=rule)
    ruled = {row[IDNUMBER] for row in found if row[TYPE]}
    assert ruled == {node.idnumber for node in bts.nodes if bts.children(node.code)}
    assert {row[TYPE] for row in found} == {"", rf"core_competency\competency_rule_{rule}"}


def test_all_needs_no_configuration(bts):
    assert {row[CONFIG] for row in rows(bts, rule="all") if row[TYPE]} == {"null"}


@pytest.mark.parametrize("share", [1, 50, 67, 100])
def test_points_are_the_share_of_those_right_under_it_rounded_up(bts, share):
    found = rows(bts, rule="points", rule_share=share)
    for row in found:
        if row[TYPE]:
            needed, points = valid_points(row, found)
            assert needed == max(1, -(-points * share // 100))


def test_points_name_only_what_is_in_the_file(bts):
    """An id that is not exported stops the import after everything was created."""
    found = rows(bts, rule="points", scope=("C1.2.01.2",))
    assert [row[IDNUMBER].split("-")[1] for row in found] == ["P1", "D1.2", "A1.2.01", "C1.2.01.2"]
    assert [valid_points(row, found) for row in found[:3]] == [(1, 1)] * 3


@pytest.mark.parametrize("outcome", RULE_OUTCOMES)
def test_what_moodle_does_then(bts, outcome):
    """competency::OUTCOME_EVIDENCE 1, OUTCOME_COMPLETE 2, OUTCOME_RECOMMEND 3."""
    found = rows(bts, rule="all", rule_outcome=outcome)
    expected = {"evidence": "1", "complete": "2", "recommend": "3"}[outcome]
    assert {row[OUTCOME] for row in found if row[TYPE]} == {expected}


def test_competences_of_the_same_wording_name_each_other(bts):
    pairs = {row[IDNUMBER]: row[RELATED] for row in rows(bts) if row[RELATED]}
    assert pairs == {
        "BTSSIO-C3.2.03.1": "BTSSIO-C4.2.04.1",
        "BTSSIO-C4.2.04.1": "BTSSIO-C3.2.03.1",
        "BTSSIO-C4.2.01.2": "BTSSIO-C4.2.02.3",
        "BTSSIO-C4.2.02.3": "BTSSIO-C4.2.01.2",
    }


def test_cross_references_may_be_left_out(bts):
    assert [row for row in rows(bts, related=False) if row[RELATED]] == []


def test_a_reference_out_of_the_file_is_none(bts):
    assert [row for row in rows(bts, scope=("C4.2.01.2",)) if row[RELATED]] == []


def test_a_comma_in_an_id_number_is_escaped():
    """set_related splits at commas, then replaces %2C."""
    made = tree(["Un", "Même", "Deux", "même"], 2, code="A,B")
    assert [row[RELATED] for row in rows(made)] == ["", "A%2CB-D2.1", "", "A%2CB-D1.1"]


def test_same_wording_is_told_apart_from_the_usual():
    """Not under one parent, not of two tiers, and not what stands everywhere."""
    assert related(tree(["P", "Même", "Q", "Autre"], 2).nodes) == {}
    assert related(tree(["Même", "Même"], 2).nodes) == {}
    labels = [label for n in range(MAX_GROUP) for label in (f"P{n}", "  MÊME\u00a0mot")]
    assert len(related(tree(labels, 2).nodes)) == MAX_GROUP
    assert related(tree([*labels, "P", "même mot"], 2).nodes) == {}
