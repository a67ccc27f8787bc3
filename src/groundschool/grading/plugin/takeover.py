"""Takes over nbgrader's copy of submissions: it follows links, before any preprocessor runs, and has no setting for it.

Each converter stages the submissions it is about to grade into a folder of its own, and nbgrader copies from there.
What was graded by `groundschool grade` comes from what is kept beside its result, wherever it was handed in. What
staging does is `handin`'s.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from groundschool.course import Course, screen
from groundschool.grading import inputs
from groundschool.grading.handin.apart import stage_apart
from groundschool.grading.handin.fingerprint import TIMESTAMP, fingerprint
from groundschool.grading.handin.stage import Staged
from groundschool.grading.plugin.patterns import matching
from groundschool.grading.runfolder import RunFolder
from groundschool.results import HandIn, Results

Key = tuple[str, str, str]  # student, assignment, notebook


@dataclass(frozen=True)
class HandedIn:
    """A staged submission, and the hash of what was handed in."""

    staged: Staged
    work: str


class Desk:
    """What one run of nbgrader's `autograde` in the course `root` has staged, in a folder that goes when the run ends.

    `dated` tells whether a `timestamp.txt` dates the hand-in that it lies in.
    """

    def __init__(self, root: Path, *, dated: bool = False) -> None:
        self.root, self.dated = root, dated
        self.results = Results(root)
        self._run = RunFolder()
        self.folder = self._run.path / "staged"
        self.staged: dict[Key, HandedIn] = {}

    def close(self) -> None:
        """Removes the folder."""
        self._run.close()

    def stage_all(self, directory: Any, assignment: str, student: str) -> None:
        """Stages every submission that nbgrader is about to look for; `student` may be a pattern."""
        wanted = directory.format_path(directory.submitted_directory, student, assignment)
        marked = directory.format_path(directory.submitted_directory, "STUDENT", assignment)
        pattern = re.escape(marked).replace("STUDENT", "(.*)")
        released = Path(directory.format_path(directory.release_directory, ".", assignment))
        for path in sorted(matching(wanted)):
            if who := re.fullmatch(pattern, path):
                # A candidate's whole folder may be a link, too; staging it by that name is refused.
                given = Path(path).parent if Path(path).parent.is_symlink() else Path(path)
                self._stage(given, released, who.group(1), assignment)
        for hand_in in self._graded(assignment, student):
            if (hand_in.candidate, assignment, assignment) not in self.staged:
                self._take_up(hand_in)

    def _graded(self, assignment: str, student: str) -> Iterator[HandIn]:
        """The newest hand-in of each candidate, of those that have a result."""
        newest = {each.candidate: each for each in reversed(self.results.hand_ins()) if each.topic == assignment}
        return (each for name, each in newest.items() if name == student or fnmatchcase(name, student))

    def _take_up(self, hand_in: HandIn) -> None:
        """Stages a hand-in as it was when it was graded; not where that is not kept."""
        target = self.folder / hand_in.candidate / hand_in.topic
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(inputs.NotKept), tempfile.TemporaryDirectory(dir=self._run.path) as folder:
            staged = inputs.restored(self.results, hand_in.key, Path(folder)).staged
            staged.notebook.parent.rename(target)
            notebook = target / staged.notebook.name
            key = hand_in.candidate, hand_in.topic, notebook.stem
            self.staged[key] = HandedIn(replace(staged, notebook=notebook), hand_in.work)

    def _stage(self, path: Path, released: Path, student: str, assignment: str) -> None:
        target = self.folder / student / assignment
        notebooks = sorted(released.glob("*.ipynb"))
        asked = screen.asked(Course(self.root), assignment)
        for notebook in notebooks:
            others = {other.name for other in notebooks} - {notebook.name}
            possible = _possible(path, others) if others else ()
            staged = stage_apart(path, notebook, target, possible, asked=asked)
            staged = _without_odd_time(staged, target / TIMESTAMP, self.dated)
            self.staged[student, assignment, notebook.stem] = HandedIn(staged, fingerprint(path))


def take_over(*, dated: bool = False) -> None:
    """Makes nbgrader's converter grade what was staged. May be called twice; the last call says whether files date."""
    from nbgrader.converters import Autograde

    Autograde.dated_by_files = dated
    if getattr(Autograde, "staged_by_groundschool", False):
        return
    find_notebooks, start, begin = Autograde.init_notebooks, Autograde.start, Autograde.init_assignment

    def init_notebooks(self: Any) -> None:
        self.desk.stage_all(self.coursedir, self.coursedir.assignment_id, self.coursedir.student_id)
        find_notebooks(self)

    def staging_start(self: Any) -> None:
        self.desk = Desk(Path(self.coursedir.root), dated=self.dated_by_files)
        try:
            start(self)
        finally:
            self.desk.close()

    def init_assignment(self: Any, assignment: str, student: str) -> None:
        # It gives no points, and no place in the queue, to a notebook that is not where hand-ins come from.
        given = self.coursedir.submitted_directory
        self.coursedir.submitted_directory = str(self.desk.folder)
        try:
            begin(self, assignment, student)
        finally:
            self.coursedir.submitted_directory = given

    def input_directory(self: Any) -> str:
        return str(self.desk.folder) if self._sanitizing else str(self.coursedir.autograded_directory)

    Autograde.init_notebooks, Autograde.start, Autograde.init_assignment = (
        init_notebooks,
        staging_start,
        init_assignment,
    )
    Autograde._input_directory = property(input_directory)
    Autograde.staged_by_groundschool = True


def _possible(path: Path, others: set[str]) -> list[Path]:
    """The notebooks of a hand-in that may be the one to grade, where `others` belong to the assignment as well."""
    return [Path(each.name) for each in path.glob("*.ipynb") if each.name not in others] or [Path("none.ipynb")]


def staged(preprocessor: Any, names: Mapping[str, str]) -> HandedIn:
    """What was staged for the notebook that a preprocessor of the converter is given."""
    converter = preprocessor
    while not hasattr(converter, "desk"):
        converter = converter.parent
    found: HandedIn = converter.desk.staged[names["student"], names["assignment"], names["notebook"]]
    return found


def _without_odd_time(staged: Staged, path: Path, dated: bool) -> Staged:
    """nbgrader reads from this file when the work was handed in, and stops at one that it cannot read.

    A candidate may have written it; where a course takes no late penalties from nbgrader's exchange, it dates nothing.
    """
    if not path.is_file():
        return staged
    if not dated:
        path.unlink()
        return staged
    try:
        parse_utc(path.read_text(encoding="utf-8").strip())
    except (ValueError, OverflowError):
        path.unlink()
        told = f"The time in {TIMESTAMP} cannot be read; the file was left out."
        return replace(staged, flags=(*staged.flags, told))
    return staged
