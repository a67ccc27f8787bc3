"""A cohort in little: every result read once, and kept as no more than tables over many of them show.

Names and messages come from strangers: what is kept here is cleaned for one line; pages escape it, CSV fields are
cleaned where they are written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from groundschool.checks.verdict import Check, Result, Verdict
from groundschool.reports.paths import page_path
from groundschool.results import Shown, waits
from groundschool.safe import clean_terminal


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


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of a hand-in. `mistakes` are by name, sorted; `found` and `words` as of a `Check`."""

    question: str
    outcome: str
    points: float
    max: float
    mistakes: tuple[str, ...]
    signals: tuple[str, ...]
    reason: str
    waits: bool
    found: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One hand-in. `candidate` is as files are named, `name` as people write it; `page` is where its own page lies,
    `work` the hash of what was handed in.
    """

    candidate: str
    name: str
    topic: str
    score: float
    max: float
    answers: tuple[Answered, ...]
    flags: tuple[str, ...]
    isolation: str
    practice_seed: bool
    newest: bool
    page: str
    work: str

    @property
    def waiting(self) -> int:
        """How many of its answers wait for a person; a hand-in that could not be read is one."""
        return sum(each.waits for each in self.answers) if self.answers else 1


@dataclass(frozen=True)
class Person:
    """A candidate's hand-ins: the newest of each topic, and earlier ones, which count nowhere."""

    called: str
    papers: dict[str, Paper]
    earlier: tuple[Paper, ...]

    @cached_property
    def score(self) -> float:
        """The points of all topics."""
        return round(sum(paper.score for paper in self.papers.values()), 6)

    @cached_property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return sum(paper.waiting for paper in self.papers.values())

    @property
    def all(self) -> tuple[Paper, ...]:
        """All hand-ins, those that count first."""
        return (*self.papers.values(), *self.earlier)


@dataclass(frozen=True)
class Cohort:
    """Everybody: those who need a person first, then by total. `papers` are all hand-ins by candidate and topic, the
    newest of each first.
    """

    people: tuple[Person, ...]
    papers: tuple[Paper, ...]

    @classmethod
    def of(cls, results: Iterable[Shown]) -> Cohort:
        """The cohort of these results, whatever their order."""
        papers = tuple(sorted(map(_paper, results), key=_place))
        found: dict[str, list[Paper]] = defaultdict(list)
        for paper in papers:
            found[paper.candidate].append(paper)
        people = sorted(map(_person, found.values()), key=lambda each: (not each.waiting, -each.score, each.called))
        return cls(tuple(people), papers)

    @cached_property
    def maxima(self) -> dict[str, float]:
        """The points that each topic has, by name; a topic of which nothing could be read is not among them."""
        found: dict[str, float] = {}
        for person in self.people:
            for topic, paper in person.papers.items():
                if paper.answers:
                    found[topic] = max(paper.max, found.get(topic, 0.0))
        return found

    @property
    def newest(self) -> tuple[Paper, ...]:
        """The hand-ins that count."""
        return tuple(paper for paper in self.papers if paper.newest)


def rows(results: Iterable[Result]) -> list[Row]:
    """One row a submission, sorted by candidate and topic, safe to print on a terminal."""
    return sorted((_row(result) for result in results), key=lambda row: (row.candidate, row.topic))


def called(result: Result) -> str:
    """The candidate as people write the name, with the one for files beside it where that is not the same but for
    marks.
    """
    return _called(one_line(result.name or result.candidate), one_line(result.candidate))


def one_line(text: str) -> str:
    """`text` cleaned, on one line."""
    return " ".join(clean_terminal(text).split())


def _called(name: str, candidate: str) -> str:
    letters, others = (re.sub(r"[\W_]+", "", each).casefold() for each in (name, candidate))
    return name if letters == others else f"{name} ({candidate})"


def _row(result: Result) -> Row:
    outcomes = tuple((one_line(verdict.question), verdict.outcome) for verdict in result.questions)
    return Row(
        called(result),
        one_line(result.topic),
        result.score,
        result.max,
        outcomes,
        result.isolation,
        result.practice_seed,
    )


def _paper(shown: Shown) -> Paper:
    result = shown.result
    return Paper(
        result.candidate,
        result.name or result.candidate,
        result.topic,
        result.score,
        result.max,
        tuple(map(_answered, result.questions)),
        result.flags,
        result.isolation,
        result.practice_seed,
        shown.newest,
        page_path(shown),
        shown.work,
    )


def _answered(verdict: Verdict) -> Answered:
    mistakes = tuple(sorted({check.mistake for check in verdict.checks if check.mistake}))
    points, maximum = float(verdict.points), float(verdict.max)
    found, words = (tuple(each) for each in _read(verdict.checks)) if waits(verdict) else ((), ())
    told = (mistakes, tuple(verdict.signals), verdict.reason, waits(verdict))
    return Answered(verdict.question, verdict.outcome, points, maximum, *told, found, words)


def _read(checks: Iterable[Check]) -> tuple[list[str], list[str]]:
    """The ideas found in an answer in words, and its words."""
    return [idea for check in checks for idea in check.found], [word for check in checks for word in check.words]


def _place(paper: Paper) -> tuple[str, str, bool, str]:
    return paper.candidate, paper.topic, not paper.newest, paper.page


def _person(papers: Sequence[Paper]) -> Person:
    newest = {paper.topic: paper for paper in reversed(papers) if paper.newest}
    name = next((paper.name for paper in papers if paper.newest), papers[0].name)
    earlier = tuple(paper for paper in papers if newest.get(paper.topic) is not paper)
    return Person(_called(one_line(name), one_line(papers[0].candidate)), dict(sorted(newest.items())), earlier)
