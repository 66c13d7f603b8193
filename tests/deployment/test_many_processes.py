"""Two web processes and three workers on PostgreSQL and Redis: a class rated from both sides. And a
smaller deployment, whose queue is in PostgreSQL too.

Real processes, started by the command as an administrator does, with kill -9 for one of them. The LMS
and its own store are in the tests' process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, text

from lti_app.app import create_app, wire
from lti_app.demo import LmsConfig, create_lms, listen, serve
from lti_app.models import GradeSync, SyncState
from lti_app.models.store import Store
from lti_app.services.platforms import registered as platforms
from lti_app.services.sync.callers import PARALLEL
from lti_app.settings import from_environment
from tests.conftest import SECRET
from tests.databases import POSTGRES, PROCESS
from tests.deployment.processes import (
    Process,
    Web,
    deployment,
    environment,
    free_port,
    redis_is_here,
    redis_server,
)
from tests.services.campus import TEACHER, Campus
from tests.services.sync.schools import PUPILS, Gauge

CODES = ("C1.1.03.1", "C1.1.03.2")
SCHEMA = f"many_processes_{PROCESS}"
WITHIN = 240.0  # seconds; never reached, whatever else the machine does: the workers look every 20

# One after the other, also with those that kill workers: each starts many processes.
pytestmark = pytest.mark.xdist_group("processes")


@dataclass
class Teacher:
    """A teacher's browser at one of the web processes."""

    browser: requests.Session
    base: str

    def rate(self, learner: int, code: str, level: int) -> None:
        """One click in the grid."""
        answer = self.browser.post(
            f"{self.base}/assessments",
            json={"entries": [{"learner": learner, "code": code, "level": level}]},
            timeout=120,
        )
        assert answer.status_code == 200, answer.text


@dataclass
class Site:
    """The deployment, and the LMS that its teachers come from."""

    campus: Campus
    gauge: Gauge
    webs: list[Web]
    workers: list[Process]

    def teacher(self, web: Web, activity: int = 1) -> Teacher:
        """Somebody who launched the activity, with the class page open at that web process."""
        parts = self.campus.parts
        entered = self.campus.enter(TEACHER, activity)
        base = f"/s/{entered.session_id}"
        app = create_app(parts.settings, parts)
        with app.test_request_context(base + "/"):
            signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            cookie = signer.dumps({"secret": entered.secret})
        browser = requests.Session()
        browser.headers["Cookie"] = f"launch={cookie}"
        page = browser.get(f"{web.url}{base}/class", timeout=120)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        renewed = re.match(r"(launch=[^;]+)", page.headers["Set-Cookie"])
        assert token is not None
        assert renewed is not None
        browser.headers.update({"X-CSRFToken": token[1], "Cookie": renewed[1]})
        browser.cookies.clear()
        return Teacher(browser, web.url + base)

    def unsettled(self) -> list[tuple[str, str]]:
        with self.campus.parts.store.read() as session:
            rows = session.execute(
                select(GradeSync.state, GradeSync.error).where(
                    (GradeSync.wanted_revision > GradeSync.settled_revision)
                    | (GradeSync.state != SyncState.SENT.value)
                )
            )
            return [(state, error) for state, error in rows]

    def settle(self) -> None:
        """Until every grade was acknowledged."""
        self.wait(lambda: "waiting" not in {state for state, _ in self.unsettled()})
        assert self.unsettled() == []

    def wait(self, until: Callable[[], object]) -> None:
        """Until that is so. Raises ``AssertionError`` with the rows and the ends of the logs when it takes
        too long."""
        end = time.monotonic() + WITHIN
        while not until():
            if time.monotonic() > end:
                logs = [process.log.read_text()[-2000:] for process in (*self.webs, *self.workers)]
                raise AssertionError("\n".join([str(self.unsettled()), *logs]))
            time.sleep(0.2)

    def calls(self, part: str) -> int:
        """How many calls the LMS got whose address holds that text."""
        return sum(part in call.path for call in self.campus.lms.calls)

    def tasks_taken(self) -> bool:
        """Whether there were tasks in the queue's table, and a worker took them all."""
        with self.campus.parts.store.read() as session:
            left = session.scalar(text("select count(*) from huey_task"))
            ever = session.scalar(text("select is_called from huey_task_id_seq"))
        return left == 0 and bool(ever)


