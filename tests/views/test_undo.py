"""What was recorded at once is taken back at once, and nothing else is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_app.models import Assessment
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.grades.rule_settings import Rules
from lti_app.services.wiring import Wiring
from referential.mastery import MasteryRule
from tests.factories import School
from tests.views.conftest import Enter, Page, Visitor
from tests.views.states import settle

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
    accept(teacher, f"{pupil}:{FIRST}:4")
    colleague = enter(school.assistant_id)
    assert colleague.get("/class").texts('//form[contains(@class, "recorded")]') == []
    colleague.submit("/undo", {"after": 0, "upto": 10**30})
    assert cells(pupil)[0][0] == "4"


def test_it_is_offered_once_and_for_half_an_hour(teacher, school, cells, clock):
    pupil = school.pupils[0]
    path = accept(teacher, f"{pupil}:{FIRST}:4")
    page = teacher.get(path)
    assert teacher.get(path).texts('//form[contains(@class, "recorded")]') == []
    clock.forward(minutes=31)
    (form,) = page.tree.xpath('//form[contains(@class, "recorded")]')
    teacher.client.post(form.action, data=dict(form.form_values()))
    assert "trop tard" in teacher.get("/class").text(
        '//p[contains(@class, "info") and not(ancestor::noscript)]'
    )
    assert cells(pupil)[0][0] == "4"


def test_the_grades_follow(teacher, school):
    pupil = school.pupils[0]

    def grade() -> object:
        found = teacher.get("/class").data["students"]
        return next(row["grade"] for row in found if row["id"] == pupil)

    school.rate(pupil, FIRST, 1)
    before = grade()
    path = accept(teacher, f"{pupil}:{FIRST}:4")
    page = teacher.get(path)
    (form,) = page.tree.xpath('//form[contains(@class, "recorded")]')
    assert grade() != before
    teacher.client.post(form.action, data=dict(form.form_values()))
    assert grade() == before


@pytest.mark.parametrize("rule", ["mean", "highest", "decaying_average", "latest"])
def test_a_rule_that_weighs_several_judgements_sees_none_of_it(
    teacher, school, cells, clock, parts: Wiring, rule
):
    settle(parts, school, LinkSettings(rules=Rules(mastery=MasteryRule(rule))))
    pupil = school.pupils[0]
    for level in (1, 3):
        school.rate(pupil, FIRST, level)
        clock.forward(hours=2)
    before = cells(pupil)
    take_back(teacher, accept(teacher, f"{pupil}:{FIRST}:4"))
    assert cells(pupil) == before


def test_a_level_of_another_scale_is_put_back_as_it_was(teacher, school, parts: Wiring, cells):
    pupil = school.pupils[0]
    school.rate(pupil, FIRST, 4)
    settle(parts, school, LinkSettings(scale="acquis-2"))
    take_back(teacher, accept(teacher, f"{pupil}:{FIRST}:1"))
    with parts.store.read() as session:
        last = session.scalars(select(Assessment).order_by(Assessment.id.desc())).first()
    assert (last.scale, last.level) == ("bts-sio-4", 4)
