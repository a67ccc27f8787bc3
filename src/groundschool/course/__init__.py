"""A course on disk and the notebooks in it: the one place that knows how they are laid out."""

from groundschool.course.course import (
    BEGIN_HIDDEN,
    MAGIC,
    TESTS,
    WRITES_FILE,
    Cell,
    Course,
    NotACourse,
    Notebook,
    Topic,
    find,
    from_node,
    node,
    read,
    without_magics,
)  # fmt: skip

__all__ = [
    "BEGIN_HIDDEN", "MAGIC", "TESTS", "WRITES_FILE", "Cell", "Course", "NotACourse", "Notebook", "Topic", "find", "from_node", "node", "read",
    "without_magics",
]  # fmt: skip
