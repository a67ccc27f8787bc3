"""Small changes of a query, such as people make by mistake: made on sqlglot's tree, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
ROW_LIMIT = 1000  # what somebody leaves in a query from trying it out
Change = Callable[[Any], None]

_OTHERS: dict[type[exp.Expression], tuple[type[exp.Expression], ...]] = {
    exp.EQ: (exp.NEQ, exp.GTE),
    exp.NEQ: (exp.EQ,),
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LTE),
    exp.And: (exp.Or,),
    exp.Or: (exp.And,),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Max: (exp.Min,),
    exp.Min: (exp.Max,),
    exp.ArgMax: (exp.ArgMin,),
    exp.ArgMin: (exp.ArgMax,),
    exp.First: (exp.Last,),
    exp.Last: (exp.First,),
    exp.FirstValue: (exp.LastValue,),
    exp.LastValue: (exp.FirstValue,),
    exp.Lag: (exp.Lead,),
    exp.Lead: (exp.Lag,),
    exp.RowNumber: (exp.Rank, exp.DenseRank),
    exp.Rank: (exp.RowNumber,),
    exp.DenseRank: (exp.RowNumber,),
}
_DROPPED = ("where", "having", "qualify", "distinct", "limit", "offset")
_KEYS = (exp.Group, exp.Order)
_COMPARING = (exp.EQ, exp.NEQ, exp.In, exp.Like, exp.ILike, exp.RegexpLike)


def changed(query: str) -> Iterator[tuple[str, str]]:
    """The query and the same with one thing changed, both as sqlglot writes them, once for each thing that can be.

    Raises sqlglot's error for what is no query.
    """
    tree = sqlglot.parse_one(query, dialect=DIALECT)
    before = _written(tree)
    for place, node in enumerate(tree.walk()):
        for change in _changes(node):
            copy = tree.copy()
            change(list(copy.walk())[place])
            yield before, _written(copy)


def _written(tree: exp.Expression) -> str:
    return str(tree.sql(dialect=DIALECT, comments=False))


def _changes(node: exp.Expression) -> Iterator[Change]:
    for other in _OTHERS.get(type(node), ()):
        yield _into(other)
    if isinstance(node, (exp.And, exp.Or)):
        yield lambda found: found.replace(found.this)
        yield lambda found: found.replace(found.expression)
    if isinstance(node, exp.Select):
        yield from _of_select(node)
    elif isinstance(node, exp.Union):
        yield lambda found: found.set("distinct", not found.args.get("distinct"))
    elif isinstance(node, exp.Join):
        yield from _of_join(node)
    elif isinstance(node, exp.Window):
        yield from _of_window(node)
    elif isinstance(node, _KEYS):
        yield from _of_list(node)
    elif isinstance(node, exp.Ordered):
        yield from _of_sort_key(node)
    else:
        yield from _of_value(node)


def _of_select(node: exp.Select) -> Iterator[Change]:
    for name in _DROPPED:
        if node.args.get(name):
            yield _without(name)
    if node.parent is None and not node.args.get("limit"):
        yield lambda found: found.set("limit", exp.Limit(expression=exp.Literal.number(ROW_LIMIT)))


def _of_join(node: exp.Join) -> Iterator[Change]:
    for side in {"", "LEFT", "RIGHT", "FULL"} - {node.side}:
        if node.kind in ("", "INNER", "OUTER") and not node.method:
            yield _with_side(side)
    condition = node.args.get("on")
    if isinstance(condition, exp.And):
        yield lambda found: found.set("on", found.args["on"].this)
        yield lambda found: found.set("on", found.args["on"].expression)
    if len(node.args.get("using") or ()) > 1:
        yield lambda found: found.set("using", found.args["using"][:-1])
        yield lambda found: found.set("using", found.args["using"][1:])


def _of_window(node: exp.Window) -> Iterator[Change]:
    for place in range(len(node.args.get("partition_by") or ())):
        yield _without_item("partition_by", place)
    if node.args.get("spec"):
        yield _without("spec")
        yield _with_kind("ROWS" if node.args["spec"].args.get("kind") == "RANGE" else "RANGE")
    if node.args.get("order"):
        yield _without("order")


def _of_list(node: exp.Expression) -> Iterator[Change]:
    if len(node.expressions) > 1:
        for place in range(len(node.expressions)):
            yield _without_item("expressions", place)


def _of_sort_key(node: exp.Ordered) -> Iterator[Change]:
    yield lambda found: found.set("desc", not found.args.get("desc"))
    yield lambda found: found.set("nulls_first", not found.args.get("nulls_first"))
    yield lambda found: found.set("this", exp.cast(found.this.copy(), "text"))


def _of_value(node: exp.Expression) -> Iterator[Change]:
    if isinstance(node, (exp.Coalesce, exp.Not, exp.Cast, exp.Filter)):
        yield lambda found: found.replace(found.this)
    if isinstance(node, exp.Is):
        yield lambda found: found.replace(exp.Not(this=found.copy()))
    if isinstance(node, exp.Distinct) and isinstance(node.parent, exp.AggFunc):
        yield lambda found: found.replace(found.expressions[0])
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Column):
        yield lambda found: found.set("this", exp.Distinct(expressions=[found.this.copy()]))
    if isinstance(node, exp.Literal) and not node.find_ancestor(exp.Exists, exp.DataType):
        yield from _of_literal(node)


def _of_literal(node: exp.Literal) -> Iterator[Change]:
    if not node.is_string:
        if node.this.isdigit():
            yield _literal(exp.Literal.number(int(node.this) + 1))
            yield _literal(exp.Literal.number(int(node.this) - 1))
        return
    if isinstance(node.parent, _COMPARING):
        for text in dict.fromkeys((node.this.upper(), node.this.lower(), "")):
            if text != node.this:
                yield _literal(exp.Literal.string(text))


def _literal(new: exp.Expression) -> Change:
    return lambda found: found.replace(new.copy())


def _into(other: type[exp.Expression]) -> Change:
    return lambda found: found.replace(
        other(**{name: value for name, value in found.args.items() if name in other.arg_types})
    )


def _without(name: str) -> Change:
    return lambda found: found.set(name, None)


def _without_item(name: str, place: int) -> Change:
    return lambda found: found.set(name, [item for each, item in enumerate(found.args[name]) if each != place])


def _with_side(side: str) -> Change:
    def change(found: Any) -> None:
        found.set("side", side)
        found.set("kind", "")

    return change


def _with_kind(kind: str) -> Change:
    return lambda found: found.args["spec"].set("kind", kind)
