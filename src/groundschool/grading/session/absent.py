"""Why an answer does not exist though its cell is not blank, in words that its author can act on.

Reads the cell's text and how it ended; both are the candidate's own, and no hidden data was there when it ran.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CELL_MAGIC = re.compile(r"\s*(%%\w+)")
LINE_MAGIC = re.compile(r"UsageError: Line magic function `(%\w+)` not found")
PLACE = re.compile(r"\((?:<[^>]*>|[^()]*), line (\d+)\)")
QUERY = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:select|with)\b", re.IGNORECASE)
MOST_QUOTED = 600
NOT_PYTHON = ("SyntaxError:", "IndentationError:", "TabError:")
NO_SUCH_NAME = ("NameError:", "UnboundLocalError:")


@dataclass(frozen=True)
class Gone:
    """An answer that does not exist: its name, its cell's text and error (empty when the cell ran to its end or not at
    all), and whether the course gives it as text.
    """

    name: str
    source: str
    error: str
    is_text: bool


def words(gone: Gone) -> str:
    """A sentence or two."""
    cell = f"The cell of `{gone.name}`"
    magic = CELL_MAGIC.match(gone.source)
    if magic and magic.group(1) == "%%answer":
        return f"{cell} does not name it; its first line is `%%answer {gone.name}`, and the words stand below."
    if magic:
        if "magic `" in gone.error and "not found" in gone.error:
            return f"{cell} begins with `{magic.group(1)}`, which this course does not have; {_where(gone)}"
        if not gone.error:
            return f"{cell} begins with `{magic.group(1)}`, which leaves no name `{gone.name}` behind; {_where(gone)}"
    if magic := LINE_MAGIC.match(gone.error):
        return f"{cell} stopped at `{magic.group(1)}`, which this course does not have; {_where(gone)}"
    if gone.error.startswith(NOT_PYTHON):
        told = PLACE.sub(r"(line \1)", gone.error)
        more = f" A query is text: {_where(gone)}" if gone.is_text and QUERY.match(gone.source) else ""
        return f"{cell} is not Python, so nothing in it ran: {told}.{more}"
    if gone.error.startswith(NO_SUCH_NAME):
        return f"{cell} stopped at a name that does not exist, before it defined `{gone.name}`: {gone.error}."
    if gone.error:
        return f"`{gone.name}` does not exist. Its cell: {gone.error}"
    return f"`{gone.name}` does not exist; no cell defines it."


def to_be_read(gone: Gone) -> str:
    """What a person is told of a short answer: words that are no Python may be right all the same."""
    text = " ".join(gone.source.split())
    told = text if len(text) <= MOST_QUOTED else f"{text[:MOST_QUOTED]}…"
    return f"A person must read what its cell says: {told}"


def _where(gone: Gone) -> str:
    if not gone.is_text:
        return f"the answer is Python that defines `{gone.name}`."
    kind = "query" if QUERY.match(CELL_MAGIC.sub("", gone.source, count=1)) else "text"
    return f'the {kind} goes between the quotes: {gone.name} = """…""".'
