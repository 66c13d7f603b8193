"""JSON from outside is kept only as far as a database keeps it."""

from __future__ import annotations

import json
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
