"""From a teacher's click to the grade acknowledged, in embedded mode: one ``competences serve``, SQLite.

The click is a POST to the web server, which writes the judgement and wakes the worker through its queue;
the end is when the worker notes the platform's answer. Between two clicks the service is idle.
"""

from __future__ import annotations

import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import requests
from sqlalchemy import select

from benchmarks.platform import platform
from benchmarks.report import Table
from lti_app.app import create_app, wire
from lti_app.demo import Lms, LmsConfig, create_lms
from lti_app.models import GradeSync, Platform, SyncState, User, migrate
from lti_app.services.launches import entering
from lti_app.services.launches.entering import Entered
from lti_app.services.lti import message
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from lti_app.settings import from_environment

LATENCIES = (0, 200)  # ms
TEACHER, PUPILS, ACTIVITY = 3, range(5, 30), 1
CODE, LEVEL = "C1.1.03.1", 3
IDLE = (0.5, 1.5)  # seconds between an acknowledged grade and the next click
T = TypeVar("T")
ENOUGH = 60.0  # seconds, for the server to start or a grade to arrive


def run() -> Table:
    return Table(
        name="wait",
        title="From a click to the acknowledged grade",
        notes=(
            f"Embedded mode: `competences serve` with its worker, SQLite and SqliteHuey. {len(PUPILS)} clicks, "
            "each on an idle service, until the grade is noted as acknowledged. *Beside the platform*: less the "
            "one call that a score is. Goal: under a second beside the platform's own time."
        ),
        columns=("latency", "p50", "p95", "p50 beside the platform", "p95 beside the platform"),
        rows=[_row(latency) for latency in LATENCIES],
    )


def _row(latency: int) -> tuple[str, ...]:
    with (
        platform(latency) as url,
        tempfile.TemporaryDirectory() as folder,
        _service(Path(folder), url) as (parts, lms, server),
    ):
        taken = sorted(_clicks(parts, lms, server))
    middle, late = statistics.median(taken), taken[round(0.95 * (len(taken) - 1))]
    own = latency / 1000
    return (
        f"{latency} ms",
        *(f"{1000 * t:,.0f} ms" for t in (middle, late, middle - own, late - own)),
    )


@contextmanager
def _service(folder: Path, platform_url: str) -> Iterator[tuple[Wiring, Lms, str]]:
    """The running service, its parts on the same data, and an LMS that signs nothing and only tells what
    its launches would."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = f"http://localhost:{port}"
    env = {
        "COMPETENCES_PUBLIC_URL": server,
        "COMPETENCES_DATA_DIR": str(folder),
        "COMPETENCES_SECRET_KEY": "for measuring only, and long enough for that",
        "COMPETENCES_LAB": "1",
        "LANG": "C.UTF-8",
    }
    parts = wire(from_environment(env))
    migrate.upgrade(parts.store.engine)
    config = LmsConfig(issuer=platform_url, tool_url=server, enabled=True, purpose="tests")
    with parts.store.write() as session:
        new = platforms.NewPlatform.moodle(platform_url, config.client_id, [config.deployment_id])
        platforms.add(session, new, parts.clock(), lab=True)
    command = [str(Path(sys.executable).with_name("competences")), "serve"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"], env=env, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: _ready(server))
        yield parts, create_lms(config), server
    finally:
        process.terminate()
        process.wait(30)
        parts.http.close()
        parts.store.dispose()


def _ready(server: str) -> bool:
    try:
        return requests.get(f"{server}/readyz", timeout=5).ok
    except requests.RequestException:
        return False


def _clicks(parts: Wiring, lms: Lms, server: str) -> Iterator[float]:
    """Seconds that each click took until its grade was acknowledged."""
    learners = []
    for sub in PUPILS:
        _enter(parts, lms, sub)
        with parts.store.read() as session:
            learners.append(session.scalars(select(User.id).where(User.sub == str(sub))).one())
    browser, base = _browser(parts, _enter(parts, lms, TEACHER), server)
    for number, learner in enumerate((learners[0], *learners)):
        time.sleep(random.uniform(*IDLE))
        entry = {"learner": learner, "code": CODE, "level": LEVEL if number else LEVEL - 1}
        clicked = datetime.now(UTC)
        answer = browser.post(f"{base}/assessments", json={"entries": [entry]}, timeout=ENOUGH)
        answer.raise_for_status()
        sent = _acknowledged(parts, learner, clicked)
        if number:  # the first asks for the token
            yield (sent - clicked).total_seconds()


def _enter(parts: Wiring, lms: Lms, sub: int) -> Entered:
    """What a launch of that person leaves."""
    nonce = f"nonce-{sub}-{random.random()}"
    with parts.store.read() as session:
        known = session.scalars(select(Platform)).one()
    claims = lms.launch_claims(sub, ACTIVITY, nonce)
    return entering.enter(parts.store, known, message.read(claims), nonce, parts.clock())


def _browser(parts: Wiring, entered: Entered, server: str) -> tuple[requests.Session, str]:
    """A teacher's browser with the class page open, and the address of the session."""
    app = create_app(parts.settings, parts)
    base = f"/s/{entered.session_id}"
    with app.test_request_context(base + "/"):
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = signer.dumps({"secret": entered.secret})
    browser = requests.Session()
    browser.headers["Cookie"] = f"launch={cookie}"
    page = browser.get(f"{server}{base}/class", timeout=ENOUGH)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    renewed = re.match(r"(launch=[^;]+)", page.headers["Set-Cookie"])
    assert token is not None
    assert renewed is not None
    browser.headers.update({"X-CSRFToken": token[1], "Cookie": renewed[1]})
    browser.cookies.clear()
    return browser, server + base


def _acknowledged(parts: Wiring, learner: int, since: datetime) -> datetime:
    """When the learner's grade was, after that moment."""
    query = select(GradeSync.sent_at).where(
        GradeSync.learner_id == learner,
        GradeSync.state == SyncState.SENT.value,
        GradeSync.sent_at > since,
    )

    def sent() -> datetime | None:
        with parts.store.read() as session:
            return session.scalar(query)

    return _until(sent)


def _until(found: Callable[[], T | None]) -> T:
    """What it finds. Raises ``TimeoutError`` when it never does."""
    end = time.monotonic() + ENOUGH
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.01)
    raise TimeoutError
