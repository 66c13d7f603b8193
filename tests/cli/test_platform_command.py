"""``competences platform`` as an administrator types it: a platform switched off and on, and removed when sure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lti_app.cli import main

Type = Callable[..., Result]
MOODLE = "http://127.0.0.1:9"


@pytest.fixture
def type_(tmp_path: Path) -> Type:
    """``type_("platform", "list")``: one command of an installation that knows one platform."""
    settings = {
        "COMPETENCES_DATA_DIR": str(tmp_path),
        "COMPETENCES_LAB": "1",
        "COMPETENCES_PUBLIC_URL": "http://127.0.0.1:9",
        "LC_ALL": "fr_FR.UTF-8",
    }

    def run(*words: str, entered: str = "") -> Result:
        return CliRunner().invoke(main, ["platform", *words], input=entered, env=settings)

    added = run("add", MOODLE, "--client-id", "c", "--deployment-id", "1", "--deployment-id", "2")
    assert added.exit_code == 0, added.output
    return run


def listed(type_: Type) -> list[list[str]]:
    return [line.split("\t") for line in type_("list").stdout.splitlines()]


def test_a_platform_is_switched_off_and_on(type_: Type) -> None:
    assert type_("deactivate", "1").stdout == f"1\tinactive\t{MOODLE}\n"
    assert listed(type_) == [["1", "inactive", MOODLE, "c", "1,2", MOODLE]]
    assert type_("activate", "1").stdout == f"1\tactive\t{MOODLE}\n"
    assert listed(type_)[0][1] == "active"


@pytest.mark.parametrize("command", ["deactivate", "activate", "approve", "remove"])
def test_a_number_that_no_platform_has_is_one_line(type_: Type, command: str) -> None:
    done = type_(command, "7")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: Aucune plateforme n° 7.\n"


def test_a_platform_is_removed_with_a_summary_and_a_yes(type_: Type) -> None:
    done = type_("remove", "1", entered="y\n")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{MOODLE} (cours\u202f: 0, activités\u202f: 0, ")
    assert listed(type_) == []


def test_no_is_no(type_: Type) -> None:
    done = type_("remove", "1", entered="n\n")
    assert done.exit_code == 1
    assert len(listed(type_)) == 1


def test_sure_of_it_nothing_is_asked(type_: Type) -> None:
    assert "?" not in type_("remove", "1", "--yes").stdout
    assert listed(type_) == []


def test_nobody_waits_while_the_question_stands(
    type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A launch writes meanwhile."""
    asked = []

    def confirm(*_words: object, **_how: object) -> bool:
        with sqlite3.connect(tmp_path / "competences.sqlite3", timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
        asked.append(True)
        return True

    monkeypatch.setattr(click, "confirm", confirm)
    done = type_("remove", "1")
    assert done.exit_code == 0, done.output
    assert asked == [True]
    assert listed(type_) == []
