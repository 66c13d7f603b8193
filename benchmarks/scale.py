"""What a page, a judgement and a sync round cost with 3,000 courses in the database, and with one.

Both services run in this process, each on a PostgreSQL database of its own beside the one that
``COMPETENCES_TEST_POSTGRES`` names, and take turns, so that the machine's drift strikes both alike. The
large one is asked about another of its courses each time.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url, text, update

from benchmarks import scale_load
from benchmarks.report import Table
from benchmarks.scale_load import LEARNERS, Loaded
from lti_app.app import create_app, wire
from lti_app.models import GradeSync, SyncState, migrate
from lti_app.models.store import Store
from lti_app.services.current import TEACHER
from lti_app.services.grades import grade_sync
from lti_app.services.launches import launch_sessions
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings

POSTGRES = "COMPETENCES_TEST_POSTGRES"
MANY = int(os.environ.get("COMPETENCES_BENCH_COURSES", "3000"))
WARM_UP, ROUNDS, SYNC_ROUNDS = 30, 200, 80
VISITED = 30  # courses of the large service that are asked about in turn
GOAL = 1.2


@dataclass
class Desk:
    """A teacher's browser in one course."""

    course: int
    client: FlaskClient
    base: str
    token: str
    codes: list[str]
    turn: int = 0

    def page(self) -> None:
        answer = self.client.get(f"{self.base}/class")
        assert answer.status_code == 200
        assert b"BTS SIO, section" in answer.data

    def feed(self) -> None:
        """What an open page asks every few seconds: nothing is new."""
        answer = self.client.get(f"{self.base}/changes.json?since={2**31 - 1}")
        assert answer.status_code == 200

    def assess(self) -> None:
        """Another level for the next learner and competence each time."""
        self.turn += 1
        learner = (self.course - 1) * (LEARNERS + 1) + self.turn % LEARNERS + 1
        code = self.codes[self.turn % len(self.codes)]
        entry = {"learner": learner, "code": code, "level": self.turn % 4 + 1, "again": True}
        answer = self.client.post(
            f"{self.base}/assessments",
            json={"entries": [entry]},
            headers={"X-CSRFToken": self.token, "Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text


@dataclass
class Service:
    """One installation with its data. ``taken`` are seconds by what was done, ``processor`` those that this
    process computed."""

    label: str
    loaded: Loaded
    parts: Wiring
    desks: list[Desk]
    seconds: float
    taken: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)

    def desk(self, turn: int) -> Desk:
        return self.desks[turn % len(self.desks)]

    def time(self, what: str, act: Callable[[], object]) -> None:
        computed, began = time.process_time(), time.perf_counter()
        act()
        self.taken.setdefault(what, []).append(time.perf_counter() - began)
        self.processor.setdefault(what, []).append(time.process_time() - computed)

    def sync(self, turn: int) -> None:
        """A class's grades become due, then one round sends them: only the round is timed."""
        course = self.desk(turn).course
        with self.parts.store.write() as session:
            session.execute(
                update(GradeSync)
                .where(GradeSync.line_item_id == course)
                .values(
                    wanted_revision=GradeSync.wanted_revision + 1,
                    state=SyncState.WAITING.value,
                    next_attempt_at=self.parts.clock(),
                )
            )
        sent: list[int] = []
        self.time("sync round", lambda: sent.append(grade_sync.run_due(self.parts)))
        assert sent == [LEARNERS], f"{sent} scores left, not {LEARNERS}"

    def median(self, what: str) -> float:
        return statistics.median(self.taken[what])


def run() -> Table:
    server = os.environ.get(POSTGRES)
    if not server:
        raise SystemExit(f"no PostgreSQL: {POSTGRES} is not set")
    with ExitStack() as stack:
        platform = stack.enter_context(_platform())
        one, many = (
            stack.enter_context(_service(server, label, courses, platform))
            for label, courses in (("one", 1), ("many", MANY))
        )
        _measure(one, many)
        return _table(one, many)


def _measure(one: Service, many: Service) -> None:
    for turn in range(WARM_UP + ROUNDS):
        for service in (one, many) if turn % 2 else (many, one):
            desk = service.desk(turn)
            service.time("class page", desk.page)
            service.time("assessment", desk.assess)
            service.time("feed", desk.feed)
        if turn < WARM_UP:
            one.taken.clear()
            many.taken.clear()
    for service in (one, many):  # what the judgements made due
        grade_sync.run_due(service.parts)
    for turn in range(VISITED + SYNC_ROUNDS):
        for service in (one, many) if turn % 2 else (many, one):
            service.sync(turn)
        if turn < VISITED:  # each platform has given its token
            one.taken.pop("sync round")
            many.taken.pop("sync round")


def _table(one: Service, many: Service) -> Table:
    loaded = many.loaded
    size, learners = loaded.total_size, loaded.learners
    rows = [
        (
            label,
            f"{one.median(what) * 1000:.1f} ms",
            f"{many.median(what) * 1000:.1f} ms",
            f"{many.median(what) / one.median(what):.2f}",
            f"{statistics.median(many.processor[what]) * 1000:.1f} ms",
        )
        for what, label in (
            ("class page", f"class page, {LEARNERS} learners"),
            ("assessment", "one assessment"),
            ("feed", "what is new, asked by an open page"),
            ("sync round", f"one sync round, {LEARNERS} scores"),
        )
    ]
    parts = ", ".join(
        f"{name} {loaded.rows[name]:,} rows in {loaded.size[name] / 2**20:,.0f} MiB"
        for name in ("assessments", "masteries", "grade_syncs", "memberships", "users")
    )
    return Table(
        name="scale",
        title="One course, and three thousand",
        notes=(
            f"Wall clock, medians of {ROUNDS} requests and {SYNC_ROUNDS} rounds, in turn, on PostgreSQL; the large "
            f"database is asked about {VISITED} of its courses in turn, and the platform answers at once. Goal: at most "
            f"{GOAL} times. *Processor*: what this process computes for the large one, PostgreSQL apart. Loaded: "
            f"{loaded.courses:,} courses, {learners:,} learners, {loaded.rows['masteries']:,} "
            f"masteries in {many.seconds:.0f} s; {loaded.total_rows:,} rows, {size / 2**20:,.0f} MiB with indexes: "
            f"{loaded.total_rows / learners:.0f} rows and {size / learners / 1024:.1f} KiB a learner ({parts})."
        ),
        columns=("what", "1 course", f"{loaded.courses:,} courses", "ratio", "processor"),
        rows=rows,
    )


@contextmanager
def _platform() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.scale_platform"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _service(server: str, label: str, courses: int, platform: str) -> Iterator[Service]:
    with (
        _database(server, f"competences_bench_{label}_{os.getpid()}") as url,
        TemporaryDirectory() as folder,
    ):
        store = Store(url)
        migrate.upgrade(store.engine)
        began = time.perf_counter()
        scale_load.load(store, courses, platform)
        seconds = time.perf_counter() - began
        loaded = scale_load.weigh(store)
        store.dispose()
        parts = wire(_settings(url, Path(folder)))
        app = create_app(parts.settings, parts)
        step = max(1, courses // VISITED)
        desks = [_desk(app, parts, course) for course in range(1, courses + 1, step)][:VISITED]
        try:
            yield Service(label, loaded, parts, desks, seconds)
        finally:
            parts.http.close()
            parts.store.dispose()


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    """An empty database of this name beside the given one, dropped at the end."""
    base = make_url(server).set(drivername="postgresql+psycopg")
    admin = Store(base.render_as_string(hide_password=False))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"drop database if exists {name} with (force)"))
        connection.execute(text(f"create database {name}"))
        try:
            yield base.set(database=name, query={}).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"drop database if exists {name} with (force)"))
            admin.dispose()


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        public_url="http://localhost:8080",
        data_dir=folder,
        database_url=url,
        queue_url="",
        secret_key="a secret for measurements, nothing more",
        lab=True,
        locale="fr",
    )


def _desk(app: Flask, parts: Wiring, course: int) -> Desk:
    with parts.store.write() as session:
        sid = launch_sessions.id_of(0, str(course))
        secret = launch_sessions.start(
            session,
            sid,
            user_id=course * (LEARNERS + 1),
            course_id=course,
            resource_link_id=course,
            roles=frozenset({TEACHER}),
            locale="fr",
            now=parts.clock(),
        )
    base = f"/s/{sid}"
    client = app.test_client()
    with app.test_request_context(base + "/"):
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        client.set_cookie("launch", serializer.dumps({"secret": secret}), path=base + "/")
    page = client.get(f"{base}/exports").text
    token = page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
    with parts.store.read() as session:
        rows = session.execute(text("select code from node_keys order by id"))
        codes = [row.code for row in rows]
    return Desk(course, client, base, token, codes)
