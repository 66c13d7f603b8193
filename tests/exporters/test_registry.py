"""What is true of every format."""

import io
import subprocess
import sys

import pytest

from exporters import lint, registry
from exporters.base import NEEDS, ExportOptions, NeedUnmet
from exporters.titles import TEXTS
from referential.findings import french
from referential.model import UnknownNode
from tests.exporters.samples import options, tree
from tests.paths import ROOT

BUFFER = 70_000
ALL = list(registry.all(NEEDS))
by_name = pytest.mark.parametrize("exporter", ALL, ids=lambda one: one.identifier)


def test_the_formats():
    assert [exporter.identifier for exporter in ALL] == [
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
    assert set(TEXTS) == set(lint.RULES) == {exporter.identifier for exporter in ALL}


@by_name
def test_title_and_help_speak_both_languages(exporter):
    for language in ("fr", "en"):
        assert exporter.title(language) == getattr(TEXTS[exporter.identifier], f"title_{language}")
        assert exporter.help(language).endswith(".")
    assert exporter.title("fr_CA") == exporter.title_fr != exporter.title_en
    assert "'" not in french(exporter.help_fr)


def test_a_page_lists_what_it_can_write():
    """A page without results or a tool's address shows the formats that need neither."""
    assert [one.identifier for one in registry.all() if one.needs] == []
    with_results = {one.identifier for one in registry.all(("results",))}
    assert with_results - {one.identifier for one in registry.all()} == {
        "moodle-grades-xml",
        "moodle-grades-csv",
    }


@pytest.mark.parametrize(
    ("identifier", "need"),
    [
        ("moodle-grades-xml", "results"),
        ("moodle-grades-csv", "results"),
        ("moodle-backup", "tool_url"),
    ],
)
def test_an_unmet_need_writes_nothing(identifier, need, bts, scale):
    out = io.BytesIO()
    with pytest.raises(NeedUnmet) as caught:
        registry.get(identifier).write(bts, scale, ExportOptions(), out)
    assert (caught.value.identifier, caught.value.need) == (identifier, need)
    assert out.getvalue() == b""


@by_name
def test_an_unknown_scope_writes_nothing(exporter, bts, scale):
    out = io.BytesIO()
    with pytest.raises(UnknownNode):
        exporter.write(bts, scale, options(scope=("A9",)), out)
    assert out.getvalue() == b""
    with pytest.raises(UnknownNode):
        lint.lint(exporter.identifier, bts, scale, options(scope=("A9",)))


@pytest.mark.parametrize(
    "exporter",
    [one for one in ALL if "results" not in one.needs],  # results are in memory already
    ids=lambda one: one.identifier,
)
def test_it_is_written_piece_by_piece(exporter, scale):
    """No piece is larger than a usual buffer, however large the file: it is never whole in
    memory."""

    class Counting(io.BytesIO):
        largest = 0

        def write(self, data, /):
            self.largest = max(self.largest, len(data))
            return super().write(data)

    out = Counting()
    label = "Recenser et caractériser les exigences liées à la qualité attendue du service "
    exporter.write(tree([f"{label}{n}" for n in range(2_500)]), scale, options(related=False), out)
    assert out.largest <= BUFFER < len(out.getvalue())


def test_listing_formats_imports_none_of_them():
    """``competences export`` starts without lxml and openpyxl."""
    code = (
        "import sys\n"
        "from exporters import registry, lint\n"
        "from exporters.base import ExportOptions\n"
        "list(registry.all())\n"
        "print([m for m in ('lxml', 'openpyxl', 'flask', 'csv', 'zipfile') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert said == "[]\n"
