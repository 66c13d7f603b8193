"""What goes to the log of a service: lines of JSON, and nothing of people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huey import SqliteHuey

from lti_app import logs


@pytest.fixture
def restored() -> Iterator[None]:
    """What a test configures is taken back: loggers stand in the whole process."""
    loggers = (logs.LOGGER, logs.QUEUE)
    before = [(one.handlers[:], one.level, one.propagate) for one in loggers]
    yield
    for one, (handlers, level, propagate) in zip(loggers, before, strict=True):
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)


@pytest.mark.usefixtures("restored")
def test_a_task_that_fails_is_a_line_without_its_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    huey = SqliteHuey("failing", filename=str(tmp_path / "queue.sqlite3"))
    row = ", ".join(("5", "Chloé", "D'Arc"))

    @huey.task(name="refresh_roster")
    def read() -> None:
        try:
            raise KeyError(row)
        except KeyError as error:
            raise ValueError(row) from error

    read()
    task = huey.dequeue()
    assert task is not None
    huey.execute(task)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told["level"] == "error"
    assert "raise ValueError(row)" in told["exception"]  # where it happened
    assert "raise KeyError(row)" in told["exception"]
    assert "Chloé" not in line
