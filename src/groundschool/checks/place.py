"""Where the test cells of this process run: in the notebook's own kernel, unless grading has put another backend in its
place.
"""

from __future__ import annotations

import os
from contextvars import ContextVar

from groundschool.checks.backend import Backend
from groundschool.checks.kernel import Kernel

_current: ContextVar[Backend | None] = ContextVar("backend", default=None)


def current() -> Backend:
    """The backend that answers this process's test cells."""
    return _current.get() or Kernel()


def use(backend: Backend) -> None:
    """Makes `backend` the current one; grading does it once, before any test cell runs."""
    _current.set(backend)


def autograding() -> bool:
    """Whether nbgrader (or our grader) executes the notebook to grade it: then a failed visible check must not
    raise.
    """
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"
