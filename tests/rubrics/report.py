"""Prints how far short answers are read as persons marked them: `make rubric-report`.

Each set of marked answers is read by readers that have learnt from the other sets only. The patterns of a rubric were
written with the sets `first` and `second` at hand: there their vote is favoured. `--unseen FILE` reads answers from
which nothing learns; a line holds `question`, `kind`, `answer` and `credit`. Exits with 1 below the targets.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.checks.rubric import Reading, Rubric, learn, read
from groundschool.checks.rubric.examples import Example, StatedExample, stated
from groundschool.checks.rubric.file import load
from groundschool.checks.rubric.learnt import Learnt

ROOT = Path(__file__).parents[2]
SILENTLY_WRONG, QUEUED = 0.04, 0.12
FAVOURED = ("first", "second")  # sets at hand when the patterns were written


@dataclass(frozen=True)
class Graded:
    """A marked answer and its reading."""

    question: str
    label: StatedExample
    reading: Reading

    @property
    def off(self) -> float:
        """How far the credit is from the mark, 0 to 1."""
        return abs(self.reading.credit - self.label.credit)

    @property
    def silently_off(self) -> float:
        """How far it is off where no person is asked."""
        return 0.0 if self.reading.needs_person else self.off

    @property
    def expected(self) -> frozenset[str]:
        """The signals of the label."""
        return frozenset(self.label.signals or ())


@dataclass(frozen=True)
class Agreement:
    """Shares of a set of answers, each 0 to 1; of the last, their number."""

    answers: int
    exact: float
    never_off: float
    queued: float
    silently_wrong: float
    by_a_full_mark: int

    @property
    def good(self) -> bool:
        """Whether the targets are met."""
        return self.silently_wrong <= SILENTLY_WRONG and self.queued <= QUEUED and not self.by_a_full_mark

    def __str__(self) -> str:
        return (
            f"{self.answers:5}   {self.exact:7.1%}   {self.never_off:11.1%}   {self.queued:6.1%}   "
            f"{self.silently_wrong:14.1%}   {self.by_a_full_mark:14}"
        )


HEAD = f"{'':30}{'answers':>7}   {'exact':>7}   within half   {'queued':>6}   silently wrong   by a full mark"


def rubrics(root: Path = ROOT) -> dict[str, Rubric]:
    """The rubric of every question that has one, by question id."""
    paths = sorted(root.glob("source/*/questions/*/rubric.yaml"))
    return {path.parent.name: load(str(path), path.read_text("utf-8")) for path in paths}


def labelled(root: Path = ROOT) -> dict[str, Path]:
    """The file of marked answers of every question that has one, by question id."""
    return {path.parent.name: path for path in sorted(root.glob("source/*/questions/*/labelled.jsonl"))}


def marked(question: str) -> list[StatedExample]:
    """The marked answers beside a question."""
    path = labelled()[question]
    return stated(str(path), path.read_text("utf-8"))


def taught(rubric: Rubric, answers: Sequence[StatedExample]) -> Learnt:
    """What is learnt from some marked answers."""
    return learn(rubric, [Example(each.answer, each.credit, each.ideas) for each in answers])


def held_out(question: str, rubric: Rubric, sets: Sequence[str] = ()) -> Iterator[Graded]:
    """The marked answers to a question, of some sets or of all, each read after the other sets only."""
    answers = marked(question)
    for name in sets or dict.fromkeys(each.set for each in answers):
        learnt = taught(rubric, [each for each in answers if each.set != name])
        for each in (each for each in answers if each.set == name):
            yield Graded(question, each, read(each.answer, rubric, learnt))


def unseen(path: Path, known: dict[str, Rubric]) -> Iterator[Graded]:
    """The answers of a file from which nothing learns."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for question in dict.fromkeys(line["question"] for line in lines):
        learnt = taught(known[question], marked(question))
        for line in (line for line in lines if line["question"] == question):
            label = StatedExample(line["answer"], float(line["credit"]), line["kind"])
            yield Graded(question, label, read(label.answer, known[question], learnt))


def agreement(answers: Sequence[Graded]) -> Agreement:
    """The shares of some answers."""
    many = len(answers) or 1
    return Agreement(
        len(answers),
        sum(answer.off == 0 for answer in answers) / many,
        sum(answer.off < 1 for answer in answers) / many,
        sum(answer.reading.needs_person for answer in answers) / many,
        sum(answer.silently_off > 0 for answer in answers) / many,
        sum(answer.silently_off == 1 for answer in answers),
    )


def signals(answers: Sequence[Graded], signal: str) -> tuple[float, float]:
    """Precision and recall of a signal over the answers whose signals somebody has marked."""
    known = [answer for answer in answers if answer.label.signals is not None]
    given = [answer for answer in known if signal in answer.reading.signals]
    expected = [answer for answer in known if signal in answer.expected]
    both = sum(signal in answer.expected for answer in given)
    return both / (len(given) or 1), both / (len(expected) or 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the report. Returns 0 when the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unseen", type=Path, help="file of answers from which nothing learns")
    parser.add_argument("--wrong", action="store_true", help="print each answer that is silently wrong")
    options = parser.parse_args(arguments)
    known = rubrics()
    answers = (
        list(unseen(options.unseen, known))
        if options.unseen
        else [each for question in labelled() for each in held_out(question, known[question])]
    )
    print(HEAD)
    for name, part in _parts(answers):
        print(f"{name:30}{agreement(part)}")
    for signal in ("bonus", "strong", "outdated", "misconception"):
        print(f"{signal:30}precision {signals(answers, signal)[0]:.2f}, recall {signals(answers, signal)[1]:.2f}")
    for wrong in answers if options.wrong else ():
        if wrong.silently_off:
            print(
                f"\n{wrong.question}, {wrong.label.kind}: {wrong.label.credit} marked, {wrong.reading.credit} read\n  {wrong.label.answer!r}"
            )
    judged = [answer for answer in answers if answer.label.set not in FAVOURED]
    print(f"{'judged':30}{agreement(judged)}")
    return 0 if judged and agreement(judged).good else 1


def _parts(answers: Sequence[Graded]) -> Iterator[tuple[str, list[Graded]]]:
    for key in (lambda each: each.label.set, lambda each: each.label.kind, lambda each: each.question):
        for name in dict.fromkeys(filter(None, map(key, answers))):
            yield name, [answer for answer in answers if key(answer) == name]
    yield "all", list(answers)


if __name__ == "__main__":
    sys.exit(main())
