"""Free-text answers scored by a question's rubric and by the answers to it that persons have marked.

`is_an_answer` is for the visible check and needs nothing beyond the standard library; `score`, `read` and `learn` load
spaCy when first called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundschool.checks.rubric.model import Idea, Need, Reading, Remark, Rubric, all_of, any_of, at_least, idea, remark
from groundschool.checks.rubric.text import is_an_answer

if TYPE_CHECKING:
    from groundschool.checks.rubric.examples import Example
    from groundschool.checks.rubric.learnt import Learnt


def score(text: str, rubric: Rubric) -> Reading:
    """What `text` earns by the patterns of `rubric` alone; see `scoring.py`."""
    from groundschool.checks.rubric.scoring import score as scored

    return scored(text, rubric)


def learn(rubric: Rubric, examples: Sequence[Example]) -> Learnt:
    """What is to be learnt from marked answers to a rubric's question; see `learnt.py`."""
    from groundschool.checks.rubric.learnt import learn as learned

    return learned(rubric, examples)


def read(text: str, rubric: Rubric, learnt: Learnt) -> Reading:
    """What `text` earns by patterns and marked answers together; see `vote.py`."""
    from groundschool.checks.rubric.vote import read as voted

    return voted(text, rubric, learnt)


__all__ = [
    "Idea",
    "Need",
    "Reading",
    "Remark",
    "Rubric",
    "all_of",
    "any_of",
    "at_least",
    "idea",
    "is_an_answer",
    "learn",
    "read",
    "remark",
    "score",
]
