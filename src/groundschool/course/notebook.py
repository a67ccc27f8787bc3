"""The cells of a notebook and what each is for: the one reader of nbgrader's metadata.

Nothing is executed here and no score is known. What the code of a cell says is `code`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from groundschool.course.code import WRITES_FILE, Names, modules_in, names_in, parsed, without_magics
from groundschool.course.manifest import Needs, derived, stated
from groundschool.errors import GroundSchoolError

TESTS = "_tests"
BEGIN_HIDDEN = "BEGIN HIDDEN TESTS"  # nbgrader looks for this anywhere in a line
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS[^\n]*\n(.*?)^### END HIDDEN TESTS[^\n]*$", re.MULTILINE | re.DOTALL)


class NotACourse(GroundSchoolError):
    """No course, topic or notebook was found where one was expected."""


class Role(StrEnum):
    """What a cell is for."""

    PROSE = "prose"
    PLAIN = "plain"  # code of the notebook's author that is no answer: the setup
    SOLUTION = "solution"
    TEST = "test"
    MANUAL = "manual"  # graded by a person
    EXTRA = "extra"  # code in a submission that the author's notebook lacks


@dataclass(frozen=True)
class Marking:
    """nbgrader's metadata of a cell, of which nothing is believed: what is not of the expected kind counts as
    missing.
    """

    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float = 0.0

    @classmethod
    def of(cls, cell: Any) -> Marking:
        """The marking of a cell of any notebook."""
        meta = raw_marking(cell)
        marks = {name: bool(meta.get(name)) for name in ("grade", "solution", "locked", "task")}
        points = meta.get("points")
        return cls(
            str(meta.get("grade_id") or ""), **marks, points=float(points) if isinstance(points, int | float) else 0.0
        )

    def role(self, is_code: bool) -> Role:
        """The role of a cell with this marking."""
        if self.task or (self.grade and (self.solution or not is_code)):
            return Role.MANUAL
        if not is_code:
            return Role.PROSE
        return Role.TEST if self.grade else Role.SOLUTION if self.solution else Role.PLAIN

    @property
    def is_open(self) -> bool:
        """Whether the candidate's text counts: an answer, or a cell without a grade id."""
        return self.solution or self.task or not self.grade_id

    @property
    def is_answer(self) -> bool:
        """Whether the candidate answers here."""
        return bool(self.grade_id) and self.is_open

    @property
    def is_test(self) -> bool:
        """Whether it is a test cell, whose text is the author's."""
        return self.grade and not self.is_open


@dataclass(frozen=True)
class Cell:
    """A cell with its role."""

    id: str
    role: Role
    source: str
    points: float = 0.0

    @classmethod
    def of(cls, node: Any, place: int) -> Cell:
        """A notebook's cell; one without a grade id is called by its cell id, or by its place."""
        marking = Marking.of(node)
        name = marking.grade_id or node.get("id") or f"cell-{place}"
        return cls(str(name), marking.role(node.cell_type == "code"), node.source, marking.points)

    @cached_property
    def question(self) -> str:
        """The question a test cell belongs to: its grade id without `_tests`."""
        return self.id.removesuffix(TESTS)

    @property
    def asks_checks(self) -> bool:
        """Whether a test cell asks by `groundschool.checks`; any other is a plain nbgrader test."""
        return "checks.question(" in self.source

    @cached_property
    def names(self) -> Names:
        """The names it binds and uses."""
        return names_in(self.source)

    @property
    def visible_and_hidden(self) -> tuple[str, str]:
        """The source before and inside the hidden region; all of it is hidden when one region does not end the cell."""
        if BEGIN_HIDDEN not in self.source:
            return self.source, ""
        found = HIDDEN.search(self.source)
        if not found or self.source.count(BEGIN_HIDDEN) > 1 or self.source[found.end() :].strip():
            return "", self.source
        visible = self.source[: found.start()]
        whole = all(parsed(without_magics(part)) for part in (visible, found.group(1)))
        return (visible, found.group(1)) if whole else ("", self.source)


@dataclass(frozen=True)
class Notebook:
    """An instructor's or a released notebook as a list of cells in order.

    `beside` is the folder whose files candidates are given with it.
    """

    cells: tuple[Cell, ...]
    stated: Needs | None = None
    beside: Path | None = None

    def of_role(self, role: Role) -> tuple[Cell, ...]:
        """The cells with a role, in order."""
        return tuple(cell for cell in self.cells if cell.role == role)

    @property
    def tests(self) -> tuple[Cell, ...]:
        """The autograded cells, in order."""
        return self.of_role(Role.TEST)

    @property
    def plain(self) -> tuple[Cell, ...]:
        """The author's own code, in order."""
        return self.of_role(Role.PLAIN)

    @property
    def solutions(self) -> tuple[Cell, ...]:
        """The cells that hold answers, in order."""
        return self.of_role(Role.SOLUTION)

    @cached_property
    def answers(self) -> frozenset[str]:
        """Every name that a solution cell binds by assignment or definition; what it imports is no answer."""
        return frozenset(name for cell in self.solutions for name in cell.names.bound)

    @cached_property
    def plain_names(self) -> frozenset[str]:
        """Every name that a plain cell binds or imports."""
        return frozenset(name for cell in self.plain for name in cell.names.bound | cell.names.imported)

    @cached_property
    def lent(self) -> dict[str, str]:
        """What solution cells alone import, by its name: the module that it is, or where it would be one."""
        found = {name: module for cell in self.solutions for name, module in modules_in(cell.source).items()}
        return {name: module for name, module in found.items() if name not in self.plain_names | self.answers}

    @cached_property
    def texts(self) -> frozenset[str]:
        """The answers that the instructor gives as text: queries and words."""
        return frozenset(name for cell in self.solutions for name in cell.names.texts)

    @cached_property
    def functions(self) -> frozenset[str]:
        """The answers that the instructor gives as functions."""
        return frozenset(name for cell in self.solutions for name in cell.names.functions)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that solution cells write with `%%writefile`."""
        return tuple(found.group(1) for cell in self.solutions if (found := WRITES_FILE.match(cell.source)))

    @cached_property
    def needs(self) -> Needs:
        """What it needs, as its topic states it, else derived from its source."""
        return self.stated or derived([cell.source for cell in (*self.plain, *self.solutions)])

    @property
    def uses_spark(self) -> bool:
        """Whether the notebook starts a Spark session, and so a JVM."""
        return self.needs.spark

    @property
    def uses_lab(self) -> bool:
        """Whether the notebook's own cells start the lab."""
        return self.needs.lab

    @property
    def uses_rubrics(self) -> bool:
        """Whether a test cell scores free text."""
        return bool(self.needs.rubrics)

    def answers_of(self, test: Cell) -> tuple[str, ...]:
        """The answers whose names a test cell uses, in alphabetical order."""
        return tuple(sorted(test.names.loaded & self.answers))


def read(path: Path) -> Notebook:
    """A trusted notebook, with what the manifest beside it states. Raises NotACourse when it is missing or not a
    notebook.
    """
    return replace(from_node(node(path)), stated=stated(path.parent))


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
        tuple(Cell.of(cell, place) for place, cell in enumerate(node.cells) if cell.cell_type in ("code", "markdown"))
    )


def raw_marking(cell: Any) -> dict[str, Any]:
    """The cell's nbgrader metadata as it stands; empty where it has none."""
    metadata = cell.get("metadata", {})
    found = metadata.get("nbgrader", {}) if isinstance(metadata, dict) else {}
    return found if isinstance(found, dict) else {}
