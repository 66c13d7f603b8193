"""A table, as Markdown, and its place in ``docs/benchmarks.md``."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

The last run of each table of `make bench`. These machines are shared and noisy: read medians and ratios,
not single times.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is its command-line name, ``notes`` what was measured and how, in a few sentences."""

    name: str
    title: str
    notes: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [
            f"## {self.title}",
            "",
            self.notes,
            "",
            f"{machine()}, {datetime.now(UTC):%Y-%m-%d}.",
            "",
            "| " + " | ".join(self.columns) + " |",
            "|" + " --- |" * len(self.columns),
        ]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(lines)


def keep(table: Table) -> None:
    """Writes the table into the page, in the place of its former run."""
    text = PAGE.read_text() if PAGE.exists() else HEAD
    begin, end = f"<!-- {table.name} -->", f"<!-- /{table.name} -->"
    block = f"{begin}\n{table.markdown()}\n{end}"
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    text = place.sub(lambda _m: block, text) if begin in text else f"{text.rstrip()}\n\n{block}\n"
    PAGE.write_text(text)


def machine() -> str:
    """Cores, memory and Python of this machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = round(pages * size / 2**30)
    return f"{os.cpu_count()} cores, {memory} GiB, Python {platform.python_version()}"
