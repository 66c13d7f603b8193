"""``python -m benchmarks`` runs every table, ``python -m benchmarks export`` one of them."""

from __future__ import annotations

import importlib
import sys

from benchmarks.report import keep

TABLES = ("launch", "export", "grid", "scale", "start", "sync", "wait")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        print(f"no table {', '.join(unknown)}; there are: {', '.join(TABLES)}", file=sys.stderr)
        return 2
    for name in names or TABLES:
        table = importlib.import_module(f"benchmarks.{name}").run()
        print(table.markdown(), end="\n\n", flush=True)
        keep(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
