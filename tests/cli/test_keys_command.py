"""The signing keys as an administrator lists and changes them."""

from __future__ import annotations

import pytest
from click.testing import Result

from tests.cli.conftest import Type


@pytest.fixture
def run(competences: Type) -> Type:
    """Runs ``competences keys …``, which must do."""

    def run(*arguments: str) -> Result:
        result = competences("keys", *arguments)
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
