"""The world of a storm: an LMS over HTTP, the tool's database, and the truth about every cell.

Time is the world's own: it moves when a history says so. The tool's clock may be wrong by ``offset``.
What was wanted and what teachers did is remembered here, beside what the two programs believe.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, select, text

from lti_app.app import create_app, wire
from lti_app.demo import listen, serve
from lti_app.models import AccessToken, GradeSync, LineItem, SyncLane, SyncState
from lti_app.services.grades import grade_sync, read_back
from lti_app.services.sync.job import Reason
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings
from tests.chaos.mortal import Process, Weather
from tests.services.campus import TEACHER
from tests.services.sync.schools import COURSE, School, schools

PUPILS = (5, 6, 7)
Cell = tuple[int, int]
"""Our column, and the LMS's number of the learner."""


class Clock:
    """The world's time, and the tool's: wrong by ``offset``. ``busy``: two workers are at it, who would
    take each other for dead if time jumped now."""

    def __init__(self) -> None:
        self.busy = False
        self.now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        return self.now

    def tool(self) -> datetime:
        return self.now + self.offset

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def pause(self, seconds: float) -> None:
        """Who waits is not kept waiting: the world moves on faster."""
        if self.busy:
            time.sleep(seconds / 20)
        else:
            self.pass_by(100 * seconds)


