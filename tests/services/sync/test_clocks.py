"""Clocks that differ or jump: times of scores increase all the same, and the platform's own time rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lti_app.models import Platform
from lti_app.services.grades import grade_sync
from lti_app.services.platforms import platform_check
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.services.sync.desk import PUPIL, Desk
from tests.services.sync.schools import PUPILS, schools


@pytest.mark.parametrize("ahead", [-3600, -600, -30, 30, 600, 3600])
def test_scores_carry_the_platforms_time(
    parts: Wiring, tool_url: str, clock: Clock, ahead: int
) -> None:
    """Moodle refuses an assertion from its past or its future; its refusal tells its time."""

    def theirs() -> datetime:
        return clock() + timedelta(seconds=ahead)

    with schools(parts.store, tool_url, theirs) as (school,):
        with parts.store.write() as session:
            school.want(session, school.made, PUPIL, 12, clock())
        grade_sync.run_due(parts)
        grade = school.lms.store.grade(school.items[school.made].id, PUPIL)
        assert grade is not None
        assert grade.timemodified == int(theirs().timestamp())
        assert parts.circuits.skew(school.platform_id) == timedelta(seconds=ahead)
        with parts.store.read() as session:
            platform = session.get_one(Platform, school.platform_id)
            told = platform_check.check(parts, platform)[-1].said("en")
        side = "behind" if ahead > 0 else "ahead of"
        assert told == f"this service’s clock is {abs(ahead)} s {side} the platform’s: set it right"


def test_a_teacher_is_not_overtaken_by_our_fast_clock(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    """Had our scores carried our time, ten minutes ahead, a teacher's edit would look older than ours."""

    def theirs() -> datetime:
        return clock() - timedelta(minutes=10)

    with schools(parts.store, tool_url, theirs) as (school,):
        for score in (12, 15):
            with parts.store.write() as session:
                school.want(session, school.made, PUPIL, score, clock())
            grade_sync.run_due(parts)
            clock.forward(seconds=60)
            school.lms.gradebook.override(school.items[school.made], PUPIL, 3, 9, None)
            clock.forward(seconds=60)
        assert school.held(school.made, PUPIL) == 9.0


@pytest.mark.parametrize("step", [-7200, -60, 60, 7200])
def test_our_clock_jumps_between_two_grades(desk: Desk, step: int) -> None:
    desk.want(12)
    desk.send()
    desk.campus.parts.circuits._states.clear()
    before = desk.row().last_timestamp
    desk.clock.forward(seconds=step)
    desk.want(15)
    desk.send()
    after = desk.row().last_timestamp
    assert before is not None
    assert after is not None
    assert after - before >= timedelta(seconds=1)
    assert (desk.held(), desk.state()) == (15.0, ("sent", ""))


def test_a_clock_set_back_leaves_no_grade_waiting_for_hours(desk: Desk) -> None:
    """A try put off by a clock that was hours ahead."""
    desk.clock.forward(hours=6)
    desk.campus.lms.faults.add("status", path="scores", status=503)
    desk.want(12)
    desk.send()
    desk.clock.forward(hours=-6)
    desk.send()
    assert (desk.held(), desk.state()) == (12.0, ("sent", ""))


def test_a_cell_from_our_future_is_passed_and_the_clock_named(own: Desk) -> None:
    """Moodle moves a cell's time to its own now at an edit; ours may lag without our knowing."""
    own.want(12)
    own.send()
    own.want(15)
    own.campus.lms.store.execute(
        "UPDATE grades SET timemodified = timemodified + 30 WHERE item_id = ? AND user_id = ?",
        own.item.id,
        PUPIL,
    )
    own.send()
    assert own.state() == ("waiting", "clock_late")
    own.send(later=5)
    assert (own.held(), own.state()) == (15.0, ("sent", ""))


def test_a_whole_class_rated_again_and_again_within_a_second(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    with schools(parts.store, tool_url, clock) as (school,):
        for score in range(5):
            with parts.store.write() as session:
                for sub in PUPILS:
                    school.want(session, school.made, sub, score, clock())
            grade_sync.run_due(parts)
        assert {school.held(school.made, sub) for sub in PUPILS} == {4.0}
        assert {call.status for call in school.lms.calls} == {200}
