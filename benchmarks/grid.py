"""The class grid at its largest, 60 students × 153 competences, in Chromium and on the server.

A database is filled, the product's own server (gunicorn) serves it, Chromium opens the page as a teacher with a
valid launch. Key to paint is what the browser itself tells of each key event: from its time to the next paint
after its handlers (Event Timing, https://www.w3.org/TR/event-timing/, in steps of 8 ms).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import event

from benchmarks.report import Table
from lti_app.app import create_app, wire
from lti_app.models import Assessment, Membership, User, migrate
from lti_app.services.classes import assessing, classroom
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings
from tests.factories import School

STUDENTS = 60
SHARE = 0.8  # of the cells are assessed
KEYS = 200
SERVER_RUNS = 40
SECRET = "a secret for benchmarks, long enough"
CHROMIUM = os.environ.get("COMPETENCES_TEST_CHROMIUM") or shutil.which("chromium") or ""
NOT_TOLD = 16  # ms: quicker events than this are not told
WATCH = f"""() => {{
    window.keyTimes = [];
    new PerformanceObserver((list) => {{
        for (const entry of list.getEntries())
            if (entry.name === "keydown") window.keyTimes.push(entry.duration);
    }}).observe({{ type: "event", durationThreshold: {NOT_TOLD} }});
}}"""
FRAMES = (
    "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
)
PAINTED = """() => new Promise((resolve) => {
    const looked = () => {
        if (document.querySelectorAll("#grid tbody tr").length < 60) return requestAnimationFrame(looked);
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
    };
    looked();
})"""


@dataclass(frozen=True, slots=True)
class Ready:
    """A filled database, the address of the class page and the cookie that opens it."""

    settings: Settings
    parts: Wiring
    school: School
    path: str
    cookie: str


def run() -> Table:
    with tempfile.TemporaryDirectory(prefix="competences-bench-") as folder:
        port = _free_port()
        ready = _fill(Path(folder), port)
        whole, bare = _server(ready)
        with _serving(ready, port) as url:
            browser = _browser(url + ready.path, ready)
        kept = _kept(ready, browser.pop("before"))
        ready.parts.http.close()
        ready.parts.store.dispose()
    p50, p95 = (browser[name] for name in ("p50", "p95"))
    return Table(
        name="grid",
        title="The class grid, 60 × 153",
        notes=(
            f"{STUDENTS} students on 153 competences, {SHARE:.0%} of the cells assessed; all columns "
            f"unfolded. Chromium over gunicorn, an empty cache; {KEYS} keys typed one after the other, each "
            f"timed by the browser until the next paint (Event Timing, in steps of 8 ms; below {NOT_TOLD} ms "
            f"counts as {NOT_TOLD}). The server's time is processor time (SQLite runs in the process): the whole "
            f"request, against the very statements that it sends run bare on the same engine and the same "
            f"document serialised (medians of {SERVER_RUNS})."
        ),
        columns=("measure", "value", "goal"),
        rows=[
            ("first table painted", f"{browser['painted']:.0f} ms", ""),
            ("key to painted cell, median", f"{p50:.0f} ms", ""),
            ("key to painted cell, p95", f"{p95:.0f} ms", "< 50 ms"),
            (
                "page, data and own assets, compressed",
                f"{browser['bytes'] / 1000:.0f} kB",
                "< 150 kB",
            ),
            ("server, whole page", f"{whole * 1000:.0f} ms", ""),
            ("server, bare queries and serialisation", f"{bare * 1000:.0f} ms", ""),
            ("whole against bare", f"{whole / bare:.1f}", "≤ 3"),
            ("entries kept of those typed", f"{kept} of {KEYS}", f"{KEYS}"),
        ],
    )


def _fill(folder: Path, port: int) -> Ready:
    settings = Settings(
        public_url=f"http://localhost:{port}",
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'competences.sqlite3'}",
        queue_url="",
        secret_key=SECRET,
        lab=True,
        locale="fr",
    )
    parts = wire(settings)
    migrate.upgrade(parts.store.engine)
    parts.keys.signing()
    school = School.create(parts)
    chance = random.Random(60)
    with parts.store.write() as session:
        for number in range(STUDENTS - len(school.pupils)):
            user = User(
                platform_id=school.platform_id,
                sub=str(1000 + number),
                given_name=f"Prénom{number}",
                family_name=f"Nom-de-famille{number:02}",
            )
            session.add(user)
            session.flush()
            session.add(
                Membership(
                    course_id=school.course_id,
                    user_id=user.id,
                    launched_as="",
                    roster_role="learner",
                )
            )
            school.pupils.append(user.id)
    launch, _secret = school.launch()
    with parts.store.write() as session:
        codes = [node.code for node in classroom.framing_of(session, launch).competences]
        entries = [
            assessing.Entry(pupil, code, chance.randint(1, 4))
            for pupil in school.pupils
            for code in codes
            if chance.random() < SHARE
        ]
        assessing.record(session, launch, entries, parts.clock())
    launch, secret = school.launch()
    base = f"/s/{launch.session_id}"
    app = create_app(settings, parts)
    return Ready(settings, parts, school, base + "/class", _cookie(app, base, secret))


def _cookie(app: Flask, base: str, secret: str) -> str:
    with app.test_request_context(base + "/"):
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return str(serializer.dumps({"secret": secret}))


def _server(ready: Ready) -> tuple[float, float]:
    """Seconds of processor for the whole page through the WSGI application, and for its queries and JSON alone."""
    app = create_app(ready.settings, ready.parts)
    client = app.test_client()
    client.set_cookie("launch", ready.cookie, path=ready.path.rsplit("/", 1)[0] + "/")
    client.get(ready.path)
    with _statements(ready) as statements:
        page = client.get(ready.path)
    document = json.loads(page.text.split('id="class-data">', 1)[1].split("</script>", 1)[0])
    whole, bare = [], []
    for _ in range(SERVER_RUNS):
        begun = time.process_time()
        client.get(ready.path)
        whole.append(time.process_time() - begun)
        begun = time.process_time()
        with ready.parts.store.engine.connect() as connection:
            for statement, parameters in statements:
                connection.exec_driver_sql(statement, parameters).all()
        json.dumps(document)
        bare.append(time.process_time() - begun)
    return statistics.median(whole), statistics.median(bare)


@contextmanager
def _statements(ready: Ready) -> Iterator[list[tuple[str, Any]]]:
    """What the product asks the database meanwhile."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            heard.append((statement, parameters))

    event.listen(ready.parts.store.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(ready.parts.store.engine, "before_cursor_execute", hear)


@contextmanager
def _serving(ready: Ready, port: int) -> Iterator[str]:
    """The product's own server in a process of its own."""
    environment = os.environ | {
        "COMPETENCES_PUBLIC_URL": ready.settings.public_url,
        "COMPETENCES_DATA_DIR": str(ready.settings.data_dir),
        "COMPETENCES_DATABASE_URL": ready.settings.database_url,
        "COMPETENCES_SECRET_KEY": SECRET,
        "COMPETENCES_LAB": "1",
    }
    command = [
        str(Path(sys.executable).parent / "competences"),
        "serve",
        "--no-worker",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url + "/healthz").close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _browser(url: str, ready: Ready) -> dict[str, float]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
        cookie = {"name": "launch", "value": ready.cookie, "domain": "localhost", "path": "/"}
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        received = _count_bytes(page)
        page.goto(url, wait_until="commit")
        painted = page.evaluate(PAINTED)
        page.wait_for_load_state("networkidle")
        size = sum(received)
        page.locator("#show").select_option("")
        before = _newest(ready)
        page.evaluate(WATCH)
        page.locator("#grid tbody td.c").first.click()
        for number in range(KEYS):
            page.keyboard.press("1234"[(number + number // 4) % 4])
            page.evaluate(FRAMES)
        page.locator("#saving").get_by_text("Enregistré").wait_for()
        page.wait_for_timeout(1500)
        told = page.evaluate("window.keyTimes")
        times = sorted([NOT_TOLD] * (KEYS - len(told)) + told)
        shown = page.evaluate("[...document.querySelectorAll('#grid td.pending')].length")
        chromium.close()
    assert shown == 0, f"{shown} entries are still pending"
    return {
        "painted": painted,
        "bytes": size,
        "p50": statistics.median(times),
        "p95": times[int(len(times) * 0.95)],
        "before": before,
    }


def _count_bytes(page: Page) -> list[float]:
    """Bytes as they came over the wire, headers included; Bootstrap's own files are not ours."""
    received: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    foreign: set[str] = set()
    session.on(
        "Network.responseReceived",
        lambda event: "bootstrap" in event["response"]["url"] and foreign.add(event["requestId"]),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: (
            None if event["requestId"] in foreign else received.append(event["encodedDataLength"])
        ),
    )
    return received


def _newest(ready: Ready) -> int:
    with ready.parts.store.read() as session:
        return max(row.id for row in session.query(Assessment.id))


def _kept(ready: Ready, before: float) -> int:
    """How many of the typed entries are true now: each cell of the first rows says what was typed."""
    typed = ["1234"[(number + number // 4) % 4] for number in range(KEYS)]
    launch, _secret = ready.school.launch()
    with ready.parts.store.read() as session:
        view = classroom.class_view(session, launch)
        codes = [node.code for node in view.framing.competences]
        cells = [(row, code) for row in view.students for code in codes][:KEYS]
        return sum(
            row.levels.get(code) == int(key) for (row, code), key in zip(cells, typed, strict=True)
        )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
