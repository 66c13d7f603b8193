"""What the next sending would change, told without sending: against the gradebook as it was last seen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import dry_run, grade_sync, read_back
from lti_app.services.grades.dry_run import Planned
from tests.conftest import Clock
from tests.services.campus import Campus

ONE, TWO = "C1.1.03.1", "C1.1.03.2"


def look(campus: Campus, launch: CurrentLaunch) -> dry_run.DryRun:
    with campus.parts.store.read() as session:
        return dry_run.dry_run(session, launch)


def told(found: dry_run.DryRun) -> list[tuple[Decimal | None, Decimal, str, bool, bool]]:
    return [(one.before, one.after, one.state, one.kept, one.words_only) for one in found.planned]


@pytest.fixture
def launch(campus: Campus) -> CurrentLaunch:
    return campus.teach()


def test_a_new_grade_is_to_be_added_and_nothing_is_sent(
    campus: Campus, launch: CurrentLaunch
) -> None:
    campus.rate(launch, 5, ONE, 3)
    campus.lms.faults.forget_calls()
    found = look(campus, launch)
    assert found.planned == (
        Planned(
            learner_id=campus.learner(5),
            name=found.planned[0].name,
            spoken_name=found.planned[0].spoken_name,
            column="",
            before=None,
            before_maximum=None,
            after=Decimal("0.13"),
            after_maximum=Decimal("20.00"),
            state="waiting",
            error="",
            kept=False,
            words_only=False,
        ),
    )
    assert (found.same, campus.lms.calls, campus.grade(5)) == (0, [], None)


def test_what_has_arrived_is_the_same(campus: Campus, launch: CurrentLaunch) -> None:
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    assert look(campus, launch).planned == ()
    assert look(campus, launch).same == 1


def test_a_changed_grade_tells_before_and_after(
    campus: Campus, launch: CurrentLaunch, clock: Clock
) -> None:
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    clock.forward(days=1)
    campus.rate(launch, 5, TWO, 3)
    assert told(look(campus, launch)) == [
        (Decimal("0.13"), Decimal("0.26"), "waiting", False, False)
    ]


def test_a_changed_comment_is_words_only(
    campus: Campus, launch: CurrentLaunch, clock: Clock
) -> None:
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    clock.forward(days=1)
    campus.rate(launch, 5, TWO, 1)
    assert told(look(campus, launch)) == [
        (Decimal("0.13"), Decimal("0.13"), "waiting", False, True)
    ]


def test_a_teachers_own_grade_in_the_gradebook_stays(
    campus: Campus, launch: CurrentLaunch, clock: Clock
) -> None:
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    clock.forward(hours=1)
    item = campus.lms.store.item_of_activity(1)
    assert item is not None
    campus.lms.gradebook.override(item, 5, 3, 17.0, "Vu ensemble")
    assert read_back.refresh(campus.parts, launch.resource_link_id)
    found = look(campus, launch)
    assert [(one.before, one.after, one.kept) for one in found.planned] == [
        (Decimal("17.00000"), Decimal("0.13"), True)
    ]
    assert found.read_at == clock()


@pytest.mark.parametrize("final", [17.0, None], ids=["changed", "emptied"])
def test_a_teachers_own_grade_underneath_which_ours_go_on_is_what_the_gradebook_holds(
    campus: Campus, launch: CurrentLaunch, clock: Clock, final: float | None
) -> None:
    campus.rate(launch, 5, ONE, 3)
    grade_sync.run_due(campus.parts)
    clock.forward(seconds=30)
    item = campus.lms.store.item_of_activity(1)
    assert item is not None
    campus.lms.gradebook.override(item, 5, 3, final, "Vu ensemble")
    read_back.refresh(campus.parts, launch.resource_link_id)
    clock.forward(minutes=5)
    campus.rate(launch, 5, TWO, 3)
    grade_sync.run_due(campus.parts)
    found = look(campus, launch)
    assert found.same == 0
    assert [(one.before, one.after, one.kept) for one in found.planned] == [
        (final and Decimal("17.00000"), Decimal("0.26"), True)
    ]
