"""The answers of a cohort that wait for a person, a line each: what was written, what is proposed and why.

They stand by question, so that one rubric is in mind at a time. The page collects what a person chooses into a file
that `groundschool decide` reads; the CSV file beside it is the same to be filled in elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from groundschool.reports import prose
from groundschool.reports.cohort import Answered, Cohort, Paper
from groundschool.reports.page import render
from groundschool.reports.scores import write_table
from groundschool.reports.titles import Titles
from groundschool.results import write_whole
from groundschool.safe import clean_cell

COLUMNS = ("candidate", "topic", "work", "question", "max", "proposed", "points", "comment", "answer", "reason")
Sources = Callable[[Paper], Mapping[str, str]]  # the cells of a hand-in by grade id


@dataclass(frozen=True)
class Waiting:
    """An answer that waits. `key` names it on the page, `steps` are the points that can be chosen with one key."""

    key: str
    paper: Paper
    answer: Answered
    place: int
    page: str
    text: str
    shown: Markup
    steps: tuple[float, ...]


def write_queue(cohort: Cohort, titles: Titles, sources: Sources, folder: Path) -> None:
    """Writes `queue.html` and `queue.csv` into `folder`. Raises OSError."""
    found = _by_question(cohort, titles, sources, folder)
    unread = [paper for paper in cohort.newest if not paper.answers]
    count = sum(map(len, found.values()))
    groups = [(titles.topic(topic), titles.question(topic, name), each) for (topic, name), each in found.items()]
    folder.mkdir(parents=True, exist_ok=True)
    html = render("queue.html.j2", "queue.js", groups=groups, count=count, unread=unread, columns=COLUMNS[:-2])
    write_whole(folder / "queue.html", html)
    write_table(folder / "queue.csv", COLUMNS, (_line(each) for group in found.values() for each in group))


def _by_question(
    cohort: Cohort, titles: Titles, sources: Sources, folder: Path
) -> dict[tuple[str, str], list[Waiting]]:
    found: dict[tuple[str, str], list[Waiting]] = {}
    topics = titles.in_order(cohort.maxima)
    for paper in sorted(cohort.newest, key=lambda each: topics.index(each.topic) if each.answers else -1):
        cells = sources(paper) if any(answer.waits for answer in paper.answers) else {}
        for waiting in _waiting(paper, cells, folder):
            found.setdefault((paper.topic, waiting.answer.question), []).append(waiting)
    for group in found.values():
        group.sort(key=lambda each: (each.answer.points, each.paper.candidate))
    order = sorted(found, key=lambda key: (topics.index(key[0]), found[key][0].place))
    return {key: found[key] for key in order}


def _waiting(paper: Paper, cells: Mapping[str, str], folder: Path) -> Iterator[Waiting]:
    page = paper.page if (folder / paper.page).is_file() else ""
    for place, answer in enumerate(paper.answers):
        if answer.waits:
            text = prose.written(cells.get(answer.question, ""))
            steps = sorted({0.0, round(answer.max / 2, 2), answer.max, answer.points})
            key = f"{paper.candidate}/{paper.topic}/{answer.question}"
            yield Waiting(key, paper, answer, place + 1, page, text, prose.marked(text, answer.words), tuple(steps))


def _line(each: Waiting) -> list[str | float]:
    paper, answer = each.paper, each.answer
    head = [clean_cell(paper.candidate), clean_cell(paper.topic), paper.work, clean_cell(answer.question)]
    return [*head, answer.max, answer.points, "", "", clean_cell(each.text), clean_cell(answer.reason)]
