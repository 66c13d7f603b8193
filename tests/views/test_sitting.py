"""The séance: today's few competences, chosen once, rated one line a student, with scripts or without."""

from __future__ import annotations

import pytest

from tests.factories import School
from tests.views.conftest import Enter, Visitor

FIRST, SECOND, THIRD = "C1.1.03.1", "C1.1.03.2", "C1.2.01.1"


@pytest.fixture
def sitting(teacher: Visitor) -> Visitor:
    """The teacher has chosen two competences."""
    teacher.submit("/session/choose", {"code": [SECOND, FIRST]})
    return teacher


def test_without_a_choice_it_asks_for_one(teacher: Visitor):
    answer = teacher.client.get(teacher.base + "/session")
    assert (answer.status_code, answer.location) == (302, teacher.base + "/session/choose")
    assert len(teacher.get("/session/choose").values('//input[@name="code"]/@value')) == 153


def test_the_choice_is_kept_in_the_referentials_order(sitting: Visitor):
    page = sitting.get("/session")
    assert page.texts('//nav[@class="chosen"]/a') == [
        f"{FIRST} 0 sur 3",
        f"{SECOND} 0 sur 3",
        "Changer",
    ]
    assert page.values('//nav[@class="chosen"]/a[@aria-current]/@href') == [
        f"{sitting.base}/session?code={FIRST}"
    ]
    chosen = sitting.get("/session/choose").values('//input[@checked and @name="code"]/@value')
    assert chosen == [FIRST, SECOND]


def test_it_is_each_teachers_own(sitting: Visitor, enter: Enter, school: School):
    colleague = enter(school.assistant_id)
    assert colleague.client.get(colleague.base + "/session").status_code == 302
    assert sitting.get("/class").data["sitting"] == [FIRST, SECOND]


def test_the_grid_can_show_it(sitting: Visitor):
    assert sitting.get("/class").text('//select[@id="show"]/option[@value="sitting"]') == (
        "Séance\u202f: 2 compétences"
    )


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        pytest.param(["C9.9.99.9"], 404, id="no-competence"),
        pytest.param(["D1.1"], 404, id="a-domain"),
        pytest.param([f"C1.2.0{a}.{c}" for a in range(1, 6) for c in (1, 2)] * 1, 303, id="ten"),
    ],
)
def test_only_competences_of_the_activity_can_be_chosen(teacher: Visitor, codes, status):
    assert teacher.submit("/session/choose", {"code": codes}).status_code == status


def test_more_than_a_few_are_refused_in_words(teacher: Visitor):
    codes = teacher.get("/session/choose").values('//input[@name="code"]/@value')[:21]
    answer = teacher.submit("/session/choose", {"code": codes})
    assert answer.status_code == 400
    assert "au plus\u202f; vous en avez choisi 21." in answer.text


def test_the_form_rates_those_that_changed_and_goes_on(sitting: Visitor, school: School):
    first, second, third = school.pupils
    answer = sitting.submit(
        f"/session/rate/{FIRST}",
        {
            f"level:{first}": "4",
            f"level:{second}": "absent",
            f"level:{third}": "",
            "then": SECOND,
        },
    )
    assert answer.location == f"{sitting.base}/session?code={SECOND}"
    page = sitting.get(f"/session?code={SECOND}")
    assert page.text('//p[contains(@class, "success")]') == "2 étudiants évalués."
    assert page.texts('//nav[@class="chosen"]/a')[0] == f"{FIRST} 2 sur 3"
    page = sitting.get(f"/session?code={FIRST}")
    assert page.values('//input[@checked and starts-with(@name, "level:")]/@value') == [
        "4",
        "absent",
        "",
    ]


def test_an_old_page_leaves_a_colleagues_level(sitting: Visitor, enter: Enter, school: School):
    first = school.pupils[0]
    (base,) = sitting.get("/session").values('//input[@name="base"]/@value')
    entry = {"learner": first, "code": FIRST, "level": 4}
    enter(school.assistant_id).send("/assessments", {"entries": [entry]})
    sitting.submit(f"/session/rate/{FIRST}", {"base": base, f"level:{first}": "1"})
    page = sitting.get("/session")
    assert page.text('//p[contains(@class, "warning")]').startswith(
        f"{FIRST}\u202f: Inès O'Brien a mis «\u202fMaîtrisé\u202f»"
    )
    assert page.values(f'//input[@checked and @name="level:{first}"]/@value') == ["4"]


def test_a_competence_that_was_not_chosen_is_not_found(sitting: Visitor):
    assert sitting.get(f"/session?code={THIRD}").status == 404
