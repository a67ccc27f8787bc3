"""Notebook cells as sanitised fragments of HTML, for the pages of `feedback`.

Knows what a cell may show to whom; which cell belongs where on a page is left to `feedback`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup, escape
from nbformat.notebooknode import NotebookNode
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

from groundschool.course import BEGIN_HIDDEN, TESTS, Marking, Role
from groundschool.safe import clean_html, clean_markdown, clean_terminal, plain_html, safe_outputs, shorten

# Tokenising and parsing take quadratic time on text made for it: a stranger's cells are parsed up to these many
# characters.
MAX_HIGHLIGHTED = 4_000
MOST_PARSED = 40_000  # of a page
ASKED = re.compile(r"^\*\*([^*\n]+\?)\*\*[ \t]*$", re.MULTILINE)
HEADING = re.compile(r"^#{1,4}[ \t]+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class CellView:
    """A cell as a page shows it. `body` and `outputs` are sanitised; `grade_id` is "" for a cell of the candidate's
    own.
    """

    role: Role
    grade_id: str
    body: Markup
    outputs: tuple[Markup, ...] = ()
    is_code: bool = True


def notebook(path: Path) -> NotebookNode:
    """A notebook of the course, read once while it stays as it is. Raises OSError or ValueError."""
    return _notebook(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=32)
def _notebook(path: Path, changed: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def grade_id(cell: Any) -> str:
    """The cell's `grade_id` as text, "" where it has none."""
    return Marking.of(cell).grade_id


def role(cell: Any) -> Role:
    """What the cell is shown as. In doubt a test: that is the role whose source is never taken from the graded
    notebook.
    """
    marking = Marking.of(cell)
    if BEGIN_HIDDEN in cell.get("source", ""):
        return Role.TEST
    if marking.solution:
        return Role.SOLUTION
    if marking.grade or marking.locked or marking.grade_id.endswith(TESTS):
        return Role.TEST
    return Role.PLAIN if cell.get("cell_type") == "code" else Role.PROSE


def sources(notebook: NotebookNode | None) -> dict[str, str]:
    """The source of every cell with a grade id."""
    return {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell)} if notebook else {}


def candidate_view(cell: Any, released: dict[str, str], plain: bool = False) -> CellView | None:
    """The cell for the candidate: a test cell with its released source and no outputs, None when it was never released.

    With `plain`, what is the candidate's own is shown as it was typed.
    """
    kind = role(cell)
    if cell.get("cell_type") not in ("code", "markdown"):
        return None
    if kind != Role.TEST:
        return _view(cell, kind, cell.source, plain=plain)
    source = released.get(grade_id(cell))
    return None if source is None else _view(cell, kind, source, with_outputs=False)


def instructor_view(cell: Any, source: dict[str, str], plain: bool = False) -> CellView | None:
    """The cell for the instructor: a test cell with its full source, every output; None for a raw cell. `plain` as
    above.
    """
    if cell.get("cell_type") not in ("code", "markdown"):
        return None
    kind = role(cell)
    if kind == Role.TEST and grade_id(cell) in source:
        return _view(cell, kind, source[grade_id(cell)])
    return _view(cell, kind, cell.source, plain=plain)


def code_html(source: str, plain: bool = False) -> Markup:
    """Python source with highlighting classes, or plain."""
    text = shorten(clean_terminal(source))
    return escape(text) if plain else _highlighted(text)


# The course's own cells stand on every page.
@functools.lru_cache(maxsize=1024)
def _rendered(text: str) -> str:
    return clean_markdown(text)


@functools.lru_cache(maxsize=1024)
def _highlighted(text: str) -> Markup:
    return Markup(highlight(text, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)))


def heading(notebook: NotebookNode) -> str:
    """The notebook's first heading, "" where it has none."""
    headings = [
        found for cell in notebook.cells if cell.cell_type == "markdown" for found in HEADING.findall(cell.source)
    ]
    return headings[0].strip() if headings else ""


def titles(notebook: NotebookNode | None) -> dict[str, str]:
    """For every test cell's grade id, the last heading above it."""
    found: dict[str, str] = {}
    last = ""
    for cell in notebook.cells if notebook else ():
        headings = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
        last = headings[-1].replace("`", "").strip() if headings else last
        found[grade_id(cell)] = last
    return found


def asked(notebook: NotebookNode | None) -> dict[str, str]:
    """For every answer cell's grade id, the bold question last asked above it; "" where there is none."""
    found: dict[str, str] = {}
    last = ""
    for cell in notebook.cells if notebook else ():
        if cell.cell_type == "markdown" and HEADING.search(cell.source):
            last = next(iter(reversed(ASKED.findall(cell.source))), "")
        elif grade_id(cell):
            found[grade_id(cell)] = last
    return found


def _view(cell: Any, kind: Role, source: str, *, plain: bool = False, with_outputs: bool = True) -> CellView:
    is_code, ours = cell.cell_type == "code", kind == Role.TEST
    plain = plain or (not ours and len(source) > MAX_HIGHLIGHTED)
    body = code_html(source, plain) if is_code else Markup(plain_html(source) if plain else _rendered(source))
    outputs = output_htmls(cell.get("outputs", ())) if is_code and with_outputs else ()
    return CellView(kind, grade_id(cell), body, outputs, is_code)


def output_htmls(outputs: Iterable[Any]) -> tuple[Markup, ...]:
    """Each output as one sanitised fragment."""
    return tuple(_output_html(output) for output in safe_outputs(outputs))


def _output_html(output: NotebookNode) -> Markup:
    if output.output_type == "stream":
        return Markup('<pre class="out {}">{}</pre>').format(output.name, output.text)
    if output.output_type == "error":
        text = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        return Markup('<pre class="out error">{}</pre>').format(text)
    return _data_html(output.data)


def _data_html(data: NotebookNode) -> Markup:
    """The richest form: an image, else HTML, else text."""
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            alternative = data.get("text/plain", "image output")[:200]
            return Markup('<img class="out" alt="{}" src="data:{};base64,{}">').format(alternative, kind, data[kind])
    if "text/html" in data:
        # Sanitising again costs little and keeps this function safe whatever its caller hands over.
        return Markup('<div class="out rich">{}</div>').format(Markup(clean_html(data["text/html"])))
    return Markup('<pre class="out">{}</pre>').format(data.get("text/plain", ""))
