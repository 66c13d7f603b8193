"""One tool of the launch table in a process of its own: told to log in and launch, it answers with the time.

A launch is the two requests that a browser makes: login initiation and the signed message. They go through the
WSGI application without a network; what the platform does in between is not counted.
"""

from __future__ import annotations

import contextlib
import html
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import EnvironBuilder

TOOL_URL = "http://localhost:9"
Wsgi = Callable[..., Any]


class Seconds(NamedTuple):
    """On the clock on the wall, and of the processor: the machine is shared, the second is steadier."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> Seconds:
        return cls(time.perf_counter(), time.thread_time())

    def since(self, begun: Seconds) -> Seconds:
        return Seconds(self.wall - begun.wall, self.processor - begun.processor)


class Browser:
    """A browser at one tool."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}

    def post(self, path: str, form: dict[str, str]) -> tuple[Seconds, str, dict[str, str], str]:
        """Time taken, status, headers and body."""
        headers = {
            "Sec-Fetch-Dest": "iframe",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        builder = EnvironBuilder(path, TOOL_URL, method="POST", data=form, headers=headers)
        environ = builder.get_environ()
        told: list[Any] = []
        begun = Seconds.now()
        answer = self.app(environ, lambda *args: told.extend(args[:2]))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        taken = Seconds.now().since(begun)
        for name, value in told[1]:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        return taken, told[0], dict(told[1]), body.decode()


def empty(platform: dict[str, Any]) -> Wsgi:
    """The floor: two empty Flask requests, one RS256 verification, one SQLite commit."""
    import jwt
    from flask import Flask, request

    app = Flask("floor")
    key = jwt.PyJWK(platform["jwks"]["keys"][0]).key
    database = sqlite3.connect(Path(tempfile.mkdtemp()) / "floor.sqlite3", isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = normal")
    database.execute("create table nonces (nonce text primary key)")

    @app.post("/lti/login")
    def login() -> str:
        return ""

    @app.post("/lti/launch")
    def launch() -> str:
        claims = jwt.decode(
            request.form["id_token"], key, algorithms=["RS256"], options={"verify_aud": False}
        )
        database.execute("begin immediate")
        database.execute("insert into nonces values (?)", (claims["nonce"],))
        database.execute("commit")
        return ""

    return app


def logged(platform: dict[str, Any]) -> Wsgi:
    """The product that also writes its log, two lines a launch, into a file."""
    from lti_app import logs

    with contextlib.redirect_stderr((Path(tempfile.mkdtemp()) / "log.jsonl").open("w")):
        logs.configure()  # keeps the file
    return ours(platform)


def ours(platform: dict[str, Any]) -> Wsgi:
    """The product on SQLite, with the platform registered, as its server runs it, but for the log: the others write
    none either."""
    from lti_app.app import create_app, wire
    from lti_app.cli.serve import collect_less
    from lti_app.models import migrate
    from lti_app.services.platforms import registered as platforms
    from lti_app.settings import Settings, from_environment

    folder = Path(tempfile.mkdtemp())
    settings: Settings = from_environment(
        {
            "COMPETENCES_PUBLIC_URL": TOOL_URL,
            "COMPETENCES_DATA_DIR": str(folder),
            "COMPETENCES_LAB": "1",
        }
    )
    parts = wire(settings)
    migrate.upgrade(parts.store.engine)
    with parts.store.write() as session:
        new = platforms.NewPlatform.moodle(
            platform["url"], platform["client_id"], [platform["deployment_id"]]
        )
        platforms.add(session, new, parts.clock(), lab=True)
    app = create_app(settings, parts)
    collect_less()
    return app


def stock(platform: dict[str, Any]) -> Wsgi:
    """PyLTI1p3 alone, fetching the platform's keys."""
    from benchmarks.stock_tool import create

    return create(platform, None)


def stock_in_memory(platform: dict[str, Any]) -> Wsgi:
    """PyLTI1p3 alone, the platform's keys in memory."""
    from benchmarks.stock_tool import create

    return create(platform, platform["jwks"])


SUBJECTS: dict[str, Callable[[dict[str, Any]], Wsgi]] = {
    "floor": empty,
    "ours": ours,
    "logged": logged,
    "stock": stock,
    "stock-in-memory": stock_in_memory,
}


def memory() -> int:
    """Resident bytes of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def address(location: str, body: str) -> str:
    """Where the login sends the browser: the header, or the address in our page."""
    return location or html.unescape(body.split('data-next="', 1)[1].split('"', 1)[0])


def main(name: str) -> None:
    platform = json.loads(sys.stdin.readline())
    browser = Browser(SUBJECTS[name](platform))
    print("ready", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        answer: dict[str, Any] = {}
        if "login" in told:
            browser.cookies.clear()
            taken, status, headers, body = browser.post("/lti/login", told["login"])
            query: dict[str, list[str]] = {}
            if name != "floor":
                query = parse_qs(urlsplit(address(headers.get("Location", ""), body)).query)
            answer = {"state": query.get("state", [""])[0], "nonce": query.get("nonce", [""])[0]}
        else:
            taken, status, _headers, body = browser.post("/lti/launch", told["launch"])
        if status[:3] not in ("200", "302", "303"):
            raise RuntimeError(f"{name}: {status}: {body[:500]}")
        print(json.dumps(answer | {"taken": taken, "memory": memory()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
