"""Moodle's framework CSV becomes a tree: ours, and the one Moodle's own exporter writes."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporters import registry
from exporters.base import ExportOptions
from referential.findings import Severity
from referential.library import load_named, load_named_scale
from referential.moodle_csv import ENGLISH, FRENCH, looks_like, read
from referential.rows import Known
from tests.paths import CONFIG
from tests.referential.trees import forests, grown

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
DATA = Path(__file__).parent.parent / "data"
SCALE = load_named_scale(CONFIG, "bts-sio-4")
FRAMEWORK = ["", "SIO", "BTS SIO", "<p>Annexe</p>", "1", "Non,Oui", "[]", *[""] * 5, "1", ""]


@pytest.fixture(scope="module")
def bts():
    return load_named(CONFIG, "bts-sio")


def competency(idnumber, name="Concevoir", parent="", description="", **more):
    row = [parent, idnumber, name, description, "1", *[""] * 9]
    for at, value in more.items():
        row[int(at.removeprefix("column_"))] = value
    return row


def file(*rows, header=ENGLISH):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def one(row):
    """The only node of a framework with this row."""
    (node,) = read(file(FRAMEWORK, row)).referential.nodes
    return node


def errors(parsed):
    return [(f.kind, f.line) for f in parsed.findings if f.severity is Severity.error]


@pytest.mark.parametrize("delimiter", ["comma", "semicolon"])
@pytest.mark.parametrize("rule", ["none", "points"])
def test_our_own_export_reads_back_equal(bts, delimiter, rule):
    options = ExportOptions(delimiter=delimiter, rule=rule)
    data = registry.get("moodle-framework").render(bts, SCALE, options)
    assert read(data, Known(like=bts)).referential == bts


def test_without_a_version_before_only_the_words_for_the_tiers_are_unknown(bts):
    data = registry.get("moodle-framework").render(bts, SCALE)
    found = read(data).referential
    assert found.nodes == bts.nodes
    assert (found.code, found.title, found.source) == (bts.code, bts.title, bts.source)
    assert [(t.letter, t.taxonomy) for t in found.tiers] == [
        (t.letter, t.taxonomy) for t in bts.tiers
    ]


@given(st.data())
@QUICK
def test_any_tree_reads_back_equal(data):
    before = grown(data.draw(forests()))
    text = registry.get("moodle-framework").render(before, SCALE)
    found = read(text, Known(like=before))
    assert errors(found) == []
    assert found.referential.nodes == before.nodes


MOODLE = DATA / "moodle-own-export.csv"
"""Written by the exporter of Moodle 4.5.6 for a framework typed there by hand."""


def test_moodles_own_export_is_read_whole():
    parsed = read(MOODLE.read_bytes())
    assert errors(parsed) == []
    tree = parsed.referential
    with MOODLE.open(encoding="utf-8", newline="") as lines:
        rows = sorted(list(csv.reader(lines))[2:], key=lambda row: int(row[11]))
    parents = {node.code: node.idnumber for node in tree} | {None: ""}
    assert [(parents[n.parent], n.idnumber) for n in tree] == [(r[0], r[1]) for r in rows]
    assert (tree.code, tree.title, tree.source) == (
        "SIO-2026",
        'BTS SIO — bloc 1 "Support"',
        "Référentiel",
    )
    assert [(t.letter, t.taxonomy) for t in tree.tiers] == [("B", "domain"), ("A", "competency")]
    node = tree.node("B1-C1")
    assert (node.label, node.description) == ("Compétence 1.1", "Savoir « 1.1 »")


@pytest.mark.parametrize("numbered", [True, False])
def test_the_numbers_order_what_a_database_gave_as_it_lay(bts, numbered):
    """Moodle's exporter asks its database for no order. Without numbers a file stands as its lines do."""
    data = registry.get("moodle-framework").render(bts, SCALE, ExportOptions(rule="points"))
    _head, framework, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    rows.reverse()
    if not numbered:
        rows = [[*row[:11], "", *row[12:]] for row in rows]
    first = read(file(framework, *rows), Known(like=bts)).referential.nodes[0]
    assert first.code == ("P1" if numbered else "P5")


def test_what_moodle_exported_reads_back_equal_from_our_export():
    tree = read(MOODLE.read_bytes()).referential
    again = registry.get("moodle-framework").render(tree, SCALE)
    assert read(again, Known(like=tree)).referential == tree


def test_french_names_and_the_order_of_names_are_understood():
    french = file(FRAMEWORK, competency("SIO-C1"), header=FRENCH)
    plain = file(FRAMEWORK, competency("SIO-C1"))
    assert read(french).referential == read(plain).referential
    rows = [list(reversed(row)) for row in (FRAMEWORK, competency("SIO-C1"))]
    turned = read(file(*rows, header=list(reversed(FRENCH))))
    assert turned.referential == read(plain).referential
    assert "columns_moved" in [found.kind for found in turned.findings]


def test_names_in_another_language_are_taken_by_their_places():
    text = file(FRAMEWORK, competency("SIO-C1"), header=[f"Spalte {at}" for at in range(14)])
    assert read(text).referential == read(file(FRAMEWORK, competency("SIO-C1"))).referential


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(ENGLISH, True, id="english"),
        pytest.param(FRENCH, True, id="french"),
        pytest.param([f"Spalte {at}" for at in range(14)], True, id="fourteen-columns"),
        pytest.param(["code", "parent", "intitulé"], False, id="table"),
        pytest.param(["code", "label", *map(str, range(12))], False, id="wide-table"),
    ],
)
def test_the_format_is_recognised_by_its_header(header, expected):
    assert looks_like(header) is expected


