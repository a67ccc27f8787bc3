"""Finds test cells that evaluate an answer's text themselves: then a candidate's text would run where verdicts are
made.

Looks at the instructor's source only, following assignments and arguments of functions. `t.call` sends a query to its
own box; these do not.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from groundschool.course import code

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


Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@functools.lru_cache(maxsize=1024)  # of a trusted notebook, and asked for each of its submissions
def evaluated(source: str, answers: tuple[str, ...], helpers: tuple[str, ...] = ()) -> str:
    """The name of the call that evaluates one of the `answers` in a test cell's code, or in a function of the `helpers`
    (other cells) that it is given to; or an empty text.
    """
    try:
        own = code.tree(source)
    except SyntaxError:
        return ""
    tree = ast.Module([*own.body, *(function for text in helpers for function in _functions(text))], [])
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
        more = {target for targets, value in _bound(tree) if _names(value) & names for target in targets}
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


def _bound(tree: ast.AST) -> Iterator[tuple[set[str], ast.AST]]:
    """What is bound to what: by assignments, and by calls of functions that are defined here."""
    yield from _assignments(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        names = {call.func.attr} if isinstance(call.func, ast.Attribute) else _names(call.func)
        for function in functions:
            if function.name in names:
                yield from _given(call, function.args)


def _given(call: ast.Call, parameters: ast.arguments) -> Iterator[tuple[set[str], ast.AST]]:
    """Which parameter is bound to which argument: all of them where that depends on how many values there are."""
    places = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    if isinstance(call.func, ast.Attribute) and places[:1] in (["self"], ["cls"]):
        del places[0]
    rest = {each.arg for each in (parameters.vararg, parameters.kwarg) if each}
    every = {*places, *(each.arg for each in parameters.kwonlyargs), *rest}
    for place, value in enumerate(call.args):
        starred = any(isinstance(each, ast.Starred) for each in call.args[: place + 1])
        yield (every if starred else {places[place]} if place < len(places) else rest), value
    for keyword in call.keywords:
        known = keyword.arg in every
        yield ({str(keyword.arg)} if known else rest if keyword.arg else every), keyword.value


def _functions(text: str) -> list[ast.stmt]:
    try:
        return [node for node in code.tree(text).body if isinstance(node, Function)]
    except SyntaxError:
        return []


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
