"""The référentiel and the scale that ship."""

import pytest

from referential.library import load_named, load_named_scale
from tests.paths import CONFIG


@pytest.fixture(scope="session")
def bts():
    return load_named(CONFIG, "bts-sio")


@pytest.fixture(scope="session")
def scale():
    return load_named_scale(CONFIG, "bts-sio-4")
