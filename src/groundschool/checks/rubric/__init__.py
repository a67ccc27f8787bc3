"""Free-text answers scored by a rubric that stands, as data, in a question's test cell.

`is_an_answer` is for the visible check and needs nothing beyond the standard library; `score` loads spaCy when first
called.
"""

from __future__ import annotations

from groundschool.checks.rubric.model import Idea, Need, Reading, Remark, Rubric, all_of, any_of, at_least, idea, remark
from groundschool.checks.rubric.text import is_an_answer


def score(text: str, rubric: Rubric) -> Reading:
    """What `text` earns by `rubric`; see `scoring.py`."""
    from groundschool.checks.rubric.scoring import score as scored

    return scored(text, rubric)


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
    "remark",
    "score",
]
