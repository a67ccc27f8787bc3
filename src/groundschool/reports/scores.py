"""The scores of a whole course as one CSV file: a line for each question of every hand-in."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from groundschool.reports.cohort import Answered, Cohort, Paper
from groundschool.safe import clean_cell

CSV_COLUMNS = (
    "candidate",
    "topic",
    "isolation",
    "score",
    "max",
    "question",
    "outcome",
    "points",
    "question_max",
    "signals",
    "mistakes",
    "reason",
    "flags",
    "hand_in",
    "name",
)


def write_csv(cohort: Cohort, path: Path) -> Path:
    """Writes one line a question of every submission; text that a spreadsheet would run is prefixed with an
    apostrophe. Raises OSError.
    """
    lines = (_line(paper, answer) for paper in cohort.papers for answer in paper.answers or [None])
    return write_table(path, CSV_COLUMNS, lines)


def write_table(
    path: Path, columns: Sequence[str], lines: Iterable[Sequence[str | float]], *, mark: bool = True
) -> Path:
    """Writes a CSV file by atomic rename, so that it is there whole or as it was. Raises OSError.

    With `mark` it begins with the mark by which Excel knows its encoding.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(lines)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _line(paper: Paper, answer: Answered | None) -> list[str | float]:
    head: list[str | float] = [
        clean_cell(paper.candidate),
        clean_cell(paper.topic),
        paper.isolation,
        paper.score,
        paper.max,
    ]
    tail = [clean_cell("; ".join(paper.flags)), "newest" if paper.newest else "earlier", clean_cell(paper.name)]
    if answer is None:
        return [*head, "", "", "", "", "", "", "", *tail]
    return [
        *head,
        clean_cell(answer.question),
        answer.outcome,
        answer.points,
        answer.max,
        "; ".join(answer.signals),
        clean_cell("; ".join(answer.mistakes)),
        clean_cell(answer.reason),
        *tail,
    ]
