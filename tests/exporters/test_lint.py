"""What Moodle would drop, cut or refuse is said before the export."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exporters.base import ExportOptions
from exporters.lint import RULES, lint
from exporters.lint_catalogue import CATALOGUE
from exporters.results import Column, Grade, Learner, Results
from referential.findings import Severity
from referential.model import UnknownNode
from referential.overlay import parse_overlay
from referential.text import parse_text
from tests.exporters import samples
from tests.exporters.samples import options
from tests.paths import ROOT
from tests.referential.samples import COMPETENCES, HEAD, PLAIN, TIERS

DEEP = TIERS + "".join(
    COMPETENCES.replace('"C"', f'"{letter}"').replace('"position"', '"nested"') for letter in "XYZ"
)
PLAIN_CLASS = Results(
    (Learner("1", "Chloé", "E1"),), (Column("P1", "TEST-P1"),), {("1", 0): Grade(Decimal(12))}
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


LOSSES = {
    "moodle-backup": ["framework_first"],
    "lpimportrdf": ["scale_lost"],
    "referentiel-xml": ["names_lost"],
    "case": ["scale_lost"],
    "mahara-matrix": ["levels_lost"],
}
"""What a target always loses, said each time as a mere information."""


@pytest.mark.parametrize("identifier", RULES)
def test_of_a_plain_tree_only_what_a_target_always_loses_is_said(identifier, scale):
    chosen = options(results=PLAIN_CLASS)
    found = lint(identifier, tree(PLAIN), scale, chosen)
    assert [f.kind for f in found] == LOSSES.get(identifier, [])
    assert {f.severity for f in found} <= {Severity.info}


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


def changed(**values):
    """A tree of two tiers whose third node is changed: P1 > D1.1, P2 > D2.1."""
    made = samples.tree(["Un", "Deux", "Trois", "Quatre"], 2)
    nodes = list(made.nodes)
    nodes[2] = replace(nodes[2], **values)
    return replace(made, nodes=tuple(nodes))


def levels(*names, proficient=True):
    """A scale with these levels, the last one proficient unless told otherwise."""
    base = samples.scale()
    return replace(
        base,
        levels=tuple(
            replace(
                base.levels[0],
                value=value,
                name_fr=name,
                name_en=name,
                proficient=proficient and value == len(names),
            )
            for value, name in enumerate(names, 1)
        ),
    )


def kinds(identifier, referential, scale=None, **more):
    found = lint(identifier, referential, scale or samples.scale(), options(**more))
    return [(f.kind, f.line) for f in found if f.severity > Severity.info]


MOODLE = ["moodle-framework", "lpimportrdf"]


@pytest.mark.parametrize("identifier", [*MOODLE, "canvas-outcomes", "referentiel-xml"])
def test_two_nodes_with_one_id_number(identifier):
    """Moodle keys rows by id number: the last one silently wins."""
    found = kinds(identifier, changed(idnumber="ESSAI-P1"))
    assert ("duplicate_idnumber", 3) in found


@pytest.mark.parametrize("identifier", MOODLE)
def test_id_numbers_that_differ_in_case_only(identifier):
    assert kinds(identifier, changed(idnumber="essai-p1")) == [("same_but_case", 3)]


@pytest.mark.parametrize("idnumber", ["1.10", " 7", "1e3", "+.5", "007"])
@pytest.mark.parametrize("identifier", MOODLE)
def test_an_id_number_that_php_takes_for_a_number(identifier, idnumber):
    """framework_importer.php compares parents with ==, for which "1.1" equals "1.10"."""
    assert kinds(identifier, changed(idnumber=idnumber)) == [("numeric_idnumber", 3)]


@pytest.mark.parametrize("idnumber", ["1.1.1", "A1", "1 2", "1e", "0x1A"])
def test_an_id_number_that_only_looks_a_little_like_one(idnumber):
    assert kinds("moodle-framework", changed(idnumber=idnumber)) == []


@pytest.mark.parametrize("values", [{"idnumber": ""}, {"idnumber": "0"}, {"label": ""}])
@pytest.mark.parametrize("identifier", MOODLE)
def test_a_row_that_would_vanish_with_all_below_it(identifier, values):
    [found] = [
        f
        for f in lint(identifier, changed(**values), samples.scale(), options())
        if f.severity is Severity.error
    ]
    assert (found.kind, found.line) == ("vanishes", 3)
    assert "1 éléments en dessous" in found.fr


def test_a_parent_whose_id_number_would_be_cut_loses_its_children():
    found = kinds("moodle-framework", changed(idnumber="X" * 101))
    assert found == [("too_long", 3), ("orphan_parent", 4)]


def test_a_slash_in_an_id_number_would_cut_it_for_rdf():
    assert kinds("lpimportrdf", changed(idnumber="ESSAI/P2")) == [("idnumber_form", 3)]


@pytest.mark.parametrize("idnumber", ["ESSAI P2", "canvas_outcome:2"])
def test_a_space_or_a_colon_in_an_id_number_fails_in_canvas(idnumber):
    assert kinds("canvas-outcomes", changed(idnumber=idnumber)) == [("idnumber_form", 3)]


def test_two_nodes_with_one_uuid():
    twin = samples.tree(["Un"]).nodes[0].uuid
    assert kinds("case", changed(uuid=twin)) == [("same_uuid", 3)]


@pytest.mark.parametrize("identifier", ["lpimportrdf", "referentiel-xml", "moodle-backup", "xlsx"])
def test_a_character_that_xml_cannot_hold(identifier):
    made = samples.tree(["Un", "De\x07ux", "Trois", "Quatre"], 2)
    assert kinds(identifier, made) == [("control", 2)]


WITH_SCALE = ["moodle-framework", "moodle-outcomes", "referentiel-xml", "moodle-backup"]


@pytest.mark.parametrize("identifier", WITH_SCALE)
@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("Non", "Oui, bien"), "scale_comma"),
        (("Non", " Oui"), "scale_blank"),
        (("Non", ""), "scale_blank"),
        (("Oui", "Oui"), "scale_repeated"),
    ],
)
def test_levels_that_do_not_survive_being_joined_by_commas(identifier, names, kind):
    found = kinds(identifier, samples.tree(["Un", "Deux"], 2), levels(*names))
    assert found[0] == (kind, None)


@pytest.mark.parametrize("identifier", ["moodle-framework", "canvas-outcomes", "mahara-matrix"])
def test_a_scale_with_which_nothing_is_acquired(identifier):
    never = levels("Non", "Un peu", proficient=False)
    assert kinds(identifier, samples.tree(["Un"], 1), never) == [("scale_not_proficient", None)]


def test_siblings_that_would_be_sorted_differently():
    """strcmp: « D1.10 » comes before « D1.9 »."""
    labels = [f"Élément {n}" for n in range(11)]
    made = samples.tree(labels, 1)
    assert kinds("lpimportrdf", made) == [("resorted", 10), ("resorted", 11)]
    assert kinds("referentiel-xml", made) == [("resorted", 10), ("resorted", 11)]


def test_what_is_flattened_is_named(bts, scale):
    [found] = [f for f in lint("referentiel-xml", bts, scale, options()) if f.kind == "flattened"]
    assert found.fr == (
        "tool_lpimportreferentiel n’a que 3 niveaux\u202f: processus ne sont que rappelés dans "
        "les descriptions."
    )


def test_a_scale_that_the_plugin_cannot_take(bts):
    assert kinds("referentiel-xml", bts, samples.scale("acquis-2")) == [("scale_left_out", None)]


def test_cells_like_formulas_are_counted():
    made = samples.tree(["=1+1", "@x", "-3", "- point"], 1)
    [found] = lint("csv", made, samples.scale(), options())
    assert (found.kind, found.en.split()[0]) == ("neutralised", "3")


def test_many_cases_are_counted_not_listed():
    made = samples.tree([f"<b>{n}" for n in range(50)], 1)
    found = lint("moodle-framework", made, samples.scale(), options())
    assert [f.kind for f in found] == ["tags"] * 20 + ["more"]
    assert found[-1].en == "… and 30 more of the same."


def course(**values):
    """A class whose first learner, column or grade is changed."""
    learner = Learner("1", "Chloé", "E1")
    column, grade = Column("P1", "TEST-P1"), Grade(Decimal(12))
    return Results(
        values.get("learners", (learner,)),
        values.get("columns", (column,)),
        {("1", 0): values.get("grade", grade)},
        values.get("levels", {}),
    )


BY_LEVEL = (Column("Niveau", "N", Decimal(4), by_level=True),)


@pytest.mark.parametrize(
    ("identifier", "results", "found"),
    [
        pytest.param(
            "moodle-grades-xml",
            course(learners=(Learner("1", "A"), Learner("2", "B", "E2"))),
            ["learner_left_out"],
            id="no id number",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(learners=(Learner("1", "A", "E"), Learner("2", "B", "E"))),
            ["learner_repeated"],
            id="one id number for two",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(columns=(Column("P1"), Column("P2", "X"))),
            ["column_left_out"],
            id="column without id number",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(columns=(Column("P1", "X"), Column("P2", "X"))),
            ["column_repeated"],
            id="two columns with one id number",
        ),
        pytest.param(
            "moodle-grades-csv",
            course(columns=(Column("P1", "X"), Column("P1", "Y"))),
            ["column_repeated", "column_repeated", "empties"],
            id="two columns with one header",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(grade=Grade(Decimal("20.01"))),
            ["grade_out_of_range"],
            id="above the maximum",
        ),
        pytest.param(
            "moodle-grades-csv",
            course(grade=Grade(Decimal(-1))),
            ["grade_out_of_range"],
            id="below zero",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(columns=BY_LEVEL, grade=Grade(Decimal(5))),
            ["level_unknown"],
            id="no such level",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(columns=BY_LEVEL, grade=Grade(Decimal("1.5"))),
            ["level_unknown"],
            id="between two levels",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(levels={("1", "A1.1.1"): 9}),
            ["level_unknown"],
            id="no such level of a competence",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(levels={("1", "C9.9"): 1}),
            ["level_elsewhere"],
            id="another competence",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(grade=Grade(None, "Absent")),
            ["empties"],
            id="a grade to erase",
        ),
        pytest.param(
            "moodle-grades-csv",
            course(grade=Grade(Decimal(1), 'Le \\"bon\\"')),
            ["feedback_form"],
            id="a backslash before a quotation mark",
        ),
        pytest.param(
            "moodle-grades-xml",
            course(grade=Grade(Decimal(1), "a\x07b")),
            ["feedback_control"],
            id="a control character",
        ),
        pytest.param("moodle-grades-xml", course(learners=()), ["nothing"], id="nobody"),
        pytest.param("moodle-grades-csv", course(learners=()), ["nothing"], id="nobody in the CSV"),
    ],
)
def test_what_the_grade_import_refuses_or_does_unasked(identifier, results, found):
    made = samples.tree(["Un", "Deux", "Trois"], 3)
    assert [kind for kind, _ in kinds(identifier, made, results=results)] == found


@pytest.mark.parametrize("url", ["", "tool.example.fr", "ftp://x/lti", "https:///lti"])
def test_a_course_backup_needs_the_tools_address(url):
    assert kinds("moodle-backup", samples.tree(["Un"], 1), tool_url=url) == [("tool_url", None)]


@pytest.mark.parametrize("missing", [{"site": ""}, {"tool": ""}])
def test_a_course_backup_for_no_site_in_particular(missing):
    assert kinds("moodle-backup", samples.tree(["Un"], 1), **missing) == [("tool_unknown", None)]


def test_a_competence_in_two_activities(bts):
    found = kinds("moodle-backup", bts, activities=("D1.1", "A1.1.03"))
    assert found == [("overlap", bts.node(f"C1.1.03.{n}").line) for n in (1, 2)]


def test_a_workbook_has_a_last_row(monkeypatch):
    monkeypatch.setattr("exporters.rules.others.MAX_ROWS", 3)
    assert kinds("xlsx", samples.tree(["Un", "Deux"], 1)) == []
    assert kinds("xlsx", samples.tree(["Un", "Deux", "Trois"], 1)) == [("too_many_rows", None)]


def test_every_wording_is_used_somewhere():
    sources = "".join(path.read_text() for path in (ROOT / "exporters" / "rules").glob("*.py"))
    assert [kind for kind in CATALOGUE if f'"{kind}"' not in sources] == []
