"""System tables: what the lab knows of its tables and loads, in the columns of Redshift's. More it does not claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundschool.engines.redshift import types, values
from groundschool.engines.redshift.tables import Table
from groundschool.engines.redshift.types import BIGINT, BOOLEAN, INTEGER, TIMESTAMP, Type, varchar

if TYPE_CHECKING:
    from groundschool.engines.redshift.catalog import Catalog
    from groundschool.engines.redshift.database import Log

Columns = tuple[tuple[str, Type], ...]
Rows = Callable[["Catalog", "Source"], Sequence[Sequence[Any]]]
SLICES = 4
RATIO = types.numeric(19, 2)


@dataclass(frozen=True)
class Source:
    """Where the rows come from that are in no table."""

    log: Log
    user: str


def inlined(columns: Columns, rows: Sequence[Sequence[Any]]) -> str:
    """The rows as a query of their own."""
    names = ", ".join(values.name(name) for name, _ in columns)
    if not rows:
        nulls = ", ".join(f"CAST(NULL AS {kind.duck})" for _, kind in columns)
        return f"(SELECT * FROM (SELECT {nulls}) AS v({names}) WHERE FALSE)"
    listed = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    cast = ", ".join(f"CAST({values.name(name)} AS {kind.duck}) AS {values.name(name)}" for name, kind in columns)
    return f"(SELECT {cast} FROM (VALUES {listed}) AS v({names}))"


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    return values.quoted(str(value).replace("\0", ""))


def _texts(*names: str) -> Columns:
    return tuple((name, varchar()) for name in names)


# -- tables and columns


def _own(catalog: Catalog) -> list[Table]:
    return [table for table in catalog.tables() if not table.view]


def _style(table: Table) -> str:
    return {"KEY": f"KEY({table.distkey})", "AUTO": "AUTO(ALL)"}.get(table.diststyle, table.diststyle)


def _skew(catalog: Catalog, table: Table) -> float | None:
    """Rows of the fullest slice over those of the emptiest."""
    if table.diststyle != "KEY":
        return 1.0 if table.diststyle == "EVEN" else None
    rows = catalog.slices(table, SLICES)
    return max(rows) / max(min(rows), 1)


def _info(catalog: Catalog, source: Source) -> list[list[Any]]:
    found = []
    for table in _own(catalog):
        count = catalog.count(table)
        if not count:
            continue  # empty tables are not shown
        first = table.column(table.sortkeys[0]) if table.sortkeys else None
        widest = max(
            (column.type.sizes[0] for column in table.columns if column.type.name == "character varying"), default=0
        )
        auto = not any(column.encode for column in table.columns)
        found.append([
            "dev", table.schema, table.oid, table.name, "Y, AUTO(ENCODE)" if auto else "Y", _style(table),
            first.name if first and not table.interleaved else "INTERLEAVED" if first else "AUTO(SORTKEY)", widest,
            first.encoding if first else None, len(table.sortkeys), count, _skew(catalog, table), count,
        ])  # fmt: skip
    return found


def _definitions(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [
        [table.schema, table.name, column.name, str(column.type), column.encoding, column.name == table.distkey,
         table.sortkeys.index(column.name) + 1 if column.name in table.sortkeys else 0,
         column.not_null or column.name in table.primary]
        for table in _own(catalog) if table.schema in catalog.path for column in table.columns
    ]  # fmt: skip


def _tables(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [["dev", table.schema, table.name, "VIEW" if table.view else "BASE TABLE"] for table in catalog.tables()]


def _columns(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [
        ["dev", table.schema, table.name, column.name, place, column.default or None,
         "NO" if column.not_null or column.name in table.primary else "YES", column.type.name,
         column.type.sizes[0] if column.type.text else None,
         column.type.sizes[0] if column.type.name == "numeric" else None,
         column.type.sizes[1] if column.type.name == "numeric" else None]
        for table in catalog.tables() for place, column in enumerate(table.columns, 1)
    ]  # fmt: skip


def _plain_tables(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [[table.schema, table.name, source.user] for table in _own(catalog)]


def _views(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [[table.schema, table.name, source.user, table.view] for table in catalog.tables() if table.view]


def _constraints(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [["dev", table.schema, f"{table.name}_pkey", "dev", table.schema, table.name, "PRIMARY KEY"]
            for table in _own(catalog) if table.primary]  # fmt: skip


def _keys(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [["dev", table.schema, f"{table.name}_pkey", "dev", table.schema, table.name, name, place]
            for table in _own(catalog) for place, name in enumerate(table.primary, 1)]  # fmt: skip


def _schemas(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [["dev", schema, source.user] for schema in catalog.schemas()]


# -- loads


def _errors(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [
        [100, 0, each["table"], each["time"], each["session"], each["query"], each["file"], each["line"],
         each["column"], each["type"], each["length"], each["position"], each["raw_line"], each["raw_field"],
         each["code"], each["reason"]]
        for each in source.log.errors
    ]  # fmt: skip


def _details(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [
        [100, each["query"], each["session"], "dev", each["table"], each["time"], each["file"], each["line"],
         each["column"], each["type"], each["length"], each["position"], each["code"], each["reason"]]
        for each in source.log.errors
    ]  # fmt: skip


def _commits(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [
        [100, each["query"], 0, file, lines, each["time"]] for each in source.log.loads for file, lines in each["files"]
    ]


def _history(catalog: Catalog, source: Source) -> list[list[Any]]:
    return [
        [100, each["query"], each["session"], "dev", each["status"], each["name"], each["time"], each["source"],
         each["format"], each["rows"], len(each["files"]), each["errors"]]
        for each in source.log.loads
    ]  # fmt: skip


INFO = (*_texts("database", "schema"), ("table_id", INTEGER), *_texts("table", "encoded", "diststyle", "sortkey1"),
        ("max_varchar", INTEGER), *_texts("sortkey1_enc"), ("sortkey_num", INTEGER), ("tbl_rows", BIGINT),
        ("skew_rows", RATIO), ("estimated_visible_rows", BIGINT))  # fmt: skip
DEFINITIONS = (*_texts("schemaname", "tablename", "column", "type", "encoding"), ("distkey", BOOLEAN),
               ("sortkey", INTEGER), ("notnull", BOOLEAN))  # fmt: skip
COLUMNS = (*_texts("table_catalog", "table_schema", "table_name", "column_name"), ("ordinal_position", INTEGER),
           *_texts("column_default", "is_nullable", "data_type"), ("character_maximum_length", INTEGER),
           ("numeric_precision", INTEGER), ("numeric_scale", INTEGER))  # fmt: skip
ERRORS = (("userid", INTEGER), ("slice", INTEGER), ("tbl", INTEGER), ("starttime", TIMESTAMP), ("session", INTEGER),
          ("query", BIGINT), *_texts("filename"), ("line_number", BIGINT), *_texts("colname", "type", "col_length"),
          ("position", INTEGER), *_texts("raw_line", "raw_field_value"), ("err_code", INTEGER),
          *_texts("err_reason"))  # fmt: skip
DETAILS = (("user_id", INTEGER), ("query_id", BIGINT), ("session_id", INTEGER), *_texts("database_name"),
           ("table_id", INTEGER), ("start_time", TIMESTAMP), *_texts("file_name"), ("line_number", BIGINT),
           *_texts("column_name", "column_type", "column_length"), ("position", INTEGER), ("error_code", INTEGER),
           *_texts("error_message"))  # fmt: skip
COMMITS = (("userid", INTEGER), ("query", BIGINT), ("slice", INTEGER), *_texts("filename"),
           ("lines_scanned", BIGINT), ("curtime", TIMESTAMP))  # fmt: skip
HISTORY = (("user_id", INTEGER), ("query_id", BIGINT), ("session_id", INTEGER),
           *_texts("database_name", "status", "table_name"),
           ("start_time", TIMESTAMP), *_texts("data_source", "file_format"), ("loaded_rows", BIGINT),
           ("source_file_count", BIGINT), ("error_count", BIGINT))  # fmt: skip
LISTED = _texts("table_catalog", "table_schema", "table_name", "table_type")
TABLES: Mapping[tuple[str, str], tuple[Columns, Rows]] = {
    ("pg_catalog", "svv_table_info"): (INFO, _info), ("pg_catalog", "pg_table_def"): (DEFINITIONS, _definitions),
    ("pg_catalog", "svv_tables"): (LISTED, _tables), ("information_schema", "tables"): (LISTED, _tables),
    ("pg_catalog", "svv_columns"): (COLUMNS, _columns), ("information_schema", "columns"): (COLUMNS, _columns),
    ("pg_catalog", "pg_tables"): (_texts("schemaname", "tablename", "tableowner"), _plain_tables),
    ("pg_catalog", "pg_views"): (_texts("schemaname", "viewname", "viewowner", "definition"), _views),
    ("information_schema", "schemata"): (_texts("catalog_name", "schema_name", "schema_owner"), _schemas),
    ("information_schema", "table_constraints"): (_texts(
        "constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name",
        "constraint_type"), _constraints),
    ("information_schema", "key_column_usage"): ((*_texts(
        "constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name",
        "column_name"), ("ordinal_position", INTEGER)), _keys),
    ("pg_catalog", "stl_load_errors"): (ERRORS, _errors), ("pg_catalog", "sys_load_error_detail"): (DETAILS, _details),
    ("pg_catalog", "stl_load_commits"): (COMMITS, _commits), ("pg_catalog", "sys_load_history"): (HISTORY, _history),
}  # fmt: skip
