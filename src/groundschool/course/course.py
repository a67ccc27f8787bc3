"""A course on disk: its topics, and the files of each.

A topic is a folder of `source/` with a `topic.toml`, or with a notebook of its own name. What a notebook's cells are is
`notebook`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from groundschool.course.manifest import FILE, Manifest, load
from groundschool.course.notebook import NotACourse, Notebook, read
from groundschool.course.question import Question
from groundschool.course.strict import Misstated

KIT = "kit.toml"  # stands in the folder that a candidate is given, which has no source/


@dataclass(frozen=True)
class Topic:
    """A topic of a course: its folder under `source/`."""

    name: str
    folder: Path

    @property
    def path(self) -> Path:
        """The instructor's notebook."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def opening(self) -> Path:
        """The text of the notebook's opening and its setup cell."""
        return self.folder / "topic.md"

    @cached_property
    def manifest(self) -> Manifest:
        """What its `topic.toml` says. Raises Misstated, also when there is none."""
        found = load(self.folder)
        if found is None:
            raise Misstated(f"{self.folder / FILE} is missing; it says the topic's title and its questions, in order.")
        return found

    @property
    def place(self) -> tuple[int, str]:
        """By which topics are put in order. Raises Misstated."""
        return self.manifest.order, self.name

    @property
    def questions(self) -> tuple[Question, ...]:
        """Its questions in the order of the notebook. Raises Misstated."""
        return tuple(Question(name, self.folder / "questions" / name) for name in self.manifest.questions)

    @property
    def released(self) -> Path:
        """The candidate's notebook."""
        return self.folder.parent.parent / "release" / self.name / f"{self.name}.ipynb"

    def notebook(self) -> Notebook:
        """The instructor's notebook. Raises NotACourse when it cannot be read."""
        return read(self.path)

    def attempts(self, kind: str, question: str) -> tuple[Path, ...]:
        """The files of `answers/` or `mistakes/` of a question, by name."""
        own, shared = self.folder / "questions" / question / kind, self.folder / kind / question
        return tuple(sorted(path for path in (own if own.is_dir() else shared).glob("*") if path.is_file()))

    def list_of_mutants(self, question: str) -> Path:
        """Where a question's list of changes stands that mean the same as its right answers; see
        `authoring.mutants`.
        """
        return self.folder / "questions" / question / "mutants.toml"


@dataclass(frozen=True)
class Course:
    """A course: a folder with `source/` and `nbgrader_config.py`; or a candidate's kit, which has no topics here.

    `out` is where grading writes when that is not the course itself.
    """

    root: Path
    out: Path | None = None

    @property
    def written(self) -> Path:
        """The folder below which grading keeps results and writes pages and the gradebook."""
        return self.out or self.root

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every topic, by name."""
        folders = sorted(
            path
            for path in (self.root / "source").glob("*")
            if (path / f"{path.name}.ipynb").is_file() or (path / FILE).is_file()
        )
        return tuple(Topic(folder.name, folder) for folder in folders)

    def topic(self, name: str) -> Topic:
        """The topic called `name`. Raises NotACourse, naming the topics there are."""
        for topic in self.topics:
            if topic.name == name:
                return topic
        raise NotACourse(
            f"There is no topic {name!r}. Topics of this course: "
            f"{', '.join(topic.name for topic in self.topics) or 'none'}."
        )


def find(start: Path) -> Course:
    """The course that holds `start`. Raises NotACourse."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "nbgrader_config.py").is_file() and (folder / "source").is_dir():
            return Course(folder)
        if (folder / KIT).is_file() and (folder / "release").is_dir():
            return Course(folder)
    raise NotACourse(
        f"No course was found in {start} or above it: a folder with nbgrader_config.py and source/ was expected. "
        "Run this inside the course."
    )