WORDS = {
    "code-and-label": ("C1 Concevoir", "<p>Concevoir</p>", "Concevoir", ""),
    "label-alone": ("Concevoir", "", "Concevoir", ""),
    "described": ("C1 Concevoir", "<p>Concevoir</p><p>Avec soin.</p>", "Concevoir", "Avec soin."),
    "other-description": ("Concevoir", "<p>Avec soin.</p>", "Concevoir", "Avec soin."),
    "cut-by-us": (
        "C1 " + "Concevoir " * 9 + "…",
        f"<p>{'Concevoir ' * 20}</p>",
        ("Concevoir " * 20).strip(),
        "",
    ),
    "cut-by-moodle": ("x" * 97 + "...", f"<p>{'x' * 150}</p>", "x" * 150, ""),
    "its-own-ellipsis": ("Concevoir…", "<p>Concevoir un peu</p>", "Concevoir…", "Concevoir un peu"),
    "tags-lost": ("C1 Le b et le i", "<p>Le &lt;b&gt; et le &lt;i&gt;</p>", "Le <b> et le <i>", ""),
    "code-alone": ("C1", "<p>Concevoir</p>", "Concevoir", ""),
    "idnumber-in-front": ("SIO-C1 : Concevoir", "", "Concevoir", ""),
    "code-that-continues": ("C10 fois", "", "C10 fois", ""),
    "entities": ("C1 R&D", "<p>R&amp;D</p>", "R&D", ""),
}


@pytest.mark.parametrize(("name", "html", "label", "description"), WORDS.values(), ids=WORDS.keys())
def test_the_label_is_the_name_or_what_it_was_cut_from(name, html, label, description):
    node = one(competency("SIO-C1", name, description=html))
    assert (node.code, node.label, node.description) == ("C1", label, description)


def test_a_plain_text_description_is_no_markup():
    node = one(competency("SIO-C1", description="Si a < b", column_4="2"))
    assert node.description == "Si a < b"


BROKEN = {
    "column_count": (file(FRAMEWORK, ["", "SIO-C1"]), 3),
    "framework_row_missing": (file(competency("SIO-C1")), None),
    "framework_row_twice": (file(FRAMEWORK, competency("SIO-C1"), FRAMEWORK), 4),
    "header_unknown": ("a,b\n1,2\n", 1),
    "cell_empty": (file(FRAMEWORK, competency("SIO-C1", name="")), 3),
    "parent_unknown": (file(FRAMEWORK, competency("SIO-C1", parent="SIO-X")), 3),
    "value_twice": (file(FRAMEWORK, competency("SIO-C1"), competency("SIO-C1")), 4),
    "parent_cycle": (file(FRAMEWORK, competency("SIO-C1", parent="SIO-C1")), 3),
    "taxonomy_unknown": (file([*FRAMEWORK[:13], "domain,bloc"], competency("SIO-C1")), 2),
    "cell_long": (file(FRAMEWORK, competency("SIO-" + "x" * 100)), 3),
    "no_rows": (file(FRAMEWORK), None),
}
NOTICED = {
    "framework_adapted": (file(["", "BTS SIO é", *FRAMEWORK[2:]], competency("C1")), 2),
    "code_adapted": (file(FRAMEWORK, competency("SIO-B3,C9")), 3),
    "columns_moved": (
        file(*[r[::-1] for r in (FRAMEWORK, competency("SIO-C1"))], header=ENGLISH[::-1]),
        1,
    ),
    "name_cut": (file(FRAMEWORK, competency("SIO-C1", "x" * 97 + "...")), 3),
    "markup": (file(FRAMEWORK, competency("SIO-C1", description="<ul><li>Un</li></ul>")), 3),
    "rules_left": (file(FRAMEWORK, competency("SIO-C1", column_8="2")), None),
    "relations_left": (file(FRAMEWORK, competency("SIO-C1", column_10="SIO-C2")), None),
    "scales_left": (file(FRAMEWORK, competency("SIO-C1")), None),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_moodle_would_lose_in_silence_is_an_error(kind):
    text, line = BROKEN[kind]
    parsed = read(text)
    assert parsed.referential is None
    assert errors(parsed) == [(kind, line)]


@pytest.mark.parametrize("kind", NOTICED)
def test_what_is_changed_or_left_out_is_said(kind):
    text, line = NOTICED[kind]
    parsed = read(text)
    assert parsed.referential is not None
    assert (kind, line) in [(found.kind, found.line) for found in parsed.findings]


def test_a_code_holds_no_comma_and_the_idnumber_stays():
    found = read(file(FRAMEWORK, competency("SIO-B3,C9"), competency("SIO-B3 C9"))).referential
    assert [(node.code, node.idnumber) for node in found] == [
        ("B3_C9", "SIO-B3,C9"),
        ("B3_C9_2", "SIO-B3 C9"),
    ]


def test_a_script_is_no_text():
    node = one(competency("SIO-C1", description="<p>Un</p><script>alert(1)</script>"))
    assert node.description == "Un"


@given(st.binary(max_size=200) | st.text(max_size=200))
@QUICK
def test_any_file_gives_a_tree_or_an_error(data):
    parsed = read(data)
    assert parsed.referential is not None or errors(parsed)
