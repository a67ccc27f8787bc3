"""Why a statement fails, in the words of Athena's engine, and what this engine does not do, in its own."""

from __future__ import annotations

from typing import Any


class Failed(Exception):
    """The statement failed: Trino's error code, such as "TABLE_NOT_FOUND" (empty for Hive's own words), and its words.

    Not told to a person as it is: it becomes the reason of the query execution.
    """

    def __init__(self, code: str, message: str, at: Any = None) -> None:
        place = _place(at)
        super().__init__(f"{code}: {place}{message}" if code else message)
        self.code = code


class NotDone(Failed):
    """The statement may be right, and this engine does not do it."""

    def __init__(self, what: str) -> None:
        super().__init__("NOT_SUPPORTED", f"The lab does not {what}.")


class Cancelled(Exception):
    """The statement was stopped from outside. Not told to a person as it is."""


def _place(node: Any) -> str:
    """Where a node of the tree begins in the text, as Trino says it; empty when the parser did not keep it."""
    for found in node.walk() if node is not None else ():
        if "line" in found.meta:
            return f"line {found.meta['line']}:{max(1, found.meta['col'] - len(found.name) + 1)}: "
    return ""
