"""Reading and writing référentiels: time and memory must grow with their size, and no faster.

Each figure comes from a process of its own, so that its peak memory is its own too.
"""

from __future__ import annotations

import io
import json
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
from referential.overlay import load_overlay
from referential.text import parse_text

SIZES = (227, 1_000, 10_000, 100_000)
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


def run() -> Table:
    rows = []
    for job in [f"read {name}" for name in READERS] + [f"write {name}" for name in FORMATS]:
        found = {size: measure(job, size) for size in SIZES}
        seconds = {size: one[0] for size, one in found.items()}
        rows.append(
            (
                job,
                *(f"{seconds[size] * 1000:,.0f} ms" for size in SIZES),
                f"{seconds[100_000] / seconds[1_000]:.0f}",
                *(f"{found[size][1]:,.0f} MB" for size in (1_000, 100_000)),
            )
        )
    return Table(
        name="export",
        title="Reading and writing référentiels",
        notes=(
            f"Processor time, median of {RUNS} runs, each in a fresh process, for BTS SIO (227 nodes) and generated ones. "
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


def measure(job: str, size: int) -> tuple[float, float]:
    """Median seconds and megabytes."""
    runs = []
    for _ in range(RUNS):
        command = [sys.executable, "-m", "benchmarks.export", job, str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout))
    return statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs)


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


def child(job: str, size: int) -> tuple[float, float]:
    config = config_dir()
    overlay = load_overlay(config / "referentials" / "bts-sio.toml").without_repairs()
    scale = load_named_scale(config, "bts-sio-4")
    text = text_of(size).encode()
    options = ExportOptions(tool_url="https://tool.example/lti/launch")
    if size == 227:
        tree = load_named(config, "bts-sio")
        text = Path(config / "referentials" / "bts-sio.txt").read_bytes()
    else:
        found = parse_text(text, overlay, "generated").referential
        assert found is not None
        tree = found
    kind, name = job.split()
    sources = {"text": text}
    if kind == "read" and name != "text":
        of = {"moodle-csv": "moodle-framework", "case-json": "case"}[name]
        sources[name] = registry.get(of).render(tree, scale, options)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    if kind == "write":
        registry.get(name).write(tree, scale, options, Nowhere())  # type: ignore[arg-type]
    elif name == "text":
        parse_text(text, overlay, "generated")
    else:
        reader = {"moodle-csv": moodle_csv, "case-json": case_json}[name]
        assert reader.read(sources[name]).referential is not None
    seconds = time.process_time() - start
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


if __name__ == "__main__":
    print(json.dumps(child(sys.argv[1], int(sys.argv[2]))))
