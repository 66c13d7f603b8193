"""Commands as an administrator types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_app.cli import main

Type = Callable[..., Result]


@pytest.fixture
def competences(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Type:
    """``competences("keys", "list")``: one command on a database of its own, in English."""
    monkeypatch.setenv("COMPETENCES_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("COMPETENCES_DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(main, list(words))
