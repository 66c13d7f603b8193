"""Grades wanted before their column is known, or while it was not asked for, leave once there is one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lti_app.clients import ags_columns, pages
from lti_app.demo.model import Item
from lti_app.errors import AddressRefused
from lti_app.models import Course, GradeSync, LineItem
from lti_app.services.grades import columns, grade_sync
from lti_app.services.platforms import registered as platforms
from lti_app.services.sync import claims
from lti_app.services.worker import Worker
from tests.conftest import Clock
from tests.services.campus import Campus
from tests.services.grades.test_columns import launch_without_line_item
from tests.services.grades.test_wanted_grades import ONE, change, say

SENT = ("sent", "")


@pytest.fixture
def worker(campus: Campus) -> Iterator[Worker]:
    """One that does what it is asked, and looks at nothing by itself."""
    worker = Worker(campus.parts)
    yield worker
    worker.stop()


def states(campus: Campus) -> dict[str, tuple[str, str]]:
    """Where each column's grade stands."""
    with campus.parts.store.read() as session:
        rows = session.execute(
            select(LineItem.part, GradeSync.state, GradeSync.error).join(GradeSync.line_item)
        )
        return {part: (state, error) for part, state, error in rows}


def send(campus: Campus, clock: Clock) -> dict[str, tuple[str, str]]:
    """What happens when all that waits has had its time."""
    clock.forward(seconds=claims.COLUMN_WAIT.total_seconds() + 1)
    grade_sync.run_due(campus.parts)
    return states(campus)


def test_columns_switched_on_for_a_rated_class_get_their_grades(
    campus: Campus, worker: Worker
) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    worker.send()
    change(campus.parts, launch.resource_link_id, columns="P")
    worker.send()
    until = time.monotonic() + 20
    while states(campus) != {"": SENT, "P1": SENT} and time.monotonic() < until:
        time.sleep(0.1)
    assert states(campus) == {"": SENT, "P1": SENT}


def test_a_grade_waits_for_its_column_and_does_not_fail(campus: Campus) -> None:
    say(campus, columns="P1")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    assert grade_sync.run_due(campus.parts) == 1
    assert states(campus) == {"": SENT, "P1": ("waiting", "")}
    columns.ensure(campus.parts)
    grade_sync.run_due(campus.parts)
    assert states(campus) == {"": SENT, "P1": SENT}


def test_a_column_that_cannot_be_made_says_why(campus: Campus, clock: Clock) -> None:
    say(campus, columns="P1")
    launch = campus.teach()
    with campus.parts.store.write() as session:
        session.scalars(select(Course)).one().ags_scopes = ags_columns.LINE_ITEM_READ_SCOPE
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == ("failed", "column_scope_missing")

    with campus.parts.store.write() as session:
        session.scalars(select(Course)).one().ags_scopes += f" {ags_columns.LINE_ITEM_SCOPE}"
    clock.forward(hours=1)
    columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == SENT, "nobody has to ask again"


def test_a_platform_that_does_not_answer_keeps_them_waiting(campus: Campus, clock: Clock) -> None:
    say(campus, columns="P1")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    campus.lms.faults.add("status", path="lineitems?", status=500, times=3)
    columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == ("waiting", "platform_unavailable")
    campus.lms.faults.clear()
    clock.forward(minutes=5)
    columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == SENT


