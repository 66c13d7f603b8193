"""Two web processes and three workers on one PostgreSQL and one queue: a class rated from both sides.

Real processes, started by the command as an administrator does, with kill -9 for one of them. The LMS
and its own store are in the tests' process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import select, text

from lti_app.app import create_app, wire
from lti_app.demo import LmsConfig, create_lms, listen, serve
from lti_app.models import GradeSync, SyncState
from lti_app.models.store import Store
from lti_app.services import platforms
from lti_app.services.sync.callers import PARALLEL
from lti_app.settings import from_environment
from tests.conftest import SECRET
from tests.databases import POSTGRES
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

CODES = ("C1.1.03.1", "C1.1.03.2", "C1.2.01.1", "C1.2.01.2")
SCHEMA = "test_many_processes"
WITHIN = 90.0  # seconds: a dead worker's lane runs out after 45


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
            timeout=60,
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
        page = browser.get(f"{web.url}{base}/class", timeout=60)
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
        until = time.monotonic() + WITHIN
        while time.monotonic() < until and "waiting" in {state for state, _ in self.unsettled()}:
            time.sleep(0.2)
        assert self.unsettled() == []


@pytest.fixture(params=["redis", "postgresql"], scope="module")
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Two web processes and three workers on PostgreSQL, with each kind of queue made for many."""
    tmp_path = tmp_path_factory.mktemp("deployment")
    if not POSTGRES:
        pytest.skip("no PostgreSQL: COMPETENCES_TEST_POSTGRES is not set")
    with ExitStack() as stack:
        if request.param == "redis" and not redis_is_here():
            pytest.skip("no Redis: no redis-server, and COMPETENCES_TEST_REDIS is not set")
        if request.param == "redis":
            queue_url = stack.enter_context(redis_server(tmp_path))
        else:
            queue_url = f"{POSTGRES}?options=-csearch_path%3D{SCHEMA}"
        database_url = f"{POSTGRES}?options=-csearch_path%3D{SCHEMA}"
        _empty(SCHEMA)
        ports = [free_port(), free_port()]
        public_url = f"http://localhost:{ports[0]}"
        settings = from_environment(
            environment(
                tmp_path,
                public_url=public_url,
                database_url=database_url,
                queue_url=queue_url,
                secret_key=SECRET,
            )
        )
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
        env = environment(
            tmp_path,
            public_url=public_url,
            database_url=database_url,
            queue_url=queue_url,
            secret_key=SECRET,
        )
        webs, workers = stack.enter_context(deployment(env, tmp_path, ports=ports, workers=3))
        parts = wire(settings)
        stack.callback(parts.store.dispose)
        stack.callback(parts.http.close)
        with parts.store.write() as session:
            new = platforms.NewPlatform.moodle(
                config.issuer, config.client_id, [config.deployment_id]
            )
            platforms.add(session, new, parts.clock(), lab=True)
        yield Site(Campus(lms, parts), gauge, webs, workers)


def _empty(schema: str) -> None:
    store = Store(POSTGRES.replace("postgresql://", "postgresql+psycopg://"))
    with store.engine.begin() as connection:
        connection.execute(text(f"drop schema if exists {schema} cascade"))
        connection.execute(text(f"create schema {schema}"))
    store.dispose()


def test_a_class_rated_from_both_sides_arrives_whole(site: Site) -> None:
    """Two teachers, one at each web process, rate the same thirty-five pupils at the same time; a worker is
    killed in the middle. What Moodle's store holds is what both of them validated."""
    site.campus.teach()
    pupils = {site.campus.learner(sub): sub for sub in PUPILS}
    teachers = [site.teacher(web) for web in site.webs]
    clicks = [
        (teachers[index % 2], learner, code)
        for index, code in enumerate(CODES)
        for learner in pupils
    ]

    def click(what: tuple[Teacher, int, str]) -> None:
        teacher, learner, code = what
        teacher.rate(learner, code, 3)

    with ThreadPoolExecutor(4) as pool:
        done = pool.map(click, clicks)
        time.sleep(1)
        site.workers[0].kill()
        assert len(list(done)) == 140
    site.settle()

    held = [site.campus.grade(sub) for sub in pupils.values()]
    assert [grade and grade.final for grade in held] == [0.52] * 35
    tokens = [call for call in site.campus.lms.calls if "token.php" in call.path]
    assert len(tokens) == 1, "one token serves all processes, and the reading of the class"
    assert site.gauge.most <= PARALLEL + 1, "scores by one worker at a time, beside a class list"


def test_without_its_queue_everything_still_arrives(site: Site) -> None:
    """Nobody hears the wake-up calls: the workers look by themselves."""
    launch = site.campus.teach()
    site.campus.rate(launch, 5, CODES[0], 1)  # written by a process that wakes nobody
    site.settle()
    grade = site.campus.grade(5)
    assert grade is not None
    assert grade.final == 0.39
