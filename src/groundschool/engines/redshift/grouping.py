"""Calls over several rows: aggregates, and functions with OVER or WITHIN GROUP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from groundschool.engines.redshift import aggregates
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.values import Value

if TYPE_CHECKING:
    from groundschool.engines.redshift.expressions import Expressions


def call(here: Expressions, node: Any, name: str, ignores: bool = False) -> aggregates.Call:
    """A call of an aggregate or window function, its arguments read."""
    given, distinct = list(node.expressions), False
    if given and isinstance(given[0], exp.Distinct):
        given, distinct = [*given[0].expressions, *given[1:]], True
    star = bool(given) and isinstance(given[0], exp.Star)
    return aggregates.Call(name, [] if star else here.each(given), distinct, star, ignores=ignores)


def within(here: Expressions, node: Any) -> Value:
    """A call with WITHIN GROUP. Raises Failed, NotDone."""
    name = str(node.this.this).lower()
    if not isinstance(node.this, exp.Anonymous) or name not in ("listagg", "percentile_cont", "percentile_disc"):
        raise NotDone("do this WITHIN GROUP")
    made_of = call(here, node.this, name)
    ordered = node.expression.expressions
    order = ", ".join(here.queries.ordered(here, each) for each in ordered)
    made = aggregates.aggregate(replace(made_of, order=order, ordered=here.read(ordered[0].this)))
    return Value(made.finished(), made.type, name)


def window(here: Expressions, node: Any) -> Value:
    """A call with OVER. Raises Failed, NotDone."""
    inner, ignores = node.this, False
    if isinstance(inner, exp.IgnoreNulls | exp.RespectNulls):
        inner, ignores = inner.this, isinstance(inner, exp.IgnoreNulls)
    if isinstance(inner, exp.WithinGroup) or not isinstance(inner, exp.Anonymous) or node.args.get("alias"):
        raise NotDone("do this OVER")
    name = str(inner.this).lower()
    made_of = call(here, inner, name, ignores)
    order = node.args.get("order")
    if name in aggregates.WINDOWS:
        made = aggregates.window(made_of)
    elif name in aggregates.AGGREGATES and name not in ("listagg", "median", "avg"):
        made = aggregates.aggregate(made_of)
        if order is not None and node.args.get("spec") is None:
            words = "Aggregate window functions with an ORDER BY clause require a frame clause"
            raise Failed("42601", words)
        if made_of.distinct:
            raise Failed("0A000", "DISTINCT is not supported for window functions")
    elif name == "avg" and not (made_of.given and made_of.given[0].type.float):
        raise NotDone("do AVG OVER of exact numbers; cast to DOUBLE PRECISION first")
    elif name == "avg":
        made = aggregates.aggregate(made_of)
    else:
        raise NotDone(f"do {name.upper()} OVER")
    if order is None and name in ("rank", "dense_rank", "lag", "lead", "percent_rank", "cume_dist"):
        raise Failed("42601", f"Window function {name} requires an ORDER BY clause")
    return Value(made.finished(f" OVER ({_over(here, node)})"), made.type, name)


def _over(here: Expressions, node: Any) -> str:
    parts = []
    if node.args.get("partition_by"):
        parts.append("PARTITION BY " + ", ".join(here.read(each).sql for each in node.args["partition_by"]))
    if node.args.get("order") is not None:
        ordered = [here.queries.ordered(here, each) for each in node.args["order"].expressions]
        parts.append("ORDER BY " + ", ".join(ordered))
    spec = node.args.get("spec")
    if spec is not None:
        parts.append(_frame(spec))
    return " ".join(parts)


def _frame(spec: Any) -> str:
    if str(spec.args.get("kind")).upper() != "ROWS" or spec.args.get("exclude"):
        raise NotDone(f"do a frame by {spec.args.get('kind')}")
    edges = []
    for edge in ("start", "end"):
        value, side = spec.args.get(edge), str(spec.args.get(f"{edge}_side") or "")
        if value is None:
            edges.append("CURRENT ROW")
            continue
        shown = value if isinstance(value, str) else value.name
        if shown not in ("UNBOUNDED", "CURRENT ROW") and not shown.isdigit():
            raise NotDone("compute the edge of a frame")
        edges.append(f"{shown} {side}".strip().upper())
    return f"ROWS BETWEEN {edges[0]} AND {edges[1]}"
