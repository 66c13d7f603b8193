"""Grades sent: ours, a plain PyLTI1p3 loop, and the limit that a bare client with kept connections sets.

Each sends the same scores to the same platform (``benchmarks.platform``). Ours is the product: rows in a
database file, claimed, sent, acknowledged and noted. The time is until the last one is noted.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import requests
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector
from sqlalchemy import func, select, update

from benchmarks.platform import counts, platform, reset
from benchmarks.report import Table
from lti_app.app import wire
from lti_app.clients.ags import SCORE_TYPE, Score
from lti_app.models import (
    AccessToken,
    Course,
    Deployment,
    GradeSync,
    LineItem,
    Platform,
    ResourceLink,
    SyncState,
    User,
    migrate,
)
from lti_app.services.grades import grade_sync
from lti_app.services.sync.callers import PARALLEL
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings

LATENCIES = (0, 50, 200)  # ms
SIZES = (35, 300, 3000)
CLASS = 35  # learners in a column
LOOP_AT_MOST = 8.0  # seconds of the plain loop that are measured; the rest would go on as they do
REPEAT = {35: 5, 300: 2, 3000: 1}


def run() -> Table:
    rows = []
    for latency in LATENCIES:
        with platform(latency) as url:
            for size in SIZES:
                rows.append(_row(url, latency, size))
    return Table(
        name="sync",
        title="Sending grades",
        notes=(
            "Scores a second until the last one is acknowledged and noted, against a platform in a process "
            f"of its own that answers after a fixed time. *Limit*: a bare `requests` client, {PARALLEL} "
            "threads over kept connections, which stores nothing. Ours makes as many calls at once at most, fewer "
            "where answers come faster than they can be dealt with, on urllib3's connections, which `requests` "
            "uses too. *Loop*: `put_grade` of PyLTI1p3, one "
            f"after the other, at most {LOOP_AT_MOST:.0f} s of it. Columns of {CLASS} learners. All three "
            "ask for their token first. Goals: 90 % of the limit, one token request, 7 times the loop at "
            "50 ms. At 0 ms the processor is what is measured: two cores share callers and platform."
        ),
        columns=(
            "latency",
            "scores",
            "ours",
            "limit",
            "of the limit",
            "loop",
            "times the loop",
            "token requests",
            "connections",
            "calls beside scores",
        ),
        rows=rows,
    )


def _row(url: str, latency: int, size: int) -> tuple[str, ...]:
    ours, limit, asked = [], [], {}
    with tempfile.TemporaryDirectory() as folder, _product(Path(folder), url, size) as parts:
        for _ in range(REPEAT[size]):  # in turn, so that the machine's drift strikes both alike
            limit.append(_rate(url, size, lambda: _bare(url, size)))
            reset(url)
            ours.append(size / _ours(parts, size))
            asked = counts(url)
    loop = _loop(url, size)
    best, bound = statistics.median(ours), statistics.median(limit)
    beside = asked["results"] + asked["lineitem"]
    return (
        f"{latency} ms",
        f"{size:,}",
        f"{best:,.0f}/s",
        f"{bound:,.0f}/s",
        f"{100 * best / bound:.0f} %",
        f"{loop:,.1f}/s",
        f"{best / loop:.1f}",
        str(asked["token"]),
        str(asked["connections"]),
        str(beside),
    )


def _rate(url: str, size: int, send: Callable[[], None]) -> float:
    reset(url)
    started = time.perf_counter()
    send()
    seconds = time.perf_counter() - started
    assert counts(url)["score"] == size
    return size / seconds


# -- ours ----------------------------------------------------------------------------------------


@contextmanager
def _product(folder: Path, url: str, size: int) -> Iterator[Wiring]:
    """The product with that many learners, in columns of a class each."""
    settings = Settings(
        public_url="http://localhost:1",
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'bench.sqlite3'}",
        queue_url="",
        secret_key="for measuring only, long enough",
        lab=True,
        locale="fr",
    )
    parts = wire(settings)
    migrate.upgrade(parts.store.engine)
    parts.keys.signing()
    with parts.store.write() as session:
        now = datetime.now(UTC)
        known = Platform(
            name="bench",
            issuer=url,
            client_id="bench",
            auth_login_url=url + "/mod/lti/auth.php",
            auth_token_url=url + "/mod/lti/token.php",
            jwks_url=url + "/mod/lti/certs.php",
            product_family="moodle",
            created_at=now,
        )
        deployment = Deployment(deployment_id="1", platform=known)
        session.add(deployment)
        session.flush()
        learners = [User(platform_id=known.id, sub=str(n)) for n in range(size)]
        session.add_all(learners)
        session.flush()
        for first in range(0, size, CLASS):
            course = Course(deployment_id=deployment.id, context_id=str(first))
            session.add(course)
            session.flush()
            link = ResourceLink(course_id=course.id, lti_id=str(first))
            session.add(link)
            session.flush()
            item = LineItem(resource_link_id=link.id, url=_column(url, first), maximum=20)
            session.add(item)
            session.flush()
            session.add_all(
                GradeSync(
                    line_item_id=item.id,
                    learner_id=learner.id,
                    score=Decimal(12),
                    maximum=Decimal(20),
                    comment="3 compétences acquises sur 5.",
                    wanted_revision=0,
                    next_attempt_at=now,
                )
                for learner in learners[first : first + CLASS]
            )
    yield parts
    parts.http.close()
    parts.store.dispose()


def _ours(parts: Wiring, size: int) -> float:
    """Seconds from the wake-up call to the last grade noted, with no token and no connection yet."""
    with parts.store.write() as session:
        session.execute(
            update(GradeSync).values(
                wanted_revision=GradeSync.wanted_revision + 1,
                state=SyncState.WAITING.value,
                next_attempt_at=datetime.now(UTC),
            )
        )
        session.query(AccessToken).delete()
    parts.tokens._kept.clear()
    parts.http.close()  # the next call opens new connections
    started = datetime.now(UTC)
    grade_sync.run_due(parts)
    with parts.store.read() as session:
        sent = session.scalar(
            select(func.count(GradeSync.id)).where(GradeSync.state == SyncState.SENT.value)
        )
        last = session.scalar(select(func.max(GradeSync.sent_at)))
    assert sent == size
    assert last is not None
    return (last - started).total_seconds()


# -- the others ----------------------------------------------------------------------------------


def _column(url: str, number: int) -> str:
    return f"{url}/mod/lti/services.php/{number}/lineitems/{number}/lineitem?type_id=1"


def _bare(url: str, size: int) -> None:
    """Nothing but calls: one token, then every score, as fast as so many threads can."""
    session = requests.Session()
    session.trust_env = False
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=PARALLEL)
    session.mount("http://", adapter)
    token = session.post(f"{url}/mod/lti/token.php", data={}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": SCORE_TYPE}

    def send(number: int) -> None:
        column = _column(url, number // CLASS * CLASS).replace("?", "/scores?")
        session.post(column, data=_payload(number), headers=headers, timeout=30)

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, range(size)))
    session.close()


def _payload(number: int) -> bytes:
    score = Score(
        str(number),
        Decimal(12),
        Decimal(20),
        "3 compétences acquises sur 5.",
        datetime.now(UTC),
    )
    return json.dumps(score.to_json()).encode()


def _loop(url: str, size: int) -> float:
    """Scores a second of PyLTI1p3's own service, as its examples use it."""
    key, registration = _key(), Registration()
    registration.set_issuer(url).set_client_id("bench")
    registration.set_auth_token_url(url + "/mod/lti/token.php")
    registration.set_tool_private_key(key).set_tool_public_key("")
    registration.get_kid = lambda: "bench"  # type: ignore[method-assign]
    scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    connector = ServiceConnector(registration)
    started = time.perf_counter()
    for number in range(size):
        column = _column(url, number // CLASS * CLASS)
        service = AssignmentsGradesService(connector, {"scope": scopes, "lineitem": column})
        grade = Grade().set_score_given(12).set_score_maximum(20).set_user_id(str(number))
        grade.set_timestamp(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"))
        grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
        grade.set_comment("3 compétences acquises sur 5.")
        service.put_grade(grade)
        seconds = time.perf_counter() - started
        if seconds > LOOP_AT_MOST:
            break
    return (number + 1) / seconds


def _key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    private = generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
