"""The framework CSV, read the way Moodle 4.5 reads it."""

import csv
import html
import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters import registry
from exporters.base import ExportOptions
from exporters.moodle_framework import scale_configuration, scale_values
from referential.library import load_named_scale
from referential.model import UnknownNode
from referential.text import parse_text
from tests.paths import CONFIG, DATA
from tests.referential.samples import overlay, parse

EXPORTER = registry.get("moodle-framework")
GOLDEN = DATA / "bts-sio-moodle-framework.csv"


class Framework:
    """What Moodle makes of a file: columns by position, orphans and nameless rows dropped, names
    cut at 100 characters, a second framework row winning over the first."""

    def __init__(self, data: bytes, delimiter: str = ",") -> None:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=delimiter))
        self.header, *rows = rows
        assert {len(row) for row in rows} == {14}
        self.framework = None
        waiting: dict[str, list[list[str]]] = {}
        for row in rows:
            if row[12] not in ("", "0"):  # any word is true
                self.framework = row
            elif row[1] and row[2]:
                waiting.setdefault(row[0], []).append(row)
        self.nodes: list[tuple[str, str, str, str]] = []
        self._place("", waiting)

    def _place(self, parent: str, waiting: dict[str, list[list[str]]]) -> None:
        for row in waiting.get(parent, []):
            self.nodes.append((parent, self.cut(row[1]), self.cut(row[2]), row[3]))
            self._place(row[1], waiting)

    @staticmethod
    def cut(name: str) -> str:
        return name if len(name) <= 100 else name[:97] + "..."


@pytest.fixture(scope="module")
def framework(bts, scale):
    return Framework(EXPORTER.render(bts, scale))


def test_the_file_is_the_golden_one(bts, scale):
    """To renew it: competences export moodle-framework -o tests/data/…"""
    assert EXPORTER.render(bts, scale) == GOLDEN.read_bytes()


def test_the_columns_are_those_of_moodles_own_export(framework):
    assert framework.header == [
        "Parent ID number",
        "ID number",
        "Short name",
        "Description",
        "Description format",
        "Scale values",
        "Scale configuration",
        "Rule type (optional)",
        "Rule outcome (optional)",
        "Rule config (optional)",
        "Cross-referenced competency ID numbers",
        "Exported ID (optional)",
        "Is framework",
        "Taxonomy",
    ]


def test_all_227_nodes_arrive_in_place_and_order(bts, framework):
    expected = [
        (f"BTSSIO-{node.parent}" if node.parent else "", f"BTSSIO-{node.code}")
        for node in bts.nodes
    ]
    assert [(parent, idnumber) for parent, idnumber, _, _ in framework.nodes] == expected
    assert len(framework.nodes) == 227


def test_no_name_is_cut_by_moodle(framework):
    assert [name for _, _, name, _ in framework.nodes if name.endswith("...")] == []


def test_a_long_label_is_cut_at_a_word_and_whole_in_the_description(bts, framework):
    [(name, description)] = [n[2:] for n in framework.nodes if n[1] == "BTSSIO-C1.2.01.3"]
    assert name == (
        "C1.2.01.3 Recenser et caractériser des solutions répondant au cahier des charges "
        "(adaptation d'une…"
    )
    assert description == (
        "<p>Recenser et caractériser des solutions répondant au cahier des charges (adaptation "
        "d'une solution existante ou réalisation d'une nouvelle)</p>"
    )


def test_every_description_is_the_whole_wording(bts, framework):
    described = [html.unescape(re.sub("</?p>", "", n[3])) for n in framework.nodes]
    assert described == [node.label for node in bts.nodes]


def test_the_frameworks_row(framework):
    row = framework.framework
    assert row[:3] == ["", "BTSSIO", "BTS Services informatiques aux organisations"]
    assert row[4:] == [
        "1",
        "Non acquis,En cours d'acquisition,Acquis,Maîtrisé",
        '[{"scaleid":"1"},{"id":3,"scaledefault":1,"proficient":1},'
        '{"id":4,"scaledefault":0,"proficient":1}]',
        *[""] * 5,
        "1",
        "concept,domain,practice,competency",
    ]


@pytest.mark.parametrize("code", ["acquis-2", "bts-sio-4", "ti-i-s-ts"])
def test_a_scale_has_one_default_and_its_proficient_levels(code):
    """Moodle gives the default level to what a rule completes, so it is a proficient one."""
    scale = load_named_scale(CONFIG, code)
    first, *levels = json.loads(scale_configuration(scale))
    assert set(first) == {"scaleid"}
    proficient = [entry["id"] for entry in levels if entry["proficient"]]
    assert proficient == [level.value for level in scale.levels if level.proficient]
    assert [entry["id"] for entry in levels if entry["scaledefault"]] == proficient[:1]
    assert scale_values(scale, "fr").count(",") == len(scale.levels) - 1


def test_it_has_no_byte_order_mark_and_unix_line_ends(bts, scale):
    data = EXPORTER.render(bts, scale)
    assert data.startswith(b"Parent ID number,")
    assert b"\r" not in data


def test_the_separator_may_be_the_semicolon(bts, scale):
    data = EXPORTER.render(bts, scale, ExportOptions(delimiter="semicolon"))
    assert Framework(data, ";").nodes == Framework(EXPORTER.render(bts, scale)).nodes


def test_english_names_the_title_and_the_levels(bts, scale):
    row = Framework(EXPORTER.render(bts, scale, ExportOptions(language="en"))).framework
    assert row[2] == "BTS in IT services for organisations"
    assert row[5] == "Not acquired,Being acquired,Acquired,Mastered"


def test_a_scope_keeps_what_is_above_and_below(bts, scale):
    data = EXPORTER.render(bts, scale, ExportOptions(scope=("A1.1.03", "P5")))
    names = [idnumber.removeprefix("BTSSIO-") for _, idnumber, _, _ in Framework(data).nodes]
    assert names[:5] == ["P1", "D1.1", "A1.1.03", "C1.1.03.1", "C1.1.03.2"]
    assert names[5:] == ["P5", *(node.code for node in bts.descendants("P5"))]


def test_an_unknown_scope_writes_nothing(bts, scale):
    out = io.BytesIO()
    with pytest.raises(UnknownNode):
        EXPORTER.write(bts, scale, ExportOptions(scope=("A9",)), out)
    assert out.getvalue() == b""


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
@settings(deadline=None)
def test_any_wording_arrives_whole(wording):
    label = f'Libellé {wording}, «\u202f{wording}\u202f»; "{wording}"'
    tree = parse_text(f"P1 {label}\n", overlay()).referential
    if tree is None:
        return
    scale = load_named_scale(CONFIG, "bts-sio-4")
    [(_, _, name, description)] = Framework(EXPORTER.render(tree, scale)).nodes
    assert html.unescape(description) == f"<p>{tree.node('P1').label}</p>"
    assert len(name) <= 100


def test_it_is_written_piece_by_piece(scale):
    """The stream gets several writes: no string of the whole file is built first."""
    tree = parse("P1 Produire\n" + "".join(f"A1.{n} Activité {n}\n" for n in range(1, 2000)))

    class Counting(io.BytesIO):
        writes = 0

        def write(self, data, /):
            self.writes += 1
            return super().write(data)

    out = Counting()
    EXPORTER.write(tree.referential, scale, ExportOptions(), out)
    assert out.writes > 5
