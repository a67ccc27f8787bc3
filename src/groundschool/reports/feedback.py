"""Feedback for two audiences from one result: the candidate's page and the instructor's.

The candidate's page takes the source of test cells from the released notebook, shows none of their outputs and no
`detail` of a check, so nothing hidden can reach it. Sanitising is left to `safe` and `cells`, layout to the templates of
`reports`.

`SafeFeedbackExporter` makes nbgrader write the candidate's page. nbgrader 0.9.6 reads the exporter of a converter from
`exporter_class`, for `nbgrader generate_feedback` and for the formgrader's button alike:

    config.GenerateFeedback.exporter_class = "groundschool.reports.feedback.SafeFeedbackExporter"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat.notebooknode import NotebookNode

from groundschool.checks.verdict import Check, Outcome, Result, Verdict
from groundschool.course import TESTS, Role, raw_marking
from groundschool.errors import GroundSchoolError
from groundschool.reports import cells
from groundschool.reports.cells import CellView
from groundschool.reports.page import render
from groundschool.reports.tables import Table, counterexample_tables


@dataclass(frozen=True)
class CheckView:
    """A check with its counterexample laid out."""

    check: Check
    given: tuple[Table, ...] = ()
    compared: tuple[Table, ...] = ()


@dataclass(frozen=True)
class QuestionView:
    """A question on a page. `reference` is the instructor's answer and stays None on the candidate's page."""

    verdict: Verdict
    title: str
    checks: tuple[CheckView, ...]
    cells: tuple[CellView, ...]
    reference: Markup | None = None


def candidate_page(result: Result, notebook: NotebookNode | None, released: NotebookNode) -> str:
    """The candidate's page, a standalone HTML file; `notebook` is the executed one, None when it could not be read.

    Its outputs must end before the first hidden input: everything the answer's process wrote later is the instructor's.
    """
    known = cells.sources(released)
    views = _views(notebook, lambda cell, plain: cells.candidate_view(cell, known, plain))
    questions = _questions(result, views, released)
    return _page("candidate", result, questions, views, cells.heading(released))


def instructor_page(result: Result, notebook: NotebookNode | None, source: NotebookNode) -> str:
    """The instructor's page: hidden tests, details, every output, the reference answers; sanitised all the same."""
    known = cells.sources(source)
    views = _views(notebook, lambda cell, plain: cells.instructor_view(cell, known, plain))
    questions = [
        replace(question, reference=cells.code_html(known[question.verdict.question]))
        if question.verdict.question in known
        else question
        for question in _questions(result, views, source)
    ]
    return _page("instructor", result, questions, views, cells.heading(source))


class SafeFeedbackExporter(Exporter):  # type: ignore[misc]
    """The exporter nbgrader uses for feedback: the candidate's page of an autograded notebook.

    Reads the result from the notebook's metadata and the released notebook from the course; points and comments that a
    person entered in the formgrader win over the graded ones.
    """

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page and nbconvert's resources; raises GroundSchoolError when the notebook holds no result."""
        graded, found = super().from_notebook_node(nb, resources, **kw)
        result = _with_gradebook(_stored_result(graded), graded, found["nbgrader"])
        return candidate_page(result, graded, nbformat.read(self._released(found["nbgrader"]), as_version=4)), found

    def _released(self, names: dict[str, Any]) -> Path:
        course = self.parent.coursedir
        folder = Path(course.format_path(course.release_directory, ".", names["assignment"]))
        path = folder / f"{names['notebook']}.ipynb"
        if not path.is_file():
            raise GroundSchoolError(
                f"No released notebook at {path}: feedback shows test cells as they were released. "
                f"Run `nbgrader generate_assignment {names['assignment']}`, then this command again."
            )
        return path


def _stored_result(notebook: NotebookNode) -> Result:
    try:
        return Result.from_json(notebook.metadata["groundschool"])
    except (KeyError, TypeError, AttributeError) as error:
        raise GroundSchoolError(
            "The autograded notebook holds no result of Ground School, expected one in its metadata. "
            "Grade it again with `nbgrader autograde --force` or `groundschool grade`."
        ) from error


def _with_gradebook(result: Result, notebook: NotebookNode, names: dict[str, Any]) -> Result:
    """The result with what nbgrader's GetGrades put into the cells: scores on test cells, comments on answers."""
    metadata = {cells.grade_id(cell): raw_marking(cell) for cell in notebook.cells}
    verdicts = tuple(
        _decided(
            verdict,
            metadata.get(verdict.question + TESTS, {}).get("score"),
            metadata.get(verdict.question, {}).get("comment"),
        )
        for verdict in result.questions
    )
    penalty = names.get("late_penalty") or 0
    late = (f"Handed in late: the gradebook takes {penalty:g} points off the score shown here.",) if penalty else ()
    return replace(result, questions=verdicts, flags=result.flags + late)


def _decided(verdict: Verdict, score: float | None, comment: str | None) -> Verdict:
    if comment:
        verdict = replace(verdict, notes=(*verdict.notes, f"Comment: {comment}"))
    if score is None or abs(score - verdict.points) < 1e-6:
        return verdict
    outcome: Outcome = "passed" if score >= verdict.max else "partial" if score > 0 else "failed"
    return verdict.with_points(score, outcome, f"Points set by a person; graded automatically: {verdict.points:g}.")


def _views(notebook: NotebookNode | None, view: Callable[[Any, bool], CellView | None]) -> list[CellView]:
    views, left = [], cells.MOST_PARSED
    for cell in notebook.cells if notebook else ():
        left -= len(cell.source)
        views.append(view(cell, left < 0))
    return [shown for shown in views if shown is not None]


def _questions(result: Result, views: list[CellView], titled: NotebookNode) -> list[QuestionView]:
    titles = cells.titles(titled)
    groups = _by_question(views)
    return [
        QuestionView(
            verdict,
            titles.get(verdict.question + TESTS) or verdict.question.replace("_", " "),
            tuple(_check_view(check) for check in verdict.checks),
            tuple(groups.get(verdict.question, ())),
        )
        for verdict in result.questions
    ]


def _by_question(views: list[CellView]) -> dict[str, list[CellView]]:
    """A question's cells are the answer cells above its test cell, and that test cell."""
    groups: dict[str, list[CellView]] = {}
    answers: list[CellView] = []
    for view in views:
        if view.role == Role.SOLUTION:
            answers.append(view)
        elif view.grade_id.endswith(TESTS):
            groups[view.grade_id.removesuffix(TESTS)] = [*answers, view]
            answers = []
    return groups


def _check_view(check: Check) -> CheckView:
    if check.counterexample is None:
        return CheckView(check)
    given, compared = counterexample_tables(check.counterexample)
    return CheckView(check, tuple(given), tuple(compared))


def _page(audience: str, result: Result, questions: list[QuestionView], views: list[CellView], heading: str) -> str:
    placed = {id(view): number for number, question in enumerate(questions, 1) for view in question.cells}
    return render(
        "feedback.html.j2",
        audience=audience,
        heading=heading,
        result=result,
        questions=questions,
        cells=[(view, placed.get(id(view))) for view in views],
        signals=[(question, signal) for question in questions for signal in question.verdict.signals],
        mistakes=[(question, item.check) for question in questions for item in question.checks if item.check.mistake],
    )
