"""A workbook (.xlsx) becomes a tree: its sheet with the columns of ``referential.tabular``.

A spreadsheet changes what people type: 1.10 becomes the number 1.1, 1-2 a date. A code that is no longer
what was typed is a finding with its cell, never guessed at. Formulas are not computed. The archive's size
once unpacked is limited before anything of it is read, and its XML is read without entities (openpyxl
does so with lxml and, for sheets, with defusedxml).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from exporters.people import original
from lti_app.services.referentials.template import HELP_SHEETS
from referential.csv_rows import Numbered
from referential.findings import Finding, finding, has_errors
from referential.rows import MAX_NODES, Known
from referential.tabular import columns_of, read_rows
from referential.text import Parsed

MAX_UNPACKED = 200  # megabytes
MAX_COLUMNS = 60
HEAD_ROWS = 10
_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"  # OLE 2: an .xls, or a workbook with a password
_KEYS = ("code", "parent", "idnumber")


def looks_like(data: bytes) -> bool:
    """Whether this is a workbook, new or old, rather than text."""
    return data.startswith((_ZIP, _OLD))


def read(data: bytes, known: Known | None = None, name: str = "") -> Parsed:
    """Reads the first sheet that has the columns."""
    findings: list[Finding] = []
    book = _open(data, findings)
    if book is None:
        return Parsed(None, tuple(findings), name)
    try:
        sheet = _sheet(book, findings)
        rows = _rows(sheet, findings)
        parsed = read_rows(rows, findings, known, name, original)
    except Exception as error:  # as above, while the sheet is unpacked
        findings.append(_broken(error))
        return Parsed(None, tuple(findings), name)
    finally:
        book.close()
    # an error among the cells may come after the tree was made: there is none then
    tree = None if has_errors(findings) else parsed.referential
    return Parsed(tree, tuple(findings), name)


def _open(data: bytes, findings: list[Finding]) -> Any:
    if data.startswith(_OLD):
        findings.append(
            finding(
                "workbook_broken",
                reason="c'est un ancien .xls, ou un classeur protégé par un mot de passe",
                reason_en="it is an old .xls, or has a password",
            )
        )
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED * 1_000_000:
            findings.append(finding("workbook_large", limit=MAX_UNPACKED))
            return None
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever a damaged part leads it to
        findings.append(_broken(error))
    return None


def _broken(error: Exception) -> Finding:
    reason = f"{type(error).__name__} {error}".replace("\n", " ").strip()[:120]
    return finding("workbook_broken", reason=reason, reason_en=reason)


def _sheet(book: Any, findings: list[Finding]) -> Any:
    """The first worksheet that names a code and a label, else the first; the others are said."""
    sheets = list(book.worksheets)
    chosen = next((sheet for sheet in sheets if _has_header(sheet)), sheets[0])
    for sheet in sheets:
        if sheet is not chosen and not _is_help(sheet):
            findings.append(finding("sheet_ignored", sheet=sheet.title))
    return chosen


def _has_header(sheet: Any) -> bool:
    rows = sheet.iter_rows(max_row=HEAD_ROWS, max_col=MAX_COLUMNS, values_only=True)
    return any(
        {"code", "label"} <= columns_of([str(cell or "") for cell in row]).keys() for row in rows
    )


def _is_help(sheet: Any) -> bool:
    """Whether this is the template's own page of explanations."""
    return sheet.title in HELP_SHEETS


def _rows(sheet: Any, findings: list[Finding]) -> Iterator[Numbered]:
    """Rows of text with their numbers; what a spreadsheet made of a code is a finding."""
    sheet.reset_dimensions()  # a wrong one in the file would hide cells
    columns: dict[int, str] = {}
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if number > MAX_NODES + 2 * HEAD_ROWS:
            findings.append(finding("too_many_nodes", limit=MAX_NODES))
            return
        cells = [_text(cell, columns, findings) for cell in row]
        if not columns and {"code", "label"} <= columns_of(cells).keys():
            columns = {at: name for name, at in columns_of(cells).items()}
        if any(cell.strip() for cell in cells):
            yield number, cells


def _text(cell: Any, columns: dict[int, str], findings: list[Finding]) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str) and cell.data_type not in ("f", "e"):
        return value
    at = getattr(cell, "column", 1) - 1
    place = {"cell": getattr(cell, "coordinate", "?"), "value": str(value)[:60]}
    name = columns.get(at)
    if name is None:
        return str(value)  # above the header, or in a column that is not taken
    kind = None
    if cell.data_type == "f":
        kind = "cell_formula"
    elif cell.data_type == "e":
        kind = "cell_error"
    elif isinstance(value, datetime | date | time):
        kind = "cell_date"
    elif isinstance(value, float) and not value.is_integer() and name in _KEYS:
        kind = "cell_number"
    if kind:
        findings.append(finding(kind, getattr(cell, "row", None), "", **place))
        return str(value).replace(" ", "_")  # one finding is enough
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
