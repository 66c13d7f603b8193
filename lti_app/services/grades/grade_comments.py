"""The feedback beside a grade in the gradebook: how it came about, in French, as plain text.

It goes with every score: without it Moodle erases the feedback that is there. It stays in the gradebook
whoever reads it, so it is in the language of the course's teachers and not of one page.
"""

from __future__ import annotations

from decimal import Decimal

from referential.grading import Grade, GradeRule, Scheme
from referential.scale import Level

NAMED = 3  # missing competences named one by one
NARROW = "\u202f"


def comment(scheme: Scheme, grade: Grade, level: Level | None) -> str:
    """What a learner reads under the grade; ``level`` when the column holds levels."""
    parts = [f"Niveau{NARROW}: {level.name_fr}."] if level else []
    rule = scheme.rule
    left_out = rule.leaves_out_of_level if level else rule.leaves_out
    parts.append(_sentence(rule, grade, left_out))
    if grade.missing:
        parts.append(_missing(grade))
    return " ".join(parts)


def _sentence(rule: GradeRule, grade: Grade, left_out: bool) -> str:
    if not grade.assessed:
        return "Aucune compétence n’est évaluée."
    acquired = _count(grade.acquired, "compétence acquise", "compétences acquises")
    match rule.name:
        case "share_weighted":
            how = f"{acquired}, avec coefficients{NARROW}: {_of(grade)}"
        case "share_half":
            how = f"{acquired}, une compétence en cours comptant à moitié{NARROW}: {_of(grade)}"
        case "mean_of_levels":
            share = (100 * grade.earned / grade.possible) if grade.possible else Decimal(0)
            how = f"Moyenne des niveaux{NARROW}: {_number(share)}{NARROW}%"
        case "points":
            how = f"{_of(grade)} points"
        case _:
            total = grade.total - grade.excused
            if left_out:
                total = grade.assessed
            how = f"{acquired} sur {total}"
    return f"{how} ({_what_counts(grade, left_out)})."


def _what_counts(grade: Grade, left_out: bool) -> str:
    said = [_count(grade.assessed, "évaluée", "évaluées")]
    if grade.assessed + grade.excused < grade.total:
        said.append(
            "une compétence non évaluée ne compte pas"
            if left_out
            else "une compétence non évaluée compte comme non acquise"
        )
    if grade.excused:
        said.append(
            _count(grade.excused, "dispense ou absence", "dispenses ou absences")
            + " hors du compte"
        )
    return f"{NARROW}; ".join(said)


def _missing(grade: Grade) -> str:
    count = len(grade.missing)
    named = ", ".join(grade.missing[:NAMED]) + ("…" if count > NAMED else "")
    word = _count(count, "compétence obligatoire", "compétences obligatoires")
    return f"Il manque {word}{NARROW}: {named}."


def _of(grade: Grade) -> str:
    return f"{_number(grade.earned)} sur {_number(grade.possible)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}"


def _number(value: Decimal) -> str:
    text = f"{value.quantize(Decimal('0.01')):f}"
    return text.rstrip("0").rstrip(".").replace(".", ",")
