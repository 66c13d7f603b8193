"""The outcomes CSV, checked and read the way Canvas does.

Sources: Canvas's doc/api/outcomes_csv.md (columns, required fields, values) and
lib/outcomes/csv_importer.rb, import.rb (unknown headers, order of rows, ratings).
"""

import csv
import html
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters import registry
from tests.exporters.samples import printable, scale, tree

EXPORTER = registry.get("canvas-outcomes")
REQUIRED = {"vendor_guid", "object_type", "title", "parent_guids"}
KNOWN = REQUIRED | {
    "canvas_id",
    "course_id",
    "description",
    "friendly_description",
    "display_name",
    "calculation_method",
    "calculation_int",
    "workflow_state",
    "mastery_points",
}
METHODS = {"decaying_average", "n_mastery", "highest", "latest", "average"}
OUTCOMES_ONLY = ("calculation_method", "calculation_int", "mastery_points")


class Imported:
    """What Canvas makes of a file; every refusal is a failed assertion."""

    def __init__(self, data: bytes) -> None:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
        header, *rows = rows
        end = header.index("ratings")
        names = header[:end]
        assert set(names) >= REQUIRED
        assert set(names) <= KNOWN
        assert not any(header[end + 1 :])  # « Invalid fields after ratings »
        self.groups: dict[str, dict[str, str]] = {}
        self.outcomes: dict[str, dict[str, str]] = {}
        self.ratings: list[tuple[str, ...]] = []
        for row in rows:
            assert len(row) == len(header)
            self._add(dict(zip(names, row[:end], strict=True)), row[end:])

    def _add(self, row: dict[str, str], ratings: list[str]) -> None:
        guid = row["vendor_guid"]
        assert guid
        assert not re.search(r"[\s:]", guid)
        assert row["title"]
        assert len(row["title"]) <= 255
        assert row["workflow_state"] in ("", "active", "deleted")
        assert guid not in self.groups | self.outcomes  # « has already appeared »
        for parent in row["parent_guids"].split():
            assert parent in self.groups  # « Parent references not found prior to this row »
        while ratings and not ratings[-1]:
            ratings = ratings[:-1]
        if row["object_type"] == "group":
            assert not ratings
            assert not any(row[name] for name in OUTCOMES_ONLY)
            assert len(row["parent_guids"].split()) <= 1
            self.groups[guid] = row
            return
        assert row["object_type"] == "outcome"
        assert row["calculation_method"] in METHODS
        assert row["calculation_int"] == ""  # blank for « latest »
        points = [int(value) for value in ratings[::2]]
        assert points == sorted(points, reverse=True)
        assert int(row["mastery_points"]) in points
        self.outcomes[guid] = row
        self.ratings.append(tuple(ratings))


@pytest.fixture(scope="module")
def imported(bts, scale):
    return Imported(EXPORTER.render(bts, scale))


def test_the_tree_is_groups_and_the_competences_are_outcomes(bts, imported):
    assert list(imported.groups) == [
        "BTSSIO",
        *(node.idnumber for node in bts.nodes if node.depth < 3),
    ]
    assert list(imported.outcomes) == [leaf.idnumber for leaf in bts.leaves()]
    for node in bts.nodes:
        row = (imported.groups | imported.outcomes)[node.idnumber]
        parent = bts.node(node.parent).idnumber if node.parent else "BTSSIO"
        assert (row["parent_guids"], row["title"]) == (parent, f"{node.code} {node.label}")


def test_levels_are_ratings_and_mastery_begins_at_the_first_proficient_one(imported):
    assert set(imported.ratings) == {
        ("4", "Maîtrisé", "3", "Acquis", "2", "En cours d'acquisition", "1", "Non acquis")
    }
    assert {row["mastery_points"] for row in imported.outcomes.values()} == {"3"}


def test_another_scale_has_other_ratings(bts):
    imported = Imported(EXPORTER.render(bts, scale("acquis-2")))
    assert set(imported.ratings) == {("2", "Acquis", "1", "Non acquis")}


@given(st.lists(printable, min_size=1, max_size=12), st.integers(1, 4))
@settings(deadline=None)
def test_any_wording_arrives_whole(labels, depth):
    made = tree(labels, depth)
    imported = Imported(EXPORTER.render(made, scale()))
    rows = imported.groups | imported.outcomes
    described = [rows[node.idnumber]["description"] for node in made.nodes]
    assert [html.unescape(text) for text in described] == [f"<p>{n.label}</p>" for n in made.nodes]
