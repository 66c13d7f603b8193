"""Grade rules: exact, rounded once, and each as its inventors describe it."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referential.grading import (
    GRADE_RULES,
    Grade,
    GradeRule,
    Use,
    credits_of,
    level_values,
    scheme,
    share_proficient,
)
from referential.library import load_named, load_named_scale
from referential.model import UnknownNode
from referential.scale import parse_scale
from tests.paths import CONFIG

SCALE = load_named_scale(CONFIG, "bts-sio-4")
TWO = load_named_scale(CONFIG, "acquis-2")
BTS = load_named(CONFIG, "bts-sio")
A1, A2, A3, A4, A5 = SCOPE = [node.code for node in BTS.leaves("P1")][:5]
FIRST, LAST = "C1.1.03.1", BTS.leaves()[-1].code


def d(text) -> Decimal:
    return Decimal(str(text))


def grade(rule: GradeRule, levels, scope=SCOPE, maximum=20, excused=()) -> Grade:
    return scheme(rule, BTS, scope, SCALE, d(maximum)).grade(levels, frozenset(excused))


def counts(made: Grade) -> tuple:
    return (made.value, made.acquired, made.assessed, made.total)


@pytest.mark.parametrize(
    ("levels", "scope", "expected"),
    [
        pytest.param(
            {"a": 3, "b": 4, "c": 2, "d": 1},
            "abcd",
            (d("10.00"), 2, 4, 4),
            id="the-last-two-levels-count",
        ),
        pytest.param(
            {"a": 3, "b": None}, "abc", (d("6.67"), 1, 1, 3), id="not-assessed-is-not-acquired"
        ),
        pytest.param({}, "abc", (d("0.00"), 0, 0, 3), id="nothing-assessed"),
        pytest.param({"a": 4, "z": 4}, "ab", (d("10.00"), 1, 1, 2), id="outside-the-scope"),
        pytest.param({"a": 4}, "aab", (d("10.00"), 1, 1, 2), id="twice-in-the-scope"),
        pytest.param({"a": 4}, "", (d("0.00"), 0, 0, 0), id="empty-scope"),
    ],
)
def test_share_proficient(levels, scope, expected):
    assert counts(share_proficient(levels, list(scope), SCALE)) == expected


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


@pytest.mark.parametrize("value", [0, 5])
def test_a_level_that_the_scale_lacks_is_refused(value):
    with pytest.raises(ValueError, match="bts-sio-4 has levels 1 to 4"):
        share_proficient({"a": value}, ["a"], SCALE)


@pytest.mark.parametrize("maximum", [0, -20])
def test_a_maximum_is_above_zero(maximum):
    with pytest.raises(ValueError, match="above 0"):
        share_proficient({}, ["a"], SCALE, Decimal(maximum))


@pytest.mark.parametrize(
    ("rule", "levels", "value"),
    [
        # SACoche, « Moyenne des scores / pourcentage d'acquis »: three items at 33, three at 67.
        pytest.param("mean_of_levels", [2, 2, 2], "33.00", id="moyenne-of-33"),
        pytest.param("share_proficient", [2, 2, 2], "0.00", id="acquis-of-33"),
        pytest.param("mean_of_levels", [3, 3, 3], "67.00", id="moyenne-of-67"),
        pytest.param("share_proficient", [3, 3, 3], "100.00", id="acquis-of-67"),
        # (4 × 0 + 3 × 1 + 3 × 0.5) / 10 = 45 %
        pytest.param("share_half", [1] * 4 + [3] * 3 + [2] * 3, "45.00", id="pourcentage-d-acquis"),
        pytest.param("mean_of_levels", [1, 2, 3, 4], "50.00", id="moyenne-of-all-four"),
    ],
)
def test_sacoche(rule, levels, value):
    codes = [node.code for node in BTS.leaves()][: len(levels)]
    made = grade(GradeRule(rule), dict(zip(codes, levels, strict=True)), codes, 100)
    assert made.value == d(value)


@pytest.mark.parametrize(
    ("scale", "values"), [(SCALE, [0, 33, 67, 100]), (TWO, [0, 100])], ids=["four", "two"]
)
def test_levels_are_worth_even_steps(scale, values):
    assert list(level_values(scale)) == values


def test_a_scale_may_say_what_its_levels_are_worth():
    text = (CONFIG / "scales" / "bts-sio-4.toml").read_text("utf-8")
    plain = parse_scale("".join(re.split(r"worth = \d+\n", text)).encode(), "plain")
    own = parse_scale(text.replace("worth = 33", "worth = 50").encode(), "own")
    assert (list(level_values(plain)), list(level_values(own))) == (
        [0, 33, 67, 100],
        [0, 50, 67, 100],
    )


@pytest.mark.parametrize(
    ("rule", "credit"),
    [
        (GradeRule("share_proficient"), "0 0 1 1"),
        (GradeRule("share_weighted"), "0 0 1 1"),
        (GradeRule("points"), "0 0 1 1"),
        (GradeRule("share_half"), "0 0.5 1 1"),
        (GradeRule("mean_of_levels"), "0 0.33 0.67 1"),
        (GradeRule("mean_of_levels", level_values=(d(0), d(50), d(80), d(100))), "0 0.5 0.8 1"),
    ],
    ids=lambda value: value.name if isinstance(value, GradeRule) else None,
)
def test_each_rule_credits_levels_its_own_way(rule, credit):
    assert credits_of(rule, SCALE) == tuple(map(Decimal, credit.split()))


def test_two_levels_have_none_in_progress():
    assert credits_of(GradeRule("share_half"), TWO) == (0, 1)


def test_a_coefficient_holds_for_everything_under_its_node():
    """P1 counts double, except D1.2 in it, which has a coefficient of its own; P2 counts once."""
    own = (("P1", d(2)), ("D1.2", d("0.5")))
    codes = [FIRST, BTS.leaves("D1.2")[0].code, BTS.leaves("P2")[0].code]
    made = scheme(GradeRule("share_weighted", coefficients=own), BTS, codes, SCALE)
    assert list(made.weights.values()) == [2, d("0.5"), 1]
    assert made.grade({codes[0]: 3}).value == d("11.43")  # 20 × 2 / 3.5
    assert made.grade({codes[1]: 3, codes[2]: 4}).value == d("8.57")  # 20 × 1.5 / 3.5


def test_plain_share_knows_no_coefficients():
    rule = GradeRule("share_proficient", coefficients=(("P1", d(7)),))
    assert set(scheme(rule, BTS, SCOPE, SCALE).weights.values()) == {1}


def test_a_coefficient_of_zero_takes_a_competence_out():
    rule = GradeRule("share_weighted", coefficients=((A1, d(0)),))
    assert grade(rule, {A1: 1, A2: 3, A3: 3, A4: 3, A5: 3}).value == 20


@pytest.mark.parametrize("field", ["coefficients", "required"])
def test_an_unknown_node_is_refused(field):
    value = {"coefficients": (("P9", d(1)),), "required": ("P9",)}[field]
    with pytest.raises(UnknownNode):
        scheme(GradeRule("points", **{field: value}), BTS, SCOPE, SCALE)


@pytest.mark.parametrize(
    ("levels", "excused", "policy", "value"),
    [
        pytest.param({A1: 3, A2: 1}, (), "zero", "4.00", id="counts-as-nothing"),
        pytest.param({A1: 3, A2: 1}, (), "left_out", "10.00", id="left-out"),
        pytest.param({A1: 3, A2: 1}, (A3, A4), "zero", "6.67", id="excused-count-in-no-mean"),
        pytest.param({A1: 3}, (A1, A2, A3, A4, A5), "zero", "20.00", id="a-level-beats-an-excuse"),
        pytest.param({}, (), "left_out", "0.00", id="nothing-assessed"),
        pytest.param({}, SCOPE, "zero", "0.00", id="all-excused"),
    ],
)
def test_what_is_not_assessed(levels, excused, policy, value):
    made = grade(GradeRule(not_assessed=policy), levels, excused=excused)
    assert made.value == d(value)
    assert made.total == 5


POINTS = GradeRule(
    "points",
    coefficients=((A1, d(3)), (A2, d(2))),
    points_needed=d(5),
    required=(A3,),
    required_cap=d(50),
)


@pytest.mark.parametrize(
    ("acquired", "value", "missing"),
    [
        # Moodle's rule is met with 5 points and every required competence: then, full marks.
        pytest.param([A1, A3, A4], "20.00", (), id="just-enough"),
        pytest.param([A1, A2, A3, A4, A5], "20.00", (), id="more-than-enough"),
        pytest.param([A3], "4.00", (), id="one-of-five-points"),
        pytest.param([A2, A4], "10.00", (A3,), id="required-missing-12-becomes-10"),
        pytest.param([A1, A2, A4, A5], "10.00", (A3,), id="enough-but-required-missing"),
        pytest.param([A4], "4.00", (A3,), id="below-the-cap-anyway"),
    ],
)
def test_points_with_required_competences(acquired, value, missing):
    made = grade(POINTS, dict.fromkeys(acquired, 3))
    assert (made.value, made.missing) == (d(value), missing)


def test_all_or_nothing_is_points_with_everything_required():
    """Moodle's other competency rule, « all »."""
    rule = GradeRule("points", required=("P1",), required_cap=d(0))
    assert grade(rule, dict.fromkeys(SCOPE, 3)).value == 20
    assert grade(rule, dict.fromkeys(SCOPE[1:], 4)).value == 0


