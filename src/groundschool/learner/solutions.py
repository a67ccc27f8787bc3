"""A question's solution once one has tried it, why it matters, other right answers; and its hints, one by one.

A candidate's kit holds no solution, so nothing but hints is found there.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from groundschool.course import Course, Role, find, read, solution_of
from groundschool.course.attempts import ANSWERS
from groundschool.errors import GroundSchoolError
from groundschool.learner.work import with_question
from groundschool.solution import handed_in, why

HINT = re.compile(r"<details><summary>(Hint \d+[^<]*)</summary>\s*(.*?)\s*</details>", re.DOTALL)

_given: Counter[str] = Counter()  # hints, by question, in this process


class NotYet(GroundSchoolError):
    """The question has not been tried, or no solution is here."""


@dataclass(frozen=True)
class Solved:
    """A solution, why it matters in production, and other right answers by what they are called."""

    question: str
    text: str
    why: str
    others: dict[str, str]

    def __str__(self) -> str:
        others = [f"Another right answer: {name}\n\n{text}" for name, text in self.others.items()]
        return "\n\n".join(part for part in (self.text, self.why, *others) if part)


def solved(here: Course, question: str) -> Solved:
    """The solution of a question that is answered in work/. Raises NotYet and NoSuchWork."""
    work, asked = with_question(here, question)
    if work.topic not in {topic.name for topic in here.topics}:
        raise NotYet(f"No solution of {question!r} is here: a kit holds the questions only.")
    if not asked.answer:
        raise NotYet(
            f"{question!r} is not answered in {work.path}. The solution is shown after a try: answer it, save the "
            "notebook, and ask again."
        )
    topic = here.topic(work.topic)
    notebook = topic.notebook()
    source = "".join(solution_of(notebook, test) for test in notebook.tests if test.question == question)
    others = {_called(path): path.read_text(encoding="utf-8").strip() for path in topic.attempts(ANSWERS, question)}
    return Solved(question, handed_in(source), why(source), others)


def hints(here: Course, question: str) -> tuple[str, ...]:
    """All hints of a question, in order. Raises NoSuchWork."""
    work, _ = with_question(here, question)
    prose, found = "", dict[str, str]()
    for cell in read(here.root / "release" / work.topic / f"{work.topic}.ipynb").cells:
        prose += f"{cell.source}\n\n" if cell.role == Role.PROSE else ""
        if cell.role == Role.TEST:
            found[cell.question], prose = prose, ""
    return tuple(f"{title}\n\n{body}" for title, body in HINT.findall(found[question]))


def solution(question: str) -> None:
    """Shows the solution of a question, from a cell of its notebook. Raises NotYet and NoSuchWork."""
    _show(str(solved(find(Path.cwd()), question)))


def hint(question: str) -> None:
    """Shows the next hint of a question: the first, then the second, until there are no more. Raises NoSuchWork."""
    known = hints(find(Path.cwd()), question)
    _given[question] += 1
    place = min(_given[question], len(known))
    _show(known[place - 1] if known else f"{question} has no hints.")


def _show(text: str) -> None:
    print(text)


def _called(path: Path) -> str:
    return path.stem.replace("_", " ")
