"""Grades many hand-ins with one command and tells how time and memory grow with their number. Run by `make bulk`; ends
with 1 if somebody is missing.

A hand-in's cost at each size is what this run cost more than the smallest one, by what it had more to do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import counting
from cohort import Cohort, Told
from counting import Used
from rich.console import Console
from rich.table import Table
from throwaway import environment

from groundschool.results import Results

MIB = 1 << 20
out = Console(width=120)


@dataclass(frozen=True)
class Run:
    """A run of one size. `driver` is the most memory that the command's own process had, in bytes."""

    count: int
    used: Used
    driver: int
    reading: float  # seconds to write the summary and the tables of all once more


def main(arguments: Sequence[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[10, 100, 1000], help="how many hand-ins")
    asked = parser.parse_args(arguments)
    runs = []
    for count in sorted(asked.sizes):
        with tempfile.TemporaryDirectory(prefix="groundschool-bulk-") as folder:
            runs.append(_run(Path(folder), count))
        out.print(f"graded {count}", style="dim")
    _print(runs)
    return 0


def _run(folder: Path, count: int) -> Run:
    cohort = Cohort(folder / "course", count)
    told = folder / "told.json"
    script = (sys.executable, str(Path(__file__).with_name("driver.py")), str(folder / "driver"))
    used = counting.run(
        (*script, "grade", "submitted", "--json", str(told)), cohort.root, environment({}), codes=(0, 3)
    )
    found = Told.of(told)
    if len(found.results) != count or len(cohort.entered()) != count:
        raise counting.CommandFailed(
            f"{len(found.results)} of {count} are in the JSON, {len(cohort.entered())} in the gradebook."
        )
    begun = time.monotonic()
    counting.run(("groundschool", "report"), cohort.root, environment({}))
    assert len(Results(cohort.root).hand_ins()) == count
    return Run(count, used, int((folder / "driver").read_text()), time.monotonic() - begun)


def _print(runs: Sequence[Run]) -> None:
    table = Table(title="SQL, a worker a core: seconds, MiB")
    for heading in ("hand-ins", "wall", "CPU", "wall each", "CPU each", "driver's memory", "`report` again"):
        table.add_column(heading, justify="right")
    first = runs[0]
    for run in runs:
        more = max(1, run.count - first.count)
        each = [(run.used.wall - first.used.wall) / more, (run.used.cpu - first.used.cpu) / more]
        table.add_row(
            str(run.count),
            f"{run.used.wall:.0f}",
            f"{run.used.cpu:.0f}",
            *(f"{value:.2f}" if run is not first else "" for value in each),
            f"{run.driver / MIB:.0f}",
            f"{run.reading:.1f}",
        )
    out.print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
