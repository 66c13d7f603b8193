"""« Pourquoi cette note ? »: the rule, the competences, the dates and the authors, for each column."""

from __future__ import annotations

import pytest

from lti_app.models import GradeSync, LineItem, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.classes import assessing
from lti_app.services.classes.assessing import Entry
from lti_app.services.grades import rules_in_force
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.services.rules import read_rules
from tests.views.conftest import Enter, Page, Visitor

ONE, TWO, OTHER = "C1.1.03.1", "C1.1.03.2", "C2.1.01.1"


def use(parts: Wiring, school: School, **custom: str) -> None:
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, school.link_id)
        link_settings.change(link, read_rules(custom))
        rules_in_force.take_effect(session, link, parts.clock())


def mark(school: School, code: str, mark: str) -> None:
    launch, _ = school.launch()
    with school.parts.store.write() as session:
        entry = Entry(school.pupils[0], code, None, mark=mark)
        assessing.record(session, launch, [entry], school.parts.clock())


def why(teacher: Visitor, school: School, part: str = "") -> Page:
    return teacher.get(f"/students/{school.pupils[0]}/why{'/' + part if part else ''}")


def lines(page: Page) -> list[str]:
    """Each competence: its wording, what it brings, and its history."""
    return page.texts('//ul[@class="why-lines"]/li')


def test_a_grade_is_told_with_rule_competences_dates_and_authors(
    enter: Enter, parts: Wiring, school: School, clock
):
    use(
        parts,
        school,
        scope="P1",
        mastery_rule="mean",
        grade_rule="share_weighted",
        coefficients="D1.1:3",
    )
    learner = school.pupils[0]
    school.rate(learner, ONE, 2, "À reprendre.")
    clock.forward(days=7)
    school.rate(learner, ONE, 4)
    page = why(enter(), school)
    assert page.text('//p[@class="formula"]') == "3 ÷ 38 × 20 = 1,58"
    assert page.texts('//ul[@class="sentences"]/li') == [
        "Pour chaque compétence, c’est la moyenne des évaluations qui compte.",
        "Entre deux niveaux, c’est le plus proche qui est retenu.",
        "La note est la part des compétences acquises, chacune comptant selon son coefficient.",
        "Coefficients\u202f: D1.1 3\u202f; 1 ailleurs.",
        "Une compétence pas encore évaluée compte comme non acquise.",
        "Elle est sur 20, arrondie à 0,01 près.",
    ]
    (line,) = lines(page)
    assert line == (
        "●AAcquis Recenser et caractériser les exigences liées à la qualité attendue du service à "
        "produire C1.1.03.1 3 × 1 = 3 2 entrées · 1 déc. · Camille Durand "
        "★MMaîtrisé 1 déc. à 09:00 · Camille Durand · compte pour 50\u202f% "
        "À reprendre. ◐EEn cours d’acquisition 24 nov. à 09:00 · Camille Durand · compte pour "
        "50\u202f% À reprendre."
    )


@pytest.mark.parametrize(
    ("mark_as", "said"),
    [
        ("exempt", "absence ou dispense\u202f: ne compte pas"),
        ("absent", "absence ou dispense\u202f: ne compte pas"),
    ],
)
def test_what_counts_in_no_mean_says_so(
    teacher: Visitor, parts: Wiring, school: School, mark_as: str, said: str
):
    use(parts, school, scope="D1.1")
    school.rate(school.pupils[0], ONE, 3)
    mark(school, TWO, mark_as)
    page = why(teacher, school)
    assert page.text('//p[@class="formula"]') == "1 ÷ 1 × 20 = 20,00"
    assert said in lines(page)[1]


def test_a_corrected_entry_is_told_and_does_not_count(teacher: Visitor, school: School, clock):
    school.rate(school.pupils[0], ONE, 1)
    clock.forward(minutes=2)
    school.rate(school.pupils[0], ONE, 3)
    page = why(teacher, school)
    assert page.texts('//ol[@class="said"]//small') == [
        "24 nov. à 09:02 · Camille Durand",
        "24 nov. à 09:00 · Camille Durand · corrigée dans la demi-heure, ne compte pas",
    ]


