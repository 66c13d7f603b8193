"""A judgement made with one scale, read in another: an acquired competence stays acquired.

Levels that are proficient go to proficient levels, the others to the others, in proportion to
their rank there, half going up. The only one of its kind claims no more than it says: « Acquis »
of a scale of two is « Acquis » among four, not « Maîtrisé ».
"""

from __future__ import annotations

from referential.scale import Scale


def convert(value: int, source: Scale, target: Scale) -> int:
    """The level of ``target`` that stands for ``value`` of ``source``; its lowest level if all of
    its levels are proficient and ``value`` is not. Raises ``ValueError`` for no level of ``source``.
    """
    level = source.level(value)
    if source.code == target.code:
        return value
    own = [each.value for each in source.levels if each.proficient == level.proficient]
    others = [each.value for each in target.levels if each.proficient == level.proficient]
    if not others:
        return target.default.value
    return others[stretch(own.index(value), len(own) - 1, len(others) - 1)]


def stretch(rank: int, length: int, other: int) -> int:
    """The rank among 0 to ``other`` that lies where ``rank`` lies among 0 to ``length``, half going
    up; 0 when there is only one rank to come from."""
    return (2 * rank * other + length) // (2 * length) if length else 0
