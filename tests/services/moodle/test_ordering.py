"""The order of siblings: where strangers stay, and the calls that Moodle understands."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lti_app.services.moodle.ordering import arranged, swaps


@pytest.mark.parametrize(
    ("now", "target", "after"),
    [
        pytest.param("abc", "abc", "abc", id="right already"),
        pytest.param("cab", "abc", "abc", id="all known"),
        pytest.param("aXbc", "cab", "caXb", id="a stranger follows its neighbour"),
        pytest.param("Xab", "ba", "Xba", id="a stranger in front stays in front"),
        pytest.param("aXYb", "ba", "baXY", id="several strangers keep their order"),
    ],
)
def test_arranged(now: str, target: str, after: str) -> None:
    assert "".join(arranged(now, target)) == after


def moodle_order(places: dict[int, int], calls: list[tuple[int, bool]]) -> list[int]:
    """Plays ``move_up_competency`` and ``move_down_competency``, refusals included."""
    now = dict(places)
    for mover, down in calls:
        place = now[mover]
        assert place > 0 or down, "Moodle would refuse: it is the first"
        assert place < len(now) - 1 or not down, "Moodle would refuse: it is the last"
        step = 1 if down else -1
        for other, at in now.items():
            if at == place + step:
                now[other] = place
        now[mover] = place + step
    assert len(set(now.values())) == len(now), "two share a place"
    return sorted(now, key=lambda one: now[one])


@given(st.permutations(range(7)))
def test_swaps_bring_any_order_into_any_other_with_the_fewest_calls(target: list[int]) -> None:
    places = {number: number for number in range(7)}
    calls = list(swaps(places, target))
    assert moodle_order(places, calls) == target
    inversions = sum(
        target[i] > target[j] for i in range(len(target)) for j in range(i + 1, len(target))
    )
    assert len(calls) == inversions


@settings(max_examples=500)
@example(sortorders=[5, 0, 0, 0, 0, 5], keys=[0, 1, 2, 3, 4, 5])
@given(
    sortorders=st.lists(st.integers(0, 9), min_size=6, max_size=6),
    keys=st.permutations(range(6)),
)
def test_swaps_mend_places_with_holes_and_places_that_are_shared(
    sortorders: list[int], keys: list[int]
) -> None:
    places = dict(enumerate(sortorders))
    assert moodle_order(places, list(swaps(places, keys))) == keys


def test_swaps_refuse_to_order_others_than_the_siblings() -> None:
    with pytest.raises(ValueError, match="other competencies"):
        list(swaps({1: 0, 2: 1}, [1, 3]))
