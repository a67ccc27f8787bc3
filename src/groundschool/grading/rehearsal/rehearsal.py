"""Tries answers whose author is trusted: the instructor's solution, right answers in other styles, known mistakes.

Runs them through the same sides as submissions. `rehearse` makes what grading knows of a question from it; which
questions need that is `lesson`'s, how it is kept `store`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundschool.course import Cell, Notebook, attempt_source, message, solution_of
from groundschool.grading.rehearsal.places import before
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.verdicts import Examined, why


class Rehearsal:
    """A running candidate's side with the topic's plain cells (or `cells`), on which one answer after another is
    tried.
    """

    def __init__(
        self, engine: Engine, notebook: Notebook, knowledge: Knowledge, cells: Sequence[Cell] | None = None
    ) -> None:
        self.notebook, self.knowledge = notebook, knowledge
        self._session = Session(engine, notebook, notebook.plain if cells is None else cells, knowledge)
        self._session.candidate.run_all()

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__()

    def solution(self, test: Cell) -> str:
        """The instructor's solution of a question."""
        return solution_of(self.notebook, test)

    def attempt(self, test: Cell, path: Path) -> str:
        """A file of `answers/` or `mistakes/` as the source of the question's solution cell."""
        return attempt_source(self.notebook, test, path)

    def examine(self, test: Cell, source: str) -> Examined:
        """The verdict on one answer."""
        return self._session.examine_answer(test, source)


def rehearse(engine: Engine, notebook: Notebook, tests: Sequence[Cell], seed: int) -> list[Knowledge]:
    """What grading knows of some of a notebook's questions that ask by `checks`, in one candidate's process.

    A question whose own solution earns less than all points is among its own faults.
    """
    knowledge, learned = Knowledge(seed, learning=True), []
    with Rehearsal(engine, notebook, knowledge, before(notebook, tests)) as rehearsal:
        for test in tests:
            learned.append(_taken(knowledge, test, _fault(rehearsal, test)))
    return learned


def mistaken(
    engine: Engine, notebook: Notebook, test: Cell, paths: Sequence[Path], known: Knowledge
) -> list[dict[str, Any]]:
    """What the mistakes of a question return where they fail, a record each; `known` is what is known of it."""
    with Rehearsal(engine, notebook, known, before(notebook, [test])) as rehearsal:
        return [recorded(path, rehearsal.examine(test, rehearsal.attempt(test, path))) for path in paths]


def recorded(path: Path, found: Examined) -> dict[str, Any]:
    """What is kept of a mistake that was tried: its name, its message, and what its failed checks saw."""
    return {"name": path.stem, "message": message(path), "seen": _failures(found)}


def _taken(knowledge: Knowledge, test: Cell, fault: str) -> Knowledge:
    """The part of `knowledge` that this question has brought."""
    expected = {key: value for key, value in knowledge.expected.items() if key[0] == test.id}
    tables = dict(knowledge.tables)
    knowledge.tables.clear()  # so that the next question's are its own
    return Knowledge(knowledge.seed, expected=expected, faults={test.id: fault} if fault else {}, tables=tables)


def _fault(rehearsal: Rehearsal, test: Cell) -> str:
    """Why a question cannot be graded: its own solution does not earn its points. Empty when it can."""
    found = rehearsal.examine(test, rehearsal.solution(test))
    points = found.verdict.points
    return (
        ""
        if points >= test.points
        else f"The solution of {test.question!r} earns {points:g} of {test.points:g}: {why(found)}"
    )


def _failures(found: Examined) -> dict[str, str]:
    passed = {check.name for check in found.verdict.checks if check.passed}
    return {name: seen for name, seen in found.seen.items() if name not in passed}
