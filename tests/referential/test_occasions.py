"""Which entries of a history count: corrections, undone steps, marks, and « not assessed »."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referential.library import load_named_scale
from referential.mastery import LATEST, RULES, MasteryRule
from referential.occasions import COMMENT, MARKS, Judgement, Standing, judge
from tests.paths import CONFIG

SCALE = load_named_scale(CONFIG, "bts-sio-4")
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
MEAN = MasteryRule("mean")


def history(*entries: str) -> list[Judgement]:
    """Entries as ``author minutes level-or-code``: ``a 0 3``, ``b 90 absent``, ``a 95 -``."""
    made = []
    for entry in entries:
        author, minutes, said = entry.split()
        level = int(said) if said.isdecimal() else None
        code = "" if level or said == "-" else said
        if code == "comment":
            level = 2
        made.append(Judgement(START + timedelta(minutes=int(minutes)), author, level, code))
    return made


@pytest.mark.parametrize(
    ("entries", "level", "standings"),
    [
        pytest.param(["a 0 2", "a 60 4"], 3, "counts counts", id="two occasions"),
        pytest.param(["a 0 1", "a 5 4"], 4, "corrected counts", id="a slip corrected"),
        pytest.param(["a 0 1", "a 29 2", "a 58 4"], 4, "corrected corrected counts", id="in a row"),
        pytest.param(["a 0 1", "a 30 4"], 3, "counts counts", id="half an hour later"),
        pytest.param(["a 0 2", "b 5 4"], 3, "counts counts", id="two teachers"),
        pytest.param(
            ["a 0 2", "b 1 4", "a 2 3"], 3, "counts counts counts", id="a colleague in between"
        ),
        pytest.param(
            ["a 0 2", "a 60 4", "a 61 2"], 2, "counts corrected undone", id="undone to the latest"
        ),
        pytest.param(
            ["a 0 1", "a 60 4", "a 120 1", "a 121 2"],
            2,
            "counts counts corrected counts",
            id="not the same as before",
        ),
        pytest.param(
            ["a 0 2", "a 60 4", "a 120 1", "a 121 3"],
            3,
            "counts counts corrected undone",
            id="undone to the mean that was shown",
        ),
        pytest.param(["a 0 3", "a 1 -"], None, "corrected undone", id="undone to nothing"),
        pytest.param(["a 0 3", "a 60 -"], None, "taken_back reset", id="taken back"),
        pytest.param(
            ["a 0 3", "a 60 -", "a 120 1"], 1, "taken_back reset counts", id="begun again"
        ),
        pytest.param(
            ["a 0 2", "a 60 -", "a 61 2"], 2, "counts corrected undone", id="not taken back"
        ),
        pytest.param(["a 0 2", "a 60 absent"], 2, "counts marked", id="absent counts in no mean"),
        pytest.param(["a 0 absent", "a 60 4"], 4, "marked counts", id="absent once"),
        pytest.param(["a 0 exempt"], None, "marked", id="exempt"),
        pytest.param(["a 0 4", "a 1 absent"], None, "corrected marked", id="corrected to absent"),
        pytest.param(["a 0 exempt", "a 60 -"], None, "marked reset", id="no longer exempt"),
        pytest.param(["a 0 4", "a 60 comment"], 4, "counts comment", id="words only"),
        pytest.param(
            ["a 0 4", "a 1 comment", "a 2 3"], 3, "corrected comment counts", id="words between"
        ),
    ],
)
def test_what_counts(entries, level, standings):
    verdict = judge(history(*entries), MEAN, SCALE)
    assert (verdict.level, " ".join(verdict.standings)) == (level, standings)


@pytest.mark.parametrize(
    ("entries", "code", "decisive"),
    [
        (["a 0 exempt"], "exempt", 0),
        (["a 0 absent", "b 1 not_evaluated"], "not_evaluated", 1),
        (["a 0 exempt", "a 60 4"], "", 1),
        (["a 0 4", "a 60 exempt"], "", 0),
        (["a 0 exempt", "a 60 -"], "", None),
        ([], "", None),
    ],
)
def test_why_there_is_no_level(entries, code, decisive):
    verdict = judge(history(*entries), LATEST, SCALE)
    assert (verdict.code, verdict.decisive) == (code, decisive)


def test_an_unknown_author_corrects_nobody():
    entries = [
        Judgement(START + timedelta(minutes=n), None, level) for n, level in enumerate([1, 4])
    ]
    assert judge(entries, MEAN, SCALE).standings == (Standing.COUNTS, Standing.COUNTS)


said = st.sampled_from(["1", "2", "3", "4", "-", "absent", "exempt", "comment"])
step = st.tuples(st.sampled_from("ab"), st.sampled_from([1, 29, 30, 200]), said)


@st.composite
def histories(draw) -> list[Judgement]:
    minutes, entries = 0, []
    for author, later, word in draw(st.lists(step, max_size=10)):
        minutes += later
        entries.append(f"{author} {minutes} {word}")
    return history(*entries)


@settings(deadline=None)
@given(histories())
def test_the_latest_rule_shows_what_was_said_last(entries):
    """Whatever the occasions, a teacher sees the level entered last, as a plain list would give."""
    said = [entry for entry in entries if entry.code not in (*MARKS, COMMENT)]
    assert judge(said, LATEST, SCALE).level == (said[-1].level if said else None)


@settings(deadline=None)
@given(histories(), st.sampled_from([MasteryRule(name) for name in RULES]))
def test_a_verdict_is_about_the_entries_that_count(entries, rule):
    verdict = judge(entries, rule, SCALE)
    counting = [n for n, s in enumerate(verdict.standings) if s is Standing.COUNTS]
    assert len(verdict.standings) == len(verdict.weights) == len(entries)
    assert all(w == 0 for n, w in enumerate(verdict.weights) if n not in counting)
    assert (verdict.level is None) == (not counting)
    assert not (verdict.code and counting)
    if counting:
        assert verdict.decisive == counting[-1]


@settings(deadline=None)
@given(histories(), histories())
def test_taking_back_forgets_everything_before(earlier, later):
    """The history after a reset by somebody else amounts to what it amounts to alone."""
    gap = START + timedelta(days=30)
    reset = Judgement(gap, "c", None)
    moved = [
        Judgement(gap + timedelta(hours=1) + (e.at - START), e.author, e.level, e.code)
        for e in later
    ]
    whole, alone = judge([*earlier, reset, *moved], MEAN, SCALE), judge(moved, MEAN, SCALE)
    assert (whole.level, whole.value, whole.code) == (alone.level, alone.value, alone.code)
