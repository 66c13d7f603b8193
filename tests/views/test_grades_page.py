"""Grades on their way: what failed, why, and sending again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_app.models import GradeSync, LineItem, Membership, ResourceLink, SyncState
from lti_app.services.activities import link_settings
from lti_app.services.grades import rules_in_force
from lti_app.services.sync import fates
from lti_app.services.sync.job import Seen
from lti_app.services.sync.overrides import Held
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.services.rules import read_rules
from tests.views.conftest import Visitor
from tests.views.states import fail, give_in_moodle


def states(parts: Wiring, school: School) -> list[str]:
    """The state of each pupil's grade, in class-list order."""
    with parts.store.read() as session:
        found = {row.learner_id: row.state for row in session.query(GradeSync)}
    return [found.get(learner, "none") for learner in school.pupils]


@pytest.fixture
def two_failed(school: School, parts: Wiring) -> School:
    """The first and the last pupil's grades failed, the second's is on its way."""
    fail(parts, school, school.pupils[0], "learner_gone")
    fail(parts, school, school.pupils[2], "a key of a later release")
    school.rate(school.pupils[1], "C1.1.03.1", 2)
    return school


def test_each_failed_grade_says_what_happened_and_what_to_do(teacher: Visitor, two_failed: School):
    page = teacher.get("/grades")
    assert page.texts("//h2") == ["2 notes non envoyées", "1 note en route"]
    first, last = page.texts("//section[1]//li/div/p[2]")
    assert first == (
        "La note de Yanis Abdelli n’a pas pu être envoyée\u202f: cette personne n’est plus inscrite au "
        "cours comme étudiant. Réinscrivez-la dans Moodle, puis cliquez sur Renvoyer."
    )
    assert last.startswith(
        "La note de Chloé D'Arc n’a pas pu être envoyée\u202f: Moodle l’a refusée"
    )


def test_one_grade_is_sent_again(teacher: Visitor, two_failed: School, parts: Wiring):
    answer = teacher.submit("/grades/resend", {"learner": two_failed.pupils[0]})
    assert (answer.status_code, answer.location) == (303, teacher.base + "/grades")
    assert states(parts, two_failed) == ["waiting", "waiting", "failed"]


def test_all_failed_grades_are_sent_again(teacher: Visitor, two_failed: School, parts: Wiring):
    teacher.submit("/grades/resend", {})
    assert states(parts, two_failed) == ["waiting", "waiting", "waiting"]
    assert teacher.get("/grades").text('//p[@role="status"]') == "2 notes remises en route."


def test_the_whole_class_is_sent_again(teacher: Visitor, two_failed: School, parts: Wiring):
    """Also what had arrived: Moodle may have lost it."""
    with parts.store.write() as session:
        row = session.query(GradeSync).filter_by(learner_id=two_failed.pupils[1]).one()
        fates.write(session, [(row.id, fates.settled(row.wanted_revision, SyncState.SENT))])
    assert "Renvoyer toute la classe" in teacher.get("/grades").texts("//button")
    teacher.submit("/grades/resend", {"everybody": "1"})
    assert states(parts, two_failed) == ["waiting", "waiting", "waiting"]


def test_a_learner_that_is_no_number_is_refused(
    teacher: Visitor, two_failed: School, parts: Wiring
):
    assert teacher.submit("/grades/resend", {"learner": "tous"}).status_code == 400
    assert states(parts, two_failed) == ["failed", "waiting", "failed"]


def test_without_failures_the_page_says_so(teacher: Visitor):
    page = teacher.get("/grades")
    assert page.texts("//section") == [
        "Aucune note en échec Toutes les notes sont envoyées à Moodle ou en route."
    ]


def test_the_scripts_ask_where_each_grade_stands(teacher: Visitor, two_failed: School):
    found = teacher.json("/changes.json?since=0")
    states = {one["id"]: (one["state"], one.get("why", "")[:14]) for one in found["states"]}
    assert states == {
        two_failed.pupils[0]: ("failed", "La note de Yan"),
        two_failed.pupils[1]: ("waiting", ""),
        two_failed.pupils[2]: ("failed", "La note de Chl"),
    }


def test_a_grade_given_in_moodle_is_shown_and_agreed_to(
    teacher: Visitor, school: School, parts: Wiring
):
    """What Moodle holds, who wins and what can be done; after « Garder » nothing is left to decide."""
    learner = school.pupils[0]
    give_in_moodle(parts, school, learner)

    (shown,) = teacher.json("/changes.json?since=0")["states"]
    assert (shown["state"], shown["held"], shown["kept"]) == ("theirs", "11,00", False)
    assert not shown["replaceable"], "Moodle guards the activity's own column"
    section = '//section[@aria-labelledby="theirs"]'
    page = teacher.get("/grades")
    assert page.texts(f"{section}//button") == ["Garder"]
    assert "est de 11 / 20 dans le carnet de notes de Moodle" in page.text(section)
    for path in (f"/students/{learner}", f"/students/{learner}/why"):
        assert "Moodle garde la sienne." in teacher.get(path).text("//main"), path

    teacher.submit("/grades/keep", {"learner": learner})

    page = teacher.get("/grades")
    assert page.texts(f"{section}//button") == []
    assert "Vous avez choisi de garder celle de Moodle." in page.text(section)
    with parts.store.write() as session:  # a later change over there is news
        row = session.query(GradeSync).filter_by(learner_id=learner).one()
        seen = Seen(Held.THEIRS, Decimal(12), Decimal(20), parts.clock())
        fates.write(session, [(row.id, fates.seen_values(seen))])
    assert teacher.get("/grades").texts(f"{section}//button") == ["Garder"]


