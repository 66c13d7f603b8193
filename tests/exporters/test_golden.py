"""Every format writes exactly the golden file, for a part of the BTS SIO that shows each feature.

To renew them after a meant change: ``python -m tests.exporters.test_golden``, then read the diff.
"""

import io
import zipfile

import pytest

from exporters import registry
from exporters.base import NEEDS
from referential.library import load_named, load_named_scale
from tests.exporters.samples import GOLDEN, PART, options
from tests.paths import CONFIG

FORMATS = {e.identifier: e for e in registry.all(NEEDS) if e.identifier != "xlsx"}
CHOSEN = options(scope=PART, rule="points")
BACKUP = options(activities=("D1.1", "C4.2.01.2"))


def name_of(exporter) -> str:
    extension = "txt" if exporter.identifier == "moodle-backup" else exporter.extension
    return f"{exporter.identifier}.{extension}"


def made(exporter, bts, scale) -> bytes:
    if exporter.identifier == "moodle-backup":
        return unpacked(exporter.render(bts, scale, BACKUP))
    return exporter.render(bts, scale, CHOSEN)


def unpacked(archive: bytes) -> bytes:
    """The files of an archive in order, each after its name: how they are packed may differ
    between versions of zlib."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return b"".join(f"=== {name}\n".encode() + files.read(name) for name in files.namelist())


@pytest.mark.parametrize("identifier", FORMATS)
def test_the_file_is_the_golden_one(identifier, bts, scale):
    exporter = FORMATS[identifier]
    assert made(exporter, bts, scale) == (GOLDEN / name_of(exporter)).read_bytes()


@pytest.mark.parametrize("exporter", list(registry.all(NEEDS)), ids=lambda one: one.identifier)
def test_the_same_tree_gives_the_same_bytes(exporter, bts, scale):
    assert exporter.render(bts, scale, CHOSEN) == exporter.render(bts, scale, CHOSEN)


def test_there_is_no_golden_file_too_many():
    names = {path.name for path in GOLDEN.iterdir()}
    assert names == {name_of(exporter) for exporter in FORMATS.values()}


if __name__ == "__main__":
    tree, levels = load_named(CONFIG, "bts-sio"), load_named_scale(CONFIG, "bts-sio-4")
    for one in FORMATS.values():
        (GOLDEN / name_of(one)).write_bytes(made(one, tree, levels))
