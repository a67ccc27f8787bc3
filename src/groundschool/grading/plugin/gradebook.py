"""nbgrader's own gradebook, filled from results: registers topics, writes scores, keeps what a person has decided.

Writing the same result twice changes nothing. Which points a question earned is decided elsewhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import nbformat

from groundschool import tools
from groundschool.checks.verdict import Result
from groundschool.course import TESTS, Topic
from groundschool.errors import GroundSchoolError

FOR_A_PERSON = frozenset({"needs_person", "refused"})  # outcomes that go to the formgrader's queue


class GradebookRefused(GroundSchoolError):
    """The gradebook does not fit the course."""


@contextmanager
def opened(url: str, course_id: str) -> Iterator[Any]:
    """The gradebook at a database address, made when it is missing."""
    from nbgrader.api import Gradebook

    tools.put_on_path()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader 0.9.6 on SQLAlchemy 2 warns about its own sessions
        with Gradebook(url, course_id) as gradebook:
            yield gradebook


def register(gradebook: Any, url: str, topics: Sequence[Topic]) -> None:
    """Makes the topics known, as `nbgrader generate_assignment` does, without writing `release/`.

    Raises GradebookRefused when questions were added or removed since submissions were graded.
    """
    from nbgrader.preprocessors import ClearOutput, ClearSolutions, ComputeChecksums, LockCells, SaveCells
    from traitlets.config import Config

    config = Config({"ClearSolutions": {"code_stub": {"python": ""}}})
    for topic in topics:
        gradebook.update_or_create_assignment(topic.name)
        notebook = nbformat.read(topic.path, as_version=4)
        resources: Any = {"nbgrader": {"notebook": topic.name, "assignment": topic.name, "db_url": url}}
        try:
            for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, SaveCells):
                notebook, resources = step(config=config, enabled=True).preprocess(notebook, resources)
        except RuntimeError:
            raise GradebookRefused(
                f"The gradebook holds submissions for an earlier {topic.name!r} with other questions. "
                "Move gradebook.db away, or choose another with --db, and grade again."
            ) from None


def fill(gradebook: Any, results: Sequence[Result]) -> list[Result]:
    """Writes the scores of results, and returns the results with the scores that a person has given instead."""
    return [_fill_one(gradebook, result) for result in results]


def _fill_one(gradebook: Any, result: Result) -> Result:
    gradebook.update_or_create_student(result.candidate)
    gradebook.update_or_create_submission(result.topic, result.candidate)
    decided = []
    for verdict in result.questions:
        grade = _grade(gradebook, verdict.question, result)
        if grade is None:
            decided.append(verdict)
            continue
        grade.auto_score = float(verdict.points)
        grade.needs_manual_grade = verdict.outcome in FOR_A_PERSON and grade.manual_score is None
        by_hand = grade.manual_score is not None
        decided.append(
            verdict.with_points(float(grade.manual_score), verdict.outcome, "Scored by a person.")
            if by_hand
            else verdict
        )
    gradebook.db.commit()
    return Result(result.candidate, result.topic, result.isolation, result.flags, tuple(decided), result.practice_seed)


def _grade(gradebook: Any, question: str, result: Result) -> Any:
    from nbgrader.api import MissingEntry

    for name in (f"{question}{TESTS}", question):
        try:
            return gradebook.find_grade(name, result.topic, result.topic, result.candidate)
        except MissingEntry:
            continue
    return None
