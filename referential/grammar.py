"""What one line of a référentiel's text is, according to the overlay: a code or a wording.

``- A1.1.03 *Étude des exigences*`` is taken apart into bullet, code, label and the remarks on
its looks. A line that resembles a code without being one is an error, not a competence.
"""

import re
from dataclasses import dataclass
from typing import Final

from referential.overlay import Overlay, Syntax

_BULLETS: Final = "•▪▫◦‣∙●○■□➢►·\uf0b7\uf0a7\uf0d8"
_DASHES: Final = "-–—"
_SIGNS: Final = ".,:;)–—-"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, taken apart. ``syntax`` is the tier its code belongs to, None for a wording;
    ``numbers`` is as printed (``1.1.03``); ``bad`` is the token that only resembles a code, with
    ``bad_position`` set to the tier whose codes are never printed. ``emphasis`` holds kinds of
    findings."""

    label: str
    syntax: Syntax | None = None
    numbers: str = ""
    bullet: bool = False
    sign: str = ""
    emphasis: tuple[str, ...] = ()
    bad: str = ""
    bad_position: Syntax | None = None

    @property
    def code(self) -> str:
        """The code as printed, "" for a wording."""
        return self.syntax.prefix + self.numbers if self.syntax else ""


class Grammar:
    """The regular expressions of one overlay."""

    def __init__(self, overlay: Overlay) -> None:
        printed = [syntax for syntax in overlay.tiers if syntax.numbers]
        self.by_form = {(syntax.prefix, syntax.numbers): syntax for syntax in printed}
        self.position = next((syntax for syntax in overlay.tiers if not syntax.numbers), None)
        self.headers = overlay.page_headers
        prefixes = "|".join(sorted({s.prefix for s in printed}, key=len, reverse=True))
        spoken = "|".join({re.escape(s.prefix) for s in overlay.tiers})
        self._code = re.compile(
            rf"({prefixes})([0-9]{{1,6}}(?:\.[0-9]{{1,6}})*)"
            rf"(?:\s*([{re.escape(_SIGNS)}]))?(?:\s+|$)"
        )
        self._suspect = re.compile(rf"(?:{spoken})[\s._-]{{0,2}}[0-9]\S*", re.IGNORECASE)
        self._bullet = re.compile(
            rf"[{_BULLETS}]\s*|[{_DASHES}*]\s+|[{_DASHES}](?=(?:{prefixes})[0-9])"
        )
        self.expected = ", ".join(self.example(syntax) for syntax in printed)

    @staticmethod
    def example(syntax: Syntax) -> str:
        """What a code of this tier looks like: ``A1.1.1``."""
        return syntax.prefix + ".".join("1" * syntax.numbers)

    def is_page_header(self, line: str) -> bool:
        """Whether the whole line is one of the page headers."""
        return any(header.fullmatch(line) for header in self.headers)

    def read(self, line: str) -> Line:
        """Takes apart one clean, non-empty line that is no page header."""
        found = self._bullet.match(line)
        text = line[found.end() :] if found else line
        bullet = found is not None
        coded = self._coded(text, bullet)
        if coded:
            return coded
        text, mark = _unemphasise(text)
        marks = (mark,) if mark else ()
        coded = self._coded(text, bullet, marks) if mark else None
        if coded:
            return coded
        suspect = self._suspect.match(text)
        if suspect:
            token = suspect[0]
            position = self.position
            if position and not token.upper().startswith(position.prefix.upper()):
                position = None
            return Line(text, None, "", bullet, "", marks, token, position)
        return Line(text, None, "", bullet, "", marks)

    def _coded(self, text: str, bullet: bool, outer: tuple[str, ...] = ()) -> Line | None:
        matched = self._code.match(text)
        if not matched:
            return None
        syntax = self.by_form.get((matched[1], matched[2].count(".") + 1))
        if not syntax:
            return None
        label, inner = _unemphasise(text[matched.end() :])
        marks = tuple(dict.fromkeys(mark for mark in (*outer, inner) if mark))
        return Line(label, syntax, matched[2], bullet, matched[3] or "", marks)


def _unemphasise(text: str) -> tuple[str, str]:
    """The text without the marks around it, and the kind of finding ("" if there were none)."""
    for mark in "*_":
        inner = text.strip(mark)
        before = len(text) - len(text.lstrip(mark))
        after = len(text) - len(text.rstrip(mark))
        if not inner or (not before and not after) or (mark == "_" and not (before and after)):
            continue
        return inner.strip(), "emphasis" if before == after else "unclosed_emphasis"
    return text, "stray_emphasis" if "*" in text else ""
