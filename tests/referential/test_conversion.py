"""A level of one scale in another: what is acquired stays acquired, and order is kept."""

from itertools import product

import pytest

from referential.conversion import convert, stretch
from referential.library import available_scales, load_named_scale
from tests.paths import CONFIG

SCALES = {code: load_named_scale(CONFIG, code) for code in available_scales(CONFIG)}
PAIRS = list(product(SCALES.values(), SCALES.values()))


@pytest.mark.parametrize(
    ("source", "target", "levels"),
    [
        ("acquis-2", "bts-sio-4", [1, 3]),  # « Acquis » claims no « Maîtrisé »
        ("bts-sio-4", "acquis-2", [1, 1, 2, 2]),
        ("ti-i-s-ts", "bts-sio-4", [1, 2, 3, 4]),
        ("bts-sio-4", "bts-sio-4", [1, 2, 3, 4]),
    ],
)
def test_levels_have_their_like(source, target, levels):
    one, other = SCALES[source], SCALES[target]
    assert [convert(level.value, one, other) for level in one.levels] == levels


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda scale: scale.code)
def test_what_is_acquired_stays_acquired_and_order_is_kept(source, target):
    converted = [target.level(convert(level.value, source, target)) for level in source.levels]
    assert [level.proficient for level in converted] == [lv.proficient for lv in source.levels]
    assert [level.value for level in converted] == sorted(level.value for level in converted)


def test_a_level_that_the_scale_lacks_is_refused():
    with pytest.raises(ValueError, match="acquis-2 has levels 1 to 2"):
        convert(3, SCALES["acquis-2"], SCALES["bts-sio-4"])


@pytest.mark.parametrize(
    ("rank", "length", "other", "expected"),
    [(0, 3, 4, 0), (3, 3, 4, 4), (1, 3, 4, 1), (2, 3, 4, 3), (1, 2, 1, 1), (0, 0, 5, 0)],
)
def test_ranks_are_stretched(rank, length, other, expected):
    assert stretch(rank, length, other) == expected
