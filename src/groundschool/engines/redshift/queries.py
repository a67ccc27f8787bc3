"""Queries: SELECT, set operations, WITH and joins become one text for DuckDB, with the columns that they return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlglot import exp

from groundschool.engines.redshift import naming, types, values
from groundschool.engines.redshift.arguments import Around
from groundschool.engines.redshift.expressions import Expressions, folded
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.naming import Columns
from groundschool.engines.redshift.parse import MARK
from groundschool.engines.redshift.scope import Relation, Scope
from groundschool.engines.redshift.types import Type
from groundschool.engines.redshift.values import Value, plain

MOST_COLUMNS = 1_664
SETS = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}
KNOWN = {"with_", "expressions", "from_", "joins", "where", "group", "having", "qualify", "order", "limit", "offset",
         "distinct", "windows", "kind", "hint", "operation_modifiers"}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A table, view or system table: what DuckDB reads in its place, under which name, and its columns."""

    sql: str
    schema: str
    name: str
    columns: Columns


class Tables(Protocol):
    """Where the tables of a session are."""

    def found(self, path: Sequence[str]) -> Found:
        """The table that a name with its schema means. Raises Failed."""


@dataclass(frozen=True)
class Query:
    """A query for DuckDB, and the names and types of what it returns."""

    sql: str
    columns: Columns


