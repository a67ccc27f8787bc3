"""The exporter with which nbgrader writes feedback: our candidate's page, with what a person has decided since.

nbgrader 0.9.6 reads the exporter of a converter from `exporter_class`, for `nbgrader generate_feedback` and for the
formgrader's button alike. What the page shows is decided in `reports`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter
from nbformat.notebooknode import NotebookNode

from groundschool.checks.verdict import Result
from groundschool.errors import GroundSchoolError
from groundschool.grading.plugin import gradebook
from groundschool.reports.feedback import candidate_page
from groundschool.results import reviewed


class SafeFeedbackExporter(Exporter):  # type: ignore[misc]
    """The exporter nbgrader uses for feedback: the candidate's page of an autograded notebook.

    Reads the result from the notebook's metadata and the released notebook from the course; points and comments that a
    person entered in the formgrader for this hand-in win over the graded ones.
    """

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page and nbconvert's resources; raises GroundSchoolError when the notebook holds no result."""
        graded, found = super().from_notebook_node(nb, resources, **kw)
        names, work = found["nbgrader"], str(graded.metadata.get("groundschool", {}).get("work", ""))
        result = _decided(_stored_result(graded), work, names, self.parent.coursedir.course_id)
        return candidate_page(result, graded, nbformat.read(self._released(names), as_version=4)), found

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


def _decided(result: Result, work: str, names: dict[str, Any], course_id: str) -> Result:
    """The result with what the gradebook holds: points and comments for this hand-in, what was given to earlier ones, a
    penalty.
    """
    with gradebook.opened(names["db_url"], course_id) as book:
        decided = gradebook.decided(book, names["student"], names["assignment"])
    own = {**decided.pop("", {}), **decided.pop(work, {})}
    earlier = {question: each for found in decided.values() for question, each in found.items()}
    penalty = names.get("late_penalty") or 0
    late = (f"Handed in late: the gradebook takes {penalty:g} points off the score shown here.",) if penalty else ()
    return replace(reviewed(result, own, earlier), flags=result.flags + late)
