"""Statements by the names under which the lab logs them and lets them fail."""

from __future__ import annotations

from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.parse import Reader
from groundschool.lab.faults import Fault

ANY = "Statement"
NAMES = frozenset(
    (
        *("Select", "Insert", "Update", "Delete", "Merge", "Copy", "Unload", "Create", "Drop", "Alter", "Truncate"),
        *("Begin", "Commit", "Rollback", "Set", "Reset", "Show", "Analyze", "Vacuum", "Lock"),
    )
)
OTHERS = {"With": "Select", "Start": "Begin", "End": "Commit", "Abort": "Rollback", "(": "Select"}


def operation(text: str) -> str:
    """The name of a statement's kind; empty for one that the lab does not know."""
    try:
        word = Reader(text).next
    except Failed:
        return ""
    first = word.text.capitalize() if word is not None else ""
    first = OTHERS.get(first, first)
    return first if first in NAMES else ""


def seeded(fault: Fault) -> None:
    """Makes a rival's writes."""
    from groundschool.lab.services import services

    for name, content in fault.writes.items():
        services()[name].seed(content)
