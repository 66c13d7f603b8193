"""A CSV file as rows with their line numbers; what is wrong with it is a finding.

RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) with the liberties that spreadsheets take: comma,
semicolon or tab between the cells, any line end, a byte order mark, a first line ``sep=;``.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from referential.decoding import FORBIDDEN, INVISIBLE, decode
from referential.findings import Finding, finding

DELIMITERS = (",", ";", "\t")
HEAD_ROWS = 10
"""Among so many first rows the header is looked for."""

Cells = list[str]
Numbered = tuple[int, Cells]


def table_text(data: bytes | str, findings: list[Finding], spreadsheet: bool) -> str | None:
    """The file's text, None if it is none. ``spreadsheet``: what is not UTF-8 is read as
    Windows-1252, which French spreadsheets write unless asked otherwise."""
    text, noticed = decode(data)
    if spreadsheet and isinstance(data, bytes) and [one.kind for one in noticed] == ["not_utf8"]:
        try:
            text, noticed = decode(data.decode("cp1252"))
        except UnicodeDecodeError:
            pass  # a byte that Windows-1252 does not have: the finding stands
        else:
            noticed.append(finding("cp1252"))
    findings.extend(one for one in noticed if one.kind != "bom")
    return text


def best_delimiter(text: str, score: Callable[[Sequence[str]], int]) -> str:
    """The delimiter with which one of the first rows scores highest, the comma if none does."""

    def best(delimiter: str) -> int:
        first = islice(numbered(text, delimiter, []), HEAD_ROWS)
        return max((score(cells) for _, cells in first), default=0)

    return max(DELIMITERS, key=best)


def numbered(text: str, delimiter: str, findings: list[Finding]) -> Iterator[Numbered]:
    """The rows that hold something, each with the line it begins on.

    The first malformed row is a finding and the last one looked at: what follows a lost quotation
    mark means nothing.
    """
    skipped = 0
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
        skipped = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            findings.append(finding("csv_broken", line, reason=error))
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def clean(cell: str, column: str, line: int | None, findings: list[Finding]) -> str:
    """The cell trimmed, without what nobody sees."""
    if not cell or (cell.isascii() and cell.isprintable()):
        return cell.strip()  # nearly all of them
    found = INVISIBLE.search(cell)
    if found:
        findings.append(finding("cell_invisible", line, cell, column=column, point=ord(found[0])))
        cell = INVISIBLE.sub("", cell)
    found = FORBIDDEN.search(cell)
    if found:
        shown = FORBIDDEN.sub("\ufffd", cell)
        findings.append(finding("cell_control", line, shown, column=column, point=ord(found[0])))
    return cell.strip()
