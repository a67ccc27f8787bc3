"""Enters what a person chose for answers, from a file: the same as if it had been entered in the formgrader.

The file is what `reports/queue.html` saves, or `reports/queue.csv` filled in. Nothing is entered before all of it has
been read.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.checks.verdict import Verdict
from groundschool.course import Course
from groundschool.errors import GroundSchoolError
from groundschool.grading.views import Views
from groundschool.results import Decision, HandIn, Results

NEEDED = ("candidate", "topic", "work", "question", "points")
LARGEST = 20 << 20  # bytes


class DecisionsRefused(GroundSchoolError):
    """A file of decisions does not fit what was graded; nothing of it was entered."""


@dataclass(frozen=True)
class Entered:
    """How many answers a person has decided or commented on, and the views written with that."""

    answers: int
    views: Views


def enter(course: Course, path: Path, database: str = "") -> Entered:
    """Enters the decisions of a file and writes what people look at again. Raises DecisionsRefused."""
    results = Results(course.written)
    chosen = _chosen(path, results)
    names = {hand_in.topic for hand_in in chosen}
    with Views(course, results, database) as views:
        views.open([topic for topic in course.topics if topic.name in names])
        for hand_in, decisions in chosen.items():
            views.decide(hand_in, decisions)
        views.finish(())
    return Entered(sum(map(len, chosen.values())), views)


def _chosen(path: Path, results: Results) -> Mapping[HandIn, Mapping[str, Decision]]:
    found: dict[HandIn, dict[str, Decision]] = defaultdict(dict)
    for number, row in _rows(path):
        points, comment = row["points"].strip(), (row.get("comment") or "").strip()
        if points or comment:
            place = f"Line {number} of {path}"
            hand_in = _hand_in(place, row, results)
            verdict = _verdict(place, row["question"], hand_in, results)
            found[hand_in][verdict.question] = Decision(_points(place, points, verdict), verdict.max, comment)
    if not found:
        raise DecisionsRefused(f"{path} decides nothing: its columns points and comment are empty.")
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        if path.stat().st_size > LARGEST:
            raise DecisionsRefused(f"{path} has more than {LARGEST >> 20} MiB; a file of decisions was expected.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionsRefused(f"{path} cannot be read as text in UTF-8: {error}") from None
    lines = text.splitlines(keepends=True)
    head = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=";" if head.count(";") > head.count(",") else ",", restval="")
    if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
        raise DecisionsRefused(
            f"{path} has no column {', '.join(missing)}. Expected was what reports/queue.html saves, or "
            "reports/queue.csv with its columns points and comment filled in."
        )
    for row in reader:
        yield reader.line_num, row


def _hand_in(place: str, row: Mapping[str, str], results: Results) -> HandIn:
    known: Sequence[HandIn] = results.hand_ins_of(row["candidate"], row["topic"])
    if not known:
        raise DecisionsRefused(
            f"{place} is about {row['candidate']}, {row['topic']}: nothing was graded under that name."
        )
    if known[0].work != row["work"]:
        raise DecisionsRefused(
            f"{place} is about an earlier hand-in of {row['candidate']}, {row['topic']}. Write the queue again with "
            "`groundschool report` and decide the newest."
        )
    return known[0]


def _verdict(place: str, question: str, hand_in: HandIn, results: Results) -> Verdict:
    result = results.load(hand_in.key)
    for verdict in result.questions if result else ():
        if verdict.question == question:
            return verdict
    raise DecisionsRefused(f"{place} names the question {question!r}, which {hand_in.topic} does not have.")


def _points(place: str, text: str, verdict: Verdict) -> float | None:
    if not text:
        return None
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        points = -1.0
    if not 0 <= points <= verdict.max:
        raise DecisionsRefused(f"{place} gives {text!r} points; a number from 0 to {verdict.max:g} was expected.")
    return points
