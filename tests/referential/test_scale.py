"""Scales: the ones that ship, and every mistake a new one may hold."""

import pytest

from referential.color import contrast, luminance
from referential.findings import ScaleError
from referential.library import UnknownName, available_scales, load_named_scale
from referential.scale import load_scale, parse_scale
from tests.paths import CONFIG

BTS = (CONFIG / "scales" / "bts-sio-4.toml").read_text("utf-8")


def test_three_scales_ship():
    assert available_scales(CONFIG) == ("acquis-2", "bts-sio-4", "ti-i-s-ts")


def test_the_default_scale_has_four_levels():
    scale = load_named_scale(CONFIG, "bts-sio-4")
    shown = [
        (lv.value, lv.name_fr, lv.letter, lv.shape, lv.proficient, lv.background, lv.text, lv.key)
        for lv in scale.levels
    ]
    assert shown == [
        (1, "Non acquis", "N", "○", False, "#fbe4d5", "#7c2d0c", "1"),
        (2, "En cours d'acquisition", "E", "◐", False, "#fdf0c4", "#6a4b00", "2"),
        (3, "Acquis", "A", "●", True, "#cfe3f6", "#0b4270", "3"),
        (4, "Maîtrisé", "M", "★", True, "#14569c", "#ffffff", "4"),
    ]
    assert scale.default.letter == "N"
    assert [level.letter for level in scale.proficient] == ["A", "M"]
    assert (scale.unassessed.shape, scale.unassessed.key) == ("·", "0")


@pytest.mark.parametrize(
    ("code", "letters", "proficient"),
    [("acquis-2", ["N", "A"], ["A"]), ("ti-i-s-ts", ["TI", "I", "S", "TS"], ["S", "TS"])],
)
def test_the_other_scales(code, letters, proficient):
    scale = load_named_scale(CONFIG, code)
    assert [level.letter for level in scale.levels] == letters
    assert [level.letter for level in scale.proficient] == proficient


@pytest.mark.parametrize("code", available_scales(CONFIG))
def test_every_level_is_readable_in_both_schemes(code):
    for level in load_named_scale(CONFIG, code).levels:
        assert contrast(level.text, level.background) >= 4.5
        assert contrast(level.text_dark, level.background_dark) >= 4.5


@pytest.mark.parametrize("code", available_scales(CONFIG))
def test_the_dark_scheme_keeps_the_order_of_lightness(code):
    levels = load_named_scale(CONFIG, code).levels
    light = sorted(levels, key=lambda level: luminance(level.background))
    dark = sorted(levels, key=lambda level: luminance(level.background_dark))
    assert light == dark


def test_names_and_titles_are_given_in_both_languages():
    scale = load_named_scale(CONFIG, "bts-sio-4")
    assert (scale.levels[3].name("fr"), scale.levels[3].name("en")) == ("Maîtrisé", "Mastered")
    assert scale.title("en") == "Acquisition in four levels"
    assert scale.unassessed.name("fr_CA") == "Non évalué"


@pytest.mark.parametrize("value", [0, 5, -1])
def test_a_value_that_is_no_level_is_refused(value):
    with pytest.raises(ValueError, match="levels 1 to 4"):
        load_named_scale(CONFIG, "bts-sio-4").level(value)


def test_an_unknown_scale_lists_the_choices():
    with pytest.raises(UnknownName) as caught:
        load_named_scale(CONFIG, "../scales/bts-sio-4")
    assert (caught.value.what, caught.value.choices) == ("scale", available_scales(CONFIG))


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ScaleError, match="cannot be read"):
        load_scale(tmp_path / "none.toml")


NAME = "a name without comma, of at most 100 characters"
EACH = "a different value for each level"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            '"Acquis"',
            '"Acquis, ou presque"',
            f"“levels[3].name_fr” is « Acquis, ou presque »; {NAME} is expected.",
            id="comma",
        ),
        pytest.param(
            "proficient = true",
            "proficient = false",
            "“levels.proficient” is False; at least one proficient level is expected.",
            id="nothing-proficient",
        ),
        pytest.param(
            'letter = "E"',
            'letter = "n"',
            f"“levels.letter” is « N »; {EACH} is expected.",
            id="same-letter",
        ),
        pytest.param(
            "worth = 67",
            "worth = 20",
            "“levels.worth” is « 0, 33, 20, 100 »; a value for each level, never falling from low "
            "to high is expected.",
            id="worth-falling",
        ),
        pytest.param(
            "worth = 33",
            "worth = 133",
            "“levels[2].worth” is 133; an integer from 0 to 100 is expected.",
            id="worth-over-100",
        ),
        pytest.param(
            '"Non évalué"',
            '"Acquis"',
            f"“levels.name_fr” is « Acquis »; {EACH} is expected.",
            id="unassessed-named-like-a-level",
        ),
        pytest.param(
            'text = "#6a4b00"',
            'text = "#b08a3a"',
            "“levels[2].text” is « #b08a3a »; a contrast of at least 4.5 with #fdf0c4 (here 2.82) "
            "is expected.",
            id="unreadable",
        ),
        pytest.param(
            'text = "#667085"',
            'text = "#99a0b0"',
            "“unassessed.text” is « #99a0b0 »; a contrast of at least 4.5 with #ffffff (here 2.62)"
            " is expected.",
            id="unassessed-unreadable",
        ),
        pytest.param(
            '"#0e3f7a"',
            '"#000000"',
            None,
            id="darker-but-in-order",
        ),
        pytest.param(
            '"#7a4526"',
            '"#1a0a00"',
            "“levels.background_dark” is « N < M < A < E »; the order of lightness of “background”"
            " (M < A < N < E) is expected.",
            id="dark-scheme-out-of-order",
        ),
        pytest.param(
            '"#fbe4d5"',
            '"peach"',
            "“levels[1].background” is « peach »; a colour such as #1d2433 is expected.",
            id="no-colour",
        ),
        pytest.param(
            "proficient = true",
            'proficient = "yes"',
            "“levels[3].proficient” is « yes »; true or false is expected.",
            id="no-flag",
        ),
        pytest.param("[unassessed]", "[unrated]", "“unassessed” is missing.", id="no-unassessed"),
        pytest.param("name_en", "nom_en", "“unassessed.name_en” is missing.", id="missing-key"),
    ],
)
def test_a_mistake_is_named_with_its_place(old, new, expected):
    assert old in BTS
    data = BTS.replace(old, new).encode()
    if expected is None:
        assert parse_scale(data, "x").levels[3].background_dark == "#000000"
        return
    with pytest.raises(ScaleError) as caught:
        parse_scale(data, "x", "x.toml")
    assert expected in [found.en for found in caught.value.findings]


def test_one_level_is_no_scale():
    head, _, rest = BTS.partition("[[levels]]")
    last = rest.rpartition("[[levels]]")[2]
    with pytest.raises(ScaleError, match="“levels” is 1; 2 to 10 levels is expected"):
        parse_scale(f"{head}[[levels]]{last}".encode(), "x")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#14569c", "#14569c", 1)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio
    assert contrast(one, other) == contrast(other, one)
