"""What a whole run of grading gave: a page, a CSV file, and plain rows for a terminal.

Names and messages come from strangers: pages escape them, CSV fields and rows are cleaned here. What a submission's own
page shows is left to `grading.feedback`.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.checks.verdict import OUTCOMES, Result, Verdict
from groundschool.reports.page import OUTCOME_LOOKS, percent, points_text, render
from groundschool.safe import clean_cell, clean_terminal

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
CSV_COLUMNS = (
    "candidate", "topic", "isolation", "score", "max", "question", "outcome", "points", "question_max",
    "signals", "mistakes", "reason", "flags",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A submission in one line. `outcomes` holds (question, outcome) in the notebook's order; every text is cleaned."""

    candidate: str
    topic: str
    score: float
    max: float
    outcomes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cell:
    """A question's outcome with the words that stand for its colour."""

    outcome: str
    text: str


@dataclass(frozen=True)
class Line:
    """A row as the page shows it; `page` is the link to the submission's own page, "" when there is none."""

    row: Row
    cells: tuple[Cell, ...]
    page: str
    flags: tuple[str, ...]
    isolation: str


@dataclass(frozen=True)
class QuestionSummary:
    """How a cohort did on one question: counts by outcome, mean share of the points in percent, commonest mistake."""

    question: str
    counts: dict[str, int]
    total: int
    share: float
    mistake: str
    mistaken: int


def rows(results: Iterable[Result]) -> list[Row]:
    """One row a submission, sorted by candidate and topic, safe to print on a terminal."""
    return [_row(result) for result in _sorted(results)]


def page_path(result: Result) -> str:
    """Where a submission's page lies below the report's folder, `<candidate>/<topic>.html`; unlike names never meet."""
    return f"{_file_name(result.candidate)}/{_file_name(result.topic)}.html"


def write_pages(pages: Iterable[tuple[Result, str]], folder: Path) -> list[Path]:
    """Writes each submission's HTML below `folder` at its `page_path`; returns the paths, in the order given."""
    written = []
    for result, html in pages:
        path = folder / page_path(result)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
        written.append(path)
    return written


def write_summary(results: Sequence[Result], folder: Path) -> Path:
    """Writes `summary.html` into `folder`, with a link to each page that `write_pages` put there before."""
    ordered = _sorted(results)
    counts = Counter(verdict.outcome for result in ordered for verdict in result.questions)
    html = render(
        "summary.html.j2",
        lines=[_line(result, folder) for result in ordered],
        candidates=len({result.candidate for result in ordered}),
        topics=_topics(ordered),
        counts=dict(counts),
        flagged=sum(bool(result.flags) for result in ordered),
        isolations=sorted({result.isolation for result in ordered}),
        practice_seed=any(result.practice_seed for result in ordered),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "summary.html"
    path.write_text(html, encoding="utf-8")
    return path


def write_csv(results: Iterable[Result], path: Path) -> Path:
    """Writes one line a question of every submission; text that a spreadsheet would run is prefixed with an apostrophe."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CSV_COLUMNS)
        for result in _sorted(results):
            writer.writerows(_csv_line(result, verdict) for verdict in result.questions)
            if not result.questions:
                writer.writerow(_csv_line(result, None))
    return path


def _sorted(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (result.candidate, result.topic, page_path(result)))


def _row(result: Result) -> Row:
    outcomes = tuple((_one_line(verdict.question), verdict.outcome) for verdict in result.questions)
    return Row(_one_line(result.candidate), _one_line(result.topic), result.score, result.max, outcomes)


def _one_line(text: str) -> str:
    return " ".join(clean_terminal(text).split())


def _file_name(name: str) -> str:
    """`name` where it is a plain file name, else its plain characters and a hash, so that unlike names stay apart."""
    if PLAIN_NAME.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:40] or "unnamed"
    return f"{plain}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _line(result: Result, folder: Path) -> Line:
    page = page_path(result)
    cells = tuple(Cell(verdict.outcome, _cell_text(verdict)) for verdict in result.questions)
    return Line(_row(result), cells, page if (folder / page).is_file() else "", result.flags, result.isolation)


def _cell_text(verdict: Verdict) -> str:
    label = OUTCOME_LOOKS[verdict.outcome].label
    return f"{verdict.question}: {label}, {points_text(verdict.points)} of {points_text(verdict.max)}"


def _topics(results: list[Result]) -> list[tuple[str, list[QuestionSummary]]]:
    """Each topic's questions in the notebook's order."""
    gathered: dict[str, dict[str, list[Verdict]]] = {}
    for result in results:
        for verdict in result.questions:
            gathered.setdefault(result.topic, {}).setdefault(verdict.question, []).append(verdict)
    return [
        (topic, [_question(name, verdicts) for name, verdicts in questions.items()])
        for topic, questions in sorted(gathered.items())
    ]


def _question(name: str, verdicts: list[Verdict]) -> QuestionSummary:
    found = Counter(verdict.outcome for verdict in verdicts)
    mistakes = Counter(mistake for verdict in verdicts for mistake in _mistakes(verdict))
    mistake, mistaken = min(mistakes.items(), key=lambda item: (-item[1], item[0])) if mistakes else ("", 0)
    counts: dict[str, int] = {outcome: count for outcome in OUTCOMES if (count := found[outcome])}  # type: ignore[index]
    share = sum(percent(verdict.points, verdict.max) for verdict in verdicts) / len(verdicts)
    return QuestionSummary(name, counts, len(verdicts), share, mistake, mistaken)


def _mistakes(verdict: Verdict) -> list[str]:
    return sorted({check.mistake for check in verdict.checks if check.mistake})


def _csv_line(result: Result, verdict: Verdict | None) -> list[str | float]:
    head: list[str | float] = [
        clean_cell(result.candidate), clean_cell(result.topic), result.isolation, result.score, result.max,
    ]  # fmt: skip
    flags = clean_cell("; ".join(result.flags))
    if verdict is None:
        return [*head, "", "", "", "", "", "", "", flags]
    return [
        *head, clean_cell(verdict.question), verdict.outcome, verdict.points, verdict.max,
        "; ".join(verdict.signals), clean_cell("; ".join(_mistakes(verdict))), clean_cell(verdict.reason), flags,
    ]  # fmt: skip
