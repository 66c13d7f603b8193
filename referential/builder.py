"""Lines become nodes: who stands under whom, with which code, and what is odd about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from referential import identifiers
from referential.decoding import damaged, lines
from referential.findings import Finding, Severity, finding, french
from referential.grammar import Grammar, Line
from referential.model import Node, Referential
from referential.overlay import Overlay, Syntax

_LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class _Draft:
    """A node while it is read. ``numbers`` is as printed, for the codes built from it."""

    code: str
    numbers: str
    label: str
    depth: int
    parent: "_Draft | None"
    position: int
    sort_key: tuple[int, ...]
    line: int
    original: str | None
    children: int = 0
    last: int = 0  # the number of the child read last, 0 before the first


class Builder:
    """Takes the lines one by one; findings go into the list given."""

    def __init__(self, overlay: Overlay, grammar: Grammar, findings: list[Finding]) -> None:
        self.grammar = grammar
        self.coded = False
        self._overlay = overlay
        self._findings = findings
        self._counted = 0
        self._errors = 0
        self._drafts: list[_Draft] = []
        self._open: list[_Draft | None] = [None] * len(overlay.tiers)
        self._depths = {syntax: depth for depth, syntax in enumerate(overlay.tiers)}
        self._roots = _Draft("", "", "", -1, None, 0, (), 0, None)
        self._last_own = dict.fromkeys(self._depths, 0)
        self._codes: dict[tuple[str, tuple[int, ...]], _Draft] = {}
        self._wordings: dict[tuple[int, str], _Draft] = {}
        self._repeated: set[tuple[int, str]] = set()
        self._corrected: set[int] = set()
        self._supplied: set[str] = set()

    def errors(self) -> int:
        """How many errors there are so far."""
        for found in self._findings[self._counted :]:
            self._errors += found.severity is Severity.error
        self._counted = len(self._findings)
        return self._errors

    def _note(self, kind: str, line: int, excerpt: str = "", **values: object) -> None:
        self._findings.append(finding(kind, line, excerpt, **values))

    def add(self, number: int, text: str) -> None:
        """Reads one clean, non-empty line."""
        if self.grammar.is_page_header(text):
            self._note("page_header", number, text)
            return
        original: str | None = None
        correction = self._overlay.corrections.get(number)
        if correction and text == correction.expected:
            self._corrected.add(number)
            original = self.grammar.read(text).label
            text = correction.replacement
            self._note(
                "corrected",
                number,
                text,
                original=correction.expected,
                replacement=text,
                source=correction.source,
            )
        if not _LETTER.search(text):
            self._note("no_letters", number, text)
            return
        line = self.grammar.read(text)
        for kind in line.emphasis:
            self._note(kind, number, text)
        self._findings.extend(damaged(number, line.label))
        if line.bad_position:
            letter = line.bad_position.prefix
            self._note("printed_position", number, text, token=line.bad, letter=letter)
        elif line.bad:
            expected = self.grammar.expected
            self._note("malformed_code", number, text, token=line.bad, expected=expected)
        elif line.syntax:
            self._add_coded(number, text, line, line.syntax, original)
        elif self.grammar.position:
            self._add_wording(number, text, line, self.grammar.position, original)
        else:
            self._note("uncoded_line", number, text)

    def _add_coded(
        self, number: int, text: str, line: Line, syntax: Syntax, original: str | None
    ) -> None:
        self.coded = True
        depth = self._depths[syntax]
        numbers = tuple(map(int, line.numbers.split(".")))
        parent = self._open[depth - 1] if depth else self._roots
        if line.bullet:
            self._note("bullet", number, text, code=line.code)
        if line.sign:
            self._note("separator", number, text, code=line.code, sign=line.sign)
        if parent is None:
            above = self._overlay.tiers[depth - 1].tier
            self._note(
                "orphan", number, text, code=line.code, tier=above.name_fr, tier_en=above.name_en
            )
            parent = self._roots
        foreign = (
            syntax.numbering == "nested"
            and parent is not self._roots
            and numbers[:-1] != _numbers(parent.numbers)
        )
        first = self._codes.get((syntax.prefix, numbers))
        if foreign:
            self._note("foreign_code", number, text, code=line.code, parent=parent.code)
        if first:
            self._note("duplicate_code", number, text, code=line.code, first=first.line)
        elif not foreign:
            last = self._last_own[syntax] if syntax.numbering == "own" else parent.last
            self._check_sequence(number, text, line.code, numbers[-1], last)
            parent.last = self._last_own[syntax] = numbers[-1]
        if line.code in self._overlay.absent:
            self._note("absent_present", number, text, code=line.code)
        draft = _Draft(
            code=line.code,
            numbers=line.numbers,
            label=line.label or self._supply_title(number, text, line.code),
            depth=depth,
            parent=parent if parent is not self._roots else None,
            position=parent.children + 1,
            sort_key=(*parent.sort_key, numbers[-1]),
            line=number,
            original=original,
        )
        self._append(draft)
        self._codes.setdefault((syntax.prefix, numbers), draft)

    def _add_wording(
        self, number: int, text: str, line: Line, syntax: Syntax, original: str | None
    ) -> None:
        depth = self._depths[syntax]
        parent = self._open[depth - 1]
        if parent is None:
            above = self._overlay.tiers[depth - 1].tier
            self._note("orphan_line", number, text, tier=above.name_fr, tier_en=above.name_en)
            return
        rank = parent.children + 1
        numbers = f"{parent.numbers}.{rank}"
        code = syntax.tier.letter + numbers
        if line.bullet:
            self._note("bullet", number, text, code=code)
        if line.label[0].islower():
            self._note("continued", number, text)
        sort_key = (*parent.sort_key, rank)
        self._append(
            _Draft(code, numbers, line.label, depth, parent, rank, sort_key, number, original)
        )

    def _append(self, draft: _Draft) -> None:
        parent = draft.parent or self._roots
        parent.children += 1
        self._check_wording(draft, parent.code)
        self._drafts.append(draft)
        below = len(self._open) - draft.depth - 1
        self._open[draft.depth :] = [draft, *[None] * below]

    def _check_sequence(self, line: int, text: str, code: str, number: int, last: int) -> None:
        if last and number < last:
            stem = code.rstrip("0123456789")
            self._note("out_of_order", line, text, code=code, previous=f"{stem}{last}")
        elif number > last + 1:
            run = _Run(code, last + 1, number - 1)
            sources = [self._overlay.absent.get(absent, "") for absent in run.codes()]
            if sources and all(sources):
                known = " ; ".join(dict.fromkeys(sources))
                self._note("known_gap", line, text, missing=run.words(), code=code, source=known)
            else:
                self._note("gap", line, text, missing=run.words(), code=code)

    def _supply_title(self, line: int, text: str, code: str) -> str:
        title, source = self._overlay.titles.get(code, ("", ""))
        self._supplied.add(code)
        if title:
            self._note("title_supplied", line, text, code=code, title=title, source=source)
        else:
            self._note("untitled", line, text, code=code)
        return title

    def _check_wording(self, draft: _Draft, parent: str) -> None:
        if not draft.label:
            return
        key = draft.depth, draft.label
        first = self._wordings.setdefault(key, draft)
        if first is not draft:
            again = key in self._repeated or (first.parent or self._roots).code == parent
            self._repeated.add(key)
            kind = "repeated_wording" if again else "duplicate_wording"
            self._note(kind, draft.line, draft.label, code=first.code, first=first.line)

    def close(self, text: str) -> None:
        """Reports what only the end of the text shows. ``text`` is the whole of it."""
        for draft in self._drafts:
            if not draft.children and draft.depth + 1 < len(self._overlay.tiers):
                below = self._overlay.tiers[draft.depth + 1].tier
                self._note(
                    "childless",
                    draft.line,
                    draft.label,
                    code=draft.code,
                    tier=below.name_fr,
                    tier_en=below.name_en,
                )
        self._check_titles()
        unused = [c for c in self._overlay.corrections.values() if c.line not in self._corrected]
        if unused:
            places: dict[str, int] = {}
            for number, line in lines(text, []):
                places.setdefault(line, number)
            for correction in unused:
                at = places.get(correction.expected)
                self._note(
                    "correction_mismatch",
                    correction.line,
                    correction.expected,
                    expected=correction.expected,
                    where=f"se trouve ligne {at}" if at else french("n'y figure pas"),
                    where_en=f"is on line {at}" if at else "stands nowhere",
                )

    def _check_titles(self) -> None:
        read = {draft.code: draft for draft in self._drafts}
        for code in self._overlay.titles:
            draft = read.get(code)
            if draft is None:
                self._findings.append(
                    finding(
                        "title_unused",
                        code=code,
                        why=french("ne figure pas dans le texte"),
                        why_en="is not in the text",
                    )
                )
            elif code not in self._supplied:
                self._note(
                    "title_unused",
                    draft.line,
                    draft.label,
                    code=code,
                    why="en a déjà un dans le texte",
                    why_en="has one in the text",
                )

    def build(self) -> Referential:
        """The tree; only when there were no errors."""
        framework = self._overlay.code
        return Referential(
            code=framework,
            title=self._overlay.title,
            title_en=self._overlay.title_en,
            source=self._overlay.source,
            language=self._overlay.language,
            tiers=tuple(syntax.tier for syntax in self._overlay.tiers),
            nodes=tuple(self._nodes(framework, self._drafts)),
        )

    @staticmethod
    def _nodes(framework: str, drafts: Iterable[_Draft]) -> Iterable[Node]:
        for draft in drafts:
            yield Node(
                draft.code,
                draft.label,
                draft.depth,
                draft.parent.code if draft.parent else None,
                draft.position,
                draft.sort_key,
                identifiers.idnumber(framework, draft.code),
                identifiers.uuid(framework, draft.code),
                draft.line,
                draft.original,
            )


def _numbers(printed: str) -> tuple[int, ...]:
    return tuple(map(int, printed.split("."))) if printed else ()


class _Run:
    """The codes from ``first`` to ``last``, printed like the code that follows them."""

    def __init__(self, code: str, first: int, last: int) -> None:
        self._stem = code.rstrip("0123456789")
        self._width = len(code) - len(self._stem)
        self._first = first
        self._last = last

    def _code(self, number: int) -> str:
        return f"{self._stem}{number:0{self._width}d}"

    def codes(self, limit: int = 100) -> list[str]:
        """The codes, none if there are more than ``limit``."""
        if self._last - self._first >= limit:
            return []
        return [self._code(number) for number in range(self._first, self._last + 1)]

    def words(self) -> str:
        """The codes for people: A1.1.01, A1.1.02 or A1.1.01 … A1.1.09."""
        short = self.codes(3)
        return ", ".join(short) or f"{self._code(self._first)} … {self._code(self._last)}"
