"""What the files for people share: their columns, and cells no spreadsheet takes for a formula.

A label such as ``=HYPERLINK(…)`` in a CSV becomes a formula in the spreadsheet that opens it
(https://owasp.org/www-community/attacks/CSV_Injection). Cells for people therefore get an
apostrophe where needed. Files for Moodle and other software never do: they must be exact.
"""

import re
from collections.abc import Iterator

from exporters.base import ExportOptions
from referential.model import Node, Referential

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
_PLAIN = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?%?|-+")
"""What begins like a formula and is none: a number, a dash."""

HEADERS_FR = ("Code", "Code parent", "Type", "Intitulé", "Description", "Identifiant Moodle")
HEADERS_EN = ("Code", "Parent code", "Type", "Label", "Description", "Moodle ID number")


def neutral(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return "'" + text if _FORMULA.match(text) and not _PLAIN.fullmatch(text) else text


def original(text: str) -> str:
    """The text before :func:`neutral`, for whoever reads such a file back."""
    rest = text[1:]
    return rest if text.startswith("'") and neutral(rest) == text else text


def headers(options: ExportOptions) -> tuple[str, ...]:
    """The names of the columns of :func:`rows`."""
    return HEADERS_FR if options.french else HEADERS_EN


def rows(
    referential: Referential, nodes: tuple[Node, ...], options: ExportOptions
) -> Iterator[tuple[str, ...]]:
    """One row for each node, in order: code, parent's code, tier, label, description,
    idnumber; as they are."""
    names = [tier.name_fr if options.french else tier.name_en for tier in referential.tiers]
    for node in nodes:
        yield (
            node.code,
            node.parent or "",
            names[node.depth],
            node.label,
            node.description,
            node.idnumber,
        )
