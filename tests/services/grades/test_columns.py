"""Columns that a launch does not name are found; those that parts ask for are made, and made once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from lti_app.clients import ags_columns
from lti_app.models import Course, LineItem, Platform
from lti_app.services.grades import columns
from lti_app.services.launches import entering
from lti_app.services.lti import message
from lti_app.services.platforms.platform_access import connector_for
from tests.conftest import Clock
from tests.services.campus import TEACHER, Campus


def items(campus: Campus) -> list[LineItem]:
    with campus.parts.store.read() as session:
        return list(session.scalars(select(LineItem).order_by(LineItem.id)))


def launch_without_line_item(campus: Campus) -> None:
    """As Moodle launches an activity with outcomes: AGS is there, ``lineitem`` is not."""
    said = message.read(campus.lms.launch_claims(TEACHER, 1, "n"))
    with campus.parts.store.read() as session:
        platform = session.scalars(select(Platform)).one()
    entering.enter(
        campus.parts.store,
        platform,
        said._replace(line_item_url=None),
        "nonce",
        campus.parts.clock(),
    )


def want_part(campus: Campus) -> int:
    campus.launch()
    with campus.parts.store.write() as session:
        own = session.scalars(select(LineItem)).one()
        part = LineItem(
            resource_link_id=own.resource_link_id,
            part="P1",
            label="P1 Production de services",
            resource_id="bts-sio/P1",
            tag="competences-part",
        )
        session.add(part)
        session.flush()
        return part.id


def test_the_activity_own_column_is_found_in_the_list(campus: Campus) -> None:
    launch_without_line_item(campus)
    assert [item.url for item in items(campus)] == [None]
    assert columns.ensure(campus.parts) == 1
    expected = campus.lms.launch_claims(TEACHER, 1, "n")[message.AGS_CLAIM]["lineitem"]
    assert [item.url for item in items(campus)] == [expected]


def test_an_activity_without_a_grade_is_looked_at_again_later(campus: Campus, clock: Clock) -> None:
    launch_without_line_item(campus)
    own = campus.lms.store.item_of_activity(1)
    assert own is not None
    campus.lms.gradebook.delete_item(own.id)
    assert columns.ensure(campus.parts) == 0
    assert [item.error for item in items(campus)] == ["column_missing"]
    campus.lms.faults.forget_calls()
    assert columns.ensure(campus.parts) == 0
    assert campus.lms.calls == [], "not again before its time"
    clock.forward(hours=1)
    columns.ensure(campus.parts)
    assert any("lineitems" in call.path for call in campus.lms.calls)


def test_a_part_gets_its_own_column_once(campus: Campus) -> None:
    want_part(campus)
    before = len(campus.lms.store.items(2))
    assert columns.ensure(campus.parts) == 1
    assert columns.ensure(campus.parts) == 0
    made = campus.lms.store.items(2)[before:]
    assert [(i.label, i.resource_id, i.tag, i.maximum) for i in made] == [
        ("P1 Production de services", "bts-sio/P1", "competences-part", 20.0)
    ]


def test_a_column_made_before_a_crash_is_found_and_not_made_again(
    campus: Campus, clock: Clock
) -> None:
    part_id = want_part(campus)
    columns.ensure(campus.parts)
    with campus.parts.store.write() as session:
        session.get_one(LineItem, part_id).url = None  # the answer never reached the database
    before = len(campus.lms.store.items(2))
    assert columns.ensure(campus.parts) == 1
    assert len(campus.lms.store.items(2)) == before


def test_workers_at_once_make_one_column(campus: Campus) -> None:
    want_part(campus)
    before = len(campus.lms.store.items(2))
    campus.lms.faults.add("slow", path="lineitems", times=2, delay=0.3)
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        columns.ensure(campus.parts)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(campus.lms.store.items(2)) == before + 1


def test_a_missing_scope_is_told_and_not_tried(campus: Campus) -> None:
    want_part(campus)
    with campus.parts.store.write() as session:
        session.scalars(select(Course)).one().ags_scopes = ags_columns.LINE_ITEM_READ_SCOPE
    campus.lms.set_tool(gradesync=1)
    assert columns.ensure(campus.parts) == 0
    assert [item.error for item in items(campus) if item.part] == ["column_scope_missing"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_platform_that_fails_is_asked_again(campus: Campus, clock: Clock, status: int) -> None:
    want_part(campus)
    campus.lms.faults.add("status", path="lineitems", status=status, times=3)
    assert columns.ensure(campus.parts) == 0
    clock.forward(minutes=5)
    campus.lms.faults.clear()
    assert columns.ensure(campus.parts) == 1


def test_a_renamed_column_keeps_its_resource_and_tag(campus: Campus) -> None:
    part_id = want_part(campus)
    columns.ensure(campus.parts)
    columns.rename(campus.parts, part_id, "Processus 1")
    column = campus.lms.store.items(2)[-1]
    assert (column.label, column.maximum) == ("Processus 1", 20.0)
    assert (column.resource_id, column.tag) == ("bts-sio/P1", "competences-part")


def test_a_removed_column_is_gone_on_both_sides(campus: Campus) -> None:
    part_id = want_part(campus)
    columns.ensure(campus.parts)
    before = len(campus.lms.store.items(2))
    columns.remove(campus.parts, part_id)
    assert len(campus.lms.store.items(2)) == before - 1
    assert [item.part for item in items(campus)] == [""]


def test_no_pages_are_asked_for(campus: Campus) -> None:
    """Moodle gives everything without a limit; its paged links are broken."""
    campus.launch()
    with campus.parts.store.read() as session:
        course = session.scalars(select(Course)).one()
        platform = session.scalars(select(Platform)).one()
    found = ags_columns.columns(connector_for(campus.parts, platform), str(course.lineitems_url))
    assert len(found) == 2
    assert not any("limit" in call.path for call in campus.lms.calls)