@dataclass
class World:
    """``wanted`` is the newest grade and its number by cell, ``theirs`` a teacher's grade that stands,
    ``left`` who was out of the course for a while."""

    settings: Settings
    clock: Clock
    weather: Weather
    school: School
    office: Wiring
    """The parts of the web process: never dies, so that histories can be written."""
    wanted: dict[Cell, tuple[Decimal, int]] = field(default_factory=dict)
    theirs: dict[Cell, float] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    in_flight: Callable[[], None] | None = None
    histories: int = 0

    def begin(self) -> None:
        """Forgets the last history: an empty column each, and nothing in the tool's tables."""
        lms = self.school.lms
        self.histories += 1
        self.weather.gone, self.weather.full = 0, False
        self.clock.offset = timedelta(0)
        self.clock.pass_by(7200)
        self.calm()
        self.wanted.clear()
        self.theirs.clear()
        self.left.clear()
        lms.faults.forget_calls()
        lms.store.execute("DELETE FROM grades")
        with self.office.store.write() as session:
            for table in (GradeSync, SyncLane, AccessToken):
                session.execute(delete(table))

    def calm(self) -> None:
        """The storm is over: everything that can be mended is."""
        lms = self.school.lms
        lms.faults.clear()
        self.in_flight = None
        self.weather.gone, self.weather.full = 0, False
        lms.set_tool(gradesync=2)
        for item in self.school.items.values():
            lms.gradebook.lock_item(item.id, locked=False)
        for sub in PUPILS:
            lms.store.enrol(COURSE, sub)

    def want(self, cell: Cell, score: Decimal) -> None:
        """The grade that the rules make of a judgement; its words tell its number."""
        column, sub = cell
        number = self.wanted.get(cell, (Decimal(0), 0))[1] + 1
        with self.office.store.write() as session:
            self.school.want(session, column, sub, score, self.clock.tool(), words(number))
        self.wanted[cell] = (score, number)

    def teacher_grades(self, cell: Cell, final: float) -> None:
        """A teacher's edit in the LMS's gradebook."""
        column, sub = cell
        self.clock.pass_by(3)
        self.school.lms.gradebook.override(
            self.school.items[column], sub, TEACHER, final, "Repris à l’oral."
        )
        self.clock.pass_by(3)
        self.theirs[cell] = final

    def leave(self, sub: int) -> None:
        """The learner leaves the course; the LMS deletes their grades, a teacher's too."""
        self.school.lms.store.unenrol(COURSE, sub)
        self.left.add(sub)
        for cell in [cell for cell in self.theirs if cell[1] == sub]:
            del self.theirs[cell]

    def settle(self, process: Process) -> None:
        """What teachers and time do after a storm: looks at the class, « renvoyer » for what failed, and
        waiting."""
        for _ in range(12):
            self._send_failed_again()
            self.clock.pass_by(2000)
            seen = read_back.refresh(process.parts, self.link_id())
            sent = grade_sync.run_due(process.parts)
            if seen and not sent and self.is_settled():
                return

    def _send_failed_again(self) -> None:
        with self.office.store.write() as session:
            rows = session.scalars(
                select(GradeSync).where(
                    GradeSync.state == SyncState.FAILED.value,
                    GradeSync.error != Reason.OVERRIDDEN.value,
                )
            )
            for row in rows:
                row.wanted_revision += 1
                row.next_attempt_at = self.clock.tool()

    def link_id(self) -> int:
        with self.office.store.read() as session:
            return session.get_one(LineItem, self.school.own).resource_link_id

    def is_settled(self) -> bool:
        with self.office.store.read() as session:
            waiting = session.scalars(
                select(GradeSync.id).where(GradeSync.wanted_revision > GradeSync.settled_revision)
            )
            return not waiting.all() and not self._failed(session)

    def _failed(self, session) -> bool:
        query = select(GradeSync.id).where(
            GradeSync.state == SyncState.FAILED.value,
            GradeSync.error != Reason.OVERRIDDEN.value,
        )
        return session.scalars(query).first() is not None

    # -- the truth -----------------------------------------------------------------------------
    def check(self) -> None:
        """Every cell of the LMS's own store holds the newest wanted grade, or a teacher's that came; our
        books say so; and no older grade ever followed a newer one."""
        for cell, (score, number) in self.wanted.items():
            self._check_cell(cell, score, number)
        self._check_order()

    def _check_cell(self, cell: Cell, score: Decimal, number: int) -> None:
        column, sub = cell
        guarded = column == self.school.own
        grade = self.school.lms.store.grade(self.school.items[column].id, sub)
        assert grade is not None, cell
        with self.office.store.read() as session:
            row = self.school.row(session, column, sub)
        assert row is not None, cell
        theirs = self.theirs.get(cell)
        if theirs is not None:
            assert (cell, grade.final, grade.feedback) == (cell, theirs, "Repris à l’oral.")
            if not guarded:  # nothing newer was sent over it
                assert row.settled_revision == row.wanted_revision, cell
                return
            # a teacher's grade equal to ours looks like one that they gave back: Moodle leaves both their time
            assert row.overridden or theirs == float(score), cell
            if sub not in self.left:  # the LMS holds ours underneath
                assert grade.raw == float(score), cell
        else:
            assert (cell, grade.final, grade.feedback) == (cell, float(score), words(number))
        assert (cell, row.state, row.error) == (cell, "sent", "")
        assert row.sent_revision == row.settled_revision == row.wanted_revision, cell
        assert (row.sent_score, row.sent_comment) == (score, words(number)), cell
        assert (row.claim, row.tried) == (None, []), cell

    def _check_order(self) -> None:
        """Of each cell, the scores that the LMS took in: numbers never fall, times always rise."""
        last: dict[tuple[str, str], tuple[int, str]] = {}
        for call in self.school.lms.calls:
            if "/scores" not in call.path or call.status != 200 or not call.body:
                continue
            body = json.loads(call.body)
            key = (call.path, body["userId"])
            seen = (int(body["comment"].split()[-1]), body["timestamp"])
            if key in last:
                assert last[key][0] <= seen[0], (key, last[key], seen)
                assert last[key][1] < seen[1], (key, last[key], seen)
            last[key] = seen


def words(number: int) -> str:
    return f"Note n° {number}"


@contextmanager
def world(settings: Settings) -> Iterator[World]:
    """A world on that (migrated, empty) database."""
    clock, weather = Clock(), Weather()
    office = wire(settings, clock=clock.tool)
    with (
        listen("localhost") as door,
        serve(create_app(settings, office), door) as tool_url,
        schools(office.store, tool_url, clock) as (school,),
    ):
        made = World(settings, clock, weather, school, office)
        inner = school.lms.wsgi_app

        def answering(environ, start_response):
            act, made.in_flight = made.in_flight, None
            if act is not None and environ["PATH_INFO"].endswith("/scores"):
                act()
            elif act is not None:
                made.in_flight = act
            return inner(environ, start_response)

        school.lms.wsgi_app = answering  # type: ignore[method-assign]
        yield made
    office.http.close()
    office.store.dispose()


def cut_connections(world: World) -> None:
    """The database server closes every connection of this database, as at its restart (PostgreSQL)."""
    with world.office.store.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND query NOT LIKE '%pg_terminate%'"
            )
        )
