"""The hottest statements take nothing away from all others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import text

from lti_app.models.prepared import Prepared
from lti_app.models.store import Store

ONE = Prepared(text("SELECT 1"))
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
