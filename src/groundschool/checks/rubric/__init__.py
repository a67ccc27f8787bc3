"""Reads short free-text answers: which claims they make, by a rubric that the question's author writes as data.

Holds the engine and no rubric. `is_an_answer` is the visible check; `score` loads the language libraries at its first call.
"""

from __future__ import annotations

from groundschool.checks.rubric.attempt import is_an_answer
from groundschool.checks.rubric.model import (
    Idea,
    Need,
    Reading,
    Rubric,
    RubricError,
    Wrong,
    all_of,
    any_of,
    at_least,
)


def score(text: str, rubric: Rubric) -> Reading:
    """The reading of an answer by a rubric. Raises RubricError when a pattern of the rubric cannot be read."""
    from groundschool.checks.rubric.score import score as read

    return read(text, rubric)


__all__ = [
    "Idea",
    "Need",
    "Reading",
    "Rubric",
    "RubricError",
    "Wrong",
    "all_of",
    "any_of",
    "at_least",
    "is_an_answer",
    "score",
]
