"""What nbgrader's own pages may show of a submission: the formgrader's, in the instructor's browser, with its cookies.

nbgrader renders autograded notebooks with nbconvert's HTMLExporter, which lets HTML of cells and outputs through;
`sanitize_html` does not change that, since the formgrader's template prints markdown cells by itself. `configure_pages`
sets what nbconvert leaves open: a preprocessor for cells and a filter for markdown. Our own pages are `feedback`'s.
"""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat.notebooknode import NotebookNode
from traitlets import Bool

from groundschool.course import raw_marking
from groundschool.reports.cells import grade_id
from groundschool.safe import safe_outputs

GRADE_ID = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class SafeCells(Preprocessor):  # type: ignore[misc]
    """Sanitises outputs, drops raw cells, attachments and all metadata but nbgrader's, in the copy that is shown."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The notebook with harmless cells; `resources` as they were."""
        nb.cells = [self._cell(cell) for cell in nb.cells if cell.cell_type in ("code", "markdown")]
        nb.metadata = NotebookNode()
        return nb, resources

    def _cell(self, cell: NotebookNode) -> NotebookNode:
        named = GRADE_ID.fullmatch(grade_id(cell))
        cell.metadata = NotebookNode({"nbgrader": raw_marking(cell)} if named else {})
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = safe_outputs(cell.outputs)
        return cell


def configure_pages(config: Any) -> None:
    """Makes every page that nbgrader writes of a submission harmless; `config` is the object of
    `nbgrader_config.py`.
    """
    config.GenerateFeedback.exporter_class = "groundschool.grading.plugin.exporter.SafeFeedbackExporter"
    config.HTMLExporter.preprocessors = ["groundschool.grading.plugin.pages.SafeCells"]
    config.HTMLExporter.filters = {"markdown2html": "groundschool.safe.clean_markdown"}
