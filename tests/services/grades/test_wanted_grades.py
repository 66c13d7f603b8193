"""The grade each column should hold: by part, in points or levels, kept in step with rules and launches."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_app.models import GradeSync, LineItem, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.classes.masteries import State
from lti_app.services.grades import columns, grade_sync, rules_in_force
from lti_app.services.grades.wanted_grades import Column, wanted
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.services.campus import ACTIVITY, Campus
from tests.services.rules import framed, read_rules

ONE, TWO, OTHER = "C1.1.03.1", "C1.1.03.2", "C2.1.01.1"


def change(parts: Wiring, link_id: int, **custom: str) -> None:
    """A teacher's change in the tool."""
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, link_id)
        link_settings.change(link, read_rules(custom))
        rules_in_force.take_effect(session, link, parts.clock())


def syncs(parts: Wiring) -> dict[tuple[int, str], GradeSync]:
    with parts.store.read() as session:
        rows = session.execute(
            select(GradeSync, LineItem.part).join(GradeSync.line_item).order_by(GradeSync.id)
        )
        return {(row.learner_id, part): row for row, part in rows}


def scores(parts: Wiring) -> dict[tuple[int, str], Decimal]:
    return {cell: row.score for cell, row in syncs(parts).items()}


@pytest.mark.parametrize(
    ("custom", "levels", "excused", "comment"),
    [
        pytest.param(
            {},
            {ONE: 3},
            (),
            "1 compétence acquise sur 2 (1 évaluée ; une compétence non évaluée compte comme non "
            "acquise).",
            id="share",
        ),
        pytest.param(
            {"not_assessed": "left_out"},
            {ONE: 3},
            (),
            "1 compétence acquise sur 1 (1 évaluée ; une compétence non évaluée ne compte pas).",
            id="left out",
        ),
        pytest.param(
            {},
            {ONE: 3},
            (TWO,),
            "1 compétence acquise sur 1 (1 évaluée ; 1 dispense ou absence hors du compte).",
            id="excused",
        ),
        pytest.param(
            {"grade_rule": "share_weighted", "coefficients": f"{ONE}:2,5"},
            {ONE: 3, TWO: 1},
            (),
            "1 compétence acquise, avec coefficients : 2,5 sur 3,5 (2 évaluées).",
            id="weighted",
        ),
        pytest.param(
            {"grade_rule": "share_half"},
            {ONE: 3, TWO: 2},
            (),
            "1 compétence acquise, une compétence en cours comptant à moitié : 1,5 sur 2 (2 "
            "évaluées).",
            id="half",
        ),
        pytest.param(
            {"grade_rule": "mean_of_levels"},
            {ONE: 3, TWO: 2},
            (),
            "Moyenne des niveaux : 50 % (2 évaluées).",
            id="mean",
        ),
        pytest.param(
            {"grade_rule": "points", "required": "D1.1"},
            {ONE: 3, TWO: 2},
            (),
            "1 sur 2 points (2 évaluées). Il manque 1 compétence obligatoire : C1.1.03.2.",
            id="points",
        ),
        pytest.param(
            {"grade_rule": "points", "points_needed": "2", "not_assessed": "left_out"},
            {ONE: 3},
            (),
            "1 sur 2 points (1 évaluée ; une compétence non évaluée compte comme non acquise).",
            id="points needed",
        ),
    ],
)
def test_the_feedback_says_how_the_grade_came_about(custom, levels, excused, comment):
    framing = framed(read_rules({"scope": "D1.1", **custom}))
    found = wanted(framing, Column(), State(levels, set(excused)))
    assert found is not None
    assert found.comment == comment


