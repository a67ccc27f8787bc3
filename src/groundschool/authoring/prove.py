"""Proves a topic's questions: the starter earns nothing, right answers earn everything, every mistake fails with its message.

Runs what people could hand in through the same sides as grading, and draws the kill matrix: mistake by check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from groundschool import fixtures
from groundschool.checks.question import VISIBLE_SHARE
from groundschool.checks.verdict import Verdict
from groundschool.course import Cell, Topic, message, read, solution_of
from groundschool.grading.rehearsal.rehearsal import Rehearsal, learn
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge

COPIED = "copied_example"  # the mistake that returns the prompt's example, whatever it is given
FEWEST_ANSWERS = 3
FEWEST_MISTAKES = 6
SECOND_SEED = 20_240_229


@dataclass(frozen=True)
class Proof:
    """One question's proof. `killed` maps each mistake to the checks it fails; `faults` says what does not hold."""

    topic: str
    question: str
    checks: tuple[str, ...]
    answers: int
    killed: dict[str, tuple[str, ...]]
    faults: tuple[str, ...]


def prove(engine: Engine, topic: Topic) -> Iterator[Proof]:
    """The proof of every question of a topic, as each is done."""
    notebook, released = topic.notebook(), read(topic.released)
    knowledge = replace(learn(engine, topic, fixtures.PRACTICE_SEED), faults={})  # told here in full instead
    with (
        Rehearsal(engine, notebook, knowledge) as rehearsal,
        Rehearsal(engine, notebook, Knowledge(SECOND_SEED, learning=True)) as second,
    ):
        for test in notebook.tests:
            yield _Trial(topic, test, rehearsal, second).prove(solution_of(released, test))


class _Trial:
    def __init__(self, topic: Topic, test: Cell, rehearsal: Rehearsal, second: Rehearsal) -> None:
        self.topic, self.test, self.rehearsal, self.second = topic, test, rehearsal, second
        self.faults: list[str] = []

    def prove(self, starter: str) -> Proof:
        """Tries everything there is for this question."""
        solution = self.rehearsal.solution(self.test)
        first = self._full(self.rehearsal, solution, "the solution")
        self._full(self.rehearsal, solution, "the solution, run again")
        self._full(self.second, solution, "the solution on a second seed")
        blank = self.rehearsal.examine(self.test, starter).verdict
        self._expect(
            blank.outcome == "not_attempted" and blank.points == 0,
            f"the starter is {blank.outcome} with {blank.points:g} points",
        )
        answers = self.topic.attempts("answers", self.test.question)
        self._expect(
            len(answers) >= FEWEST_ANSWERS,
            f"{len(answers)} other right answers; at least {FEWEST_ANSWERS} were expected",
        )
        for path in answers:
            self._full(self.rehearsal, self.rehearsal.attempt(self.test, path), f"answers/{path.name}")
        killed = self._mistakes()
        self._useful(first, killed)
        return Proof(
            self.topic.name,
            self.test.question,
            tuple(check.name for check in first.checks),
            len(answers),
            killed,
            tuple(self.faults),
        )

    def _full(self, rehearsal: Rehearsal, source: str, name: str) -> Verdict:
        verdict = rehearsal.examine(self.test, source).verdict
        why = (
            "; ".join(f"{check.name}: {check.detail or check.message}" for check in verdict.checks if not check.passed)
            or verdict.reason
        )
        self._expect(
            verdict.points == self.test.points, f"{name} earns {verdict.points:g} of {self.test.points:g}: {why}"
        )
        return verdict

    def _mistakes(self) -> dict[str, tuple[str, ...]]:
        paths = self.topic.attempts("mistakes", self.test.question)
        self._expect(len(paths) >= FEWEST_MISTAKES, f"{len(paths)} mistakes; at least {FEWEST_MISTAKES} were expected")
        texts = {path.suffix for path in paths} <= {".txt"}
        self._expect(
            texts or any(path.stem == COPIED for path in paths),
            f"no mistake is called {COPIED}: the prompt's example, copied",
        )
        messages = [message(path) for path in paths]
        self._expect(len(set(messages)) == len(messages), "two mistakes share a message")
        return {path.stem: self._mistake(path) for path in paths}

    def _mistake(self, path: Path) -> tuple[str, ...]:
        verdict = self.rehearsal.examine(self.test, self.rehearsal.attempt(self.test, path)).verdict
        failed = tuple(check for check in verdict.checks if not check.passed)
        self._expect(verdict.points < self.test.points, f"mistakes/{path.name} survives with {verdict.points:g} points")
        constant = path.stem == COPIED and verdict.points > self.test.points * VISIBLE_SHARE
        self._expect(
            not constant, f"the example copied from the prompt earns {verdict.points:g} of {self.test.points:g}"
        )
        told = {check.message for check in failed} | set(verdict.notes)
        self._expect(
            message(path) in told, f"mistakes/{path.name} is not told its message, but: {' | '.join(sorted(told))}"
        )
        return tuple(check.name for check in failed)

    def _useful(self, solution: Verdict, killed: dict[str, tuple[str, ...]]) -> None:
        failed = {name for names in killed.values() for name in names}
        for check in solution.checks:
            self._expect(not check.hidden or check.name in failed, f"the hidden check {check.name!r} fails no mistake")
        visible = sum(check.passed for check in solution.checks if not check.hidden)
        self._expect(visible > 0, "there is no visible check")

    def _expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)
