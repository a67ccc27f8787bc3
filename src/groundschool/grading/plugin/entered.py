"""What stands in nbgrader's gradebook, and what would stand there: told in few questions to the database, so that what
is there already is not entered again. Entering is `gradebook`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from groundschool.checks.verdict import Result
from groundschool.course import TESTS
from groundschool.grading.plugin.gradebook import SHOWN, proposal
from groundschool.results import FOR_A_PERSON, HandIn

Standing = Mapping[tuple[str, str], tuple[str, dict[str, tuple[Any, ...]]]]


def standing(gradebook: Any) -> Standing:
    """What stands in the gradebook for each candidate and topic, in few questions to the database."""
    from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook

    found: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(lambda: [None, None, None]))
    for part, columns in ((Grade, (Grade.auto_score, Grade.needs_manual_grade)), (Comment, (Comment.auto_comment,))):
        asked = (
            select(SubmittedAssignment.student_id, Assignment.name, BaseCell.name, *columns)
            .select_from(part)
            .join(SubmittedNotebook, part.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(BaseCell, part.cell_id == BaseCell.id)
        )
        for candidate, topic, cell, *values in gradebook.db.execute(asked):
            place = found[candidate, topic][cell.removesuffix(TESTS)]
            if part is Grade:
                place[:2] = values
            else:
                place[2:] = values
    works = {(row.candidate, row.topic): row.work for row in gradebook.db.execute(select(SHOWN))}
    return {
        who: (works.get(who, ""), {name: tuple(each) for name, each in cells.items()}) for who, cells in found.items()
    }


def expected(hand_in: HandIn, result: Result, shown: Result) -> tuple[str, dict[str, tuple[Any, ...]]]:
    """What would stand for a hand-in whose result people see as `shown`."""
    return hand_in.work, {
        verdict.question: (
            float(verdict.points),
            seen.outcome in FOR_A_PERSON,
            proposal(seen) if seen.outcome in FOR_A_PERSON else None,
        )
        for verdict, seen in zip(result.questions, shown.questions, strict=True)
    }
