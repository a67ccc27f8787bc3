"""Reads a notebook that was handed in as a script: Jupytext's percent and light formats, and what nbconvert exports.

Reads and never judges, as `notebook` does; a script without marks of cells is one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundschool.grading.handin.notebook import MAX_CELLS, MAX_SOURCE, GivenCell

MAX_SCRIPT = 1 << 20
CELL = re.compile(r"^# (?:%%(?P<percent>.*)|In ?\[[\d ]*\]:\s*|\+(?: .*)?|-)$")
HEADER = re.compile(r"\A(?:#!.*\n|# coding.*\n)*(?:# ---\n(?:#.*\n)*?# ---\n)?")


def read(content: bytes) -> tuple[GivenCell, ...]:
    """The cells of a script, none of which carries a mark."""
    text = content[:MAX_SCRIPT].decode("utf-8", "replace").replace("\r\n", "\n")
    return tuple(_cells(HEADER.sub("", text, count=1).split("\n")))[:MAX_CELLS]


def _cells(lines: list[str]) -> Iterator[GivenCell]:
    kind, body = "code", list[str]()
    for line in [*lines, "# %%"]:
        mark = CELL.match(line)
        if not mark:
            body.append(line)
            continue
        if source := "\n".join(_magics(body) if kind == "code" else _prose(body)).strip("\n"):
            yield GivenCell(kind, source[:MAX_SOURCE])
        kind, body = "markdown" if "[markdown]" in (mark["percent"] or "") else "code", []


def _magics(lines: list[str]) -> list[str]:
    """Lines that Python cannot read are comments in a script."""
    return [line[2:] if line.startswith(("# %", "# !")) else line for line in lines]


def _prose(lines: list[str]) -> list[str]:
    return [line.removeprefix("#").removeprefix(" ") for line in lines]
