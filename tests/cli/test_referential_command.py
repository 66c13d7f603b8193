"""``competences referential check``: findings like a compiler's, exit 1 for errors."""

import shutil

import pytest
from click.testing import CliRunner

from lti_app.cli import main
from tests.paths import CONFIG

REFERENTIALS = CONFIG / "referentials"


@pytest.fixture
def run(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def run(*args, lang="fr_FR.UTF-8"):
        monkeypatch.setenv("LANG", lang)
        return CliRunner().invoke(main, ["referential", "check", *map(str, args)])

    return run


@pytest.fixture
def bts(tmp_path):
    """A copy of the BTS SIO to damage."""
    for name in ("bts-sio.txt", "bts-sio.toml"):
        shutil.copy(REFERENTIALS / name, tmp_path)
    return tmp_path / "bts-sio.txt"


def test_the_bts_sio_is_in_order(run, bts):
    result = run(bts)
    assert result.exit_code == 0
    assert result.stderr == (
        "BTS Services informatiques aux organisations\u202f: 5 processus, 14 domaines, "
        "55 activités, 153 compétences. 0 avertissement(s).\n"
    )
    assert f"{bts}:55: info: En-tête de page ignoré." in result.stdout.splitlines()


def test_english_terminals_and_lang_get_english(run, bts):
    english = run(bts, lang="en_US.UTF-8")
    assert f"{bts}:55: info: Page header left out." in english.stdout.splitlines()
    assert run(bts, "--lang", "en").output == english.output


@pytest.mark.parametrize("lang", ["C.UTF-8", "", "de_DE.UTF-8"])
def test_every_other_terminal_gets_french(run, bts, lang):
    assert f"{bts}:55: info: En-tête de page ignoré." in run(bts, lang=lang).stdout


def test_an_error_is_printed_with_its_line_and_exits_with_1(run, bts):
    bts.write_text(bts.read_text("utf-8").replace("P2 Four", "P1 Four"), "utf-8")
    result = run(bts, "--lang", "en")
    assert result.exit_code == 1
    assert f"{bts}:75: error: The code P1 is already on line 3." in result.stdout.splitlines()
    assert "    P1 Fourniture de services" in result.stdout.splitlines()
    assert result.stderr.endswith("error(s): no tree is built.\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "The file is empty.", id="empty"),
        pytest.param(b"%PDF-1.7\x00", "The file is not text", id="binary"),
        pytest.param("P1 É".encode("utf-16"), "The file is in UTF-16", id="utf16"),
        pytest.param("P1 É".encode("latin-1"), "Byte 0xC9 is not UTF-8", id="latin1"),
        pytest.param(b"x" * 5_000_000, "The line has 5000000 characters", id="one-long-line"),
        pytest.param(b"Bonjour\n", "No line begins with a code such as P1", id="prose"),
    ],
)
def test_a_file_that_is_no_referentiel_is_an_error_and_no_traceback(run, bts, data, message):
    bts.write_bytes(data)
    result = run(bts, "--lang", "en")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"error: {message}" in result.stdout


def test_mistakes_of_the_overlay_name_the_overlay(run, bts):
    overlay = bts.with_suffix(".toml")
    overlay.write_text("cod = 1\n", "utf-8")
    result = run(bts, "--lang", "en")
    assert result.exit_code == 1
    assert f"{overlay}: error: “cod” is not known." in result.stdout.splitlines()


def test_another_overlay_may_be_given(run, bts, tmp_path):
    other = tmp_path / "other.toml"
    bts.with_suffix(".toml").rename(other)
    assert run(bts).exit_code == 1
    assert run(bts, "--overlay", other).exit_code == 0


@pytest.mark.parametrize("missing", [".txt", ".toml"])
def test_a_missing_file_is_named(run, bts, missing):
    bts.with_suffix(missing).unlink()
    result = run(bts)
    assert result.exit_code == 1
    assert str(bts.with_suffix(missing)) in result.stderr
    assert "Traceback" not in result.output
