"""Prints how far the rubrics agree with the labelled answers: `make rubric-report`.

A question's rubric and its labelled answers lie beside it. Exits with 1 below the targets.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.checks.rubric import Reading, Rubric, score
from groundschool.checks.rubric.file import load

ROOT = Path(__file__).parents[2]
EXACT, NEVER_OFF, SIGNALS, QUEUED = 0.92, 0.99, 0.9, 0.05
WORST = 10


@dataclass(frozen=True)
class Graded:
    """A labelled answer and its reading."""

    question: str
    label: dict[str, object]
    reading: Reading

    @property
    def off(self) -> float:
        """How far the credit is from the label, 0 to 1."""
        return abs(self.reading.credit - float(str(self.label["credit"])))

    @property
    def expected(self) -> frozenset[str]:
        """The signals of the label."""
        signals = self.label["signals"]
        return frozenset(map(str, signals)) if isinstance(signals, list) else frozenset()

    @property
    def wrong_signals(self) -> int:
        """Signals too many and too few."""
        return len(self.expected ^ frozenset(self.reading.signals))


@dataclass(frozen=True)
class Agreement:
    """Shares of a set of answers, each 0 to 1."""

    answers: int
    exact: float
    never_off: float
    precision: float
    recall: float
    queued: float

    @property
    def good(self) -> bool:
        """Whether all targets are met."""
        return (
            self.exact >= EXACT
            and self.never_off >= NEVER_OFF
            and min(self.precision, self.recall) >= SIGNALS
            and self.queued <= QUEUED
        )

    def __str__(self) -> str:
        return (
            f"{self.answers:4} answers   exact {self.exact:6.1%}   within half {self.never_off:6.1%}   "
            f"signals {self.precision:.2f} / {self.recall:.2f}   queued {self.queued:5.1%}"
        )


def rubrics(root: Path = ROOT) -> dict[str, Rubric]:
    """The rubric of every question that has one, by question id."""
    paths = sorted(root.glob("source/*/questions/*/rubric.yaml"))
    return {path.parent.name: load(str(path), path.read_text("utf-8")) for path in paths}


def labelled(root: Path = ROOT) -> dict[str, Path]:
    """The file of labelled answers of every question that has one, by question id."""
    return {path.parent.name: path for path in sorted(root.glob("source/*/questions/*/labelled.jsonl"))}


def graded(question: str, rubric: Rubric, folder: Path | None = None) -> Iterator[Graded]:
    """Every labelled answer to a question with its reading, from `<question>.jsonl` of a folder or beside the question."""
    path = folder / f"{question}.jsonl" if folder else labelled().get(question)
    for line in path.read_text("utf-8").splitlines() if path and path.exists() else ():
        label = json.loads(line)
        yield Graded(question, label, score(label["answer"], rubric))


def agreement(answers: Sequence[Graded]) -> Agreement:
    """The shares of some answers; an empty share counts as met."""
    both = sum(len(answer.expected & set(answer.reading.signals)) for answer in answers)
    given = sum(len(answer.reading.signals) for answer in answers)
    expected = sum(len(answer.expected) for answer in answers)
    many = len(answers) or 1
    return Agreement(
        len(answers),
        sum(answer.off == 0 for answer in answers) / many,
        sum(answer.off < 1 for answer in answers) / many,
        both / given if given else 1.0,
        both / expected if expected else 1.0,
        sum(answer.reading.needs_person for answer in answers) / many,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the report. Returns 0 when the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--labelled", type=Path, help="folder of <question>.jsonl, in place of those beside the questions"
    )
    parser.add_argument(
        "--rubrics", type=Path, help="folder of <question>.yaml, in place of those beside the questions"
    )
    options = parser.parse_args(arguments)
    texts = sorted(options.rubrics.glob("*.yaml")) if options.rubrics else ()
    known = {path.stem: load(str(path), path.read_text("utf-8")) for path in texts} or rubrics()
    answers = [each for question, rubric in known.items() for each in graded(question, rubric, options.labelled)]
    for question in sorted(known):
        print(f"{question:30}", agreement([answer for answer in answers if answer.question == question]))
    total = agreement(answers)
    print(f"{'all':30}", total)
    print(f"{'targets':30}", f"{'':14} exact {EXACT:6.1%}   within half {NEVER_OFF:6.1%}   signals {SIGNALS:.2f} / {SIGNALS:.2f}   queued {QUEUED:5.1%}")  # fmt: skip
    for worst in sorted(answers, key=lambda answer: (-answer.off, -answer.wrong_signals))[:WORST]:
        print(f"\n{worst.question}, {worst.label['kind']}: {worst.label['credit']} {sorted(worst.expected)} expected, "
              f"{worst.reading.credit} {list(worst.reading.signals)} read\n  {worst.label['answer']!r}\n  found: {worst.reading.found}")  # fmt: skip
    return 0 if answers and total.good else 1


if __name__ == "__main__":
    sys.exit(main())
