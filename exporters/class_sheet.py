"""The class as a spreadsheet to fill in anywhere: a line a student, a column a competence.

XLSX (ECMA-376, made by openpyxl) with the wordings above the columns, the levels' colours and a list of
choices in each cell; CSV for any other program. A hidden sheet says which activity the file is of and
how far it had been read (``Sheet.base``), so that what a colleague entered since is noticed when it comes
back. Whoever reads the file back goes by the students' numbers in the first column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from exporters.people import neutral
from exporters.wording import xml_text
from referential.model import Node
from referential.scale import Scale

BOM = "\ufeff"
LEAD = 2  # columns before the competences: number and name
HEAD = 3  # rows before the students: part, code, wording
HIDDEN = "_"
"""Title of the sheet that says what the file is of."""


@dataclass(frozen=True, slots=True)
class Words:
    """The file's own words, in the reader's language. ``help`` are lines above nothing: a sheet of
    explanations."""

    title: str
    number: str
    student: str
    help_title: str
    help: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One student: ``cells`` are a level's letter or a mark's, by competence code."""

    number: int
    name: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the file holds. ``activity`` and ``base`` come back with it; ``letters`` are what a cell takes."""

    words: Words
    activity: int
    base: int
    scale: Scale
    parts: Mapping[str, str]
    competences: Sequence[Node]
    lines: Sequence[Line]
    letters: Sequence[str]


def write_xlsx(sheet: Sheet) -> bytes:
    """The workbook."""
    book = Workbook()
    table = book.worksheets[0]
    table.title = sheet.words.title[:31]
    _fill(table, sheet)
    _shape(table, sheet)
    notes = book.create_sheet(sheet.words.help_title[:31])
    notes.column_dimensions["A"].width = 110
    for line in sheet.words.help:
        notes.append([line])
    hidden = book.create_sheet(HIDDEN)
    hidden.append(["activity", sheet.activity])
    hidden.append(["base", sheet.base])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_csv(sheet: Sheet, *, french: bool) -> bytes:
    """UTF-8 with a byte order mark; the semicolon for French readers, whose spreadsheets expect it.
    Cells that look like formulas are neutralised."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, delimiter=";" if french else ",", lineterminator="\r\n")
    codes = [node.code for node in sheet.competences]
    writer.writerow([sheet.words.number, sheet.words.student, *codes])
    writer.writerow(["", "", *(neutral(node.label) for node in sheet.competences)])
    for line in sheet.lines:
        cells = (line.cells.get(code, "") for code in codes)
        writer.writerow([line.number, neutral(line.name), *(neutral(cell) for cell in cells)])
    return out.getvalue().encode()


def _fill(table: Worksheet, sheet: Sheet) -> None:
    codes = [node.code for node in sheet.competences]
    table.append(["", "", *(sheet.parts.get(code, "") for code in codes)])
    table.append([sheet.words.number, sheet.words.student, *codes])
    table.append(["", "", *(xml_text(node.label) for node in sheet.competences)])
    for line in sheet.lines:
        table.append(
            [line.number, xml_text(line.name), *(line.cells.get(code) or None for code in codes)]
        )
    for row in table.iter_rows(min_row=HEAD + 1, min_col=2, max_col=2):
        for cell in row:
            cell.data_type = "s"  # a name is never a formula


def _shape(table: Worksheet, sheet: Sheet) -> None:
    last = get_column_letter(LEAD + len(sheet.competences))
    first = get_column_letter(LEAD + 1)
    bottom = HEAD + len(sheet.lines)
    table.freeze_panes = f"{first}{HEAD + 1}"
    table.column_dimensions["A"].width = 9
    table.column_dimensions["B"].width = 28
    thin = Border(bottom=Side(style="thin", color="BCC3CF"))
    for place in range(LEAD + 1, LEAD + 1 + len(sheet.competences)):
        table.column_dimensions[get_column_letter(place)].width = 12
    table.row_dimensions[HEAD].height = 96
    for row in table.iter_rows(min_row=1, max_row=HEAD):
        for cell in row:
            wording = cell.row == HEAD
            cell.font = Font(bold=not wording, size=9 if wording else 11)
            cell.alignment = Alignment(vertical="top", wrap_text=wording, horizontal="left")
            if wording:
                cell.border = thin
    for row in table.iter_rows(min_row=HEAD + 1, min_col=LEAD + 1):
        for cell in row:
            cell.alignment = Alignment(horizontal="center")
    if not sheet.lines:
        return
    area = f"{first}{HEAD + 1}:{last}{bottom}"
    choices = DataValidation(
        type="list",
        formula1=f'"{",".join(sheet.letters)}"',
        allow_blank=True,
        showErrorMessage=False,
    )
    table.add_data_validation(choices)
    choices.add(area)
    for level in sheet.scale.levels:
        table.conditional_formatting.add(
            area,
            CellIsRule(  # type: ignore[no-untyped-call]
                operator="equal",
                formula=[f'"{level.letter}"'],
                fill=PatternFill(bgColor=_argb(level.background), fill_type="solid"),
                font=Font(color=_argb(level.text), bold=True),
            ),
        )


def _argb(color: str) -> str:
    return "FF" + color.removeprefix("#").upper()
