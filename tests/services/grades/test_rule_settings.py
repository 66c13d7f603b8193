"""Rules as words: what is written is read back, and what is wrong is said in a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_app.errors import InputError
from lti_app.services.activities.framing import LinkSettings, settings_to_custom
from lti_app.services.grades import rule_settings
from lti_app.services.grades.rule_settings import Rules
from referential.grading import GRADE_RULES, GradeRule
from referential.mastery import RULES, MasteryRule
from tests.services.rules import framed, read_rules

CODES = ["P1", "D1.2", "A1.1.03", "C1.1.03.1"]


def test_nothing_said_is_the_usual_rules():
    assert rule_settings.read({}) == Rules()
    assert rule_settings.write(Rules()) == {}


def test_the_usual_activity_says_no_more_than_before():
    """So that a setting stored by an earlier release is the same as one read from a launch now."""
    assert LinkSettings().to_json() == {
        "referential": "bts-sio",
        "scope": [],
        "scale": "bts-sio-4",
        "maximum": "20",
    }


def test_rules_as_a_teacher_would_write_them():
    said = {
        "grade_rule": "share_weighted",
        "not_assessed": "left_out",
        "coefficients": "P1:2 D2.1=0,5; C1.1.03.1:0",
        "rounding": "0,5",
        "rounding_mode": "up",
        "mastery_rule": "decaying_average",
        "mastery_number": "80",
        "mastery_last": "5",
        "columns": "P, D1.2",
        "maximum": "12,5",
    }
    found = read_rules(said)
    assert found.maximum == Decimal("12.5")
    assert found.rules == Rules(
        grade=GradeRule(
            "share_weighted",
            "left_out",
            (("P1", Decimal(2)), ("D2.1", Decimal("0.5")), ("C1.1.03.1", Decimal(0))),
            rounding=Decimal("0.5"),
            rounding_mode="up",
        ),
        mastery=MasteryRule("decaying_average", 80, 5),
        columns=("P", "D1.2"),
    )
    assert [node.code for node in framed(found).parts] == ["P1", "D1.2", "P2", "P3", "P4", "P5"]


decimals = st.decimals(0, 100, places=2)


@st.composite
def all_rules(draw) -> Rules:
    name = draw(st.sampled_from(list(RULES)))
    allowed = RULES[name]
    return Rules(
        grade=GradeRule(
            name=draw(st.sampled_from(GRADE_RULES)),
            not_assessed=draw(st.sampled_from(["zero", "left_out"])),
            coefficients=tuple(
                draw(st.dictionaries(st.sampled_from(CODES), decimals, max_size=3)).items()
            ),
            level_values=draw(st.sampled_from([(), tuple(map(Decimal, (0, 40, 80, 100)))])),
            points_needed=draw(decimals),
            required=tuple(draw(st.lists(st.sampled_from(CODES), max_size=3, unique=True))),
            required_cap=draw(decimals),
            rounding=draw(st.sampled_from([Decimal("0.01"), Decimal("0.5"), Decimal(1)])),
            rounding_mode=draw(st.sampled_from(["nearest", "up", "down"])),
        ),
        mastery=MasteryRule(
            name,
            draw(st.integers(allowed.low, allowed.high)) if allowed else 0,
            draw(st.integers(0, 50)),
            draw(st.sampled_from(["nearest", "down"])),
        ),
        columns=tuple(draw(st.lists(st.sampled_from(["P", *CODES]), max_size=3, unique=True))),
        send_as=draw(st.sampled_from(["auto", "points", "level"])),
    )


@settings(deadline=None)
@given(all_rules())
def test_what_is_written_is_read_back(rules):
    assert rule_settings.read(rule_settings.write(rules)) == rules


@settings(deadline=None, max_examples=30)
@given(all_rules())
def test_rules_travel_in_custom_parameters_and_in_the_store(rules):
    chosen = LinkSettings(scope=("P1",), rules=rules)
    custom = settings_to_custom(chosen)
    assert read_rules(custom) == chosen
    assert LinkSettings.from_json(chosen.to_json()) == chosen
    assert not any("\n" in value or "<" in value for value in custom.values())  # Moodle's cuts
    assert all(key == key.lower() for key in custom)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"grade_rule": "best"}, "La règle de note « best » n’existe pas ici."),
        ({"mastery_rule": "best"}, "La règle de maîtrise « best » n’existe pas ici."),
        (
            {"not_assessed": "half"},
            "« half » ne dit pas ce que devient une compétence non évaluée : « zero » ou "
            "« left_out ».",
        ),
        (
            {"coefficients": "P1"},
            "Le coefficient « P1 » n’a pas la forme attendue : un code, deux-points, un nombre, "
            "comme « P1:2 ».",
        ),
        (
            {"coefficients": "P1:-2"},
            "Le coefficient de P1 « -2 » n’est pas un nombre entre 0 et 1 000.",
        ),
        (
            {"coefficients": "P1:"},
            "Le coefficient de P1 « ? » n’est pas un nombre entre 0 et 1 000.",
        ),
        (
            {"level_values": "0 33 x 100"},
            "La valeur d’un niveau « x » n’est pas un nombre entre 0 et 100.",
        ),
        (
            {"level_values": "0 67 33 100"},
            "Les valeurs des niveaux « 0 67 33 100 » ne vont pas en montant.",
        ),
        (
            {"points_needed": "NaN"},
            "Le nombre de points à réunir « NaN » n’est pas un nombre entre 0 et 100 000.",
        ),
        (
            {"required_cap": "101"},
            "La limite sans les compétences obligatoires « 101 » n’est pas un nombre entre 0 et "
            "100.",
        ),
        ({"rounding": "0"}, "L’arrondi « 0 » n’est pas un nombre entre 0,01 et 10."),
        ({"rounding_mode": "even"}, "Le sens d’arrondi « even » n’existe pas ici."),
        (
            {"mastery_rule": "decaying_average", "mastery_number": "30"},
            "La part de la dernière évaluation « 30 » n’est pas un nombre entre 50 et 99.",
        ),
        (
            {"mastery_rule": "n_mastery", "mastery_number": "2.5"},
            "Le nombre « 2.5 » n’est pas un nombre entier.",
        ),
        (
            {"mastery_last": "99"},
            "Le nombre de dernières évaluations « 99 » n’est pas un nombre entre 0 et 50.",
        ),
        (
            {"send_as": "mail"},
            "« mail » ne dit pas quoi envoyer : « auto », « points » ou « level ».",
        ),
        ({"maximum": "0"}, "La note maximale « 0 » n’est pas un nombre entre 0 et 1 000."),
        ({"maximum": "12.345"}, "La note maximale « 12.345 » a plus de deux décimales."),
        (
            {"coefficients": "P9:2", "grade_rule": "share_weighted"},
            "La règle de note cite « P9 », qui n’existe pas dans le référentiel « BTS SIO ».",
        ),
        (
            {"required": "P9", "grade_rule": "points"},
            "La règle de note cite « P9 », qui n’existe pas dans le référentiel « BTS SIO ».",
        ),
        (
            {"columns": "P9"},
            "La règle de note cite « P9 », qui n’existe pas dans le référentiel « BTS SIO ».",
        ),
        (
            {"grade_rule": "mean_of_levels", "level_values": "0 100"},
            "La règle de note donne 2 valeurs de niveaux ; l’échelle « Acquisition en quatre "
            "niveaux » a 4 niveaux.",
        ),
        (
            {"columns": "C"},
            "Cela ferait 153 colonnes dans le carnet de notes ; au plus 60. Choisissez des parties "
            "plus grandes.",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_said(said, sentence):
    with pytest.raises(InputError) as caught:
        read_rules(said)
    title = framed(LinkSettings()).referential.title
    assert str(caught.value).replace(f"« {title} »", "« BTS SIO »") == sentence


@pytest.mark.parametrize(
    ("scope", "columns", "parts"),
    [
        pytest.param((), ("P",), ["P1", "P2", "P3", "P4", "P5"], id="each process"),
        pytest.param(("P1", "D2.1"), ("P",), ["P1", "P2"], id="those in the scope"),
        pytest.param(("P1",), ("D",), ["D1.1", "D1.2", "D1.3", "D1.4"], id="each domain"),
        pytest.param(("P1",), ("P",), [], id="not one that is all of it"),
        pytest.param(("P1",), ("P2", "D1.2"), ["D1.2"], id="not one outside"),
        pytest.param((), ("C1.1.03.1", "A1.1.03"), ["A1.1.03", "C1.1.03.1"], id="chosen parts"),
    ],
)
def test_columns_for_parts(scope, columns, parts):
    found = framed(LinkSettings(scope=scope, rules=Rules(columns=columns)))
    assert [node.code for node in found.parts] == parts


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({}, 2),
        ({"scope": "P1 D2.1 D2.2 D2.3 D1.1 D3.1 C3.2.01.1", "maximum": "10"}, 2),
        ({"scope": "D2.1"}, 1),  # 20 on 10 competences
        ({"scope": "D2.1", "grade_rule": "mean_of_levels"}, 2),
        ({"rounding": "0.5"}, 1),
        ({"rounding": "0.25"}, 2),
        ({"rounding": "1"}, 0),
        ({"rounding": "1", "maximum": "12.5"}, 1),
        ({"rounding": "1", "grade_rule": "points", "required": "P1"}, 2),
    ],
    ids=str,
)
def test_decimals_enough_for_every_grade(said, places):
    assert framed(read_rules(said)).places == places
