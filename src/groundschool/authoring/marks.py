"""What persons decided of short answers, added to the marked answers beside their questions: a diff to be reviewed.

Decisions are read from the gradebook and answers from the results that were graded; nothing says whose they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundschool.authoring import rubrics
from groundschool.authoring.rubrics import Kept
from groundschool.checks.rubric import examples, learnt, scoring, vote
from groundschool.checks.rubric.examples import CREDITS, StatedExample
from groundschool.checks.rubric.text import plain_words
from groundschool.course import Course
from groundschool.course.manifest import MARKED
from groundschool.grading import views
from groundschool.reports import prose
from groundschool.reports.cells import sources
from groundschool.results import Decision, write_whole

SET = "decided"


@dataclass(frozen=True)
class Decided:
    """An answer to a question and what a person gave for it."""

    question: str
    answer: str
    decision: Decision

    @property
    def credit(self) -> float | None:
        """The share of the points, where it is one that answers are marked with."""
        share = (self.decision.points or 0.0) / self.decision.max if self.decision.max else 0.0
        return next((credit for credit in CREDITS if abs(credit - share) < 1e-6), None)


@dataclass(frozen=True)
class Taken:
    """What was added to a question's marked answers, into which file, and what an author should look at."""

    question: str
    file: Path
    added: tuple[StatedExample, ...]
    doubts: tuple[str, ...]


def learn(course: Course, question: str = "", database: str = "") -> list[Taken]:
    """Adds what was decided to the files of marked answers, of one question or of all; returns what was added. Raises
    GroundSchoolError."""
    known = [question] if question else rubrics.questions(course.root)
    found = list(decided(course, database))
    return [_learn(rubrics.kept(course.root, name), found) for name in known if _of(name, found) or question]


def decided(course: Course, database: str = "") -> Iterator[Decided]:
    """All answers for which persons have chosen points or let a proposal stand, hand-in by hand-in."""
    kept = views.read(course, database)
    for hand_in in kept.results.hand_ins():
        chosen = kept.reviews.get((hand_in.candidate, hand_in.topic, hand_in.work), {})
        cells = sources(kept.results.notebook(hand_in.key)) if chosen else {}
        for question, decision in sorted(chosen.items()):
            answer = prose.written(cells.get(question, ""))
            if decision.points is not None and answer:
                yield Decided(question, answer, decision)


def _of(question: str, found: list[Decided]) -> list[Decided]:
    return [each for each in found if each.question == question]


def _learn(own: Kept, found: list[Decided]) -> Taken:
    known = {_words(example.answer): example.credit for example in own.examples}
    added, doubts = list[StatedExample](), list[str]()
    for each in _of(own.question, found):
        credit, words = each.credit, _words(each.answer)
        if credit is None:
            points = f"{each.decision.points:g} of {each.decision.max:g} points"
            doubts.append(f"{points} are none of the credits 0, 0.5 and 1: {rubrics.brief(each.answer)!r}.")
        elif words not in known:
            known[words] = credit
            added.append(_stated(own, each.answer, credit))
        elif known[words] != credit:
            doubts.append(f"Decided as {credit:g}, marked before as {known[words]:g}: {rubrics.brief(each.answer)!r}.")
    doubts += [
        f"Which ideas it states was not found; write them into its `ideas`: {rubrics.brief(each.answer)!r}."
        for each in added
        if each.ideas is None
    ]
    file = own.folder / MARKED
    if added:
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        write_whole(file, text + "\n" * (bool(text) and not text.endswith("\n")) + examples.lines(added))
    return Taken(own.question, file, tuple(added), tuple(doubts))


def _stated(own: Kept, answer: str, credit: float) -> StatedExample:
    """The answer as a marked one, with the ideas that the reader finds where they earn what was decided."""
    found: tuple[str, ...] = ()
    if credit and own.examples:
        found = vote.read(answer, own.rubric, learnt.learn(own.rubric, own.examples)).found
    fits = scoring.earned(own.rubric, frozenset(found)) == credit
    return StatedExample(answer, credit, set=SET, ideas=found if fits else None)


def _words(answer: str) -> tuple[str, ...]:
    return tuple(plain_words(answer))
