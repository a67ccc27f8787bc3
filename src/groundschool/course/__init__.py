"""A course on disk and the notebooks in it: the one place that knows how they are laid out."""

from groundschool.course.attempts import attempt_source, breaks, message, solution_of, states_message
from groundschool.course.code import MAGIC, WRITES_FILE, without_magics
from groundschool.course.course import KIT, Course, Topic, find
from groundschool.course.notebook import (
    BEGIN_HIDDEN,
    TESTS,
    Cell,
    Marking,
    NotACourse,
    Notebook,
    Role,
    from_node,
    node,
    raw_marking,
    read,
)
from groundschool.course.question import Question
from groundschool.course.screen import Asked, Screen
from groundschool.course.strict import Misstated

__all__ = [
    "BEGIN_HIDDEN",
    "KIT",
    "MAGIC",
    "TESTS",
    "WRITES_FILE",
    "Asked",
    "Cell",
    "Course",
    "Marking",
    "Misstated",
    "NotACourse",
    "Notebook",
    "Question",
    "Role",
    "Screen",
    "Topic",
    "attempt_source",
    "breaks",
    "find",
    "from_node",
    "message",
    "node",
    "raw_marking",
    "read",
    "solution_of",
    "states_message",
    "without_magics",
]
