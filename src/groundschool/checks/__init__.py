"""What a test cell calls: questions, descriptions of arguments, rules of comparison.

Imports neither the lab nor grading; holds no answer and no rubric.
"""

from __future__ import annotations

from typing import Any

from groundschool.checks.answers import AnswerRaised, Client, File, Frame, Stream
from groundschool.checks.question import ChecksFailed, Question, question
from groundschool.checks.table.compare import Rules


def spark() -> Any:
    """The notebook's Spark session; see `groundschool.engines.spark`. In the examiner there is none."""
    from groundschool.checks import backend
    from groundschool.engines.spark import spark as start

    return backend.NO_SPARK if getattr(backend.current(), "examines", False) else start()


__all__ = [
    "AnswerRaised",
    "ChecksFailed",
    "Client",
    "File",
    "Frame",
    "Question",
    "Rules",
    "Stream",
    "question",
    "spark",
]
