"""The text of a référentiel, as extracted from its PDF, becomes a tree.

The text is a sequence of lines: codes with their titles (``A1.1.03 Étude des exigences…``) and,
under the innermost coded tier, one competence a line without any code. Blank lines mean nothing,
page headers stand anywhere, bullets and emphasis come and go. Which codes there are is told by
the overlay (:mod:`referential.overlay`); this module knows no diploma.

Everything that is not a plain line is a finding with its line number. If one of them is an error
there is no tree at all, rather than a smaller one.
"""

from dataclasses import dataclass
from pathlib import Path

from referential.builder import Builder
from referential.collecting import collector_paused
from referential.decoding import MAX_MEGABYTES, decode, lines
from referential.findings import Finding, ReferentialError, Severity, finding, has_errors
from referential.grammar import Grammar
from referential.model import Referential
from referential.overlay import Overlay, load_overlay

MAX_ERRORS = 200
"""After so many errors the file is something else, and the rest is not read."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text gave: the tree, None if any finding is an error, and the findings by line."""

    referential: Referential | None
    findings: tuple[Finding, ...]
    name: str = ""


def load(path: Path, overlay_path: Path) -> Referential:
    """The référentiel of a text and its overlay.

    Raises :class:`ReferentialError` if a file cannot be read or any finding is an error.
    """
    parsed = parse_file(path, load_overlay(overlay_path))
    if parsed.referential is None:
        raise ReferentialError(parsed.findings, path.name)
    return parsed.referential


def parse_file(path: Path, overlay: Overlay) -> Parsed:
    """Reads a file; one that cannot be read is a finding too."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MEGABYTES * 1_000_000 + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        return Parsed(None, (finding("unreadable", reason=reason),), path.name)
    return parse_text(data, overlay, path.name)


@collector_paused()
def parse_text(data: bytes | str, overlay: Overlay, name: str = "") -> Parsed:
    """Parses a text, given as bytes (UTF-8) or already decoded. Never raises."""
    text, findings = decode(data)
    if text is None:
        return Parsed(None, tuple(findings), name)
    builder = Builder(overlay, Grammar(overlay), findings)
    for number, line in lines(text, findings):
        builder.add(number, line)
        if builder.errors() > MAX_ERRORS:
            findings.append(finding("too_many", number, limit=MAX_ERRORS))
            break
    else:
        if builder.coded:
            builder.close(text)
    _explain_prose(builder, findings)
    findings.sort(key=lambda found: found.line or 0)
    referential = None if has_errors(findings) else builder.build()
    return Parsed(referential, tuple(findings), name)


def _explain_prose(builder: Builder, findings: list[Finding]) -> None:
    """A text without a single code is no référentiel: one error instead of one for each line."""
    strays = {"orphan_line", "uncoded_line", "too_many"}
    errors = {found.kind for found in findings if found.severity is Severity.error}
    if not builder.coded and errors <= strays | {"no_letters"}:
        findings[:] = [found for found in findings if found.kind not in strays]
        findings.append(finding("no_code", example=builder.grammar.expected.split(", ")[0]))
