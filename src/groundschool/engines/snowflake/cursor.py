"""One connection's way into an account's DuckDB: fakesnow's cursor, with this engine's corrections before it."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

import duckdb
import pyarrow as pa
from fakesnow.conn import FakeSnowflakeConnection
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.rowtype import ColumnInfo, describe_as_rowtype
from sqlglot import exp

from groundschool.engines.snowflake import queries
from groundschool.engines.snowflake.failure import Failed, NotDone
from groundschool.engines.snowflake.merging import ambiguous, merge


class LabCursor(FakeSnowflakeCursor):  # type: ignore[misc, unused-ignore]
    """A cursor that runs trees. Raises what fakesnow and DuckDB raise; `errors.told` reads it."""

    def run(self, tree: exp.Expression, parameters: Any = None) -> tuple[pa.Table, list[ColumnInfo]]:
        """Runs a statement in Snowflake's dialect and gives its rows and what its columns are."""
        self.check_db_and_schema(tree)
        if isinstance(tree, exp.Merge):
            return self._merge(tree)
        tree = queries.corrected(tree)
        for part in self._transform_explode(tree):
            transformed = self._transform(part, parameters)
            _strip_keys(transformed)
            self._execute(transformed, parameters if transformed.find(exp.Placeholder) else None)
        return self._arrow_table, self._columns()

    def _merge(self, tree: exp.Merge) -> tuple[pa.Table, list[ColumnInfo]]:
        """MERGE by DuckDB's own, which tells duplicates."""
        asked = ambiguous(tree)
        if asked is not None:
            sql = self._transform(queries.corrected(asked), None).sql(dialect="duckdb")
            if self._duck_conn.execute(sql).fetchall():
                raise Failed(100090, "42P18", "Duplicate row detected during DML action")
        kinds = merge(tree)
        sql = self._transform(queries.corrected(tree), None).sql(dialect="duckdb") + " RETURNING merge_action"
        counts = Counter(action for (action,) in self._duck_conn.execute(sql).fetchall())
        names = {
            "number of rows inserted": "INSERT",
            "number of rows updated": "UPDATE",
            "number of rows deleted": "DELETE",
        }
        chosen = {name: counts[action] for name, action in names.items() if action in kinds}
        cursor: Any = self
        cursor._rowcount = sum(chosen.values())
        table = pa.table({name: pa.array([count], pa.int64()) for name, count in chosen.items()})
        return table, described(table)

    def _columns(self) -> list[ColumnInfo]:
        """What the columns of the last result are, as DuckDB describes them."""
        result: Any = self._arrow_table
        with contextlib.suppress(duckdb.Error, NotImplementedError):
            rows = self._duck_conn.execute(f"DESCRIBE {self._last_sql}", self._last_params or []).fetchall()
            if len(rows) == result.num_columns:
                return list(describe_as_rowtype(rows))
        return described(result)


class LabConnection(FakeSnowflakeConnection):  # type: ignore[misc, unused-ignore]
    """fakesnow's connection, whose cursors are this engine's."""

    def cursor(self, cursor_class: Any = None) -> LabCursor:
        return LabCursor(conn=self, duck_conn=self._duck_conn)


def described(table: pa.Table) -> list[ColumnInfo]:
    """What columns are by Arrow's types. Raises NotDone for a type that no result has."""
    rows = []
    for field in table.schema:
        rows.append((field.name, _duck_type(field.type), None, None, None, None))
    return list(describe_as_rowtype(rows))


def _duck_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_integer(kind):
        return "BIGINT"
    if pa.types.is_floating(kind):
        return "DOUBLE"
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    if pa.types.is_date(kind):
        return "DATE"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
    if pa.types.is_time(kind):
        return "TIME"
    if pa.types.is_binary(kind):
        return "BLOB"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return "VARCHAR"
    raise NotDone(f"give back values of the type {kind}")


def _strip_keys(tree: exp.Expression) -> None:
    """Keys are told and not enforced; a primary key's columns are NOT NULL. A text's length is a check."""
    if not isinstance(tree, (exp.Create, exp.Alter)):
        return
    for definition in list(tree.find_all(exp.ColumnDef)):
        _strip_column(definition)
    for node in list(tree.find_all(exp.PrimaryKey, exp.ForeignKey, exp.UniqueColumnConstraint, exp.Reference)):
        outer = node.parent if isinstance(node.parent, (exp.Constraint, exp.ColumnConstraint)) else node
        outer.pop()


def _strip_column(definition: Any) -> None:
    kept = []
    for constraint in definition.args.get("constraints") or ():
        kind = constraint.kind
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            kept.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
        elif not isinstance(kind, (exp.UniqueColumnConstraint, exp.Reference)):
            kept.append(constraint)
    definition.set("constraints", kept)
    if definition.kind is not None and definition.kind.this in queries.TEXT and definition.kind.expressions:
        name, most = definition.this.sql(dialect="duckdb"), definition.kind.expressions[0].sql()
        words = f"'String ''' || {name} || ''' is too long and would be truncated'"
        check = f"CASE WHEN length({name}) > {most} THEN error({words}) ELSE true END"
        constraint = exp.CheckColumnConstraint(this=exp.maybe_parse(check, dialect="duckdb"))
        definition.append("constraints", exp.ColumnConstraint(kind=constraint))