def test_nobody_lacks_a_competence_they_are_excused_from():
    made = grade(POINTS, {A1: 3, A2: 3}, excused=[A3])
    assert (made.value, made.missing) == (20, ())


def test_points_needed_shrink_to_those_that_can_be_had():
    made = grade(POINTS, {A3: 3, A4: 3, A5: 3}, excused=[A1, A2])
    assert (made.earned, made.possible, made.value) == (3, 3, 20)


@pytest.mark.parametrize("not_assessed", ["zero", "left_out"])
def test_points_needed_stand_whatever_was_assessed(not_assessed):
    rule = replace(POINTS, required=(), not_assessed=not_assessed)
    made = grade(rule, {A3: 3})
    assert (made.earned, made.possible, made.value) == (1, 5, 4)
    assert grade(rule, {A3: 3, A4: 3}, excused=[A1]).possible == 5
    assert grade(rule, {A3: 3}, excused=[A1, A2]).possible == 3


def test_all_the_points_are_those_of_what_was_assessed_when_the_rest_is_left_out():
    rule = replace(POINTS, required=(), points_needed=d(0), not_assessed="left_out")
    assert grade(rule, {A1: 3, A3: 1}).possible == 4


def test_a_level_is_a_mean_and_needs_no_points():
    rule = replace(POINTS, required=(), not_assessed="left_out")
    assert scheme(rule, BTS, SCOPE, SCALE).level({A3: 4}) == 4


