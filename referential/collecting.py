"""Building a big tree without the garbage collector walking over it again and again.

Nothing that readers make refers in circles, so there is nothing to collect meanwhile; each pass over the
hundred thousands of objects made so far only costs time, half of it for a large file
(https://docs.python.org/3/library/gc.html).
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_paused = 0
_was_enabled = False


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keeps the cyclic collector off inside the block; blocks may overlap, also between threads."""
    global _paused, _was_enabled  # noqa: PLW0603 - the collector is the process's too
    with _lock:
        if not _paused:
            _was_enabled = gc.isenabled()
            gc.disable()
        _paused += 1
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if not _paused and _was_enabled:
                gc.enable()
