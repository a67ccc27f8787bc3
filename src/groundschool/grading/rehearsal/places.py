"""Where in its notebook a question stands: which cells run before its answer is tried.

A question is tried alone, after the plain cells above it. Where it uses what an earlier question's answer defines, that
question's solution runs too. Nothing is run here.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from groundschool.course import WRITES_FILE, Cell, Notebook, Role, without_magics
from groundschool.course.code import parsed
from groundschool.course.manifest import derived


def upto(notebook: Notebook, tests: Sequence[Cell]) -> Notebook:
    """The notebook down to the last of these test cells: what stands below takes no part."""
    last = max(notebook.cells.index(test) for test in tests)
    return replace(notebook, cells=notebook.cells[: last + 1])


def own(notebook: Notebook, test: Cell) -> tuple[Cell, ...]:
    """The solution cells of a question, those since the test cell before it, and its test cell."""
    place = notebook.cells.index(test)
    start = max((number for number in range(place) if notebook.cells[number].role == Role.TEST), default=-1)
    return (*(cell for cell in notebook.cells[start + 1 : place] if cell.role == Role.SOLUTION), test)


def before(notebook: Notebook, tests: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells that run before these questions are tried, in order: plain ones, and solutions that they build on."""
    last = max(notebook.cells.index(test) for test in tests)
    mine = [cell for test in tests for cell in own(notebook, test)]
    # Of several questions, one may build on another; a single one's own solution is what is tried.
    tried = mine if len(tests) == 1 else []
    above = [cell for cell in notebook.cells[:last] if cell.role in (Role.PLAIN, Role.SOLUTION) and cell not in tried]
    needed = [cell for cell in above if cell.role == Role.PLAIN]
    users = [*mine, *needed]
    for cell in reversed([cell for cell in above if cell.role == Role.SOLUTION]):
        if any(_gives(cell, user) for user in users if user is not cell):
            needed.append(cell)
            users.append(cell)
    return tuple(cell for cell in above if cell in needed)


def starts_jvm(cells: Sequence[Cell]) -> bool:
    """Whether one of these cells may make a Spark session, judged as a notebook without a manifest is."""
    return derived([cell.source for cell in cells]).spark


def _gives(cell: Cell, user: Cell) -> bool:
    """Whether a solution defines or changes something that another cell uses."""
    if written := WRITES_FILE.match(cell.source):
        return written.group(1).rpartition("/")[2].split(".")[0] in user.source
    return bool((cell.names.bound | cell.names.imported | _written(cell.source)) & user.names.loaded)


def _written(source: str) -> set[str]:
    """The names of the objects into which a cell writes an item or an attribute."""
    found = set()
    for node in ast.walk(parsed(without_magics(source)) or ast.Module([], [])):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            target: ast.expr = node
            while isinstance(target, ast.Subscript | ast.Attribute):
                target = target.value
            found |= {target.id} if isinstance(target, ast.Name) else set()
    return found
