"""Grades one's own notebook on one's own machine: no sandbox, since nobody else's code runs, and no gradebook."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from groundschool import course, fixtures
from groundschool.checks.verdict import Verdict
from groundschool.course import Notebook, Topic
from groundschool.errors import GroundSchoolError
from groundschool.grading import submission
from groundschool.grading.handin.stage import stage
from groundschool.grading.rehearsal.lesson import learn
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge


@dataclass(frozen=True)
class Own:
    """The verdicts on one's own notebook; `hidden` says whether hidden checks were among them."""

    topic: str
    hidden: bool
    verdicts: tuple[Verdict, ...]


def examine(notebook: Path) -> Own:
    """Grades a notebook. Raises GroundSchoolError where its released form is not at hand."""
    name = notebook.stem
    data = _beside(notebook, "data")
    with tempfile.TemporaryDirectory() as folder, Engine("none", data) as engine:
        instructor, knowledge, hidden = _instructor(engine, notebook, name)
        released = _released(notebook, name)
        staged = stage(notebook.parent, released, Path(folder) / name)
        graded = submission.grade(engine, instructor, staged, knowledge, name)
    return Own(name, hidden, graded.result.questions)


def _instructor(engine: Engine, notebook: Path, name: str) -> tuple[Notebook, Knowledge, bool]:
    try:
        topic: Topic = course.find(notebook.parent).topic(name)
        return topic.notebook(), learn(engine, topic, fixtures.PRACTICE_SEED), True
    except course.NotACourse:
        return course.read(_released(notebook, name)), Knowledge(fixtures.PRACTICE_SEED), False


def _released(notebook: Path, name: str) -> Path:
    released = _beside(notebook, "release") / name / f"{name}.ipynb"
    if not released.is_file():
        raise GroundSchoolError(
            f"The released notebook of {name!r} was not found at {released}; it is needed to tell answers from "
            "starters."
        )
    return released


def _beside(notebook: Path, name: str) -> Path:
    return next((folder / name for folder in notebook.parents if (folder / name).is_dir()), notebook.parent / name)