@pytest.fixture
def part_column(school: School, parts: Wiring) -> int:
    """A column of P1 beside the activity's own, with the first pupil's grade in both arrived."""
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, school.link_id)
        link_settings.change(link, read_rules({"columns": "P1"}))
        rules_in_force.take_effect(session, link, parts.clock())
    school.rate(school.pupils[0], "C1.1.03.1", 3)
    with parts.store.write() as session:
        item = session.query(LineItem).filter_by(part="P1").one()
        for row in session.query(GradeSync):
            row.state, row.settled_revision = SyncState.SENT.value, row.wanted_revision
        return item.id


def part_row(parts: Wiring, part_column: int, **values: object) -> None:
    with parts.store.write() as session:
        row = session.query(GradeSync).filter_by(line_item_id=part_column).one()
        for name, value in values.items():
            setattr(row, name, value)


def by_column(parts: Wiring) -> dict[str, str]:
    with parts.store.read() as session:
        rows = session.query(LineItem.part, GradeSync.state).join(GradeSync.line_item)
        return {row.part: row.state for row in rows}


def test_a_grade_that_failed_in_a_parts_column_is_counted_named_and_sent_again(
    teacher: Visitor, school: School, parts: Wiring, part_column: int
):
    part_row(parts, part_column, state="failed", error="column_locked")
    learner = school.pupils[0]
    assert "1 note non envoyée" in teacher.get("/class").text('//*[@id="attention"]')
    page = teacher.get("/grades")
    assert page.texts("//h2") == ["1 note non envoyée"]
    (line,) = page.texts("//section[1]//li/div/p[2]")
    assert line.startswith(
        "Colonne «\u202fP1 Production de services\u202f». La note de Yanis Abdelli n’a pas pu être envoyée"
    )
    (shown,) = teacher.json("/changes.json?since=0")["states"]
    assert (shown["state"], shown["column"]) == ("failed", part_column)
    assert "P1 Production" in shown["why"]
    for path in (f"/students/{learner}", f"/students/{learner}/why/P1"):
        found = teacher.get(path)
        (form,) = found.texts(f'//main//form[.//input[@name="column" and @value="{part_column}"]]')
        assert form == "Renvoyer", path

    teacher.submit("/grades/resend", {"learner": learner, "column": part_column})
    assert by_column(parts) == {"": "sent", "P1": "waiting"}


def test_a_grade_given_in_a_parts_column_is_kept_or_replaced_there(
    teacher: Visitor, school: School, parts: Wiring, part_column: int
):
    seen = fates.seen_values(Seen(Held.THEIRS, Decimal(11), Decimal(20), parts.clock()))
    part_row(parts, part_column, **seen)
    section = '//section[@aria-labelledby="theirs"]'
    page = teacher.get("/grades")
    assert page.texts("//h2") == ["Aucune note en échec", "1 note saisie dans Moodle"]
    assert page.texts(f"{section}//button") == ["Garder", "Remplacer"]
    (shown,) = teacher.json("/changes.json?since=0")["states"]
    assert (shown["state"], shown["held"], shown["replaceable"]) == ("theirs", "", True)

    named = {"learner": school.pupils[0], "column": part_column}
    teacher.submit("/grades/keep", named)
    assert teacher.get("/grades").texts(f"{section}//button") == ["Remplacer"]
    teacher.submit("/grades/resend", named)
    assert by_column(parts) == {"": "sent", "P1": "waiting"}
    with parts.store.read() as session:
        assert [
            row.replace for row in session.query(GradeSync).order_by(GradeSync.line_item_id)
        ] == [False, True]


def test_a_column_of_another_course_is_none_of_ours(
    teacher: Visitor, school: School, parts: Wiring, part_column: int
):
    with parts.store.read() as session:
        other = session.query(LineItem).filter_by(resource_link_id=school.other_link_id).one().id
    teacher.submit("/grades/resend", {"learner": school.pupils[0], "column": other})
    assert by_column(parts) == {"": "sent", "P1": "sent"}


def test_who_has_left_is_shown_while_their_grade_did_not_arrive(
    teacher: Visitor, two_failed: School, parts: Wiring
):
    with parts.store.write() as session:
        place = session.get_one(Membership, (two_failed.course_id, two_failed.pupils[0]))
        place.active = False
    page = teacher.get("/grades")
    assert page.texts("//h2") == ["2 notes non envoyées", "1 note en route"]
    last = page.texts("//section[1]//li")[-1]
    assert "Abdelli" in last
    assert "a quitté le cours" in last
    assert "Réinscrivez-la dans Moodle" in last
    assert "Abdelli" not in teacher.get("/class").text("//main")
    teacher.submit("/grades/resend", {"learner": two_failed.pupils[0]})
    assert states(parts, two_failed)[0] == "waiting"
