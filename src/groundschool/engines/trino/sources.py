"""What stands in FROM: tables, views, names of WITH, subqueries, UNNEST, VALUES, and joins of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from groundschool.engines.trino import casts, pruning, types
from groundschool.engines.trino.arithmetic import compared
from groundschool.engines.trino.expressions import Expressions
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.parse import statement
from groundschool.engines.trino.relation import CATALOG, Named, Output, Query, Source, constant_rows
from groundschool.engines.trino.scan import HIDDEN, Scan, partitions_of
from groundschool.engines.trino.scope import Field, Scope
from groundschool.engines.trino.tables import Catalog, Table
from groundschool.engines.trino.typed import Mark, Marks, Typed
from groundschool.engines.trino.types import BIGINT, Type


@dataclass
class Sources:
    """The part of the reading of queries that is about FROM."""

    catalog: Catalog
    database: str
    scans: list[Scan] = field(default_factory=list)
    _environment: Mapping[str, Named] = field(default_factory=dict)
    _relations: int = 0
    _queries: int = 0
    _views: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.query)

    def query(self, node: exp.Expression, outer: Scope | None = None) -> Query:
        """A query of any kind. Raises Failed, NotDone."""
        raise NotImplementedError

    def _from(self, node: exp.Expression, scope: Scope) -> Source:
        start = node.args.get("from_")
        if start is None:
            return Source("", [])
        source = self._source(start.this, scope)
        scope.fields = source.fields
        for join in [*(start.this.args.get("joins") or ()), *(node.args.get("joins") or ())]:
            source = self._join(source, join, scope)
            scope.fields = source.fields
        return replace(source, sql=f" FROM {source.sql}")

    def _source(self, node: exp.Expression, scope: Scope) -> Source:
        if isinstance(node, exp.Table):
            found = self._table(node, scope)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            inner = Scope([], scope.outer)
            found = self._source(node.this, inner)
            inner.fields = found.fields
            for join in node.this.args.get("joins") or ():
                found = self._join(found, join, inner)
                inner.fields = found.fields
            return replace(found, sql=f"({found.sql})")
        elif isinstance(node, exp.Subquery | exp.Values):
            found = self._related(self.query(_bare(node), scope.outer), node)
        elif isinstance(node, exp.Unnest):
            found = self._unnest(node, scope)
        elif isinstance(node, exp.Lateral):
            query = self.query(node.this, scope)
            found = self._related(query, node, "LATERAL ")
        else:
            raise NotDone(f"read from {type(node).__name__.upper()}")
        if node.args.get("sample") is not None:
            raise NotDone("do TABLESAMPLE")
        if node.args.get("pivots"):
            raise Failed("SYNTAX_ERROR", "mismatched input 'PIVOT'", node)
        return found

    def _related(self, query: Query, node: exp.Expression, kind: str = "") -> Source:
        """A query as a relation, by its alias and its columns' names."""
        alias = node.args.get("alias")
        name = alias.name if alias is not None and alias.name else None
        names = [each.name for each in (alias.args.get("columns") or ())] if alias is not None else []
        return self._named(query, name, names, node, kind)

    def _named(
        self, query: Query, name: str | None, names: Sequence[str], node: exp.Expression, kind: str = ""
    ) -> Source:
        if names and len(names) != len(query.columns):
            words = (
                f"Column alias list has {len(names)} entries but '{name}' has {len(query.columns)} columns available"
            )
            raise Failed("MISMATCHED_COLUMN_ALIASES", words, node)
        relation = self._relation()
        fields = []
        for place, column in enumerate(query.columns):
            value = column.value.renamed(f"{relation}.c{place}")
            fields.append(Field(names[place] if names else column.name, name, value))
        return Source(f"{kind}({query.sql}) AS {relation}", fields, query.marks)

    def _relation(self) -> str:
        self._relations += 1
        return f"r{self._relations}"

    def _table(self, node: exp.Expression, scope: Scope) -> Source:
        if not isinstance(node.this, exp.Identifier):
            call = node.this.name if isinstance(node.this, exp.Anonymous) else type(node.this).__name__
            raise Failed("FUNCTION_NOT_FOUND", f"Table function '{str(call).casefold()}' not registered", node)
        if node.args.get("version") or node.args.get("when"):
            raise NotDone("read a table as of another time")
        name, database = node.name.casefold(), node.db.casefold()
        if not database and name in self._environment:
            return self._with_query(self._environment[name], node)
        if node.catalog and node.catalog.casefold() != CATALOG:
            raise Failed("CATALOG_NOT_FOUND", f"Catalog '{node.catalog}' not found", node)
        database = database or self.database
        if database == "information_schema":
            return self._related(self._information(name, node), _aliased(node, name))
        if name.endswith("$partitions"):
            return self._related(
                self._partitions(name.removesuffix("$partitions"), database, node), _aliased(node, name)
            )
        table = self.catalog.table(database, name)
        if table is None:
            raise self._no_table(database, name, node)
        if table.view:
            return self._view(table, node)
        return self._scanned(table, node)

    def _no_table(self, database: str, name: str, node: exp.Expression) -> Failed:
        if database not in self.catalog.databases():
            return Failed("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", node)
        return Failed("TABLE_NOT_FOUND", f"Table '{CATALOG}.{database}.{name}' does not exist", node)

    def _with_query(self, named: Named, node: exp.Expression) -> Source:
        before, self._environment = self._environment, named.environment
        try:
            query = self.query(named.node)
        finally:
            self._environment = before
        alias = _aliased(node, node.name)
        if named.columns and not alias.args["alias"].args.get("columns"):
            return self._named(query, alias.args["alias"].name, named.columns, node)
        return self._related(query, alias)

    def _view(self, table: Table, node: exp.Expression) -> Source:
        name = f"{table.database}.{table.name}"
        if name in self._views or len(self._views) > 20:
            raise Failed("VIEW_IS_RECURSIVE", f"Statement would create a recursive view: {name}", node)
        before = self._environment, self.database, self._views
        self._environment, self.database, self._views = {}, table.database, (*self._views, name)
        try:
            query = self.query(statement(table.view))
        except Failed as error:
            if isinstance(error, NotDone):
                raise
            raise Failed("INVALID_VIEW", f"Failed analyzing stored view '{CATALOG}.{name}': {error}", node) from None
        finally:
            self._environment, self.database, self._views = before
        names = [column.name for column in table.columns]
        alias = _aliased(node, table.name)
        if len(names) != len(query.columns):
            words = f"View '{CATALOG}.{name}' is stale or in invalid state: its columns have changed"
            raise Failed("VIEW_IS_STALE", words, node)
        chosen = [each.name for each in alias.args["alias"].args.get("columns") or ()]
        return self._named(query, alias.args["alias"].name, chosen or names, node)

    def _scanned(self, table: Table, node: exp.Expression) -> Source:
        scan = Scan(len(self.scans), table)
        self.scans.append(scan)
        relation = self._relation()
        alias = _aliased(node, table.name).args["alias"]
        names = [each.name for each in alias.args.get("columns") or ()]
        columns = scan.columns
        if names and len(names) != len(columns):
            words = (
                f"Column alias list has {len(names)} entries but '{table.name}' has {len(columns)} columns available"
            )
            raise Failed("MISMATCHED_COLUMN_ALIASES", words, node)
        fields = []
        for place, column in enumerate(columns):
            mark = Mark(scan.number, column.name)
            value = Typed(f"{relation}.c{place}", types.parse(column.type), frozenset({mark}), mark)
            fields.append(Field(names[place] if names else column.name, alias.name, value))
        for name, type in HIDDEN.items():
            mark = Mark(scan.number, name)
            fields.append(Field(name, alias.name, Typed(f'{relation}."{name}"', type, frozenset({mark})), hidden=True))
        return Source(f"scan{scan.number} AS {relation}", fields)

    def _information(self, name: str, node: exp.Expression) -> Query:
        rows: list[tuple[str, ...]] = []
        if name == "schemata":
            columns = ["catalog_name", "schema_name"]
            rows = [(CATALOG, each) for each in (*self.catalog.databases(), "information_schema")]
        elif name in ("tables", "columns"):
            columns = ["table_catalog", "table_schema", "table_name"]
            for database in self.catalog.databases():
                rows += [(CATALOG, database, each) for each in self.catalog.tables(database)]
            if name == "columns":
                raise NotDone("do information_schema.columns; DESCRIBE tells a table's columns")
        else:
            raise Failed("TABLE_NOT_FOUND", f"Table '{CATALOG}.information_schema.{name}' does not exist", node)
        return constant_rows(columns, [types.VARCHAR] * len(columns), rows)

    def _partitions(self, name: str, database: str, node: exp.Expression) -> Query:
        table = self.catalog.table(database, name)
        if table is None or not table.partition_keys:
            raise self._no_table(database, f"{name}$partitions", node)
        kinds = [types.parse(key.type) for key in table.partition_keys]
        rows = [part.values for part in partitions_of(table, self.catalog)]
        return constant_rows([key.name for key in table.partition_keys], kinds, rows)

    def _unnest(self, node: exp.Expression, scope: Scope) -> Source:
        given = [self.expressions.read(each, scope) for each in node.expressions]
        columns: list[Output] = []
        inside: list[str] = []
        outside: list[str] = []
        for place, value in enumerate(given):
            for sql, type in _unnested(value, place, node):
                inside.append(f"unnest({sql}) AS u{len(inside)}")
                if type.name == "row":
                    parts = [
                        (f"struct_extract(u{len(inside) - 1}, 'f{n}')", part, type.names[n] or None)
                        for n, part in enumerate(type.parts)
                    ]
                else:
                    parts = [(f"u{len(inside) - 1}", type, None)]
                for each, kind, name in parts:
                    outside.append(f"{each} AS c{len(columns)}")
                    columns.append(Output(name, Typed("", kind, value.marks)))
        alias = node.args.get("alias")
        names = [each.name for each in (alias.args.get("columns") or ())] if alias is not None else []
        if node.args.get("offset"):
            sizes = ", ".join(f"coalesce(len({_list(value)}), 0)" for value in given)
            inside.append(f"unnest(generate_series(1, greatest({sizes}))) AS u{len(inside)}")
            outside.append(f"CAST(u{len(inside) - 1} AS BIGINT) AS c{len(columns)}")
            columns.append(Output("ordinality", Typed("", BIGINT)))
            if isinstance(node.args["offset"], exp.Identifier) and names:
                names.append(node.args["offset"].name)
        sql = f"SELECT {', '.join(outside)} FROM (SELECT {', '.join(inside)})"
        marks = frozenset(mark for value in given for mark in value.marks)
        named = alias.name if alias is not None and alias.name else None
        return self._named(Query(sql, tuple(columns), marks), named, names, node, "LATERAL " if scope.fields else "")

    def _join(self, left: Source, join: exp.Expression, scope: Scope) -> Source:
        side, kind = (join.text("side") or "").upper(), (join.text("kind") or "").upper()
        if join.args.get("method") or kind not in ("", "INNER", "CROSS", "OUTER"):
            raise NotDone(f"do {join.text('method')} {kind} JOIN".replace("  ", " "))
        right = self._source(join.this, scope)
        if left.fields and right.fields and _nullable(side, "left"):
            left = replace(left, fields=[replace(each, value=_nulled(each.value)) for each in left.fields])
        if _nullable(side, "right"):
            right = replace(right, fields=[replace(each, value=_nulled(each.value)) for each in right.fields])
        marks = left.marks | right.marks
        if join.args.get("using"):
            return self._using(left, right, join, side, marks)
        both = [*left.fields, *right.fields]
        on = join.args.get("on")
        if on is None:
            if side:
                raise Failed("SYNTAX_ERROR", f"mismatched input: {side} JOIN needs ON or USING", join)
            return Source(f"{left.sql} CROSS JOIN {right.sql}", both, marks)
        place = Scope(both, scope.outer, refused="JOIN clause")
        test = self.expressions.condition(on, place, "JOIN ON clause")
        scope.correlated = scope.correlated or place.correlated
        if not side:
            pruning.prune(self.expressions, self.scans, on, place)
        word = f"{side} JOIN" if side else "INNER JOIN"
        return Source(f"{left.sql} {word} {right.sql} ON {test.sql}", both, marks | test.marks)

    def _using(self, left: Source, right: Source, join: exp.Expression, side: str, marks: Marks) -> Source:
        tests, kept = [], []
        for each in join.args["using"]:
            pair = [_only(source.fields, each.name, join) for source in (left, right)]
            tests.append(compared("=", pair[0].value, pair[1].value, join))
            (one, other), type = casts.unified([pair[0].value, pair[1].value], join, "Column types of join don't match")
            value = other if side == "RIGHT" else one
            if side == "FULL":
                value = one.made(f"coalesce({one.sql}, {other.sql})", type)
            kept.append(Field(pair[0].name, None, replace(value, marks=one.marks | other.marks)))
            for source, field_ in zip((left, right), pair, strict=True):
                source.fields.remove(field_)
        found = frozenset(mark for test in tests for mark in test.marks)
        sql = f"{left.sql} {side or 'INNER'} JOIN {right.sql} ON {' AND '.join(test.sql for test in tests)}"
        return Source(sql, [*kept, *left.fields, *right.fields], marks | found)


