"""What a short answer earns: its rubric and its marked answers are fetched, it is read, and the reading is put into
words.

Reading is `rubric/`'s; what the words say here is for the candidate (`message`) and for the instructor (`detail`).
"""

from __future__ import annotations

from dataclasses import dataclass

from groundschool.checks.backend import Backend
from groundschool.checks.rubric.model import Reading

TAUGHT = "what marked answers teach"


@dataclass(frozen=True)
class Judged:
    """A reading in words. `print_` tells mistakes by what is held against the answer; empty where nothing is."""

    reading: Reading | None
    message: str = ""
    detail: str = ""
    print_: str = ""

    @property
    def credit(self) -> float:
        """The share of the points, 0 to 1."""
        return self.reading.credit if self.reading else 0.0


NOT_ATTEMPTED = Judged(None, "Not attempted.", "Not attempted.", "0.0")


def judge(question: str, answer: str, where: Backend) -> Judged:
    """Reads the answer to a question by its rubric and, where there are any, by the answers that persons have
    marked.
    """
    from groundschool.checks.rubric import learn, read, score, shown
    from groundschool.checks.rubric.file import examples_of, load
    from groundschool.checks.rubric.learnt import Learnt, nearest

    said = where.rubric(question)
    rubric = load(f"The rubric of {question}", said)
    marked = examples_of(f"The rubric of {question}", said, where.marked(question))
    if not marked:
        reading = score(answer, rubric)
    else:
        table = where.expected(TAUGHT, lambda: learn(rubric, marked).table())
        reading = read(answer, rubric, Learnt.of_table(table))
    detail = shown.for_a_person(answer, reading, nearest(answer, marked)) if reading.needs_person and marked else ""
    message = _message(reading)
    against = f"{reading.credit} {sorted(reading.against)}" if reading.against and reading.credit < 1 else ""
    return Judged(reading, message, detail or message, against)


def _message(reading: Reading) -> str:
    if reading.credit == 1:
        return ""
    if reading.missing:
        return f"Not found in the answer: {', '.join(reading.missing)}."
    return "The answer says something that does not hold."
