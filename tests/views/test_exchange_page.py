"""The teacher's page on the exchange with Moodle."""

from __future__ import annotations

import pytest

from lti_app.models import CourseExchange, MoodleConnection, MoodleRating
from lti_app.services.classes import assessing, classroom
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Visitor


@pytest.fixture
def conflict(parts: Wiring, school: School) -> int:
    """One pupil's competence, « Acquis » here and « En cours » in Moodle; its node's number."""
    learner = school.pupils[0]
    school.rate(learner, "C1.1.03.1", 3, "À l’oral.")
    launch, _secret = school.launch()
    with parts.store.write() as session:
        framing = classroom.framing_of(session, launch)
        node = framing.referential.node("C1.1.03.1")
        key = assessing.node_keys(session, framing, [node])[node.code]
        session.add(
            MoodleConnection(
                platform_id=school.platform_id,
                base_url="http://127.0.0.1:9",
                token_encrypted="x",
                created_at=parts.clock(),
            )
        )
        session.add(CourseExchange(course_id=school.course_id, done_at=parts.clock(), received=2))
        session.add(
            MoodleRating(
                course_id=school.course_id,
                learner_id=learner,
                node_id=key,
                their_grade=2,
                their_evidence_id=7,
                their_sub="77",
                their_name="Paule Autre",
                their_words="Au devoir.",
                their_at=parts.clock(),
            )
        )
    return key


def test_both_ratings_are_shown_and_moodles_is_taken(
    teacher: Visitor, school: School, conflict: int, parts: Wiring
) -> None:
    page = teacher.get("/exchange")
    assert page.text('//p[@role="status"]').endswith("2 évaluations reçues, 0 envoyée.")
    sides = page.texts('//section[@aria-labelledby="conflicts"]//div[h3]')
    assert len(sides) == 2
    assert "Camille Durand" in sides[0] and "À l’oral." in sides[0]
    assert "Paule Autre" in sides[1] and "Au devoir." in sides[1]

    fields = {"learner": school.pupils[0], "node": conflict, "keep": "moodle"}
    assert teacher.submit("/exchange/choose", fields).status_code == 303

    page = teacher.get("/exchange")
    assert page.texts('//section[@aria-labelledby="conflicts"]') == []
    cell = teacher.json(f"/students/{school.pupils[0]}/cell.json?code=C1.1.03.1")
    assert (cell["value"], cell["history"][0]["author"]) == ("2", "Paule Autre, dans Moodle")


def test_a_teacher_asks_for_an_exchange_and_switches_it_off(
    teacher: Visitor, school: School, conflict: int, parts: Wiring
) -> None:
    teacher.submit("/exchange/now", {})
    assert "Échange en cours" in teacher.get("/exchange").text('//p[@role="status"]')
    teacher.submit("/exchange/setting", {"on": "0"})
    with parts.store.read() as session:
        row = session.get_one(CourseExchange, school.course_id)
        assert (row.asked_at, row.enabled) == (parts.clock(), False)


def test_a_choice_about_another_course_or_by_a_student_is_refused(
    teacher: Visitor, enter: Enter, school: School, conflict: int
) -> None:
    fields = {"learner": school.stranger_id, "node": conflict, "keep": "moodle"}
    assert teacher.submit("/exchange/choose", fields).status_code == 404
    student = enter(school.pupils[0], "learner")
    assert student.get("/exchange").status == 403
