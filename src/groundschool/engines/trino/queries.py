"""Queries: SELECT, VALUES, set operations, WITH, joins and views, as one text for DuckDB and a
list of scans of tables.

Every relation has a name of its own there, r0, r1 and so on, and its columns are called c0, c1 …, so that no name of
the caller's is ever one of DuckDB's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from groundschool.engines.trino import casts, pruning, types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.relation import NO_MARKS, Named, Output, Query
from groundschool.engines.trino.scope import Field, Scope
from groundschool.engines.trino.sources import Sources
from groundschool.engines.trino.typed import Mark, Marks, Typed

MOST_QUERIES = 400
SET_OPERATIONS = (exp.Union, exp.Except, exp.Intersect)
KNOWN_PARTS = {"expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset", "distinct",
               "with_", "windows"}  # fmt: skip


@dataclass
class Reader(Sources):
    """Reads the queries of one statement, and collects its scans."""

    def query(self, node: exp.Expression, outer: Scope | None = None) -> Query:
        """A query of any kind. Raises Failed, NotDone."""
        self._queries += 1
        if self._queries > MOST_QUERIES:
            raise Failed("QUERY_TEXT_TOO_LARGE", "The query has too many parts for the lab.")
        with self._with(node):
            if isinstance(node, exp.Subquery):
                return self._wrapped(node, outer)
            if isinstance(node, exp.Paren):
                return self.query(node.this, outer)
            if isinstance(node, exp.Select):
                return self._select(node, outer)
            if isinstance(node, exp.Values):
                return self._values(node, outer)
            if isinstance(node, SET_OPERATIONS):
                return self._set_operation(node, outer)
        raise NotDone(f"do {type(node).__name__.upper()} as a query")

    @contextmanager
    def _with(self, node: exp.Expression) -> Iterator[None]:
        """The names that a WITH gives, for the length of its query."""
        before, given = self._environment, node.args.get("with_")
        if given is not None:
            if given.args.get("recursive"):
                raise NotDone("do WITH RECURSIVE")
            for each in given.expressions:
                columns = tuple(name.name for name in (each.args["alias"].args.get("columns") or ()))
                named = Named(each.this, columns, self._environment)
                self._environment = {**self._environment, each.alias.casefold(): named}
        try:
            yield
        finally:
            self._environment = before

    def _wrapped(self, node: exp.Expression, outer: Scope | None) -> Query:
        found = self.query(node.this, outer)
        if any(node.args.get(part) for part in ("order", "limit", "offset")):
            return self._ordered(node, found, None, [])
        return found

    def _values(self, node: exp.Expression, outer: Scope | None) -> Query:
        scope = Scope([], outer)
        listed = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
        rows = [[self.expressions.read(item, scope) for item in row] for row in listed]
        if len({len(row) for row in rows}) != 1:
            raise Failed("SYNTAX_ERROR", "Values rows have mismatched sizes", node)
        columns = [
            casts.unified(list(column), node, "Values rows have mismatched types") for column in zip(*rows, strict=True)
        ]
        shown = (", ".join(values[place].sql for values, _ in columns) for place in range(len(rows)))
        body = ", ".join(f"({row})" for row in shown)
        names = ", ".join(f"c{place}" for place in range(len(columns)))
        marks = frozenset(mark for row in rows for value in row for mark in value.marks)
        casted = ", ".join(
            f"CAST(c{place} AS {types.duckdb(type)}) AS c{place}" for place, (_, type) in enumerate(columns)
        )
        sql = f"SELECT {casted} FROM (VALUES {body}) AS v({names})"
        outputs = tuple(Output(None, Typed(f"c{place}", type)) for place, (_, type) in enumerate(columns))
        return self._ordered(node, Query(sql, outputs, marks, scope.correlated), None, [])

    # -- SELECT

    def _select(self, node: exp.Expression, outer: Scope | None) -> Query:
        _refuse_parts(node)
        scope = Scope([], outer, windows={each.this.name.casefold(): each for each in node.args.get("windows") or ()})
        source = self._from(node, scope)
        marks = source.marks
        where = ""
        if node.args.get("where") is not None:
            plain = replace(scope, refused="WHERE clause")
            test = self.expressions.condition(node.args["where"].this, plain, "WHERE clause")
            scope.correlated = scope.correlated or plain.correlated
            pruning.prune(self.expressions, self.scans, node.args["where"].this, scope)
            where, marks = f" WHERE {test.sql}", marks | test.marks
        scope.aggregates = True
        items = self._items(node, scope)
        group, group_marks = self._group(node, scope, items)
        having = ""
        if node.args.get("having") is not None:
            test = self.expressions.condition(node.args["having"].this, scope, "HAVING clause")
            having, marks = f" HAVING {test.sql}", marks | test.marks
        grouped = bool(group or having) or any(item.value.aggregates for item in items)
        inside = f"{source.sql}{where}{group}{having}"
        if grouped or node.find(exp.Window) is not None:
            items = [replace(item, value=replace(item.value, same_as=None)) for item in items]
        found = Query(inside, tuple(items), marks | group_marks, scope.correlated, grouped and not group)
        return self._ordered(node, found, scope, items, inside)

    def _items(self, node: exp.Expression, scope: Scope) -> list[Output]:
        items: list[Output] = []
        for each in node.expressions:
            star = (
                each
                if isinstance(each, exp.Star)
                else each.this
                if isinstance(each, exp.Column) and isinstance(each.this, exp.Star)
                else None
            )
            if star is None:
                items.append(self._item(each, scope))
                continue
            if any(star.args.get(part) for part in ("except_", "replace", "rename")):
                raise Failed("SYNTAX_ERROR", "mismatched input after '*'", each)
            relation = each.table if isinstance(each, exp.Column) else None
            found = [
                part
                for part in scope.fields
                if not part.hidden and (relation is None or (part.relation or "").casefold() == relation.casefold())
            ]
            if not found:
                words = (
                    f"Unable to resolve reference {relation}"
                    if relation
                    else "SELECT * not allowed in queries without FROM clause"
                )
                raise Failed("INVALID_COLUMN_REFERENCE" if relation else "COLUMN_NOT_FOUND", words, each)
            items += [Output(part.name, part.value) for part in found]
        return items

    def _item(self, node: exp.Expression, scope: Scope) -> Output:
        if isinstance(node, exp.Alias):
            return Output(node.alias, self.expressions.read(node.this, scope))
        value = self.expressions.read(node, scope)
        named = node.this if isinstance(node, exp.Paren) else node
        return Output(named.name.casefold() if isinstance(named, exp.Column | exp.Dot) and named.name else None, value)

    def _group(self, node: exp.Expression, scope: Scope, items: list[Output]) -> tuple[str, Marks]:
        group = node.args.get("group")
        if group is None:
            return "", NO_MARKS
        if group.args.get("all"):
            raise Failed("SYNTAX_ERROR", "mismatched input 'ALL'", node)
        found: list[Typed] = []
        plain = replace(scope, aggregates=False, refused="GROUP BY clause")

        def key(each: exp.Expression) -> str:
            value = self._group_key(each, plain, items)
            found.append(value)
            return value.sql

        def keys(each: exp.Expression) -> str:
            inner = (
                each.expressions
                if isinstance(each, exp.Tuple)
                else [each.this if isinstance(each, exp.Paren) else each]
            )
            return f"({', '.join(key(part) for part in inner)})"

        parts: list[str] = []
        every = [
            *group.expressions,
            *(each for name in ("grouping_sets", "rollup", "cube") for each in group.args.get(name) or ()),
        ]
        for each in every:
            word = {exp.GroupingSets: "GROUPING SETS", exp.Rollup: "ROLLUP", exp.Cube: "CUBE"}.get(type(each))
            if word == "GROUPING SETS":
                parts.append(f"GROUPING SETS ({', '.join(keys(part) for part in each.expressions)})")
            elif word:
                parts.append(f"{word} ({', '.join(key(part) for part in each.expressions)})")
            elif isinstance(each, exp.Tuple) and not each.expressions:
                parts.append("GROUPING SETS (())")
            else:
                parts += [key(part) for part in (each.expressions if isinstance(each, exp.Tuple) else [each])]
        scope.correlated = scope.correlated or plain.correlated
        return f" GROUP BY {', '.join(parts)}", frozenset(mark for value in found for mark in value.marks)

    def _group_key(self, node: exp.Expression, scope: Scope, items: list[Output]) -> Typed:
        if isinstance(node, exp.Literal) and not node.args.get("is_string"):
            place = int(node.name) if node.name.isdigit() else 0
            if not 1 <= place <= len(items):
                raise Failed("INVALID_COLUMN_REFERENCE", f"GROUP BY position {node.name} is not in select list", node)
            value = items[place - 1].value
            if value.aggregates:
                raise Failed(
                    "EXPRESSION_NOT_SCALAR",
                    "GROUP BY clause cannot contain aggregations, window functions or grouping operations",
                    node,
                )
        else:
            value = self.expressions.read(node, scope)
        if "zone" in value.type.name or value.type.name in ("map", "json"):
            raise NotDone(f"group by values of type {value.type}")
        return value

    # -- ORDER BY, DISTINCT, LIMIT

    def _ordered(
        self,
        node: exp.Expression,
        query: Query,
        scope: Scope | None,
        items: Sequence[Output],
        inside: str | None = None,
    ) -> Query:
        """The query with its order and limits. Of a SELECT `inside` is what follows its list; else nothing."""
        count = len(query.columns)
        names = [f"c{place}" for place in range(count)]
        distinct = node.args.get("distinct") if inside is not None else None
        keys, extra, marks = self._keys(node, query, scope, items, distinct is not None)
        if inside is not None:
            listed = [*(f"{item.value.sql} AS c{place}" for place, item in enumerate(items)), *extra]
            word = "SELECT DISTINCT" if distinct is not None else "SELECT"
            sql = f"{word} {', '.join(listed)}{inside}"
        else:
            sql = query.sql
        if distinct is not None:
            if distinct.args.get("on") is not None:
                raise Failed("SYNTAX_ERROR", "mismatched input 'ON'", node)
            if any("zone" in item.value.type.name or item.value.type.name in ("json", "map") for item in items):
                raise NotDone("find the distinct values of moments with zones, maps or JSON")
            marks |= frozenset(mark for item in items for mark in item.value.marks)
        limit = self._limits(node)
        if keys or limit:
            order = f" ORDER BY {', '.join(keys)}" if keys else ""
            sql = f"SELECT {', '.join(names)} FROM ({sql}){order}{limit}"
        columns = tuple(
            Output(
                column.name,
                replace(
                    column.value,
                    sql=f"c{place}",
                    constant=None,
                    aggregates=False,
                    same_as=None if limit else column.value.same_as,
                ),
            )
            for place, column in enumerate(query.columns)
        )
        return Query(sql, columns, query.marks | marks, query.correlated, query.single)

    def _keys(
        self, node: exp.Expression, query: Query, scope: Scope | None, items: Sequence[Output], distinct: bool
    ) -> tuple[list[str], list[str], Marks]:
        order = node.args.get("order")
        keys: list[str] = []
        extra: list[str] = []
        marks: set[Mark] = set()
        for each in order.expressions if order is not None else ():
            place = _position(each.this, query.columns)
            if place is None:
                if scope is None:
                    raise Failed("COLUMN_NOT_FOUND", f"Column '{each.this.sql('trino')}' cannot be resolved", each)
                value = self._order_key(each.this, scope, items)
                same = next((n for n, item in enumerate(items) if item.value.sql == value.sql), None)
                if same is None and distinct:
                    raise Failed(
                        "EXPRESSION_NOT_IN_DISTINCT",
                        "For SELECT DISTINCT, ORDER BY expressions must appear in select list",
                        each,
                    )
                if same is None:
                    extra.append(f"{value.sql} AS k{len(extra)}")
                named = f"c{same}" if same is not None else f"k{len(extra) - 1}"
            else:
                value, named = query.columns[place].value, f"c{place}"
            keys.append(self.expressions.ordering(each, replace(value, sql=named)))
            marks |= value.marks
        return keys, extra, frozenset(marks)

    def _order_key(self, node: exp.Expression, scope: Scope, items: Sequence[Output]) -> Typed:
        aliases = [
            Field(item.name, None, item.value)
            for item in items
            if item.name is not None and not scope.found(item.name, None)
        ]
        return self.expressions.read(node, Scope(aliases, scope, windows=scope.windows, aggregates=True))

    def _limits(self, node: exp.Expression) -> str:
        found = ""
        limit = node.args.get("limit")
        if limit is not None:
            count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
            options = limit.args.get("limit_options")
            if options is not None and (options.args.get("with_ties") or options.args.get("percent")):
                raise NotDone("do FETCH FIRST … WITH TIES")
            if limit.args.get("offset") is not None:
                raise Failed("SYNTAX_ERROR", "mismatched input ','", node)
            if not (isinstance(count, exp.Column) and count.name.casefold() == "all"):
                found += f" LIMIT {_whole(count, node)}"
        if node.args.get("offset") is not None:
            found += f" OFFSET {_whole(node.args['offset'].expression, node)}"
        return found

    # -- UNION, EXCEPT, INTERSECT

    def _set_operation(self, node: exp.Expression, outer: Scope | None) -> Query:
        one, other = self.query(node.this, outer), self.query(node.expression, outer)
        word = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}[type(node)]
        if node.args.get("by_name"):
            raise Failed("SYNTAX_ERROR", "mismatched input 'BY'", node)
        if len(one.columns) != len(other.columns):
            words = f"{word} query has different number of fields: {len(one.columns)}, {len(other.columns)}"
            raise Failed("TYPE_MISMATCH", words, node)
        kinds = []
        for place, (left, right) in enumerate(zip(one.columns, other.columns, strict=True), 1):
            kind = types.common(left.value.type, right.value.type)
            if kind is None:
                words = f"column {place} in {word} query has incompatible types: {left.value.type}, {right.value.type}"
                raise Failed("TYPE_MISMATCH", words, node)
            kinds.append(kind)
        every = not node.args.get("distinct")
        parts = []
        for query in (one, other):
            columns = ", ".join(
                f"{casts.coerced(replace(column.value, sql=f'c{place}'), kinds[place]).sql} AS c{place}"
                for place, column in enumerate(query.columns)
            )
            parts.append(f"(SELECT {columns} FROM ({query.sql}))")
        sql = f"{parts[0]} {word}{' ALL' if every else ''} {parts[1]}"
        marks = one.marks | other.marks
        outputs: list[Output] = []
        for place, (left, right) in enumerate(zip(one.columns, other.columns, strict=True)):
            both = left.value.marks | right.value.marks
            if not (every and word == "UNION"):
                marks |= both
            outputs.append(Output(left.name, Typed(f"c{place}", kinds[place], both)))
        found = Query(sql, tuple(outputs), marks, one.correlated or other.correlated)
        return self._ordered(node, found, None, [])


def _position(node: exp.Expression, columns: Sequence[Output]) -> int | None:
    """The output column that an item of ORDER BY names by its place or its name; None for an expression."""
    if isinstance(node, exp.Literal) and not node.args.get("is_string"):
        place = int(node.name) if re.fullmatch(r"\d+", node.name) else 0
        if not 1 <= place <= len(columns):
            raise Failed("INVALID_COLUMN_REFERENCE", f"ORDER BY position {node.name} is not in select list", node)
        return place - 1
    if isinstance(node, exp.Column) and not node.table:
        found = [n for n, column in enumerate(columns) if (column.name or "").casefold() == node.name.casefold()]
        if len(found) == 1:
            return found[0]
    return None


def _whole(node: Any, at: exp.Expression) -> str:
    if not isinstance(node, exp.Literal) or not node.name.isdigit():
        raise Failed("SYNTAX_ERROR", "mismatched input after LIMIT or OFFSET: a whole number was expected", at)
    return str(node.name)


def _refuse_parts(node: exp.Expression) -> None:
    """Raises Failed for clauses that Trino does not have."""
    for name, value in node.args.items():
        if value and name not in KNOWN_PARTS:
            shown = {"sample": "USING SAMPLE", "match": "MATCH_RECOGNIZE", "laterals": "LATERAL VIEW"}.get(
                name, name.upper()
            )
            if name == "match":
                raise NotDone("do MATCH_RECOGNIZE")
            raise Failed("SYNTAX_ERROR", f"mismatched input '{shown}'", node)
    if not node.expressions:
        raise Failed("SYNTAX_ERROR", "mismatched input: SELECT needs expressions", node)