@pytest.mark.parametrize(
    ("levels", "shown", "score", "maximum"),
    [
        pytest.param({ONE: 3, TWO: 3}, 4, "3.00", 4, id="our own scale"),
        pytest.param({ONE: 4, TWO: 1}, 4, "3.00", 4, id="the mean, rounded"),
        pytest.param({ONE: 4, TWO: 4}, 7, "7.00", 7, id="the highest of seven"),
        pytest.param({ONE: 3, TWO: 3}, 7, "5.00", 7, id="two thirds up seven"),
        pytest.param({ONE: 1, TWO: 1}, 7, "1.00", 7, id="the lowest of seven"),
    ],
)
def test_a_column_of_levels_gets_the_level(levels, shown, score, maximum):
    """Moodle keeps k of n as level k (recorded in 04-ags-scale-activity)."""
    found = wanted(framed(read_rules({"scope": "D1.1"})), Column("", shown), State(levels))
    assert found is not None
    assert (found.score, found.maximum) == (Decimal(score), maximum)


@pytest.mark.parametrize(
    ("kind", "send_as", "score", "maximum"),
    [
        ("points", "auto", "10.00", 20),
        ("scale", "auto", "2.00", 4),  # the mean of level 3 and the lowest
        ("scale", "points", "10.00", 20),
        ("points", "level", "2.00", 4),
    ],
)
def test_a_teacher_may_say_what_is_sent(
    parts: Wiring, school: School, kind, send_as, score, maximum
):
    change(parts, school.link_id, scope="D1.1", send_as=send_as)
    with parts.store.write() as session:
        item = session.query(LineItem).filter_by(resource_link_id=school.link_id).one()
        item.kind, item.levels = kind, 4 if kind == "scale" else None
    school.rate(school.pupils[0], ONE, 3)
    (row,) = syncs(parts).values()
    assert (row.score, row.maximum) == (Decimal(score), maximum)


def test_a_part_has_a_grade_once_something_in_it_is_judged(parts: Wiring, school: School):
    change(parts, school.link_id, columns="P")
    learner = school.pupils[0]
    school.rate(learner, ONE, 3)
    assert scores(parts) == {(learner, ""): Decimal("0.13"), (learner, "P1"): Decimal("0.59")}
    school.rate(learner, OTHER, 3)
    assert scores(parts) == {
        (learner, ""): Decimal("0.26"),
        (learner, "P1"): Decimal("0.59"),
        (learner, "P2"): Decimal("0.71"),
    }


def test_a_grade_that_stays_the_same_is_not_wanted_anew(parts: Wiring, school: School):
    change(parts, school.link_id, columns="P")
    school.rate(school.pupils[0], ONE, 3)
    before = {cell: row.wanted_revision for cell, row in syncs(parts).items()}
    school.rate(school.pupils[0], ONE, 4)
    assert {cell: row.wanted_revision for cell, row in syncs(parts).items()} == before


def test_a_column_let_go_gets_no_more_grades(parts: Wiring, school: School):
    learner = school.pupils[0]
    change(parts, school.link_id, columns="P1 P2")
    school.rate(learner, ONE, 3)
    change(parts, school.link_id, columns="P2")
    school.rate(learner, TWO, 3)
    assert scores(parts)[learner, "P1"] == Decimal("0.59")
    change(parts, school.link_id, columns="P1")
    assert scores(parts)[learner, "P1"] == Decimal("1.18")


def test_two_activities_that_cover_the_same_have_columns_of_their_own(
    parts: Wiring, school: School
):
    custom = read_rules({"columns": "P1"})
    with parts.store.write() as session:
        for lti_id in ("77", "78"):
            link = ResourceLink(course_id=school.course_id, lti_id=lti_id)
            session.add(link)
            link_settings.follow(link, custom)
            session.flush()
            rules_in_force.take_effect(session, link, parts.clock())
        found = session.scalars(select(LineItem.resource_id).where(LineItem.part == "P1")).all()
    assert found == ["bts-sio#P1", "bts-sio#P1~78"]


