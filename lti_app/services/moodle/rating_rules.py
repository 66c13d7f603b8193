"""One learner's competence, rated here and in Moodle: what has to travel. Pure functions.

Each side is compared with how things stood at the last exchange. What changed on one side goes to the
other; what changed on both, to different levels, is for a teacher to decide.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from referential.scale import Scale


class Move(enum.StrEnum):
    """``none``: nothing new. ``settle``: both sides agree, or what is new cannot travel. ``take``:
    Moodle's rating comes here. ``give``: ours goes there. ``conflict``: somebody has to choose."""

    NONE = "none"
    SETTLE = "settle"
    TAKE = "take"
    GIVE = "give"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Ours:
    """The level that our pages show (None: none), and our newest judgement's id (0: none ever)."""

    level: int | None = None
    assessment_id: int = 0


@dataclass(frozen=True, slots=True)
class Last:
    """How it stood when it was last settled."""

    grade: int | None = None
    modified: int = 0
    assessment_id: int = 0


def move(ours: Ours, grade: int | None, modified: int, last: Last) -> Move:
    """What to do about one competence that Moodle rates with ``grade`` since ``modified``. Neither side
    ever takes the other's rating away: Moodle has no way to, and a level taken back here stays there."""
    we = ours.assessment_id > last.assessment_id
    they = grade is not None and (grade != last.grade or modified > last.modified)
    if we and they:
        return Move.SETTLE if ours.level == grade else Move.CONFLICT
    if they:
        return Move.TAKE
    if not we:
        return Move.NONE
    return Move.SETTLE if ours.level in (None, grade) else Move.GIVE


def same_levels(names: tuple[str, ...], scale: Scale) -> bool:
    """Whether Moodle's levels are the scale's, in its order and in either language."""
    there = [_plain(name) for name in names]
    return there in (
        [_plain(level.name_fr) for level in scale.levels],
        [_plain(level.name_en) for level in scale.levels],
    )


def _plain(name: str) -> str:
    return " ".join(name.replace("’", "'").split()).casefold()
