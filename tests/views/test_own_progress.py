"""The student's page: their own progress in plain words, and nobody else's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_app.models import Membership
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Page, Visitor
from tests.views.states import give_in_moodle, settle


@pytest.fixture
def student(enter: Enter, school: School) -> Visitor:
    """Abdelli, the first of the class."""
    return enter(school.pupils[0], "learner")


@pytest.fixture
def assessed(student: Visitor, school: School) -> Page:
    """The student's page after three judgements; a classmate has one too."""
    me, other, _ = school.pupils
    school.rate(me, "C1.1.03.1", 4, "Très bon rapport, <clair> et complet.")
    school.rate(me, "C1.1.03.2", 2)
    school.rate(me, "C2.1.01.1", 1)
    school.rate(other, "C1.1.03.1", 3, "Un avis sur quelqu'un d'autre.")
    return student.get("/progress")


def test_one_number_out_of_the_whole(assessed: Page):
    assert assessed.text('//p[@class="big"]') == "1 compétence acquise sur 153"


def test_the_rest_in_words(assessed: Page):
    assert assessed.text('//div[@class="grade"]/p[2]') == (
        "1 en cours d’acquisition, 1 non acquis, 150 pas encore évaluées"
    )


@pytest.mark.parametrize("score", [Decimal(15), None], ids=["another", "none"])
def test_a_grade_that_a_teacher_gave_in_moodle_is_read_in_moodle(
    student: Visitor, school: School, parts: Wiring, score: Decimal | None
):
    """It is not told here, since it may be hidden there; and ours is never « not arrived yet »."""
    give_in_moodle(parts, school, school.pupils[0], score)
    there = (
        "Note donnée dans Moodle Vos professeurs ont donné ou changé la note dans Moodle. "
        "Elle se lit dans le carnet de notes."
    )
    said = student.get("/progress").text('//div[@class="grade"]')
    assert said.startswith(f"{there} Ici, les compétences évaluées donnent 0,13 / 20.")
    assert "pas encore arrivée" not in said
    assert "15,00" not in said
    assert there in student.get("/progress/why").text("//main")


@pytest.mark.parametrize(("role", "told"), [("teacher", True), ("learner", False)])
def test_a_teacher_whom_the_launch_calls_a_student_reads_why(
    student: Visitor, school: School, parts: Wiring, role: str, told: bool
):
    """« Switch role to… », or a role of the school's own that lacks mod/lti:manage."""
    with parts.store.write() as session:
        place = session.get_one(Membership, (school.course_id, school.pupils[0]))
        place.launched_as, place.roster_role = "learner", role
    said = student.get("/progress").text("//main")
    assert ("Moodle vous a ouvert cette activité comme à un étudiant" in said) is told


def test_one_bar_for_each_process_with_its_words_and_its_table(assessed: Page):
    assert assessed.text('//h2[@id="by-part"]') == "Par processus"
    assert assessed.texts('//div[@class="bar-line"]/p')[:2] == [
        "P1 · Production de services 1 sur 34",
        "P2 · Fourniture de services 0 sur 28",
    ]
    assert assessed.values('//div[@class="bar-line"]/*[local-name()="svg"]/@aria-label')[0] == (
        "Maîtrisé 1, En cours d’acquisition 1, pas encore évaluées 32"
    )
    table = '//section[@aria-labelledby="by-part"]//table'
    assert assessed.texts(table + "/thead//th") == [
        "Processus",
        "Maîtrisé",
        "Acquis",
        "En cours d’acquisition",
        "Non acquis",
        "Non évalué",
    ]
    assert assessed.texts(table + "/tbody/tr[1]/*") == [
        "P1 Production de services",
        *("1", "0", "1", "0", "32"),
    ]


def test_what_is_nearest_comes_first_to_work_on(assessed: Page):
    codes = assessed.texts('//section[@aria-labelledby="next"]//small')
    assert codes == [
        "C1.1.03.2",
        "C2.1.01.1",
        "C1.2.01.1",
        "C1.2.01.2",
        "C1.2.01.3",
        "C1.2.02.1",
    ]


def test_what_teachers_said_last(assessed: Page):
    said = assessed.texts('//section[@aria-labelledby="said"]//li/div')
    assert len(said) == 3
    assert said[2].endswith("24 nov. · Camille DurandTrès bon rapport, <clair> et complet.")


def test_nothing_of_anybody_else(assessed: Page):
    text = assessed.response.text
    assert [word for word in ("D'Arc", "Anne", "Un avis sur") if word in text] == []


def test_before_any_assessment_the_page_explains_itself(student: Visitor):
    page = student.get("/progress")
    assert page.text("//section[2]/h2") == "Rien n’est encore évalué"
    assert page.text('//div[@class="grade"]/p[1]') == "Pas encore de note dans Moodle"
    assert page.values('//section[@aria-labelledby="next"]') == []


def test_a_teacher_has_no_progress_of_their_own(teacher: Visitor):
    assert teacher.get("/progress").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/class",
        "/students",
        "/students/{me}",
        "/students/{other}",
        "/students/{other}/cell.json",
        "/grades",
        "/changes.json",
        "/exports",
        "/exports/moodle-framework",
    ],
)
def test_a_teachers_page_is_closed_to_students(student: Visitor, school: School, path):
    me, other, _ = school.pupils
    page = student.get(path.format(me=me, other=other))
    assert (page.status, page.text("//h1")) == (403, "Cette page ne vous est pas ouverte")
    assert "D'ARC" not in page.response.text


def test_an_activity_on_one_domain_is_told_by_activity(
    student: Visitor, school: School, parts: Wiring
):
    settle(parts, school, LinkSettings(scope=("D1.2",)))
    page = student.get("/progress")
    assert page.text('//h2[@id="by-part"]') == "Par activité"
    assert [text.split(" ", 1)[0] for text in page.texts('//div[@class="bar-line"]/p')] == [
        "A1.2.01",
        "A1.2.02",
        "A1.2.03",
        "A1.2.04",
        "A1.2.05",
    ]
