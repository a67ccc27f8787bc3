"""A submitted notebook as it was handed in: its cells, read from bytes that may be anything.

Reads and never judges. Which cell is which question's is `repair`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from groundschool.course.code import answers_in
from groundschool.course.screen import MARK
from groundschool.errors import GroundSchoolError
from groundschool.grading.wire.budget import more_pieces

MAX_NOTEBOOK = 50 << 20
MAX_PIECES = 2_000_000
MAX_CELLS = 1_000
MAX_SOURCE = 200_000
MAX_SOURCES = 4_000_000  # characters of all cells together: they are parsed
MAX_ID = 200
MOST_POINTS = 1e9


class Unreadable(GroundSchoolError):
    """The bytes are no notebook; the message says what they are instead."""


@dataclass(frozen=True)
class GivenCell:
    """A cell of a submission. `grade_id` and `id` are "" where there is none; `marking` is its nbgrader metadata."""

    kind: str
    source: str
    grade_id: str = ""
    id: str = ""
    tags: tuple[str, ...] = ()
    marking: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def answers(self) -> frozenset[str]:
        """The names it assigns."""
        return answers_in(self.source) if self.kind == "code" else frozenset()

    @cached_property
    def is_untouched(self) -> bool:
        """Whether it is as some release had it: nbgrader's checksum, which a release puts into each cell, still
        fits.
        """
        return self.marking.get("checksum") == _checksum(self.kind, self.source, self.grade_id, self.marking)


@dataclass(frozen=True)
class GivenNotebook:
    """The cells in order, the name of the kernel, a sentence for each thing that was left out, and the name of the
    screen that it says it is of.
    """

    cells: tuple[GivenCell, ...]
    kernel: str = ""
    flags: tuple[str, ...] = ()
    screen: str = ""


def read(data: bytes) -> GivenNotebook:
    """The notebook in `data`, of any format version from 2 on. Raises Unreadable."""
    body = _parsed(data)
    found = list(_cells(body))
    cells = tuple(_cell(cell) for cell in found[:MAX_CELLS] if isinstance(cell, dict))
    if sum(len(cell.source) for cell in cells) > MAX_SOURCES:
        raise Unreadable(f"The notebook's cells are too long; at most {MAX_SOURCES:,} characters were expected.")
    flags = []
    if body.get("nbformat") != 4:
        flags.append("The notebook is of another format version than 4; it was converted.")
    if len(cells) != len(found):
        flags.append(f"The notebook holds {len(found):,} cells; {len(cells):,} of them could be used.")
    if any(len(cell.source) == MAX_SOURCE for cell in cells):
        flags.append(f"A cell holds {MAX_SOURCE:,} characters or more; the rest was left out.")
    metadata = _object(body, "metadata")
    kernel, screen = _object(metadata, "kernelspec").get("name"), _object(metadata, "groundschool").get(MARK)
    return GivenNotebook(cells, kernel if isinstance(kernel, str) else "", tuple(flags), _text(screen))


def _checksum(kind: str, source: str, grade_id: str, marking: Mapping[str, object]) -> str:
    """What nbgrader writes into a cell with this marking; no secret, and no proof of anything."""
    roles = [str(bool(marking.get(mark, False))) for mark in ("grade", "solution", "locked")]
    if marking.get("solution"):
        roles[2] = "False"
    elif marking.get("grade"):
        roles[2] = "True"
    points = marking.get("points")
    worth = (
        str(float(points))
        if marking.get("grade") and isinstance(points, int | float) and abs(points) < MOST_POINTS
        else ""
    )
    content = "".join((source, kind, *roles, grade_id, worth)).encode("utf-8", "surrogatepass")
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_NOTEBOOK or more_pieces(data, MAX_PIECES):
        raise Unreadable(f"The notebook is too large; at most {MAX_NOTEBOOK >> 20} MB were expected.")
    try:
        body = json.loads(data)
    except RecursionError:
        raise Unreadable("The notebook is nested too deep; a Jupyter notebook was expected.") from None
    except ValueError:
        what = "is empty" if not data.strip() else "is not complete JSON"
        raise Unreadable(f"The notebook {what}; a Jupyter notebook was expected.") from None
    if not isinstance(body, dict):
        raise Unreadable("The notebook is JSON of another kind; a Jupyter notebook was expected.")
    return body


def _cells(body: dict[str, Any]) -> Iterator[Any]:
    """The cells; before version 4 they were on worksheets."""
    if isinstance(body.get("cells"), list):
        yield from body["cells"]
        return
    sheets = body.get("worksheets")
    if not isinstance(sheets, list):
        raise Unreadable("The notebook has no cells; a Jupyter notebook was expected.")
    for sheet in sheets:
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            yield from sheet["cells"]


def _cell(cell: dict[str, Any]) -> GivenCell:
    metadata = _object(cell, "metadata")
    marking = _object(metadata, "nbgrader")
    tags = metadata.get("tags")
    kind = cell.get("cell_type")
    return GivenCell(
        kind if kind in ("code", "raw") else "markdown",
        _encodable(_source(cell)[:MAX_SOURCE]),
        _text(marking.get("grade_id")),
        _text(cell.get("id")),
        tuple(_text(tag) for tag in tags[:20]) if isinstance(tags, list) else (),
        marking,
    )


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def _text(field: object) -> str:
    return field if isinstance(field, str) and len(field) <= MAX_ID else ""
