"""The graded notebook: a submission's cells with what they showed, test cells with what they earned.

Its test cells end in a plain float, as nbgrader reads it, whatever the submission did. Nothing is run here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

from nbformat import NotebookNode
from nbformat.v4 import new_output

from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Cell, Marking, Notebook, Role
from groundschool.grading.session.candidate import Ran
from groundschool.safe import safe_outputs


def cells_of(submission: NotebookNode, instructor: Notebook) -> list[Cell]:
    """The code cells of a staged submission. A plain cell that the instructor's notebook lacks has the role `extra`."""
    ours = {cell.source.strip() for cell in instructor.plain}
    code = [(place, node) for place, node in enumerate(submission.cells) if node.cell_type == "code"]
    return [_own(Cell.of(node, place), ours) for place, node in code]


def _own(cell: Cell, ours: set[str]) -> Cell:
    return replace(cell, role=Role.EXTRA) if cell.role == Role.PLAIN and cell.source.strip() not in ours else cell


def assemble(submission: NotebookNode, instructor: Notebook, ran: Mapping[int, Ran], result: Result) -> NotebookNode:
    """The submission with outputs and scores; `ran` is numbered by code cell. Carries the result in its metadata."""
    notebook = copy.deepcopy(submission)
    sources = {test.id: test.source for test in instructor.tests}
    verdicts = {verdict.question: verdict for verdict in result.questions}
    place = -1
    for node in notebook.cells:
        if node.cell_type != "code":
            continue
        place += 1
        node.execution_count = None
        grade_id = Marking.of(node).grade_id
        if grade_id in sources:
            test = next(test for test in instructor.tests if test.id == grade_id)
            node.source, node.outputs = sources[grade_id], score_outputs(verdicts.get(test.question))
        elif place in ran:
            node.outputs = safe_outputs([NotebookNode(output) for output in ran[place].outputs])
    notebook.metadata["groundschool"] = result.to_json()
    return notebook


def score_outputs(verdict: Verdict | None) -> list[NotebookNode]:
    """The outputs of a test cell: its points, as the float that nbgrader takes for the score."""
    points = float(verdict.points) if verdict else 0.0
    return [new_output("execute_result", data={"text/plain": repr(points)}, execution_count=None)]
