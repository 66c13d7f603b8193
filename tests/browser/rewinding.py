"""One demo for many tests: its databases go back to how they were, while it runs.

A server, a worker and a class list read anew for each test would take longer than the tests.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from lti_app.demo.run import Running
from lti_app.models import GradeSync, SyncState

CALM = 5.0  # seconds that the worker is given to end what a test left


class Rewinding:
    """The databases in a demo's folder, as they were when ``keep`` was called."""

    def __init__(self, site: Running, folder: Path) -> None:
        self.site = site
        self._live = [folder / "competences.sqlite3", folder / "lms.sqlite3"]
        self._kept = folder / "kept"

    def keep(self, name: str) -> None:
        """Keeps what there is now, under that name."""
        self._calm()
        folder = self._kept / name
        folder.mkdir(parents=True)
        for live in self._live:
            copy = sqlite3.connect(folder / live.name)
            with closing(sqlite3.connect(live)) as source, closing(copy):
                source.backup(copy)

    def back(self, name: str) -> None:
        """Puts every row back; the schema stays."""
        self._calm()
        for live in self._live:
            with closing(sqlite3.connect(live, timeout=30, isolation_level=None)) as db:
                db.execute("attach database ? as kept", [str(self._kept / name / live.name)])
                found = db.execute("select name from kept.sqlite_master where type = 'table'")
                tables = [table for (table,) in found]
                db.execute("pragma foreign_keys = off")
                db.execute("begin immediate")
                for table in tables:
                    db.execute(f'delete from main."{table}"')
                    db.execute(f'insert into main."{table}" select * from kept."{table}"')
                db.execute("commit")

    def _calm(self) -> None:
        waiting = select(GradeSync.id).where(GradeSync.state == SyncState.WAITING.value).limit(1)
        until = time.monotonic() + CALM
        while time.monotonic() < until:
            with self.site.parts.store.read() as session:
                if session.scalar(waiting) is None:
                    return
            time.sleep(0.02)
