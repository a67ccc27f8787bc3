"""The page of a whole run of grading, to decide from: a row a candidate, a column a topic, and what each question
tells.

It can be read without script; a few lines of it sort and filter. What a submission's own page shows is `feedback`'s.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from groundschool.reports.cohort import Cohort, Paper, Person
from groundschool.reports.items import LEAST, Item, items
from groundschool.reports.page import ISOLATION_TEXTS, OUTCOME_LOOKS, percent, points_text, render
from groundschool.reports.titles import Titles
from groundschool.results import write_whole

EARLIER = "An earlier hand-in: the gradebook and autograded/ show a newer one of this candidate."
UNREAD = "could not be read"


@dataclass(frozen=True)
class Mark:
    """A question of a hand-in with the words that stand for its colour."""

    outcome: str
    text: str


@dataclass(frozen=True)
class Part:
    """A candidate's hand-in for one topic. `page` is the link to its own page, "" when there is none.

    `mistakes` are numbers of the page's list of mistakes.
    """

    paper: Paper
    title: str
    page: str
    marks: tuple[Mark, ...]
    mistakes: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """A candidate's row: a part for each column, None where nothing was handed in; other hand-ins; flags."""

    person: Person
    share: float
    parts: tuple[Part | None, ...]
    others: tuple[Part, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Mistake:
    """A mistake that people of the cohort made, with the question it was made in and that one's title."""

    name: str
    question: str
    topic: str
    title: str
    count: int


def write_summary(cohort: Cohort, titles: Titles, folder: Path) -> Path:
    """Writes `summary.html` into `folder`, with a link to each submission's page that is there. Raises OSError."""
    page = _Page(cohort, titles, folder)
    html = render(
        "summary.html.j2",
        "summary.js",
        lines=map(page.line, cohort.people),
        topics=[(name, titles.topic(name)) for name in page.topics],
        analysed=page.analysed(),
        mistakes=page.named(),
        least=LEAST,
        **_totals(cohort),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "summary.html"
    write_whole(path, html)
    return path


def _totals(cohort: Cohort) -> dict[str, object]:
    return {
        "submissions": len(cohort.papers),
        "candidates": len(cohort.people),
        "counts": Counter(answer.outcome for paper in cohort.newest for answer in paper.answers),
        "waiting": sum(person.waiting for person in cohort.people),
        "flagged": sum(bool(paper.flags) for paper in cohort.papers),
        "isolations": sorted({paper.isolation for paper in cohort.papers}),
        "practice_seed": any(paper.practice_seed for paper in cohort.papers),
        "maximum": round(sum(cohort.maxima.values()), 6),
    }


class _Page:
    """What the rows of one page have in common."""

    def __init__(self, cohort: Cohort, titles: Titles, folder: Path) -> None:
        self.titles, self.folder, self.cohort = titles, folder, cohort
        self.topics = titles.in_order(cohort.maxima)
        self.maximum = sum(cohort.maxima.values())
        self.mistakes = _mistakes(cohort, self.topics, titles)
        self.places = {(each.topic, each.question, each.name): place for place, each in enumerate(self.mistakes)}

    def line(self, person: Person) -> Line:
        parts = {topic: self.part(paper) for topic, paper in person.papers.items()}
        others = [parts[topic] for topic in parts if topic not in self.topics]
        others += [self.part(paper) for paper in person.earlier]
        columns = tuple(parts.get(topic) for topic in self.topics)
        return Line(person, percent(person.score, self.maximum), columns, tuple(others), self.flags(person))

    def flags(self, person: Person) -> tuple[str, ...]:
        """Each flag once, with the topics that it concerns."""
        found: dict[str, list[str]] = {}
        for paper in person.all:
            for flag in _flags(paper):
                found.setdefault(flag, []).append(self.titles.topic(paper.topic))
        return tuple(f"{', '.join(dict.fromkeys(topics))}: {flag}" for flag, topics in found.items())

    def part(self, paper: Paper) -> Part:
        page = paper.page if (self.folder / paper.page).is_file() else ""
        marks = tuple(Mark(answer.outcome, self.words(paper, place)) for place, answer in enumerate(paper.answers))
        named = [(paper.topic, answer.question, name) for answer in paper.answers for name in answer.mistakes]
        return Part(
            paper, self.titles.topic(paper.topic), page, marks, tuple(self.places.get(each, -1) for each in named)
        )

    def words(self, paper: Paper, place: int) -> str:
        answer = paper.answers[place]
        title, label = self.titles.question(paper.topic, answer.question), OUTCOME_LOOKS[answer.outcome].label
        return f"{title}: {label}, {points_text(answer.points)} of {points_text(answer.max)}"

    def named(self) -> list[tuple[str, list[tuple[int, Mistake]]]]:
        """The mistakes by topic, each with its number."""
        numbered = list(enumerate(self.mistakes))
        return [
            (self.titles.topic(topic), [each for each in numbered if each[1].topic == topic]) for topic in self.topics
        ]

    def analysed(self) -> list[tuple[str, list[tuple[str, Item]]]]:
        found = items(self.cohort.newest)
        return [
            (self.titles.topic(topic), [(self.titles.question(topic, item.question), item) for item in found[topic]])
            for topic in self.topics
        ]


def _flags(paper: Paper) -> list[str]:
    told = [] if paper.newest else [EARLIER]
    told += paper.flags
    return [*told, ISOLATION_TEXTS["none"]] if paper.isolation == "none" else told


def _mistakes(cohort: Cohort, topics: list[str], titles: Titles) -> list[Mistake]:
    """By topic, the commonest first."""
    counts = Counter(
        (paper.topic, answer.question, name)
        for paper in cohort.newest
        for answer in paper.answers
        for name in answer.mistakes
    )
    places = {name: place for place, name in enumerate(topics)}
    ordered = sorted(counts.items(), key=lambda item: (places[item[0][0]], -item[1], item[0]))
    return [
        Mistake(name, question, topic, titles.question(topic, question), count)
        for (topic, question, name), count in ordered
    ]
