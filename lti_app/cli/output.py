"""A file made whole or not at all."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

IN_MEMORY = 8_000_000
"""Bytes of an export kept in memory before it is sent to standard output."""


def to_standard_output(write: Callable[[BinaryIO], None]) -> None:
    """Sends the whole file, or nothing if it cannot be made."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
        write(cast(BinaryIO, made))
        made.seek(0)
        shutil.copyfileobj(made, sys.stdout.buffer)


def to_file(write: Callable[[BinaryIO], None], path: Path) -> None:
    """Makes the file beside ``path`` and moves it there when it is whole.

    A link is followed; what is no regular file (``/dev/null``, a pipe) is written directly.
    Raises ``OSError``; ``path`` is then as it was.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as out:
            write(out)
        return
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        Path(partial).chmod(mode)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
