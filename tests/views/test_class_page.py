"""The class page: who is on it, what the scripts get, and what it says when something is missing."""

from __future__ import annotations

import pytest

from lti_app.models import LineItem, Membership
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Visitor
from tests.views.states import fail, settle

NNBSP = "\u202f"


@pytest.mark.parametrize(
    ("roles", "page"),
    [
        pytest.param(("teacher",), "/class", id="teacher"),
        pytest.param(("administrator",), "/class", id="administrator"),
        pytest.param(("learner",), "/progress", id="student"),
        pytest.param(("teacher", "learner"), "/class", id="both"),
    ],
)
def test_home_leads_to_the_page_of_the_role(enter: Enter, roles, page):
    visitor = enter(None, *roles)
    answer = visitor.client.get(visitor.base + "/")
    assert (answer.status_code, answer.location) == (302, visitor.base + page)


def test_students_stand_in_class_list_order_with_their_names_as_they_are(teacher: Visitor):
    """Teachers of the course are no pupils, whatever the roster calls them."""
    names = [student["name"] for student in teacher.get("/class").data["students"]]
    assert names == ["ABDELLI Yanis", 'ANNE & <FILS> Max "Le Grand"', "D'ARC Chloé"]


def test_a_name_never_becomes_markup(teacher: Visitor):
    assert teacher.get("/class").values("//fils") == []


def test_the_tree_comes_whole_and_in_order(teacher: Visitor):
    nodes = teacher.get("/class").data["nodes"]
    assert [sum(node[2] == depth for node in nodes) for depth in range(4)] == [5, 14, 55, 153]
    assert nodes[:4] == [
        ["P1", "Production de services", 0, 0],
        ["D1.1", "Analyse de la demande", 1, 0],
        [
            "A1.1.03",
            "Étude des exigences liées à la qualité attendue d’un service",
            2,
            0,
        ],
        [
            "C1.1.03.1",
            "Recenser et caractériser les exigences liées à la qualité attendue du service à produire",
            3,
            1,
        ],
    ]


def test_levels_are_one_character_for_each_competence(teacher: Visitor, school: School):
    school.rate(school.pupils[0], "C1.1.03.2", 4)
    school.rate(school.pupils[0], "C1.2.01.1", 1)
    students = teacher.get("/class").data["students"]
    assert students[0]["levels"] == "041" + "0" * 150
    assert students[1]["levels"] == "0" * 153


def test_the_grade_has_the_decimals_of_the_gradebook_and_its_state(
    teacher: Visitor, school: School
):
    school.rate(school.pupils[0], "C1.1.03.2", 4)
    first, second, _third = teacher.get("/class").data["students"]
    assert (first["grade"], first["state"]) == ("0,13", "waiting")
    assert (second["grade"], second["state"]) == ("", "none")


def test_the_heading_counts_the_grades_that_need_somebody(
    teacher: Visitor, school: School, parts: Wiring
):
    fail(parts, school, school.pupils[2], "learner_gone")
    page = teacher.get("/class")
    assert page.text('//p[@id="attention"]') == "! 1 note non envoyée Voir"
    assert page.values('//p[@id="attention"]/a/@href') == [teacher.base + "/grades"]
    assert page.data["students"][2]["why"] == (
        f"La note de Chloé D'Arc n’a pas pu être envoyée{NNBSP}: cette personne n’est plus inscrite "
        "au cours comme étudiant. Réinscrivez-la dans Moodle, puis cliquez sur Renvoyer."
    )


def test_nothing_needs_somebody_in_a_class_without_failures(teacher: Visitor):
    assert teacher.get("/class").values('//p[@id="attention"]/@hidden') == [""]


def test_the_heading_says_what_the_activity_covers(enter: Enter, school: School, parts: Wiring):
    settle(parts, school, LinkSettings(scope=("D1.2", "D1.4")))
    page = enter().get("/class")
    assert page.text('//div[@class="titles"]') == (
        "BTS SIO 1re année D1.2 Choix d’une solution · D1.4 Travail en mode projet · 3 étudiants"
    )
    assert sum(node[3] for node in page.data["nodes"]) == 14 + 7


def test_a_course_without_students_says_what_to_do(teacher: Visitor, school: School, parts: Wiring):
    with parts.store.write() as session:
        for membership in session.query(Membership):
            membership.active = False
    page = teacher.get("/class")
    assert page.text("//section/h2") == "Aucun étudiant pour l’instant"
    assert page.values("//section/form/@action") == [teacher.base + "/roster"]
    assert page.text("//section/form") == "Actualiser la liste"


def test_a_roster_that_cannot_be_read_is_told_and_can_be_tried_again(
    teacher: Visitor, school: School
):
    """The course has no roster address: Moodle gave none."""
    answer = teacher.submit("/roster", {})
    assert (answer.status_code, answer.location) == (303, teacher.base + "/class")
    assert teacher.get("/class").text('//div[contains(@class, "roster")]/p') == (
        "Moodle n’a pas indiqué où lire la liste de la classe. Demandez à la personne qui administre "
        "Moodle d’autoriser l’outil à lire les noms et les rôles, puis ouvrez de nouveau "
        "l’activité. En attendant, chaque étudiant apparaît dès qu’il ouvre l’activité."
    )


def test_an_activity_without_a_column_says_that_no_grade_is_sent(
    teacher: Visitor, school: School, parts: Wiring
):
    with parts.store.write() as session:
        for item in session.query(LineItem):
            session.delete(item)
    assert (
        teacher.get("/class")
        .text('//main/p[@class="notice info"]')
        .startswith("Cette activité n’a pas de colonne dans le carnet de notes")
    )


@pytest.mark.parametrize(("maximum", "asked"), [(5, 1), (4, 0), (10, 0), (20, 0)])
def test_a_column_that_may_be_a_scale_is_asked_about(
    teacher: Visitor, school: School, parts: Wiring, maximum: int, asked: int
):
    with parts.store.write() as session:
        session.query(LineItem).filter_by(resource_link_id=school.link_id).one().maximum = maximum
    assert (
        teacher.get("/class").values('//main/p[@class="notice warning"]/a/@href')
        == [teacher.base + "/rules#sent-as"] * asked
    )


def test_without_javascript_the_page_says_what_is_missing_and_leads_on(teacher: Visitor):
    page = teacher.get("/class")
    assert page.values("//noscript//a/@href") == [teacher.base + "/students"]


def test_the_page_speaks_the_language_of_the_launch(enter: Enter):
    page = enter(locale="en").get("/class")
    assert page.values("/html/@lang") == ["en"]
    assert page.data["texts"]["saved"] == "Saved"
    assert [level["name"] for level in page.data["scale"]["levels"]] == [
        "Not assessed",
        "Not acquired",
        "Being acquired",
        "Acquired",
        "Mastered",
    ]


def test_a_class_not_yet_rated_says_how_to_begin(teacher: Visitor, school: School):
    hint = '//p[contains(@class, "first-time")]'
    assert teacher.get("/class").text(hint) == (
        "Choisissez une case, puis tapez 1, 2, 3, 4 ou touchez un niveau en "
        "bas de la page\u202f: c’est enregistré aussitôt, et la note part vers Moodle."
    )
    school.rate(school.pupils[1], "C1.1.03.1", 1)
    assert teacher.get("/class").texts(hint) == []