def test_each_column_has_its_own_page(teacher: Visitor, parts: Wiring, school: School):
    use(parts, school, columns="P")
    school.rate(school.pupils[0], ONE, 3)
    school.rate(school.pupils[0], OTHER, 4)
    whole, part = why(teacher, school), why(teacher, school, "P2")
    assert whole.text('//p[@class="formula"]') == "2 ÷ 153 × 20 = 0,26"
    assert part.text('//p[@class="formula"]') == "1 ÷ 28 × 20 = 0,71"
    assert part.texts('//nav[@class="columns-nav"]/a') == ["Ensemble", "P1", "P2", "P3", "P4", "P5"]
    assert part.text('//nav[@class="columns-nav"]/a[@aria-current]') == "P2"
    assert [line.split()[-4:] for line in lines(part)] == [["09:00", "·", "Camille", "Durand"]]


def test_the_explained_grade_is_the_one_that_is_sent(
    teacher: Visitor, parts: Wiring, school: School
):
    use(parts, school, grade_rule="mean_of_levels", not_assessed="left_out", columns="P")
    school.rate(school.pupils[0], ONE, 3)
    school.rate(school.pupils[0], OTHER, 2)
    with parts.store.read() as session:
        wanted = {row.line_item.part: str(row.score) for row in session.query(GradeSync)}
    assert wanted == {"": "10.00", "P1": "13.40", "P2": "6.60"}
    for part, score in wanted.items():
        page = why(teacher, school, part)
        assert page.text('//p[@class="big"]/b') == f"{score.replace('.', ',')} / 20"


def test_a_missing_required_competence_is_named(teacher: Visitor, parts: Wiring, school: School):
    use(parts, school, scope="D1.1", grade_rule="points", required=TWO, required_cap="40")
    school.rate(school.pupils[0], ONE, 3)
    page = why(teacher, school)
    assert page.text('//p[@class="big"]/b') == "8,00 / 20"
    assert page.text('//p[@class="why-not"]') == (
        "Il manque 1 compétence obligatoire\u202f: C1.1.03.2. La note ne dépasse pas 40\u202f% du "
        "maximum."
    )


def test_a_column_of_levels_is_told_as_levels(teacher: Visitor, parts: Wiring, school: School):
    use(parts, school, scope="D1.1")
    with parts.store.write() as session:
        item = session.query(LineItem).filter_by(resource_link_id=school.link_id).one()
        item.kind, item.levels = "scale", 4
    school.rate(school.pupils[0], ONE, 4)
    page = why(teacher, school)
    assert page.text('//p[@class="big"]/b') == "Acquis"  # (4 + 1) / 2 = 2.5
    assert page.texts('//p[@class="formula"]') == []
    assert page.texts('//ul[@class="sentences"]/li')[1:] == [
        "La colonne de Moodle montre des niveaux et non des points.",
        "Le niveau envoyé est la moyenne des niveaux, arrondie au plus proche.",
        "Une compétence pas encore évaluée compte comme «\u202fNon acquis\u202f».",
    ]
    student = teacher.get(f"/students/{school.pupils[0]}")
    assert student.text('//div[@class="grade"]/p/b') == "Note dans Moodle\u202f: Acquis"
    assert teacher.get("/class").data["students"][0]["grade"] == "A"


def test_students_see_their_own_and_nobody_elses(enter: Enter, school: School, parts: Wiring):
    use(parts, school, columns="P")
    school.rate(school.pupils[0], ONE, 3)
    school.rate(school.pupils[1], TWO, 3)
    own = enter(school.pupils[0], "learner")
    page = own.get("/progress/why/P1")
    assert page.text('//p[@class="formula"]') == "1 ÷ 34 × 20 = 0,59"
    assert page.texts('//ul[@class="why-lines"]//small[1]')[0] == "C1.1.03.1"
    assert page.texts('//a[text()="Changer la règle"]') == []
    refused = own.client.get(f"{own.base}/students/{school.pupils[1]}/why")
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "path", ["/students/{stranger}/why", "/students/{pupil}/why/P1", "/students/{pupil}/why/P9"]
)
def test_what_there_is_not_is_not_found(teacher: Visitor, school: School, path: str):
    address = path.format(stranger=school.stranger_id, pupil=school.pupils[0])
    assert teacher.client.get(teacher.base + address).status_code == 404


def test_nothing_judged_is_no_grade(teacher: Visitor, school: School):
    page = why(teacher, school)
    assert (
        page.text("//section[1]/p") == "Rien n’est encore évalué\u202f: aucune note n’est envoyée."
    )
