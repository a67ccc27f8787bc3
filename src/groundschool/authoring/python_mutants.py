"""Small changes of a function, such as people make by mistake: made on Python's own tree, one at a time."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator

Change = Callable[[ast.AST], ast.AST | None]  # from a node to what stands in its place; None takes it out

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,  # columns are joined by them
    ast.BitOr: ast.BitAnd,
}
_PATTERN = re.compile(r"\\[sSwWdDb]|[\^$]|\(\?|\[.+\]|\.\*|\([^)]*\|")
_PARTS = (  # of a regular expression: what is taken out, and what stands in its place
    (r"\^", ""),
    (r"\$(?=$|\)|\|)", ""),
    (r"\\b", ""),
    (r"\(\?i\)", ""),
    (r"\\s[*+]", r"\\s"),
    (r"(?<=[\])\w])\+", "*"),
    (r"\\S", r"\\w"),
    (r"\\d", r"\\w"),
    (r"\\s", " "),
)
_NAMING = ("alias", "agg", "toDF", "col", "lit")  # without them an answer fails to run, whatever the data
_STATEMENTS = (ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.Continue, ast.Break)


def changed(source: str) -> Iterator[tuple[str, str]]:
    """The code and the same with one thing changed, both as `ast` writes them, once for each thing that can be.

    Raises SyntaxError for what is no Python.
    """
    tree = _undocumented(ast.parse(source))
    before = ast.unparse(tree)
    for place, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            fresh = copy.deepcopy(tree)
            wanted = next(found for number, found in enumerate(ast.walk(fresh)) if number == place)
            _Put(wanted, change).visit(fresh)
            yield before, ast.unparse(ast.fix_missing_locations(fresh))


class _Put(ast.NodeTransformer):
    """Puts what a change makes of one node into its place."""

    def __init__(self, wanted: ast.AST, change: Change) -> None:
        self.wanted, self.change = wanted, change

    def visit(self, node: ast.AST) -> ast.AST | None:
        return self.change(node) if node is self.wanted else self.generic_visit(node)


def _undocumented(tree: ast.Module) -> ast.Module:
    """The tree without docstrings and other bare constants, which do nothing."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return tree


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _COMPARED.get(type(operator), ()):
                yield _compared(place, other)
        yield from _spelled(node)
    elif isinstance(node, ast.BoolOp):
        yield lambda found: _set(found, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        for place in range(len(node.values)):
            yield _without_value(place)
    elif isinstance(node, ast.BinOp) and type(node.op) in _CALCULATED:
        yield lambda found: _set(found, op=_CALCULATED[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield _operand
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield _without_condition(place)
    elif isinstance(node, _STATEMENTS):
        yield lambda _: ast.Pass()


def _of_call(node: ast.Call) -> Iterator[Change]:
    """`frame.where(…).distinct()` without its last step, where it stands on the result of another."""
    if (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, (ast.Call, ast.Name))
        and node.func.attr not in _NAMING
    ):
        yield _without_call


def _without_call(found: ast.AST) -> ast.AST:
    assert isinstance(found, ast.Call)
    assert isinstance(found.func, ast.Attribute)
    return found.func.value


def _operand(found: ast.AST) -> ast.AST:
    assert isinstance(found, ast.UnaryOp)
    return found.operand


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield _constant(not value)
    elif isinstance(value, int):
        yield _constant(value + 1)
        yield _constant(value - 1)
    elif isinstance(value, str) and _PATTERN.search(value):
        for text in _loosened(value):
            yield _constant(text)


def _loosened(pattern: str) -> Iterator[str]:
    """A regular expression with one part taken out or made another, once for each."""
    for part, instead in _PARTS:
        for found in re.finditer(part, pattern):
            yield pattern[: found.start()] + found.expand(instead) + pattern[found.end() :]


def _spelled(node: ast.Compare) -> Iterator[Change]:
    """The text that something is compared with, in other letters or empty."""
    for place, side in enumerate((node.left, *node.comparators)):
        for text in _in_other_letters(side):
            yield _side(place, text)


def _in_other_letters(side: ast.expr) -> list[str]:
    if not isinstance(side, ast.Constant) or not isinstance(side.value, str):
        return []
    return [text for text in dict.fromkeys((side.value.upper(), side.value.lower(), "")) if text != side.value]


def _set(found: ast.AST, **fields: object) -> ast.AST:
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def _constant(value: object) -> Change:
    return lambda found: _set(found, value=value)


def _compared(place: int, other: type[ast.cmpop]) -> Change:
    def change(found: ast.AST) -> ast.AST:
        assert isinstance(found, ast.Compare)
        found.ops[place] = other()
        return found

    return change


def _side(place: int, text: str) -> Change:
    def change(found: ast.AST) -> ast.AST:
        assert isinstance(found, ast.Compare)
        if place:
            found.comparators[place - 1] = ast.Constant(text)
        else:
            found.left = ast.Constant(text)
        return found

    return change


def _without_value(place: int) -> Change:
    def change(found: ast.AST) -> ast.AST:
        assert isinstance(found, ast.BoolOp)
        del found.values[place]
        return found if len(found.values) > 1 else found.values[0]

    return change


def _without_condition(place: int) -> Change:
    def change(found: ast.AST) -> ast.AST:
        assert isinstance(found, ast.comprehension)
        del found.ifs[place]
        return found

    return change
