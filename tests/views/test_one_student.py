"""The teacher's page of one student: neighbours, history, and who is not to be found there."""

from __future__ import annotations

import pytest

from tests.factories import School
from tests.views.conftest import Visitor
from tests.views.states import fail


def test_neighbours_follow_the_class_list(teacher: Visitor, school: School):
    first, second, third = school.pupils

    def neighbours(learner: int) -> list[str]:
        page = teacher.get(f"/students/{learner}")
        return [href.rsplit("/", 1)[1] for href in page.values("//a[@rel]/@href")]

    assert [neighbours(learner) for learner in (first, second, third)] == [
        [str(second)],
        [str(first), str(third)],
        [str(second)],
    ]


def test_the_list_of_students_leads_to_the_one_chosen(teacher: Visitor, school: School):
    answer = teacher.client.get(f"{teacher.base}/students?learner={school.pupils[2]}")
    assert answer.location == f"{teacher.base}/students/{school.pupils[2]}"


def test_without_a_choice_the_list_leads_to_the_first(teacher: Visitor, school: School):
    answer = teacher.client.get(f"{teacher.base}/students")
    assert answer.location == f"{teacher.base}/students/{school.pupils[0]}"


@pytest.mark.parametrize("who", ["stranger_id", "assistant_id", "teacher_id"])
@pytest.mark.parametrize("page", ["", "/cell.json"])
def test_whoever_is_no_pupil_of_the_course_is_not_found(
    teacher: Visitor, school: School, who, page
):
    answer = teacher.client.get(f"{teacher.base}/students/{getattr(school, who)}{page}")
    assert answer.status_code == 404


def test_the_grade_is_explained_and_the_bars_have_their_table(teacher: Visitor, school: School):
    school.rate(school.pupils[0], "C1.1.03.1", 3)
    school.rate(school.pupils[0], "C1.1.03.2", 2)
    page = teacher.get(f"/students/{school.pupils[0]}")
    assert page.text('//*[@class="formula"]') == "1 ÷ 153 × 20 = 0,13"
    assert page.texts('//details[@class="why"]//li') == [
        "La note est la part des compétences acquises.",
        "Une compétence pas encore évaluée compte comme non acquise.",
        "Elle est sur 20, arrondie à 0,01 près.",
        "Pour chaque compétence, c’est l’évaluation la plus récente qui compte.",
        "Une compétence est acquise au niveau Acquis ou Maîtrisé.",
    ]
    table = '//section[@aria-labelledby="by-part"]//tbody'
    assert page.texts(table + "/tr[1]/td") == ["0", "1", "1", "0", "32"]


def test_a_grade_that_was_not_sent_says_why_and_can_be_sent_again(
    teacher: Visitor, school: School, parts
):
    fail(parts, school, school.pupils[1], "column_locked")
    page = teacher.get(f"/students/{school.pupils[1]}")
    assert page.text('//p[@class="why-not"]').endswith(
        "Déverrouillez-la dans le carnet de notes, puis cliquez sur Renvoyer."
    )
    assert page.values('//input[@name="learner"]/@value') == [str(school.pupils[1])]


def test_history_tells_who_when_and_what_newest_first(teacher: Visitor, school: School, clock):
    """Moments are shown in French time: 8 o'clock UTC is 9 in November."""
    learner = school.pupils[0]
    school.rate(learner, "C1.1.03.1", 2, "À revoir.")
    clock.forward(hours=1)
    school.rate(learner, "C1.1.03.1", None)
    school.rate(learner, "C1.1.03.2", 4)
    said = {"author": "Camille Durand", "comment": "À revoir.", "words_only": False}
    assert teacher.json(f"/students/{learner}/cell.json?code=C1.1.03.1")["history"] == [
        {"at": "24 nov. à 10:00", "value": "0", **said},
        {"at": "24 nov. à 09:00", "value": "2", **said},
    ]
