"""The stored form of a version gives the tree back, and only that."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referential.document import fingerprint, read, write
from referential.library import load_named
from tests.paths import CONFIG
from tests.referential.strategies import overlays, referentials
from tests.referential.trees import edited, forests, grown

QUICK = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])


def test_the_bts_sio_comes_back():
    tree = load_named(CONFIG, "bts-sio")
    assert read(write(tree)) == tree


@given(st.data())
@QUICK
def test_any_tree_comes_back(data):
    tree = data.draw(referentials(data.draw(overlays())))
    assert read(write(tree)) == tree


@given(st.data())
@QUICK
def test_equal_fingerprints_are_equal_trees(data):
    forest = data.draw(forests())
    one, other = grown(forest), grown(data.draw(edited(forest)))
    same = fingerprint(write(one)) == fingerprint(write(other))
    assert same == (one == other)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("{", id="no-json"),
        pytest.param("[]", id="no-object"),
        pytest.param("{}", id="empty"),
        pytest.param(json.dumps({"format": 2}), id="a-later-format"),
        pytest.param(write(load_named(CONFIG, "bts-sio")).replace('"D1.1"', '"P1"'), id="damaged"),
    ],
)
def test_anything_else_is_refused(document):
    with pytest.raises(ValueError, match=r".+"):
        read(document)
