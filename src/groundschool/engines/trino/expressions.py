"""Expressions of a query: each kind of node by name, typed as Trino types it and written for DuckDB.

A kind that is not here is refused. What queries are inside expressions is told by `queries`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from sqlglot import exp

from groundschool.engines.trino import arithmetic, casts, literals, times, types
from groundschool.engines.trino.arithmetic import compared
from groundschool.engines.trino.arrays import subscript
from groundschool.engines.trino.calls import Calls, row_of
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.functions import FUNCTIONS
from groundschool.engines.trino.scope import Scope
from groundschool.engines.trino.signatures import called
from groundschool.engines.trino.texts import concatenated
from groundschool.engines.trino.typed import Typed, joined, text
from groundschool.engines.trino.types import BIGINT, BOOLEAN, DAYS, MONTHS, VARBINARY, becomes

COMPARISONS = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM", exp.NullSafeNEQ: "IS DISTINCT FROM",
}  # fmt: skip
ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}


class Expressions(Calls):
    """The reading of expressions. `query` reads a query inside one, as its text, columns and marks."""

    def __init__(self, query: Callable[[exp.Expression, Scope], Any], parameters: Sequence[str] = ()) -> None:
        self._query = query
        self.parameters = list(parameters)

    def read(self, node: exp.Expression, scope: Scope) -> Typed:
        """An expression. Raises Failed, NotDone."""
        for kind, method in self.KINDS.items():
            if type(node) is kind:
                return method(self, node, scope)
        if type(node) in COMPARISONS:
            return self._comparison(node, scope)
        if type(node) in ARITHMETIC:
            one, other = self.read(node.this, scope), self.read(node.expression, scope)
            return arithmetic.binary(ARITHMETIC[type(node)], one, other, node)
        if type(node) in (exp.And, exp.Or):
            return self._logical(node, scope)
        if isinstance(node, exp.ILike):
            raise Failed("SYNTAX_ERROR", "mismatched input 'ILIKE'", node)
        raise NotDone(f"do {type(node).__name__.upper()} in a query")

    def condition(self, node: exp.Expression, scope: Scope, where: str) -> Typed:
        """An expression that must be true or false."""
        found = self.read(node, scope)
        if not becomes(found.type, BOOLEAN):
            raise Failed("TYPE_MISMATCH", f"{where} must evaluate to a boolean: actual type {found.type}", node)
        return found

    # -- names

    def _column(self, node: exp.Expression, scope: Scope) -> Typed:
        name, quoted = node.name, bool(node.this.args.get("quoted"))
        path = [part.name for part in node.parts[:-1]]
        if not path and not quoted and name.casefold() in times.BARE and not scope.found(name, None):
            return times.BARE[name.casefold()]
        found = self._named(name, path, scope, node)
        if found is None:
            shown = ".".join([*path, name]).casefold()
            words = f"Column '{shown}' cannot be resolved or requester is not authorized to access requested resources"
            raise Failed("COLUMN_NOT_FOUND", words, node)
        return found

    def _named(self, name: str, path: list[str], scope: Scope, node: exp.Expression) -> Typed | None:
        current: Scope | None = scope
        passed: list[Scope] = []
        while current is not None:
            if not path and name.casefold() in current.variables:
                return current.variables[name.casefold()]
            found = current.found(name, path[-1] if path else None)
            if len(found) > 1:
                raise Failed("AMBIGUOUS_NAME", f"Column '{name}' is ambiguous", node)
            if found:
                for each in passed:
                    each.correlated = True
                return found[0].value
            if path:
                inner = self._named(path[-1], path[:-1], replace(current, outer=None), node)
                if inner is not None and inner.type.name == "row":
                    return _field(inner, name, node)
            passed.append(current)
            current = current.outer
        return None

    def _dot(self, node: exp.Expression, scope: Scope) -> Typed:
        value = self.read(node.this, scope)
        if value.type.name != "row":
            raise Failed("TYPE_MISMATCH", f"Expression is not of type ROW: {value.type}", node)
        return _field(value, node.expression.name, node)

    def _bracket(self, node: exp.Expression, scope: Scope) -> Typed:
        if len(node.expressions) != 1:
            raise Failed("SYNTAX_ERROR", "mismatched input in a subscript", node)
        return subscript(self.read(node.this, scope), self.read(node.expressions[0], scope), node)

    # -- literals

    def _literal(self, node: exp.Expression, scope: Scope) -> Typed:
        return literals.plain(node)

    def _boolean(self, node: exp.Expression, scope: Scope) -> Typed:
        return Typed("true" if node.this else "false", BOOLEAN)

    def _null(self, node: exp.Expression, scope: Scope) -> Typed:
        return casts.missing(types.UNKNOWN)

    def _hex(self, node: exp.Expression, scope: Scope) -> Typed:
        return Typed(f"unhex('{re.sub(r'[^0-9a-fA-F]', '', str(node.this))}')", VARBINARY)

    def _json(self, node: exp.Expression, scope: Scope) -> Typed:
        return called("json_parse", FUNCTIONS["json_parse"], [self.read(node.this, scope)], node)

    def _interval(self, node: exp.Expression, scope: Scope) -> Typed:
        return literals.interval(node)

    def _placeholder(self, node: exp.Expression, scope: Scope) -> Typed:
        raise Failed("INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected 1 but found 0", node)

    # -- operators

    def _comparison(self, node: exp.Expression, scope: Scope) -> Typed:
        if isinstance(node.expression, exp.All | exp.Any):
            raise NotDone("compare with ALL, ANY or SOME of a subquery")
        one, other = self.read(node.this, scope), self.read(node.expression, scope)
        return compared(COMPARISONS[type(node)], one, other, node)

    def _logical(self, node: exp.Expression, scope: Scope) -> Typed:
        word = "AND" if isinstance(node, exp.And) else "OR"
        parts, pending = [], [node]
        while pending:
            current = pending.pop()
            if type(current) is type(node):
                pending += [current.expression, current.this]
            else:
                parts.append(self.condition(current, scope, "Logical expression term"))
        return joined(f"({f' {word} '.join(part.sql for part in parts)})", BOOLEAN, parts)

    def _not(self, node: exp.Expression, scope: Scope) -> Typed:
        value = self.condition(node.this, scope, "Value of logical NOT expression")
        return value.made(f"(NOT {value.sql})", BOOLEAN)

    def _negative(self, node: exp.Expression, scope: Scope) -> Typed:
        if isinstance(node.this, exp.Literal) and node.this.name == "9223372036854775808":
            return Typed("CAST(-9223372036854775808 AS BIGINT)", BIGINT)
        value = self.read(node.this, scope)
        if value.type.name not in types.NUMBERS and value.type not in (DAYS, MONTHS, types.UNKNOWN):
            raise Failed("TYPE_MISMATCH", f"Cannot negate {value.type}", node)
        return value.made(f"(- {value.sql})", value.type)

    def _paren(self, node: exp.Expression, scope: Scope) -> Typed:
        return self.read(node.this, scope)

    def _pipes(self, node: exp.Expression, scope: Scope) -> Typed:
        return concatenated(self.read(node.this, scope), self.read(node.expression, scope), node)

    def _is(self, node: exp.Expression, scope: Scope) -> Typed:
        if not isinstance(node.expression, exp.Null):
            raise Failed("SYNTAX_ERROR", f"mismatched input '{node.expression.sql('trino')}' after IS", node)
        value = self.read(node.this, scope)
        return value.made(f"({value.sql} IS NULL)", BOOLEAN)

    def _between(self, node: exp.Expression, scope: Scope) -> Typed:
        value, low, high = (self.read(node.args[name], scope) for name in ("this", "low", "high"))
        for bound in (low, high):
            if types.common(value.type, bound.type) is None:
                words = f"Cannot check if {value.type} is BETWEEN {low.type} and {high.type}"
                raise Failed("TYPE_MISMATCH", words, node)
        one, other = compared(">=", value, low, node), compared("<=", value, high, node)
        return joined(f"({one.sql} AND {other.sql})", BOOLEAN, [value, low, high])

    def _in(self, node: exp.Expression, scope: Scope) -> Typed:
        value = self.read(node.this, scope)
        if node.args.get("query") is not None:
            found = self._query(node.args["query"], scope)
            if len(found.columns) != 1:
                raise Failed(
                    "TYPE_MISMATCH",
                    f"Value expression and result of subquery must be of the same type: {value.type} vs row",
                    node,
                )
            inner = found.columns[0].value
            type = types.common(value.type, inner.type)
            if type is None:
                raise Failed(
                    "TYPE_MISMATCH",
                    f"Value expression and result of subquery must be of the same type: {value.type} vs {inner.type}",
                    node,
                )
            one = arithmetic.comparable(casts.coerced(value, type))
            other = arithmetic.comparable(casts.coerced(replace(inner, sql="c0"), type))
            marks = found.marks | inner.marks
            return replace(
                joined(f"({one} IN (SELECT {other} FROM ({found.sql})))", BOOLEAN, [value]),
                marks=value.marks | marks,
                constant="query",
            )
        items = [self.read(item, scope) for item in node.expressions]
        for item in items:
            if types.common(value.type, item.type) is None:
                words = (
                    "IN value and list items must be the same type or coercible to a common type. "
                    f"Cannot find common type between {value.type} and {item.type}, all types (without "
                    f"duplicates): [{value.type}, {item.type}]"
                )
                raise Failed("TYPE_MISMATCH", words, node)
        parts = [compared("=", value, item, node) for item in items]
        return joined(f"({' OR '.join(part.sql for part in parts)})", BOOLEAN, [value, *items])

    def _like(self, node: exp.Expression, scope: Scope, escape: Typed | None = None) -> Typed:
        value, pattern = self.read(node.this, scope), self.read(node.expression, scope)
        for each in (value, pattern):
            if each.type.name not in ("varchar", "char", "unknown"):
                raise Failed(
                    "TYPE_MISMATCH",
                    f"Left side of LIKE expression must evaluate to a varchar (actual: {each.type})",
                    node,
                )
        ending = f" ESCAPE {text(escape.constant or '')}" if escape is not None else " ESCAPE ''"
        return joined(f"({value.sql} LIKE {pattern.sql}{ending})", BOOLEAN, [value, pattern])

    def _escape(self, node: exp.Expression, scope: Scope) -> Typed:
        escape = self.read(node.expression, scope)
        if not isinstance(node.this, exp.Like) or escape.constant is None or len(escape.constant) != 1:
            raise Failed("INVALID_FUNCTION_ARGUMENT", "Escape string must be a single character", node)
        return self._like(node.this, scope, escape)

    def _exists(self, node: exp.Expression, scope: Scope) -> Typed:
        found = self._query(node.this, scope)
        return Typed(f"EXISTS ({found.sql})", BOOLEAN, found.marks, constant="query")

    def _subquery(self, node: exp.Expression, scope: Scope) -> Typed:
        found = self._query(node, scope)
        if len(found.columns) != 1:
            raise NotDone("take several columns of a subquery as a row")
        value = found.columns[0].value
        return Typed(f"(SELECT c0 FROM ({found.sql}))", value.type, found.marks | value.marks, constant="query")

    # -- conditions

    def _case(self, node: exp.Expression, scope: Scope) -> Typed:
        ifs = node.args["ifs"]
        subject = self.read(node.this, scope) if node.args.get("this") is not None else None
        tests = []
        for each in ifs:
            if subject is None:
                tests.append(self.condition(each.this, scope, "CASE WHEN clause"))
            else:
                tests.append(compared("=", subject, self.read(each.this, scope), node))
        default = node.args.get("default")
        results = [self.read(each.args["true"], scope) for each in ifs]
        results.append(self.read(default, scope) if default is not None else casts.missing(types.UNKNOWN))
        values, found = casts.unified(
            results, node, "All CASE results must be the same type or coercible to a common type"
        )
        whens = " ".join(f"WHEN {test.sql} THEN {value.sql}" for test, value in zip(tests, values, strict=False))
        return joined(f"CASE {whens} ELSE {values[-1].sql} END", found, [*tests, *values])

    def _if(self, node: exp.Expression, scope: Scope) -> Typed:
        parts = [node.args.get(name) for name in ("this", "true", "false")]
        return called("if", FUNCTIONS["if"], [self.read(part, scope) for part in parts if part is not None], node)

    def _cast(self, node: exp.Expression, scope: Scope) -> Typed:
        target = literals.target(node.args["to"])
        if isinstance(node.this, exp.Literal) and node.this.args.get("is_string") and node.meta.get("literal", True):
            found = literals.typed(node, target)
            if found is not None:
                return found
        return casts.cast(self.read(node.this, scope), target, node)

    def _try_cast(self, node: exp.Expression, scope: Scope) -> Typed:
        found = casts.cast(self.read(node.this, scope), literals.target(node.args["to"]), node)
        return found.made(f"TRY({found.sql})", found.type)

    # -- calls

    def _array(self, node: exp.Expression, scope: Scope) -> Typed:
        items = [self.read(item, scope) for item in node.expressions]
        values, found = casts.unified(
            items, node, "All ARRAY elements must be the same type or coercible to a common type"
        )
        sql = f"CAST([{', '.join(value.sql for value in values)}] AS {types.duckdb(types.array(found))})"
        return joined(sql, types.array(found), items)

    def _tuple(self, node: exp.Expression, scope: Scope) -> Typed:
        items = [self.read(item, scope) for item in node.expressions]
        return row_of(items)

    def _extract(self, node: exp.Expression, scope: Scope) -> Typed:
        return times.field(node.this.name, self.read(node.expression, scope), node)

    def _trim(self, node: exp.Expression, scope: Scope) -> Typed:
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get((node.text("position") or "").upper(), "trim")
        value = self.read(node.this, scope)
        signs = node.args.get("expression")
        if signs is None:
            return called(name, FUNCTIONS[name], [value], node)
        removed = self.read(signs, scope)
        return joined(f"{name}({value.sql}, {removed.sql})", types.VARCHAR, [value, removed])

    def _position(self, node: exp.Expression, scope: Scope) -> Typed:
        given = [self.read(node.this, scope), self.read(node.args["substr"], scope)]
        return called("strpos", FUNCTIONS["strpos"], given, node)

    def _substring(self, node: exp.Expression, scope: Scope) -> Typed:
        given = [
            self.read(node.args[name], scope) for name in ("this", "start", "length") if node.args.get(name) is not None
        ]
        return called("substring", FUNCTIONS["substring"], given, node)

    def _zone(self, node: exp.Expression, scope: Scope) -> Typed:
        return times.at_zone(self.read(node.this, scope), self.read(node.args["zone"], scope), node)

    KINDS: ClassVar[dict[type, Callable[..., Typed]]] = {
        exp.Column: _column, exp.Identifier: lambda self, node, scope: self._column(exp.Column(this=node), scope),
        exp.Dot: _dot, exp.Bracket: _bracket, exp.Literal: _literal, exp.Boolean: _boolean, exp.Null: _null,
        exp.HexString: _hex, exp.ParseJSON: _json, exp.Interval: _interval, exp.Placeholder: _placeholder,
        exp.Not: _not,
        exp.Neg: _negative, exp.Paren: _paren, exp.DPipe: _pipes, exp.Is: _is, exp.Between: _between, exp.In: _in,
        exp.Like: _like, exp.Escape: _escape, exp.Exists: _exists, exp.Subquery: _subquery, exp.Case: _case,
        exp.If: _if,
        exp.Select: _subquery, exp.Cast: _cast, exp.TryCast: _try_cast, exp.Array: _array, exp.Tuple: _tuple,
        exp.Extract: _extract, exp.Trim: _trim, exp.StrPosition: _position, exp.Substring: _substring,
        exp.AtTimeZone: _zone, exp.Anonymous: Calls._call, exp.GroupConcat: Calls._list_aggregate,
        exp.Filter: Calls._filtered,
        exp.Window: Calls._window,
    }  # fmt: skip


def _field(value: Typed, name: str, node: Any) -> Typed:
    names = [each.casefold() for each in value.type.names]
    if name.casefold() not in names:
        raise Failed(
            "COLUMN_NOT_FOUND",
            f"Column '{name}' cannot be resolved or requester is not authorized to access requested resources",
            node,
        )
    place = names.index(name.casefold())
    return value.made(f"struct_extract({value.sql}, 'f{place}')", value.type.parts[place])
