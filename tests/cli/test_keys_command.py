"""The signing keys as an administrator lists and changes them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from lti_app.cli import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Runs ``competences keys …`` on a database of its own, in English."""
    monkeypatch.setenv("COMPETENCES_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("COMPETENCES_DATABASE_URL", raising=False)

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(main, ["keys", *arguments])
        assert result.exit_code == 0
        return result

    return run


def listed(run) -> list[str]:
    return [line.split("\t")[0] for line in run("list").stdout.splitlines()]


def test_a_key_is_changed_when_it_is_old_enough(run) -> None:
    assert run("rotate", "--older-than", "30").stdout == "The key is 0 days old.\n"
    (old,) = listed(run)
    changed = run("rotate")
    assert changed.stderr.startswith("Published; it signs in 1 h 05")
    assert listed(run) == [changed.stdout.strip(), old]


def test_a_compromised_key_is_replaced_at_once(run) -> None:
    new = run("rotate", "--compromised")
    assert (new.stderr, listed(run)[0]) == ("", new.stdout.strip())
