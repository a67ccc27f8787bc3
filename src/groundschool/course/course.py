"""Topics and questions, read from the notebooks' own nbgrader metadata: the one place that knows how a notebook is laid out.

A topic is a folder of `source/` that holds a notebook of its own name. A question is a test cell and the solution cells whose
names it uses. Nothing is executed here and no score is known.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from groundschool.errors import GroundSchoolError

TESTS = "_tests"
BEGIN_HIDDEN = "BEGIN HIDDEN TESTS"  # nbgrader looks for this anywhere in a line
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS[^\n]*\n(.*?)^### END HIDDEN TESTS[^\n]*$", re.MULTILINE | re.DOTALL)
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
WRITES_FILE = re.compile(r"^%%(?:writefile|file)\s+(?:-a\s+)?(\S+)")


class NotACourse(GroundSchoolError):
    """No course, topic or notebook was found where one was expected."""


@dataclass(frozen=True)
class Cell:
    """A cell with its role: `plain`, `solution`, `test`, or `manual` (graded by a person)."""

    id: str
    role: str
    source: str
    points: float = 0.0

    @cached_property
    def question(self) -> str:
        """The question a test cell belongs to: its grade id without `_tests`."""
        return self.id.removesuffix(TESTS)

    @property
    def visible_and_hidden(self) -> tuple[str, str]:
        """The source before and inside the hidden region; all of it is hidden when one region does not end the cell."""
        if BEGIN_HIDDEN not in self.source:
            return self.source, ""
        found = HIDDEN.search(self.source)
        if not found or self.source.count(BEGIN_HIDDEN) > 1 or self.source[found.end() :].strip():
            return "", self.source
        visible = self.source[: found.start()]
        return (visible, found.group(1)) if _parses(visible) and _parses(found.group(1)) else ("", self.source)


@dataclass(frozen=True)
class Notebook:
    """An instructor's or a released notebook as a list of cells in order."""

    cells: tuple[Cell, ...]

    @property
    def tests(self) -> tuple[Cell, ...]:
        """The autograded cells, in order."""
        return tuple(cell for cell in self.cells if cell.role == "test")

    @cached_property
    def answers(self) -> frozenset[str]:
        """Every name that a solution cell binds by assignment or definition."""
        return frozenset(name for cell in self.cells if cell.role == "solution" for name in _bound(cell.source))

    @cached_property
    def texts(self) -> frozenset[str]:
        """The answers that the instructor gives as text: queries and words."""
        return frozenset(name for cell in self.cells if cell.role == "solution" for name in _bound_to_text(cell.source))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The answers that the instructor gives as functions."""
        solutions = [cell.source for cell in self.cells if cell.role == "solution"]
        return frozenset(
            node.name for source in solutions for node in _tree(source).body if isinstance(node, ast.FunctionDef)
        )

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that solution cells write with `%%writefile`."""
        return tuple(
            found.group(1)
            for cell in self.cells
            if cell.role == "solution" and (found := WRITES_FILE.match(cell.source))
        )

    @property
    def uses_spark(self) -> bool:
        """Whether the notebook starts a Spark session, and so a JVM."""
        return any("spark" in cell.source for cell in self.cells if cell.role in ("plain", "solution"))

    @property
    def uses_lab(self) -> bool:
        """Whether the notebook's own cells start the lab."""
        return any("lab.start(" in cell.source for cell in self.cells if cell.role == "plain")

    @property
    def uses_rubrics(self) -> bool:
        """Whether a test cell scores free text."""
        return any(".rubric(" in test.source for test in self.tests)

    def answers_of(self, test: Cell) -> tuple[str, ...]:
        """The answers whose names a test cell uses, in alphabetical order."""
        return tuple(sorted(_loaded(test.source) & self.answers))


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


def read(path: Path) -> Notebook:
    """The cells of a trusted notebook. Raises NotACourse when it is missing or not a notebook."""
    return from_node(node(path))


def node(path: Path) -> Any:
    """A trusted notebook as nbformat reads it. Raises NotACourse when it is missing or not a notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise NotACourse(
            f"{path} is missing. `make build` writes the notebooks of source/, `make release` those of release/."
        ) from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, ValueError) as error:
        raise NotACourse(f"{path} is not a notebook: {str(error)[:200]}") from None


def from_node(node: Any) -> Notebook:
    """The cells of a notebook that is already in memory."""
    return Notebook(
        tuple(_cell(place, cell) for place, cell in enumerate(node.cells) if cell.cell_type in ("code", "markdown"))
    )


def _cell(place: int, cell: Any) -> Cell:
    meta = cell.metadata.get("nbgrader", {})
    grade, solution, code = bool(meta.get("grade")), bool(meta.get("solution")), cell.cell_type == "code"
    role = (
        "manual"
        if (grade and (solution or not code)) or meta.get("task")
        else "test"
        if grade
        else "solution"
        if solution and code
        else "plain"
        if code
        else "prose"
    )
    return Cell(
        str(meta.get("grade_id") or cell.get("id") or f"cell-{place}"),
        role,
        cell.source,
        float(meta.get("points") or 0),
    )


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def without_magics(source: str) -> str:
    """The source with a `pass` for every line that IPython alone understands."""
    return MAGIC.sub(r"\1pass", source)


def _tree(source: str) -> ast.Module:
    """The syntax tree of a cell; magics count as blank lines."""
    plain = "" if source.startswith("%%") else without_magics(source)
    try:
        return ast.parse(plain)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _bound(source: str) -> set[str]:
    """The names that a cell binds in the notebook's own scope; locals of its functions are nobody's answer."""
    names: set[str] = set()
    pending: list[ast.AST] = [_tree(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            pending.extend(ast.iter_child_nodes(node))
    return names


def _bound_to_text(source: str) -> set[str]:
    given = [node for node in ast.walk(_tree(source)) if isinstance(node, ast.Assign) and len(node.targets) == 1]
    return {
        node.targets[0].id
        for node in given
        if isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _loaded(source: str) -> set[str]:
    tree = _tree(source)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
