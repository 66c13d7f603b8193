"""What a reader noticed in a file: where, how bad, and in words for people.

Nothing is skipped in silence: each irregularity is a :class:`Finding` with its line. An *error*
means that no tree can be trusted, a *warning* that someone should look, an *info* that the text
is unusual in a way that is understood. The wordings are in :mod:`referential.catalogue`.

The exceptions::

    ReferentialError        some finding is an error
    └── ScaleError          the same for the definition of a scale
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from referential.catalogue import CATALOGUE

EXCERPT = 80
"""How many characters of a line a finding quotes."""


class Severity(IntEnum):
    """How bad a finding is; comparable."""

    info = 0
    warning = 1
    error = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One irregularity: ``line`` counts from 1 (None: the file as a whole), ``kind`` is a key of
    :data:`referential.catalogue.CATALOGUE`, ``excerpt`` the start of the line."""

    line: int | None
    severity: Severity
    kind: str
    fr: str
    en: str
    excerpt: str = ""

    def message(self, language: str) -> str:
        """The words in French (``"fr"``, also as ``fr_CA``) or else English."""
        return self.fr if language.lower().startswith("fr") else self.en


def french(text: str) -> str:
    """The text with French spaces: a narrow no-break one inside « » and before : ; ! ?"""
    text = re.sub(r" (?=[:;!?»])", "\u202f", text)
    return re.sub(r"(?<=«) ", "\u202f", text).replace("'", "’")


def shorten(text: str, limit: int = EXCERPT) -> str:
    """The text cut at ``limit`` characters, the last one being « … » if anything is missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def finding(kind: str, line: int | None = None, excerpt: str = "", **values: object) -> Finding:
    """The finding of this kind; ``values`` fill the blanks of its wording."""
    severity, fr, en = CATALOGUE[kind]
    return Finding(
        line,
        Severity[severity],
        kind,
        french(fr).format_map(values),
        en.format_map(values),
        shorten(excerpt),
    )


def has_errors(findings: Sequence[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(found.severity is Severity.error for found in findings)


class ReferentialError(Exception):
    """A référentiel, or its overlay, cannot be used; ``findings`` say why, ``name`` which file."""

    def __init__(self, findings: Sequence[Finding], name: str = "") -> None:
        self.findings = tuple(findings)
        self.name = name
        super().__init__("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        place = f"{self.name}: " if self.name else ""
        return [
            place + (f"line {found.line}: " if found.line else "") + found.en
            for found in self.findings
            if found.severity is Severity.error
        ]


class ScaleError(ReferentialError):
    """The definition of a scale cannot be used."""
