"""``competences export``: a whole file or none, and messages that list the choices."""

import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from lti_app.cli import main
from lti_app.cli.output import to_file
from tests.paths import CONFIG, DATA, ROOT

GOLDEN = {
    name: (DATA / f"bts-sio-{name}.csv").read_bytes()
    for name in ("moodle-framework", "moodle-outcomes")
}


FORMATS = [
    "moodle-framework",
    "moodle-outcomes",
    "moodle-grades-xml",
    "moodle-grades-csv",
    "moodle-backup",
    "lpimportrdf",
    "referentiel-xml",
    "case",
    "canvas-outcomes",
    "mahara-matrix",
    "csv",
    "xlsx",
    "html",
]


@pytest.fixture(autouse=True)
def french_terminal(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "COMPETENCES_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")


@pytest.fixture
def run():
    def run(*args):
        return CliRunner().invoke(main, ["export", *map(str, args)], prog_name="competences")

    return run


@pytest.mark.parametrize("name", GOLDEN)
def test_standard_output_gets_the_file_and_nothing_else(run, name):
    result = run(name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes == GOLDEN[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_o_writes_the_file(run, tmp_path, name):
    result = run(name, "-o", tmp_path / "out.csv")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "out.csv").read_bytes() == GOLDEN[name]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_the_terminals_language_does_not_change_the_file(run, monkeypatch):
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert run("moodle-framework").stdout_bytes == GOLDEN["moodle-framework"]


def test_names_chooses_the_language_of_the_file(run):
    rows = run("moodle-framework", "--names", "en").stdout.splitlines()
    assert "Not acquired,Being acquired,Acquired,Mastered" in rows[1]


def test_scale_scope_and_delimiter_are_chosen(run):
    result = run(
        "moodle-framework", "--scale", "acquis-2", "--scope", "D1.1", "--delimiter", "semicolon"
    )
    rows = result.stdout.splitlines()
    assert ";Non acquis,Acquis;" in rows[1]
    assert [row.split(";")[1] for row in rows[2:]] == [
        "BTSSIO-P1",
        "BTSSIO-D1.1",
        "BTSSIO-A1.1.03",
        "BTSSIO-C1.1.03.1",
        "BTSSIO-C1.1.03.2",
    ]


@pytest.mark.parametrize(
    ("args", "french", "english"),
    [
        pytest.param(
            ["moodle-frame"],
            f"Format inconnu\u202f: moodle-frame. Au choix\u202f: {', '.join(FORMATS)}.",
            f"Unknown format: moodle-frame. Choices: {', '.join(FORMATS)}.",
            id="format",
        ),
        pytest.param(
            ["moodle-framework", "--referential", "bts-cg"],
            "Référentiel inconnu\u202f: bts-cg. Au choix\u202f: bts-sio.",
            "Unknown référentiel: bts-cg. Choices: bts-sio.",
            id="referential",
        ),
        pytest.param(
            ["moodle-framework", "--scale", "x"],
            "Échelle inconnue\u202f: x. Au choix\u202f: acquis-2, bts-sio-4, ti-i-s-ts.",
            "Unknown scale: x. Choices: acquis-2, bts-sio-4, ti-i-s-ts.",
            id="scale",
        ),
        pytest.param(
            ["moodle-outcomes", "--scope", "A9"],
            "Le référentiel BTSSIO ne contient pas A9.",
            "The référentiel BTSSIO has no A9.",
            id="scope",
        ),
    ],
)
def test_an_unknown_name_lists_the_choices(run, tmp_path, args, french, english):
    out = tmp_path / "out.csv"
    for lang, message in (("fr", french), ("en", english)):
        result = run(*args, "--lang", lang, "-o", out)
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1] == f"Error: {message}"
    assert not out.exists()


def test_list_names_every_format(run):
    result = run("--list")
    assert result.exit_code == 0
    names = [line.split("\t")[0] for line in result.stdout.splitlines() if line[0] != "\t"]
    assert names == FORMATS


def test_a_folder_that_is_missing_is_said(run, monkeypatch, tmp_path):
    monkeypatch.setenv("COMPETENCES_CONFIG", str(tmp_path / "none"))
    result = run("moodle-framework", "--lang", "en")
    assert result.exit_code == 2
    assert f"No configuration folder: {tmp_path / 'none'}." in result.stderr


def install(tmp_path, monkeypatch, text):
    folder = tmp_path / "config"
    (folder / "referentials").mkdir(parents=True)
    (folder / "scales").symlink_to(CONFIG / "scales")
    overlay = (CONFIG / "referentials" / "bts-sio.toml").read_text("utf-8")
    (folder / "referentials" / "mine.toml").write_text(overlay.split("[[titles]]")[0], "utf-8")
    (folder / "referentials" / "mine.txt").write_text(text, "utf-8")
    monkeypatch.setenv("COMPETENCES_CONFIG", str(folder))


