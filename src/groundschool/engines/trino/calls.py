"""Calls in a query: of scalar functions with their lambdas, of aggregates, and over windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from groundschool.engines.trino import aggregates, arithmetic, types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.functions import FUNCTIONS
from groundschool.engines.trino.known import KNOWN
from groundschool.engines.trino.scope import Scope
from groundschool.engines.trino.signatures import called
from groundschool.engines.trino.typed import Typed, joined, literal
from groundschool.engines.trino.types import BIGINT, Type


class Calls:
    """The part of the reading of expressions that is about calls."""

    def read(self, node: exp.Expression, scope: Scope) -> Typed:
        """An expression. Raises Failed, NotDone."""
        raise NotImplementedError

    def condition(self, node: exp.Expression, scope: Scope, where: str) -> Typed:
        """An expression that must be true or false."""
        raise NotImplementedError

    def _call(self, node: exp.Expression, scope: Scope) -> Typed:
        name = str(node.this).casefold()
        if name in aggregates.AGGREGATES or name in aggregates.WINDOWS:
            return self._aggregate(node, scope)
        if name == "row":
            return row_of([self.read(item, scope) for item in node.expressions])
        if name == "grouping":
            return self._grouping(node, scope)
        if name not in FUNCTIONS:
            if name in KNOWN:
                raise NotDone(f"do the function {name}")
            raise Failed("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", node)
        return called(name, FUNCTIONS[name], self._arguments(name, node.expressions, scope), node)

    def _arguments(self, name: str, nodes: Sequence[exp.Expression], scope: Scope) -> list[Typed]:
        """The arguments; a lambda is read when the types of those before it are known."""
        given: list[Typed] = []
        for each in nodes:
            given.append(
                self._lambda(name, each, given, scope) if isinstance(each, exp.Lambda) else self.read(each, scope)
            )
        return given

    def _lambda(self, name: str, node: exp.Expression, before: list[Typed], scope: Scope) -> Typed:
        names = [each.name for each in node.expressions]
        kinds = _variables(name, before)
        if kinds is None or len(kinds) != len(names):
            raise Failed("FUNCTION_NOT_FOUND", f"Unexpected parameters for function {name}", node)
        inner = [f"v{scope.depth()}_{place}" for place in range(len(names))]
        variables = {each.casefold(): Typed(sql, kind) for each, sql, kind in zip(names, inner, kinds, strict=True)}
        body = self.read(node.this, Scope([], scope, variables))
        return replace(body, type=Type("lambda", (), (body.type,)), constant=", ".join(inner))

    def _grouping(self, node: exp.Expression, scope: Scope) -> Typed:
        given = [self.read(each, scope) for each in node.expressions]
        return replace(joined(f"grouping({', '.join(value.sql for value in given)})", BIGINT, given), aggregates=True)

    def _aggregate(
        self, node: exp.Expression, scope: Scope, *, after: str = "", over: bool = False, nulls: str = ""
    ) -> Typed:
        name = str(node.this).casefold()
        if not over and not scope.aggregates and scope.refused:
            raise Failed(
                "EXPRESSION_NOT_SCALAR",
                (
                    f"{scope.refused} cannot contain aggregations, window functions or grouping operations: "
                    f"[{node.sql('trino')}]"
                ),
                node,
            )
        items, order = list(node.expressions), ""
        distinct = bool(items) and isinstance(items[0], exp.Distinct)
        if distinct:
            items = list(items[0].expressions)
        if items and isinstance(items[-1], exp.Order):
            order = self._inside_order(items[-1], scope)
            items[-1] = items[-1].this
        inner = Scope([], scope, {}, refused="An aggregation")
        if items and isinstance(items[0], exp.Star):
            items = []
            if name != "count":
                raise Failed("FUNCTION_NOT_FOUND", f"Unexpected parameters (*) for function {name}", node)
        given = [self.read(item, inner if not over else scope) for item in items]
        if distinct and len(given) > 1:
            given = [row_of(given)]
        call = aggregates.aggregate(name, given, node, over)
        return replace(aggregates.filled(call, distinct, order, after, nulls), aggregates=not over or call.aggregates)

    def _inside_order(self, node: exp.Expression, scope: Scope) -> str:
        return f" ORDER BY {', '.join(self.ordering(each, self.read(each.this, scope)) for each in node.expressions)}"

    def ordering(self, node: exp.Expression, value: Typed) -> str:
        """One item of an ORDER BY: nulls come last unless it says otherwise."""
        if value.type.name in ("map", "json"):
            raise Failed(
                "TYPE_MISMATCH", f"Type {value.type} is not orderable, and therefore cannot be used in ORDER BY", node
            )
        direction = "DESC" if node.args.get("desc") else "ASC"
        nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
        return f"{arithmetic.comparable(value)} {direction} NULLS {nulls}"

    def _list_aggregate(self, node: exp.Expression, scope: Scope) -> Typed:
        ordered = node.this
        items, order, distinct = ordered, "", False
        if isinstance(ordered, exp.Order):
            items = ordered.this
            order = self._inside_order(ordered, Scope([], scope))
        if isinstance(items, exp.Distinct):
            items, distinct = items.expressions[0], True
        given = [self.read(items, Scope([], scope, refused="An aggregation"))]
        given.append(
            self.read(node.args["separator"], scope) if node.args.get("separator") is not None else literal("")
        )
        call = aggregates.aggregate("listagg", given, node, False)
        return replace(aggregates.filled(call, distinct, order), aggregates=True)

    def _filtered(self, node: exp.Expression, scope: Scope) -> Typed:
        test = self.condition(node.expression.this, Scope([], scope, refused="FILTER"), "Filter expression")
        if not isinstance(node.this, exp.Anonymous):
            raise NotDone("filter this aggregate")
        found = self._aggregate(node.this, scope, after=f" FILTER (WHERE {test.sql})")
        return replace(found, marks=found.marks | test.marks)

    def _window(self, node: exp.Expression, scope: Scope) -> Typed:
        if scope.refused:
            raise Failed(
                "EXPRESSION_NOT_SCALAR",
                f"{scope.refused} cannot contain aggregations, window functions or grouping operations",
                node,
            )
        call, nulls, test = node.this, "", None
        if isinstance(call, exp.IgnoreNulls | exp.RespectNulls):
            nulls = " IGNORE NULLS" if isinstance(call, exp.IgnoreNulls) else ""
            call = call.this
        if isinstance(call, exp.Filter):
            test = self.condition(call.expression.this, scope, "Filter expression")
            call = call.this
        name = str(call.this).casefold() if isinstance(call, exp.Anonymous) else ""
        if name not in aggregates.AGGREGATES and name not in aggregates.WINDOWS:
            raise Failed("FUNCTION_NOT_FOUND", f"Function '{name}' not registered as a window function", node)
        over, marks = self._over(node, scope, name)
        filtered = f" FILTER (WHERE {test.sql})" if test is not None else ""
        found = self._aggregate(call, scope, after=f"{filtered} OVER ({over})", over=True, nulls=nulls)
        return replace(found, marks=found.marks | marks | (test.marks if test else frozenset()))

    def _over(self, node: exp.Expression, scope: Scope, name: str) -> tuple[str, frozenset[Any]]:
        alias = node.args.get("alias")
        if alias is not None:
            named = scope.window(alias.name)
            if named is None:
                raise Failed("INVALID_WINDOW_REFERENCE", f"Cannot resolve WINDOW name {alias.name}", node)
            return self._over(named, scope, name)
        partition = [self.read(each, scope) for each in node.args.get("partition_by") or ()]
        order = node.args.get("order")
        keys = [(each, self.read(each.this, scope)) for each in (order.expressions if order is not None else ())]
        parts = [f"PARTITION BY {', '.join(arithmetic.comparable(value) for value in partition)}"] if partition else []
        parts += [f"ORDER BY {', '.join(self.ordering(each, value) for each, value in keys)}"] if keys else []
        if (
            not keys
            and name in ("rank", "dense_rank", "lag", "lead", "percent_rank", "cume_dist", "ntile")
            and name in ("lag", "lead")
        ):
            raise Failed("MISSING_ORDER_BY", f"{name} function requires an ORDER BY window clause", node)
        spec = node.args.get("spec")
        if spec is not None:
            parts.append(self._frame(spec, scope))
        values = [*partition, *(value for _, value in keys)]
        return " ".join(parts), frozenset(mark for value in values for mark in value.marks)

    def _frame(self, spec: exp.Expression, scope: Scope) -> str:
        if spec.args.get("exclude"):
            raise NotDone("do EXCLUDE in a window's frame")
        bounds = []
        for side in ("start", "end"):
            bound, direction = spec.args.get(side), spec.args.get(f"{side}_side") or ""
            if isinstance(bound, exp.Expression):
                bounds.append(f"{self.read(bound, scope).sql} {direction}")
            elif bound is not None:
                bounds.append(f"{bound} {direction}".strip())
        kind = str(spec.args.get("kind") or "ROWS").upper()
        return f"{kind} BETWEEN {bounds[0]} AND {bounds[1] if len(bounds) > 1 else 'CURRENT ROW'}"


def row_of(items: list[Typed]) -> Typed:
    """Values as one row."""
    packed = ", ".join(f"f{place} := {item.sql}" for place, item in enumerate(items))
    return joined(f"struct_pack({packed})", types.row([item.type for item in items]), items)


def _variables(name: str, before: list[Typed]) -> list[Type] | None:
    """The types of a lambda's variables, from the arguments before it."""
    if not before:
        return None
    parts = before[0].type.parts
    if name in ("transform", "filter", "any_match", "all_match", "none_match") and before[0].type.name == "array":
        return [parts[0]]
    if name == "zip_with" and len(before) == 2 and before[1].type.name == "array":
        return [parts[0], before[1].type.parts[0]]
    if name in ("map_filter", "transform_values", "transform_keys") and before[0].type.name == "map":
        return list(parts)
    if name == "reduce" and before[0].type.name == "array":
        if len(before) == 2:
            state = types.common(before[1].type, parts[0]) or before[1].type
            return [state, parts[0]]
        return [before[2].type.parts[-1]]
    if name == "regexp_replace":
        return [types.array(types.VARCHAR)]
    return None
