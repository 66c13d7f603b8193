"""The files of ``competences export``, imported through Moodle's own pages and read back.

The référentiel is the real BTS SIO under a framework code of its own: Moodle takes a framework's code
once, and the Moodle that is driven may hold the real one.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_app.config_files import config_dir
from referential.library import load_named, load_named_scale
from referential.model import Referential
from tests.moodle.competencies import (
    Competency,
    export_framework,
    imported,
    read_framework,
    read_tree,
    scale_levels,
)
from tests.moodle.courses import temporary_course
from tests.moodle.driver import Moodle, unique
from tests.moodle.outcomes import export_outcomes, import_outcomes
from tests.moodle.product import COMMAND

EXPORTED_ID, RULE_OUTCOME, RULE_CONFIG, SCALE_CONFIGURATION, IS_FRAMEWORK = 11, 8, 9, 6, 12
"""Columns in which Moodle's export says the same in its own way."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's configuration, with another code for the framework."""
    folder = tmp_path_factory.mktemp("config") / "config"
    shutil.copytree(config_dir(), folder)
    overlay = folder / "referentials" / "bts-sio.toml"
    text, changed = re.subn(
        r'^code = "BTSSIO"', f'code = "{unique("BTSSIO_")}"', overlay.read_text(), flags=re.M
    )
    assert changed == 1
    overlay.write_text(text)
    return folder


@pytest.fixture(scope="module")
def referential(config: Path) -> Referential:
    return load_named(config, "bts-sio")


def export(config: Path, *words: str) -> bytes:
    """What ``competences export`` writes to standard output."""
    environment = os.environ | {"COMPETENCES_CONFIG": str(config)}
    command = [str(COMMAND), "export", *words]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture(scope="module", params=["comma", "semicolon"])
def delimiter(request: pytest.FixtureRequest) -> str:
    """The separator: a French Moodle proposes the semicolon."""
    return str(request.param)


@pytest.fixture(scope="module")
def content(config: Path, delimiter: str) -> bytes:
    return export(config, "moodle-framework", "--delimiter", delimiter)


@pytest.fixture(scope="module")
def framework(moodle: Moodle, content: bytes, delimiter: str) -> Iterator[int]:
    """The number of the framework that Moodle made of the file."""
    with imported(moodle, content, delimiter) as number:
        yield number


def test_framework_has_every_node_in_place_and_order(
    moodle: Moodle, framework: int, referential: Referential
) -> None:
    """227 nodes; each under its parent, with its names, in the référentiel's order."""
    nodes = list(referential.nodes)
    id_numbers = {node.code: node.idnumber for node in nodes}

    tree = read_tree(moodle, framework)

    assert [(node.id_number, node.parent) for node in tree] == [
        (node.idnumber, id_numbers[node.parent] if node.parent else "") for node in nodes
    ]
    assert Counter(node.id_number.removeprefix(referential.code + "-")[0] for node in tree) == {
        "P": 5,
        "D": 14,
        "A": 55,
        "C": 153,
    }
    assert len(nodes) == 227


def test_framework_keeps_the_wording(
    moodle: Moodle, framework: int, content: bytes, delimiter: str
) -> None:
    """Short names and descriptions are those of the file, to the letter."""
    rows = list(rows_of(content, delimiter))[2:]

    assert read_tree(moodle, framework) == [
        Competency(id_number=row[1], short_name=row[2], description=row[3], parent=row[0])
        for row in rows
    ]


def test_framework_has_its_scale_and_taxonomies(
    moodle: Moodle, framework: int, referential: Referential, config: Path
) -> None:
    scale = load_named_scale(config, "bts-sio-4")

    fields = read_framework(moodle, framework)

    assert fields["idnumber"] == referential.code
    assert fields["shortname"] == "BTS Services informatiques aux organisations"
    assert fields["taxonomies"] == "concept,domain,practice,competency"
    assert scale_levels(moodle, fields["scaleid"]) == [level.name("fr") for level in scale.levels]
    assert scale_levels(moodle, fields["scaleid"]) == [
        "Non acquis",
        "En cours d'acquisition",
        "Acquis",
        "Maîtrisé",
    ]
    assert json.loads(fields["scaleconfiguration"])[1:] == [
        {"id": 3, "scaledefault": 1, "proficient": 1},
        {"id": 4, "scaledefault": 0, "proficient": 1},
    ]


def test_moodle_exports_what_was_imported(
    moodle: Moodle, framework: int, content: bytes, delimiter: str
) -> None:
    """Moodle's exporter gives the file back, but for numbers of its own and its order of rows."""
    ours = list(rows_of(content, delimiter))

    theirs = export_framework(moodle, framework)

    assert sorted(map(comparable, theirs[1:])) == sorted(map(comparable, ours[1:]))
    assert theirs[0] == ours[0]


def rows_of(content: bytes, delimiter: str) -> Iterator[list[str]]:
    character = {"comma": ",", "semicolon": ";"}[delimiter]
    return csv.reader(io.StringIO(content.decode()), delimiter=character)


def comparable(row: list[str]) -> list[str]:
    """A row without what Moodle rewrites: its own numbers, and empty rules spelled out."""
    row = list(row)
    row[EXPORTED_ID] = ""
    row[RULE_OUTCOME] = row[RULE_OUTCOME].replace("0", "")
    row[RULE_CONFIG] = row[RULE_CONFIG].replace("null", "")
    row[SCALE_CONFIGURATION] = re.sub(r'"scaleid":"\d+"', '"scaleid":""', row[SCALE_CONFIGURATION])
    return row


def test_outcomes_are_all_imported(moodle: Moodle, config: Path) -> None:
    """153 outcomes; Moodle's export of the course's outcomes equals our file."""
    content = export(config, "moodle-outcomes")
    ours = list(csv.DictReader(io.StringIO(content.decode()), delimiter=";"))

    with temporary_course(moodle, "Essai : objectifs") as course:
        import_outcomes(moodle, course, content)
        theirs = export_outcomes(moodle, course)

    def by_short_name(row: dict[str, str]) -> str:
        return row["outcome_shortname"]

    assert len(theirs) == 153
    assert sorted(theirs, key=by_short_name) == sorted(ours, key=by_short_name)
