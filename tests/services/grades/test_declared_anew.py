"""A tool that was declared anew in its LMS: its columns are no longer where they were, and its grades go again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from lti_app.models import GradeSync, LineItem
from lti_app.services.grades import columns, grade_sync
from lti_app.services.platforms import registered as platforms
from tests.conftest import Clock
from tests.services.campus import TEACHER, Campus
from tests.services.grades.test_late_columns import SENT, part_items, send, verdicts
from tests.services.grades.test_wanted_grades import ONE, say

ACTIVITIES = (1, 2)  # both of course 2
CLIENT = "DemoClient00009"


@pytest.fixture
def rated(campus: Campus) -> Campus:
    """An activity with a column for P1, and two students whose grades have arrived in both."""
    say(campus, columns="P1")
    launch = campus.teach()
    columns.ensure(campus.parts)
    for sub in (5, 6):
        campus.rate(launch, sub, ONE, 3)
    grade_sync.run_due(campus.parts)
    assert verdicts(campus) == {(*SENT, False)}
    return campus


def declare(campus: Campus, type_id: int, client_id: str) -> None:
    """An administrator deletes the tool in Moodle and declares it once more; the activities open the new one."""
    store = campus.lms.store
    tool = store.tool(1)
    assert tool is not None
    store.execute("DELETE FROM tools WHERE id = 1")
    store.save("tools", replace(tool, id=type_id, client_id=client_id))
    for number in ACTIVITIES:
        activity, item = store.activity(number), store.item_of_activity(number)
        assert activity is not None
        assert item is not None
        store.save("activities", replace(activity, type_id=type_id))
        store.save("items", replace(item, type_id=type_id))


def rekey(campus: Campus, type_id: int, client_id: str) -> None:
    with campus.parts.store.write() as session:
        platforms.rekey(session, 1, client_id, [str(type_id)])


def addresses(campus: Campus) -> list[str | None]:
    with campus.parts.store.read() as session:
        return list(session.scalars(select(LineItem.url).order_by(LineItem.id)))


def held(campus: Campus, item_id: int) -> list[float | None]:
    """What the two students have in that column of the LMS."""
    grades = [campus.lms.store.grade(item_id, sub) for sub in (5, 6)]
    return [grade.final if grade else None for grade in grades]


def test_a_part_gets_a_new_column_with_the_grades_of_the_former(
    rated: Campus, clock: Clock
) -> None:
    (former,) = part_items(rated)
    declare(rated, 9, CLIENT)
    rekey(rated, 9, CLIENT)
    launch = rated.launch()
    columns.ensure(rated.parts)
    rated.rate(launch, 5, "C1.1.03.2", 3)
    send(rated, clock)
    before, new = part_items(rated)
    assert (before.id, new.type_id) == (former.id, 9)
    assert held(rated, new.id) == [1.18, 0.59], "also of the one who was not rated again"
    assert verdicts(rated) == {(*SENT, False)}
    assert all(str(url).endswith("?type_id=9") for url in addresses(rated))


def test_what_was_refused_meanwhile_goes_after_the_next_launch(rated: Campus, clock: Clock) -> None:
    """In both columns, wanted before the identifiers were given here, or after."""
    launch = rated.launch()
    declare(rated, 9, CLIENT)
    rated.rate(launch, 5, "C1.1.03.2", 3)
    send(rated, clock)
    assert verdicts(rated) == {(*SENT, False), ("failed", "tool_removed", False)}
    rekey(rated, 9, CLIENT)
    rated.rate(launch, 6, "C1.1.03.2", 3)
    rated.lms.faults.forget_calls()
    columns.ensure(rated.parts)
    send(rated, clock)
    assert verdicts(rated) == {("failed", "column_missing", False)}
    assert not [call for call in rated.lms.calls if "lineitems" in call.path], "no longer ours"

    rated.launch()
    columns.ensure(rated.parts)
    send(rated, clock)
    assert verdicts(rated) == {(*SENT, False)}
    own = rated.lms.store.item_of_activity(1)
    assert own is not None
    assert held(rated, part_items(rated)[-1].id) == [1.18, 1.18]
    assert None not in held(rated, own.id)


@pytest.mark.parametrize("error", ["scope_missing", "column_gone"])
def test_what_failed_for_want_of_the_old_one_goes_again(
    rated: Campus, clock: Clock, error: str
) -> None:
    with rated.parts.store.write() as session:
        session.execute(update(GradeSync).values(state="failed", error=error))
    declare(rated, 9, CLIENT)
    rekey(rated, 9, CLIENT)
    rated.launch()
    columns.ensure(rated.parts)
    send(rated, clock)
    assert verdicts(rated) == {(*SENT, False)}


def test_one_launch_in_the_course_is_enough_for_its_activities(rated: Campus) -> None:
    rated.launch(activity=2)
    declare(rated, 9, CLIENT)
    rekey(rated, 9, CLIENT)
    rated.launch(activity=2)
    columns.ensure(rated.parts)
    assert len(addresses(rated)) == 3
    assert all(str(url).endswith("?type_id=9") for url in addresses(rated))


def test_a_first_look_that_fails_is_not_the_last(rated: Campus, clock: Clock) -> None:
    declare(rated, 9, CLIENT)
    rekey(rated, 9, CLIENT)
    rated.launch()
    rated.lms.faults.add("status", path="lineitems?", status=503, times=3)
    columns.ensure(rated.parts)
    assert send(rated, clock)["P1"] == ("waiting", "platform_unavailable")
    rated.lms.faults.clear()
    clock.forward(minutes=5)
    columns.ensure(rated.parts)
    assert send(rated, clock)["P1"] == SENT


def test_a_column_that_is_the_same_after_all_keeps_a_teachers_grade(
    rated: Campus, clock: Clock
) -> None:
    """Another client ID for the same tool: ours in its column are known as ours."""
    (there,) = part_items(rated)
    clock.forward(minutes=5)
    rated.lms.gradebook.override(there, 6, TEACHER, 15, None)
    declare(rated, 1, CLIENT)
    rekey(rated, 1, CLIENT)
    rated.launch()
    columns.ensure(rated.parts)
    send(rated, clock)
    assert part_items(rated) == [there]
    assert held(rated, there.id) == [0.59, 15]
    assert verdicts(rated) == {(*SENT, False), ("failed", "overridden", True)}


def test_a_deployment_that_stays_keeps_its_columns(rated: Campus) -> None:
    before = addresses(rated)
    with rated.parts.store.write() as session:
        platforms.rekey(session, 1, rated.lms.lms_config.client_id, ["2", "1"])
    assert addresses(rated) == before
    assert verdicts(rated) == {(*SENT, False)}
