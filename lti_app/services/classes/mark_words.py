"""What pages and spreadsheets call the marks: absent, exempt, not evaluated (referential.occasions)."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class MarkWords:
    """``letters`` stand in a cell, ``name`` says it in full; ``also`` are other ways to write it."""

    letters: str
    name: str
    also: tuple[str, ...]


def mark_words() -> dict[str, MarkWords]:
    """By mark, in the page's language."""
    return {
        "absent": MarkWords(_("Ab"), _("Absent"), ("ab", "abs", "absent", "absente")),
        "exempt": MarkWords(
            _("Di"), _("Dispensé"), ("di", "disp", "dispensé", "dispensée", "ex", "exempt")
        ),
        "not_evaluated": MarkWords(_("NE"), _("Non évalué, ne compte pas"), ("ne", "nn")),
    }
