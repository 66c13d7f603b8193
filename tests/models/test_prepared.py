"""The hottest statements take nothing away from all others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import text

from lti_app.models.prepared import Prepared
from lti_app.models.store import Store

ONE = Prepared(text("SELECT 1"))
SYNCHRONOUS = Prepared(text("PRAGMA synchronous"))
NORMAL, FULL = 1, 2
THREADS = 40  # more than a pool lends


def test_threads_that_keep_a_connection_leave_the_pool_to_others(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    met = Barrier(THREADS, timeout=30)

    def work() -> int:
        with store.drivers.driving() as driver:
            assert driver.first(ONE, {}) == (1,)
        met.wait()  # all of them keep theirs now
        with store.read() as session:
            return session.execute(text("SELECT 2")).scalar_one()

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(lambda _number: work(), range(THREADS)))
    store.dispose()
    assert found == [2] * THREADS


def test_only_a_launch_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """Nobody can be asked to give their assessments again after a power cut; to launch again, they can."""
    store = Store(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    with store.drivers.driving() as driver:
        assert driver.first(SYNCHRONOUS, {}) == (NORMAL,)
    for open_session in (store.write, store.read):
        with open_session() as session:
            assert session.execute(text("PRAGMA synchronous")).scalar_one() == FULL
    store.dispose()
