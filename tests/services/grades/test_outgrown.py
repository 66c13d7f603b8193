"""Columns that the rules have outgrown stand at the foot of their page, and go or change only when asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lti_app.demo import Item
from lti_app.models import GradeSync, LineItem, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.grades import columns, grade_sync, rules_in_force
from tests.apps import Apps
from tests.services.campus import Campus
from tests.views.conftest import Page, Visitor

COURSE, PUPIL, PART = 2, 5, "P1"
FIRST = "P1 Production de services"


@pytest.fixture
def desk(campus: Campus, apps: Apps) -> Visitor:
    """A teacher's browser at an activity with a column for each process, one grade in P1's."""
    launch = campus.teach()
    choose(campus, "P")
    campus.rate(launch, PUPIL, "C1.1.03.1", 3)
    columns.ensure(campus.parts)
    grade_sync.run_due(campus.parts)
    entered = campus.enter()
    app: Flask = apps.of(campus.parts, "desk")
    client, base = app.test_client(), f"/s/{entered.session_id}"
    with app.test_request_context(base + "/"):
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        client.set_cookie("launch", signer.dumps({"secret": entered.secret}), path=base + "/")
    return Visitor(client, base)


def choose(campus: Campus, *wanted: str) -> None:
    """The columns that the activity asks for from now on, beside its own."""
    with campus.parts.store.write() as session:
        link = session.scalars(select(ResourceLink)).one()
        settings = link_settings.current(link)
        rules = replace(settings.rules, columns=wanted)
        link_settings.change(link, replace(settings, rules=rules))
        rules_in_force.take_effect(session, link, campus.parts.clock())


def item(campus: Campus, part: str = PART) -> LineItem | None:
    with campus.parts.store.read() as session:
        return session.scalars(select(LineItem).where(LineItem.part == part)).one_or_none()


def made(campus: Campus) -> list[Item]:
    """The columns of parts that Moodle has."""
    return [one for one in campus.lms.store.items(COURSE) if "#" in one.resource_id]


def at_moodle(campus: Campus) -> list[str]:
    return [one.label for one in made(campus)]


def listed(page: Page) -> list[str]:
    return page.texts('//section[contains(@class, "outgrown")]//li/b')


def test_columns_in_use_are_not_for_review(desk: Visitor, campus: Campus) -> None:
    assert len(at_moodle(campus)) == 5
    assert listed(desk.get("/rules")) == []


def test_a_column_let_go_of_stays_with_its_grades_until_it_is_removed(
    desk: Visitor, campus: Campus
) -> None:
    choose(campus, "P2", "P3")
    page = desk.get("/rules")
    assert [title.split()[0] for title in listed(page)] == ["P1", "P4", "P5"]
    first, *_others = page.texts('//section[contains(@class, "outgrown")]//li')
    assert "1 note y a été envoyée\u202f; elle serait supprimée aussi, sans retour." in first
    assert len(at_moodle(campus)) == 5

    gone = item(campus)
    assert gone is not None
    answer = desk.submit(f"/columns/{gone.id}/remove", {})
    assert (answer.status_code, answer.location) == (303, desk.base + "/rules")
    page = desk.get("/rules")
    assert f"La colonne «\u202f{FIRST}\u202f» est supprimée de Moodle." in page.response.text
    assert [title.split()[0] for title in listed(page)] == ["P4", "P5"]
    assert item(campus) is None
    assert FIRST not in at_moodle(campus)
    assert len(at_moodle(campus)) == 4


def test_a_removed_column_is_made_anew_when_it_is_asked_for_again(
    desk: Visitor, campus: Campus
) -> None:
    choose(campus)
    gone = item(campus)
    assert gone is not None
    desk.submit(f"/columns/{gone.id}/remove", {})
    choose(campus, PART)
    assert columns.ensure(campus.parts) == 1
    assert at_moodle(campus).count(FIRST) == 1
    grade_sync.run_due(campus.parts)
    anew = item(campus)
    assert anew is not None
    with campus.parts.store.read() as session:
        query = select(GradeSync.state).where(GradeSync.line_item_id == anew.id)
        assert set(session.scalars(query)) == {"sent"}


def test_a_column_that_is_gone_already_is_no_failure(desk: Visitor, campus: Campus) -> None:
    choose(campus)
    gone = item(campus)
    assert gone is not None
    (there,) = [one for one in made(campus) if one.label == FIRST]
    campus.lms.gradebook.delete_item(there.id)
    desk.submit(f"/columns/{gone.id}/remove", {})
    assert item(campus) is None


def test_a_column_that_is_gone_cannot_be_renamed(desk: Visitor, campus: Campus) -> None:
    with campus.parts.store.write() as session:
        old = session.scalars(select(LineItem).where(LineItem.part == PART)).one()
        old.label = "P1 Produire"
    (there,) = [one for one in made(campus) if one.label == FIRST]
    campus.lms.gradebook.delete_item(there.id)
    desk.submit(f"/columns/{old.id}/rename", {})
    page = desk.get("/rules")
    assert "elle n’est plus dans le carnet de notes de Moodle" in page.response.text
    assert listed(page) == ["P1 Produire"]


def test_a_platform_that_fails_keeps_the_column_and_says_so(desk: Visitor, campus: Campus) -> None:
    choose(campus)
    kept = item(campus)
    assert kept is not None
    campus.lms.faults.add("status", path="lineitem", method="DELETE", status=500)
    desk.submit(f"/columns/{kept.id}/remove", {})
    assert "La colonne n’a pas été supprimée" in desk.get("/rules").response.text
    assert item(campus) is not None
    assert FIRST in at_moodle(campus)


def test_neither_a_column_in_use_nor_the_activitys_own_can_be_removed(
    desk: Visitor, campus: Campus
) -> None:
    for part in (PART, ""):
        used = item(campus, part)
        assert used is not None
        assert desk.submit(f"/columns/{used.id}/remove", {}).status_code == 404
        assert desk.submit(f"/columns/{used.id}/rename", {}).status_code == 404
    assert len(at_moodle(campus)) == 5


def test_a_column_is_renamed_with_its_part_when_asked(desk: Visitor, campus: Campus) -> None:
    with campus.parts.store.write() as session:  # as an older version of the référentiel had it
        old = session.scalars(select(LineItem).where(LineItem.part == PART)).one()
        old.label = "P1 Produire"
    page = desk.get("/rules")
    assert listed(page) == ["P1 Produire"]
    assert f"«\u202f{FIRST}\u202f»" in page.response.text
    (there,) = [one for one in made(campus) if one.label == FIRST]
    campus.lms.gradebook.update_item(
        there,
        "P1 Produire",
        40,
        resource_id=there.resource_id,
        tag=there.tag,
        review_url="",
        review_custom={},
    )
    assert desk.submit(f"/columns/{old.id}/rename", {}).status_code == 303
    now = campus.lms.store.item(there.id)
    assert now is not None
    assert (now.label, now.maximum) == (FIRST, 40.0), "a maximum changed at Moodle stays"
    assert listed(desk.get("/rules")) == []
