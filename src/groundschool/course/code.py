"""Reads the code of a cell: is it still the starter, and which answers does it give?

Parses, never runs. The code is hostile: whatever the parser says of it, there is an answer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from groundschool.course import MAGIC, WRITES_FILE, without_magics

# Beyond this a parser may cost seconds and gigabytes; such a cell is compared as text and gives no answer.
MAX_PARSED = 20_000
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def is_same_code(source: str, other: str) -> bool:
    """Whether two cells differ in nothing but comments, blank lines and spaces between words."""
    if source.strip() == other.strip():
        return True
    one, two = _tree(source), _tree(other)
    if one is None or two is None or MAGIC.search(source) or MAGIC.search(other):
        return _bare(source) == _bare(other)
    try:
        return ast.dump(one) == ast.dump(two)
    except (RecursionError, MemoryError, ValueError):  # ValueError: a number of too many digits to be written down
        return False


def is_blank(source: str) -> bool:
    """Whether a cell holds comments and blank lines only."""
    return not _bare(source)


def answers_in(source: str) -> frozenset[str]:
    """The names a cell binds in the notebook's own scope, or the file it writes, as `%%writefile <name>`."""
    written = WRITES_FILE.match(source)
    if written:
        return frozenset([f"%%writefile {written.group(1)}"])
    tree = _tree(without_magics(source))
    return frozenset(_bound(tree)) if tree else frozenset()


def _tree(source: str) -> ast.Module | None:
    if len(source) > MAX_PARSED or source.startswith("%%"):
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _bound(tree: ast.AST) -> Iterator[str]:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        if not isinstance(node, SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _bare(source: str) -> list[str]:
    lines = [line.strip() for line in source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
