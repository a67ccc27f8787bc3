"""Writes the pages of one hand-in: the candidate's and the instructor's.

What stands on them is `feedback`'s; tables over many results are `summary`'s.
"""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from groundschool.course import Topic
from groundschool.course.manifest import Needs, stated
from groundschool.reports import cells
from groundschool.reports.feedback import candidate_page, instructor_page
from groundschool.reports.paths import page_path
from groundschool.results import Shown, write_whole


def candidates(topic: Topic, shown: Shown, notebook: NotebookNode, folder: Path) -> None:
    """Writes `<candidate>/<topic>/<topic>.html`, which may be sent. Raises OSError."""
    result = shown.result
    path = folder / result.candidate / topic.name / f"{topic.name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, candidate_page(result, notebook, cells.notebook(topic.released)))


def instructors(topic: Topic, shown: Shown, notebook: NotebookNode | None, folder: Path) -> None:
    """Writes the instructor's page at its `page_path`. Raises OSError."""
    needs = stated(topic.folder) or Needs()
    path = folder / page_path(shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, instructor_page(shown.result, notebook, cells.notebook(topic.path), needs.rubrics))


def has_page(shown: Shown, folder: Path) -> bool:
    """Whether the instructor's page is there."""
    return (folder / page_path(shown)).is_file()
