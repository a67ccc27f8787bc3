"""The roles of those who judge, for the one warm process that both are forked from: the examiner, and who runs queries.

They need the same libraries, which are the dearest part of a start.
"""

from __future__ import annotations

from groundschool.grading.roles import examiner as examiner_role
from groundschool.grading.roles import queries as queries_role
from groundschool.grading.roles.examiner import examiner
from groundschool.grading.roles.queries import queries

__all__ = ["examiner", "queries", "warm"]


def warm() -> None:
    """Pays for the first uses of both."""
    examiner_role.warm()
    queries_role.warm()
