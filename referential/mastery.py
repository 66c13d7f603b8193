"""What several judgements of one competence amount to: the mastery rules, by the names people know.

Every rule gives each judgement that counts a weight; the weights add up to 1, and their mean is
the mastery, exact (fractions, no floats), then rounded to a level of the scale. Which judgements
count is said by :mod:`referential.occasions`. Where the rules come from:

- Canvas, https://community.canvaslms.com/docs/DOC-10711 and its product blog of 2023: ``latest``,
  ``highest``, ``mean``, ``weighted_average`` (its former « decaying average », 65/35),
  ``decaying_average`` (50 to 99 %), ``n_mastery``;
- SACoche, https://sacoche.sesamath.net/?page=documentation__notes_acquis__algorithme_calcul_score:
  ``geometric`` (1, 2, 4, …), ``arithmetic`` (1, 2, 3, …), ``mean``, ``best_mean``, ``mode_low`` and
  ``mode_high``, each also over the last judgements only; absent, exempt and not evaluated count in
  no mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from referential.scale import Scale

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
MAX_LAST = 50


@dataclass(frozen=True, slots=True)
class Number:
    """What a rule's number may be, from ``low`` to ``high``; ``percent`` tells a share from a count."""

    default: int
    low: int
    high: int
    percent: bool = False


_SHARE = Number(65, 50, 99, percent=True)
RULES: Final[dict[str, Number | None]] = {
    "latest": None,
    "highest": None,
    "mean": None,
    "best_mean": Number(3, 1, 20),
    "weighted_average": _SHARE,
    "decaying_average": _SHARE,
    "n_mastery": Number(3, 1, 10),
    "mode_high": None,
    "mode_low": None,
    "arithmetic": None,
    "geometric": None,
}
ROUNDINGS: Final = ("nearest", "down")


@dataclass(frozen=True, slots=True)
class MasteryRule:
    """How judgements of one competence become its level.

    ``name`` is one of :data:`RULES`; ``number`` is the rule's number (a share in percent, or a
    count), 0 for its usual one and for rules without. With ``last`` above 0 only so many of the
    latest judgements count (at most 50). ``rounding`` of a mean that falls between two levels:
    ``nearest`` (half goes up) or ``down`` (a level is reached only when the mean reaches it).

    Raises ``ValueError`` for anything else.
    """

    name: str = "latest"
    number: int = 0
    last: int = 0
    rounding: str = "nearest"

    def __post_init__(self) -> None:
        if self.name not in RULES:
            raise ValueError(f"{self.name} is no mastery rule")
        allowed = RULES[self.name]
        if allowed is None:
            if self.number:
                raise ValueError(f"{self.name} takes no number")
        elif not self.number:
            object.__setattr__(self, "number", allowed.default)
        elif not allowed.low <= self.number <= allowed.high:
            raise ValueError(f"{self.name} takes {allowed.low} to {allowed.high}")
        if not 0 <= self.last <= MAX_LAST:
            raise ValueError(f"the last 1 to {MAX_LAST} judgements, or 0 for all")
        if self.rounding not in ROUNDINGS:
            raise ValueError(f"{self.rounding} is no rounding of a mastery")

    @property
    def key(self) -> str:
        """Short, the same for equal rules and for no others: ``decaying_average:65/last5/down``."""
        parts = [f"{self.name}:{self.number}" if self.number else self.name]
        if self.last:
            parts.append(f"last{self.last}")
        if self.rounding != "nearest":
            parts.append(self.rounding)
        return "/".join(parts)

    @property
    def repeats_count(self) -> bool:
        """Whether judging again with the same level can change the mastery."""
        return self.name not in ("latest", "highest")


LATEST: Final = MasteryRule()


@dataclass(frozen=True, slots=True)
class Mastered:
    """A level, the exact mean it was rounded from, and the weight of each judgement.

    The weights add up to 1, except under ``n_mastery`` while the number is not reached: then they
    are all 0 and ``value`` is the level that can be had so far.
    """

    level: int
    value: Fraction
    weights: tuple[Fraction, ...]


def master(levels: Sequence[int], rule: MasteryRule, scale: Scale) -> Mastered | None:
    """What the judgements that count, oldest first, amount to; None without any, or while
    ``n_mastery`` is not reached on a scale whose levels are all proficient.

    Raises ``ValueError`` for a value that is no level of the scale.
    """
    proficient = {level.value for level in scale.proficient}
    for level in levels:
        scale.level(level)
    if not levels:
        return None
    shares = weights(levels, rule, proficient)
    if sum(shares) == ZERO:
        below = [level.value for level in scale.levels if level.value < min(proficient)]
        if not below:
            return None
        counted = levels[-rule.last :] if rule.last else levels
        reached = min(max(counted), max(below))
        return Mastered(reached, Fraction(reached), shares)
    value = sum((w * level for w, level in zip(shares, levels, strict=True)), ZERO)
    return Mastered(_round(value, rule), value, shares)


def weights(
    levels: Sequence[int], rule: MasteryRule, proficient: Collection[int]
) -> tuple[Fraction, ...]:
    """The weight of each judgement, oldest first: they add up to 1, or are all 0 (see ``Mastered``)."""
    if not levels:
        return ()
    start = max(len(levels) - rule.last, 0) if rule.last else 0
    given = _weights(levels[start:], rule, proficient)
    return (ZERO,) * start + given


def _weights(
    levels: Sequence[int], rule: MasteryRule, proficient: Collection[int]
) -> tuple[Fraction, ...]:
    met = [level in proficient for level in levels]
    parts: Sequence[Fraction | int]
    match rule.name:
        case "latest":
            parts = [0] * (len(levels) - 1) + [1]
        case "highest":
            parts = _best(levels, 1)
        case "best_mean":
            parts = _best(levels, rule.number)
        case "weighted_average":
            parts = _last_against_earlier(len(levels), Fraction(rule.number, 100))
        case "decaying_average":
            parts = _fading(len(levels), Fraction(rule.number, 100))
        case "n_mastery":
            parts = met if sum(met) >= rule.number else []
        case "mode_high" | "mode_low":
            parts = _most_frequent(levels, max if rule.name == "mode_high" else min)
        case "arithmetic":
            parts = range(1, len(levels) + 1)
        case "geometric":
            parts = [2**n for n in range(len(levels))]
        case _:  # mean
            parts = [1] * len(levels)
    total = Fraction(sum(parts))
    return tuple(part / total for part in parts) if total else (ZERO,) * len(levels)


def _best(levels: Sequence[int], number: int) -> list[int]:
    """1 for each of the highest levels; of equal ones the later first."""
    order = sorted(range(len(levels)), key=lambda i: (levels[i], i), reverse=True)
    chosen = set(order[:number])
    return [int(i in chosen) for i in range(len(levels))]


def _last_against_earlier(count: int, share: Fraction) -> list[Fraction]:
    if count == 1:
        return [ONE]
    return [(1 - share) / (count - 1)] * (count - 1) + [share]


def _fading(count: int, share: Fraction) -> list[Fraction]:
    """Each judgement weighs ``share``, the mean before it the rest; the first one is its own mean."""
    rest = 1 - share
    return [rest ** (count - 1), *(share * rest**age for age in reversed(range(count - 1)))]


def _most_frequent(levels: Sequence[int], among: Callable[[list[int]], int]) -> list[int]:
    most = max(levels.count(level) for level in levels)
    chosen = among([level for level in levels if levels.count(level) == most])
    return [int(level == chosen) for level in levels]


def _round(value: Fraction, rule: MasteryRule) -> int:
    return math.floor(value if rule.rounding == "down" else value + HALF)
