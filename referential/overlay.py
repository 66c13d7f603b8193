"""The overlay: what a référentiel's text lacks, written by hand in TOML beside it.

The parser of :mod:`referential.text` knows no diploma. The overlay tells it the tiers and how
their codes are printed, the page headers to leave out, and the repairs: missing titles, wrong
words, codes known to be absent, each with its source. Another diploma is a new pair of files.

How a tier's lines are recognised (``numbering``):

nested
    a code that repeats the numbers of the element above and adds one: ``A1.1.03`` under ``D1.1``.
    ``prefix`` is what stands before the numbers, the tier's letter unless given: with the tiers
    B and C both printed as ``B…``, the block is ``B1`` and its competence ``B1.2``.
own
    a code with one number of its own, counted through the whole text: ``C07`` under any block.
position
    no code at all, on the last tier only: the code is the letter, the numbers above and the rank
    (``C1.1.03.1``).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from referential.findings import ReferentialError, finding, has_errors
from referential.model import Tier
from referential.toml import Table, parse

TAXONOMIES = (
    "behaviour",
    "competency",
    "concept",
    "domain",
    "indicator",
    "level",
    "outcome",
    "practice",
    "proficiency",
    "skill",
    "value",
)
"""The words Moodle has for a tier (competency/classes/competency_framework.php)."""

NUMBERINGS = ("nested", "own", "position")
FRAMEWORK = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
LETTERS = re.compile(r"[A-Za-z]{1,8}")
MAX_TIERS = 8


@dataclass(frozen=True, slots=True)
class Syntax:
    """How the lines of one tier look; ``numbers`` is how many its code has (0: no code)."""

    tier: Tier
    numbering: str
    prefix: str
    numbers: int


@dataclass(frozen=True, slots=True)
class Correction:
    """On ``line`` (1-based), ``expected`` is printed and ``replacement`` is meant."""

    line: int
    expected: str
    replacement: str
    source: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """A whole overlay. ``titles`` maps codes to (title, source), ``absent`` codes to the source
    that knows of their absence; ``page_headers`` match whole lines."""

    code: str
    language: str
    title: str
    title_en: str
    source: str
    tiers: tuple[Syntax, ...]
    page_headers: tuple[re.Pattern[str], ...] = ()
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[int, Correction] = field(default_factory=dict)

    def without_repairs(self) -> "Overlay":
        """The same grammar for a text that needs no titles, absences or corrections."""
        return replace(self, titles={}, absent={}, corrections={})


def load_overlay(path: Path) -> Overlay:
    """The overlay of a TOML file. Raises :class:`ReferentialError` with every mistake in it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReferentialError([finding("unreadable", reason=reason)], path.name) from error
    return parse_overlay(data, path.name)


def parse_overlay(data: bytes, name: str = "") -> Overlay:
    """The overlay written in ``data``. Raises :class:`ReferentialError` with every mistake."""
    values, findings = parse(data)
    if values is None:
        raise ReferentialError(findings, name)
    table = Table(values, findings)
    code = table.text("code")
    if code and not FRAMEWORK.fullmatch(code):
        table.invalid(
            "code",
            code,
            "une lettre, puis des lettres, des chiffres ou _ (40 au plus)",
            "a letter, then letters, digits or _ (40 at most)",
        )
    overlay = Overlay(
        code=code,
        language=table.text("language", "fr"),
        title=table.text("title"),
        title_en=table.text("title_en"),
        source=table.text("source"),
        tiers=_tiers(table),
        page_headers=_page_headers(table),
        titles=_titles(table),
        absent=_absent(table),
        corrections=_corrections(table),
    )
    table.close()
    if has_errors(findings):
        raise ReferentialError(findings, name)
    return overlay


def nfc(text: str) -> str:
    """The text with accents composed, as the parser sees the référentiel's."""
    return unicodedata.normalize("NFC", text)


def _tiers(table: Table) -> tuple[Syntax, ...]:
    rows = list(table.tables("tiers", required=True))
    if len(rows) > MAX_TIERS:
        table.invalid("tiers", len(rows), f"{MAX_TIERS} niveaux au plus", f"{MAX_TIERS} at most")
    tiers: list[Syntax] = []
    taken: set[tuple[str, int] | str] = set()
    for row in rows:
        tier = Tier(
            row.text("letter"),
            row.text("name_fr"),
            row.text("name_en"),
            row.text("plural_fr"),
            row.text("plural_en"),
            row.choice("taxonomy", TAXONOMIES),
        )
        numbering = row.choice("numbering", NUMBERINGS, "nested")
        prefix = row.text("prefix", tier.letter)
        for key, value in (("letter", tier.letter), ("prefix", prefix)):
            if value and not LETTERS.fullmatch(value):
                row.invalid(key, value, "1 à 8 lettres", "1 to 8 letters")
        above = tiers[-1].numbers if tiers else 0
        numbers = {"nested": above + 1, "own": 1}.get(numbering, 0)
        if numbering == "position" and (len(tiers) + 1 < len(rows) or not tiers):
            row.invalid(
                "numbering",
                numbering,
                "« nested » ou « own », sauf sur le dernier niveau",
                "“nested” or “own”, except on the last tier",
            )
        spoken: set[tuple[str, int] | str] = {tier.letter, (prefix, numbers)}
        if taken & spoken or (numbers == 0 and any(s.prefix == prefix for s in tiers)):
            row.invalid(
                "letter",
                tier.letter,
                "une lettre et une forme de code propres à ce niveau",
                "a letter and a form of code of this tier alone",
            )
        taken |= spoken
        row.close()
        tiers.append(Syntax(tier, numbering, prefix, numbers))
    return tuple(tiers)


def _page_headers(table: Table) -> tuple[re.Pattern[str], ...]:
    patterns: list[re.Pattern[str]] = []
    for pattern in table.texts("page_headers"):
        try:
            patterns.append(re.compile(nfc(pattern)))
        except re.error as error:
            table.invalid(
                "page_headers",
                pattern,
                f"une expression régulière ({error})",
                f"a regular expression ({error})",
            )
    return tuple(patterns)


def _titles(table: Table) -> Mapping[str, tuple[str, str]]:
    titles: dict[str, tuple[str, str]] = {}
    for row in table.tables("titles"):
        titles[row.text("code")] = (nfc(row.text("title")), row.text("source"))
        row.close()
    return MappingProxyType(titles)


def _absent(table: Table) -> Mapping[str, str]:
    absent: dict[str, str] = {}
    for row in table.tables("absent"):
        source = row.text("source")
        absent |= dict.fromkeys(row.texts("codes", required=True), source)
        row.close()
    return MappingProxyType(absent)


def _corrections(table: Table) -> Mapping[int, Correction]:
    corrections: dict[int, Correction] = {}
    for row in table.tables("corrections"):
        correction = Correction(
            row.number("line"),
            nfc(row.text("expected")),
            nfc(row.text("replacement")),
            row.text("source"),
        )
        if correction.line in corrections:
            row.invalid(
                "line", correction.line, "une seule correction par ligne", "one correction a line"
            )
        corrections[correction.line] = correction
        row.close()
    return MappingProxyType(corrections)
