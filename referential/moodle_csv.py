r"""The competency-framework CSV of Moodle (tool_lpimportcsv) becomes a tree: ours, or Moodle's own.

Moodle's exporter (admin/tool/lpimportcsv/classes/framework_exporter.php) writes the fourteen
columns of :mod:`exporters.moodle_framework`, their names in the language of whoever exports, the
description as HTML, and ``false`` as an empty cell. A competence's code is its id number without
the framework's in front; the id number itself is kept. Its label is the short name without the
code, or, where the short name is cut or made from it, the first paragraph of the description; what
follows it is the node's description.

Moodle's own reader loses rows in silence (unknown parent, empty names, a second framework row);
here each of these is a finding.
"""

import re
from collections.abc import Sequence

from referential.collecting import collector_paused
from referential.csv_rows import best_delimiter, clean, numbered, table_text
from referential.decoding import damaged
from referential.findings import Finding, finding, has_errors
from referential.html_text import paragraphs, text_of
from referential.overlay import TAXONOMIES
from referential.rows import (
    CODE,
    FRAMEWORK_CODE,
    MAX_CODE,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_NODES,
    Head,
    Known,
    Row,
    adapted,
    adapted_framework,
    assemble,
    limit_errors,
)
from referential.tabular import folded
from referential.text import Parsed

ENGLISH = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type (optional)",
    "Rule outcome (optional)",
    "Rule config (optional)",
    "Cross-referenced competency ID numbers",
    "Exported ID (optional)",
    "Is framework",
    "Taxonomy",
)
FRENCH = (
    "ID de la compétence parente",
    "ID",
    "Nom abrégé",
    "Description",
    "Format de description",
    "Valeurs du barème",
    "configuration du barème",
    "Type de règle de compétence (optionnelle)",
    "Règle d'objectif (optionnelle)",
    "Règle de paramétrage (optionnelle)",
    "IDs des compétences croisées associées",
    "ID d'exportation (optionnel)",
    "Est un référentiel",
    "Taxonomie",
)
"""The names in Moodle's French language pack (tool_lpimportcsv, 4.5)."""
PARENT, IDNUMBER, NAME, DESCRIPTION, FORMAT, SCALE = 0, 1, 2, 3, 4, 5
RULE_OUTCOME, RELATED, EXPORTED, IS_FRAMEWORK, TAXONOMY = 8, 10, 11, 12, 13
MAX_NAME = 100
NOT_HTML = ("2", "4")
"""Moodle's FORMAT_PLAIN and FORMAT_MARKDOWN (lib/weblib.php)."""

_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)$")
_NUMBER = re.compile("[0-9]{1,18}")
_NO_WORD = re.compile(r"[\W_]+")
_TAG = re.compile(r"<[^>]*>")


def looks_like(header: Sequence[str]) -> bool:
    """Whether this is the header of such a file, in French, English or by its fourteen columns."""
    names = {folded(name) for name in header}
    known = max(len(names & {folded(name) for name in language}) for language in (ENGLISH, FRENCH))
    return known >= 10 or (len(header) == len(ENGLISH) and not {"code", "label"} & names)


@collector_paused()
def read(data: bytes | str, known: Known | None = None, name: str = "") -> Parsed:
    """Reads one file, in UTF-8, with commas, semicolons or tabs."""
    known = known or Known()
    findings: list[Finding] = []
    text = table_text(data, findings, spreadsheet=False)
    if text is None:
        return Parsed(None, tuple(findings), name)
    rows = numbered(text, best_delimiter(text, len), findings)
    line, header = next(rows, (1, []))
    order = _order(line, header, findings)
    named = [header[at].strip() for at in order]
    reader = _Reader(named, known, findings)
    for line, cells in rows if order else ():
        if len(cells) != len(header):
            found = {"found": len(cells), "expected": len(header)}
            findings.append(finding("column_count", line, " | ".join(cells), **found))
            continue
        reader.add(
            line, [clean(cells[at], named[to], line, findings) for to, at in enumerate(order)]
        )
        if len(reader.rows) > MAX_NODES:
            break
    if order and reader.head is None and not has_errors(findings):
        findings.append(finding("framework_row_missing", column=named[IS_FRAMEWORK]))
    if reader.head is None:
        return Parsed(None, tuple(findings), name)
    reader.report_left()
    columns = (named[IDNUMBER], named[PARENT])
    tree = assemble(reader.head, reader.in_order(), findings, columns, known.like)
    limit_errors(findings)
    return Parsed(tree, tuple(findings), name)


