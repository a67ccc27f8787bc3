"""What a whole run of grading gave: a page, a CSV file, and plain rows for a terminal.

Names and messages come from strangers: pages escape them, CSV fields and rows are cleaned here. Results are read when
they are needed and not held, so that a cohort may be large. What a submission's own page shows is left to `feedback`.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.checks.verdict import OUTCOMES, Result, Verdict
from groundschool.reports.page import OUTCOME_LOOKS, percent, points_text, render
from groundschool.results import Shown, write_whole
from groundschool.safe import clean_cell, clean_terminal

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
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
PAGES = "candidates"  # the folder of candidates' folders
EARLIER = "An earlier hand-in: the gradebook and autograded/ show a newer one of this candidate."


@dataclass(frozen=True)
class Row:
    """A submission in one line. `outcomes` holds (question, outcome) in the notebook's order; every text is cleaned."""

    candidate: str
    topic: str
    score: float
    max: float
    outcomes: tuple[tuple[str, str], ...]
    isolation: str
    practice_seed: bool


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
    return sorted((_row(result) for result in results), key=lambda row: (row.candidate, row.topic))


def page_path(shown: Shown) -> str:
    """Where a submission's page lies below the report's folder, `candidates/<candidate>/<topic>.html`; unlike names
    never meet, and none meets what is written for the course.

    An earlier hand-in's page has the beginning of its hash in its name.
    """
    earlier = "" if shown.newest else f"~{shown.work[:8]}"
    return f"{PAGES}/{_file_name(shown.result.candidate)}/{_file_name(shown.result.topic)}{earlier}.html"


def write_summary(results: Sequence[Shown], folder: Path) -> Path:
    """Writes `summary.html` into `folder`, with a link to each submission's page that is there. Raises OSError."""
    order, tally = _order(results), _Tally()
    for place in order:
        tally.add(results[place])
    html = render(
        "summary.html.j2",
        lines=(_line(results[place], folder) for place in order),
        submissions=len(order),
        candidates=len(tally.candidates),
        topics=tally.topics(),
        counts=dict(tally.counts),
        flagged=tally.flagged,
        isolations=sorted(tally.isolations),
        practice_seed=tally.practice_seed,
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "summary.html"
    write_whole(path, html)
    return path


def write_csv(results: Sequence[Shown], path: Path) -> Path:
    """Writes one line a question of every submission; text that a spreadsheet would run is prefixed with an
    apostrophe.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open(
            "w", encoding="utf-8-sig", newline=""
        ) as file:  # Excel takes it for another encoding without the mark
            writer = csv.writer(file)
            writer.writerow(CSV_COLUMNS)
            for place in _order(results):
                shown = results[place]
                writer.writerows(_csv_line(shown, verdict) for verdict in shown.result.questions or [None])
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _order(results: Sequence[Shown]) -> list[int]:
    """The places of the results by candidate and topic, newest hand-in first."""
    keys = [
        (shown.result.candidate, shown.result.topic, not shown.newest, page_path(shown), place)
        for place, shown in enumerate(results)
    ]
    return [place for *_, place in sorted(keys)]


class _Tally:
    """What is counted over all results. Questions are counted of each candidate's newest hand-in."""

    def __init__(self) -> None:
        self.candidates: set[str] = set()
        self.isolations: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.flagged = 0
        self.practice_seed = False
        self._questions: dict[str, dict[str, _Question]] = {}

    def add(self, shown: Shown) -> None:
        """Counts one result."""
        result = shown.result
        self.candidates.add(result.candidate)
        self.isolations.add(result.isolation)
        self.flagged += bool(result.flags)
        self.practice_seed = self.practice_seed or result.practice_seed
        for verdict in result.questions if shown.newest else ():
            self.counts[verdict.outcome] += 1
            self._questions.setdefault(result.topic, {}).setdefault(verdict.question, _Question()).add(verdict)

    def topics(self) -> list[tuple[str, list[QuestionSummary]]]:
        """Each topic's questions in the notebook's order."""
        return [
            (topic, [counted.summary(name) for name, counted in questions.items()])
            for topic, questions in sorted(self._questions.items())
        ]


class _Question:
    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.mistakes: Counter[str] = Counter()
        self.share = 0.0

    def add(self, verdict: Verdict) -> None:
        self.outcomes[verdict.outcome] += 1
        self.mistakes.update(_mistakes(verdict))
        self.share += percent(verdict.points, verdict.max)

    def summary(self, name: str) -> QuestionSummary:
        mistake, mistaken = min(self.mistakes.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        total = sum(self.outcomes.values())
        counts = {outcome: count for outcome in OUTCOMES if (count := self.outcomes[outcome])}
        return QuestionSummary(name, counts, total, self.share / total, mistake, mistaken)


def _row(result: Result) -> Row:
    outcomes = tuple((_one_line(verdict.question), verdict.outcome) for verdict in result.questions)
    return Row(
        _called(result),
        _one_line(result.topic),
        result.score,
        result.max,
        outcomes,
        result.isolation,
        result.practice_seed,
    )


def _called(result: Result) -> str:
    """The candidate as people write the name, with the one for files beside it where that is not the same but for
    marks.
    """
    name, candidate = _one_line(result.name or result.candidate), _one_line(result.candidate)
    letters, others = (re.sub(r"[\W_]+", "", each).casefold() for each in (name, candidate))
    return name if letters == others else f"{name} ({candidate})"


def _one_line(text: str) -> str:
    return " ".join(clean_terminal(text).split())


def _file_name(name: str) -> str:
    """`name` where it is a plain file name, else its plain characters and a hash, so that unlike names stay apart."""
    if PLAIN_NAME.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:40] or "unnamed"
    return f"{plain}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _line(shown: Shown, folder: Path) -> Line:
    page, result = page_path(shown), shown.result
    cells = tuple(Cell(verdict.outcome, _cell_text(verdict)) for verdict in result.questions)
    flags = result.flags if shown.newest else (EARLIER, *result.flags)
    return Line(_row(result), cells, page if (folder / page).is_file() else "", flags, result.isolation)


def _cell_text(verdict: Verdict) -> str:
    label = OUTCOME_LOOKS[verdict.outcome].label
    return f"{verdict.question}: {label}, {points_text(verdict.points)} of {points_text(verdict.max)}"


def _mistakes(verdict: Verdict) -> list[str]:
    return sorted({check.mistake for check in verdict.checks if check.mistake})


def _csv_line(shown: Shown, verdict: Verdict | None) -> list[str | float]:
    result = shown.result
    head: list[str | float] = [
        clean_cell(result.candidate),
        clean_cell(result.topic),
        result.isolation,
        result.score,
        result.max,
    ]
    tail = [
        clean_cell("; ".join(result.flags)),
        "newest" if shown.newest else "earlier",
        clean_cell(result.name or result.candidate),
    ]
    if verdict is None:
        return [*head, "", "", "", "", "", "", "", *tail]
    return [
        *head,
        clean_cell(verdict.question),
        verdict.outcome,
        verdict.points,
        verdict.max,
        "; ".join(verdict.signals),
        clean_cell("; ".join(_mistakes(verdict))),
        clean_cell(verdict.reason),
        *tail,
    ]
