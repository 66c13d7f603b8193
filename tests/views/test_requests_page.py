"""The teacher's page of requests: what it shows, and that answering works without JavaScript."""

from __future__ import annotations

import pytest

from lti_app.models import Membership
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.portfolio import declarations
from lti_app.services.portfolio.declarations import Told
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Visitor
from tests.views.states import settle

CODE = "C1.1.03.1"


def ask(school: School, pupil: int, code: str = CODE, words: str = "J’ai tout testé.") -> int:
    launch, _ = school.launch(school.pupils[pupil], ("learner",))
    with school.parts.store.write() as session:
        told = Told(words, url="https://forge.exemple.fr/x", url_title="Dépôt", ask=True)
        return declarations.save(session, launch, code, told, school.parts.clock()).id


def answer(teacher: Visitor, key: int, **fields: str):
    response = teacher.submit(f"/requests/{key}", fields)
    assert response.status_code == 303
    return teacher.get("/requests")


def test_without_requests_the_page_says_how_they_come(teacher: Visitor):
    page = teacher.get("/requests")
    assert page.texts("//h3")[0] == "Aucune demande en attente"


def test_a_request_shows_who_what_and_the_evidence(teacher: Visitor, school: School):
    ask(school, 0)
    page = teacher.get("/requests")
    assert page.text("//h3[1]/a") == "ABDELLI Yanis"
    assert page.text('//p[@class="asked-for"]').endswith(CODE)
    assert page.text('//p[@class="stands"]') == "Niveau actuel\u202f: non évalué"
    assert page.text('//p[@class="told"]') == "J’ai tout testé."
    assert page.text('//span[@class="what"]') == "Dépôt (nouvel onglet) forge.exemple.fr ↗"


def test_the_heading_counts_what_waits(teacher: Visitor, school: School):
    ask(school, 0)
    ask(school, 1)
    page = teacher.get("/overview")
    assert page.text('//span[@class="count-badge"]') == "2 en attente"


@pytest.mark.parametrize(("stands", "offered"), [(None, "3"), (1, "3"), (3, "3"), (4, "4")])
def test_the_level_offered_is_acquired_and_never_lower_than_it_stands(
    teacher: Visitor, school: School, stands, offered
):
    ask(school, 0)
    if stands:
        school.rate(school.pupils[0], CODE, stands)
    page = teacher.get("/requests")
    assert page.values('//input[@name="level"][@checked]/@value') == [offered]


def test_accepting_shows_at_the_student(teacher: Visitor, enter: Enter, school: School):
    key = ask(school, 0)
    page = answer(teacher, key, act="accept", level="4", comment="Très bien.")
    assert page.text('//p[@class="notice success"]') == "La demande de Yanis Abdelli est validée."
    assert page.texts('//section[@aria-labelledby="answered"]//li/span') == ["✓ Demande validée"]
    student = enter(school.pupils[0], "learner").get("/progress")
    assert student.text('//p[@class="big"]') == "1 compétence acquise sur 153"
    assert student.texts('//section[@aria-labelledby="declared"]//q') == ["Très bien."]


def test_sending_back_shows_what_is_missing(teacher: Visitor, enter: Enter, school: School):
    key = ask(school, 0)
    answer(teacher, key, act="review", comment="Ajoutez le journal.")
    page = enter(school.pupils[0], "learner").get(f"/declarations/{CODE}")
    assert page.texts('//ol[@class="thread"]/li') == [
        "Demande envoyée 24 nov. à 09:00",
        "À revoir 24 nov. à 09:00 · Camille Durand Ajoutez le journal.",
    ]


def test_sending_back_needs_words(teacher: Visitor, school: School):
    page = answer(teacher, ask(school, 0), act="review", comment="  ")
    assert page.text('//p[@class="notice warning"]') == (
        "Pour répondre «\u202fà revoir\u202f», il faut dire ce qui manque."
    )
    assert len(page.values('//form[@class="answer"]')) == 1


def test_requests_of_another_part_are_told_of(teacher: Visitor, school: School, parts: Wiring):
    ask(school, 0, "C2.1.01.1")
    settle(parts, school, LinkSettings(scope=("P1",)))
    page = teacher.get("/requests")
    assert page.texts('//p[@class="intro"]') == [
        "1 autre demande porte sur une autre activité de ce cours."
    ]


def test_a_pupil_who_left_asks_no_more(teacher: Visitor, school: School, parts: Wiring):
    ask(school, 0)
    with parts.store.write() as session:
        session.get_one(Membership, (school.course_id, school.pupils[0])).active = False
    assert teacher.get("/requests").values('//form[@class="answer"]') == []


@pytest.mark.parametrize(("said", "title"), [("1", "Tes compétences"), ("0", "Vos compétences")])
def test_teachers_choose_tu_or_vous(teacher: Visitor, enter: Enter, school: School, said, title):
    teacher.submit("/requests/addressing", {"informal": said})
    assert enter(school.pupils[0], "learner").get("/progress").text("//h1") == title