def _order(line: int, header: Sequence[str], findings: list[Finding]) -> list[int]:
    """The places of the fourteen columns: by their names if these are known, else as they stand.

    Empty after an error."""
    names = [folded(name) for name in header]
    for language in (ENGLISH, FRENCH):
        wanted = [folded(name) for name in language]
        if set(wanted) <= set(names):
            order = [names.index(name) for name in wanted]
            if order != list(range(len(wanted))):
                findings.append(finding("columns_moved", line))
            return order
    if len(header) == len(ENGLISH):
        return list(range(len(ENGLISH)))
    if not has_errors(findings):
        shown = " | ".join(name.strip() for name in header)[:100]
        expected = ", ".join(f"« {name} »" for name in ENGLISH)
        findings.append(finding("header_unknown", line, found=shown, expected=expected))
    return []


def _head(
    line: int, row: Sequence[str], named: Sequence[str], known: Known, findings: list[Finding]
) -> Head:
    code = known.code or row[IDNUMBER]
    if not FRAMEWORK_CODE.fullmatch(code) and not known.code:
        adapted_code = adapted_framework(code)
        if adapted_code:
            findings.append(finding("framework_adapted", line, value=code, code=adapted_code))
        code = adapted_code
    lines = _text(row)[0].split("\n")
    title = paragraphs(row[NAME])
    if lines and _folded(lines[0]).startswith(_folded(_ELLIPSIS.sub("", title))):
        title = lines.pop(0) or title
    like = known.like
    taxonomies = tuple(word.strip() for word in row[TAXONOMY].split(",") if word.strip())
    for word in taxonomies:
        if word not in TAXONOMIES:
            expected = ", ".join(TAXONOMIES)
            what = {"column": named[TAXONOMY], "value": word, "expected": expected}
            findings.append(finding("taxonomy_unknown", line, **what))
    return Head(
        code,
        known.title or title,
        " ".join(lines),
        like.title_en if like else "",
        like.language if like else "fr",
        taxonomies if set(taxonomies) <= set(TAXONOMIES) else (),
    )


