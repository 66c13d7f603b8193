"""One worker at a time sends to a platform; platforms are served side by side; who dies is followed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.app import wire
from lti_app.clients.ags import SCORE_SCOPE
from lti_app.models import GradeSync, Platform, SyncState
from lti_app.models.store import Store
from lti_app.services.grades import grade_sync
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync import claims, fates, lease
from lti_app.services.sync.callers import PARALLEL
from lti_app.services.sync.job import Outcome, Reason
from lti_app.services.sync.lane import Lane
from lti_app.services.sync.runner import Runner
from lti_app.services.wiring import Wiring
from lti_app.services.worker import Worker
from tests.conftest import Clock
from tests.services.sync.schools import PUPILS, School, schools


@contextmanager
def worker(parts: Wiring) -> Iterator[Wiring]:
    """A worker on another machine: the same database, nothing else in common."""
    other = wire(parts.settings, clock=parts.clock)
    yield other
    other.http.close()
    other.store.dispose()


def want_all(store: Store, school: School, clock: Clock, score: float = 12) -> None:
    with store.write() as session:
        for sub in PUPILS:
            school.want(session, school.own, sub, score, clock())


def sent(store: Store, school: School) -> int:
    with store.read() as session:
        found = session.scalar(
            select(func.count())
            .select_from(GradeSync)
            .where(GradeSync.line_item_id == school.own, GradeSync.state == SyncState.SENT.value)
        )
    return found or 0


def claim(parts: Wiring, school: School, taken: lease.Lease) -> int:
    with parts.store.write() as session:
        platform = session.get_one(Platform, school.platform_id)
        return len(claims.claim(session, platform, taken.fence, parts.clock(), timedelta(0), 100))


def take(parts: Wiring, school: School) -> lease.Lease | None:
    """As a worker on some other machine would."""
    with parts.store.write() as session:
        return lease.take(session, school.platform_id, "elsewhere:1:life:0", parts.clock())


def test_a_lane_that_somebody_has_is_left_alone(parts: Wiring, tool_url: str, clock: Clock) -> None:
    with schools(parts.store, tool_url, clock) as (school,):
        want_all(parts.store, school, clock)
        assert take(parts, school) is not None
        with worker(parts) as other:
            assert take(other, school) is None
            assert Lane(other, school.platform_id, "other", threading.Event()).run() is False
        assert school.lms.calls == []


def test_what_a_dead_worker_had_in_hand_is_sent_once_its_lane_runs_out(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    """It died between claiming the grades and sending them."""
    with schools(parts.store, tool_url, clock) as (school,), worker(parts) as dead:
        want_all(parts.store, school, clock)
        taken = take(dead, school)
        assert taken is not None
        assert claim(dead, school, taken) == 35

        clock.forward(seconds=lease.LASTS - 1)
        assert grade_sync.run_due(parts) == 0
        clock.forward(seconds=2)
        assert grade_sync.run_due(parts) == 35
        assert sent(parts.store, school) == 35


def test_a_worker_held_up_for_too_long_changes_nothing_any_more(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    """Its machine slept; another took the lane, sent a newer grade, and was acknowledged."""
    with schools(parts.store, tool_url, clock) as (school,), worker(parts) as slow:
        want_all(parts.store, school, clock, 12)
        taken = take(slow, school)
        assert taken is not None
        with slow.store.write() as session:
            platform = session.get_one(Platform, school.platform_id)
            old = claims.claim(session, platform, taken.fence, clock(), timedelta(0), 1)
        clock.forward(seconds=lease.LASTS + 1)
        want_all(parts.store, school, clock, 15)
        grade_sync.run_due(parts)

        with slow.store.write() as session:
            refused = Outcome(SyncState.FAILED, Reason.SCORE_REFUSED)
            fates.note(session, taken.fence, [(old[0], refused)], clock())
            assert lease.renew(session, taken, clock()) is False
        assert sent(parts.store, school) == 35
        assert {school.held(school.own, sub) for sub in PUPILS} == {15.0}


def test_workers_together_make_no_more_calls_at_once_than_one(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    with schools(parts.store, tool_url, clock) as (school,):
        want_all(parts.store, school, clock)
        school.lms.faults.add("slow", times=35, path="scores", delay=0.1)
        with worker(parts) as second, worker(parts) as third:
            runners = [Runner(each) for each in (parts, second, third)]
            for runner in runners:
                runner.kick()
            assert sum(runner.finish() for runner in runners) == 35
        assert school.gauge.most == PARALLEL
        assert sent(parts.store, school) == 35


def test_a_platform_that_says_it_is_too_busy_gets_half_the_calls(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    with schools(parts.store, tool_url, clock) as (school,):
        with parts.store.write() as session:
            for column in (school.own, school.made):
                for sub in PUPILS:
                    school.want(session, column, sub, 12, clock())
        for times, kind in ((18, "slow"), (1, "status"), (60, "slow")):
            school.lms.faults.add(kind, times=times, path="scores", delay=0.1, status=429)
        runner = Runner(parts)
        runner.kick()
        assert runner.finish() == 70
        states = [call.status for call in school.lms.calls if "scores" in call.path]
        assert (len(states), states.count(429)) == (70, 1)
        assert school.gauge.most == PARALLEL
        # once all that was under way by then has come back; one more is tried after fifty answers
        assert max(school.gauge.seen[-35:-15]) in (PARALLEL // 2, PARALLEL // 2 + 1)


def test_one_token_serves_workers_that_start_together(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    """Two processes and sixteen threads ask for it in the same moment."""
    with schools(parts.store, tool_url, clock) as (school,), worker(parts) as second:
        with parts.store.read() as session:
            platform = session.get_one(Platform, school.platform_id)
        school.lms.faults.add("slow", path="token.php", delay=0.3)
        tokens: list[str] = []
        threads = [
            threading.Thread(
                target=lambda each=each: tokens.append(
                    connector_for(each, platform).get_access_token([SCORE_SCOPE])
                )
            )
            for each in [parts, second] * 8
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(tokens), len(set(tokens))) == (16, 1)
        assert [call.status for call in school.lms.calls] == [200]


def test_a_dead_platform_delays_no_other(parts: Wiring, tool_url: str, clock: Clock) -> None:
    """Its calls hang; the others' grades arrive meanwhile."""
    with schools(parts.store, tool_url, clock, 3) as (dead, *alive):
        dead.lms.faults.add("slow", times=1000, delay=2.5)
        for school in (dead, *alive):
            want_all(parts.store, school, clock)
        runner = Runner(parts)
        started = time.monotonic()
        runner.kick()
        while time.monotonic() - started < 30 and sum(sent(parts.store, s) for s in alive) < 70:
            time.sleep(0.05)
        assert sent(parts.store, dead) == 0
        assert [sent(parts.store, school) for school in alive] == [35, 35]
        runner.stop()