@contextmanager
def site(tmp_path: Path, queue_url: str, *, webs: int, workers: int) -> Iterator[Site]:
    """So many web processes and workers on PostgreSQL, and an LMS that knows them."""
    ports = [free_port() for _ in range(webs)]
    public_url = f"http://localhost:{ports[0]}"
    env = environment(
        tmp_path,
        public_url=public_url,
        database_url=f"{POSTGRES}?options=-csearch_path%3D{SCHEMA}",
        queue_url=queue_url,
        secret_key=SECRET,
    )
    _empty(SCHEMA)
    with ExitStack() as stack:
        door = stack.enter_context(listen())
        config = LmsConfig(
            issuer=door.url,
            tool_url=public_url,
            enabled=True,
            purpose="tests",
            tool_jwks_url=public_url + "/lti/jwks",
        )
        lms, gauge = create_lms(config), Gauge()
        lms.wsgi_app = gauge.wrap(lms.wsgi_app)  # type: ignore[method-assign, assignment]
        stack.enter_context(serve(lms, door))
        running = deployment(env, tmp_path, ports=ports, workers=workers)
        servers, running_workers = stack.enter_context(running)
        parts = wire(from_environment(env))
        stack.callback(parts.store.dispose)
        stack.callback(parts.http.close)
        with parts.store.write() as session:
            new = platforms.NewPlatform.moodle(
                config.issuer, config.client_id, [config.deployment_id]
            )
            platforms.add(session, new, parts.clock(), lab=True)
        yield Site(Campus(lms, parts), gauge, servers, running_workers)


def _empty(schema: str) -> None:
    store = Store(POSTGRES.replace("postgresql://", "postgresql+psycopg://"))
    with store.engine.begin() as connection:
        connection.execute(text(f"drop schema if exists {schema} cascade"))
        connection.execute(text(f"create schema {schema}"))
    store.dispose()


@pytest.fixture(autouse=True)
def _postgresql() -> None:
    if not POSTGRES:
        pytest.skip("no PostgreSQL: COMPETENCES_TEST_POSTGRES is not set")


def test_a_class_rated_from_both_sides_arrives_whole(tmp_path: Path) -> None:
    """Two teachers, one at each web process, rate the same thirty-five pupils at the same time; a worker is
    killed in the middle. What Moodle's store holds is what both of them validated."""
    if not redis_is_here():
        pytest.skip("no Redis: no redis-server, and COMPETENCES_TEST_REDIS is not set")
    with redis_server(tmp_path) as queue, site(tmp_path, queue, webs=2, workers=3) as made:
        made.campus.teach()
        pupils = {made.campus.learner(sub): sub for sub in PUPILS}
        teachers = [made.teacher(web) for web in made.webs]
        with ThreadPoolExecutor(4) as pool:
            done = [
                pool.submit(teacher.rate, learner, code, 3)
                for teacher, code in zip(teachers, CODES, strict=True)
                for learner in pupils
            ]
            made.wait(lambda: made.calls("/scores"))
            made.workers[0].kill()
            for click in done:
                click.result()
        made.settle()

        held = [made.campus.grade(sub) for sub in pupils.values()]
        assert [grade and grade.final for grade in held] == [0.26] * 35
        assert made.calls("token.php") <= 2, (
            "one token serves all (and one asked by who was killed)"
        )
        most = 2 * PARALLEL + 1
        assert made.gauge.most <= most, "one worker sends (the killed one's calls still under way)"


def test_a_queue_in_postgresql_serves_too(tmp_path: Path) -> None:
    queue = f"{POSTGRES}?options=-csearch_path%3D{SCHEMA}"
    with site(tmp_path, queue, webs=1, workers=1) as made:
        made.campus.teach()
        made.teacher(made.webs[0]).rate(made.campus.learner(5), CODES[0], 3)
        made.settle()
        grade = made.campus.grade(5)
        assert grade is not None
        assert grade.final == 0.13
        made.wait(made.tasks_taken)
