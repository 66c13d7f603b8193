"""The files for people: readable, complete, and nothing in them runs."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from exporters import registry
from exporters.base import ExportOptions
from exporters.people import neutral, original
from exporters.wording import xml_text
from tests.exporters.samples import anything, printable, scale, tree

CSV, XLSX, HTML = (registry.get(name) for name in ("csv", "xlsx", "html"))
ENGLISH = ExportOptions(language="en")
FORMULAS = (
    "=1+1",
    "+cmd|'/C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1+1",
    "- point",
)
TEXTS = (
    "Étude",
    "",
    "-",
    "--",
    "-5",
    "+3,5",
    "12 %",
    "-3.5%",
    "a=b",
    "'citation'",
    "«\u202fx\u202f»",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe(text):
    """https://owasp.org/www-community/attacks/CSV_Injection"""
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", TEXTS)
def test_a_number_a_dash_or_a_word_stays_as_it_is(text):
    assert neutral(text) == text


@given(st.text())
def test_the_original_comes_back(text):
    assert original(neutral(text)) == text or text.startswith("'")
    assert not neutral(text).startswith(("=", "@"))


def table(data: bytes, delimiter: str) -> list[list[str]]:
    text = data.decode("utf-8")
    assert text.startswith("\ufeff")  # Excel takes it for UTF-8 only then
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter, strict=True))


def test_the_table_has_one_row_a_node(bts, scale):
    header, *rows = table(CSV.render(bts, scale), ";")
    assert header == [
        "Code",
        "Code parent",
        "Type",
        "Intitulé",
        "Description",
        "Identifiant Moodle",
    ]
    assert rows == [
        [n.code, n.parent or "", bts.tier(n).name_fr, n.label, "", n.idnumber] for n in bts.nodes
    ]


def test_the_english_table_has_commas(bts, scale):
    header, first, *_ = table(CSV.render(bts, scale, ENGLISH), ",")
    assert header[:3] == ["Code", "Parent code", "Type"]
    assert first[:3] == ["P1", "", "process"]


@given(st.lists(st.sampled_from(FORMULAS) | anything, min_size=1, max_size=8))
@settings(deadline=None)
def test_any_wording_is_in_the_table_and_none_is_a_formula(labels):
    made = tree(labels, 2)
    cells = [row[3] for row in table(CSV.render(made, scale()), ";")[1:]]
    assert cells == [neutral(label) for label in labels]


@pytest.fixture(scope="module")
def book(bts, scale):
    return openpyxl.load_workbook(io.BytesIO(XLSX.render(bts, scale)))


def test_the_workbook_is_the_tree_and_the_scale(bts, book):
    tree_sheet, scale_sheet = book.worksheets
    assert (tree_sheet.title, scale_sheet.title) == ("Référentiel", "Échelle")
    header, *rows = tree_sheet.iter_rows(values_only=True)
    assert header == (
        "Code",
        "Intitulé",
        "Type",
        "Niveau",
        "Date",
        "Remarque",
        "Code parent",
        "Identifiant Moodle",
        "Description",
    )
    assert rows == [
        (
            n.code,
            n.label,
            bts.tier(n).name_fr,
            *[None] * 3,
            n.parent,
            n.idnumber,
            None,
        )
        for n in bts.nodes
    ]
    assert list(scale_sheet.values) == [
        ("Valeur", "Niveau", "Acquis"),
        ("1", "Non acquis", "non"),
        ("2", "En cours d'acquisition", "non"),
        ("3", "Acquis", "oui"),
        ("4", "Maîtrisé", "oui"),
    ]


def test_a_level_is_chosen_from_a_list_and_has_its_colour(book, scale):
    sheet = book.worksheets[0]
    [validation] = sheet.data_validations.dataValidation
    names = ",".join(level.name_fr for level in scale.levels)
    assert (str(validation.sqref), validation.formula1) == ("D2:D228", f'"{names}"')
    [(cells, rules)] = [(str(c.sqref), c.rules) for c in sheet.conditional_formatting]
    assert cells == "D2:D228"
    assert [(r.formula[0], r.dxf.fill.bgColor.rgb[-6:]) for r in rules] == [
        (f'"{level.name_fr}"', level.background.lstrip("#")) for level in scale.levels
    ]


def test_branches_fold(bts, book):
    sheet = book.worksheets[0]
    depths = [sheet.row_dimensions[n].outlineLevel for n in range(2, len(bts) + 2)]
    assert depths == [node.depth for node in bts.nodes]
    assert sheet.freeze_panes == "A2"


@given(st.lists(st.sampled_from(FORMULAS) | printable, min_size=1, max_size=4))
@settings(deadline=None, max_examples=20)
def test_no_cell_is_a_formula(labels):
    data = XLSX.render(tree(labels, 2), scale())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [xml_text(label) for label in labels]


def page(data: bytes):
    text = data.decode("utf-8")
    assert text.startswith("<!DOCTYPE html>\n")
    return html.document_fromstring(text)


def test_the_page_has_a_box_for_each_competence_and_level(bts, scale):
    document = page(HTML.render(bts, scale))
    rows = document.xpath("//tbody/tr")
    assert [row.get("id") for row in rows] == [leaf.code for leaf in bts.leaves()]
    assert {len(row.xpath("td[.='☐']")) for row in rows} == {len(scale.levels)}
    headings = document.xpath("//h2 | //h3 | //h4")
    assert [(h.tag, h.get("id")) for h in headings] == [
        (f"h{node.depth + 2}", node.code) for node in bts.nodes if node.depth < 3
    ]
    assert document.get("lang") == "fr"


def test_the_page_speaks_english_too(bts, scale):
    document = page(HTML.render(bts, scale, ENGLISH))
    assert document.get("lang") == "en"
    assert document.xpath("string(//h1)") == "BTS in IT services for organisations"
    assert document.xpath("string(//thead//th[1])") == "Competence"


def test_the_page_needs_nothing_from_elsewhere(bts, scale):
    document = page(HTML.render(bts, scale))
    assert document.xpath("//script | //link | //img | //iframe | //@src | //@href") == []


@given(st.lists(printable, min_size=1, max_size=8), st.integers(1, 4))
@settings(deadline=None)
def test_any_wording_is_shown_and_none_is_markup(labels, depth):
    made = tree(labels, depth, described=True)
    document = page(HTML.render(made, scale()))
    shown = {e.get("id"): e for e in document.xpath("//tr[@id] | //*[self::h2 or self::h3][@id]")}
    for node in made.nodes:
        if node.depth < 2 or node.depth == depth - 1:
            text = shown[node.code].text_content()
            assert " ".join(f"{node.code} {node.label}".split()) in " ".join(text.split())
    assert document.xpath("//ligne") == []
