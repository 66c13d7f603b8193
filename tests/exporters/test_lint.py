"""What Moodle would drop, cut or refuse is said before the export."""

import pytest

from exporters import registry
from exporters.base import ExportOptions
from exporters.lint import lint
from referential.findings import Severity
from referential.model import UnknownNode
from referential.overlay import parse_overlay
from referential.text import parse_text
from tests.referential.samples import COMPETENCES, HEAD, PLAIN, TIERS

DEEP = TIERS + "".join(
    COMPETENCES.replace('"C"', f'"{letter}"').replace('"position"', '"nested"') for letter in "XYZ"
)
NO_COMPETENCE = "P1 Produire\nA1.1 Étudier\n"

# kind: format, text, tiers, line
LINTED = {
    "shortened": (
        "moodle-framework",
        PLAIN.replace("Chiffrer", "Chiffrer " * 20),
        TIERS + COMPETENCES,
        None,
    ),
    "tags": (
        "moodle-framework",
        PLAIN.replace("Chiffrer", "Chiffrer <br> tout"),
        TIERS + COMPETENCES,
        4,
    ),
    "backslash": (
        "moodle-outcomes",
        PLAIN.replace("Chiffrer", 'Le \\"chiffre\\"'),
        TIERS + COMPETENCES,
        4,
    ),
    "too_long": (
        "moodle-outcomes",
        PLAIN.replace("Chiffrer", "&" * 1900 + "a"),
        TIERS + COMPETENCES,
        4,
    ),
    "too_deep": ("moodle-framework", "P1 Produire\n", DEEP, None),
    "nothing": ("moodle-outcomes", NO_COMPETENCE, TIERS + COMPETENCES, None),
}


def tree(text, tiers=TIERS + COMPETENCES):
    return parse_text(text, parse_overlay((HEAD + tiers).encode())).referential


@pytest.mark.parametrize("kind", LINTED)
def test_each_rule(kind, scale):
    identifier, text, tiers, line = LINTED[kind]
    findings = lint(identifier, tree(text, tiers), scale, ExportOptions())
    assert (kind, line) in [(f.kind, f.line) for f in findings]


@pytest.mark.parametrize("identifier", [exporter.identifier for exporter in registry.all()])
def test_a_plain_tree_has_no_findings(identifier, scale):
    assert lint(identifier, tree(PLAIN), scale, ExportOptions()) == ()


@pytest.mark.parametrize(
    ("identifier", "count"), [("moodle-framework", 37), ("moodle-outcomes", 33)]
)
def test_the_bts_sio_only_has_long_labels(identifier, count, bts, scale):
    [found] = lint(identifier, bts, scale, ExportOptions())
    assert (found.kind, found.severity) == ("shortened", Severity.info)
    assert found.en.startswith(f"{count} labels are longer than 100 characters")


def test_a_lone_less_than_sign_is_no_tag(scale):
    text = PLAIN.replace("Chiffrer", "Vérifier que a < b")
    assert lint("moodle-framework", tree(text), scale, ExportOptions()) == ()


def test_only_the_scope_is_looked_at(scale):
    text = PLAIN.replace("Chiffrer", "Chiffrer <br> tout")
    assert lint("moodle-framework", tree(text), scale, ExportOptions(scope=("P2",))) == ()
    with pytest.raises(UnknownNode):
        lint("moodle-framework", tree(text), scale, ExportOptions(scope=("P9",)))


def test_an_id_number_that_moodle_would_cut_is_an_error(scale):
    """40 + 1 + 8 + 8 × 6 digits + 7 dots: the longest id number an overlay allows."""
    letters = ["A" * n for n in range(1, 9)]
    tier = TIERS.split("[[tiers]]")[1]
    tiers = "".join("[[tiers]]" + tier.replace('"P"', f'"{letter}"') for letter in letters)
    grammar = parse_overlay((HEAD.replace("TEST", "T" * 40) + tiers).encode())
    codes = [letter + ".".join(["123456"] * n) for n, letter in enumerate(letters, 1)]
    text = "".join(f"{code} Élément\n" for code in codes)
    long = parse_text(text, grammar).referential
    errors = [
        (found.kind, found.line, found.en)
        for found in lint("moodle-framework", long, scale, ExportOptions())
        if found.severity is Severity.error
    ]
    message = f"The id number of {codes[-1]} has 104 characters; Moodle takes 100."
    assert errors == [("too_long", 8, message)]
