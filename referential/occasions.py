"""Which of a competence's recorded judgements count.

A history is append-only: a slip of the finger stays in it, and so does its correction. Entries that
the same person makes in a row, each within half an hour of the one before, are therefore one
*occasion*, of which the last entry counts; and an occasion that ends where it began (tried another
level, then took it back) never happened. What is no judgement of a level (absent, exempt, not
evaluated, a comment) counts in no mean. « Not assessed » takes everything before it back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from referential.mastery import MasteryRule, master
from referential.scale import Scale

WINDOW: Final = timedelta(minutes=30)
MARKS: Final = ("absent", "exempt", "not_evaluated")
COMMENT: Final = "comment"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One entry of the history. ``author`` only has to be equal for the same person (None: unknown,
    never the same as another). Without a ``level`` it takes the judgement back, unless ``code``
    (one of :data:`MARKS`) says why there is none. ``code`` :data:`COMMENT` only adds words."""

    at: datetime
    author: Hashable
    level: int | None
    code: str = ""


class Standing(StrEnum):
    """What became of an entry: it counts, or why it does not."""

    COUNTS = "counts"
    CORRECTED = "corrected"  # the same person changed it within half an hour
    UNDONE = "undone"  # led back to what stood before
    TAKEN_BACK = "taken_back"  # somebody said « not assessed » later
    RESET = "reset"  # says « not assessed »
    MARKED = "marked"  # absent, exempt or not evaluated
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a history amounts to under a rule.

    ``level`` is None when nothing counts; ``code`` then says why, if the latest entry that stands
    is a mark. ``value`` is the exact mean before rounding. ``standings`` and ``weights`` belong to
    the history's entries, one each; ``decisive`` is the index of the latest entry that counts or,
    without one, of the mark.
    """

    level: int | None
    value: Fraction | None
    code: str
    standings: tuple[Standing, ...]
    weights: tuple[Fraction, ...]
    decisive: int | None


def judge(history: Sequence[Judgement], rule: MasteryRule, scale: Scale) -> Verdict:
    """The verdict on one competence. ``history`` is in the order of recording."""
    standings = [Standing.COMMENT] * len(history)
    counted: list[int] = []
    mark: int | None = None
    for *earlier, last in _occasions(history):
        for index in earlier:
            standings[index] = Standing.CORRECTED
        entry = history[last]
        if earlier and not entry.code and entry.level in _before(history, counted, rule, scale):
            standings[last] = Standing.UNDONE
        elif entry.code:
            standings[last] = Standing.MARKED
            mark = last
        elif entry.level is None:
            for index in counted:
                standings[index] = Standing.TAKEN_BACK
            counted, mark = [], None
            standings[last] = Standing.RESET
        else:
            standings[last] = Standing.COUNTS
            counted.append(last)
    found = master(_levels(history, counted), rule, scale)
    weights = [Fraction(0)] * len(history)
    if found is not None:
        for index, weight in zip(counted, found.weights, strict=True):
            weights[index] = weight
    decisive = counted[-1] if counted else mark
    return Verdict(
        level=found.level if found else None,
        value=found.value if found else None,
        code=history[mark].code if mark is not None and not counted else "",
        standings=tuple(standings),
        weights=tuple(weights),
        decisive=decisive,
    )


def same_occasion(earlier: Judgement, later: Judgement) -> bool:
    """Whether the later entry corrects the one right before it."""
    return (
        earlier.author is not None
        and earlier.author == later.author
        and later.at - earlier.at < WINDOW
    )


def _occasions(history: Sequence[Judgement]) -> Iterator[list[int]]:
    """The indices of the entries of each occasion, comments left out."""
    occasion: list[int] = []
    for index, entry in enumerate(history):
        if entry.code == COMMENT:
            continue
        if occasion and not same_occasion(history[occasion[-1]], entry):
            yield occasion
            occasion = []
        occasion.append(index)
    if occasion:
        yield occasion


def _before(
    history: Sequence[Judgement], counted: Sequence[int], rule: MasteryRule, scale: Scale
) -> tuple[int | None, ...]:
    """What a page showed before the occasion: the latest level, or the mastery rounded from all."""
    if not counted:
        return (None,)
    found = master(_levels(history, counted), rule, scale)
    return (history[counted[-1]].level, found.level if found else None)


def _levels(history: Sequence[Judgement], counted: Sequence[int]) -> list[int]:
    return [level for index in counted if (level := history[index].level) is not None]
