"""The order of siblings: which one is wanted, and the fewest steps that Moodle offers towards it.

Web services only move a competency one place up or down (``move_up``, ``move_down``), which swaps its
``sortorder`` with everybody who holds the next one (``competency/classes/api.php``). Places may have
holes or be shared, after an interrupted import for instance: the steps are found by playing Moodle's
part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise


def arranged(now: Sequence[str], target: Sequence[str]) -> list[str]:
    """``now`` with the members of ``target`` in its order.

    Whoever is not in the target stays behind the one of the target that stood before it.
    """
    followers: dict[str | None, list[str]] = {}
    known, last = set(target), None
    for code in now:
        if code in known:
            last = code
        else:
            followers.setdefault(last, []).append(code)
    ordered = list(followers.get(None, []))
    for code in target:
        ordered += [code, *followers.get(code, [])]
    return ordered


def swaps(places: Mapping[int, int], target: Sequence[int]) -> Iterator[tuple[int, bool]]:
    """The calls that bring siblings into the target order: the id to move, and whether downwards.

    ``places`` is the ``sortorder`` of every sibling's id, ``target`` the same ids in the wanted order.
    Raises ``ValueError`` if the two do not name the same ids.
    """
    if set(places) != set(target) or len(places) != len(target):
        raise ValueError("places and target name other competencies")
    now = dict(places)
    if _in_order(now, target):
        return
    for place, mover in enumerate(target):
        # All who come later stand here or further down: that holds before each turn and after it.
        shared = any(at == place for other, at in now.items() if other != mover)
        if now[mover] == place and shared:
            _swap(now, mover, +1)
            yield mover, True
        while now[mover] > place:
            _swap(now, mover, -1)
            yield mover, False


def _in_order(now: Mapping[int, int], target: Sequence[int]) -> bool:
    """Whether Moodle shows them in this order, without two at one place."""
    places = [now[one] for one in target]
    return all(before < after for before, after in pairwise(places))


def _swap(now: dict[int, int], mover: int, by: int) -> None:
    place = now[mover] + by
    for other, at in now.items():
        if at == place:
            now[other] = place - by
    now[mover] = place
