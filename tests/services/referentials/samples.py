"""Workbooks and tables as people save them, and a small diploma in several versions."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

HEADER = ("code", "parent", "intitulé", "description")
ROWS = (
    ("B1", "", "Préparer", ""),
    ("C1", "B1", "Éplucher", "Laver avant."),
    ("C2", "B1", "Émincer", ""),
    ("B2", "", "Cuire", ""),
    ("C3", "B2", "Saisir", ""),
)


def table(rows: Sequence[Sequence[str]] = ROWS, header: Sequence[str] = HEADER) -> bytes:
    """The rows as a CSV with semicolons."""
    return "".join(";".join(row) + "\n" for row in (header, *rows)).encode()


def workbook(
    rows: Sequence[Sequence[Any]] = ROWS,
    header: Sequence[Any] = HEADER,
    edit: Callable[[Workbook], None] = lambda book: None,
) -> bytes:
    """The rows as an .xlsx."""
    book = Workbook()
    sheet = book.active
    for row in (header, *rows):
        sheet.append(list(row))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def without(rows: Sequence[Sequence[str]], *codes: str) -> list[Sequence[str]]:
    """The rows but those of these codes."""
    return [row for row in rows if row[0] not in codes]
