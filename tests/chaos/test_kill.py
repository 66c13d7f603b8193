"""Real workers, really killed: kill -9 at random moments while a class is rated again and again.

Two ``competences worker`` processes on one database; one after the other is killed in the middle of its
work and another started. What the LMS's own store holds in the end is what was wanted last.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from lti_app.app import create_app, wire
from lti_app.demo import listen, serve
from lti_app.models import GradeSync, SyncState
from lti_app.services.wiring import Wiring
from lti_app.settings import from_environment
from tests.conftest import SECRET
from tests.deployment.processes import Process, environment
from tests.services.sync.schools import PUPILS, School, schools

KILLS = max(2, int(os.environ.get("COMPETENCES_CHAOS", "0")) // 40)
WITHIN = 240.0  # seconds, for the last grades to arrive
pytestmark = pytest.mark.xdist_group("processes")


@dataclass
class Workshop:
    """Workers that die and are replaced, on a school's grades."""

    parts: Wiring
    school: School
    env: dict[str, str]
    folder: Path
    workers: list[Process]
    started: int = 0

    def start(self) -> None:
        self.started += 1
        log = self.folder / f"worker-{self.started}.log"
        self.workers.append(Process(["worker"], self.env, log))

    def kill_the_older(self) -> None:
        self.workers.pop(0).kill()
        self.start()

    def rate(self, round_number: int) -> None:
        """Every pupil's grades change, in both columns."""
        with self.parts.store.write() as session:
            for sub in PUPILS:
                for column in (self.school.own, self.school.made):
                    score = Decimal((round_number * 7 + sub) % 21)
                    words = f"Tour {round_number}"
                    self.school.want(session, column, sub, score, self.parts.clock(), words)

    def unsettled(self) -> int:
        with self.parts.store.read() as session:
            waiting = select(GradeSync.id).where(
                (GradeSync.wanted_revision > GradeSync.settled_revision)
                | (GradeSync.state != SyncState.SENT.value)
            )
            return len(session.scalars(waiting).all())


@pytest.fixture
def workshop(database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    with listen("localhost") as door:
        env = environment(
            tmp_path, public_url=door.url, database_url=database_url, secret_key=SECRET
        )
        settings = from_environment(env)
        parts = wire(settings)
        with (
            serve(create_app(settings, parts), door),
            schools(parts.store, door.url, lambda: datetime.now(UTC)) as (school,),
        ):
            made = Workshop(parts, school, env, tmp_path, [])
            yield made
            for worker in made.workers:
                worker.stop()
        parts.http.close()
        parts.store.dispose()


def test_workers_killed_at_random_lose_nothing(workshop: Workshop) -> None:
    chance = random.Random(2026)
    workshop.start()
    workshop.start()
    for number in range(KILLS):
        workshop.rate(number)
        workshop.school.lms.faults.add("slow", times=40, path="scores", delay=0.03)
        workshop.school.lms.faults.add("lost", times=3, path="scores")
        time.sleep(chance.uniform(0.5, 4))
        workshop.kill_the_older()
    workshop.rate(KILLS)

    until = time.monotonic() + WITHIN
    while workshop.unsettled() and time.monotonic() < until:
        time.sleep(0.2)
    expected = {sub: ((KILLS * 7 + sub) % 21, f"Tour {KILLS}") for sub in PUPILS}
    for column in (workshop.school.own, workshop.school.made):
        grades = workshop.school.lms.store.grades(workshop.school.items[column].id)
        assert {grade.user_id: (grade.final, grade.feedback) for grade in grades} == expected
    assert workshop.unsettled() == 0
