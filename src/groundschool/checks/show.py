"""Draws the visible checks of a question under its test cell, as HTML in a notebook and as text elsewhere."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from groundschool.checks.verdict import Check

NOTE = "Visible checks passed; hidden checks run when graded."
STYLE = "border-collapse:collapse;margin:.3em 0"
CELL = "text-align:left;vertical-align:top;padding:.25em .8em;border-bottom:1px solid rgba(128,128,128,.35)"


class _Table:
    """What Jupyter displays: HTML where it can, text otherwise. Both say the same."""

    def __init__(self, rows: Sequence[tuple[str, str, str]], words: Sequence[str]) -> None:
        self.rows, self.words = rows, words

    def __repr__(self) -> str:
        lines = [f"{mark} {name}{_after(message)}".strip() for mark, name, message in self.rows]
        return "\n".join([*lines, *self.words])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="{CELL}">{mark}</td><td style="{CELL}">{html.escape(name)}</td>'
            f'<td style="{CELL};white-space:pre-wrap">{html.escape(message)}</td></tr>'
            for mark, name, message in self.rows
        )
        said = "".join(f"<p>{html.escape(words)}</p>" for words in self.words)
        return f'<table style="{STYLE}">{rows}</table>{said}'


def draw(
    name: str, attempted: bool, checks: Sequence[Check], recorded: Mapping[str, str], bill: Sequence[str] = ()
) -> None:
    """Displays the visible checks of the question `name`, and under them what they would have cost.

    `recorded` says of a check, by name, what stands in its place as long as nobody has judged what it looked at.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    visible = [check for check in checks if not check.hidden]
    judged = [check for check in visible if check.name not in recorded]
    words = [summary(name, attempted, checks)] if judged or not attempted else []
    table = _Table([_row(check, recorded) for check in visible], [*words, *bill])
    if InteractiveShell.initialized():
        display(table)
    else:
        print(table)


def worked(tries: Sequence[int]) -> str:
    """One sentence: how often runs of Dags kept a worker busy; empty where none ran. `tries` are those of each task."""
    if not tries:
        return ""
    ran = "1 task instance" if len(tries) == 1 else f"{len(tries)} task instances"
    again = f" in {sum(tries)} tries" if sum(tries) > len(tries) else ""
    return f"Airflow ran {ran}{again}: each try takes a slot of a worker as long as it lasts."


def summary(name: str, attempted: bool, checks: Sequence[Check]) -> str:
    """One sentence: how many of the visible checks passed."""
    visible = [check for check in checks if not check.hidden]
    passed = sum(check.passed for check in visible)
    if not attempted:
        return f"`{name}` is not attempted yet."
    return NOTE if passed == len(visible) else f"`{name}`: {passed} of {len(visible)} visible checks passed."


def _row(check: Check, recorded: Mapping[str, str]) -> tuple[str, str, str]:
    """Mark, name and message. What is only recorded has no mark."""
    said = recorded.get(check.name)
    return ("", said, "") if said else (_mark(check.passed), check.name, check.message)


def _mark(passed: bool) -> str:
    return "✓" if passed else "✗"


def _after(message: str) -> str:
    return f": {message}" if message else ""
