"""The queue that wakes workers: Huey on SQLite by default, on PostgreSQL or Redis by one setting.

Tasks carry no data but a row's number: they say « look at the database ». A worker looks by itself every
few seconds anyway (services.worker), so a lost task, or a queue that is down, costs seconds and nothing
else; whoever asks is never kept waiting for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huey import PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from redis import ConnectionPool

from lti_app import logs
from lti_app.services.wiring import Wiring
from lti_app.services.worker import Worker
from lti_app.settings import Settings

NAME = "competences"
CONNECT_TIMEOUT = 3  # seconds
ANSWER_TIMEOUT = 5  # seconds; a worker's own look at Redis lasts one


@dataclass(frozen=True, slots=True)
class Queue:
    """``wake`` asks a worker to send what is due; ``refresh_roster`` to read a course's class list;
    ``read_back`` to read an activity's columns; ``push`` to push the référentiels that wait for it into
    their Moodles; ``exchange`` to exchange ratings with them."""

    huey: Huey
    wake: Callable[[], None]
    refresh_roster: Callable[[int], None]
    read_back: Callable[[int], None]
    push: Callable[[], None]
    exchange: Callable[[], None]


def open_huey(settings: Settings) -> Huey:
    """The queue that the settings name."""
    url = settings.queue_url
    if url.startswith(("redis://", "rediss://")):
        pool = ConnectionPool.from_url(
            url, socket_connect_timeout=CONNECT_TIMEOUT, socket_timeout=ANSWER_TIMEOUT
        )
        return RedisHuey(NAME, connection_pool=pool)
    if url.startswith("postgresql://"):
        return PostgresHuey(NAME, dsn=url, connect_timeout=CONNECT_TIMEOUT)
    path = url.removeprefix("sqlite:///") or str(settings.data_dir / "queue.sqlite3")
    return SqliteHuey(NAME, filename=path)


def attach(huey: Huey, worker: Worker | None = None) -> Queue:
    """Registers the tasks on that queue. Only the process that consumes it has a ``worker``."""

    def work() -> Worker:
        if worker is None:
            raise RuntimeError("this process puts tasks on the queue and takes none")
        return worker

    def task(name: str, act: Callable[..., None]) -> Callable[..., None]:
        registered = huey.task(name=name)(act)
        return lambda *args: _enqueue(registered, *args)

    huey.periodic_task(crontab(hour="3", minute="17"), name="rotate_old_key")(
        lambda: work().rotate_old_key()
    )
    return Queue(
        huey,
        wake=task("send_grades", lambda: work().send()),
        refresh_roster=task("refresh_roster", lambda course_id: work().read_roster(course_id)),
        read_back=task("read_back", lambda link_id: work().read_back(link_id)),
        push=task("push_to_moodle", lambda: work().push()),
        exchange=task("exchange_ratings", lambda: work().exchange()),
    )


def wake_push(parts: Wiring) -> None:
    """Asks a worker to make the pushes that wait; should this get lost, it looks each minute anyway."""
    attach(open_huey(parts.settings)).push()


def wake_exchange(parts: Wiring) -> None:
    """Asks a worker for the exchanges that teachers want; it looks each minute anyway."""
    attach(open_huey(parts.settings)).exchange()


def _enqueue(task: Callable, *args: object) -> None:
    """Puts a task on the queue. What it is about stands in the database already, so a queue that cannot
    be reached is no reason to tell anybody that something failed."""
    try:
        task(*args)
    except Exception as error:  # each storage raises its own driver's
        logs.event("queue not reached", why=type(error).__name__)
