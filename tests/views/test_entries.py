"""What teachers enter: from the grid's scripts, and from the form of one student."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lti_app.models import Assessment, NodeKey
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.services.rules import read_rules
from tests.views.conftest import Enter, Visitor
from tests.views.states import settle

FIRST, SECOND, THIRD = "C1.1.03.1", "C1.1.03.2", "C1.2.01.1"


def kept(parts: Wiring) -> list[tuple[int, str, int | None, str]]:
    """Every assessment, oldest first: learner, code, level, comment."""
    with parts.store.read() as session:
        rows = session.execute(
            select(Assessment.learner_id, NodeKey.code, Assessment.level, Assessment.comment)
            .join(Assessment.node)
            .order_by(Assessment.id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def entry(learner: Any, code: Any = FIRST, level: Any = 3, **more: Any) -> dict[str, Any]:
    return {"learner": learner, "code": code, "level": level, **more}


class TestFromTheGrid:
    def test_an_entry_is_kept_and_answered_with_the_grade_that_follows(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        first = school.pupils[0]
        answer = teacher.send("/assessments", {"entries": [entry(first, comment="Très bien.")]})
        assert answer.get_json() == {
            "students": [{"id": first, "grade": "0,13", "state": "waiting"}],
            "cells": [],
            "clashes": [],
        }
        assert kept(parts) == [(first, FIRST, 3, "Très bien.")]

    def test_several_students_at_once(self, teacher: Visitor, school: School):
        entries = [entry(learner, level=4) for learner in school.pupils]
        answer = teacher.send("/assessments", {"entries": entries}).get_json()
        assert [student["id"] for student in answer["students"]] == school.pupils

    def test_the_answer_says_what_the_entries_amount_to(
        self, enter: Enter, school: School, parts: Wiring, clock: Clock
    ):
        """Under a mean, level 4 after level 1 is shown as 3: the first competence's cell says so."""
        first = school.pupils[0]
        school.rate(first, FIRST, 1)
        settle(parts, school, read_rules({"scope": "D1.1", "mastery_rule": "mean"}))
        clock.forward(hours=1)
        answer = enter().send("/assessments", {"entries": [entry(first, level=4)]}).get_json()
        assert answer["students"] == [{"id": first, "grade": "10,0", "state": "waiting"}]
        assert answer["cells"] == [[first, 0, "3", 0]]

    def test_the_same_level_again_is_a_judgement_when_it_is_said_to_be(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        first = school.pupils[0]
        for again in (False, False, True):
            teacher.send("/assessments", {"entries": [entry(first, again=again)]})
        assert kept(parts) == [(first, FIRST, 3, "")] * 2

    def test_an_absence_is_kept(self, teacher: Visitor, school: School, parts: Wiring):
        body = {"entries": [entry(school.pupils[0], level=None, mark="absent")]}
        assert teacher.send("/assessments", body).status_code == 200
        with parts.store.read() as session:
            assert session.scalars(select(Assessment.code)).all() == ["absent"]

    def test_a_level_taken_back_keeps_the_history(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        first = school.pupils[0]
        school.rate(first, FIRST, 3)
        answer = teacher.send("/assessments", {"entries": [entry(first, level=None)]})
        assert answer.get_json()["students"][0]["grade"] == "0,00"
        assert kept(parts) == [(first, FIRST, 3, ""), (first, FIRST, None, "")]

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            pytest.param([], "L’envoi n’a pas la forme attendue. Rechargez la page.", id="list"),
            pytest.param({}, "L’envoi n’a pas la forme attendue. Rechargez la page.", id="empty"),
            pytest.param(
                {"entries": [entry("3")]},
                "Une des saisies n’a pas la forme attendue. Rechargez la page.",
                id="learner-as-text",
            ),
            pytest.param(
                {"entries": [entry(True)]},
                "Une des saisies n’a pas la forme attendue. Rechargez la page.",
                id="learner-as-truth",
            ),
            pytest.param(
                {"entries": [{"learner": 1, "code": FIRST}]},
                "Une des saisies n’a pas la forme attendue. Rechargez la page.",
                id="no-level",
            ),
            pytest.param(
                {"entries": [entry(1, base=-1)]},
                "Une des saisies n’a pas la forme attendue. Rechargez la page.",
                id="base-before-the-beginning",
            ),
            pytest.param(
                {"entries": [entry(1, comment=7)]},
                "Une des saisies n’a pas la forme attendue. Rechargez la page.",
                id="comment-as-number",
            ),
        ],
    )
    def test_what_is_not_an_entry_is_refused_in_words(
        self, teacher: Visitor, parts: Wiring, body, message
    ):
        answer = teacher.send("/assessments", body)
        assert (answer.status_code, answer.get_json()["message"]) == (400, message)
        assert kept(parts) == []

    def test_a_level_outside_the_scale_is_refused_in_words(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        entries = [entry(school.pupils[0]), entry(school.pupils[1], level=5)]
        answer = teacher.send("/assessments", {"entries": entries})
        assert answer.get_json()["message"].startswith("Le niveau 5 n’existe pas")
        assert kept(parts) == []

    def test_a_student_of_another_course_does_not_exist(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        answer = teacher.send("/assessments", {"entries": [entry(school.stranger_id)]})
        assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")
        assert kept(parts) == []

    def test_nothing_is_kept_without_the_pages_token(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        body = {"entries": [entry(school.pupils[0])]}
        answer = teacher.send("/assessments", body, **{"X-CSRFToken": ""})
        assert (answer.status_code, answer.get_json()["error"]) == (400, "csrf")
        assert kept(parts) == []

    def test_a_student_cannot_assess(self, enter: Enter, school: School, parts: Wiring):
        student = enter(school.pupils[0], "learner")
        answer = student.client.post(
            student.base + "/assessments",
            json={"entries": [entry(school.pupils[0], level=4)]},
            headers={"X-CSRFToken": student.get("/progress").token},
        )
        assert answer.status_code == 403
        assert kept(parts) == []


class TestFromTheForm:
    def path(self, school: School) -> str:
        return f"/students/{school.pupils[0]}"

    def test_only_what_changed_is_kept(self, teacher: Visitor, school: School, parts: Wiring):
        school.rate(school.pupils[0], FIRST, 2, "À revoir.")
        answer = teacher.submit(
            self.path(school),
            {
                f"level:{FIRST}": "2",
                f"level-was:{FIRST}": "2",
                f"comment:{FIRST}": "À revoir.",
                f"comment-was:{FIRST}": "À revoir.",
                f"level:{SECOND}": "3",
                f"comment:{SECOND}": "Ligne 1\r\nLi\0gne 2 ",
                f"level:{THIRD}": "",
            },
        )
        assert (answer.status_code, answer.location) == (303, teacher.base + self.path(school))
        assert kept(parts)[1:] == [(school.pupils[0], SECOND, 3, "Ligne 1\nLigne 2")]
        page = teacher.get(self.path(school))
        assert page.text('//p[contains(@class, "success")]') == "1 compétence enregistrée."

    def test_an_old_page_does_not_undo_what_a_colleague_entered(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        """The page was opened when nothing was assessed; the colleague then rated the first one."""
        school.rate(school.pupils[0], FIRST, 4, "Excellent.")
        teacher.submit(
            self.path(school),
            {f"level:{FIRST}": "", f"comment:{FIRST}": "", f"level:{SECOND}": "1"},
        )
        assert kept(parts) == [
            (school.pupils[0], FIRST, 4, "Excellent."),
            (school.pupils[0], SECOND, 1, ""),
        ]

    def test_a_level_can_be_taken_back(self, teacher: Visitor, school: School, parts: Wiring):
        school.rate(school.pupils[0], FIRST, 2)
        teacher.submit(self.path(school), {f"level:{FIRST}": "", f"level-was:{FIRST}": "2"})
        assert kept(parts)[-1] == (school.pupils[0], FIRST, None, "")

    def test_nothing_changed_is_said(self, teacher: Visitor, school: School, parts: Wiring):
        teacher.submit(self.path(school), {f"level:{FIRST}": ""})
        page = teacher.get(self.path(school))
        assert page.text('//p[@role="status"]') == (
            "Rien n’avait changé\u202f: il n’y avait rien à enregistrer."
        )
        assert kept(parts) == []

    def test_saving_can_lead_to_the_next_student(self, teacher: Visitor, school: School):
        answer = teacher.submit(self.path(school), {"then": str(school.pupils[1])})
        assert answer.location == f"{teacher.base}/students/{school.pupils[1]}"

    def test_the_page_shows_what_is_kept(self, teacher: Visitor, school: School):
        school.rate(school.pupils[0], FIRST, 2, "À <revoir>.")
        page = teacher.get(self.path(school))
        checked = f'//input[@name="level:{FIRST}" and @checked]/@value'
        assert page.values(checked) == ["2"]
        assert page.values(f'//input[@name="level-was:{FIRST}"]/@value') == ["2"]
        assert page.text(f'//textarea[@name="comment:{FIRST}"]') == "À <revoir>."
        assert len(page.values("//fieldset")) == 153
        unassessed = [value for value in page.values("//input[@checked]/@value") if not value]
        assert len(unassessed) == 152

    @pytest.mark.parametrize("level", ["trois", "-1", "²", "100"])
    def test_a_level_that_is_none_is_refused_in_words(
        self, teacher: Visitor, school: School, parts: Wiring, level
    ):
        answer = teacher.submit(self.path(school), {f"level:{FIRST}": level})
        assert answer.status_code == 400
        assert f"«\u202f{level}\u202f» n’existe pas dans l’échelle." in answer.text
        assert kept(parts) == []

    @pytest.mark.parametrize(("rule", "boxes"), [("latest", 0), ("n_mastery", 1)])
    def test_a_level_is_confirmed_where_that_counts(
        self, enter: Enter, school: School, parts: Wiring, clock: Clock, rule: str, boxes: int
    ):
        school.rate(school.pupils[0], FIRST, 3)
        settle(parts, school, read_rules({"mastery_rule": rule, "mastery_number": ""}))
        teacher = enter()
        page = teacher.get(self.path(school))
        assert len(page.values(f'//input[@name="again:{FIRST}"]/@value')) == boxes
        level = page.values(f'//input[@name="level:{FIRST}" and @checked]/@value')[0]
        fields = {f"level:{FIRST}": level, f"level-was:{FIRST}": level, f"again:{FIRST}": "1"}
        clock.forward(hours=1)
        teacher.submit(self.path(school), fields)
        assert len(kept(parts)) == 2
