"""The class overview: its figures agree with the assessments, each picture has its table."""

from __future__ import annotations

import pytest

from lti_app.models import Membership
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.views.conftest import Enter, Page, Visitor
from tests.views.states import settle

SVG = '*[local-name()="svg"]'


@pytest.fixture
def colleague(enter: Enter, school: School, parts: Wiring, clock: Clock) -> Visitor:
    """A teacher of domains D1.1 and D1.2 (16 competences) after two days of assessments."""
    settle(parts, school, LinkSettings(scope=("D1.1", "D1.2")))
    first, second, third = school.pupils
    school.rate(first, "C1.1.03.1", 3)
    school.rate(second, "C1.1.03.1", 2)
    school.rate(third, "C1.2.01.1", 4)
    clock.forward(days=2)
    school.rate(first, "C1.1.03.2", 4)
    return enter()


@pytest.fixture
def page(colleague: Visitor) -> Page:
    """Their overview, with a pace."""
    fields = {"begins_on": "2026-11-16", "ends_on": "2026-12-06", "target": "80"}
    colleague.submit("/overview/pace", fields)
    return colleague.get("/overview")


def test_the_heat_map_is_a_table_of_percents(page: Page):
    heads = '//table[@class="heat"]/thead/tr'
    assert page.texts(f"{heads}[1]/th") == ["Étudiant", "Total", "D1.1", "D1.2"]
    assert page.values(f"{heads}[1]/th/@colspan") == ["1", "5"]
    assert page.texts(f'{heads}[2]/th/span[@class="visually-hidden"]') == [
        "A1.1.03",
        "A1.2.01",
        "A1.2.02",
        "A1.2.03",
        "A1.2.04",
        "A1.2.05",
    ]
    rows = [row.split() for row in page.texts('//table[@class="heat"]//tbody/tr')]
    assert [row[2] for row in rows if row[0] == "ABDELLI"] == ["12"]
    assert page.values('//table[@class="heat"]//tbody/tr[1]/td/@class') == [
        "whole",
        "heat-10",
        *["heat-0"] * 5,
    ]
    assert page.texts('//dl[@class="codes"]/div')[0].startswith("A1.1.03")


def test_short_codes_need_no_second_row_of_heads(teacher: Visitor, school: School):
    """The whole référentiel, by its 14 domains."""
    school.rate(school.pupils[0], "C1.1.03.1", 3)
    heads = teacher.get("/overview").texts('//table[@class="heat"]/thead/tr/th')
    assert (len(heads), heads[:3]) == (16, ["Étudiant", "Total", "D1.1"])


def test_the_line_is_drawn_for_wide_and_narrow_frames_without_inline_style(page: Page):
    charts = page.tree.xpath(f'//{SVG}[starts-with(@class, "chart ") and @role="img"]')
    assert [chart.get("class") for chart in charts] == ["chart wide", "chart narrow"]
    assert page.values("//@style") == []
    assert page.values("//style") == []
    assert page.values(f'//{SVG}[@class="chart wide"]//*[starts-with(@class, "line-")]/@class') == [
        "line-high",
        "line-low",
        "line-median",
        "line-expected",
    ]


def test_the_lines_table_ends_where_the_class_stands(page: Page):
    """Of 16 competences 2, 0 and 1 are acquired; 80 % are expected after 20 days, of which 10 passed."""
    rows = '//section[@aria-labelledby="time"]//tbody/tr'
    assert page.texts(f"{rows}/th")[0] == "26 novembre 2026"
    assert page.texts(f"{rows}[1]/td") == [f"{n}\u202f%" for n in (3, 6, 9, 40)]
    assert len(page.texts(rows)) == 4


def test_the_distribution_counts_every_student_and_competence(page: Page):
    assert page.texts('//section[@aria-labelledby="levels"]//thead//th') == [
        "Domaine",
        "Maîtrisé",
        "Acquis",
        "En cours d’acquisition",
        "Non acquis",
        "Non évalué",
    ]
    assert page.texts('//section[@aria-labelledby="levels"]//tbody/tr/td') == [
        *("1", "1", "1", "0", "3"),
        *("1", "0", "0", "0", "41"),
    ]


def test_the_least_acquired_come_first_and_the_never_assessed_apart(page: Page):
    weak = page.texts('//section[@aria-labelledby="weak"]//div[@class="bar-line"]/p')
    assert [line.rsplit(" ", 4)[1:] for line in weak] == [
        ["C1.1.03.1", "1", "sur", "3"],
        ["C1.1.03.2", "1", "sur", "3"],
        ["C1.2.01.1", "1", "sur", "3"],
    ]
    table = page.texts('//section[@aria-labelledby="weak"]//table//tbody/tr/th')
    assert [one.split()[0] for one in table] == ["C1.1.03.1", "C1.1.03.2", "C1.2.01.1"]
    assert page.texts('//section[@aria-labelledby="weak"]//summary') == [
        "Les chiffres",
        "13 compétences n’ont jamais été évaluées",
    ]


def test_one_student_stands_beside_the_pace(page: Page, colleague: Visitor, school: School):
    beside = '//section[@aria-labelledby="pace"]//div[@class="bar-line"]/p/span'
    assert page.texts(beside) == ["0,7 sur 2, attendu 0,8", "0,3 sur 14, attendu 5,6"]
    one = colleague.get(f"/overview?learner={school.pupils[0]}")
    assert one.texts(beside) == ["2 sur 2, attendu 0,8", "0 sur 14, attendu 5,6"]


def test_somebody_elses_student_is_not_found(teacher: Visitor, school: School):
    assert teacher.get(f"/overview?learner={school.stranger_id}").status == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"begins_on": "2026-09-01", "ends_on": ""}, "Il faut deux dates, ou aucune"),
        ({"begins_on": "2026-09-01", "ends_on": "2026-09-01"}, "La date de fin ne vient pas après"),
        (
            {"begins_on": "2026-09-01", "ends_on": "2027-06-30", "target": "150"},
            "La part attendue est un nombre entre 1 et 100.",
        ),
        ({"begins_on": "hier", "ends_on": "2027-06-30"}, "«\u202fhier\u202f» n’est pas une date."),
    ],
    ids=["one-date", "same-day", "target", "no-date"],
)
def test_a_pace_that_makes_no_sense_is_refused(teacher: Visitor, fields, said):
    teacher.submit("/overview/pace", {"target": "80", **fields})
    assert teacher.get("/overview").text('//p[@class="notice warning"]').startswith(said)


def test_no_pace_may_be_expected_any_more(page: Page, colleague: Visitor):
    line = f'//{SVG}//*[@class="line-expected"]'
    assert page.values(line) != []
    colleague.submit("/overview/pace", {"act": "none"})
    after = colleague.get("/overview")
    assert after.values(line) == []


@pytest.mark.parametrize("pupils", [True, False], ids=["not-assessed", "no-students"])
def test_before_there_is_anything_to_draw_the_page_says_so(
    teacher: Visitor, school: School, parts: Wiring, pupils
):
    if not pupils:
        with parts.store.write() as session:
            for one in school.pupils:
                session.get_one(Membership, (school.course_id, one)).active = False
    said = "Rien n’est encore évalué" if pupils else "Pas encore d’étudiants"
    assert teacher.get("/overview").text("//h3") == said
