"""Draws the visible checks of a question under its test cell: one box in a notebook, lines of text elsewhere."""

from __future__ import annotations

import html
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundschool.checks.beside import Beside
from groundschool.checks.verdict import Check

NOTE = "Visible checks passed; hidden checks run when graded."
PASSED, FAILED, OPEN = "#2e8540", "#c0392b", "#8a8a8a"  # of the box's edge, on light and on dark pages
TABLE = "border-collapse:collapse;margin:.3em 0"
CELL = "text-align:left;vertical-align:top;padding:.25em .8em;border-bottom:1px solid rgba(128,128,128,.35)"
HEAD = ("", "check", "what was seen, and expected")


@dataclass(frozen=True)
class Row:
    """A check as it is drawn. `message` may be of several lines; `beside` are the tables it looked at."""

    mark: str
    name: str
    message: str = ""
    beside: Beside | None = None

    def text(self) -> str:
        """A line, and below it what was returned where that is all there is to say."""
        line = f"{self.mark} {self.name}{f': {self.message}' if self.message else ''}".strip()
        return f"{line}\n{self.beside.text()}" if self.beside and not self.message else line

    def html(self) -> str:
        """A row of the table. Where the tables stand below it, the rows that differ are not told in words."""
        told = self.message.split("\n")[0] if self.beside else self.message
        cells = f'<td style="{CELL}">{self.mark}</td><td style="{CELL}">{html.escape(self.name)}</td>'
        said = f'<td style="{CELL};{_lines(told)}">{html.escape(told)}</td>'
        below = f'<tr><td></td><td colspan="2">{self.beside.html()}</td></tr>' if self.beside else ""
        return f"<tr>{cells}{said}</tr>{below}"


@dataclass(frozen=True)
class Box:
    """What Jupyter displays: HTML where it can, text otherwise. Both say the same."""

    rows: Sequence[Row]
    words: Sequence[str] = ()
    colour: str = OPEN
    head: Sequence[str] = HEAD

    def __repr__(self) -> str:
        return "\n".join([*(row.text() for row in self.rows), *self.words])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="{CELL}">{html.escape(name)}</th>' for name in self.head)
        rows = "".join(row.html() for row in self.rows)
        said = "".join(f'<div style="{_lines(words)}">{html.escape(words)}</div>' for words in self.words)
        top = f"<thead><tr>{head}</tr></thead>" if head else ""
        table = f'<table style="{TABLE}">{top}<tbody>{rows}</tbody></table>' if rows else ""
        edge = f"border-left:4px solid {self.colour};padding:.1em .8em;margin:.3em 0"
        return f'<div style="{edge}">{table}{said}</div>'


def draw(
    name: str,
    attempted: bool,
    checks: Sequence[Check],
    recorded: Mapping[str, str],
    bill: Sequence[str] = (),
    beside: Mapping[str, Beside] | None = None,
) -> None:
    """Displays the visible checks of the question `name`, and under them what they would have cost.

    `recorded` says of a check, by name, what stands in its place as long as nobody has judged what it looked at;
    `beside` are the tables that a check looked at.
    """
    visible = [check for check in checks if not check.hidden]
    judged = [check for check in visible if check.name not in recorded]
    words = [summary(name, attempted, checks)] if judged or not attempted else []
    rows = [row(check, recorded, beside or {}) for check in visible] if attempted else []
    put(Box(rows, [*words, *bill], _colour(attempted, visible)))


def put(box: Box) -> None:
    """Displays a box in a notebook, prints it elsewhere."""
    # Importing IPython takes longer than most checks; where nobody has, there is no notebook.
    shell = sys.modules.get("IPython.core.interactiveshell")
    if shell is not None and shell.InteractiveShell.initialized():
        sys.modules["IPython.display"].display(box)
    else:
        print(box)


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


def row(check: Check, recorded: Mapping[str, str], beside: Mapping[str, Beside]) -> Row:
    """A check as it is drawn. What is only recorded has no mark."""
    if said := recorded.get(check.name):
        return Row("", said)
    return Row("✓" if check.passed else "✗", check.name, check.message, beside.get(check.name))


def _lines(words: str) -> str:
    """The style of a text. What is of several lines may be a query's, with a mark below a character of it."""
    return "white-space:pre-wrap;font-family:monospace" if "\n" in words else "white-space:pre-wrap"


def _colour(attempted: bool, visible: Sequence[Check]) -> str:
    if not attempted:
        return OPEN
    return PASSED if all(check.passed for check in visible) else FAILED
