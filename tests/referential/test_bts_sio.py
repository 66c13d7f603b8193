"""The référentiel that ships: every number of it."""

from collections import Counter

import pytest

from referential.findings import Severity
from referential.library import available, load_named
from referential.overlay import load_overlay
from referential.text import parse_file
from tests.paths import CONFIG

REFERENTIALS = CONFIG / "referentials"


@pytest.fixture(scope="module")
def bts():
    return load_named(CONFIG, "bts-sio")


@pytest.fixture(scope="module")
def findings():
    overlay = load_overlay(REFERENTIALS / "bts-sio.toml")
    return parse_file(REFERENTIALS / "bts-sio.txt", overlay).findings


def test_it_is_available():
    assert "bts-sio" in available(CONFIG)


def test_it_has_5_p_14_d_55_a_153_c(bts):
    assert dict(bts.counts()) == {"P": 5, "D": 14, "A": 55, "C": 153}
    assert len(bts) == 227


def test_each_part_has_its_competences(bts):
    counts = {root.code: len(bts.leaves(root.code)) for root in bts.roots}
    assert counts == {"P1": 34, "P2": 28, "P3": 30, "P4": 36, "P5": 25}


def test_the_codes_are_in_numeric_order_which_is_the_texts(bts):
    keys = [node.sort_key for node in bts.nodes]
    assert keys == sorted(keys)
    lines = [node.line for node in bts.nodes]
    assert lines == sorted(lines)


def test_activity_10_follows_activity_9(bts):
    codes = [node.code for node in bts.children("D4.1")]
    assert codes[-2:] == ["A4.1.09", "A4.1.10"]


@pytest.mark.parametrize(
    ("activity", "labels"),
    [
        pytest.param(
            "A1.4.01",
            [
                "Rendre compte de son activité",
                "Établir son planning personnel en fonction des exigences et du déroulement du "
                "projet",
            ],
            id="all-after-the-header",
        ),
        pytest.param(
            "A4.2.02",
            [
                "Élaborer et réaliser les tests unitaires des composants mis à jour",
                "Repérer les évolutions des composants utilisés et leurs conséquences",
                "Concevoir les mises à jour à effectuer",
            ],
            id="one-after-the-header",
        ),
    ],
)
def test_competences_across_a_page_header_stay_with_their_activity(bts, activity, labels):
    assert [node.label for node in bts.children(activity)] == labels


def test_the_untitled_domain_has_its_title(bts):
    assert bts.node("D1.1").label == "Analyse de la demande"


@pytest.mark.parametrize(
    ("code", "label", "original"),
    [
        (
            "C1.3.03.1",
            "Informer et former les utilisateurs",
            "Informers et former les utilisateurs",
        ),
        (
            "C2.2.02.1",
            "Informer l'utilisateur de la situation de sa demande",
            "Informez l'utilisateur de la situation de sa demande",
        ),
    ],
)
def test_a_corrected_node_knows_what_was_printed(bts, code, label, original):
    node = bts.node(code)
    assert (node.label, node.original) == (label, original)


def test_only_two_nodes_are_corrected(bts):
    assert [n.code for n in bts.nodes if n.original] == ["C1.3.03.1", "C2.2.02.1"]


def test_no_mark_of_the_extraction_is_left_in_a_label(bts):
    assert [n for n in bts.nodes if set(n.label) & set("*•") or n.label.startswith("-")] == []


def test_every_irregularity_is_a_finding(findings):
    assert Counter(found.kind for found in findings) == {
        "bullet": 11,
        "page_header": 3,
        "emphasis": 6,
        "known_gap": 1,
        "title_supplied": 1,
        "corrected": 2,
        "duplicate_wording": 2,
    }
    assert {found.severity for found in findings} == {Severity.info}


def test_findings_say_where(findings):
    places = {}
    for found in findings:
        places.setdefault(found.kind, []).append(found.line)
    assert places["page_header"] == [55, 231, 337]
    assert places["corrected"] == [44, 117]
    assert places["known_gap"] == [7]
    assert places["title_supplied"] == [5]
    assert places["duplicate_wording"] == [339, 349]
