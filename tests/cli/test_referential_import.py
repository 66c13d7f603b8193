"""``competences referential import`` and its companions: a plan first, versions, the way back."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lti_app.cli import main
from tests.paths import CONFIG, ROOT
from tests.referential.test_moodle_csv import MOODLE
from tests.services.referentials.samples import ROWS, table, without

NARROW = "\u202f"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs ``competences …`` on a database of its own, in English."""
    monkeypatch.setenv("COMPETENCES_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("COMPETENCES_DATABASE_URL", raising=False)

    def run(*arguments, answer=""):
        return CliRunner().invoke(main, list(map(str, arguments)), input=answer)

    return run


@pytest.fixture
def file(tmp_path):
    def file(rows=ROWS, name="cap.csv"):
        path = tmp_path / name
        path.write_bytes(table(rows))
        return path

    return file


@pytest.fixture
def load(run, file):
    def load(rows=ROWS, *more):
        result = run(
            "referential", "import", file(rows), "--code", "CAP", "--title", "CAP Cuisine", *more
        )
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    return load


def test_the_plan_is_shown_then_asked_about_then_applied(run, file):
    arguments = ("referential", "import", file(), "--code", "CAP", "--title", "CAP Cuisine")
    result = run(*arguments, answer="y\n")
    assert result.stdout.splitlines() == [
        "CAP (CAP Cuisine): 5 to add, 0 to change, 0 to move, 0 to remove, 0 unchanged. "
        "Identifiers kept: 0.",
        "+ B1 Préparer",
        "+ C1 Éplucher (under B1)",
        "+ C2 Émincer (under B1)",
        "+ B2 Cuire",
        "+ C3 Saisir (under B2)",
        "Apply? [y/N]: y",
        "Version 1 of CAP is stored and counts now. Activities call it “CAP”.",
    ]
    assert "CAP\tCAP\t1\tCAP Cuisine" in run("referential", "list").stdout.splitlines()


@pytest.mark.parametrize(
    ("more", "answer", "status"),
    [
        pytest.param((), "n\n", 1, id="refused"),
        pytest.param((), "", 1, id="no-answer"),
        pytest.param(("--dry-run",), "", 0, id="dry-run"),
    ],
)
def test_nothing_is_applied_unless_agreed(run, file, more, answer, status):
    arguments = ("referential", "import", file(), "--code", "CAP", "--title", "CAP", *more)
    assert run(*arguments, answer=answer).exit_code == status
    assert "CAP" not in run("referential", "list").stdout


def test_the_next_version_says_what_changes(load, file):
    load(ROWS, "--yes")
    rows = [*without(ROWS, "C2", "C3"), ("C3", "B1", "Saisir vite", "")]
    assert load(rows, "--dry-run", "--lang", "fr") == [
        f"CAP (CAP Cuisine){NARROW}: 0 à ajouter, 1 à modifier, 1 à déplacer, 1 à retirer, 3 inchangés. "
        f"Identifiants gardés{NARROW}: 4.",
        f"~ C3 intitulé{NARROW}: «{NARROW}Saisir{NARROW}» → «{NARROW}Saisir vite{NARROW}»",
        "> C3 Saisir vite (B2 → B1)",
        "- C2 Émincer",
    ]


def test_the_same_again_changes_nothing(run, load):
    load(ROWS, "--yes")
    assert load(ROWS, "--yes")[-1] == "There is nothing to change."
    assert len(run("referential", "versions", "CAP").stdout.splitlines()) == 1


def test_a_long_plan_is_cut_unless_all_of_it_is_asked_for(load):
    rows = [("B1", "", "Préparer", ""), *((f"C{n}", "B1", f"Faire {n}", "") for n in range(100))]
    assert load(rows, "--dry-run")[-1] == "  … and 61 more (--all)"
    assert len(load(rows, "--dry-run", "--all")) == 102


def test_a_wrong_file_is_explained_with_its_lines_and_imports_nothing(run, file):
    path = file([*ROWS, ("C9", "B9", "Seul", "")])
    result = run("referential", "import", path, "--code", "CAP", "--title", "CAP", "--yes")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{path}:7: error: The parent of C9, “B9”, is not in the file.",
        "    Seul",
    ]


def test_code_and_title_are_asked_for(run, file):
    result = run("referential", "import", file(), "--yes")
    assert result.exit_code == 1
    assert [line.split(": ", 1)[1] for line in result.stderr.splitlines()] == [
        "error: The file does not tell the référentiel's code: give it, for example BTSSIO.",
        "error: The file does not tell the référentiel's title: give it.",
    ]


