"""What the gradebook holds instead of our grade, as pages write it."""

from __future__ import annotations

from decimal import Decimal

from lti_app.services.activities.framing import Framing
from lti_app.services.grades.overruled import Overruled
from lti_app.views.filters import amount, language, points, typo
from referential.scale import Level


def short(theirs: Overruled, framing: Framing) -> str:
    """For a cell: points brought to the activity's maximum, or a level's letter; « – » for nothing."""
    if theirs.score is None or not theirs.maximum:
        return "–"
    if theirs.levels:
        level = _level(theirs.score, theirs.maximum, framing)
        return level.letter if level else str(int(theirs.score))
    return _points(theirs.score * framing.settings.maximum / theirs.maximum, framing)


def in_full(theirs: Overruled, framing: Framing) -> str:
    """As the gradebook has it, « 15,00 / 20 », or a level's name; nothing where it was emptied."""
    if theirs.score is None or not theirs.maximum:
        return ""
    if theirs.levels:
        level = _level(theirs.score, theirs.maximum, framing)
        return typo(level.name(language())) if level else str(int(theirs.score))
    return f"{_points(theirs.score, framing)} / {amount(theirs.maximum)}"


def _level(score: Decimal, maximum: Decimal, framing: Framing) -> Level | None:
    levels = framing.scale.levels
    known = maximum == len(levels) and 1 <= score <= len(levels)
    return levels[int(score) - 1] if known else None


def _points(score: Decimal, framing: Framing) -> str:
    exact = score == round(score, framing.places)
    return points(score, framing.places if exact else max(framing.places, 2))