@pytest.mark.parametrize(
    ("acquired", "rounding", "mode", "value"),
    [
        (1, "0.01", "nearest", "6.67"),
        (1, "0.1", "nearest", "6.7"),
        (1, "0.25", "nearest", "6.75"),
        (1, "0.5", "nearest", "6.5"),
        (1, "1", "nearest", "7"),
        (1, "0.5", "up", "7"),
        (1, "0.5", "down", "6.5"),
        (2, "1", "up", "14"),
        (2, "1", "down", "13"),
        (3, "1", "up", "20"),
        (0, "0.5", "up", "0"),
    ],
)
def test_a_grade_is_rounded_as_the_rule_says(acquired, rounding, mode, value):
    rule = GradeRule(rounding=d(rounding), rounding_mode=mode)
    assert grade(rule, dict.fromkeys(SCOPE[:acquired], 3), SCOPE[:3]).value == d(value)


def test_rounding_never_passes_the_maximum():
    rule = GradeRule(rounding=d(1), rounding_mode="up")
    assert grade(rule, dict.fromkeys(SCOPE, 3), maximum="12.5").value == d("12.5")


@pytest.mark.parametrize(
    ("levels", "policy", "level"),
    [
        pytest.param({A1: 3}, "left_out", 3, id="one-competence"),
        pytest.param(dict.fromkeys(SCOPE, 3), "zero", 3, id="all-acquired-is-acquired"),
        pytest.param({A1: 4, A2: 3}, "left_out", 4, id="half-goes-up"),
        pytest.param({A1: 4}, "zero", 2, id="not-assessed-is-the-lowest"),  # (4 + 4 × 1) / 5 = 1.6
        pytest.param({}, "zero", 1, id="nothing"),
    ],
)
def test_a_column_of_levels_holds_one_level_for_all(levels, policy, level):
    rule = GradeRule(not_assessed=policy)
    assert scheme(rule, BTS, SCOPE, SCALE).level(levels) == level


