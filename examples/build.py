"""Writes the example submissions from release/ and source/: full, partial and blank. Run by `make examples`.

The full one holds the solutions; the partial one the solution of every other question, a mistake for the next, nothing
for the third.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat

from groundschool import course
from groundschool.course import Cell, Notebook, Topic
from groundschool.solution import handed_in

REMARKS = re.compile(r"\A(?:(?:#|--) .*\n){1,2}")  # what a mistake is told, and the rule it breaks


def solution(notebook: Notebook, question: str) -> str:
    """The solution as a candidate would hand it in."""
    (source,) = (cell.source for cell in notebook.cells if cell.id == question)
    return handed_in(source)


def mistake(topic: Topic, question: str) -> str:
    """The first mistake of a question, as the source of its cell."""
    path = topic.attempts("mistakes", question)[0]
    text = REMARKS.sub("", path.read_text(encoding="utf-8")).strip()
    if path.suffix == ".txt":
        return f"%%answer {question}\n{text}"
    if path.suffix == ".py":
        magic = course.WRITES_FILE.match(solution(topic.notebook(), question))
        return f"{magic.group(0)}\n{text}" if magic else text
    return f'{question} = """\n{text}\n"""'


def partial(topic: Topic, notebook: Notebook, test: Cell, place: int) -> str | None:
    """The partial example's answer: solution, mistake, nothing, and again."""
    return (solution(notebook, test.question), mistake(topic, test.question), None)[place % 3]


def write(topic: Topic, root: Path) -> None:
    """Writes the three examples of a topic."""
    notebook = topic.notebook()
    for name in ("full", "partial", "blank"):
        example = nbformat.read(topic.released, as_version=4)
        for place, test in enumerate(notebook.tests):
            answer = {
                "full": solution(notebook, test.question),
                "partial": partial(topic, notebook, test, place),
                "blank": None,
            }[name]
            for cell in example.cells:
                if answer is not None and cell.metadata.get("nbgrader", {}).get("grade_id") == test.question:
                    cell.source = answer
        target = root / "examples" / "submitted" / f"example-{name}" / topic.name / f"{topic.name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(example, target)


if __name__ == "__main__":
    here = course.find(Path(__file__).parent)
    for chosen in here.topics:
        if not sys.argv[1:] or chosen.name in sys.argv[1:]:
            write(chosen, here.root)
