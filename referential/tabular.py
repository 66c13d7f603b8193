"""A plain table becomes a tree: code, parent, label and perhaps a description, one row a node.

So a teacher brings any diploma with a spreadsheet. The columns may stand in any order and have
French or English names; ``type`` (the word for the tier) and ``Identifiant Moodle`` are taken too,
which is what the exports for people write. The order of the rows is the order of the tree.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from referential.collecting import collector_paused
from referential.csv_rows import (
    HEAD_ROWS,
    Numbered,
    best_delimiter,
    clean,
    numbered,
    table_text,
)
from referential.decoding import damaged
from referential.findings import Finding, finding, has_errors
from referential.html_text import paragraphs
from referential.rows import (
    CODE,
    MAX_CODE,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_NODES,
    Head,
    Known,
    Row,
    adapted,
    assemble,
    limit_errors,
)
from referential.text import Parsed

NAMES: dict[str, tuple[str, ...]] = {
    "code": ("code",),
    "parent": ("parent", "code parent", "parent code", "code du parent"),
    "label": ("intitule", "label", "libelle", "titre", "title"),
    "description": ("description", "descriptif"),
    "kind": ("type",),
    "idnumber": ("identifiant moodle", "moodle id number", "idnumber"),
}
"""Our name of a column -> the names it may have, without accents and capitals."""
REQUIRED = ("code", "parent", "label")
SHOWN = {
    "code": "code",
    "parent": "parent",
    "label": "intitulé",
    "description": "description",
    "kind": "type",
    "idnumber": "identifiant Moodle",
}
LIMITS = {"label": MAX_LABEL, "description": MAX_DESCRIPTION, "kind": 100, "idnumber": MAX_CODE}
EXAMPLE = "A1.1"

Restore = Callable[[str], str]


def read(
    data: bytes | str, known: Known | None = None, name: str = "", restore: Restore = str
) -> Parsed:
    """Reads a CSV. ``restore`` undoes what a writer did to cells that look like formulas."""
    findings: list[Finding] = []
    text = table_text(data, findings, spreadsheet=True)
    if text is None:
        return Parsed(None, tuple(findings), name)
    delimiter = best_delimiter(text, lambda cells: 100 * len(columns_of(cells)) + len(cells))
    return read_rows(numbered(text, delimiter, findings), findings, known, name, restore)


@collector_paused()
def read_rows(
    rows: Iterable[Numbered],
    findings: list[Finding],
    known: Known | None = None,
    name: str = "",
    restore: Restore = str,
) -> Parsed:
    """Reads rows of cells with their numbers, whatever they come from; ``findings`` so far."""
    known = known or Known()
    rows = iter(rows)
    header, rest = _find_header(rows, findings)
    if header is None:
        return Parsed(None, tuple(findings), name)
    places = columns_of(header[1])
    _check_header(header, places, findings)
    read_so_far: list[Row] = []
    ignored: dict[int, None] = {}
    for line, cells in rest:
        taken = _row(line, cells, header[1], places, findings, restore)
        if taken is not None:
            read_so_far.append(taken)
        ignored |= {
            at: None
            for at, cell in enumerate(cells[: len(header[1])])
            if at not in places.values() and cell.strip()
        }
        if len(read_so_far) > MAX_NODES:
            break
    for at in sorted(ignored):
        column = header[1][at].strip() or str(at + 1)
        findings.append(finding("column_ignored", header[0], column=column))
    tree = assemble(_head(known), read_so_far, findings, ("code", "parent"), known.like)
    limit_errors(findings)
    return Parsed(tree, tuple(findings), name)


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """Our names of the columns of a header, with their places; the first of a name counts."""
    places: dict[str, int] = {}
    for at, cell in enumerate(cells):
        for column, names in NAMES.items():
            if folded(cell) in names:
                places.setdefault(column, at)
    return places


def folded(text: str) -> str:
    """A column's name without accents, capitals, stars and superfluous spaces."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.replace("*", " ").casefold().split())


def _head(known: Known) -> Head:
    like = known.like
    if like is None:
        return Head(known.code, known.title)
    return Head(
        known.code or like.code,
        known.title or like.title,
        like.source,
        like.title_en,
        like.language,
    )


def _find_header(
    rows: Iterator[Numbered], findings: list[Finding]
) -> tuple[Numbered | None, Iterator[Numbered]]:
    """The first row that names a code and a label, and the rows after it."""
    seen: list[Numbered] = []
    for row in rows:
        seen.append(row)
        if {"code", "label"} <= columns_of(row[1]).keys():
            return row, rows
        if len(seen) == HEAD_ROWS:
            break
    if not has_errors(findings):
        first = seen[0] if seen else (1, [])
        shown = " | ".join(cell.strip() for cell in first[1])[:100]
        expected = ", ".join(f"« {SHOWN[column]} »" for column in REQUIRED)
        findings.append(finding("header_unknown", first[0], found=shown, expected=expected))
    return None, chain(seen, rows)


def _check_header(header: Numbered, places: dict[str, int], findings: list[Finding]) -> None:
    line, cells = header
    for column in REQUIRED:
        if column not in places:
            found = ", ".join(cell.strip() for cell in cells if cell.strip())
            findings.append(finding("column_missing", line, column=SHOWN[column], found=found))
    for at, cell in enumerate(cells):
        for column, names in NAMES.items():
            if folded(cell) in names and places[column] != at:
                findings.append(finding("column_twice", line, column=cell.strip()))


def _row(
    line: int,
    cells: Sequence[str],
    header: Sequence[str],
    places: dict[str, int],
    findings: list[Finding],
    restore: Restore,
) -> Row | None:
    if any(cell.strip() for cell in cells[len(header) :]):
        found = {"found": len(cells), "expected": len(header)}
        findings.append(finding("column_count", line, " | ".join(cells), **found))
        return None
    values = {
        column: clean(restore(cells[at]), header[at].strip(), line, findings)
        for column, at in places.items()
        if at < len(cells)
    }
    for column, limit in LIMITS.items():
        value = values.get(column, "")
        if len(value) > limit:
            what = {"column": header[places[column]].strip(), "length": len(value)}
            findings.append(finding("cell_long", line, value, limit=limit, **what))
    code, label = values.get("code", ""), " ".join(values.get("label", "").split("\n"))
    label = paragraphs(label)
    if not code:
        findings.append(_empty("code", f"donnez un code, par exemple {EXAMPLE}", line, label))
    elif not CODE.fullmatch(code):
        example = adapted(code) or EXAMPLE
        findings.append(finding("code_form", line, label, value=code, example=example))
    if not label:
        findings.append(_empty("label", "donnez l'intitulé", line, code, code))
    findings.extend(damaged(line, label))
    return Row(
        key=code,
        parent=values.get("parent", ""),
        code=code,
        label=label,
        line=line,
        description=paragraphs(values.get("description", "")),
        idnumber=values.get("idnumber", ""),
        kind=values.get("kind", ""),
    )


_ENGLISH = {"code": "give a code, for example A1.1", "label": "give the label"}


def _empty(column: str, expected: str, line: int, excerpt: str, of: str = "") -> Finding:
    return finding(
        "cell_empty",
        line,
        excerpt,
        column=SHOWN[column],
        of=f" pour {of}" if of else "",
        of_en=f" for {of}" if of else "",
        expected=expected,
        expected_en=_ENGLISH[column],
    )
