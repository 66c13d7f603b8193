"""``competences platform`` as an administrator types it: a platform switched off and on, and removed when sure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lti_app.cli import main
from lti_app.services.platforms import platform_check
from lti_app.services.platforms.platform_check import Check

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


@pytest.mark.parametrize(
    "command",
    ["deactivate", "activate", "approve", "remove", "add-deployment 1", "remove-deployment 1"],
)
def test_a_number_that_no_platform_has_is_one_line(type_: Type, command: str) -> None:
    name, *more = command.split()
    done = type_(name, "7", *more)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: Aucune plateforme n° 7.\n"


def test_a_platform_that_is_off_is_checked_without_a_token(type_: Type) -> None:
    type_("deactivate", "1")
    done = type_("check", "1")
    (line,) = [line for line in done.stdout.splitlines() if "auth-token-url" in line]
    assert line.startswith("– auth-token-url\tnon essayée")
    assert "competences platform activate 1" in line
    assert "client-id" not in done.stdout
    assert done.exit_code == 1, "the other values are tried, and nobody is there"


def test_what_was_not_tried_is_not_wrong(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    results = [Check("issuer", True, MOODLE), Check("auth-token-url", None, "non essayée")]
    monkeypatch.setattr(platform_check, "check", lambda *_: results)
    done = type_("check", "1")
    assert (done.exit_code, done.stdout) == (
        0,
        f"✓ issuer\t{MOODLE}\n– auth-token-url\tnon essayée\n",
    )


def test_a_client_id_names_the_platform_that_has_it(type_: Type) -> None:
    done = type_("add", "http://127.0.0.1:10", "--client-id", "C", "--deployment-id", "1")
    assert done.exit_code == 1
    assert f"plateforme n° 1 ({MOODLE})" in done.stderr.replace("\u202f", " ")
    assert len(listed(type_)) == 1


def test_a_new_declaration_names_all_deployments(type_: Type) -> None:
    done = type_("rekey", "1", "--client-id", "c", "--deployment-id", "2")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "competences platform remove-deployment 1 1" in done.stderr
    assert "Traceback" not in done.stderr
    renamed = type_(
        "rekey", "1", "--client-id", "n", "--deployment-id", "9", "--deployment-id", "2"
    )
    assert renamed.stdout == f"1\t{MOODLE}\tn\t9,2\n"
    assert listed(type_)[0][3:5] == ["n", "9,2"]


def test_empty_identifiers_are_refused_by_name(type_: Type) -> None:
    for ids, named in ((("", "1"), "client_id"), (("c", ""), "deployment_id")):
        done = type_("rekey", "1", "--client-id", ids[0], "--deployment-id", ids[1])
        assert (done.exit_code, done.stderr) == (1, f"Error: {named} est vide.\n")
    assert listed(type_)[0][3:5] == ["c", "1,2"]


def test_a_deployment_is_added_and_removed_with_a_summary_and_a_yes(type_: Type) -> None:
    assert type_("add-deployment", "1", "3").stdout == f"1\t{MOODLE}\tc\t1,2,3\n"
    again = type_("add-deployment", "1", "3")
    assert again.stderr == "Error: La plateforme n° 1 a déjà le déploiement 3.\n"

    assert type_("remove-deployment", "1", "3", entered="n\n").exit_code == 1
    assert listed(type_)[0][4] == "1,2,3"
    done = type_("remove-deployment", "1", "3", entered="y\n")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{MOODLE}, déploiement 3 (cours\u202f: 0, activités\u202f: 0, ")
    assert "?" not in type_("remove-deployment", "1", "2", "--yes").stdout
    assert listed(type_)[0][4] == "1"


def test_what_cannot_be_removed_is_said_before_anything_is_asked(type_: Type) -> None:
    done = type_("remove-deployment", "1", "7")
    assert done.stderr == "Error: La plateforme n° 1 n’a pas de déploiement 7.\n"
    type_("remove-deployment", "1", "2", "--yes")
    last = type_("remove-deployment", "1", "1", "--yes")
    assert (last.exit_code, last.stdout) == (1, "")
    assert "competences platform remove\u202f" in last.stderr


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


@pytest.mark.parametrize("command", ["remove 1", "remove-deployment 1 2"])
def test_nobody_waits_while_the_question_stands(
    type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A launch writes meanwhile."""
    asked = []

    def confirm(*_words: object, **_how: object) -> bool:
        with sqlite3.connect(tmp_path / "competences.sqlite3", timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
        asked.append(True)
        return True

    monkeypatch.setattr(click, "confirm", confirm)
    done = type_(*command.split())
    assert done.exit_code == 0, done.output
    assert asked == [True]
    assert [row[4] for row in listed(type_)] == ([] if command == "remove 1" else ["1"])