def _bare(node: exp.Expression) -> exp.Expression:
    return (
        node.this
        if isinstance(node, exp.Subquery) and not any(node.args.get(p) for p in ("order", "limit", "offset", "with_"))
        else node
    )


def _aliased(node: exp.Expression, name: str) -> exp.Expression:
    """The node with its own alias, or its table's name for one."""
    alias = node.args.get("alias")
    if alias is not None and alias.name:
        return node
    columns = alias.args.get("columns") if alias is not None else None
    return exp.Subquery(this=exp.Select(), alias=exp.TableAlias(this=exp.to_identifier(name), columns=columns))


def _unnested(value: Typed, place: int, node: exp.Expression) -> list[tuple[str, Type]]:
    if value.type.name == "array":
        return [(value.sql, value.type.parts[0])]
    if value.type.name == "map":
        return [(f"map_keys({value.sql})", value.type.parts[0]), (f"map_values({value.sql})", value.type.parts[1])]
    raise Failed("INVALID_FUNCTION_ARGUMENT", f"Cannot unnest type: {value.type}", node)


def _list(value: Typed) -> str:
    return f"map_keys({value.sql})" if value.type.name == "map" else value.sql


def _nullable(side: str, which: str) -> bool:
    return side == "FULL" or side == ("RIGHT" if which == "left" else "LEFT")


def _nulled(value: Typed) -> Typed:
    return replace(value, same_as=None)


def _only(fields: Sequence[Field], name: str, node: exp.Expression) -> Field:
    found = Scope(list(fields)).found(name, None)
    if len(found) != 1:
        words = f"Column '{name}' is {'ambiguous' if found else 'missing from one side of join'}"
        raise Failed("AMBIGUOUS_NAME" if found else "COLUMN_NOT_FOUND", words, node)
    return found[0]