def test_a_required_competence_keeps_the_level_below_acquired():
    made = scheme(POINTS, BTS, SCOPE, SCALE)
    assert made.level({A1: 4, A2: 4, A3: 2, A4: 4, A5: 4}) == 2
    assert made.level({A1: 4, A2: 4, A3: 3, A4: 4, A5: 4}) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "median"},
        {"not_assessed": "half"},
        {"coefficients": (("P1", d(-1)),)},
        {"coefficients": (("P1", d(1001)),)},
        {"level_values": (d(0), d(101))},
        {"level_values": (d(50), d(0))},
        {"points_needed": d(-1)},
        {"required_cap": d(101)},
        {"rounding": d("0.001")},
        {"rounding": d(11)},
        {"rounding_mode": "even"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_rule_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=f"out of range: {next(iter(wrong))}"):
        GradeRule(**wrong)


def test_level_values_are_as_many_as_the_levels():
    rule = GradeRule("mean_of_levels", level_values=(d(0), d(100)))
    with pytest.raises(ValueError, match="bts-sio-4 has 4 levels, not 2"):
        scheme(rule, BTS, SCOPE, SCALE)


@st.composite
def rules(draw) -> GradeRule:
    values = sorted(draw(st.lists(st.integers(0, 100), min_size=4, max_size=4)))
    nodes = st.sampled_from(["P1", "D1.1", *SCOPE])
    weight = st.decimals(0, 5, places=2)
    return GradeRule(
        name=draw(st.sampled_from(GRADE_RULES)),
        not_assessed=draw(st.sampled_from(["zero", "left_out"])),
        coefficients=tuple(draw(st.dictionaries(nodes, weight, max_size=4)).items()),
        level_values=draw(st.sampled_from([(), tuple(map(Decimal, values))])),
        points_needed=draw(st.decimals(0, 10, places=1)),
        required=tuple(draw(st.lists(nodes, max_size=2))),
        required_cap=Decimal(draw(st.integers(0, 100))),
        rounding=draw(st.sampled_from([d("0.01"), d("0.1"), d("0.25"), d("0.5"), d(1)])),
        rounding_mode=draw(st.sampled_from(["nearest", "up", "down"])),
    )


levels_given = st.dictionaries(st.sampled_from(SCOPE), st.none() | st.integers(1, 4))
excuses = st.frozensets(st.sampled_from(SCOPE))
maxima = st.decimals("0.5", 100, places=1)


@settings(deadline=None)
@given(rules(), levels_given, excuses, maxima)
def test_a_grade_stays_within_bounds(rule, levels, excused, maximum):
    made = grade(rule, levels, maximum=maximum, excused=excused)
    assert 0 <= made.value <= maximum
    assert 0 <= made.acquired <= made.assessed <= made.total - made.excused
    assert made.earned >= 0


