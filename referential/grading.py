"""How a learner's levels become a grade. Pure functions, exact decimals.

The default rule is the *share proficient*: of all competences in the scope, how many have a
proficient level. What was never assessed counts as not acquired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from referential.scale import Scale

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and what explains it: ``value`` out of ``maximum``, rounded half up to 0.01;
    ``acquired`` of ``total`` competences are proficient, ``assessed`` of them have a level."""

    value: Decimal
    maximum: Decimal
    acquired: int
    assessed: int
    total: int


def share_proficient(
    levels: Mapping[str, int | None],
    scope: Sequence[str],
    scale: Scale,
    maximum: Decimal = Decimal(20),
) -> Grade:
    """The share of the competences in ``scope`` whose level is proficient, times ``maximum``.

    ``levels`` maps codes to the values of levels (None or no entry: not assessed); codes outside
    the scope are ignored and a code twice in the scope counts once. An empty scope, or nothing
    assessed, gives 0: whether such a grade is sent is the caller's choice (see ``assessed``).
    Raises ``ValueError`` for a value that is no level of the scale or a maximum not above 0.
    """
    if maximum <= 0:
        raise ValueError(f"the maximum must be above 0, not {maximum}")
    codes = dict.fromkeys(scope)
    given = [scale.level(value) for code in codes if (value := levels.get(code)) is not None]
    acquired = sum(level.proficient for level in given)
    share = maximum * acquired / len(codes) if codes else Decimal(0)
    return Grade(
        value=share.quantize(CENT, ROUND_HALF_UP),
        maximum=maximum,
        acquired=acquired,
        assessed=len(given),
        total=len(codes),
    )
