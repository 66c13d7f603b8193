"""Reads a filled class sheet, XLSX or CSV, into rows of text: nothing in it is trusted, run or guessed.

The columns are those whose head is a competence's code, wherever they stand; the two before them are the
student's number and name. The archive's size once unpacked is limited before anything of it is read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import openpyxl
from flask_babel import gettext as _

from exporters.class_sheet import HIDDEN
from exporters.people import original
from lti_app.errors import InputError
from referential.csv_rows import best_delimiter, numbered, table_text
from referential.findings import Finding

MAX_UNPACKED = 100_000_000  # bytes
MAX_ROWS = 2000
MAX_COLUMNS = 600
HEAD_ROWS = 12  # the codes stand in one of the first rows
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Row:
    """One student's line: its place in the file, and what its cells say by competence code."""

    line: int
    number: str
    name: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A file's rows. ``activity`` and ``base`` are what the workbook remembers of its making; a CSV
    remembers nothing."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    activity: int | None = None
    base: int | None = None


@dataclass(slots=True)
class _Table:
    lines: list[tuple[int, Sequence[str]]] = field(default_factory=list)
    activity: int | None = None
    base: int | None = None


def read(data: bytes, codes: Collection[str]) -> Filled:
    """The rows of the file. Raises ``InputError`` if it is no table with some of these codes."""
    table = _workbook(data) if data.startswith(_ZIP) else _text(data, codes)
    heads, below = _heads(table.lines, codes)
    if not heads:
        raise InputError(
            _(
                "Ce fichier ne contient aucun code de compétence de cette activité. Déposez le fichier "
                "téléchargé ici, une fois rempli."
            )
        )
    first = min(heads)
    rows = []
    for line, texts in below:
        lead = [text.strip() for text in texts[:first]]
        number = next((text for text in lead if text.isdecimal()), "")
        name = next((text for text in lead if text and not text.isdecimal()), "")
        if number or name:
            cells = {
                code: texts[at].strip() if at < len(texts) else "" for at, code in heads.items()
            }
            rows.append(Row(line, number, original(name), cells))
    return Filled(tuple(rows), (), table.activity, table.base)


def _heads(
    lines: Iterable[tuple[int, Sequence[str]]], codes: Collection[str]
) -> tuple[dict[int, str], list[tuple[int, Sequence[str]]]]:
    """The columns by their place, and the lines below."""
    rows = list(lines)
    for place, (_line, texts) in enumerate(rows[:HEAD_ROWS]):
        heads: dict[int, str] = {}
        for at, text in enumerate(texts):
            code = text.strip()
            if at and code in codes and code not in heads.values():
                heads[at] = code
        if heads:
            return heads, rows[place + 1 :]
    return {}, []


def _text(data: bytes, codes: Collection[str]) -> _Table:
    findings: list[Finding] = []
    text = table_text(data, findings, spreadsheet=True)
    if text is None:
        raise InputError(_unreadable())
    delimiter = best_delimiter(text, lambda cells: sum(cell.strip() in codes for cell in cells))
    lines: list[tuple[int, Sequence[str]]] = []
    for line, texts in numbered(text, delimiter, findings):
        if len(lines) >= MAX_ROWS:
            break
        lines.append((line, list(texts[:MAX_COLUMNS])))
    return _Table(lines)


def _workbook(data: bytes) -> _Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise InputError(_("Ce classeur est trop grand pour une classe."))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            return _sheets(book)
        finally:
            book.close()
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part leads it to
        raise InputError(_unreadable()) from error


def _sheets(book: openpyxl.Workbook) -> _Table:
    table = _Table()
    for sheet in book.worksheets:
        if sheet.title == HIDDEN:
            known = {
                str(row[0]): row[1]
                for row in sheet.iter_rows(max_row=4, max_col=2, values_only=True)
                if len(row) == 2
            }
            table.activity, table.base = _whole(known.get("activity")), _whole(known.get("base"))
        elif not table.lines:
            sheet.reset_dimensions()  # a wrong one would hide cells
            rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
            table.lines = [
                (line, [_cell(value) for value in row]) for line, row in enumerate(rows, 1)
            ]
    return table


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _unreadable() -> str:
    return _("Ce fichier ne se lit pas comme un tableau : déposez un .xlsx ou un .csv.")
