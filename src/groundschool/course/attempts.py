"""What people could hand in, kept beside a question: its solution, right answers in other styles, and known mistakes.

Says how each becomes the source of a solution cell. Trying them is `groundschool.grading.rehearsal`'s.
"""

from __future__ import annotations

from pathlib import Path

from groundschool.course.code import ANSWER, WRITES_FILE
from groundschool.course.notebook import Cell, Notebook, Role

ANSWERS, MISTAKES = "answers", "mistakes"


def solution_of(notebook: Notebook, test: Cell) -> str:
    """The solution cells of a question: those since the test cell before it."""
    sources: list[str] = []
    for cell in notebook.cells:
        if cell.id == test.id:
            return "\n".join(sources)
        if cell.role == Role.TEST:
            sources = []
        elif cell.role == Role.SOLUTION:
            sources.append(cell.source)
    return ""


def attempt_source(notebook: Notebook, test: Cell, path: Path) -> str:
    """The source of a solution cell that hands in the file `path`: a query as a string, words as its cell takes them,
    anything else as it is.
    """
    text, solution = path.read_text(encoding="utf-8"), solution_of(notebook, test)
    if path.suffix == ".txt":
        first, _, rest = text.partition("\n")
        words = rest if _is_mistake(path) and first.startswith("# ") else text
        typed = ANSWER.match(solution)
        return f"{typed.group(0)}{words}" if typed else f"{test.question} = {words!r}\n"
    if path.suffix == ".sql":
        return f"{test.question} = {text!r}\n"
    magic = WRITES_FILE.match(solution)
    return f"{magic.group(0)}\n{text}" if magic else text


def message(path: Path) -> str:
    """The message of a mistake: its first comment."""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("-- ").removeprefix("# ").strip()


def states_message(path: Path) -> bool:
    """Whether a mistake begins with a comment."""
    return path.read_text(encoding="utf-8").startswith(("-- ", "# "))


def breaks(path: Path) -> tuple[str, ...]:
    """The rules of the prompt that a mistake breaks: its second comment, `breaks: one rule, another`."""
    second = [*path.read_text(encoding="utf-8").split("\n", 2), ""][1]
    said, _, names = second.removeprefix("-- ").removeprefix("# ").partition(":")
    return tuple(name.strip() for name in names.split(",")) if said == "breaks" else ()


def _is_mistake(path: Path) -> bool:
    return MISTAKES in (path.parent.name, path.parent.parent.name)
