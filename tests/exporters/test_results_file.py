"""Results in a file: whatever is written reads back equal, and mistakes say where they are."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.results import Column, Grade, Learner, Results
from exporters.results_file import ResultsError, print_results, read_results
from tests.exporters.samples import CLASS

words = st.text(st.characters(codec="utf-8"))


@st.composite
def classes(draw) -> Results:
    ids = draw(st.lists(words.filter(bool), max_size=4, unique=True))
    learners = tuple(
        Learner(one, draw(words), draw(words), draw(words), draw(words)) for one in ids
    )
    columns = tuple(
        draw(
            st.lists(
                st.builds(
                    Column,
                    words,
                    words,
                    st.decimals(Decimal("0.01"), 1000, places=2),
                    st.booleans(),
                ),
                max_size=3,
            )
        )
    )
    value = st.none() | st.decimals(-5, 1000, places=2)
    grades = {
        (one, index): Grade(draw(value), draw(words))
        for one in ids
        for index in range(len(columns))
        if draw(st.booleans())
    }
    levels = {(one, "C1"): draw(st.integers(1, 9)) for one in ids if draw(st.booleans())}
    return Results(learners, columns, grades, levels)


@given(classes())
def test_written_results_read_back_equal(results):
    assert read_results(print_results(results)) == results


def test_the_sample_class_reads_back_equal():
    assert read_results(print_results(CLASS)) == CLASS


def test_plain_numbers_and_a_byte_order_mark_are_read():
    data = (
        '\ufeff{"learners": [{"id": "1"}], "columns": [{"label": "P1"}],'
        ' "grades": [{"learner": "1", "column": 0, "value": 12.5}]}'
    )
    assert read_results(data.encode()) == Results(
        (Learner("1", ""),), (Column("P1"),), {("1", 0): Grade(Decimal("12.5"))}
    )


LEARNER = {"learners": [{"id": "1"}]}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "the file must hold one object"),
        ({"learners": {}}, "learners must be a list of objects"),
        ({"learners": [{"name": "X"}]}, "id: '' is no text"),
        ({"learners": [{"id": 1}]}, "id: 1 is no text"),
        ({"learners": [{"id": "1"}, {"id": "1"}]}, "two learners have the same id"),
        ({"columns": [{"label": "P1", "maximum": 0}]}, "columns.maximum: 0 is not above 0"),
        ({"columns": [{"maximum": "NaN"}]}, "columns.maximum: 'NaN' is no number"),
        ({"columns": [{"maximum": True}]}, "columns.maximum: True is no number"),
        ({"columns": [{"by_level": 1}]}, "columns.by_level: 1 is neither true nor false"),
        (LEARNER | {"grades": [{"learner": "1", "column": 0}]}, "grades: there is no column 0"),
        (
            LEARNER | {"columns": [{}], "grades": [{"learner": "2", "column": 0}]},
            "grades: there is no learner '2'",
        ),
        (
            LEARNER | {"columns": [{}], "grades": [{"learner": "1", "column": 0, "value": "x"}]},
            "grades.value: 'x' is no number",
        ),
        (
            LEARNER | {"levels": [{"learner": "1", "code": "C", "level": 0}]},
            "levels: 0 is no level",
        ),
    ],
)
def test_a_mistake_says_where_it_is(values, said):
    with pytest.raises(ResultsError) as caught:
        read_results(json.dumps(values).encode())
    assert str(caught.value) == said


@pytest.mark.parametrize("data", [b"{", b"\xff{}", b""])
def test_what_is_no_json_is_an_error(data):
    with pytest.raises(ResultsError):
        read_results(data)