def test_a_list_that_led_elsewhere_and_no_longer_does(
    campus: Campus, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(*_args: object) -> str:
        raise AddressRefused("the next page is on another host")

    say(campus, columns="P1")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    with monkeypatch.context() as misled:
        misled.setattr(pages, "linked", elsewhere)
        columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == ("failed", "address_refused")
    clock.forward(hours=1)
    columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == SENT


def test_without_a_list_of_columns_there_is_none_to_wait_for(campus: Campus, clock: Clock) -> None:
    say(campus, columns="P1")
    launch = campus.teach()
    with campus.parts.store.write() as session:
        session.scalars(select(Course)).one().lineitems_url = None
    campus.rate(launch, 5, ONE, 3)
    assert send(campus, clock)["P1"] == ("failed", "column_missing")


def test_the_own_column_that_a_launch_names_later_gets_what_failed(
    campus: Campus, clock: Clock
) -> None:
    launch_without_line_item(campus)
    own = campus.lms.store.item_of_activity(1)
    assert own is not None
    campus.lms.gradebook.delete_item(own.id)
    columns.ensure(campus.parts)
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    assert send(campus, clock) == {"": ("failed", "column_missing")}
    campus.lms.store.save("items", own)
    campus.launch()
    assert send(campus, clock) == {"": SENT}


def test_a_column_chosen_again_gets_what_was_held_back(campus: Campus, clock: Clock) -> None:
    say(campus, columns="P1")
    launch = campus.teach()
    columns.ensure(campus.parts)
    campus.lms.faults.add("status", path="scores", status=503, times=1000)
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    change(campus.parts, launch.resource_link_id, columns="")
    campus.lms.faults.clear()
    clock.forward(hours=1)
    assert send(campus, clock) == {"": SENT, "P1": ("failed", "column_dropped")}
    change(campus.parts, launch.resource_link_id, columns="P1")
    assert send(campus, clock) == {"": SENT, "P1": SENT}


def test_a_parts_column_deleted_over_there_is_made_anew_when_asked(
    campus: Campus, clock: Clock
) -> None:
    """With everybody's grades, also those that had arrived in the one that is gone; and not before: the
    teacher may have wanted it gone."""
    say(campus, columns="P1")
    launch = campus.teach()
    columns.ensure(campus.parts)
    for sub in (5, 6):
        campus.rate(launch, sub, ONE, 3)
    grade_sync.run_due(campus.parts)
    first = part_items(campus)[0]
    campus.lms.gradebook.delete_item(first.id)
    campus.rate(launch, 5, "C1.1.03.2", 3)
    send(campus, clock)
    columns.ensure(campus.parts)
    assert part_items(campus) == []

    with campus.parts.store.write() as session:
        columns.look_again(session, launch.resource_link_id)
        assert grade_sync.resend(session, launch, None, clock()) == 1
    columns.ensure(campus.parts)
    send(campus, clock)
    (new,) = part_items(campus)
    assert new.id != first.id
    grades = [campus.lms.store.grade(new.id, sub) for sub in (5, 6)]
    assert [grade and grade.final for grade in grades] == [1.18, 0.59]
    with campus.parts.store.read() as session:
        rows = session.scalars(select(GradeSync)).all()
    assert {(row.state, row.error) for row in rows} == {SENT}


def test_a_parts_column_that_is_there_after_all_keeps_its_grades(
    campus: Campus, clock: Clock
) -> None:
    """One passing 404, of a proxy or of Moodle while it is upgraded: everybody's grades are still ours."""
    say(campus, columns="P1")
    launch = campus.teach()
    columns.ensure(campus.parts)
    for sub in (5, 6):
        campus.rate(launch, sub, ONE, 3)
    assert send(campus, clock)["P1"] == SENT
    (there,) = part_items(campus)
    path = f"/{there.id}/lineitem/scores"
    campus.lms.faults.add("status", path=path, status=404)
    campus.rate(launch, 5, "C1.1.03.2", 3)
    send(campus, clock)
    assert verdicts(campus) == {(*SENT, False), ("failed", "column_gone", False)}

    campus.lms.faults.forget_calls()
    with campus.parts.store.write() as session:
        columns.look_again(session, launch.resource_link_id)
        grade_sync.resend(session, launch, None, clock())
    grade_sync.run_due(campus.parts)
    assert not [call for call in campus.lms.calls if call.path.endswith(path)], "not looked for yet"
    columns.ensure(campus.parts)
    send(campus, clock)
    assert part_items(campus) == [there]
    assert verdicts(campus) == {(*SENT, False)}
    grades = [campus.lms.store.grade(there.id, sub) for sub in (5, 6)]
    assert [grade and grade.final for grade in grades] == [1.18, 0.59]


def test_a_column_on_a_host_that_is_not_the_platforms(
    campus: Campus, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its grades say so, and go once the host is named as one of its own."""
    real = ags_columns._column

    def elsewhere(entry: Mapping[str, Any]) -> ags_columns.Column:
        column = real(entry)
        return replace(column, url=column.url.replace("127.0.0.1", "localhost"))

    monkeypatch.setattr(ags_columns, "_column", elsewhere)
    say(campus, columns="P1")
    launch = campus.teach()
    campus.rate(launch, 5, ONE, 3)
    assert not columns.ensure(campus.parts)
    assert send(campus, clock)["P1"] == ("failed", "address_refused")
    (there,) = part_items(campus)
    port = urlsplit(campus.lms.addresses.lineitem(2, there.id, 1)).port
    with campus.parts.store.write() as session:
        platforms.set_origins(session, 1, [f"http://localhost:{port}"], lab=True)
    assert columns.ensure(campus.parts) == 1
    assert send(campus, clock)["P1"] == SENT
    assert part_items(campus) == [there]


def verdicts(campus: Campus) -> set[tuple[str, str, bool]]:
    """How everybody's grades stand."""
    query = select(GradeSync.state, GradeSync.error, GradeSync.overridden)
    with campus.parts.store.read() as session:
        return {(state, error, theirs) for state, error, theirs in session.execute(query)}


def part_items(campus: Campus) -> list[Item]:
    return [item for item in campus.lms.store.items(2) if item.resource_id == "bts-sio#P1"]
