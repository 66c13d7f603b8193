"""How fast a launch is: this tool, a stock PyLTI1p3 tool, and the floor that no launch in Flask can pass.

Each tool runs in a process of its own; they launch in turn, so that the machine's drift strikes all alike.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.launch_platform import PEOPLE, Platform, serving
from benchmarks.launch_subject import Seconds
from benchmarks.report import Table

WARM_UP, ROUNDS, AT_A_TIME = 70, 500, 10
COLD_RUNS = 9
SLOW = 0.05  # seconds that Moodle takes to give its keys
CASES = (
    ("floor", "floor: two empty requests, a verification, a commit", 0.0),
    ("ours", "this tool", 0.0),
    ("logged", "this tool, writing its log", 0.0),
    ("stock-in-memory", "stock PyLTI1p3, keys in memory", 0.0),
    ("stock", "stock PyLTI1p3, keys fetched", 0.0),
    ("ours", "this tool, keys take 50 ms", SLOW),
    ("stock", "stock PyLTI1p3, keys take 50 ms", SLOW),
)
_nonces = (f"nonce-{number}" for number in itertools.count())


@dataclass
class Subject:
    """A tool that waits to be launched. ``warm`` and ``cold`` are what its launches took."""

    label: str
    platform: Platform
    process: subprocess.Popen[str]
    warm: list[Seconds] = field(default_factory=list)
    cold: list[Seconds] = field(default_factory=list)
    memory: int = 0
    fetches: int = 0

    def launch(self, person: int) -> Seconds:
        """What the tool took for one launch."""
        login = self._tell({"login": self.platform.login_form(person)})
        nonce = login["nonce"] or next(_nonces)
        token = self.platform.token(person, nonce)
        done = self._tell({"launch": {"id_token": token, "state": login["state"]}})
        self.memory = done["memory"]
        pairs = zip(login["taken"], done["taken"], strict=True)
        return Seconds(*(first + second for first, second in pairs))

    def _tell(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


def run() -> Table:
    with ExitStack() as stack:
        subjects = []
        for name, label, delay in CASES:
            platform = stack.enter_context(serving(delay))
            cold = [_cold(name, platform) for _ in range(COLD_RUNS)]
            subject = stack.enter_context(_started(name, label, platform))
            subject.cold = cold
            subjects.append(subject)
        people = itertools.cycle(PEOPLE)
        for person in itertools.islice(people, WARM_UP):
            for subject in subjects:
                subject.launch(person)
        for subject in subjects:
            subject.platform.fetches = 0
        for _ in range(ROUNDS // AT_A_TIME):
            some = list(itertools.islice(people, AT_A_TIME))
            for subject in random.sample(subjects, len(subjects)):
                subject.warm += [subject.launch(person) for person in some]
        for subject in subjects:
            subject.fetches = subject.platform.fetches
    floor = _processor(subjects[0])
    return Table(
        name="launch",
        title="Launches",
        notes=(
            "A launch is two requests: login initiation in a frame, and the signed message of about 4 kB. "
            f"{ROUNDS} warm launches of {len(PEOPLE)} people by each tool, {AT_A_TIME} at a time in an order drawn anew each time, each tool in a "
            "process of its own, on SQLite; cold is the first launch of a new process with an empty database, "
            f"{COLD_RUNS} times. Only the row that says so writes a log. Launches a second and the comparison with the floor are of processor time "
            "(medians), p50 and p95 are of the clock on the wall. Goals: warm, no call to the platform and at "
            "most 1.5 times the floor; faster than the stock tool with its keys in memory; over ten times "
            "faster than it when the keys take 50 ms, as Moodle’s do."
        ),
        columns=(
            "tool",
            "launches/s a core",
            "against floor",
            "p50",
            "p95",
            "cold p50",
            "cold p95",
            "key fetches a launch",
            "memory",
        ),
        rows=[_row(subject, floor) for subject in subjects],
    )


def _row(subject: Subject, floor: float) -> tuple[str, ...]:
    warm, cold = ([one.wall for one in taken] for taken in (subject.warm, subject.cold))
    processor = _processor(subject)
    return (
        subject.label,
        f"{1 / processor:.0f}",
        f"{processor / floor:.2f}",
        _ms(statistics.median(warm)),
        _ms(_percentile(warm, 95)),
        _ms(statistics.median(cold)),
        _ms(_percentile(cold, 95)),
        f"{subject.fetches / ROUNDS:g}",
        f"{subject.memory / 2**20:.0f} MiB",
    )


def _processor(subject: Subject) -> float:
    return statistics.median(one.processor for one in subject.warm)


def _cold(name: str, platform: Platform) -> Seconds:
    with _started(name, "", platform) as subject:
        return subject.launch(PEOPLE[0])


@contextmanager
def _started(name: str, label: str, platform: Platform) -> Iterator[Subject]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.launch_subject", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(platform.about()) + "\n")
    process.stdin.flush()
    if process.stdout.readline() != "ready\n":
        raise RuntimeError(f"{name} did not start")
    try:
        yield Subject(label, platform, process)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
