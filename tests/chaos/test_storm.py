"""Storms: histories in which anything may fail at any moment, and after which every grade is right.

Each history mixes judgements, teachers' own edits, kills at any boundary, an LMS that answers anything
or nothing, clocks that jump, a database that goes away and a disk that is full. Then it is calm; every
wanted grade must be in the LMS's own store, at its newest value. ``make chaos`` runs a thousand and more
(``COMPETENCES_CHAOS`` is their number), other ones each time; the ordinary tests a few, always the same.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.services.grades import grade_sync, read_back
from lti_app.settings import Settings
from tests.chaos.mortal import DeadError, Process
from tests.chaos.world import PUPILS, World, cut_connections, world
from tests.conftest import SECRET

HISTORIES = int(os.environ.get("COMPETENCES_CHAOS", "8"))
SHORT = "COMPETENCES_CHAOS" not in os.environ
STEPS = 14

scores = st.integers(0, 2000).map(lambda cents: Decimal(cents) / 100)
learners = st.sampled_from(PUPILS)
columns = st.sampled_from(["own", "made"])
paths = st.sampled_from(["scores", "results", "token.php", "lineitem?", "services.php", ""])
faults = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("status"), "status": st.sampled_from([500, 502, 503, 408, 429])}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("status"),
            "status": st.sampled_from([429, 503]),
            "retry_after": st.sampled_from(["0", "5", "120"]),
        }
    ),
    st.fixed_dictionaries({"kind": st.sampled_from(["garbage", "close", "lost", "duplicate"])}),
    st.fixed_dictionaries({"kind": st.just("slow"), "delay": st.just(0.05)}),
)


class Storm(RuleBasedStateMachine):
    """One history. ``world`` is set by the test that runs it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()
        if self.world.histories % 50 == 0:  # for whoever waits for a long campaign, with -s
            sys.stdout.write(f"{self.world.histories} histories\n")
        self.process = self._start()

    def _start(self) -> Process:
        clock = self.world.clock
        return Process(self.world.settings, clock.tool, self.world.weather, clock.pause)

    def _cell(self, column: str, sub: int) -> tuple[int, int]:
        return (getattr(self.world.school, column), sub)

    @initialize(score=scores)
    def some_grades_are_wanted(self, score: Decimal) -> None:
        for column in ("own", "made"):
            for sub in PUPILS:
                self.world.want(self._cell(column, sub), score)

    @rule(column=columns, sub=learners, score=scores)
    def a_grade_changes(self, column: str, sub: int, score: Decimal) -> None:
        self.world.want(self._cell(column, sub), score)

    @rule(column=columns, sub=learners, score=scores)
    def a_grade_will_change_while_a_score_is_under_way(
        self, column: str, sub: int, score: Decimal
    ) -> None:
        self.world.in_flight = lambda: self.world.want(self._cell(column, sub), score)

    @rule(seconds=st.sampled_from([2, 6, 30, 60, 1900]))
    def time_passes_and_workers_send(self, seconds: int) -> None:
        self.world.clock.pass_by(seconds)
        self._send(self.process)

    @rule()
    def two_workers_send_at_once(self) -> None:
        other = self._start()
        self.world.clock.pass_by(40)  # nobody still waits for who died while asking for a token
        self.world.clock.busy = True
        threads = [threading.Thread(target=self._send, args=(p,)) for p in (self.process, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.world.clock.busy = False
        other.bury()

    @rule(boundaries=st.integers(1, 60))
    def the_worker_is_killed_at_some_line(self, boundaries: int) -> None:
        self.process.fuse.light(boundaries)
        self._send(self.process)
        self.process.bury()
        self.process = self._start()

    @rule()
    def a_teacher_looks_at_the_gradebook(self) -> None:
        with suppress(SQLAlchemyError):
            read_back.refresh(self.process.parts, self.world.link_id())

    @rule(fault=faults, path=paths, times=st.sampled_from([1, 2, 5, 40]))
    def the_platform_misbehaves(self, fault: dict, path: str, times: int) -> None:
        times = min(times, 3) if fault["kind"] == "slow" else times
        self.world.school.lms.faults.add(path=path, times=times, **fault)

    @rule()
    def the_platform_forgets_its_tokens(self) -> None:
        self.world.school.lms.store.expire_tokens()

    @rule(gradesync=st.sampled_from([0, 1, 2]))
    def the_platforms_administrator_changes_our_rights(self, gradesync: int) -> None:
        self.world.school.lms.set_tool(gradesync=gradesync)

    @rule(column=columns, locked=st.booleans())
    def a_column_is_locked_or_freed(self, column: str, locked: bool) -> None:
        item = self.world.school.items[getattr(self.world.school, column)]
        self.world.school.lms.gradebook.lock_item(item.id, locked=locked)

    @rule(column=columns, sub=learners, final=st.integers(0, 20))
    def a_teacher_grades_by_hand(self, column: str, sub: int, final: int) -> None:
        self.world.teacher_grades(self._cell(column, sub), float(final))

    @rule(sub=learners)
    def a_learner_leaves_and_another_day_returns(self, sub: int) -> None:
        self.world.leave(sub)
        self._send(self.process)

    @rule(minutes=st.sampled_from([-120, -10, -1, 1, 10, 120]))
    def our_clock_jumps(self, minutes: int) -> None:
        self.world.clock.offset += timedelta(minutes=minutes)

    @rule(transactions=st.integers(1, 12))
    def the_database_goes_away_for_a_while(self, transactions: int) -> None:
        self.world.weather.gone = transactions
        self._send(self.process)
        self.world.weather.gone = 0

    @precondition(lambda self: not self.world.office.store.is_sqlite)
    @rule()
    def the_database_server_restarts(self) -> None:
        cut_connections(self.world)

    @precondition(lambda self: self.world.office.store.is_sqlite)
    @rule()
    def the_disk_is_full(self) -> None:
        self.world.weather.full = True
        self._send(self.process)
        self.world.weather.full = False

    def teardown(self) -> None:
        self.world.calm()
        self.process.bury()
        self.process = self._start()
        self.world.settle(self.process)
        self.process.bury()
        self.world.check()

    def _send(self, process: Process) -> None:
        with suppress(DeadError, SQLAlchemyError):
            grade_sync.run_due(process.parts)


@pytest.fixture
def stage(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(logs.LOGGER, "disabled", True)  # the dead have much to say
    with ExitStack() as stack:
        yield stack.enter_context(
            world(
                Settings(
                    public_url="http://localhost:1",
                    data_dir=tmp_path,
                    database_url=database_url,
                    queue_url="",
                    secret_key=SECRET,
                    lab=True,
                    locale="fr",
                )
            )
        )


def test_after_a_storm_every_grade_is_where_it_belongs(stage: World) -> None:
    machine = type("Storm", (Storm,), {"world": stage})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=SHORT,
            database=None,
            phases=[Phase.generate],  # shrinking takes minutes
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
