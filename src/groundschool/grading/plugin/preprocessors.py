"""Split execution as an nbgrader preprocessor, and the one line that switches it on for a course.

`configure(c)` puts `Split` in the place of nbgrader's `Execute`, takes over the copy of submissions (nbgrader follows
links, before any preprocessor runs), and makes feedback and the formgrader's pages harmless. `nbgrader autograde`, the
formgrader's button and `groundschool grade` then grade alike.
"""

from __future__ import annotations

import atexit
import functools
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from groundschool import course, tools
from groundschool.checks.verdict import Result
from groundschool.grading import inputs, seed, submission
from groundschool.grading.plugin import gradebook, revision, takeover
from groundschool.grading.plugin.pages import configure_pages
from groundschool.grading.plugin.patterns import take_names_as_they_are
from groundschool.grading.plugin.released import configure_release
from groundschool.grading.rehearsal import lesson as lessons
from groundschool.grading.rehearsal.lesson import Lesson, learned
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.open import opened
from groundschool.results import HandIn, Results, named

TRUST = "GROUNDSCHOOL_TRUST"
REMEDY = f"To run them unprotected anyway, set {TRUST}=1."
PREPROCESSORS = (
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "groundschool.grading.plugin.preprocessors.Split",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "groundschool.grading.plugin.preprocessors.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)


def configure(config: Any, *, dated: bool = False) -> None:
    """Switches safe grading on for a course; called from its `nbgrader_config.py`.

    With `dated`, a `timestamp.txt` in a hand-in says when it was handed in, as nbgrader's exchange writes it.
    """
    config.Autograde.autograde_preprocessors = list(PREPROCESSORS)
    config.Execute.timeout = 300
    configure_pages(config)
    configure_release(config)
    revision.read_in_this_process()
    tools.put_on_path()  # `nbgrader db upgrade` calls a bare `alembic`
    take_names_as_they_are()
    takeover.take_over(dated=dated)


@functools.cache
def engine(root: Path) -> Engine:
    """This process's warm engine for a course. Raises NoBox where submissions could not be contained."""
    made, _ = opened(root / "data", trusted=bool(os.environ.get(TRUST)), remedy=REMEDY)
    atexit.register(made.__exit__)
    return made


def _topic(names: Mapping[str, str]) -> str:
    """The name of an assignment; with its notebook's, where that is called otherwise."""
    assignment, notebook = names["assignment"], names["notebook"]
    return assignment if notebook == assignment else f"{assignment}/{notebook}"


def _note(results: Results, student: str, topic: str, work: str, key: str) -> HandIn:
    """The note of a hand-in; where it was graded before, with the name and with what was odd about finding it."""
    known = results.hand_in(student, topic, work)
    return replace(known, key=key, at=time.time_ns()) if known else HandIn(student, topic, work, key)


LEARNED: dict[str, Lesson] = {}  # by digest: what cannot be graded is rehearsed once in a run, not for each hand-in


def _known(warm: Engine, lesson: Lesson) -> Lesson:
    if lesson.digest not in LEARNED:
        LEARNED[lesson.digest] = learned(warm, lesson)
    return LEARNED[lesson.digest]


class Split(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs the candidate's cells in one box and the test cells in another; leaves scores where nbgrader looks for
    them.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with outputs, scores, and the result in its metadata; the result is kept, too."""
        names = resources["nbgrader"]
        directory = CourseDirectory(parent=self, config=self.config)
        folder = Path(directory.format_path(directory.source_directory, ".", names["assignment"]))
        root = Path(directory.root)
        warm, handed_in = engine(root), takeover.staged(self, names)
        released = Path(directory.format_path(directory.release_directory, ".", names["assignment"]))
        source = folder / f"{names['notebook']}.ipynb", released / f"{names['notebook']}.ipynb"
        topic = course.Topic(_topic(names), folder)
        lesson = _known(warm, lessons.prepare(topic, seed.read(root), warm.isolation, source))
        known = lesson.knowledge(warm)
        graded = submission.grade(warm, lesson.notebook, handed_in.staged, known, topic.name, nb)
        job = submission.job(course.Course(root), lesson, handed_in.staged, warm.isolation)
        results = Results(root)
        note = _note(results, names["student"], topic.name, handed_in.work, job.key)
        self._keep(results, note, graded, job)
        result = named(graded.result, note)
        graded.notebook.metadata["groundschool"] = {**result.to_json(), "key": note.key, "work": note.work}
        return graded.notebook, resources

    def _keep(self, results: Results, note: HandIn, graded: submission.Graded, job: submission.Job) -> None:
        results.keep(note.key, graded.result, graded.notebook, job.questions)
        inputs.keep(results, job)
        results.record(note)
        if results.lost:
            self.log.warning("The result of %s could not be remembered: %s", note.candidate, results.lost)


class SaveVerdicts(SaveAutoGrades):  # type: ignore[misc]
    """Like nbgrader's own, and keeps a person's score for the hand-in that it was given for."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Scores every cell, and puts into the formgrader's queue what a person must look at."""
        body = nb.metadata.get("groundschool", {})
        result = Result.from_json(body)
        self.ours = {verdict.question for verdict in result.questions}
        found: tuple[Any, Any] = super().preprocess(nb, resources)
        with gradebook.opened(self.db_url, self.parent.parent.coursedir.course_id) as book:
            gradebook.show(book, HandIn(result.candidate, result.topic, body["work"], body["key"]), result)
        return found

    def _add_score(self, cell: Any, resources: Any) -> None:
        if cell.metadata["nbgrader"]["grade_id"].removesuffix(course.TESTS) not in self.ours:
            super()._add_score(cell, resources)
