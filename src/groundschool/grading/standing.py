"""What an earlier result says of a submission that still stands: verdicts of questions on which nothing has changed.

A verdict depends on what is known of its question, on the code that examines, and on all cells of the submission but
test cells; `keys` puts that into one name a question. What does not stand is examined again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import nbformat

from groundschool.checks.verdict import Verdict
from groundschool.course import Marking, Notebook
from groundschool.grading.handin.stage import Staged
from groundschool.grading.rehearsal import store
from groundschool.results import UNSETTLED, Results


@dataclass(frozen=True)
class Stands:
    """A verdict that is taken over, and the name of what it depends on."""

    verdict: Verdict
    key: str


def keys(instructor: Notebook, staged: Staged, known: Mapping[str, str], shared: tuple[object, ...]) -> dict[str, str]:
    """By question, the name of all that its verdict depends on. `known` names what is known of each, by test cell."""
    folder = staged.notebook.parent
    files = store.of_files(folder, (path for path in folder.rglob("*") if path != staged.notebook))
    cells = nbformat.read(staged.notebook, as_version=4).cells
    tests = {test.id for test in instructor.tests}
    code = [cell.source for cell in cells if cell.cell_type == "code" and Marking.of(cell).grade_id not in tests]
    submission = (files, code, staged.readable)
    return {
        test.question: store.digest(shared, submission, known[test.id], staged.attempted.get(test.question, True))
        for test in instructor.tests
    }


def standing(results: Results, key: str, now: Mapping[str, str], only: str = "") -> dict[str, Stands]:
    """The verdicts of the result `key` that stand, by question; with `only`, all but that question's."""
    result, before = results.load(key), results.questions(key)
    if result is None:
        return {}
    return {
        verdict.question: Stands(verdict, before[verdict.question])
        for verdict in result.questions
        if verdict.question in before
        and (
            verdict.question != only
            if only
            else before[verdict.question] == now.get(verdict.question) and verdict.outcome not in UNSETTLED
        )
    }
