"""Where the command's words go: a terminal, a pipe or a file of any width and encoding. What is said is left to
`cli`.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

PIPE_WIDTH = 1_000
# For words that are not ours: no markup is read in them, nothing is coloured, no line is broken.
PLAIN: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}


class Terminal(Console):
    """A terminal or pipe of any width and encoding, that may be closed before all is said (`| head`).

    Nothing but its words is lost by that, and no word is by its width: lines are wrapped for a terminal only.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr)
        if not self.is_terminal and not os.environ.get("COLUMNS"):
            self.width = PIPE_WIDTH

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def table_of(*headers: str, **look: Any) -> Table:
    """A table that folds what a narrow terminal has no room for, and cuts off nothing."""
    table = Table(**look)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, io.TextIOWrapper):
        _stream.reconfigure(
            errors="backslashreplace"
        )  # in cp1252 or ASCII, what cannot be written is told by its number
