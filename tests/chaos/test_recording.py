"""Storms over the whole way of a judgement, from the page that records it to the gradebook's columns.

``test_storm`` writes the wanted grades itself. Here they follow from assessments, recorded for a class by
web processes that die at any boundary, while workers that die as well look for columns, which come and
go, and send. What a page was told is saved is there afterwards, a batch is there whole or not at all, and
every column, in our books and in the LMS's own store, holds what the assessments amount to.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.models import Assessment, GradeSync, LineItem, NodeKey, ResourceLink, SyncState, User
from lti_app.services.activities import link_settings
from lti_app.services.classes import assessing, classroom
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import columns, grade_sync, rules_in_force
from lti_app.settings import Settings
from tests.apps import Apps
from tests.chaos.mortal import DeadError, Process, Weather
from tests.conftest import Clock
from tests.services.campus import ASSISTANT, Campus, opened
from tests.services.rules import read_rules

CAMPAIGN = int(os.environ.get("COMPETENCES_CHAOS", "0"))
HISTORIES = max(2, CAMPAIGN // 40)
STEPS = 14
COURSE = 2
CODES = ("C1.1.03.1", "C1.1.03.2", "C2.1.01.1", "C4.1.01.1")
PARTS = ("", "P1", "P1 P2", "P", "P2")
FAULTS = (
    ("status", {"status": 503}),
    ("status", {"status": 500}),
    ("status", {"status": 429, "retry_after": "30"}),
    ("close", {}),
    ("lost", {}),
    ("duplicate", {}),
)
Act = Callable[[], None]


@dataclass
class Storm:
    """``told`` are the numbers of batches of which a page was told that they are saved, and how many
    judgements each held; ``unsure`` those whose page never heard."""

    campus: Campus
    clock: Clock
    chance: random.Random
    launch: CurrentLaunch
    pupils: list[int]
    weather: Weather = field(default_factory=Weather)
    told: dict[int, int] = field(default_factory=dict)
    unsure: dict[int, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def rage(self) -> None:
        acts: tuple[Act, ...] = (
            self._judge,
            self._judge,
            self._judge_while_a_worker_sends,
            self._judge_side_by_side,
            self._choose_columns,
            self._work,
            self._work,
            self._misbehave,
            self._lose_the_database,
        )
        for _ in range(STEPS):
            self.chance.choice(acts)()
            self.clock.forward(seconds=self.chance.choice((1, 5, 60, 400)))

    def calm(self) -> None:
        """The weather clears, and a teacher sends again what failed."""
        self.campus.lms.faults.clear()
        parts = self.campus.parts
        for _ in range(12):
            self.clock.forward(seconds=4000)
            columns.ensure(parts)
            with parts.store.write() as session:
                grade_sync.resend(session, self.launch, None, self.clock())
            grade_sync.run_due(parts)
            if not self._unfinished():
                return

    # -- what happens ----------------------------------------------------------------------------
    def _judge(self) -> None:
        """A web process records a batch, and may die or lose its database on the way."""
        with self._process(5) as web:
            self._record(web)

    def _judge_side_by_side(self) -> None:
        """Two teachers save at the same moment."""
        with self._process(5) as one, self._process(5) as other:
            threads = [threading.Thread(target=self._record, args=(web,)) for web in (one, other)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _judge_while_a_worker_sends(self) -> None:
        with self._process() as worker, self._process(12) as web:
            sending = threading.Thread(target=self._send, args=(worker,))
            sending.start()
            for _ in range(3):
                self._record(web)
            sending.join()

    def _work(self) -> None:
        with self._process() as worker:
            self._send(worker)

    def _misbehave(self) -> None:
        kind, more = self.chance.choice(FAULTS)
        paths = ("scores", "lineitems", "results", "token.php", "")
        path = "scores" if kind == "duplicate" else self.chance.choice(paths)
        self.campus.lms.faults.add(kind, path=path, times=self.chance.choice((1, 3, 20)), **more)  # type: ignore[arg-type]

    def _lose_the_database(self) -> None:
        self.weather.gone = self.chance.randint(1, 8)
        self.chance.choice((self._judge, self._work, self._choose_columns))()
        self.weather.gone = 0

    def _choose_columns(self) -> None:
        """A teacher asks for other columns of parts."""
        rules = read_rules({"columns": self.chance.choice(PARTS)})
        with (
            self._process(5) as web,
            suppress(DeadError, SQLAlchemyError),
            web.parts.store.write() as session,
        ):
            link = session.get_one(ResourceLink, self.launch.resource_link_id)
            link_settings.change(link, rules)
            rules_in_force.take_effect(session, link, self.clock())

    def _record(self, web: Process) -> None:
        number = next(self.numbers)
        pairs = [
            (learner, code)
            for learner in self.chance.sample(self.pupils, self.chance.randint(1, 20))
            for code in self.chance.sample(CODES, self.chance.randint(1, 3))
        ]
        self.unsure[number] = len(pairs)
        entries = [
            Entry(learner, code, self.chance.randint(1, 4), f"Séance {number}", again=True)
            for learner, code in pairs
        ]
        with suppress(DeadError, SQLAlchemyError):
            with web.parts.store.write() as session:
                assessing.record(session, self.launch, entries, self.clock())
            self.told[number] = self.unsure.pop(number)

    def _send(self, worker: Process) -> None:
        with suppress(DeadError, SQLAlchemyError):
            columns.ensure(worker.parts)
            grade_sync.run_due(worker.parts)

    def _process(self, boundaries: int = 40) -> Process:
        """One that dies within so many boundaries, or lives."""
        made = Process(self.campus.parts.settings, self.clock, self.weather, self._pause)
        if self.chance.random() < 0.5:
            made.fuse.light(self.chance.randint(1, boundaries))
        return made

    def _pause(self, seconds: float) -> None:
        self.clock.forward(seconds=20 * seconds)

    # -- the truth -------------------------------------------------------------------------------
    def check(self) -> None:
        with self.campus.parts.store.read() as session:
            said = session.execute(
                select(User.sub, NodeKey.code, Assessment.level, Assessment.comment)
                .join(User, User.id == Assessment.learner_id)
                .join(Assessment.node)
                .order_by(Assessment.id)
            ).all()
            link = session.get_one(ResourceLink, self.launch.resource_link_id)
            framing = link_settings.framing(session, link)
            items = session.scalars(select(LineItem).where(LineItem.active)).all()
            rows = {
                (row.line_item_id, sub): row
                for row, sub in session.execute(select(GradeSync, User.sub).join(GradeSync.learner))
            }
        self._check_batches(Counter(int(words.split()[-1]) for *_, words in said))
        levels: dict[str, dict[str, int]] = {}
        for sub, code, level, _words in said:
            levels.setdefault(sub, {})[code] = level
        assert {item.part for item in items} == {"", *(node.code for node in framing.parts)}
        for item in items:
            scheme = framing.scheme_of(item.part)
            held = self._held(item)
            for sub, found in levels.items():
                if not scheme.weights.keys() & found.keys():
                    continue
                value, row = scheme.grade(found).value, rows[item.id, sub]
                cell = (item.part, sub)
                assert (cell, row.state, row.error) == (cell, "sent", "")
                assert (cell, row.score, held[sub]) == (cell, value, float(value))

    def _check_batches(self, kept: Counter[int]) -> None:
        for number, size in self.told.items():
            assert kept[number] == size, f"batch {number} was said to be saved"
        for number, size in self.unsure.items():
            assert kept[number] in (0, size), f"batch {number} is there in part"

    def _held(self, item: LineItem) -> dict[str, float | None]:
        """What the LMS's own store holds; a column was made once only."""
        store = self.campus.lms.store
        number = int(urlsplit(str(item.url)).path.split("/")[-2])
        if item.part:
            named = [one.resource_id for one in store.items(COURSE)]
            assert named.count(str(item.resource_id)) == 1, item.part
        return {str(grade.user_id): grade.final for grade in store.grades(number)}

    def _unfinished(self) -> bool:
        with self.campus.parts.store.read() as session:
            open_rows = (
                select(GradeSync.id)
                .join(GradeSync.line_item)
                .where(LineItem.active, GradeSync.state != SyncState.SENT.value)
            )
            return session.scalars(open_rows).first() is not None


@pytest.fixture
def storm(
    settings: Settings, clock: Clock, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Storm]:
    monkeypatch.setattr(logs.LOGGER, "disabled", True)  # the dead have much to say
    with opened(settings, clock, apps) as campus:
        seed = random.randrange(10**6) if CAMPAIGN else 2026
        sys.stdout.write(f"seed {seed}\n")  # shown when it fails
        launch = campus.teach()
        with campus.parts.store.read() as session:
            pupils = classroom.learners(session, launch.course_id)
            ids = [user.id for user in pupils if user.sub != str(ASSISTANT)]
        yield Storm(campus, clock, random.Random(seed), launch, ids)


def test_after_a_storm_the_columns_hold_what_the_assessments_amount_to(storm: Storm) -> None:
    for _ in range(HISTORIES):
        storm.rage()
        storm.calm()
        storm.check()
