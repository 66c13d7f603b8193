"""How a learner's levels become a grade: the grade rules, by the names people know.

Every rule gives each level a *credit* from 0 to 1, and each competence of the scope a *weight*; the
grade is the weighted mean of the credits times the maximum, in exact decimals, rounded once:

- ``share_proficient`` (« part acquise », Moodle's reading): a proficient level is worth 1;
- ``share_weighted``: the same, with coefficients;
- ``share_half`` (SACoche « pourcentage d'acquis »): a level in progress counts half,
  https://sacoche.sesamath.net/?page=documentation__notes_acquis__moyenne_scores_vs_pourcent_acquis;
- ``mean_of_levels`` (SACoche « moyenne des scores »): each level is worth what the scale says,
  usually in even steps (0, 33, 67, 100);
- ``points`` (Moodle's competency rule ``competency_rule_points``): each acquired competence brings
  points, so many are needed, and some competences are required. The number needed stands whatever
  was assessed, except that it shrinks to the points a learner can have.

A coefficient of a node holds for everything under it, until a node below has its own. What was
never assessed counts as nothing acquired, or is left out. A learner who was only ever absent or
exempt is *excused* from a competence: it counts in no mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import mul
from typing import Final

from referential.model import Referential
from referential.scale import Scale

ZERO, ONE, HALF, HUNDRED = Decimal(0), Decimal(1), Decimal("0.5"), Decimal(100)
CENT = Decimal("0.01")

GRADE_RULES: Final = (
    "share_proficient",
    "share_weighted",
    "share_half",
    "mean_of_levels",
    "points",
)
NOT_ASSESSED: Final = ("zero", "left_out")
ROUNDING_MODES: Final = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
MAX_COEFFICIENT = 1000


@dataclass(frozen=True, slots=True)
class GradeRule:
    """How levels become a grade. ``name`` is one of :data:`GRADE_RULES`.

    ``not_assessed``: ``zero`` or ``left_out``, without effect where there are ``points_needed``.
    ``coefficients``: pairs of a node's code and its coefficient (0 to 1,000), points under ``points``;
    without effect under ``share_proficient``.
    ``level_values``: what the levels are worth under ``mean_of_levels``, 0 to 100, rising; empty takes
    the scale's. Under ``points``: ``points_needed`` for full marks (0: all there are), ``required``
    nodes, of which every competence must be acquired, and ``required_cap``, the share of the maximum
    in percent that cannot be passed while one is not. ``rounding`` is the step of the grade (0.01 to
    10), ``rounding_mode`` one of :data:`ROUNDING_MODES`.

    Raises ``ValueError`` for anything else.
    """

    name: str = "share_proficient"
    not_assessed: str = "zero"
    coefficients: tuple[tuple[str, Decimal], ...] = ()
    level_values: tuple[Decimal, ...] = ()
    points_needed: Decimal = ZERO
    required: tuple[str, ...] = ()
    required_cap: Decimal = Decimal(50)
    rounding: Decimal = CENT
    rounding_mode: str = "nearest"

    def __post_init__(self) -> None:
        checks = {
            "name": self.name in GRADE_RULES,
            "not_assessed": self.not_assessed in NOT_ASSESSED,
            "coefficients": all(0 <= value <= MAX_COEFFICIENT for _, value in self.coefficients),
            "level_values": all(0 <= value <= HUNDRED for value in self.level_values)
            and list(self.level_values) == sorted(self.level_values),
            "points_needed": self.points_needed >= 0,
            "required_cap": 0 <= self.required_cap <= HUNDRED,
            "rounding": CENT <= self.rounding <= 10,
            "rounding_mode": self.rounding_mode in ROUNDING_MODES,
        }
        wrong = [name for name, right in checks.items() if not right]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")

    @property
    def leaves_out(self) -> bool:
        """Whether what is not assessed counts for nothing in a grade, rather than as not acquired."""
        if self.name == "points" and self.points_needed:
            return False
        return self.leaves_out_of_level

    @property
    def leaves_out_of_level(self) -> bool:
        """The same for a level: a mean, which needs no points."""
        return self.not_assessed == "left_out"


SHARE_PROFICIENT: Final = GradeRule()


class Use(StrEnum):
    """What becomes of a competence in a grade."""

    COUNTED = "counted"
    NOT_ASSESSED = "not_assessed"  # counts, and is worth nothing
    LEFT_OUT = "left_out"  # not assessed, and the rule leaves that out
    EXCUSED = "excused"  # absent, exempt or not evaluated


@dataclass(frozen=True, slots=True)
class Line:
    """One competence's part in a grade: ``weight`` times ``credit`` is what it brings."""

    code: str
    level: int | None
    use: Use
    weight: Decimal
    credit: Decimal
    required: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and what explains it: ``value`` out of ``maximum``, rounded as the rule says.

    Of the ``total`` competences in the scope ``assessed`` have a level, ``acquired`` a proficient
    one, and ``excused`` count in no mean. ``earned`` of ``possible`` (credits times weights, or
    points) make the grade; ``possible`` is 0 when nothing counts. ``missing`` are the required
    competences not acquired: with any, the grade is capped.
    """

    value: Decimal
    maximum: Decimal
    acquired: int
    assessed: int
    total: int
    excused: int = 0
    earned: Decimal = ZERO
    possible: Decimal = ZERO
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A grade rule made ready for a scope: weights and credits worked out once for a whole class."""

    rule: GradeRule
    scale: Scale
    maximum: Decimal
    weights: Mapping[str, Decimal]
    required: frozenset[str] = frozenset()
    _credits: tuple[Decimal, ...] = field(init=False, repr=False)
    _proficient: tuple[bool, ...] = field(init=False, repr=False)
    _weighing: dict[Decimal, list[str]] = field(init=False, repr=False, compare=False)
    _demanded: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.maximum <= 0:
            raise ValueError(f"the maximum must be above 0, not {self.maximum}")
        object.__setattr__(self, "_credits", credits_of(self.rule, self.scale))
        proficient = tuple(level.proficient for level in self.scale.levels)
        object.__setattr__(self, "_proficient", proficient)
        weighing: dict[Decimal, list[str]] = {}
        for code, weight in self.weights.items():
            weighing.setdefault(weight, []).append(code)
        object.__setattr__(self, "_weighing", weighing)
        object.__setattr__(self, "_demanded", tuple(c for c in self.weights if c in self.required))

    def grade(
        self, levels: Mapping[str, int | None], excused: Collection[str] = frozenset()
    ) -> Grade:
        """The grade of one learner.

        ``levels`` maps codes to the values of levels (None or no entry: not assessed); codes outside
        the scope are ignored. ``excused`` are codes that count in no mean unless they have a level.
        Raises ``ValueError`` for a value that is no level of the scale.
        """
        weights = [ZERO] * len(self._credits)  # of each level
        counted = ZERO  # not assessed, and counting for nothing
        proficient, highest = self._proficient, len(self._credits)
        acquired = assessed = left = 0
        zero = not self.rule.leaves_out
        out = {code for code in excused if levels.get(code) is None}
        for weight, codes in self._weighing.items():  # few weights; a large class has 9,000 levels
            found = Counter(map(levels.get, codes))
            absent = sum(code in out for code in codes) if out else 0
            left += absent
            if zero:
                counted += weight * (found[None] - absent)
            for level, count in found.items():
                if level is None:
                    continue
                if not 1 <= level <= highest:
                    self.scale.level(level)  # raises
                assessed += count
                weights[level - 1] += weight * count
                if proficient[level - 1]:
                    acquired += count
        missing = [
            code
            for code in self._demanded
            if code not in out and not self._is_proficient(levels.get(code))
        ]
        earned = sum(map(mul, weights, self._credits), ZERO)
        possible = sum(weights, counted)
        if self.rule.name == "points" and self.rule.points_needed:
            possible = min(possible, self.rule.points_needed)
        return Grade(
            value=self._value(earned, possible, bool(missing)),
            maximum=self.maximum,
            acquired=acquired,
            assessed=assessed,
            total=len(self.weights),
            excused=left,
            earned=earned,
            possible=possible,
            missing=tuple(missing),
        )

    def _is_proficient(self, level: int | None) -> bool:
        return level is not None and self._proficient[level - 1]

    def lines(
        self,
        levels: Mapping[str, int | None],
        excused: Collection[str] = frozenset(),
        *,
        by_level: bool = False,
    ) -> list[Line]:
        """What each competence brings to that grade, or to the level (``by_level``), in the scope's
        order."""
        made = []
        leaves_out = self.rule.leaves_out_of_level if by_level else self.rule.leaves_out
        for code, weight in self.weights.items():
            level = levels.get(code)
            if level is not None:
                use, credit = Use.COUNTED, self._credits[level - 1]
            elif code in excused:
                use, credit = Use.EXCUSED, ZERO
            else:
                use, credit = (Use.LEFT_OUT if leaves_out else Use.NOT_ASSESSED), ZERO
            made.append(Line(code, level, use, weight, credit, code in self.required))
        return made

    def level(
        self, levels: Mapping[str, int | None], excused: Collection[str] = frozenset()
    ) -> int:
        """One level for the whole scope, for a gradebook column that shows levels: the weighted mean
        of the levels, half going up; what is not assessed counts as the lowest level, or is left
        out. While a required competence is not acquired it stays below the proficient levels."""
        total = weight_of_all = ZERO
        for line in self.lines(levels, excused, by_level=True):
            if line.use in (Use.COUNTED, Use.NOT_ASSESSED):
                total += line.weight * (line.level or self.scale.default.value)
                weight_of_all += line.weight
        if not weight_of_all:
            return self.scale.default.value
        mean = int((total / weight_of_all).quantize(ONE, ROUND_HALF_UP))
        if self.grade(levels, excused).missing:
            lowest = min(level.value for level in self.scale.proficient)
            mean = min(mean, max(lowest - 1, self.scale.default.value))
        return mean

    def _value(self, earned: Decimal, possible: Decimal, capped: bool) -> Decimal:
        if not possible:
            return ZERO.quantize(CENT)
        highest = self.maximum
        if capped:
            highest = self.maximum * self.rule.required_cap / HUNDRED
        whole = min(min(earned, possible) * self.maximum, highest * possible)
        steps = (whole / (possible * self.rule.rounding)).to_integral_value(
            ROUNDING_MODES[self.rule.rounding_mode]
        )
        return min(steps * self.rule.rounding, highest).quantize(CENT, ROUND_FLOOR)


