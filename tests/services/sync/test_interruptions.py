"""A platform that breaks off while it is called many times at once: one silence, and one request to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lti_app.services.grades import grade_sync
from lti_app.services.platforms.circuit import FIRST_PAUSE
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.services.sync.schools import PUPILS, School, schools

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answer = tuple[str, dict[str, str]]
"""A status and headers, in the place of the platform's own."""


def want_both(parts: Wiring, school: School, clock: Clock) -> None:
    """Seventy grades: both columns of everybody."""
    with parts.store.write() as session:
        for column in (school.own, school.made):
            for sub in PUPILS:
                school.want(session, column, sub, 12, clock())


def intercept(school: School, at: Callable[[int], Answer | None]) -> list[float]:
    """Asks ``at`` about each score, by its number from 1; when each came."""
    inner, lock, came = school.lms.wsgi_app, threading.Lock(), []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "/scores" not in environ["PATH_INFO"]:
            return inner(environ, start_response)
        with lock:
            came.append(time.monotonic())
            number = len(came)
        if (answer := at(number)) is not None:
            start_response(answer[0], [("Content-Length", "0"), *answer[1].items()])
            return [b""]
        time.sleep(0.1)
        return inner(environ, start_response)

    school.lms.wsgi_app = app  # type: ignore[method-assign, assignment]
    return came


def test_all_calls_under_way_broken_off_at_once_pause_as_one_silence(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    with schools(parts.store, tool_url, clock) as (school,):
        want_both(parts, school, clock)
        down = threading.Event()

        def at(number: int) -> Answer | None:
            if number <= 20:
                return None
            down.wait(3)
            return "503 Service Unavailable", {}

        came = intercept(school, at)
        threading.Timer(1.5, down.set).start()
        grade_sync.run_due(parts)
        assert len(came) > 24, "several were under way"
        until = parts.circuits.open_until(school.platform_id)
        assert until is not None
        assert (until - clock()).total_seconds() <= 1.1 * FIRST_PAUSE


def test_retry_after_is_obeyed_while_other_calls_are_answered(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    with schools(parts.store, tool_url, clock) as (school,):
        want_both(parts, school, clock)
        said: list[float] = []

        def at(number: int) -> Answer | None:
            if number != 25:
                return None
            said.append(time.monotonic())
            return "429 Too Many Requests", {"Retry-After": "300"}

        came = intercept(school, at)
        grade_sync.run_due(parts)
        assert [moment for moment in came if moment > said[0] + 0.3] == []
        until = parts.circuits.open_until(school.platform_id)
        assert until is not None
        assert 299 <= (until - clock()).total_seconds() <= 302
