"""Finds test cells that evaluate an answer's text themselves: then a candidate's text would run where verdicts are
made.

Looks at the instructor's source only, following plain assignments. `t.call` sends a query to its own box; these do not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Calls that run or read text as code, a query or an expression, in the libraries of the course.
SINKS = frozenset(
    {
        "eval",
        "exec",
        "sql",
        "execute",
        "executemany",
        "executescript",
        "query",
        "from_query",
        "read_sql",
        "read_sql_query",
        "sqldf",
        "system",
        "run_cell",
        "run_line_magic",
        "run_cell_magic",
        "import_module",
        "__import__",
        "Popen",
        "check_output",
        "getoutput",
    }
)

# Calls that look for tests or examples among the notebook's own names, which the examiner does not have.
RUNNERS = (("doctest", "testmod"), ("doctest", "run_docstring_examples"), ("unittest", "main"))


def evaluated(source: str, answers: tuple[str, ...]) -> str:
    """The name of the call in a test cell's code that evaluates one of the `answers`, or an empty text."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    names = _derived(tree, set(answers))
    if runner := next((f"{module}.{name}" for module, name in RUNNERS if f"{module}.{name}(" in source), ""):
        return runner
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = (
            call.func.attr
            if isinstance(call.func, ast.Attribute)
            else call.func.id
            if isinstance(call.func, ast.Name)
            else ""
        )
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in SINKS and any(_names(argument) & names for argument in given):
            return name
    return ""


def _derived(tree: ast.AST, names: set[str]) -> set[str]:
    """The names and every variable assigned from an expression that holds one of them."""
    while True:
        more = {target for targets, value in _assignments(tree) if _names(value) & names for target in targets}
        if more <= names:
            return names
        names = names | more


def _assignments(tree: ast.AST) -> Iterator[tuple[set[str], ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield {name for target in node.targets for name in _names(target)}, node.value
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and node.value is not None:
            yield _names(node.target), node.value
        elif isinstance(node, (ast.For, ast.comprehension)):
            yield _names(node.target), node.iter


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
