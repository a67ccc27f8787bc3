"""The graded notebook: a submission's cells with what they showed, test cells with what they earned.

Its test cells end in a plain float, as nbgrader reads it, whatever the submission did. Nothing is run here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_output

from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Cell, Notebook
from groundschool.grading.session.candidate import Ran
from groundschool.safe import safe_outputs


def cells_of(submission: NotebookNode, instructor: Notebook) -> list[Cell]:
    """The code cells of a staged submission. A plain cell that the instructor's notebook lacks has the role `extra`."""
    plain = {cell.source.strip() for cell in instructor.cells if cell.role == "plain"}
    cells = []
    for place, node in enumerate(submission.cells):
        if node.cell_type != "code":
            continue
        meta = node.metadata.get("nbgrader", {})
        test = bool(meta.get("grade")) and not meta.get("solution")
        role = (
            "test"
            if test
            else "solution"
            if meta.get("solution")
            else "plain"
            if node.source.strip() in plain
            else "extra"
        )
        cells.append(
            Cell(str(meta.get("grade_id") or f"{role}-{place}"), role, node.source, float(meta.get("points") or 0))
        )
    return cells


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
        grade_id = str(node.metadata.get("nbgrader", {}).get("grade_id", ""))
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
