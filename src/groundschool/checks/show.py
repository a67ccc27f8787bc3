"""Draws the visible checks of a question under its test cell, as HTML in a notebook and as text elsewhere."""

from __future__ import annotations

import html
from collections.abc import Sequence

from groundschool.checks.verdict import Check

NOTE = "Visible checks passed; hidden checks run when graded."
STYLE = "border-collapse:collapse;margin:.3em 0"
CELL = "text-align:left;vertical-align:top;padding:.25em .8em;border-bottom:1px solid rgba(128,128,128,.35)"


class _Table:
    """What Jupyter displays: HTML where it can, text otherwise. Both say the same."""

    def __init__(self, name: str, attempted: bool, checks: Sequence[Check], bill: str = "") -> None:
        self.name, self.attempted, self.checks = name, attempted, checks
        self.words = [summary(name, attempted, checks), *([bill] if bill else [])]

    def __repr__(self) -> str:
        lines = [f"{_mark(check.passed)} {check.name}{_after(check.message)}" for check in self.checks]
        return "\n".join([*lines, *self.words])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="{CELL}">{_mark(check.passed)}</td><td style="{CELL}">{html.escape(check.name)}</td>'
            f'<td style="{CELL};white-space:pre-wrap">{html.escape(check.message)}</td></tr>'
            for check in self.checks
        )
        said = "".join(f"<p>{html.escape(words)}</p>" for words in self.words)
        return f'<table style="{STYLE}">{rows}</table>{said}'


def draw(name: str, attempted: bool, checks: Sequence[Check], bill: str = "") -> None:
    """Displays the visible checks of the question `name`, and under them what they would have cost."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    table = _Table(name, attempted, [check for check in checks if not check.hidden], bill)
    if InteractiveShell.initialized():
        display(table)
    else:
        print(table)


def summary(name: str, attempted: bool, checks: Sequence[Check]) -> str:
    """One sentence: how many of the visible checks passed."""
    visible = [check for check in checks if not check.hidden]
    passed = sum(check.passed for check in visible)
    if not attempted:
        return f"`{name}` is not attempted yet."
    return NOTE if passed == len(visible) else f"`{name}`: {passed} of {len(visible)} visible checks passed."


def _mark(passed: bool) -> str:
    return "✓" if passed else "✗"


def _after(message: str) -> str:
    return f": {message}" if message else ""
