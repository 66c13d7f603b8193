"""Where ``config/`` is found, in a checkout and from an unpacked wheel."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from lti_app.config_files import ConfigNotFound, config_dir
from tests.paths import CONFIG, DATA, ROOT

PACKAGES = ("lti_app", "exporters", "referential")


def test_a_checkout_uses_its_own(monkeypatch):
    monkeypatch.delenv("COMPETENCES_CONFIG", raising=False)
    assert config_dir() == CONFIG


def test_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("COMPETENCES_CONFIG", str(tmp_path))
    assert config_dir() == tmp_path


def test_a_folder_that_is_none_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("COMPETENCES_CONFIG", str(tmp_path / "none"))
    with pytest.raises(ConfigNotFound) as caught:
        config_dir()
    assert caught.value.path == tmp_path / "none"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what the wheel is built from."""
    source = tmp_path_factory.mktemp("source")
    for name in (*PACKAGES, "config"):
        ignored = shutil.ignore_patterns("__pycache__", "*.mo")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "hatch_build.py"):
        shutil.copy(ROOT / name, source)
    return source


@pytest.fixture(scope="module")
def wheel(source):
    """The wheel, built without network."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", source / "dist"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = (source / "dist").glob("*.whl")
    return built


def test_the_wheel_holds_the_packages_and_the_config(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {
        path.relative_to(source).as_posix()
        for package in PACKAGES
        for path in (source / package).rglob("*.py")
    }
    config = {
        f"lti_app/_config/{path.relative_to(source / 'config').as_posix()}"
        for path in (source / "config").rglob("*")
        if path.is_file()
    }
    assert sources | config <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == set(PACKAGES)


def test_the_wheel_holds_the_translations_compiled(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = (source / "lti_app" / "translations").rglob("*.po")
    compiled = {path.with_suffix(".mo").relative_to(source).as_posix() for path in sources}
    assert compiled <= names


def test_an_unpacked_wheel_exports_from_anywhere(wheel, tmp_path):
    unpacked, elsewhere = tmp_path / "unpacked", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "import lti_app; from pathlib import Path; "
        "assert Path(lti_app.__file__).is_relative_to(sys.argv[1]); "
        "from lti_app.cli import main; "
        "main(['export', 'moodle-framework', '-o', 'out.csv'], prog_name='competences')"
    )
    environment = {
        k: v for k, v in os.environ.items() if k not in ("COMPETENCES_CONFIG", "PYTHONPATH")
    }
    subprocess.run(
        [sys.executable, "-c", code, unpacked], cwd=elsewhere, env=environment, check=True
    )
    golden = DATA / "bts-sio-moodle-framework.csv"
    assert (elsewhere / "out.csv").read_bytes() == golden.read_bytes()
