"""Tries a notebook's plain test cells, those that don't ask by `checks`: all at once, in the order of the notebook.

Such a cell may need anything that stands above it, so the notebook runs as a submission does: once as its author solved
it, and once as it was released. Which questions need that is `lesson`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundschool.course import Cell, Notebook, Role
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.verdicts import Examined, why


def rehearse_whole(
    engine: Engine, notebook: Notebook, released: Notebook, tests: Sequence[Cell], seed: int
) -> list[Knowledge]:
    """What grading knows of these questions. One whose own solution earns nothing, or whose starter earns as much, is
    among its own faults.
    """
    solved = _examined(engine, notebook, notebook.cells, tests, seed)
    used = [test for test in tests if notebook.answers_of(test) and solved[test.id].verdict.points]
    blank = _examined(engine, notebook, released.cells, used, seed) if used else {}
    faults = {test.id: _fault(test, solved[test.id], blank.get(test.id)) for test in tests}
    return [Knowledge(seed, faults={test.id: faults[test.id]} if faults[test.id] else {}) for test in tests]


def _examined(
    engine: Engine, notebook: Notebook, cells: Sequence[Cell], tests: Sequence[Cell], seed: int
) -> Mapping[str, Examined]:
    """What these test cells earn when the notebook's cells are those."""
    code = [cell for cell in cells if cell.role != Role.PROSE]
    tried = {test.id for test in tests}
    with Session(engine, notebook, code, Knowledge(seed, learning=True)) as session:
        found = session.run({test.id: test.id in tried for test in notebook.tests})
    return {test.id: each for test, each in zip(notebook.tests, found, strict=True)}


def _fault(test: Cell, solved: Examined, blank: Examined | None) -> str:
    points = solved.verdict.points
    if not points and test.points:
        return f"The solution of {test.question!r} earns {points:g} of {test.points:g}: {why(solved)}"
    if blank is None or blank.verdict.points < points:
        return ""
    earned = blank.verdict.points
    return f"The test cell of {test.question!r} gives {earned:g} points to the starter, as many as to the solution."
