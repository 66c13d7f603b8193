"""A setting that cannot be right is named at the start, not met later as a page that does not work."""

from __future__ import annotations

from pathlib import Path

import pytest

from lti_app.errors import SettingsError
from lti_app.settings import from_environment


def public_url(value: str, folder: Path) -> str:
    found = {"COMPETENCES_PUBLIC_URL": value, "COMPETENCES_DATA_DIR": str(folder)}
    return from_environment(found).public_url


@pytest.mark.parametrize("value", ["https://competences.example.fr", "http://localhost:8080/"])
def test_the_public_address_is_a_host(value: str, tmp_path: Path) -> None:
    assert public_url(value, tmp_path) == value.rstrip("/")


@pytest.mark.parametrize(
    "value",
    [
        "competences.example.fr",
        "https://[",
        "https://example.fr/?a=1",
        "https://example.fr/competences",
        "https://example.fr/competences/",
        "https://example.fr//",
    ],
)
def test_a_public_address_that_cannot_be(value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COMPETENCES_PUBLIC_URL"):
        public_url(value, tmp_path)


def test_a_path_is_named_as_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a host of its own, without a path"):
        public_url("https://example.fr/competences", tmp_path)
