"""Mastery rules: the examples their inventors publish, and what must hold for any judgements."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referential.library import load_named_scale
from referential.mastery import RULES, MasteryRule, master, weights
from tests.paths import CONFIG

FOUR = load_named_scale(CONFIG, "bts-sio-4")
TWO = load_named_scale(CONFIG, "acquis-2")

levels_of_four = st.lists(st.integers(1, 4), min_size=1, max_size=12)


@st.composite
def rules(draw, names=tuple(RULES)) -> MasteryRule:
    name = draw(st.sampled_from(names))
    allowed = RULES[name]
    number = draw(st.integers(allowed.low, allowed.high)) if allowed else 0
    last = draw(st.integers(0, 8))
    return MasteryRule(name, number, last, draw(st.sampled_from(["nearest", "down"])))


def mean(levels, rule, proficient=(3, 4, 5)) -> Decimal | None:
    """The weighted mean to two decimals, as Canvas shows it; None without any weight."""
    shares = weights(levels, rule, proficient)
    if not sum(shares):
        return None
    exact = sum(share * level for share, level in zip(shares, levels, strict=True))
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("name", "number", "levels", "expected"),
    [
        # Canvas' own tests of outcome rollups (five points, mastery at 3; oldest first):
        pytest.param("weighted_average", 65, [1, 2, 3, 4, 5], "4.13", id="weighted-1-to-5"),
        pytest.param("decaying_average", 65, [1, 2, 3, 4, 5], "4.47", id="decaying-1-to-5"),
        pytest.param("mean", 0, [1, 2, 3, 4, 5], "3.00", id="mean-1-to-5"),
        pytest.param("n_mastery", 3, [1, 2, 3, 4, 5], "4.00", id="three-times-reached"),
        pytest.param("n_mastery", 4, [1, 2, 3, 4, 5], None, id="four-times-not-reached"),
        pytest.param("latest", 0, [1, 2, 4, 5, 3], "3.00", id="latest"),
        pytest.param("highest", 0, [2, 4, 3], "4.00", id="highest"),
        pytest.param("weighted_average", 65, [2, 3, 4], "3.48", id="weighted-2-3-4"),
        pytest.param("decaying_average", 65, [2, 3, 4], "3.53", id="decaying-2-3-4"),
        pytest.param("weighted_average", 75, [3, 1, 5, 4], "3.75", id="weighted-75"),
        pytest.param("weighted_average", 65, [2, 3], "2.65", id="weighted-of-two"),
        pytest.param("weighted_average", 65, [3], "3.00", id="weighted-of-one"),
        pytest.param("n_mastery", 3, [4, 5, 1, 3, 2, 3], "3.75", id="mean-of-the-masteries"),
        pytest.param("n_mastery", 3, [3, 1, 2], None, id="three-times-not-reached"),
        pytest.param("n_mastery", 1, [1, 2, 3, 4], "3.50", id="once"),
        pytest.param("n_mastery", 3, [3, 4, 3], "3.33", id="three-of-three"),
    ],
)
def test_canvas(name, number, levels, expected):
    found = mean(levels, MasteryRule(name, number))
    assert found == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(
    ("name", "number", "last", "parts"),
    [
        # SACoche, « Algorithme de calcul des scores »
        pytest.param("geometric", 0, 0, [1, 2, 4, 8, 16], id="times-two"),
        pytest.param("geometric", 0, 3, [0, 0, 1, 2, 4], id="times-two-last-three"),
        pytest.param("arithmetic", 0, 0, [1, 2, 3, 4, 5], id="plus-one"),
        pytest.param("arithmetic", 0, 2, [0, 0, 0, 1, 2], id="plus-one-last-two"),
        pytest.param("mean", 0, 0, [1, 1, 1, 1, 1], id="classique"),
        pytest.param("mean", 0, 4, [0, 1, 1, 1, 1], id="classique-last-four"),
        pytest.param("best_mean", 1, 0, [0, 0, 0, 1, 0], id="bestof1"),
        pytest.param("best_mean", 2, 0, [0, 1, 0, 1, 0], id="bestof2"),
        pytest.param("best_mean", 3, 0, [0, 1, 0, 1, 1], id="bestof3-later-of-equal"),
        pytest.param("mode_high", 0, 0, [0, 1, 0, 1, 0], id="frequencemax"),
        pytest.param("mode_low", 0, 0, [1, 0, 1, 0, 0], id="frequencemin"),
    ],
)
def test_sacoche(name, number, last, parts):
    shares = weights([1, 4, 1, 4, 3], MasteryRule(name, number, last), (3, 4))
    assert shares == tuple(Fraction(part, sum(parts)) for part in parts)


@pytest.mark.parametrize(
    ("levels", "rounding", "level"),
    [
        ([2, 3], "nearest", 3),  # 2.5: half goes up
        ([2, 3], "down", 2),
        ([2, 2, 3], "nearest", 2),
        ([3, 3, 3], "down", 3),
        ([1, 4], "nearest", 3),
    ],
)
def test_a_mean_becomes_a_level(levels, rounding, level):
    found = master(levels, MasteryRule("mean", rounding=rounding), FOUR)
    assert found is not None
    assert found.level == level


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ([1], 1),
        ([3], 2),  # acquired once: on the way
        ([4, 4], 2),
        ([3, 1, 1], 2),
        ([4, 3, 4], 4),  # acquired three times
    ],
)
def test_n_times_stays_below_acquired_until_then(levels, level):
    found = master(levels, MasteryRule("n_mastery", 3), FOUR)
    assert found is not None
    assert found.level == level


def test_nothing_judged_is_nothing_mastered():
    assert [master([], MasteryRule(name), FOUR) for name in RULES] == [None] * len(RULES)


@pytest.mark.parametrize("level", [0, 5])
def test_a_level_that_the_scale_lacks_is_refused(level):
    with pytest.raises(ValueError, match="bts-sio-4 has levels 1 to 4"):
        master([3, level], MasteryRule("latest"), FOUR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "median"},
        {"name": "latest", "number": 2},
        {"name": "decaying_average", "number": 49},
        {"name": "decaying_average", "number": 100},
        {"name": "n_mastery", "number": 11},
        {"name": "best_mean", "number": -1},
        {"last": 51},
        {"last": -1},
        {"rounding": "up"},
    ],
    ids=str,
)
def test_a_rule_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"no mastery rule|takes|the last|no rounding"):
        MasteryRule(**wrong)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (MasteryRule(), "latest"),
        (MasteryRule("decaying_average"), "decaying_average:65"),
        (MasteryRule("geometric", last=5), "geometric/last5"),
        (MasteryRule("best_mean", 2, 9, "down"), "best_mean:2/last9/down"),
    ],
)
def test_a_rule_has_a_key(rule, key):
    assert rule.key == key


@settings(deadline=None)
@given(rules(), rules())
def test_only_equal_rules_share_a_key(one, other):
    assert (one.key == other.key) == (one == other)


@settings(deadline=None)
@given(rules(), levels_of_four)
def test_weights_add_up_to_one_unless_n_times_is_not_reached(rule, levels):
    shares = weights(levels, rule, (3, 4))
    assert len(shares) == len(levels)
    assert min(shares) >= 0
    recent = levels[-rule.last :] if rule.last else levels
    short = rule.name == "n_mastery" and sum(level >= 3 for level in recent) < rule.number
    assert sum(shares) == (0 if short else 1)


@settings(deadline=None)
@given(rules(), levels_of_four)
def test_a_mastery_lies_between_the_lowest_and_the_highest_judgement(rule, levels):
    found = master(levels, rule, FOUR)
    assert found is not None
    assert min(levels) <= found.level <= max(levels) or rule.name == "n_mastery"
    assert min(levels) <= found.value <= max(levels) or (rule.name, found.level) == ("n_mastery", 2)


@settings(deadline=None)
@given(
    rules(tuple(n for n in RULES if n not in ("mode_high", "mode_low", "n_mastery"))),
    levels_of_four,
    st.data(),
)
def test_a_better_judgement_never_lowers_a_mean(rule, levels, data):
    at = data.draw(st.integers(0, len(levels) - 1))
    better = [*levels[:at], data.draw(st.integers(levels[at], 4)), *levels[at + 1 :]]
    before, after = master(levels, rule, FOUR), master(better, rule, FOUR)
    assert before is not None
    assert after is not None
    assert before.value <= after.value
    assert before.level <= after.level


@settings(deadline=None)
@given(rules(("n_mastery",)), levels_of_four, st.data())
def test_a_better_judgement_never_undoes_n_times(rule, levels, data):
    at = data.draw(st.integers(0, len(levels) - 1))
    better = [*levels[:at], data.draw(st.integers(levels[at], 4)), *levels[at + 1 :]]
    before, after = master(levels, rule, FOUR), master(better, rule, FOUR)
    assert before is not None
    assert after is not None
    assert (before.level >= 3) <= (after.level >= 3)


@settings(deadline=None)
@given(
    rules(("highest", "mean", "best_mean", "n_mastery", "mode_high", "mode_low")),
    st.permutations([1, 1, 2, 3, 3, 4]),
)
def test_the_order_does_not_matter_where_it_should_not(rule, levels):
    anyhow = replace(rule, last=0)
    found, expected = master(levels, anyhow, FOUR), master(sorted(levels), anyhow, FOUR)
    assert found is not None
    assert expected is not None
    assert (found.level, found.value) == (expected.level, expected.value)


@settings(deadline=None)
@given(rules(), st.lists(st.integers(1, 3), min_size=1, max_size=9))
def test_one_level_more_for_every_judgement_is_one_more_in_the_mean(rule, levels):
    """Scale invariance: a rule weighs judgements by rank, time and number, not by their worth."""
    lower = mean(levels, rule, proficient=(2, 3))
    higher = mean([level + 1 for level in levels], rule, proficient=(3, 4))
    assert (lower is None) == (higher is None)
    if lower is not None:
        assert higher == lower + 1


@settings(deadline=None)
@given(rules(), st.integers(1, 4), st.integers(1, 12))
def test_the_same_judgement_again_and_again_is_that_level(rule, level, times):
    found = master([level] * times, rule, FOUR)
    assert found is not None
    short = rule.name == "n_mastery" and level >= 3 and times < rule.number
    window = rule.last and rule.last < rule.number
    if rule.name == "n_mastery" and level >= 3 and (short or window):
        assert found.level == 2
    else:
        assert (found.level, found.value) == (level, level)


@settings(deadline=None)
@given(levels_of_four, levels_of_four, st.integers(1, 8), rules())
def test_only_the_last_ones_count(forgotten, levels, last, rule):
    recent = levels[-last:]
    rule = replace(rule, last=last)
    whole, part = master([*forgotten, *levels], rule, FOUR), master(recent, rule, FOUR)
    assert whole is not None
    assert part is not None
    if len(levels) >= last:
        assert (whole.level, whole.value) == (part.level, part.value)


@settings(deadline=None)
@given(levels_of_four, st.integers(50, 99))
def test_a_decaying_average_needs_only_the_one_before(levels, share):
    """The definition itself: the newest against the decaying average so far."""
    rule = MasteryRule("decaying_average", share)
    so_far = Fraction(levels[0])
    for level in levels[1:]:
        so_far = Fraction(share * level, 100) + Fraction(100 - share, 100) * so_far
    found = master(levels, rule, FOUR)
    assert found is not None
    assert found.value == so_far


@settings(deadline=None)
@given(rules(), st.lists(st.integers(1, 2), min_size=1, max_size=9))
def test_two_levels_are_enough(rule, levels):
    found = master(levels, rule, TWO)
    assert found is not None
    assert found.level in (1, 2)
