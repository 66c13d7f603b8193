"""The outcomes CSV, read the way Moodle 4.5 reads it."""

import csv
import io

import pytest

from exporters import registry
from exporters.base import ExportOptions
from tests.paths import DATA

EXPORTER = registry.get("moodle-outcomes")
GOLDEN = DATA / "bts-sio-moodle-outcomes.csv"


def read(data: bytes) -> list[dict[str, str]]:
    """Rows by header; Moodle stops at a row with more or fewer cells than it."""
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8")), delimiter=";")
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def outcomes(bts, scale):
    return read(EXPORTER.render(bts, scale))


def test_the_file_is_the_golden_one(bts, scale):
    """To renew it: competences export moodle-outcomes -o tests/data/…"""
    assert EXPORTER.render(bts, scale) == GOLDEN.read_bytes()


def test_there_is_one_outcome_for_each_competence_in_order(bts, outcomes):
    names = [outcome["outcome_shortname"] for outcome in outcomes]
    assert names == [f"BTSSIO-{leaf.code}" for leaf in bts.leaves()]
    assert len(set(names)) == 153


def test_an_outcome(outcomes):
    assert outcomes[0] == {
        "outcome_name": "C1.1.03.1 Recenser et caractériser les exigences liées à la qualité "
        "attendue du service à produire",
        "outcome_shortname": "BTSSIO-C1.1.03.1",
        "outcome_description": "<p>Recenser et caractériser les exigences liées à la qualité "
        "attendue du service à produire</p>"
        "<p>A1.1.03 Étude des exigences liées à la qualité attendue d'un service</p>",
        "scale_name": "Acquisition en quatre niveaux",
        "scale_items": "Non acquis,En cours d'acquisition,Acquis,Maîtrisé",
        "scale_description": "",
    }


def test_names_fit_and_whole_wordings_are_in_the_descriptions(bts, outcomes):
    for leaf, outcome in zip(bts.leaves(), outcomes, strict=True):
        assert len(outcome["outcome_name"]) <= 100
        assert outcome["outcome_description"].startswith(f"<p>{leaf.label}</p>")


def test_all_share_one_scale_so_that_moodle_makes_one(outcomes):
    assert len({(o["scale_name"], o["scale_items"]) for o in outcomes}) == 1


def test_no_cell_that_moodle_needs_is_empty(outcomes):
    needed = ("outcome_name", "outcome_shortname", "scale_name", "scale_items")
    assert [o for o in outcomes if not all(o[key] for key in needed)] == []


def test_it_has_no_byte_order_mark_and_short_lines(bts, scale):
    data = EXPORTER.render(bts, scale)
    assert data.startswith(b"outcome_name;")
    assert max(map(len, data.splitlines())) < 8192


def test_a_scope_gives_the_competences_under_it(bts, scale):
    outcomes = read(EXPORTER.render(bts, scale, ExportOptions(scope=("A1.1.03", "C5.2.04.2"))))
    assert [o["outcome_shortname"] for o in outcomes] == [
        "BTSSIO-C1.1.03.1",
        "BTSSIO-C1.1.03.2",
        "BTSSIO-C5.2.04.2",
    ]
