"""Comparisons: by signs, with lists, and with what queries return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from groundschool.engines.redshift import types
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import BOOLEAN, SUPER
from groundschool.engines.redshift.values import Value, aligned

if TYPE_CHECKING:
    from groundschool.engines.redshift.expressions import Expressions

COMPARED = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}


def compared(sign: str, one: Value, other: Value) -> str:
    """A comparison of two values. Raises Failed when their types do not compare."""
    if SUPER in (one.type, other.type):
        raise NotDone("compare SUPER; cast it first")
    texts = [value.type.text for value in (one, other)]
    if (
        texts[0] != texts[1]
        and types.UNKNOWN not in (one.type, other.type)
        and types.NULL not in (one.type, other.type)
    ):
        raise Failed("42883", f"operator does not exist: {one.type.name} {sign} {other.type.name}")
    (left, right), kind = aligned([one, other], f"operator {sign}")
    if kind.text and "character" in (one.type.name, other.type.name):
        return f"(rtrim({left.sql}, ' ') {sign} rtrim({right.sql}, ' '))"
    return f"({left.sql} {sign} {right.sql})"


def comparison(here: Expressions, node: Any) -> Value:
    """A comparison by a sign, of values or rows. Raises Failed, NotDone."""
    sign = COMPARED[type(node)]
    if isinstance(node.this, exp.Tuple) or isinstance(node.expression, exp.Tuple):
        pairs = zip(node.this.expressions, node.expression.expressions, strict=True)
        if sign != "=":
            raise NotDone(f"compare rows by {sign}")
        return Value(f"({' AND '.join(compared('=', here.read(a), here.read(b)) for a, b in pairs)})", BOOLEAN)
    if isinstance(node.expression, exp.Any | exp.All):
        raise NotDone("compare by ANY or ALL")
    return Value(compared(sign, here.read(node.this), here.read(node.expression)), BOOLEAN)


def within(here: Expressions, node: Any) -> Value:
    """IN, of a list or a query. Raises Failed, NotDone."""
    if node.args.get("query") is not None:
        rows = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this]
        query = here.queries.nested(node.args["query"].this, here.scope)
        if len(query.columns) != len(rows):
            raise Failed("42601", "subquery has a wrong number of columns")
        return _in_query(here.each(rows), query)
    if node.args.get("unnest") or node.args.get("field") or isinstance(node.this, exp.Tuple):
        raise NotDone("do this IN")
    value = here.read(node.this)
    return Value(f"({' OR '.join(compared('=', value, each) for each in here.each(node.expressions))})", BOOLEAN)


def _in_query(rows: Sequence[Value], query: Any) -> Value:
    sides = []
    for number, (value, (_, kind)) in enumerate(zip(rows, query.columns, strict=True)):
        against = Value(f"q.c{number}", kind)
        (one, other), shared = aligned([value, against], "operator =")
        char = "character" in (value.type.name, kind.name) and shared.text
        sides.append((f"rtrim({one.sql}, ' ')" if char else one.sql, f"rtrim({other.sql}, ' ')" if char else other.sql))
    names = ", ".join(f"c{number}" for number in range(len(rows)))
    left = ", ".join(one for one, _ in sides)
    chosen = ", ".join(other for _, other in sides)
    left = f"({left})" if len(sides) > 1 else left
    chosen = f"({chosen})" if len(sides) > 1 else chosen
    return Value(f"({left} IN (SELECT {chosen} FROM ({query.sql}) AS q({names})))", BOOLEAN)
