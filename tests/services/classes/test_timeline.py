"""The class's way: it ends where the class page stands, whatever the rule, and never lies between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lti_app.services.activities.framing import LinkSettings
from lti_app.services.classes import classroom, timeline
from lti_app.services.classes.timeline import Point
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.services.rules import read_rules
from tests.views.states import settle


def points(parts: Wiring, school: School) -> list[Point]:
    launch, _ = school.launch()
    with parts.store.read() as session:
        framing = classroom.framing_of(session, launch)
        return timeline.of_class(session, launch.course_id, framing, school.pupils, parts.clock())


@pytest.fixture(autouse=True)
def zone(app: Flask):
    """Days are those of the schools' time zone."""
    with app.test_request_context():
        yield


@pytest.fixture
def two_competences(parts: Wiring, school: School) -> None:
    settle(parts, school, LinkSettings(scope=("C1.1.03.1", "C1.1.03.2")))


def test_before_any_assessment_there_is_no_way(parts: Wiring, school: School):
    assert points(parts, school) == []


@pytest.mark.usefixtures("two_competences")
def test_the_eve_is_empty_and_each_day_adds_what_was_acquired(
    parts: Wiring, school: School, clock: Clock
):
    first, second, third = school.pupils
    for pupil in (first, second, third):
        school.rate(pupil, "C1.1.03.1", 3)
    clock.forward(days=1)
    school.rate(first, "C1.1.03.2", 4)
    school.rate(second, "C1.1.03.2", 2)  # not acquired yet
    school.rate(third, "C1.1.03.1", 1)  # lost again
    assert [(p.on.day, p.low, p.median, p.high) for p in points(parts, school)] == [
        (23, 0.0, 0.0, 0.0),
        (24, 0.5, 0.5, 0.5),
        (25, 0.25, 0.5, 0.75),
    ]


@pytest.mark.usefixtures("two_competences")
def test_a_day_is_the_schools_day(parts: Wiring, school: School, clock: Clock):
    """23:30 UTC on the 24th is the 25th in France."""
    clock.forward(hours=15, minutes=30)
    school.rate(school.pupils[0], "C1.1.03.1", 3)
    assert [point.on for point in points(parts, school)] == [date(2026, 11, 24), date(2026, 11, 25)]


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        pytest.param({}, [0.0, 0.5, 0.0], id="latest"),
        pytest.param({"mastery_rule": "highest"}, [0.0, 0.5, 0.5], id="highest"),
    ],
)
def test_it_follows_the_activitys_mastery_rule(
    parts: Wiring, school: School, clock: Clock, rule, reached
):
    settle(parts, school, read_rules({"scope": "C1.1.03.1 C1.1.03.2", **rule}))
    for level in (3, 1):
        for pupil in school.pupils:
            school.rate(pupil, "C1.1.03.1", level)
        clock.forward(days=1)
    clock.forward(days=-1)
    assert [point.median for point in points(parts, school)] == reached


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 4000))
def test_days_are_few_in_order_and_end_today(first, length):
    last = first + timedelta(days=length)
    days = timeline.spaced(first, last)
    assert (days[0], days[-1]) == (first, last)
    assert days == sorted(set(days)) or length == 0
    assert len(days) <= timeline.MOST_DAYS + 1
