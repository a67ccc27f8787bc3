"""Tries a notebook's plain test cells, those that don't ask by `checks`: all at once, in the order of the notebook.

Such a cell may need anything that stands above it, so the notebook runs as a submission does: once as its author solved
it, and once as it was released. Which questions need that is `lesson`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from groundschool.course import Cell, Notebook, Role
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.preparation import NOTHING, Opened, Preparation, changeable, prepared
from groundschool.grading.session.verdicts import Examined, why

Found = TypeVar("Found")


def rehearse_whole(
    engine: Engine, notebook: Notebook, released: Notebook, tests: Sequence[Cell], seed: int
) -> list[Knowledge]:
    """What grading knows of these questions. One whose own solution earns nothing, or whose starter earns as much, is
    among its own faults.

    Where a solution earns nothing, it is tried again with more taken from its side: the objects that it changes, then
    what its calls change of their arguments.
    """
    trying = _Trying(engine, notebook, seed)
    solved, opened = dict(trying.examined(notebook.cells, tests, {})), dict[str, Opened]()
    for more in ("objects", "arguments", "both"):
        wider = {test.id: _wider(notebook, test, more) for test in tests if not solved[test.id].verdict.points}
        wider = {test: each for test, each in wider.items() if each != NOTHING}
        again = trying.examined(notebook.cells, [test for test in tests if test.id in wider], wider) if wider else {}
        opened |= {test: wider[test] for test in wider if again[test].verdict.points}
        solved |= {test: again[test] for test in opened.keys() & again.keys() if again[test].verdict.points}
    uses = prepared(notebook, opened)
    earned = [test for test in tests if uses[test.id] != Preparation() and solved[test.id].verdict.points]
    blank = trying.examined(released.cells, earned, opened) if earned else {}
    faults = {test.id: _fault(test, solved[test.id], blank.get(test.id)) for test in tests}
    return [
        Knowledge(seed, faults=_only(faults, test), opened={} if faults[test.id] else _only(opened, test))
        for test in tests
    ]


def _wider(notebook: Notebook, test: Cell, more: str) -> Opened:
    """What else a test cell may need of the candidate's side; nothing where it has no more to take."""
    objects = changeable(notebook, test) if more != "arguments" else ()
    return NOTHING if more != "arguments" and not objects else Opened(objects, arguments=more != "objects")


@dataclass(frozen=True)
class _Trying:
    """Runs the notebook with some cells or others."""

    engine: Engine
    notebook: Notebook
    seed: int

    def examined(self, cells: Sequence[Cell], tests: Sequence[Cell], opened: dict[str, Opened]) -> dict[str, Examined]:
        """What these test cells earn when the notebook's cells are those."""
        code = [cell for cell in cells if cell.role != Role.PROSE]
        tried = {test.id for test in tests}
        with Session(self.engine, self.notebook, code, Knowledge(self.seed, learning=True, opened=opened)) as session:
            found = session.run({test.id: test.id in tried for test in self.notebook.tests})
        return {test.id: each for test, each in zip(self.notebook.tests, found, strict=True)}


def _only(found: Mapping[str, Found], test: Cell) -> dict[str, Found]:
    """What was found of one question."""
    return {test.id: found[test.id]} if found.get(test.id) else {}


def _fault(test: Cell, solved: Examined, blank: Examined | None) -> str:
    points = solved.verdict.points
    if not points and test.points:
        return f"The solution of {test.question!r} earns {points:g} of {test.points:g}: {why(solved)}"
    if blank is None or blank.verdict.points < points:
        return ""
    earned = blank.verdict.points
    return f"The test cell of {test.question!r} gives {earned:g} points to the starter, as many as to the solution."
