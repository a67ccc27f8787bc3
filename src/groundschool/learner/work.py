"""A learner's notebooks in `work/`: what each question asks for, and whether it is answered there.

Reads the released notebook and the learner's own; runs neither. What an answer is worth is `progress`'s.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from groundschool.course import KIT, Cell, Course, Marking, Notebook, Role, Topic, find, node, read
from groundschool.course.code import is_same_code
from groundschool.errors import GroundSchoolError

TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
HEAD = re.compile(r"^## (.+)\n\n\*(\w+), [\d.]+ points, about (\d+) minutes\.\*", re.MULTILINE)


class NoSuchWork(GroundSchoolError):
    """No topic or question of this name is in the folder."""


@dataclass(frozen=True)
class Asked:
    """A question as a learner meets it. `answer` is the source of the learner's own answer cells, "" while they are
    the starter's; `minutes` is 0 and `level` empty where its prompt does not say them.
    """

    id: str
    title: str
    level: str
    minutes: int
    points: float
    answer: str = ""

    @property
    def digest(self) -> str:
        """Equal for equal answers."""
        return hashlib.sha256(self.answer.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Work:
    """A topic's notebook with the title it bears. `saved` is None where it was not begun."""

    topic: str
    title: str
    path: Path
    saved: datetime | None
    questions: tuple[Asked, ...]


def topics(here: Course) -> tuple[str, ...]:
    """The released topics, in the order of the course's source/ or of the kit, where that says one."""
    known = sorted(here.topics, key=_place)
    names = [topic.name for topic in known if topic.released.is_file()] or _of_kit(here)
    found = sorted(
        path.parent.name for path in (here.root / "release").glob("*/*.ipynb") if path.stem == path.parent.name
    )
    return (*names, *(name for name in found if name not in names))


def topic_called(here: Course, name: str) -> str:
    """The released topic of this name in any letter case. Raises NoSuchWork."""
    known = topics(here)
    for topic in known:
        if topic.casefold() == name.casefold():
            return topic
    raise NoSuchWork(f"{name} is no notebook and no topic. Topics here: {', '.join(known) or 'none'}.")


def path_of(here: Course, topic: str) -> Path:
    """Where a topic's notebook stands in work/, whether or not it is there."""
    return (here.root / "work" / topic / f"{topic}.ipynb").resolve()


def notebooks(start: Path, names: Sequence[str]) -> list[Path]:
    """The notebooks that are named, as files, as their folders or as topics; without names those with an answer.
    Raises NoSuchWork and NotACourse.
    """
    if names:
        return [_named(start, name) for name in names]
    here = find(start)
    found = [work_of(here, topic) for topic in topics(here)]
    paths = [each.path for each in found if any(asked.answer for asked in each.questions)]
    if not paths:
        raise NoSuchWork(f"No question is answered in {here.root / 'work'}. `make lab` copies the topics there.")
    return paths


def _named(start: Path, name: str) -> Path:
    for path in (start / name, start / name / f"{Path(name).name}.ipynb"):
        if path.is_file():
            return path.resolve()
    here = find(start)
    path = path_of(here, topic_called(here, name))
    if not path.is_file():
        raise NoSuchWork(f"{path} is not there. `make lab` copies the topics to work/.")
    return path


def work_of(here: Course, topic: str) -> Work:
    """A topic's notebook in work/. Raises NotACourse where a notebook cannot be read."""
    path = path_of(here, topic)
    own = _sources(path) if path.is_file() else {}
    released = read(here.root / "release" / topic / f"{topic}.ipynb")
    return Work(topic, _title(released, topic), path, saved(path), tuple(_asked(released, own)))


def saved(notebook: Path) -> datetime | None:
    """When a notebook was last saved, in local time; None where it is not there."""
    return datetime.fromtimestamp(notebook.stat().st_mtime).astimezone() if notebook.is_file() else None


def with_question(here: Course, question: str) -> tuple[Work, Asked]:
    """The notebook that asks a question, and the question. Raises NoSuchWork."""
    found = [work_of(here, topic) for topic in topics(here)]
    for each in found:
        for asked in each.questions:
            if asked.id == question:
                return each, asked
    names = ", ".join(asked.id for each in found for asked in each.questions)
    raise NoSuchWork(f"There is no question {question!r}. Questions here: {names or 'none'}.")


def _place(topic: Topic) -> tuple[int, str]:
    return topic.place if topic.opening.is_file() else (len(topic.name), topic.name)


def _of_kit(here: Course) -> list[str]:
    """The topics of a kit in its order."""
    path = here.root / KIT
    said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [str(name) for name in said.get("topics", ())]


def _sources(path: Path) -> dict[str, str]:
    return {Marking.of(cell).grade_id: str(cell.source) for cell in node(path).cells if Marking.of(cell).is_answer}


def _asked(released: Notebook, own: dict[str, str]) -> Iterator[Asked]:
    prose, starters = "", list[Cell]()
    for cell in released.cells:
        if cell.role == Role.PROSE:
            prose += f"{cell.source}\n\n"
        elif cell.role == Role.SOLUTION:
            starters.append(cell)
        elif cell.role == Role.TEST:
            title, level, minutes = _head(prose, cell.question)
            yield Asked(cell.question, title, level, minutes, cell.points, _answer(starters, own))
            prose, starters = "", []


def _title(released: Notebook, topic: str) -> str:
    headings = (TITLE.search(cell.source) for cell in released.cells if cell.role == Role.PROSE)
    return next((found.group(1) for found in headings if found), topic)


def _head(prose: str, question: str) -> tuple[str, str, int]:
    found = HEAD.search(prose)
    return (found.group(1), found.group(2).lower(), int(found.group(3))) if found else (question, "", 0)


def _answer(starters: Sequence[Cell], own: dict[str, str]) -> str:
    """What stands in the answer cells; "" where each of them is the starter's or empty."""
    sources = {cell.id: own.get(cell.id, "") for cell in starters}
    if all(is_same_code(sources[cell.id], cell.source) or not sources[cell.id].strip() for cell in starters):
        return ""
    return "\n".join(sources.values())
