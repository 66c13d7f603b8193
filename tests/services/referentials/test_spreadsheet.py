"""A workbook becomes a tree; what a spreadsheet made of a code is said with its cell."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from exporters import registry
from lti_app.services.referentials import spreadsheet
from referential import tabular
from referential.findings import Severity
from referential.library import load_named, load_named_scale
from referential.rows import Known
from tests.paths import CONFIG
from tests.services.referentials.samples import HEADER, ROWS, table, workbook

NEW = Known("CAP", "CAP Cuisine")


def errors(parsed):
    return [(f.kind, f.line) for f in parsed.findings if f.severity is Severity.error]


def test_a_workbook_and_the_same_table_are_the_same_tree():
    read = spreadsheet.read(workbook(), NEW)
    assert read.findings == ()
    assert read.referential == tabular.read(table(), NEW).referential


def second_sheet(book):
    book.create_sheet("Notes").append(["À voir avec Mme Durand"])


def first_sheet_is_a_cover(book):
    book.create_sheet("Couverture", 0).append(["CAP Cuisine"])


def title_above(book):
    book.active.insert_rows(1, 2)
    book.active["A1"] = "CAP Cuisine"
    book.active["B1"] = date(2026, 9, 1)


def whole_numbers(book):
    for cell in book.active["A"][1:]:
        cell.value = int(cell.value[1:]) + (100 if cell.value[0] == "C" else 0)
    for cell in book.active["B"][1:]:
        cell.value = int(cell.value[1:]) if cell.value else None


def test_a_title_above_the_columns_is_passed_over():
    read = spreadsheet.read(workbook(edit=title_above), NEW)
    assert read.referential == tabular.read(table(), NEW).referential
    assert [node.line for node in read.referential] == [4, 5, 6, 7, 8]


@pytest.mark.parametrize("edit", [second_sheet, first_sheet_is_a_cover])
def test_other_sheets_are_said(edit):
    read = spreadsheet.read(workbook(edit=edit), NEW)
    assert read.referential == tabular.read(table(), NEW).referential
    assert [found.kind for found in read.findings] == ["sheet_ignored"]


def test_whole_numbers_are_codes():
    read = spreadsheet.read(workbook(edit=whole_numbers), NEW)
    assert [(n.code, n.parent) for n in read.referential] == [
        ("1", None),
        ("101", "1"),
        ("102", "1"),
        ("2", None),
        ("103", "2"),
    ]


SPOILT = {
    "cell_formula": ("C1", "B1", "=CONCATENATE(A1)", ""),
    "cell_number": (1.1, "B1", "Éplucher", ""),
    "cell_date": (date(2026, 1, 2), "B1", "Éplucher", ""),
    "cell_error": ("C1", "B1", "#REF!", ""),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_a_spreadsheet_made_of_a_cell_is_an_error(kind):
    read = spreadsheet.read(workbook([ROWS[0], SPOILT[kind]]), NEW)
    assert read.referential is None
    assert errors(read) == [(kind, 3)]


def test_the_message_names_the_cell_and_the_value():
    read = spreadsheet.read(workbook([ROWS[0], SPOILT["cell_number"]]), NEW)
    assert read.findings[0].en.startswith("The cell A3 holds the number 1.1:")


def test_findings_of_the_rows_are_those_of_a_table():
    rows = [*ROWS, ("C9", "B9", "Seul", "")]
    assert errors(spreadsheet.read(workbook(rows), NEW)) == [("parent_unknown", 7)]


def bomb() -> bytes:
    """An archive that claims little and unpacks to more than the limit."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 201_000_000)
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose sheet declares an entity."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = b'<!DOCTYPE x [<!ENTITY e "boum">]>' + part
            target.writestr(name, part)
    return out.getvalue()


BROKEN = {
    "bomb": (bomb, "workbook_large"),
    "entities": (entities, "workbook_broken"),
    "cut": (lambda: workbook()[:2000], "workbook_broken"),
    "another-archive": (lambda: zipped("texte.txt"), "workbook_broken"),
    "old-xls": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "workbook_broken"),
}


def zipped(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(("make", "kind"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_no_workbook_is_an_error_and_no_traceback(make, kind):
    read = spreadsheet.read(make(), NEW)
    assert read.referential is None
    assert errors(read) == [(kind, None)]


def test_every_cut_of_a_workbook_is_an_error():
    whole = workbook()
    for end in range(4, len(whole), 97):
        assert spreadsheet.read(whole[:end], NEW).referential is None


def test_the_checklist_for_people_reads_back_equal():
    bts = load_named(CONFIG, "bts-sio")
    data = registry.get("xlsx").render(bts, load_named_scale(CONFIG, "bts-sio-4"))
    read = spreadsheet.read(data, Known(like=bts))
    assert read.referential == bts
    assert [found.kind for found in read.findings] == ["sheet_ignored"]


def test_columns_may_have_any_order():
    order = (3, 1, 0, 2)
    rows = [[row[at] for at in order] for row in ROWS]
    read = spreadsheet.read(workbook(rows, [HEADER[at] for at in order]), NEW)
    assert read.referential == tabular.read(table(), NEW).referential
