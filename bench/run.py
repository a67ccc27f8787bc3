"""Compares grading with stock nbgrader, and measures set-up and visible checks. Run by `make bench`; asserts nothing.

Stock nbgrader runs without any sandbox on a throwaway copy of the course; everything else is equal on both sides. A
submission's cost is what N of them cost more than one, divided by N - 1, so that what a run costs by itself stands
apart. `README.md` says how to read the tables.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import chart
import counting
import ratios
import visible
from counting import Used
from rich.console import Console
from rich.table import Table
from throwaway import ROOT, Throwaway, environment

from groundschool.engines import java

COPIES = {"sql": (5, 9), "pyspark": (2, 3)}  # submissions of the shorter and of the longer run
STOCK = "stock nbgrader"
NBGRADER = ("nbgrader", "autograde")
GRADE = ("groundschool", "grade", "submitted", "--workers")
GRADED = (0, 3)  # exit codes of `groundschool grade`: 3 asks for a person
MIB = 1 << 20
out = Console(width=120)


@dataclass(frozen=True)
class Way:
    """A way to grade: its command without the topic, and whether the course is stock nbgrader's."""

    name: str
    command: tuple[str, ...]
    stock: bool = False
    spark_options: str | None = None
    topics: tuple[str, ...] = ("sql", "pyspark")


WAYS = (
    # A blank keeps the course's own options for the JVM away.
    Way("stock, Spark as it comes", NBGRADER, stock=True, spark_options=" ", topics=("pyspark",)),
    Way(STOCK, NBGRADER, stock=True),
    Way("nbgrader autograde", NBGRADER, topics=("sql",)),
    Way("grade, 1 worker", (*GRADE, "1")),
    Way("grade, a worker a core", (*GRADE, "0")),
)


@dataclass(frozen=True)
class Row:
    """What one way of grading one topic used: a first run in a new course, one submission, and two longer runs of
    `copies` submissions.
    """

    topic: str
    way: str
    copies: tuple[int, int]
    first: Used
    one: Used
    some: Used
    many: Used

    @property
    def each(self) -> Used:
        """One more submission, by the longer run."""
        return _more(self.one, self.many, self.copies[1] - 1)

    @property
    def estimates(self) -> tuple[Used, Used]:
        """One more submission, by the shorter run and by what the longer one had more."""
        fewer, more = self.copies
        return _more(self.one, self.some, fewer - 1), _more(self.some, self.many, more - fewer)


def _more(less: Used, more: Used, count: int) -> Used:
    return Used((more.cpu - less.cpu) / count, (more.wall - less.wall) / count, more.memory)


def main(arguments: Sequence[str]) -> None:
    """Measures and prints."""
    asked = _asked(arguments)
    cores = len(os.sched_getaffinity(0))
    out.print(
        f"{cores} cores, load {os.getloadavg()[0]:.1f}, counted by {counting.how()}, Python {sys.version.split()[0]}"
    )
    out.print(f"class-data cache of Java used: {'yes' if java.cache_is_used() else 'no'}")
    _print_set_up(asked.cold)
    _print_visible(asked.topics)
    rows = []
    for row in _rows(asked.topics):
        rows.append(row)
        out.print(f"measured: {row.topic}, {row.way}", style="dim")
    _print_rows(rows)
    found = list(ratios.of(rows, STOCK))
    _print_ratios(found)
    if asked.chart:
        asked.chart.write_text(chart.drawn(found), encoding="utf-8")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cold", action="store_true", help="also set up a fresh copy of the course from nothing")
    parser.add_argument("--topics", nargs="+", choices=list(COPIES), default=list(COPIES), help="what to grade")
    parser.add_argument("--chart", type=Path, help="draw the ratios into this SVG file")
    return parser.parse_args(arguments)


def _rows(topics: Sequence[str]) -> Iterator[Row]:
    for topic in topics:
        for way in WAYS:
            if topic in way.topics:
                with tempfile.TemporaryDirectory(prefix="groundschool-bench-") as folder:
                    yield _measure(topic, way, Path(folder) / "course")


def _measure(topic: str, way: Way, folder: Path) -> Row:
    course = Throwaway(folder, topic, stock=way.stock)
    settings = environment({} if way.spark_options is None else {"SPARK_SUBMIT_OPTS": way.spark_options})
    counting.run(("nbgrader", "generate_assignment", topic, "--force"), folder, settings)
    command = (*way.command, topic) if way.command == NBGRADER else way.command

    def graded(count: int) -> Used:
        course.fill(count)
        used = counting.run(command, folder, settings, codes=GRADED)
        if course.graded != count:
            raise counting.CommandFailed(f"{way.name} graded {course.graded} of {count} submissions.")
        return used

    some, many = COPIES[topic]
    return Row(topic, way.name, COPIES[topic], graded(1), graded(1), graded(some), graded(many))


def _print_set_up(cold: bool) -> None:
    used = counting.run((sys.executable, "bootstrap.py"), ROOT, environment({}))
    out.print(f"set-up when nothing has changed: {used.wall:.2f} s")
    if cold:
        with tempfile.TemporaryDirectory(prefix="groundschool-bench-") as folder:
            fresh = _fresh(Path(folder) / "clone")
            used = counting.run((sys.executable, "bootstrap.py"), fresh, environment({}))
        out.print(
            f"set-up of a fresh copy, packages from uv's cache where it holds them: {used.wall:.0f} s, "
            f"{used.cpu:.0f} CPU s"
        )


def _fresh(target: Path) -> Path:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def _print_visible(topics: Sequence[str]) -> None:
    for topic in topics:
        path = ROOT / "examples" / "submitted" / "example-full" / topic / f"{topic}.ipynb"
        taken = ", ".join(f"{seconds:.2f}" for seconds in visible.seconds(path))
        out.print(f"visible checks of {topic}, once the session exists: {taken} s")


def _print_rows(rows: Sequence[Row]) -> None:
    table = Table("topic", "graded by", title="CPU and wall in seconds, memory in MiB")
    for heading in ("N", "CPU each", "wall each", "start-up CPU", "first run CPU", "memory, 1", "memory, N"):
        table.add_column(heading, justify="right")
    for row in rows:
        seconds = (row.each.cpu, row.each.wall, row.one.cpu - row.each.cpu, row.first.cpu)
        memory = (row.one.memory, row.many.memory)
        table.add_row(
            row.topic,
            row.way,
            str(row.copies[1]),
            *(f"{value:.2f}" for value in seconds),
            *(f"{value / MIB:.0f}" for value in memory),
        )
    out.print(table)
    out.print("Each: what N submissions cost more than one, divided by N - 1; start-up: the rest of one's cost.")
    out.print("First run: one submission in a new course, where what known mistakes give is learned once.")


def _print_ratios(found: Sequence[ratios.Ratio]) -> None:
    table = Table("topic", "graded by", "CPU", "throughput", title=f"Times better than {STOCK}, lowest to highest")
    for each in found:
        table.add_row(each.topic, each.way, str(each.cpu), str(each.throughput))
    out.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
