"""Writes the pages of one hand-in: the candidate's and the instructor's.

What stands on them is `feedback`'s; tables over many results are `summary`'s.
"""

from __future__ import annotations

import functools
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from groundschool.course import Topic
from groundschool.reports.feedback import candidate_page, instructor_page
from groundschool.reports.summary import page_path
from groundschool.results import Shown, write_whole


def candidates(topic: Topic, shown: Shown, notebook: NotebookNode, folder: Path) -> None:
    """Writes `<candidate>/<topic>/<topic>.html`, which may be sent. Raises OSError."""
    result = shown.result
    path = folder / result.candidate / topic.name / f"{topic.name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, candidate_page(result, notebook, _read(topic.released)))


def instructors(topic: Topic, shown: Shown, notebook: NotebookNode | None, folder: Path) -> None:
    """Writes the instructor's page at its `page_path`. Raises OSError."""
    path = folder / page_path(shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, instructor_page(shown.result, notebook, _read(topic.path)))


def has_page(shown: Shown, folder: Path) -> bool:
    """Whether the instructor's page is there."""
    return (folder / page_path(shown)).is_file()


def _read(path: Path) -> NotebookNode:
    return _parsed(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=32)
def _parsed(path: Path, changed: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)
