"""Reading and writing référentiels: time and memory must grow with their size, and no faster.

Each figure comes from a process of its own, forked with the référentiel in it, so that its peak memory is
its own too.
"""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Table
from exporters import registry
from exporters.base import ExportOptions
from lti_app.config_files import config_dir
from referential import case_json, moodle_csv
from referential.library import load_named, load_named_scale
from referential.model import Referential
from referential.overlay import Overlay, load_overlay
from referential.scale import Scale
from referential.text import parse_text

BTS_SIO = 227
SIZES = (BTS_SIO, 1_000, 10_000, 100_000)
RUNS = 3
FORMATS = (
    "moodle-framework",
    "moodle-outcomes",
    "moodle-backup",
    "lpimportrdf",
    "referentiel-xml",
    "case",
    "canvas-outcomes",
    "mahara-matrix",
    "csv",
    "xlsx",
    "html",
)
READERS = ("text", "moodle-csv", "case-json")
SOURCES = {"moodle-csv": "moodle-framework", "case-json": "case"}


def run() -> Table:
    jobs = [f"read {name}" for name in READERS] + [f"write {name}" for name in FORMATS]
    found = {size: measured(size, jobs) for size in SIZES}
    rows = [
        (
            job,
            *(f"{found[size][job][0] * 1000:,.0f} ms" for size in SIZES),
            f"{found[100_000][job][0] / found[1_000][job][0]:.0f}",
            *(f"{found[size][job][1]:,.0f} MB" for size in (1_000, 100_000)),
        )
        for job in jobs
    ]
    return Table(
        name="export",
        title="Reading and writing référentiels",
        notes=(
            f"Processor time, median of {RUNS} runs, each in a process of its own, for BTS SIO (227 nodes) and generated ones. "
            "Memory is the process's peak above what the tree itself takes. Goal: 100k/1k at most 120."
        ),
        columns=(
            "what",
            *(f"{size:,} nodes" for size in SIZES),
            "100k / 1k",
            "memory 1k",
            "memory 100k",
        ),
        rows=rows,
    )


def measured(size: int, jobs: list[str]) -> dict[str, tuple[float, float]]:
    """Median seconds and megabytes of each job."""
    command = [sys.executable, "-m", "benchmarks.export", str(size), *jobs]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    runs: dict[str, list[list[float]]] = {job: [] for job in jobs}
    for job, *figures in map(json.loads, lines):
        runs[job].append(figures)
    return {
        job: (statistics.median(r[0] for r in of), statistics.median(r[1] for r in of))
        for job, of in runs.items()
    }


class Nowhere(io.RawIOBase):
    """Takes what is written and keeps nothing, as a pipe would."""

    def __init__(self) -> None:
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        size = len(memoryview(data))  # type: ignore[arg-type]
        self.length += size
        return size


def text_of(size: int) -> str:
    """A référentiel's text of about that many nodes: 10 D a P, 10 A a D, 4 C an A."""
    lines: list[str] = []
    count = process = 0
    while True:
        process += 1
        lines.append(f"P{process} Processus {process}")
        count += 1
        for domain in range(1, 11):
            lines.append(f"D{process}.{domain} Domaine {domain} du processus {process}")
            count += 1
            for activity in range(1, 11):
                lines.append(f"A{process}.{domain}.{activity:02} Activité {activity} du domaine")
                count += 1
                for competence in range(1, 5):
                    lines.append(f"Mener la tâche {competence} de l’activité {count}")
                    count += 1
                if count >= size:
                    return "\n".join(lines) + "\n"


def measure_all(size: int, jobs: list[str]) -> None:
    """Makes the référentiel once, and forks for each run of each job; prints a line for each."""
    config = config_dir()
    overlay = load_overlay(config / "referentials" / "bts-sio.toml").without_repairs()
    scale = load_named_scale(config, "bts-sio-4")
    if size == BTS_SIO:
        tree = load_named(config, "bts-sio")
        text = Path(config / "referentials" / "bts-sio.txt").read_bytes()
    else:
        text = text_of(size).encode()
        found = parse_text(text, overlay, "generated").referential
        assert found is not None
        tree = found
    gc.freeze()  # else a collection in a fork copies the tree's pages
    for _ in range(RUNS):
        for job in jobs:
            process = os.fork()
            if not process:
                print(json.dumps([job, *run_one(job, tree, scale, text, overlay)]), flush=True)
                os._exit(0)
            if os.waitpid(process, 0)[1]:
                raise RuntimeError(f"{job} of {size:,} nodes failed")


def run_one(
    job: str, tree: Referential, scale: Scale, text: bytes, overlay: Overlay
) -> tuple[float, float]:
    """Seconds of the processor, and megabytes beyond what the process had before."""
    options = ExportOptions(tool_url="https://tool.example/lti/launch")
    kind, name = job.split()
    source = text
    if kind == "read" and name != "text":
        source = registry.get(SOURCES[name]).render(tree, scale, options)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    if kind == "write":
        registry.get(name).write(tree, scale, options, Nowhere())  # type: ignore[arg-type]
    elif name == "text":
        parse_text(source, overlay, "generated")
    else:
        reader = {"moodle-csv": moodle_csv, "case-json": case_json}[name]
        assert reader.read(source).referential is not None
    seconds = time.process_time() - start
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


if __name__ == "__main__":
    measure_all(int(sys.argv[1]), sys.argv[2:])