def test_moodles_own_export_brings_its_code_and_title(run):
    assert run("referential", "import", MOODLE, "--yes").exit_code == 0
    assert (
        'SIO-2026\tSIO-2026\t1\tBTS SIO — bloc 1 "Support"'
        in run("referential", "list").stdout.splitlines()
    )


def test_a_text_brings_its_overlay_from_beside_it(run):
    text = CONFIG / "referentials" / "bts-sio.txt"
    result = run("referential", "import", text)
    assert result.stdout.splitlines()[-1] == "There is nothing to change."


def test_versions_are_listed_and_one_counts_again(run, load):
    load(ROWS, "--yes")
    load(without(ROWS, "C2"), "--yes")

    def seen():
        rows = (
            line.split("\t") for line in run("referential", "versions", "CAP").stdout.splitlines()
        )
        return [(row[0], row[2], row[3], row[5]) for row in rows]

    assert seen() == [("*2", "4", "cap.csv", "CAP Cuisine"), ("1", "5", "cap.csv", "CAP Cuisine")]
    result = run("referential", "restore", "CAP", 1, "--yes")
    assert result.stdout.splitlines()[1:] == ["+ C2 Émincer (under B1)", "Version 1 counts now."]
    assert [row[0] for row in seen()] == ["2", "*1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("versions", "BEP"), "Error: No BEP here.", id="versions"),
        pytest.param(("restore", "BEP", "1"), "Error: There is no version 1 of BEP.", id="restore"),
        pytest.param(("list", "--platform", "9"), "Error: There is no platform 9.", id="platform"),
        pytest.param(
            ("template", "-o", "x.ods"),
            "Error: x.ods: the name must end in .xlsx or .csv.",
            id="template",
        ),
    ],
)
def test_what_is_not_there_is_said_in_a_line(run, arguments, message):
    result = run("referential", *arguments)
    assert result.exit_code in (1, 2)
    assert result.stderr.splitlines()[-1] == message


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_can_be_imported_as_it_is(run, tmp_path, kind):
    path = tmp_path / f"modele.{kind}"
    assert run("referential", "template", "-o", path).exit_code == 0
    result = run("referential", "import", path, "--code", "EX", "--title", "Example", "--yes")
    assert result.exit_code == 0
    assert "10 to add" in result.stdout


class TestExport:
    """The imported ones are exported by their names, as the files of config/ are."""

    def codes(self, run, name):
        rows = run("export", "csv", "--referential", name, "--names", "en").stdout.splitlines()[1:]
        return [row.split(",")[0] for row in rows]

    def test_an_imported_one_is_found(self, run, load):
        load(ROWS, "--yes")
        assert self.codes(run, "CAP") == ["B1", "C1", "C2", "B2", "C3"]

    def test_an_import_takes_the_place_of_the_installed_one(self, run, file):
        arguments = ("--code", "BTSSIO", "--title", "BTS", "--yes")
        assert run("referential", "import", file(), *arguments).exit_code == 0
        assert self.codes(run, "bts-sio") == ["B1", "C1", "C2", "B2", "C3"]
        assert run("referential", "restore", "BTSSIO", 0, "--yes").exit_code == 0
        assert len(self.codes(run, "bts-sio")) == 227

    def test_an_unknown_one_names_all_there_are(self, run, load):
        load(ROWS, "--yes")
        result = run("export", "csv", "--referential", "BEP")
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1].endswith("bts-sio, CAP.")

    def test_nothing_is_made_by_looking(self, run, tmp_path):
        assert run("export", "csv").exit_code == 0
        assert run("export", "csv", "--referential", "BEP").exit_code == 2
        assert not (tmp_path / "data").exists()

    def test_a_file_of_config_needs_no_database_library(self, run, load, tmp_path):
        load(ROWS, "--yes")
        code = (
            "import sys; from lti_app.cli import main\n"
            "main(['export', 'csv'], standalone_mode=False)\n"
            "print(sorted({'sqlalchemy', 'flask', 'openpyxl'} & set(sys.modules)), file=sys.stderr)"
        )
        environment = os.environ | {"COMPETENCES_DATA_DIR": str(tmp_path / "data")}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        assert done.stderr.decode().splitlines()[-1] == "[]"