def test_what_becomes_due_while_a_lane_is_handed_back_is_sent_too(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    """A wake-up in that moment finds the lane taken; nobody must wait for the next look."""
    with schools(parts.store, tool_url, clock) as (school,):
        want_all(parts.store, school, clock)
        real, late = lease.release, []

        def release(session, taken) -> None:
            real(session, taken)
            if not late:
                late.append(True)
                clock.forward(seconds=2)
                school.want(session, school.own, PUPILS[0], 20, clock())

        runner = Runner(parts)
        try:
            lease.release = release
            runner.kick()
            runner.finish()
        finally:
            lease.release = real
        assert school.held(school.own, PUPILS[0]) == 20.0


def test_a_worker_waits_quietly_for_a_lane_that_somebody_has(
    parts: Wiring, tool_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by asking for it again and again as fast as it can."""
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()
    take_lane = lease.take

    def counted(session: Session, platform_id: int, *more: Any) -> lease.Lease | None:
        asked.put(platform_id)
        return take_lane(session, platform_id, *more)

    with schools(parts.store, tool_url, clock) as (school,):
        want_all(parts.store, school, clock)
        assert take(parts, school) is not None
        monkeypatch.setattr(lease, "take", counted)
        waiting = Worker(parts)
        waiting.start()
        asked.get(timeout=60)
        time.sleep(0.5)
        waiting.stop()
    assert asked.qsize() < 10