class _Reader:
    """Makes rows of the lines of one file, as soon as the framework's own line has told the id number
    that begins theirs."""

    def __init__(self, named: Sequence[str], known: Known, findings: list[Finding]) -> None:
        self.named = named
        self.known = known
        self.findings = findings
        self.head: Head | None = None
        self.rows: list[Row] = []
        self.prefix = ""
        self.codes: set[str] = set()
        self._line = 0
        self._early: list[tuple[int, Sequence[str]]] = []
        self._numbers: list[str] = []
        self._rules = self._relations = 0
        self._scales: set[str] = set()

    def add(self, line: int, cells: Sequence[str]) -> None:
        """Takes one line."""
        self._rules += cells[RULE_OUTCOME] not in ("", "0")
        self._relations += bool(cells[RELATED])
        if cells[SCALE]:
            self._scales.add(cells[SCALE])
        if cells[IS_FRAMEWORK] in ("", "0"):
            if self.head is None:
                self._early.append((line, cells))
            else:
                self.rows.append(self.row(line, cells))
        elif self.head is None:
            self._line, self.prefix = line, cells[IDNUMBER] + "-"
            self.head = _head(line, cells, self.named, self.known, self.findings)
            self.rows = [self.row(*early) for early in self._early]
        else:
            first = {"first": f"ligne {self._line}", "first_en": f"line {self._line}"}
            column = self.named[IS_FRAMEWORK]
            self.findings.append(finding("framework_row_twice", line, column=column, **first))

    def in_order(self) -> list[Row]:
        """The rows as their exported numbers rise, where each has one: Moodle writes them in whatever order its
        database gives them (tool_lpimportcsv asks for none). Else as they stand, which is how it reads them."""
        numbers = self._numbers
        if len(set(numbers)) < len(numbers) or not all(map(_NUMBER.fullmatch, numbers)):
            return self.rows
        return [row for _, row in sorted(zip(map(int, numbers), self.rows, strict=True))]

    def report_left(self) -> None:
        """What the file holds beside the tree."""
        for kind, count in (
            ("rules_left", self._rules),
            ("relations_left", self._relations),
            ("scales_left", len(self._scales)),
        ):
            if count:
                self.findings.append(finding(kind, count=count))

    def row(self, line: int, cells: Sequence[str]) -> Row:
        """One competence."""
        self._numbers.append(cells[EXPORTED])
        idnumber = cells[IDNUMBER]
        for at in (IDNUMBER, NAME):
            if not cells[at]:
                self._empty(line, at, cells)
        if len(idnumber) > MAX_CODE:
            what = {"column": self.named[IDNUMBER], "length": len(idnumber), "limit": MAX_CODE}
            self.findings.append(finding("cell_long", line, idnumber, **what))
        code = self._code(line, idnumber)
        label, description = self._words(line, code, cells)
        for text, limit, at in (
            (label, MAX_LABEL, NAME),
            (description, MAX_DESCRIPTION, DESCRIPTION),
        ):
            if len(text) > limit:
                what = {"column": self.named[at], "length": len(text), "limit": limit}
                self.findings.append(finding("cell_long", line, text, **what))
        self.findings.extend(damaged(line, label))
        return Row(
            key=idnumber,
            parent=cells[PARENT],
            code=code,
            label=label,
            line=line,
            description=description,
            idnumber=idnumber,
        )

    def _empty(self, line: int, at: int, cells: Sequence[str]) -> None:
        of = cells[IDNUMBER] or cells[NAME]
        self.findings.append(
            finding(
                "cell_empty",
                line,
                column=self.named[at],
                of=f" pour {of}" if of else "",
                of_en=f" for {of}" if of else "",
                expected="Moodle laisserait tomber cette ligne et tout ce qui est dessous",
                expected_en="Moodle would drop this line and all below it",
            )
        )

    def _code(self, line: int, idnumber: str) -> str:
        short = idnumber.removeprefix(self.prefix) or idnumber
        code = adapted(short)
        number = 1
        while code and code != short and code in self.codes:
            number += 1
            code = f"{adapted(short)[: MAX_CODE - 4]}_{number}"
        self.codes.add(code)
        if code and code != short and CODE.fullmatch(code):
            what = {"value": short, "code": code, "idnumber": idnumber}
            self.findings.append(finding("code_adapted", line, **what))
        return code

    def _words(self, line: int, code: str, cells: Sequence[str]) -> tuple[str, str]:
        """Label and description."""
        text, tags = _text(cells)
        if tags:
            shown = ", ".join(f"<{tag}>" for tag in tags[:5])
            self.findings.append(finding("markup", line, text, code=code, tags=shown))
        name = paragraphs(cells[NAME]).replace("\n", " ")
        for start in (code, cells[IDNUMBER]):
            rest = name.removeprefix(start)
            if rest != name and (not rest or not rest[0].isalnum()):
                name = rest.lstrip(" \t:.–—-\u00a0\u202f")
                break
        first, _, others = text.partition("\n")
        if first and first == name:
            return first, others
        cut = _ELLIPSIS.search(name) is not None and len(cells[NAME]) > MAX_NAME - 25
        head = _folded(_ELLIPSIS.sub("", name) if cut else name)
        for words in (_folded(first), _folded(_TAG.sub("", first))):
            if first and (words == head or (cut and words.startswith(head)) or not head):
                return first, others
        if cut:
            self.findings.append(finding("name_cut", line, name, code=code))
        return name or code, text


def _text(cells: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    if cells[FORMAT] in NOT_HTML:
        return paragraphs(cells[DESCRIPTION]), ()
    return text_of(cells[DESCRIPTION])


def _folded(text: str) -> str:
    """Letters and digits only: a short name lost its tags, or has ‹ › instead of < >."""
    return _NO_WORD.sub("", text).casefold()
