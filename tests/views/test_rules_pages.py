"""The rules as a teacher sets them: the form, what a change would do, and the change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_app.models import GradeSync, LineItem, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.grades.rule_settings import Rules
from lti_app.services.wiring import Wiring
from referential.grading import GradeRule
from referential.mastery import MasteryRule
from tests.factories import School
from tests.views.conftest import Page, Visitor

ONE, TWO = "C1.1.03.1", "C1.1.03.2"


def fields(page: Page) -> list[tuple[str, str]]:
    """What the browser would send: every field with its value, in order."""
    (form,) = page.tree.xpath('//form[@class="rules"]')
    return [pair for pair in form.form_values() if pair[0] != "csrf_token"]


def hidden(page: Page) -> dict[str, str]:
    """What the confirming button sends."""
    (form,) = page.tree.xpath('//form[@method="post" and contains(@action, "/rules")]')
    return {name: value for name, value in form.form_values() if name != "csrf_token"}


def ask(teacher: Visitor, **changes: object) -> Page:
    """The preview of the form as it stands, with these fields changed."""
    filled: dict[str, object] = {}
    for name, value in fields(teacher.get("/rules")):
        filled.setdefault(name, []).append(value)  # type: ignore[attr-defined]
    return Page(teacher.submit("/rules/preview", filled | changes))


def confirm(teacher: Visitor, page: Page) -> Page:
    answer = teacher.submit("/rules", hidden(page))
    if answer.status_code == 303:
        assert answer.location == teacher.base + "/rules"
        return teacher.get("/rules")
    return Page(answer)


def in_force(parts: Wiring, school: School) -> LinkSettings:
    with parts.store.read() as session:
        return link_settings.current(session.get_one(ResourceLink, school.link_id))


def grades(parts: Wiring) -> dict[tuple[int, str], Decimal]:
    with parts.store.read() as session:
        return {(row.learner_id, row.line_item.part): row.score for row in session.query(GradeSync)}


@pytest.fixture
def rated(school: School) -> School:
    """The first pupil has acquired one competence of two judged, the second pupil none."""
    school.rate(school.pupils[0], ONE, 3)
    school.rate(school.pupils[0], TWO, 2)
    school.rate(school.pupils[1], ONE, 1)
    return school


def test_the_form_shows_the_rules_in_force(teacher: Visitor, parts: Wiring, school: School):
    chosen = LinkSettings(
        maximum=Decimal("12.5"),
        rules=Rules(
            grade=GradeRule(
                "points",
                "left_out",
                (("P1", Decimal(2)), ("C1.1.03.1", Decimal("0.5"))),
                points_needed=Decimal(30),
                required=("A1.1.03",),
                required_cap=Decimal(40),
                rounding=Decimal("0.25"),
                rounding_mode="up",
            ),
            mastery=MasteryRule("n_mastery", 2, 6, "down"),
            columns=("D1.1", "P2"),
            send_as="points",
        ),
    )
    with parts.store.write() as session:
        link_settings.change(session.get_one(ResourceLink, school.link_id), chosen)
    shown = fields(teacher.get("/rules"))
    assert {name: value for name, value in shown if value and name != "column"} == {
        "mastery_rule": "n_mastery",
        "number:best_mean": "3",
        "number:weighted_average": "65",
        "number:decaying_average": "65",
        "number:n_mastery": "2",
        "mastery_last": "6",
        "mastery_rounding": "down",
        "grade_rule": "points",
        "level_value": "100",
        "coef:P1": "2",
        "coefficients": "C1.1.03.1:0.5",
        "points_needed": "30",
        "required_cap": "40",
        "required": "A1.1.03",
        "not_assessed": "left_out",
        "maximum": "12.5",
        "rounding": "0.25",
        "rounding_mode": "up",
        "columns": "chosen",
        "send_as": "points",
    }
    assert [value for name, value in shown if name == "column"] == ["D1.1", "P2"]
    assert [value for name, value in shown if name == "level_value"] == ["0", "33", "67", "100"]


def test_the_form_as_it_stands_changes_nothing(teacher: Visitor, parts: Wiring, rated: School):
    before = in_force(parts, rated)
    page = ask(teacher)
    assert page.text("//main/h2") == "Aucune note ne changerait"
    assert page.texts("//table") == []
    confirm(teacher, page)
    assert in_force(parts, rated) == before


def test_a_preview_tells_each_grade_that_would_change(teacher: Visitor, rated: School):
    page = ask(teacher, grade_rule="mean_of_levels", not_assessed="left_out", rounding="0.5")
    assert page.text("//main/h2") == "1 note changerait"
    assert page.text("//main/p") == "1 note resterait la même."
    assert page.texts("//tbody/tr/*") == ["ABDELLI Yanis", "0,13 / 20", "10,0 / 20"]
    assert page.texts('//section[.//h3="Après"]//li')[1:] == [
        "La note est la moyenne des niveaux, qui valent de bas en haut 0, 33, 67, 100 sur 100.",
        "Une compétence pas encore évaluée ne compte pas.",
        "Elle est sur 20, arrondie à 0,5 près.",
    ]


def test_a_preview_changes_nothing(teacher: Visitor, parts: Wiring, rated: School):
    before, settings = grades(parts), in_force(parts, rated)
    ask(teacher, grade_rule="mean_of_levels", columns="P", mastery_rule="highest")
    assert (grades(parts), in_force(parts, rated)) == (before, settings)


def test_the_confirmed_change_is_the_one_that_was_shown(
    teacher: Visitor, parts: Wiring, rated: School
):
    page = confirm(teacher, ask(teacher, not_assessed="left_out"))
    assert page.text('//p[@role="status"]') == (
        "Les règles sont changées. Les notes concernées sont en route vers Moodle."
    )
    assert in_force(parts, rated).rules == Rules(grade=GradeRule(not_assessed="left_out"))
    assert grades(parts) == {(rated.pupils[0], ""): 10, (rated.pupils[1], ""): 0}


def test_a_judgement_made_meanwhile_shows_the_preview_again(
    teacher: Visitor, parts: Wiring, rated: School
):
    seen = ask(teacher, not_assessed="left_out")
    rated.rate(rated.pupils[1], TWO, 4)
    again = confirm(teacher, seen)
    assert again.text('//p[@role="status"]') == (
        "La classe a été évaluée entre-temps\u202f: voici ce que la règle changerait maintenant."
    )
    assert again.texts("//tbody/tr[2]/*") == [
        'ANNE & <FILS> Max "Le Grand"',
        "0,13 / 20",
        "10,00 / 20",
    ]
    assert in_force(parts, rated).rules == Rules()
    confirm(teacher, again)
    assert grades(parts)[rated.pupils[1], ""] == 10


def test_columns_for_parts_are_announced_then_asked_for(
    teacher: Visitor, parts: Wiring, rated: School
):
    page = ask(teacher, columns="P")
    assert page.text('//p[@class="notice info"]').startswith(
        "5 colonnes s’ajouteraient au carnet de notes\u202f: P1 Production de services, P2"
    )
    assert page.texts("//tbody/tr[1]/*") == ["ABDELLI Yanis", "P1", "–", "0,59 / 20"]
    confirm(teacher, page)
    with parts.store.read() as session:
        items = session.query(LineItem).filter_by(resource_link_id=rated.link_id)
        made = [(item.part, item.active, item.url is None) for item in items]
    assert made == [("", True, False), *((f"P{n}", True, True) for n in range(1, 6))]
    assert grades(parts) == {
        (rated.pupils[0], ""): Decimal("0.13"),
        (rated.pupils[1], ""): 0,
        (rated.pupils[0], "P1"): Decimal("0.59"),
        (rated.pupils[1], "P1"): 0,
    }
    page = ask(teacher, columns="one")
    assert page.text('//p[@class="notice warning"]').startswith(
        "Ces colonnes resteraient dans Moodle avec leurs notes, mais n’en recevraient plus\u202f: P1 "
        "Production de services, P2"
    )
    confirm(teacher, page)
    with parts.store.read() as session:
        active = session.query(LineItem).filter_by(resource_link_id=rated.link_id, active=True)
        assert [item.part for item in active] == [""]


def test_the_preview_can_be_taken_up_again(teacher: Visitor, rated: School):
    page = ask(teacher, grade_rule="share_weighted", **{"coef:P1": "2", "coef:D1.1": "0,5"})
    (form,) = page.tree.xpath('//form[@method="get"]')
    shown = dict(fields(Page(teacher.client.get(form.action, query_string=form.form_values()))))
    assert (shown["grade_rule"], shown["coef:P1"], shown["coef:D1.1"]) == (
        "share_weighted",
        "2",
        "0.5",
    )


def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(teacher: Visitor, school: School):
    page = ask(teacher, grade_rule="points", required="P9", maximum="15", **{"coef:P1": "deux"})
    assert page.status == 400
    assert page.text('//p[@role="alert"]') == (
        "Le coefficient de P1 «\u202fdeux\u202f» n’est pas un nombre entre 0 et 1\u202f000."
    )
    shown = dict(fields(page))
    assert [shown[name] for name in ("grade_rule", "required", "maximum", "coef:P1")] == [
        "points",
        "P9",
        "15",
        "deux",
    ]


def test_a_teacher_can_go_back_to_the_rules_of_the_creation(
    teacher: Visitor, parts: Wiring, rated: School
):
    placed = LinkSettings(rules=Rules(grade=GradeRule(not_assessed="left_out")))
    with parts.store.write() as session:
        session.get_one(ResourceLink, rated.link_id).custom_settings = placed.to_json()
    page = confirm(teacher, ask(teacher, grade_rule="share_half"))
    assert len(page.texts('//div[@class="notice placed"]')) == 1
    page = Page(teacher.submit("/rules/preview", {"placed": "1"}))
    page = confirm(teacher, page)
    assert page.texts('//div[@class="notice placed"]') == []
    assert in_force(parts, rated) == placed


def test_pieces_that_the_rule_has_no_use_for_are_dropped(
    teacher: Visitor, parts: Wiring, school: School
):
    confirm(
        teacher,
        ask(
            teacher,
            **{"coef:P1": "2", "required": "P1", "points_needed": "9", "mastery_last": "4"},
        ),
    )
    assert in_force(parts, school).rules == Rules()


@pytest.mark.parametrize("path", ["/rules", "/grades/check"])
def test_students_have_no_rules_to_set(enter, school: School, path: str):
    student = enter(school.pupils[0], "learner")
    assert student.client.get(student.base + path).status_code == 403


@pytest.mark.parametrize(
    ("maximum", "send_as", "said"),
    [
        (5, "auto", "va jusqu’à 5, sans que l’on sache"),
        (5, "level", "Elle en a 5\u202f: chaque niveau d’ici"),
        (5, "points", ""),
        (4, "auto", "montre des niveaux et non des points."),
        (10, "auto", ""),
        (20, "auto", ""),
        (100, "auto", ""),
    ],
)
def test_the_page_asks_about_a_column_that_may_be_a_scale(
    teacher: Visitor, parts: Wiring, school: School, maximum: int, send_as: str, said: str
):
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, school.link_id)
        link_settings.change(link, LinkSettings(rules=Rules(send_as=send_as)))
        session.query(LineItem).filter_by(resource_link_id=link.id).one().maximum = maximum
    notes = teacher.get("/rules").texts('//fieldset[input or div//input[@name="send_as"]]/p')
    assert (said in " ".join(notes)) if said else notes == []
