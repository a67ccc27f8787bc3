"""What a database or the system says when something fails, for people: one sentence, once."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

THEIR_LOG = logging.getLogger("tornado.application")
RAISED_BY = re.compile(r"^\(\w+(?:\.\w+)+\) ")  # the exception's name, before what the database said


def reason(error: Exception) -> str:
    """What a database or the system said, in one sentence without the statement that it was asked."""
    cause = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
    said = RAISED_BY.sub("", next(iter(str(cause).strip().splitlines()), type(error).__name__))
    return f"{said[:300].rstrip('.')}."


@contextmanager
def told_once() -> Iterator[None]:
    """nbgrader writes what it raises into the log as well, with a traceback; here it does not."""
    THEIR_LOG.addFilter(_is_no_rollback)
    try:
        yield
    finally:
        THEIR_LOG.removeFilter(_is_no_rollback)


def _is_no_rollback(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Rolling back session")
