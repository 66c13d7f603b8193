"""The queue that wakes workers: Huey on SQLite by default, on PostgreSQL or Redis by one setting.

Tasks carry no data: they say « look at the database ». A lost one costs at most a minute, since the same
look happens every minute anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from huey import PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.api import Huey

from lti_app.services import columns, grade_sync, roster
from lti_app.services.moodle import pushes
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings

NAME = "competences"
KEY_AGE = timedelta(days=180)  # the signing key is changed when it is older


@dataclass(frozen=True, slots=True)
class Queue:
    """``wake`` asks a worker to send what is due; ``refresh_roster`` to read a course's class list;
    ``push`` to push the référentiels that wait for it into their Moodles."""

    huey: Huey
    wake: Callable[[], None]
    refresh_roster: Callable[[int], None]
    push: Callable[[], None]


def open_huey(settings: Settings) -> Huey:
    """The queue that the settings name."""
    url = settings.queue_url
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey(NAME, url=url)
    if url.startswith("postgresql://"):
        return PostgresHuey(NAME, dsn=url)
    path = url.removeprefix("sqlite:///") or str(settings.data_dir / "queue.sqlite3")
    return SqliteHuey(NAME, filename=path)


def attach(huey: Huey, parts: Callable[[], Wiring]) -> Queue:
    """Registers the tasks on that queue; ``parts`` is called by a worker only."""

    def sync() -> None:
        columns.ensure(parts())
        grade_sync.run_due(parts())

    def rotate_old_key() -> None:
        parts().keys.rotate_if_older(KEY_AGE)

    def read_roster(course_id: int) -> None:
        roster.refresh_if_old(parts(), course_id)

    def push() -> None:
        """In a thread of its own: a push takes long, and grades must not wait for it."""
        if pushes.due(parts()):
            threading.Thread(target=pushes.run_due, args=(parts(),), daemon=True).start()

    task = huey.task(name="sync_grades")(sync)
    huey.periodic_task(crontab(minute="*"), name="sync_grades_each_minute")(sync)
    huey.periodic_task(crontab(hour="3", minute="17"), name="rotate_old_key")(rotate_old_key)
    roster_task = huey.task(name="refresh_roster")(read_roster)
    push_task = huey.task(name="push_to_moodle")(push)
    huey.periodic_task(crontab(minute="*"), name="push_to_moodle_each_minute")(push)
    return Queue(
        huey,
        lambda: _enqueue(task),
        lambda course_id: _enqueue(roster_task, course_id),
        lambda: _enqueue(push_task),
    )


def wake_push(parts: Wiring) -> None:
    """Asks a worker to make the pushes that wait; should this get lost, it looks each minute anyway."""
    attach(open_huey(parts.settings), lambda: parts).push()


def _enqueue(task: Callable, *args: object) -> None:
    task(*args)
