"""JSON from outside is kept only as far as a database keeps it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.clients import foreign_json

ANY = st.recursive(
    st.none() | st.booleans() | st.text(st.characters() | st.sampled_from("\x00\ud800\udfff")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(value=ANY)
def test_what_is_read_can_be_stored(value: Any) -> None:
    read = foreign_json.loads(json.dumps(value).encode())
    kept = json.dumps(read, ensure_ascii=False)
    kept.encode()
    assert "\\u0000" not in kept.replace("\\\\", "")
    assert foreign_json.cleaned(read) == read


@given(value=ANY)
def test_what_can_be_stored_is_read_as_it_is(value: Any) -> None:
    value = foreign_json.cleaned(value)
    assert foreign_json.read(json.dumps(value)) == (value, True)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "1e999", "-1e999", "9" * 5000])
def test_numbers_that_no_json_writes(text: str) -> None:
    with pytest.raises(ValueError):
        foreign_json.loads(text.encode())


@given(value=ANY | st.integers() | st.floats() | st.decimals().map(str))
def test_a_number_is_one_that_can_be_kept_and_reckoned_with(value: Any) -> None:
    read = foreign_json.number(value)
    if read is not None:
        assert abs(read) <= foreign_json.GREATEST
        assert read == round(read, foreign_json.DIGITS)
        assert not read or abs(foreign_json.GREATEST / read) < 10**11


@given(value=st.decimals(-99999, 99999, places=5) | st.integers(-99999, 99999))
def test_a_number_is_read_as_it_is(value: Any) -> None:
    assert foreign_json.number(value if isinstance(value, int) else str(value)) == value


@given(value=ANY | st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
def test_a_moment_leaves_room_for_reckoning(value: Any) -> None:
    read = foreign_json.moment(value)
    if read is not None:
        assert foreign_json.EARLIEST <= read <= foreign_json.LATEST


@pytest.mark.parametrize(
    "value",
    [
        *(True, None, [], {}, "", "abc", "nan", "sNaN", "-inf", "1e999999", 100_000),
        pytest.param(10**5000, id="5000 digits"),
    ],
)
def test_what_is_no_number(value: Any) -> None:
    assert foreign_json.number(value) is None


@pytest.mark.parametrize("value", [True, None, [], {}, 1.5])
def test_what_is_no_text(value: Any) -> None:
    assert foreign_json.words(value) == ""
