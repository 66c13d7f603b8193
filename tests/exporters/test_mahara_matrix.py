"""The SmartEvidence matrix, read the way Mahara does.

Sources: Mahara's htdocs/module/framework/lib.php (``matrix_is_valid_json``: joining elements to
standards, compared with type; ``Framework::commit``: parents looked up among the ids read so far
in the standard, names of the statuses) and db/install.xml (lengths of the columns).
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters import registry
from exporters.base import ExportOptions
from tests.exporters.samples import anything, scale, tree

EXPORTER = registry.get("mahara-matrix")
STATUSES = ("begun", "incomplete", "partialcomplete", "completed")


def committed(data: bytes):
    """Rows as Mahara stores them: (short name, name, description, parent's short name)."""
    framework = json.loads(data)["framework"]
    assert framework["name"]
    assert len(framework["name"]) <= 255
    rows = []
    for standard in framework["standards"]:
        _lengths(standard)
        rows.append((standard["shortname"], standard["name"], standard["description"], None))
        known = {}
        for element in framework["standardelements"]:
            own, its = element["standardid"], standard["standardid"]
            if type(own) is not type(its) or own != its:  # PHP's ===
                continue
            _lengths(element)
            above = element.get("parentelementid")
            if above is not None:
                assert above in known  # else a number of another table would be its parent
            known[element["elementid"]] = element["shortname"]
            parent = known[above] if above is not None else standard["shortname"]
            rows.append((element["shortname"], element["name"], element["description"], parent))
    return framework, rows


def _lengths(row):
    assert 0 < len(row["shortname"]) <= 100
    assert 0 < len(row["name"]) <= 255


@pytest.fixture(scope="module")
def matrix(bts, scale):
    return committed(EXPORTER.render(bts, scale))


def test_the_whole_tree_is_stored_in_order(bts, matrix):
    framework, rows = matrix
    assert rows == [(node.code, node.label, node.label, node.parent) for node in bts.nodes]
    numbers = [element["elementid"] for element in framework["standardelements"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("code", "language", "names"),
    [
        (
            "bts-sio-4",
            "fr",
            ["Non évalué", "Non acquis", "En cours d'acquisition", "Acquis"],
        ),
        ("acquis-2", "fr", ["Non évalué", "Non acquis", "Partiellement", "Acquis"]),
        ("acquis-2", "en", ["Not assessed", "Not acquired", "Partly", "Acquired"]),
    ],
)
def test_the_scale_names_the_four_states(bts, code, language, names):
    data = EXPORTER.render(bts, scale(code), ExportOptions(language=language))
    statuses = json.loads(data)["framework"]["evidencestatuses"]
    assert statuses == [{key: name} for key, name in zip(STATUSES, names, strict=True)]


@given(st.lists(anything, min_size=1, max_size=12), st.integers(1, 4))
@settings(deadline=None)
def test_any_wording_arrives_whole(labels, depth):
    made = tree(labels, depth)
    _, rows = committed(EXPORTER.render(made, scale()))
    assert [(code, text, parent) for code, _, text, parent in rows] == [
        (node.code, node.label, node.parent) for node in made.nodes
    ]
