"""A screen: questions of one or more topics that a candidate is given together, and the minutes allowed for them.

Each stands in a file `screens/<name>.toml`. What a notebook of some of a topic's questions holds is told here, too:
kits are made of it, and hand-ins graded by it. Points and the time a question takes are the questions' own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from msgspec import Meta

from groundschool.course import strict
from groundschool.course.course import Course
from groundschool.course.notebook import TESTS, Marking, Notebook

FOLDER = "screens"
MARK = "screen"  # in a notebook's metadata, below "groundschool": the name of the screen that it is of
NUMBERED = re.compile(r"-\d+$")
Told = TypeVar("Told")


class _File(strict.Stated, frozen=True):
    """What a screen's file says. `questions` are lists of a topic's questions, by the topic's name."""

    title: str
    minutes: Annotated[int, Meta(ge=1, le=600)]
    questions: dict[str, tuple[str, ...]]
    permitted: str = ""


@dataclass(frozen=True)
class Screen:
    """A screen. `questions` are in the order of the topic's notebook, by topic; `permitted` says what a candidate may
    use, "" where that is the usual.
    """

    name: str
    title: str
    minutes: int
    questions: Mapping[str, tuple[str, ...]]
    permitted: str = ""


@dataclass(frozen=True)
class Asked:
    """Which questions of one topic hand-ins are asked: the lists of the course's screens, by name.

    `screen` names the one that all hand-ins are of; without it each notebook says it of itself.
    """

    screens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    screen: str = ""


def screens(course: Course) -> dict[str, Screen]:
    """The screens of a course, by name. Raises Misstated for one that names what is not there."""
    return {path.stem: _screen(course, path) for path in sorted((course.root / FOLDER).glob("*.toml"))}


def called(course: Course, name: str) -> Screen:
    """The screen of this name. Raises Misstated, naming those there are."""
    found = screens(course)
    if name not in found:
        raise strict.Misstated(f"There is no screen {name!r} in {FOLDER}/. Screens here: {', '.join(found) or 'none'}.")
    return found[name]


def asked(course: Course, topic: str, screen: str = "") -> Asked:
    """What the course's screens ask of a topic. Raises Misstated."""
    known = {name: each.questions[topic] for name, each in screens(course).items() if topic in each.questions}
    return Asked(known, screen)


def _screen(course: Course, path: Path) -> Screen:
    said = strict.toml(path, _File)
    known = {topic.name: topic.manifest.questions for topic in course.topics if topic.name in said.questions}
    if missing := sorted(said.questions.keys() - known.keys()):
        raise strict.Misstated(f"{path} names the topic {', '.join(missing)}, which is not in source/.")
    for topic, names in said.questions.items():
        if unknown := [name for name in names if name not in known[topic]] or (["no question"] if not names else []):
            raise strict.Misstated(f"{path} asks {', '.join(unknown)} of {topic}, which has {', '.join(known[topic])}.")
    ordered = {topic: tuple(name for name in known[topic] if name in names) for topic, names in said.questions.items()}
    return Screen(path.stem, said.title, said.minutes, ordered, said.permitted)


def marked(node: Any, screen: str) -> Any:
    """A copy of the notebook that says which screen it is of."""
    given = copy.deepcopy(node)
    given.metadata.setdefault("groundschool", {})[MARK] = screen
    return given


def only(node: Any, questions: Collection[str]) -> Any:
    """A copy of a released notebook with its opening and the cells of these questions."""
    tests = [Marking.of(cell).grade_id.removesuffix(TESTS) for cell in node.cells if Marking.of(cell).is_test]
    names = [Marking.of(cell).grade_id or cell.get("id", "") for cell in node.cells]
    reduced = copy.deepcopy(node)
    reduced.cells = cells_of(reduced.cells, names, tests, questions)
    return reduced


def asking(notebook: Notebook, questions: Collection[str]) -> Notebook:
    """The notebook without what is of other questions; the whole where none is named."""
    if not questions:
        return notebook
    names, every = [cell.id for cell in notebook.cells], [test.question for test in notebook.tests]
    return replace(notebook, cells=tuple(cells_of(notebook.cells, names, every, questions)))


def cells_of(cells: Sequence[Told], names: Sequence[str], every: Sequence[str], chosen: Collection[str]) -> list[Told]:
    """The cells that are of no question or of a chosen one; `names` are their grade ids or else their cell ids."""
    owners = (question_of(name, every) for name in names)
    return [cell for cell, owner in zip(cells, owners, strict=True) if not owner or owner in chosen]


def question_of(name: str, questions: Sequence[str]) -> str:
    """The question that a cell of this name was built for: `<question>`, `<question>_<part>` or `<question>-<place>`;
    "" for the opening and for cells of a candidate's own.
    """
    plain = NUMBERED.sub("", name)
    return max((each for each in questions if plain == each or plain.startswith(f"{each}_")), key=len, default="")
