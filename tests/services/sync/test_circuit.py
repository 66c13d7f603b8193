"""A dead platform is left alone by everybody, tried by one, and delays nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lti_app.app import wire
from lti_app.errors import CircuitOpen
from lti_app.models import SyncLane
from lti_app.services.platforms.circuit import THRESHOLD, Circuits
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.services.sync.desk import Desk

PLATFORM = 1


@pytest.fixture
def here(school: School) -> Circuits:
    """One process's circuits…"""
    return school.parts.circuits


@pytest.fixture
def there(parts: Wiring, clock: Clock) -> Iterator[Circuits]:
    """…and another's, on the same database."""
    other = wire(parts.settings, clock=clock)
    yield other.circuits
    other.store.dispose()


def is_closed(circuits: Circuits) -> bool:
    circuits._states.clear()  # a second has passed: what others know is read anew
    try:
        circuits.check(PLATFORM)
    except CircuitOpen:
        return False
    return True


def silence(circuits: Circuits, times: int = THRESHOLD) -> None:
    for _ in range(times):
        circuits.unanswered(PLATFORM, circuits.check(PLATFORM))


def test_a_few_calls_without_an_answer_open_it_for_every_process(
    here: Circuits, there: Circuits
) -> None:
    silence(here, THRESHOLD - 1)
    assert is_closed(there)
    silence(here, 1)
    assert not is_closed(there)


def test_an_answer_in_between_keeps_it_closed(here: Circuits) -> None:
    for _ in range(3):
        silence(here, THRESHOLD - 1)
        here.answered(PLATFORM, here.check(PLATFORM))
    here.check(PLATFORM)


def test_after_the_pause_one_call_tries_and_no_other(
    here: Circuits, there: Circuits, clock: Clock
) -> None:
    silence(here)
    clock.forward(seconds=12)
    assert [is_closed(here), is_closed(there), is_closed(here)] == [True, False, False]


def test_the_one_that_tries_and_dies_keeps_the_others_away_for_a_while_only(
    here: Circuits, there: Circuits, clock: Clock
) -> None:
    silence(here)
    clock.forward(seconds=12)
    here.check(PLATFORM)
    clock.forward(seconds=41)
    assert is_closed(there)


def test_each_failed_try_doubles_the_pause_up_to_a_quarter_of_an_hour(
    here: Circuits, clock: Clock
) -> None:
    silence(here)
    pauses = []
    for _ in range(10):
        until = here.open_until(PLATFORM)
        assert until is not None
        pauses.append((until - clock()) / timedelta(seconds=1))
        clock.now = until + timedelta(seconds=1)
        here.unanswered(PLATFORM, here.check(PLATFORM))
    rough = [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert [low <= pause <= 1.1 * low for low, pause in zip(rough, pauses, strict=True)] == [
        True
    ] * 10


def test_an_answer_closes_it_for_everybody(here: Circuits, there: Circuits, clock: Clock) -> None:
    silence(here)
    clock.forward(seconds=12)
    here.answered(PLATFORM, here.check(PLATFORM))
    assert is_closed(there)
    with here._store.read() as session:
        row = session.get_one(SyncLane, PLATFORM)
    assert (row.openings, row.open_until) == (0, None)


def test_a_platform_that_says_when_to_call_again_is_obeyed_at_once(
    here: Circuits, there: Circuits, clock: Clock
) -> None:
    here.unanswered(PLATFORM, here.check(PLATFORM), retry_after=120)
    clock.forward(seconds=119)
    assert not is_closed(there)
    clock.forward(seconds=3)
    assert is_closed(there)


def test_calls_under_way_when_it_opened_do_not_open_it_again(
    here: Circuits, there: Circuits, clock: Clock
) -> None:
    """Twelve calls at once that a restarting platform drops are one silence, not twelve."""
    under_way = [here.check(PLATFORM) for _ in range(12)]
    for began in under_way:
        here.unanswered(PLATFORM, began)
    clock.forward(seconds=11.5)
    assert is_closed(there)


def test_nor_do_their_answers_close_it(here: Circuits, there: Circuits, clock: Clock) -> None:
    under_way = [here.check(PLATFORM) for _ in range(3)]
    here.unanswered(PLATFORM, under_way[0], retry_after=300)
    here.answered(PLATFORM, under_way[1])
    assert not is_closed(here)
    here.unanswered(PLATFORM, under_way[2], retry_after=10)
    clock.forward(seconds=299)
    assert not is_closed(there), "the longest of what was asked"


def test_one_that_asks_for_more_while_it_is_open_gets_it(here: Circuits, clock: Clock) -> None:
    late = here.check(PLATFORM)
    silence(here)
    here.unanswered(PLATFORM, late, retry_after=120)
    clock.forward(seconds=119)
    assert not is_closed(here)
    clock.forward(seconds=3)
    silence(here, 1)
    until = here.open_until(PLATFORM)
    assert until is not None
    assert until - clock() < timedelta(seconds=23), "it has opened twice, not thrice"


def test_a_clock_set_back_does_not_keep_it_open(here: Circuits, clock: Clock) -> None:
    silence(here)
    clock.forward(hours=-5)
    here.check(PLATFORM)


def test_grades_wait_behind_it_and_all_go_when_the_platform_is_back(made: Desk) -> None:
    """Thirty-five grades cost a silent platform four calls, then one for each try."""
    for sub in range(5, 40):
        made.want(12, sub)
    made.campus.lms.faults.add("status", status=503, times=10_000)
    for _ in range(THRESHOLD):
        made.send(later=6)
    for _ in range(8):
        made.send(later=1)
    assert len(made.calls()) == THRESHOLD, "nobody calls before the pause is over"
    made.send(later=15)
    assert len(made.calls()) == THRESHOLD + 1
    assert {made.state(sub) for sub in range(5, 40)} == {("waiting", "platform_unavailable")}

    made.campus.lms.faults.clear()
    made.send(later=60)
    assert [made.held(sub) for sub in range(5, 40)] == [12.0] * 35