def scheme(
    rule: GradeRule,
    referential: Referential,
    scope: Sequence[str],
    scale: Scale,
    maximum: Decimal = Decimal(20),
) -> Scheme:
    """The rule made ready for the competences of these codes; a code twice counts once.

    Raises ``UnknownNode`` for a coefficient or requirement on a node that the référentiel lacks, and
    ``ValueError`` for level values that are not as many as the levels or a maximum not above 0.
    """
    own = dict(rule.coefficients) if rule.name != "share_proficient" else {}
    for code in own:
        referential.node(code)
    weights = {}
    for code in dict.fromkeys(scope):
        if not own:
            weights[code] = ONE
            continue
        chain = (code, *(node.code for node in reversed(referential.ancestors(code))))
        weights[code] = next((own[each] for each in chain if each in own), ONE)
    required: frozenset[str] = frozenset()
    if rule.name == "points" and rule.required:
        needed = {node.code for node in referential.scope(rule.required)}
        required = frozenset(code for code in weights if code in needed)
    return Scheme(rule, scale, maximum, weights, required)


def share_proficient(
    levels: Mapping[str, int | None],
    scope: Sequence[str],
    scale: Scale,
    maximum: Decimal = Decimal(20),
) -> Grade:
    """The default rule, on codes alone: see :meth:`Scheme.grade`."""
    return Scheme(SHARE_PROFICIENT, scale, maximum, dict.fromkeys(scope, ONE)).grade(levels)


def level_values(scale: Scale) -> tuple[Decimal, ...]:
    """What the levels are worth out of 100 unless an activity says otherwise: as the scale's file
    has it, else even steps from 0 to 100 in whole numbers (0, 33, 67, 100 for four)."""
    last = len(scale.levels) - 1
    return tuple(
        Decimal(level.worth)
        if level.worth is not None
        else (HUNDRED * (level.value - 1) / last).quantize(ONE, ROUND_HALF_UP)
        for level in scale.levels
    )


def credits_of(rule: GradeRule, scale: Scale) -> tuple[Decimal, ...]:
    """What each level is worth under the rule, 0 to 1, the lowest level first.

    In progress (``share_half``) is a level that is neither the lowest nor proficient. Raises
    ``ValueError`` for level values that are not as many as the levels.
    """
    if rule.name == "mean_of_levels":
        values = rule.level_values or level_values(scale)
        if len(values) != len(scale.levels):
            raise ValueError(f"{scale.code} has {len(scale.levels)} levels, not {len(values)}")
        return tuple(value / HUNDRED for value in values)
    half = HALF if rule.name == "share_half" else ZERO
    return tuple(
        ONE if level.proficient else (half if level.value > 1 else ZERO) for level in scale.levels
    )
