"""Split execution as an nbgrader preprocessor, and the one line that switches it on for a course.

`configure(c)` puts `Split` in the place of nbgrader's `Execute`, takes over the copy of submissions (nbgrader follows links,
before any preprocessor runs), and makes feedback and the formgrader's pages harmless. `nbgrader autograde`, the formgrader's
button and `groundschool grade` then grade alike.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from groundschool import course, tools
from groundschool.errors import GroundSchoolError
from groundschool.grading import seed, submission
from groundschool.grading.box import probe
from groundschool.grading.handin.apart import stage_apart
from groundschool.grading.handin.stage import Staged
from groundschool.grading.plugin.gradebook import FOR_A_PERSON
from groundschool.grading.plugin.pages import configure_pages
from groundschool.grading.plugin.patterns import matching, take_names_as_they_are
from groundschool.grading.rehearsal.rehearsal import learn
from groundschool.grading.session.engine import Engine
from groundschool.reports.feedback import SafeFeedbackExporter

TRUST = "GROUNDSCHOOL_TRUST"
STAGED = ".groundschool/nbgrader"
PREPROCESSORS = (
    "nbconvert.preprocessors.ClearMetadataPreprocessor", "groundschool.grading.plugin.preprocessors.Split", "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput", "groundschool.grading.plugin.preprocessors.SaveVerdicts", "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)  # fmt: skip


class NoBox(GroundSchoolError):
    """No box can be made here, and nobody said that the submissions are trusted."""


def configure(config: Any) -> None:
    """Switches safe grading on for a course; called from its `nbgrader_config.py`."""
    config.Autograde.autograde_preprocessors = list(PREPROCESSORS)
    config.GenerateFeedback.exporter_class = SafeFeedbackExporter
    config.ClearSolutions.code_stub = {"python": ""}
    config.Execute.timeout = 300
    configure_pages(config)
    tools.put_on_path()  # nbgrader calls a bare `alembic`
    take_names_as_they_are()
    _take_over_copy()


@functools.cache
def engine(root: Path) -> Engine:
    """This process's warm engine for a course. Raises NoBox where submissions could not be contained."""
    trusted = bool(os.environ.get(TRUST))
    reason = None if trusted else probe.probe()
    if reason:
        raise NoBox(
            f"Submissions are not graded without a sandbox: {reason} To run them unprotected anyway, set {TRUST}=1."
        )
    made = Engine("none" if trusted else "sandbox", root / "data")
    atexit.register(made.__exit__)
    return made


class Split(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs the candidate's cells in one box and the test cells in another; leaves scores where nbgrader looks for them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with outputs, scores, and the result in its metadata."""
        names = resources["nbgrader"]
        directory = CourseDirectory(parent=self, config=self.config)
        source = (
            Path(directory.format_path(directory.source_directory, ".", names["assignment"]))
            / f"{names['notebook']}.ipynb"
        )
        instructor, root = course.read(source), Path(directory.root)
        staged = _load(root, names)
        topic = course.Topic(names["assignment"], source.parent)
        knowledge = learn(engine(root), topic, seed.read(root), source)
        graded = submission.grade(
            engine(root), instructor, staged, knowledge, (names["student"], names["assignment"]), nb
        )
        return graded.notebook, resources


class SaveVerdicts(SaveAutoGrades):  # type: ignore[misc]
    """Like nbgrader's own, and puts what a person must look at into the formgrader's queue."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Scores every cell, and marks those whose question needs a person."""
        questions = nb.metadata.get("groundschool", {}).get("questions", [])
        self.unsure = {question["question"] for question in questions if question["outcome"] in FOR_A_PERSON}
        found: tuple[Any, Any] = super().preprocess(nb, resources)
        return found

    def _add_score(self, cell: Any, resources: Any) -> None:
        super()._add_score(cell, resources)
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        question = grade_id.removesuffix(course.TESTS)
        grade.needs_manual_grade = grade.manual_score is None and (grade.auto_score is None or question in self.unsure)
        self.gradebook.db.commit()


def _take_over_copy() -> None:
    """Submissions are staged first, and nbgrader copies from there. Its converter class has no setting for it."""
    from nbgrader.converters import Autograde

    if getattr(Autograde, "staged_by_groundschool", False):
        return
    find_notebooks = Autograde.init_notebooks

    def init_notebooks(self: Any) -> None:
        _stage_all(self.coursedir, self.coursedir.assignment_id, self.coursedir.student_id)
        find_notebooks(self)

    def input_directory(self: Any) -> str:
        return STAGED if self._sanitizing else str(self.coursedir.autograded_directory)

    Autograde.init_notebooks = init_notebooks
    Autograde._input_directory = property(input_directory)
    Autograde.staged_by_groundschool = True


def _stage_all(directory: Any, assignment: str, student: str) -> None:
    root, wanted = Path(directory.root), directory.format_path(directory.submitted_directory, student, assignment)
    pattern = re.escape(directory.format_path(directory.submitted_directory, "STUDENT", assignment)).replace(
        "STUDENT", "(.*)"
    )
    shutil.rmtree(root / STAGED, ignore_errors=True)
    for path in sorted(matching(wanted)):
        who = re.fullmatch(pattern, path)
        if who:
            released = Path(directory.format_path(directory.release_directory, ".", assignment))
            # A candidate's whole folder may be a link, too; staging it by that name is refused.
            given = Path(path).parent if Path(path).parent.is_symlink() else Path(path)
            _stage_one(root, given, released, (who.group(1), assignment))


def _stage_one(root: Path, path: Path, released: Path, who: tuple[str, str]) -> None:
    for notebook in sorted(released.glob("*.ipynb")):
        staged = stage_apart(path, notebook, root / STAGED / who[0] / who[1])
        kept = _record(root, *who, notebook.stem)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(
            json.dumps({**asdict(staged), "notebook": str(staged.notebook)}),
            encoding="utf-8",
        )


def _record(root: Path, student: str, assignment: str, notebook: str) -> Path:
    return root / f"{STAGED}-flags" / student / assignment / f"{notebook}.json"


def _load(root: Path, names: dict[str, str]) -> Staged:
    body = json.loads(
        _record(root, names["student"], names["assignment"], names["notebook"]).read_text(encoding="utf-8")
    )
    return Staged(
        Path(body["notebook"]),
        tuple(body["flags"]),
        dict(body["attempted"]),
        bool(body["readable"]),
        dict(body["elsewhere"]),
    )