def test_a_text_in_error_is_not_exported(run, tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, "P1 Un\nP1 Un\n")
    result = run("moodle-framework", "--referential", "mine", "--lang", "en")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "mine.txt:2: error: The code P1 is already on line 1." in result.stderr


def test_what_moodle_would_misread_is_not_exported(run, tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, 'P1 Le \\"chiffre\\"\n')
    result = run("moodle-framework", "--referential", "mine", "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert "mine.txt:1: erreur: " in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_failure_leaves_the_old_file_as_it_was(tmp_path):
    out = tmp_path / "out.csv"
    out.write_bytes(b"old")

    def fail(stream):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        to_file(fail, out)
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_new_file_has_the_usual_rights_and_an_old_one_keeps_its_own(tmp_path):
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    old.touch(0o600)
    for path in (new, old):
        to_file(lambda stream: stream.write(b"x"), path)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~umask
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    to_file(lambda stream: stream.write(b"x"), link)
    assert link.is_symlink()
    assert target.read_bytes() == b"x"


def test_a_device_is_written_and_not_replaced(run):
    assert run("moodle-framework", "-o", os.devnull).exit_code == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_folder_that_cannot_be_written_is_said(run, tmp_path):
    result = run("moodle-framework", "-o", tmp_path / "none" / "out.csv")
    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr
    assert "Traceback" not in result.stderr


def test_it_starts_without_the_web_and_the_database():
    code = (
        "import sys\n"
        "from lti_app.cli import main\n"
        "main(['export', 'moodle-framework', '-o', sys.argv[1]], standalone_mode=False)\n"
        "heavy = {'flask', 'sqlalchemy', 'pylti1p3', 'requests', 'lxml', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, os.devnull],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_results_come_from_a_file(run, tmp_path):
    path = tmp_path / "class.json"
    path.write_text(
        '{"learners": [{"id": "1", "idnumber": "E1"}],'
        ' "columns": [{"label": "P1", "idnumber": "BTSSIO-P1"}],'
        ' "grades": [{"learner": "1", "column": 0, "value": "12.50"}]}'
    )
    result = run("moodle-grades-xml", "--results", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[2] == (
        "<result><assignment>BTSSIO-P1</assignment><student>E1</student><score>12.5</score></result>"
    )


def test_a_results_file_in_error_is_said(run, tmp_path):
    path = tmp_path / "class.json"
    path.write_text('{"learners": [{"id": ""}]}')
    result = run("moodle-grades-xml", "--results", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Error: {path}: id: '' is no text"


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        (
            "moodle-grades-csv",
            "moodle-grades-csv a besoin des résultats de la classe\u202f: --results FICHIER.",
            "moodle-grades-csv needs the class's results: --results FILE.",
        ),
        (
            "moodle-backup",
            "moodle-backup a besoin de l’adresse de l’outil\u202f: --tool-url https://…/lti/launch.",
            "moodle-backup needs the tool's address: --tool-url https://…/lti/launch.",
        ),
    ],
)
def test_what_a_format_needs_is_said(run, monkeypatch, name, french, english):
    monkeypatch.delenv("COMPETENCES_PUBLIC_URL", raising=False)
    for lang, message in (("fr", french), ("en", english)):
        result = run(name, "--lang", lang)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines()[-1] == f"Error: {message}"


def test_the_tools_address_is_the_services_own(run, monkeypatch, tmp_path):
    monkeypatch.setenv("COMPETENCES_PUBLIC_URL", "https://competences.example.fr/")
    out = tmp_path / "course.mbz"
    words = ("--activity", "D1.1", "--date", "2026-09-01", "--scale", "ti-i-s-ts", "-o", out)
    result = run("moodle-backup", *words)
    assert result.exit_code == 0
    assert "attention" in result.stderr  # no site, no tool: the class list will be missing
    with zipfile.ZipFile(out) as archive:
        lti = archive.read("activities/lti_1/lti.xml").decode()
        course = archive.read("course/course.xml").decode()
    assert "<toolurl>https://competences.example.fr/lti/launch</toolurl>" in lti
    assert "referential=bts-sio\nscope=D1.1\nscale=ti-i-s-ts\nmaximum=20" in lti
    assert "<startdate>1788220800</startdate>" in course


def test_rules_and_relations_are_chosen(run):
    words = ("--rule", "all", "--rule-outcome", "recommend", "--no-related")
    rows = run("moodle-framework", *words).stdout.splitlines()
    ruled = [row for row in rows if r"core_competency\competency_rule_all,3,null,,1,," in row]
    assert [row.split(",")[1] for row in ruled] == ["BTSSIO-P1"]


def test_an_export_starts_without_the_web_stack():
    """And without lxml or openpyxl when the format needs neither."""
    code = (
        "import sys\n"
        "from lti_app.cli import main\n"
        "main(['export', 'moodle-framework', '-o', '/dev/null'], standalone_mode=False)\n"
        "print([m for m in ('flask', 'sqlalchemy', 'lxml', 'openpyxl') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert said == "[]\n"