@dataclass
class Queries:
    """Reads the queries of one statement. `parameters` are the values that stand for $1 and on."""

    tables: Tables
    around: Around
    parameters: Sequence[Value] = ()
    _with: tuple[Mapping[str, tuple[str, Columns]], ...] = ()
    _names: int = 0

    def parameter(self, place: str) -> Value:
        """A parameter by its number. Raises Failed."""
        if not place.isdigit() or not 0 < int(place) <= len(self.parameters):
            raise Failed("42P02", f"there is no parameter ${place}")
        return self.parameters[int(place) - 1]

    def query(self, tree: exp.Expression) -> Query:
        """A whole query. Raises Failed, NotDone."""
        return self.nested(tree, None)

    def nested(self, tree: Any, around: Scope | None) -> Query:
        """A query inside another one, of which it sees the columns."""
        before = self._with
        try:
            head = self._ctes(tree, around)
            if isinstance(tree, exp.Subquery):
                inner = self.nested(tree.this, around)
                found = Query(f"({inner.sql}){self._tail(tree, inner, around)}", inner.columns)
            elif isinstance(tree, exp.SetOperation):
                found = self._set(tree, around)
            elif isinstance(tree, exp.Select):
                found = self._select(tree, around)
            else:
                raise Failed("42601", f'syntax error at or near "{tree.sql(dialect="redshift")[:20]}"')
            return Query(f"{head}{found.sql}", found.columns)
        finally:
            self._with = before

    def expressions(self, scope: Scope) -> Expressions:
        """A reader of expressions in a scope."""
        return Expressions(scope, self, self.around, {})

    # -- WITH

    def _ctes(self, tree: Any, around: Scope | None) -> str:
        given = tree.args.get("with_")
        if given is None:
            return ""
        if given.args.get("recursive"):
            return self._recursive(given, around)
        parts = []
        for each in given.expressions:
            query = self.nested(each.this, around)
            parts.append(self._named(each, query))
        return f"WITH {', '.join(parts)} "

    def _named(self, each: Any, query: Query) -> str:
        """One of WITH, under a name that no table has; from now on it is known."""
        own, columns = folded(each.args["alias"].this), self._renamed(each.args["alias"], query.columns)
        self._names += 1
        held = f"with {self._names} {own}"
        self._with = (*self._with, {own: (held, columns)})
        return f"{values.name(held)}({naming.listed(columns)}) AS ({query.sql})"

    def _recursive(self, given: Any, around: Scope | None) -> str:
        if len(given.expressions) != 1 or not isinstance(given.expressions[0].this, exp.Union):
            raise NotDone("do WITH RECURSIVE but for one query with UNION ALL")
        each, union = given.expressions[0], given.expressions[0].this
        if union.args.get("distinct"):
            raise Failed("0A000", "Recursive CTE needs UNION ALL")
        if not each.args["alias"].columns:
            raise Failed("42601", "Recursive CTE must have column aliases")
        start = self.nested(union.this, around)
        own, columns = folded(each.args["alias"].this), self._renamed(each.args["alias"], start.columns)
        self._names += 1
        held = f"with {self._names} {own}"
        self._with = (*self._with, {own: (held, columns)})
        step = self.nested(union.expression, around)
        names = ", ".join(values.name(name) for name, _ in columns)
        typed = ", ".join(f"CAST(q.c{number} AS {kind.duck})" for number, (_, kind) in enumerate(columns))
        places = ", ".join(f"c{number}" for number in range(len(columns)))
        sides = (f"SELECT {typed} FROM ({query.sql}) AS q({places})" for query in (start, step))
        return f"WITH RECURSIVE {values.name(held)}({names}) AS ({' UNION ALL '.join(sides)}) "

    def _renamed(self, alias: Any, columns: Columns) -> Columns:
        names = [folded(each) for each in alias.columns] if alias is not None else []
        if len(names) > len(columns):
            raise Failed("42P10", f"table has {len(columns)} columns available but {len(names)} columns specified")
        return tuple((names[place] if place < len(names) else name, kind) for place, (name, kind) in enumerate(columns))

    # -- UNION, EXCEPT, INTERSECT

    def _set(self, tree: Any, around: Scope | None) -> Query:
        word = SETS[type(tree)]
        every = not tree.args.get("distinct")
        if every and word != "UNION":
            raise Failed("0A000", f"{word} ALL is not supported")
        one, other = (self.nested(side, around) for side in (tree.this, tree.expression))
        if len(one.columns) != len(other.columns):
            raise Failed("42601", f"each {word} query must have the same number of columns")
        kinds = [types.common([a, b], word) for (_, a), (_, b) in zip(one.columns, other.columns, strict=True)]
        sides = (self._of_types(side, kinds) for side in (one, other))
        columns = tuple((name, kind) for (name, _), kind in zip(one.columns, kinds, strict=True))
        sql = f" {word}{' ALL' * every} ".join(sides)
        names = ", ".join(f"c{number}" for number in range(len(columns)))
        found = Query(f"SELECT * FROM ({sql}) AS q({names})", columns)
        return Query(f"{found.sql}{self._tail(tree, found, around)}", columns)

    def _of_types(self, side: Query, kinds: Sequence[Type]) -> str:
        """A side with its columns as what they are next to the other's."""
        names = [f"c{number}" for number in range(len(kinds))]
        parts = [plain(Value(f"q.{name}", own), kind) if own != kind else f"q.{name}"
                 for name, (_, own), kind in zip(names, side.columns, kinds, strict=True)]  # fmt: skip
        return f"(SELECT {', '.join(parts)} FROM ({side.sql}) AS q({', '.join(names)}))"

    def _tail(self, tree: Any, query: Query, around: Scope | None) -> str:
        """ORDER BY and LIMIT behind brackets or a set operation: names and places of what it returns."""
        parts = []
        if tree.args.get("order") is not None:
            ordered = []
            for each in tree.args["order"].expressions:
                place = naming.place(each.this, [name for name, _ in query.columns])
                if place is None:
                    raise NotDone("order a set operation by an expression")
                ordered.append(naming.directed(str(place), each))
            parts.append(f" ORDER BY {', '.join(ordered)}")
        return "".join(parts) + self._limited(tree)

    # -- SELECT

    def _select(self, tree: Any, around: Scope | None) -> Query:
        odd = {name for name, value in tree.args.items() if value} - KNOWN
        if odd:
            raise NotDone(f"do {sorted(odd)[0].strip('_').upper()} in a SELECT")
        if not tree.expressions:
            raise Failed("42601", "syntax error: SELECT needs a list")
        if len(tree.expressions) > MOST_COLUMNS:
            raise Failed("54011", f"target lists can have at most {MOST_COLUMNS} entries")
        scope = Scope(around=around)
        source = self._from(tree, scope)
        here = self.expressions(scope)
        where = f" WHERE {here.condition(tree.args['where'].this)}" if tree.args.get("where") is not None else ""
        listed = self._list(tree, here)
        grouped = self._grouped(tree, here, listed)
        having = f" HAVING {here.condition(tree.args['having'].this)}" if tree.args.get("having") is not None else ""
        chosen = f" QUALIFY {here.condition(tree.args['qualify'].this)}" if tree.args.get("qualify") is not None else ""
        order = self._order(tree, here, listed)
        distinct = self._distinct(tree)
        shown = ", ".join(naming.shown(value, number) for number, value in enumerate(listed))
        sql = f"SELECT {distinct}{shown}{source}{where}{grouped}{having}{chosen}{order}{self._limited(tree)}"
        return Query(sql, tuple((value.name, naming.left(value.type)) for value in listed))

    def _distinct(self, tree: Any) -> str:
        given = tree.args.get("distinct")
        if given is not None and given.args.get("on") is not None:
            raise Failed("0A000", "SELECT DISTINCT ON is not supported")
        return "DISTINCT " if given is not None else ""

    def _list(self, tree: Any, here: Expressions) -> list[Value]:
        listed: list[Value] = []
        for each in tree.expressions:
            if isinstance(each, exp.Star) or (isinstance(each, exp.Column) and isinstance(each.this, exp.Star)):
                listed += self._star(each, here.scope)
                continue
            inner = each.this if isinstance(each, exp.Alias) else each
            value = here.read(inner)
            own = folded(each.args["alias"]) if isinstance(each, exp.Alias) else value.name
            value = Value(value.sql, value.type, own, value.literal)
            if own != values.UNNAMED:
                here.scope.aliases[own] = value
            listed.append(value)
        return listed

    def _star(self, node: Any, scope: Scope) -> list[Value]:
        star = node if isinstance(node, exp.Star) else node.this
        if any(star.args.get(name) for name in ("except_", "except", "replace", "rename")):
            raise NotDone("do EXCLUDE behind a star")
        table = folded(node.args["table"]) if isinstance(node, exp.Column) and node.args.get("table") else ""
        relations = [each for each in scope.relations if not table or each.name == table]
        if not relations:
            words = f'missing FROM-clause entry for table "{table}"' if table else "SELECT * with no tables specified"
            raise Failed("42P01" if table else "42601", words)
        merged = [] if table else list(scope.merged.values())
        names = set() if table else set(scope.merged)
        return merged + [
            relation.value(column) for relation in relations for column in relation.columns if column.name not in names
        ]

    def _grouped(self, tree: Any, here: Expressions, listed: Sequence[Value]) -> str:
        given = tree.args.get("group")
        if given is None:
            return ""
        if any(given.args.get(name) for name in ("grouping_sets", "cube", "rollup", "totals", "all")):
            raise NotDone("do GROUPING SETS, CUBE and ROLLUP")
        parts = []
        for each in given.expressions:
            if isinstance(each, exp.Literal) and not each.is_string:
                parts.append(str(naming.numbered(each, len(listed), "GROUP BY")))
                continue
            value = here.read(each)
            parts.append(value.sql)
        return f" GROUP BY {', '.join(parts)}"

    def _order(self, tree: Any, here: Expressions, listed: Sequence[Value]) -> str:
        given = tree.args.get("order")
        if given is None:
            return ""
        names = [value.name for value in listed]
        parts = []
        for each in given.expressions:
            place = naming.place(each.this, names)
            if place is not None and listed[place - 1].type == types.SUPER:
                raise NotDone("order by SUPER")
            parts.append(naming.directed(str(place), each) if place is not None else self.ordered(here, each))
        return f" ORDER BY {', '.join(parts)}"

    def ordered(self, here: Expressions, each: Any) -> str:
        """An expression of an ORDER BY with its direction; NULLs are last, or first where it is descending."""
        inner = each.this if isinstance(each, exp.Ordered) else each
        value = here.read(inner)
        if value.type == types.SUPER:
            raise NotDone("order by SUPER")
        return naming.directed(value.sql, each)

    def _limited(self, tree: Any) -> str:
        parts = []
        for name in ("limit", "offset"):
            given = tree.args.get(name)
            if given is None:
                continue
            count = given.args.get("expression") or given.args.get("count")
            if isinstance(count, exp.Var) and count.name.upper() == "ALL":
                continue
            if isinstance(count, exp.Column) and count.name.startswith(MARK):
                parts.append(f" {name.upper()} {plain(self.parameter(count.name[1:]), types.BIGINT)}")
                continue
            if not isinstance(count, exp.Literal) or count.is_string or not count.this.isdigit():
                raise NotDone(f"compute {name.upper()}")
            parts.append(f" {name.upper()} {count.this}")
        return "".join(parts)

    # -- FROM

    def _from(self, tree: Any, scope: Scope) -> str:
        given = tree.args.get("from_")
        joins = tree.args.get("joins") or []
        if given is None:
            if joins:
                raise Failed("42601", "syntax error at or near JOIN")
            return ""
        sql = self.relation(given.this, scope)
        for join in joins:
            sql += self._join(join, scope)
        return f" FROM {sql}"

    def relation(self, node: Any, scope: Scope) -> str:
        """A table of a FROM, with the joins that hang to it; the scope knows it from now on. Raises Failed, NotDone."""
        inner = node.this if isinstance(node, exp.Paren | exp.Subquery) else None
        if isinstance(inner, exp.Table | exp.Subquery) and not node.args.get("alias"):
            raise NotDone("do joins in brackets")
        odd = {name for name, value in node.args.items() if value} - {
            "this",
            "alias",
            "db",
            "catalog",
            "joins",
            "with_",
        }
        if odd:
            raise NotDone(f"do {sorted(odd)[0].strip('_').upper()} behind a table")
        if isinstance(node, exp.Subquery):
            return self._derived(node, scope)
        if not isinstance(node, exp.Table):
            if isinstance(node, exp.Values):
                raise Failed("42601", 'syntax error at or near "VALUES"')
            raise NotDone(f"read from {type(node).__name__.upper()}")
        if not isinstance(node.this, exp.Identifier):
            raise NotDone(f"read from the function {node.this.sql(dialect='redshift')[:40]}")
        path = [folded(part) for part in node.parts]
        alias = node.args.get("alias")
        own = folded(alias.this) if alias is not None and alias.this is not None else path[-1]
        source, columns, schema = self._found(path)
        columns = self._renamed(alias, columns)
        scope.add(Relation(own, naming.columns(own, columns), schema if alias is None else ""))
        hung = "".join(self._join(join, scope) for join in node.args.get("joins") or [])
        return f"{source} AS {values.name(own)}({naming.listed(columns)}){hung}"

    def _found(self, path: Sequence[str]) -> tuple[str, Columns, str]:
        if len(path) == 1:
            for known in reversed(self._with):
                if path[0] in known:
                    held, columns = known[path[0]]
                    return values.name(held), columns, ""
        table = self.tables.found(path)
        return table.sql, table.columns, table.schema

    def _derived(self, node: Any, scope: Scope) -> str:
        if isinstance(node.this, exp.Values):
            raise Failed("42601", 'syntax error at or near "VALUES"')
        query = self.nested(node.this, scope.around)
        alias = node.args.get("alias")
        self._names += 1
        own = folded(alias.this) if alias is not None and alias.this is not None else f"derived {self._names}"
        columns = self._renamed(alias, query.columns)
        scope.add(Relation(own, naming.columns(own, columns)))
        return f"({query.sql}) AS {values.name(own)}({naming.listed(columns)})"

    def _join(self, join: Any, scope: Scope) -> str:
        side, kind = str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper()
        if str(join.args.get("method") or "") or kind not in ("", "INNER", "CROSS", "OUTER"):
            raise NotDone(f"do a {join.args.get('method') or kind} join")
        before = list(scope.relations)
        right = self.relation(join.this, scope)
        word = f"{side} JOIN".strip() if side else "CROSS JOIN" if kind == "CROSS" else "JOIN"
        if join.args.get("using"):
            return f" {word} {right} ON {self._using(join, scope, before, side)}"
        if join.args.get("on") is not None:
            return f" {word} {right} ON {self.expressions(scope).condition(join.args['on'])}"
        if side or kind == "INNER":
            raise Failed("42601", "syntax error: a JOIN needs ON or USING")
        return f" CROSS JOIN {right}"

    def _using(self, join: Any, scope: Scope, before: Sequence[Relation], side: str) -> str:
        from groundschool.engines.redshift.comparisons import compared

        left, right = Scope(list(before), dict(scope.merged)), Scope([scope.relations[-1]])
        tests = []
        for each in join.args["using"]:
            name = folded(each)
            one, other = left.column(name), right.column(name)
            tests.append(compared("=", one, other))
            kept = {"RIGHT": other, "FULL": Value(f"COALESCE({one.sql}, {other.sql})", one.type, name)}.get(side, one)
            scope.merged[name] = kept
        return " AND ".join(tests)
