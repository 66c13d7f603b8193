"""A lane's holder that is dead for certain is not waited for."""

from __future__ import annotations

import os
import socket
import subprocess

import pytest

from lti_app.services.sync import lease
from lti_app.services.wiring import Wiring
from tests.factories import School

HERE, ALIVE, LIFE = socket.gethostname(), os.getppid(), "0123456789ab"


@pytest.fixture(scope="module")
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def successor(parts: Wiring, present: str) -> bool:
    """Whether the lane that ``present`` holds can be taken at once."""
    now = parts.clock()
    with parts.store.write() as session:
        assert lease.take(session, 1, present, now) is not None
    with parts.store.write() as session:
        return lease.take(session, 1, lease.own_name(), now) is not None


def test_a_process_of_this_machine_that_is_gone(school: School, gone: int) -> None:
    assert successor(school.parts, f"{HERE}:{gone}:{LIFE}:0") is True


def test_our_own_number_in_an_earlier_life(school: School) -> None:
    """A container starts again with the same process numbers."""
    assert successor(school.parts, f"{HERE}:{os.getpid()}:{LIFE}:0") is True


@pytest.mark.parametrize(
    "present",
    [
        pytest.param(f"{HERE}:{ALIVE}:{LIFE}:0", id="another process that lives"),
        pytest.param(f"{HERE}:{os.getpid()}:{lease.LIFE}:999", id="another holder in this process"),
        pytest.param(f"elsewhere:999999999:{LIFE}:0", id="another machine"),
        pytest.param("by hand", id="a name we do not know"),
    ],
)
def test_whoever_may_live_is_waited_for(school: School, present: str) -> None:
    assert successor(school.parts, present) is False
