"""A course on disk: its topics, and the files of each.

A topic is a folder of `source/` that holds a notebook of its own name. What a notebook's cells are is `notebook`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundschool.course.notebook import NotACourse, Notebook, read


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
    def text(self) -> Path:
        """The notebook as text, which people edit."""
        return self.folder / f"{self.name}.md"

    @property
    def released(self) -> Path:
        """The candidate's notebook."""
        return self.folder.parent.parent / "release" / self.name / f"{self.name}.ipynb"

    def notebook(self) -> Notebook:
        """The instructor's notebook. Raises NotACourse when it cannot be read."""
        return read(self.path)

    def attempts(self, kind: str, question: str) -> tuple[Path, ...]:
        """The files of `answers/` or `mistakes/` of a question, by name."""
        return tuple(sorted(path for path in (self.folder / kind / question).glob("*") if path.is_file()))

    def list_of_mutants(self, question: str) -> Path:
        """Where a question's list of changes stands that mean the same as its right answers; see `authoring.mutants`."""
        return self.folder / "questions" / question / "mutants.toml"


@dataclass(frozen=True)
class Course:
    """A course: a folder with `source/` and `nbgrader_config.py`."""

    root: Path

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every topic, by name."""
        folders = sorted(
            path
            for path in (self.root / "source").glob("*")
            if (path / f"{path.name}.ipynb").is_file() or (path / f"{path.name}.md").is_file()
        )
        return tuple(Topic(folder.name, folder) for folder in folders)

    def topic(self, name: str) -> Topic:
        """The topic called `name`. Raises NotACourse, naming the topics there are."""
        for topic in self.topics:
            if topic.name == name:
                return topic
        raise NotACourse(
            f"There is no topic {name!r}. Topics of this course: {', '.join(topic.name for topic in self.topics) or 'none'}."
        )


def find(start: Path) -> Course:
    """The course that holds `start`. Raises NotACourse."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "nbgrader_config.py").is_file() and (folder / "source").is_dir():
            return Course(folder)
    raise NotACourse(
        f"No course was found in {start} or above it: a folder with nbgrader_config.py and source/ was expected. Run this inside the course."
    )
