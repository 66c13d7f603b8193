"""How long a command takes to start: an export must not load the web stack."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Table

RUNS = 9
BIN = Path(sys.executable).parent
COMMANDS = {
    "`flask --version`": [str(BIN / "flask"), "--version"],
    "`competences export moodle-framework`": [
        str(BIN / "competences"),
        "export",
        "moodle-framework",
    ],
    "`python -c pass`": [sys.executable, "-c", "pass"],
}


def run() -> Table:
    """The commands in turn, A B C A B C, so that the machine's drift strikes all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(found[1:]) for name, found in seconds.items()}
    peer = medians["`flask --version`"]
    return Table(
        name="start",
        title="Starting a command",
        notes=f"Median of {RUNS} whole processes, run in turn. Goal: at most 1.5 times `flask --version`.",
        columns=("command", "median", "against flask"),
        rows=[(name, f"{m * 1000:.0f} ms", f"{m / peer:.2f}") for name, m in medians.items()],
    )