def test_a_judgement_taken_back_wants_the_lower_grade(parts: Wiring, school: School):
    change(parts, school.link_id, not_assessed="left_out")
    school.rate(school.pupils[0], ONE, 3)
    school.rate(school.pupils[0], ONE, None)
    (row,) = syncs(parts).values()
    assert (row.score, row.comment) == (0, "Aucune compétence n’est évaluée.")


# ---- launches ----


def say(campus: Campus, **custom: str) -> None:
    """Somebody edits the activity's custom parameters in the LMS."""
    activity = campus.lms.store.activity(ACTIVITY)
    assert activity is not None
    campus.lms.store.save("activities", replace(activity, custom=custom))


def held(campus: Campus) -> dict[str, str]:
    with campus.parts.store.read() as session:
        link = session.scalars(select(ResourceLink)).one()
        return rule_words(link)


def rule_words(link: ResourceLink) -> dict[str, str]:
    return {
        key: value
        for key, value in link.settings.items()
        if key not in ("referential", "scope", "scale", "maximum")
    }


def test_a_relaunch_leaves_a_teachers_change_alone(campus: Campus) -> None:
    say(campus, grade_rule="share_half")
    launch = campus.launch()
    assert held(campus) == {"grade_rule": "share_half"}
    change(campus.parts, launch.resource_link_id, grade_rule="mean_of_levels")
    campus.launch()
    assert held(campus) == {"grade_rule": "mean_of_levels", "override": True}


def test_new_custom_parameters_end_a_teachers_change(campus: Campus) -> None:
    launch = campus.launch()
    change(campus.parts, launch.resource_link_id, grade_rule="mean_of_levels")
    say(campus, not_assessed="left_out")
    campus.launch()
    assert held(campus) == {"not_assessed": "left_out"}


def test_a_change_back_to_the_custom_parameters_is_none(campus: Campus) -> None:
    say(campus, grade_rule="share_half")
    launch = campus.launch()
    change(campus.parts, launch.resource_link_id, grade_rule="mean_of_levels")
    change(campus.parts, launch.resource_link_id, grade_rule="share_half")
    assert held(campus) == {"grade_rule": "share_half"}


def test_rules_in_the_custom_parameters_grade_from_the_first_launch(
    campus: Campus, clock: Clock
) -> None:
    say(campus, scope="D1.1", mastery_rule="highest", maximum="10")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    clock.forward(days=1)
    campus.rate(launch, 5, ONE, 1)
    assert (campus.sync(5).score, campus.sync(5).maximum) == (5, 10)


# ---- all the way to the gradebook ----


def test_each_part_arrives_in_its_own_column(campus: Campus, clock: Clock) -> None:
    say(campus, columns="P1 P2")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    assert columns.ensure(campus.parts) == 2
    grade_sync.run_due(campus.parts)
    store = campus.lms.store
    found = {
        item.label: (grade.final if (grade := store.grade(item.id, 5)) else None)
        for item in store.items(2)
        if item.itemtype == "manual"
    }
    assert found == {"P1 Production de services": 0.59, "P2 Fourniture de services": None}
    own = campus.grade(5)
    assert own is not None
    assert own.final == 0.13


def test_a_scale_activity_shows_the_level(campus: Campus) -> None:
    """A teacher gave the activity a scale: Moodle's gradebook then reads « Acquis » and not 15/20."""
    activity = campus.lms.store.activity(ACTIVITY)
    item = campus.lms.store.item_of_activity(ACTIVITY)
    assert activity is not None
    assert item is not None
    names = ("Non acquis", "En cours d'acquisition", "Acquis", "Maîtrisé")
    campus.lms.store.save("activities", replace(activity, grade=None, scale=names))
    campus.lms.store.save("items", replace(item, maximum=4.0, scale=names))
    say(campus, scope="D1.1", not_assessed="left_out")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    grade = campus.grade(5)
    assert grade is not None
    assert (grade.final, grade.feedback) == (
        3.0,
        "Niveau : Acquis. 1 compétence acquise sur 1 (1 évaluée ; une compétence non évaluée ne "
        "compte pas).",
    )
