"""The grade files, read the way Moodle 4.5 does.

Sources: grade/import/xml/lib.php (``import_xml_grades``) and grade/import/csv/classes/load_data.php
(``check_user_exists``, ``update_grade_item``, ``insert_grade_record``).
"""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exporters import registry
from exporters.moodle_grades_xml import number
from exporters.results import Column, Grade, Learner, Results
from exporters.wording import xml_text
from tests.exporters.samples import CLASS, anything, options, scale, tree

XML, CSV = registry.get("moodle-grades-xml"), registry.get("moodle-grades-csv")
USERS = {"E05": "5", "E06": "6"}


def import_xml(data: bytes, items: set[str], users: dict[str, str]):
    """What the XML import stores: (item, user) -> (grade, feedback); any error is a failure."""
    root = etree.fromstring(data)
    assert root.tag == "results"
    stored = {}
    for result in root.findall("result"):
        item, student = result.findtext("assignment"), result.findtext("student")
        assert item in items  # « does not match any grade item »
        assert student in users  # « does not match any user »
        score = result.findtext("score")
        grade = None if score in (None, "-") else float(score)  # is_numeric, else « badgrade »
        stored[item, users[student]] = (grade, result.findtext("feedback"))
    return stored


def test_grades_and_levels_arrive(bts, scale):
    items = {"BTSSIO-P1", "NIVEAU", *(leaf.idnumber for leaf in bts.leaves())}
    assert import_xml(XML.render(bts, scale, options()), items, USERS) == {
        ("BTSSIO-P1", "5"): (12.5, 'Bien & "é" <b>'),
        ("NIVEAU", "5"): (3.0, None),
        ("BTSSIO-C1.1.03.1", "5"): (4.0, None),
        ("BTSSIO-P1", "6"): (None, "Absent"),
        ("BTSSIO-C1.1.03.1", "6"): (1.0, None),
    }


def test_only_the_scopes_levels_are_exported(bts, scale):
    data = XML.render(bts, scale, options(scope=("P2",)))
    assert set(import_xml(data, {"BTSSIO-P1", "NIVEAU"}, USERS)) == {
        ("BTSSIO-P1", "5"),
        ("NIVEAU", "5"),
        ("BTSSIO-P1", "6"),
    }


def test_a_column_without_id_number_is_left_out(bts, scale):
    bare = replace(CLASS, columns=(Column("P1"), *CLASS.columns[1:]), levels={})
    stored = import_xml(XML.render(bts, scale, options(results=bare)), {"NIVEAU"}, USERS)
    assert stored == {("NIVEAU", "5"): (3.0, None)}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "-"),
        (Decimal("12.50"), "12.5"),
        (Decimal(20), "20"),
        (Decimal("0.00"), "0"),
        (Decimal("1E+2"), "100"),
        (Decimal("1E-3"), "0.001"),
    ],
)
def test_a_number_is_written_out(value, written):
    assert number(value) == written


@given(anything, st.decimals(0, 20, places=2))
@settings(deadline=None)
def test_any_feedback_arrives_whole(feedback, value):
    results = Results(
        (Learner("1", "X", "E1"),), (Column("C", "I"),), {("1", 0): Grade(value, feedback)}
    )
    data = XML.render(tree(["Un"], 1), scale(), options(results=results))
    assert import_xml(data, {"I"}, {"E1": "1"}) == {("I", "1"): (float(value), xml_text(feedback))}


def import_csv(data: bytes, delimiter: str, levels: list[str]):
    """What the CSV import stores with the columns mapped by name, « Verbose scales » on."""
    text = data.decode("utf-8")
    assert not text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    assert len(set(header)) == len(header)
    words = ["-", *levels]
    stored = {}
    for row in rows:
        assert len(row) == len(header)
        for name, cell in list(zip(header, row, strict=True))[5:]:
            if name.endswith(" (commentaire)"):
                value = cell
            elif cell in ("", "-"):
                value = None
            elif name == "P1 Production de services":
                value = float(cell)
            else:
                value = words.index(cell)  # array_search, else « badgrade »
            stored[row[1], name.split()[0] + name[-1:]] = value
    return header, rows, stored


def test_each_learner_is_a_line_to_be_mapped(bts, scale):
    names = [level.name_fr for level in scale.levels]
    header, rows, stored = import_csv(CSV.render(bts, scale, options()), ",", names)
    assert header[:5] == [
        "Numéro d’identification",
        "Identifiant Moodle",
        "Adresse de courriel",
        "Identifiant de connexion",
        "Nom",
    ]
    assert [row[:5] for row in rows] == [
        [one.idnumber, one.id, one.email, one.username, one.name] for one in CLASS.learners
    ]
    assert stored == {
        ("5", "P1s"): 12.5,
        ("5", "P1)"): 'Bien & "é" <b>',
        ("5", "Niveaul"): 3,
        ("5", "Niveau)"): "",
        ("5", "C1.1.03.1e"): 4,
        ("5", "C1.1.03.2e"): None,
        ("6", "P1s"): None,
        ("6", "P1)"): "Absent",
        ("6", "Niveaul"): None,
        ("6", "Niveau)"): "",
        ("6", "C1.1.03.1e"): 1,
        ("6", "C1.1.03.2e"): None,
        ("7", "P1s"): 20.0,
        ("7", "P1)"): "",
        ("7", "Niveaul"): None,
        ("7", "Niveau)"): "",
        ("7", "C1.1.03.1e"): None,
        ("7", "C1.1.03.2e"): 2,
    }


def test_the_separator_may_be_the_semicolon(bts, scale):
    names = [level.name_fr for level in scale.levels]
    semicolon = CSV.render(bts, scale, options(delimiter="semicolon"))
    assert import_csv(semicolon, ";", names) == import_csv(
        CSV.render(bts, scale, options()), ",", names
    )


def test_cells_for_moodle_are_exact(bts, scale):
    """Unlike the table for people: an apostrophe would be part of the feedback."""
    results = replace(CLASS, grades={("5", 0): Grade(Decimal(1), "=1+1")})
    [_, first, *_] = csv.reader(
        io.StringIO(CSV.render(bts, scale, options(results=results)).decode())
    )
    assert first[6] == "=1+1"
