"""What was recorded at once is taken back at once, and nothing else is."""

from __future__ import annotations

import pytest

from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Page, Visitor

FIRST, SECOND, THIRD = "C1.1.03.1", "C1.1.03.2", "C1.2.01.1"


@pytest.fixture
def cells(school: School, teacher: Visitor):
    """What the class page shows of one student: its cells' values, in the order of the three competences."""

    def shown(learner_id: int) -> list[object]:
        found = []
        for code in (FIRST, SECOND, THIRD):
            cell = teacher.json(f"/students/{learner_id}/cell.json?code={code}")
            words = cell["history"][0]["comment"] if cell["history"] else ""
            found.append((cell["value"], words))
        return found

    return shown


def accept(teacher: Visitor, *entries: str) -> str:
    """Takes entries from a spreadsheet; the path of the page after it."""
    answer = teacher.submit("/sheet/accept", {"base": "999", "entry": list(entries)})
    return str(answer.location).removeprefix(teacher.base)


def take_back(teacher: Visitor, path: str) -> Page:
    page = teacher.get(path)
    (form,) = page.tree.xpath('//form[contains(@class, "recorded")]')
    answer = teacher.client.post(form.action, data=dict(form.form_values()))
    return teacher.get(answer.location.removeprefix(teacher.base))


def test_levels_marks_and_words_are_as_before(teacher, school, cells):
    pupil, other = school.pupils[:2]
    school.rate(pupil, FIRST, 2, "Presque")
    school.rate(other, FIRST, 1)
    before = [cells(pupil), cells(other)]
    path = accept(teacher, f"{pupil}:{FIRST}:4", f"{pupil}:{SECOND}:absent", f"{other}:{THIRD}:3")
    assert [cells(pupil), cells(other)] != before
    page = take_back(teacher, path)
    assert "3 cases sont comme avant" in page.text('//p[contains(@class, "success")]')
    assert [cells(pupil), cells(other)] == before


def test_a_mark_that_was_there_is_there_again(teacher, school, cells):
    pupil = school.pupils[0]
    accept(teacher, f"{pupil}:{FIRST}:exempt")
    before = cells(pupil)
    take_back(teacher, accept(teacher, f"{pupil}:{FIRST}:4"))
    assert cells(pupil) == before


def test_what_changed_since_stays(teacher, enter: Enter, school, cells):
    pupil = school.pupils[0]
    path = accept(teacher, f"{pupil}:{FIRST}:4", f"{pupil}:{SECOND}:4")
    colleague = enter(school.assistant_id)
    colleague.send("/assessments", {"entries": [{"learner": pupil, "code": SECOND, "level": 2}]})
    page = take_back(teacher, path)
    assert "1 case est comme avant" in page.text('//p[contains(@class, "success")]')
    assert "1 case a changé depuis" in page.text('//p[contains(@class, "warning")]')
    assert [value for value, _words in cells(pupil)] == ["0", "2", "0"]


def test_nobody_takes_back_what_a_colleague_recorded(teacher, enter: Enter, school, cells):
    pupil = school.pupils[0]
    path = accept(teacher, f"{pupil}:{FIRST}:4")
    colleague = enter(school.assistant_id)
    assert "0 case enregistrée" in colleague.get(path).text('//form[contains(@class, "recorded")]')
    colleague.submit("/undo", {"after": 0, "upto": 999})
    assert cells(pupil)[0][0] == "4"


def test_the_grades_follow(teacher, school, parts: Wiring):
    pupil = school.pupils[0]
    path = accept(teacher, f"{pupil}:{FIRST}:4")
    graded = [row["grade"] for row in teacher.get("/class").data["students"] if row["id"] == pupil]
    take_back(teacher, path)
    after = [row["grade"] for row in teacher.get("/class").data["students"] if row["id"] == pupil]
    assert graded != after


@pytest.mark.parametrize("address", ["/class?upto=x", "/class?after=9&upto=1", "/class?upto=-3"])
def test_an_address_that_names_nothing_offers_nothing(teacher, address):
    page = teacher.get(address)
    assert page.status == 200
    assert page.texts('//form[contains(@class, "recorded")]//button') == []
