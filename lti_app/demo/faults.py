"""Bad days on purpose, and a record of the service calls.

A fault strikes the next calls of the token endpoint and of the services (AGS, NRPS), and
is used up. What each kind does:

* « status »: answers `status` (500, 503, 429 with `retry_after`…) without doing anything
* « garbage »: answers 200 with a body that is not JSON
* « close »: closes the connection without an answer, having done nothing
* « lost »: does what was asked, then closes the connection: the answer is lost
* « slow »: waits `delay` seconds, then answers as usual
* « duplicate »: does what was asked twice and gives the second answer, as a proxy that
  sends a request again
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from werkzeug.http import http_date
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Kind = Literal["status", "garbage", "close", "lost", "slow", "duplicate"]
SERVICE_PATHS = ("/mod/lti/token.php", "/mod/lti/services.php")


@dataclass(frozen=True)
class Call:
    """One service call: what was asked and answered. `status` None means no answer went out.

    `path` holds the query too; `at` is unix time at arrival; `body` is the request's.
    """

    method: str
    path: str
    status: int | None
    at: float
    body: str


@dataclass
class _Fault:
    kind: Kind
    times: int
    method: str
    path: str
    status: int
    retry_after: str | None
    delay: float

    def strikes(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in ("", method) and self.path in path


class Faults:
    """The faults waiting to strike, and the calls answered so far. Safe from many threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[_Fault] = []
        self._calls: list[Call] = []

    def add(
        self,
        kind: Kind,
        *,
        times: int = 1,
        method: str = "",
        path: str = "",
        status: int = 500,
        retry_after: str | None = None,
        delay: float = 1.0,
    ) -> None:
        """The next `times` calls (of this method, whose path holds this text) go wrong so.

        `retry_after` is the header as sent: seconds or an HTTP date; `delay` is in seconds.
        """
        fault = _Fault(kind, times, method, path, status, retry_after, delay)
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Takes back every fault that has not struck."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> int:
        """How many calls are still to go wrong."""
        with self._lock:
            return sum(fault.times for fault in self._waiting)

    @property
    def calls(self) -> list[Call]:
        """The calls so far, oldest first."""
        with self._lock:
            return list(self._calls)

    def forget_calls(self) -> None:
        """Empties the record."""
        with self._lock:
            self._calls.clear()

    def _next(self, method: str, path: str) -> _Fault | None:
        with self._lock:
            for fault in self._waiting:
                if fault.strikes(method, path):
                    fault.times -= 1
                    self._waiting = [other for other in self._waiting if other.times > 0]
                    return fault
        return None

    def _note(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def wrap(self, app: WSGIApplication) -> WSGIApplication:
        """The WSGI application with faults and record around its service addresses."""

        def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if not path.startswith(SERVICE_PATHS):
                return app(environ, start_response)
            return self._answer(app, environ, start_response)

        return wrapped

    def _answer(
        self, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
        path = environ["PATH_INFO"] + (f"?{query}" if query else "")
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size) if size else b""
        arrived = time.time()
        fault = self._next(method, path)

        def note(status: int | None) -> None:
            text = body.decode("utf-8", "replace")
            self._note(Call(method, path, status, arrived, text))

        def run() -> tuple[bytes, str, list[tuple[str, str]]]:
            environ["wsgi.input"] = io.BytesIO(body)
            chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
            return b"".join(chunks), status, list(headers)

        kind = fault.kind if fault else None
        if fault and kind == "slow":
            time.sleep(fault.delay)
        if kind in ("close", "lost"):
            if kind == "lost":
                run()
            note(None)
            _hang_up(environ)
        if fault and kind == "status":
            reason = "Fault"
            content, status, headers = (
                b"",
                f"{fault.status} {reason}",
                [("Content-Type", "text/html; charset=utf-8")],
            )
            if fault.retry_after is not None:
                headers.append(("Retry-After", fault.retry_after))
        elif kind == "garbage":
            content, status, headers = (
                b"<html>\x00\xff {",
                "200 OK",
                [("Content-Type", "text/html; charset=utf-8")],
            )
        else:
            if kind == "duplicate":
                run()
            content, status, headers = run()
        note(int(status.split(" ", 1)[0]))
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        if not any(name.lower() == "date" for name, _value in headers):
            headers.append(("Date", http_date(self._clock())))
        start_response(status, [*headers, ("Content-Length", str(len(content)))])
        return [content]


def _hang_up(environ: WSGIEnvironment) -> None:
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("the embedded LMS hung up on purpose")
