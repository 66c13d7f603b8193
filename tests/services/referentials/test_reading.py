"""The format of a file is told by what it holds, whatever it is called."""

from __future__ import annotations

import pytest

from exporters import registry
from lti_app.services.referentials.reading import Upload, detect, read
from referential.library import load_named, load_named_scale
from referential.rows import Known
from tests.paths import CONFIG
from tests.services.referentials.samples import table, workbook

BTS = load_named(CONFIG, "bts-sio")
SCALE = load_named_scale(CONFIG, "bts-sio-4")
TEXT = (CONFIG / "referentials" / "bts-sio.txt").read_bytes()
OVERLAY = (CONFIG / "referentials" / "bts-sio.toml").read_bytes()


def exported(identifier):
    return registry.get(identifier).render(BTS, SCALE)


FILES = {
    "text-with-overlay": (Upload("x", TEXT, overlay=OVERLAY), "text"),
    "moodle": (Upload("x", exported("moodle-framework")), "moodle-csv"),
    "moodle-with-mark": (Upload("x", b"\xef\xbb\xbf" + exported("moodle-framework")), "moodle-csv"),
    "case": (Upload("x", exported("case")), "case"),
    "table": (Upload("x", table()), "spreadsheet"),
    "table-in-windows-1252": (Upload("x", table().decode().encode("cp1252")), "spreadsheet"),
    "people": (Upload("x", exported("csv")), "spreadsheet"),
    "workbook": (Upload("x", workbook()), "spreadsheet"),
    "nothing": (Upload("x", b""), "spreadsheet"),
    "as-told": (Upload("x", b"", format="case"), "case"),
}


@pytest.mark.parametrize(("upload", "expected"), FILES.values(), ids=FILES.keys())
def test_the_format_is_recognised(upload, expected):
    assert detect(upload) == expected


@pytest.mark.parametrize(
    "key", ["text-with-overlay", "moodle", "moodle-with-mark", "case", "people"]
)
def test_every_way_leads_back_to_the_same_tree(key):
    """text → tree → CSV → tree, tree → CASE → tree, tree → table → tree."""
    assert read(FILES[key][0], Known(like=BTS)).referential == BTS


def test_formulas_that_the_table_for_people_neutralised_come_back():
    rows = [("B1", "", "'=Somme des durées", ""), ("C1", "B1", "'déjà", "")]
    parsed = read(Upload("x", table(rows)), Known("CAP", "CAP"))
    assert [node.label for node in parsed.referential] == ["=Somme des durées", "'déjà"]


@pytest.mark.parametrize(
    ("overlay", "kind"),
    [
        pytest.param(None, "config_missing", id="no-overlay"),
        pytest.param(b"code = [", "config_toml", id="broken-overlay"),
    ],
)
def test_a_text_needs_its_overlay(overlay, kind):
    upload = Upload("bts.txt", TEXT, format="text", overlay=overlay, overlay_name="bts.toml")
    parsed = read(upload, Known())
    assert parsed.referential is None
    assert parsed.findings[0].kind == kind
    assert parsed.name == "bts.toml"