@settings(deadline=None)
@given(rules(), levels_given, excuses, maxima)
def test_a_grade_is_what_its_lines_bring(rule, levels, excused, maximum):
    """Recomputed from the explanation, in fractions and by the rule's own words."""
    made = scheme(rule, BTS, SCOPE, SCALE, maximum)
    lines, result = made.lines(levels, excused), made.grade(levels, excused)
    counted = [line for line in lines if line.use in (Use.COUNTED, Use.NOT_ASSESSED)]
    earned = sum((Fraction(line.weight) * Fraction(line.credit) for line in counted), Fraction(0))
    possible = sum((Fraction(line.weight) for line in counted), Fraction(0))
    if rule.name == "points" and rule.points_needed:
        possible = min(possible, Fraction(rule.points_needed))
    share = min(earned / possible, Fraction(1)) if possible else Fraction(0)
    if result.missing:
        share = min(share, Fraction(rule.required_cap) / 100)
    assert (Fraction(result.earned), Fraction(result.possible)) == (earned, possible)
    step = Fraction(rule.rounding)
    off = Fraction(result.value) - share * Fraction(maximum)
    low, high = {"nearest": (-step / 2, step / 2), "up": (0, step), "down": (-step, 0)}[
        rule.rounding_mode
    ]
    highest = Fraction(maximum) * (Fraction(rule.required_cap) / 100 if result.missing else 1)
    assert low <= off <= high or highest - Fraction(result.value) < Fraction(1, 100)


@settings(deadline=None)
@given(rules(), levels_given, st.sampled_from(SCOPE), excuses)
def test_a_better_level_never_lowers_a_grade(rule, levels, code, excused):
    worst = {**levels, code: levels.get(code) or 1}
    values = [
        grade(rule, {**worst, code: level}, excused=excused).value
        for level in range(worst[code] or 1, 5)
    ]
    assert values == sorted(values)


@settings(deadline=None)
@given(rules(), levels_given, st.permutations(SCOPE))
def test_the_order_of_competences_does_not_matter(rule, levels, order):
    assert grade(rule, levels, order).value == grade(rule, levels).value


@settings(deadline=None)
@given(rules(), levels_given, excuses, st.integers(2, 9))
def test_twice_the_maximum_is_twice_the_grade(rule, levels, excused, times):
    """Scale invariance, where rounding scales along."""
    one = GradeRule(
        rule.name,
        rule.not_assessed,
        rule.coefficients,
        rule.level_values,
        rule.points_needed,
        rule.required,
        rule.required_cap,
        Decimal(1),
        "nearest",
    )
    big = GradeRule(**{f: getattr(one, f) for f in one.__slots__} | {"rounding": Decimal(times)})
    small_grade = grade(one, levels, maximum=20, excused=excused)
    big_grade = grade(big, levels, maximum=20 * times, excused=excused)
    highest = small_grade.maximum * (rule.required_cap / 100 if small_grade.missing else 1)
    assert big_grade.value == small_grade.value * times or highest != int(highest)


@settings(deadline=None)
@given(levels_given, st.decimals("0.5", 9, places=1))
def test_the_same_coefficient_everywhere_changes_nothing(levels, weight):
    for name in ("share_weighted", "share_half", "mean_of_levels"):
        plain, weighted = GradeRule(name), GradeRule(name, coefficients=(("P1", weight),))
        assert grade(weighted, levels).value == grade(plain, levels).value


@settings(deadline=None)
@given(levels_given, excuses, st.sampled_from(["zero", "left_out"]))
def test_without_coefficients_the_weighted_share_is_the_plain_one(levels, excused, policy):
    one, other = (GradeRule(n, policy) for n in ("share_proficient", "share_weighted"))
    assert grade(one, levels, excused=excused) == grade(other, levels, excused=excused)


@settings(deadline=None)
@given(rules(), levels_given, excuses)
def test_the_level_for_all_lies_among_the_levels_that_count(rule, levels, excused):
    made = scheme(rule, BTS, SCOPE, SCALE)
    lines = [
        line
        for line in made.lines(levels, excused)
        if line.weight and line.use in (Use.COUNTED, Use.NOT_ASSESSED)
    ]
    found = made.level(levels, excused)
    if made.grade(levels, excused).missing:
        assert found < 3
    elif lines:
        worth = [line.level or 1 for line in lines]
        assert min(worth) <= found <= max(worth)
    else:
        assert found == 1
