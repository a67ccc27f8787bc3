"""Writes small courses in a folder, and submissions to them: what the tests of grading and of the command are tried on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from groundschool.course import TESTS, Course

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
CONFIG = """\
from groundschool.grading import configure

c = get_config()
c.CourseDirectory.course_id = "tiny"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.md", "*.toml", "answers", "mistakes", "questions"]
c.ClearSolutions.code_stub = {"python": ""}
configure(c)
"""
REGION = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """A question: its id, starter, solution and test cell, the latter with its hidden region."""

    name: str
    starter: str
    solution: str
    test: str
    points: float = 4.0


DOUBLE = Asked(
    "double",
    "def double(number):\n    ...",
    "def double(number):\n    return number + number",
    """\
t = checks.question("double", double, points=4)
t.equal("the double of two", 4, answer=lambda: t.call(2))
t.show()
### BEGIN HIDDEN TESTS
t.equal("the double of seven", 14, answer=lambda: t.call(7), hidden=True)
t.equal("the double of a text", "abab", answer=lambda: t.call("ab"), hidden=True)
t.points
### END HIDDEN TESTS""",
)
RIGHT = {
    "shift": "def double(number):\n    return number * 2\n",
    "sum": "def double(number):\n    result = number\n    result += number\n    return result\n",
    "lambda": "double = lambda number: 2 * number\n",
}
WRONG = {
    "square": ("The number is squared.", "return number**2 if isinstance(number, int) else number"),
    "copied_example": ("This is the example's result, whatever the number is.", "return 4"),
    "unchanged": ("The number comes back unchanged.", "return number"),
    "plus_two": ("Two is added.", "return number + 2 if isinstance(number, int) else number + number"),
    "as_text": ("The digits stand twice beside each other.", "return str(number) * 2"),
    "numbers_only": ("A text is not doubled.", "return number * 2 if isinstance(number, int) else None"),
}


def write(root: Path, topic: str, asked: Sequence[Asked], *, setup: str = "from groundschool import checks",
          config: str = CONFIG) -> Course:  # fmt: skip
    """A course with one topic, as instructor's and as released notebook."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    source = [("title", "", f"# {topic}"), ("setup", "", setup)]
    for each in asked:
        region = f"### BEGIN SOLUTION\n{each.solution}\n### END SOLUTION"
        source.append((each.name, "solution", f"{each.starter}\n{region}"))
        source.append((each.name + TESTS, "test", each.test))
    points = {each.name + TESTS: each.points for each in asked}
    for folder, cells in (("source", source), ("release", _released(source))):
        path = root / folder / topic / f"{topic}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nodes = [_node(name, role, text, points.get(name, 0.0)) for name, role, text in cells]
        nbformat.write(new_notebook(cells=nodes, metadata={"kernelspec": KERNEL}), path)
    return Course(root)


def write_proven(root: Path) -> Course:
    """The course `tiny` with one question, `double`, with other right answers and mistakes."""
    course = write(root, "tiny", [DOUBLE])
    for kind, attempts in (("answers", RIGHT), ("mistakes", _mistakes())):
        folder = root / "source" / "tiny" / kind / "double"
        folder.mkdir(parents=True)
        for name, text in attempts.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return course


FRONT = "---\nlevel: easy\nminutes: 5\n---\n\n"
OPENING = """\
# tiny

This notebook holds {totals}.

```python
from groundschool import checks
```
"""


def as_text(course: Course, topic: str, asked: Sequence[Asked]) -> None:
    """Gives a topic its text: `topic.toml`, `topic.md`, and a folder a question with what answers and mistakes there are."""
    folder = course.root / "source" / topic
    names = ", ".join(f'"{each.name}"' for each in asked)
    (folder / "topic.toml").write_text(
        f'title = "tiny"\nanswered = "a function"\nquestions = [{names}]\n', encoding="utf-8"
    )
    (folder / "topic.md").write_text(OPENING, encoding="utf-8")
    for each in asked:
        own = folder / "questions" / each.name
        own.mkdir(parents=True)
        (own / "question.md").write_text(question_text(each), encoding="utf-8")
        for kind in ("answers", "mistakes"):
            if (folder / kind / each.name).is_dir():
                (folder / kind / each.name).rename(own / kind)
                (folder / kind).rmdir()


def question_text(asked: Asked) -> str:
    """A question as its author writes it."""
    test = re.sub(r'question\("(\w+)", \w+, points=[\d.]+', r"question(\1", asked.test)
    answer = f"{asked.starter}\n### BEGIN SOLUTION\n{asked.solution}\n### END SOLUTION"
    prompt = f"## Return the {asked.name} of a value\n\nOf 2 it is 4.\n\n- **texts**: a text stands twice."
    return (
        f"{FRONT}{prompt}\n\n```python answer\n{answer}\n```\n\n```python tests points={asked.points:g}\n{test}\n```\n"
    )


def hand_in(folder: Path, course: Course, topic: str, candidate: str, answers: Mapping[str, str]) -> Path:
    """The released notebook with these answers, at `folder/<candidate>/<topic>/<topic>.ipynb`; returns its path."""
    notebook = nbformat.read(course.topic(topic).released, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    path = folder / candidate / topic / f"{topic}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


def _mistakes() -> dict[str, str]:
    breaks = {"numbers_only": "# breaks: texts\n"}
    return {
        name: f"# {told}\n{breaks.get(name, '')}def double(number):\n    {line}\n"
        for name, (told, line) in WRONG.items()
    }


def _released(cells: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [
        (name, role, text.split("### BEGIN SOLUTION")[0] if role == "solution" else REGION.sub("", text))
        for name, role, text in cells
    ]


def _node(name: str, role: str, text: str, points: float) -> nbformat.NotebookNode:
    if not role:
        return (new_markdown_cell if text.startswith("#") else new_code_cell)(text, id=name)
    meta = {"grade": role == "test", "grade_id": name, "locked": role == "test", "schema_version": 3,
            "solution": role == "solution", "task": False, **({"points": points} if role == "test" else {})}  # fmt: skip
    return new_code_cell(text, id=name.replace("_", "-"), metadata={"nbgrader": meta})
