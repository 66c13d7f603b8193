"""The share proficient: exact, rounded half up, what is not assessed not acquired."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referential.grading import Grade, share_proficient
from referential.library import load_named_scale
from tests.paths import CONFIG

SCALE = load_named_scale(CONFIG, "bts-sio-4")


@pytest.mark.parametrize(
    ("levels", "scope", "grade"),
    [
        pytest.param(
            {"a": 3, "b": 4, "c": 2, "d": 1},
            "abcd",
            Grade(Decimal("10.00"), Decimal(20), acquired=2, assessed=4, total=4),
            id="the-last-two-levels-count",
        ),
        pytest.param(
            {"a": 3, "b": None},
            "abc",
            Grade(Decimal("6.67"), Decimal(20), acquired=1, assessed=1, total=3),
            id="not-assessed-is-not-acquired",
        ),
        pytest.param(
            {},
            "abc",
            Grade(Decimal("0.00"), Decimal(20), acquired=0, assessed=0, total=3),
            id="nothing-assessed",
        ),
        pytest.param(
            {"a": 4, "z": 4},
            "ab",
            Grade(Decimal("10.00"), Decimal(20), acquired=1, assessed=1, total=2),
            id="outside-the-scope",
        ),
        pytest.param(
            {"a": 4},
            "aab",
            Grade(Decimal("10.00"), Decimal(20), acquired=1, assessed=1, total=2),
            id="twice-in-the-scope",
        ),
        pytest.param(
            {"a": 4},
            "",
            Grade(Decimal("0.00"), Decimal(20), acquired=0, assessed=0, total=0),
            id="empty-scope",
        ),
    ],
)
def test_share_proficient(levels, scope, grade):
    assert share_proficient(levels, list(scope), SCALE) == grade


@pytest.mark.parametrize(
    ("acquired", "total", "maximum", "value"),
    [
        (1, 8, "20", "2.50"),
        (1, 16, "20", "1.25"),
        (1, 32, "20", "0.63"),  # 0.625: half a cent goes up, also when the even neighbour is below
        (1, 800, "20", "0.03"),  # 0.025
        (2, 3, "20", "13.33"),
        (153, 153, "20", "20.00"),
        (1, 3, "100", "33.33"),
        (1, 3, "0.1", "0.03"),
    ],
)
def test_it_is_rounded_half_up_to_the_cent(acquired, total, maximum, value):
    codes = [str(i) for i in range(total)]
    levels = dict.fromkeys(codes[:acquired], 3)
    assert share_proficient(levels, codes, SCALE, Decimal(maximum)).value == Decimal(value)


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.integers(1, 4)),
    st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True),
)
@settings(deadline=None)
def test_a_grade_stays_within_bounds_and_explains_itself(levels, scope):
    grade = share_proficient(levels, scope, SCALE)
    assert 0 <= grade.acquired <= grade.assessed <= grade.total == len(scope)
    assert abs(grade.value - Decimal(20) * grade.acquired / grade.total) <= Decimal("0.005")


@pytest.mark.parametrize("value", [0, 5])
def test_a_level_that_the_scale_lacks_is_refused(value):
    with pytest.raises(ValueError, match="bts-sio-4 has levels 1 to 4"):
        share_proficient({"a": value}, ["a"], SCALE)


@pytest.mark.parametrize("maximum", [0, -20])
def test_a_maximum_is_above_zero(maximum):
    with pytest.raises(ValueError, match="above 0"):
        share_proficient({}, ["a"], SCALE, Decimal(maximum))
