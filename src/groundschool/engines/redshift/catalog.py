"""The tables that a session sees: its temporary ones, those of its search path, and the system's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from groundschool.engines.redshift import system, tables, values
from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.queries import Found
from groundschool.engines.redshift.tables import Table

SYSTEM_SCHEMAS = ("pg_catalog", "information_schema")


class Catalog:
    """Reads through one connection, so that it sees what its transaction does. `notes` is told what is read."""

    def __init__(self, cursor: Any, path: Sequence[str], source: system.Source, notes: Callable[[Table], None]) -> None:
        self._cursor, self.path, self._source, self._notes = cursor, tuple(path), source, notes

    def schemas(self) -> list[str]:
        """The names of the schemas that were made."""
        rows = self._cursor.execute("SELECT schema_name FROM duckdb_schemas() WHERE schema_name LIKE 'u %'").fetchall()
        return sorted({str(name).removeprefix("u ") for (name,) in rows})

    def tables(self) -> list[Table]:
        """All tables and views."""
        found = []
        for kind in ("tables", "views"):
            rows = self._cursor.execute(
                f"SELECT comment FROM duckdb_{kind}() WHERE schema_name LIKE 'u %' AND comment IS NOT NULL"
            ).fetchall()
            found += [tables.unpacked(comment) for (comment,) in rows]
        return sorted(found, key=lambda table: table.oid)

    def lookup(self, path: Sequence[str]) -> Table | None:
        """The table or view of a name. Raises Failed for a name of three parts that is of another database."""
        parts = list(path)
        if len(parts) == 3 and parts[0] == "dev":
            parts = parts[1:]
        if len(parts) > 2:
            raise Failed("0A000", f"cross-database reference to database {parts[0]!r} is not supported by the lab")
        if len(parts) == 1:
            return self._temporary(parts[0]) or self._in_path(parts[0])
        return self._temporary(parts[1]) if parts[0].startswith("pg_temp") else self._of(parts[0], parts[1])

    def table(self, path: Sequence[str]) -> Table:
        """The same. Raises Failed when there is none."""
        found = self.lookup(path)
        if found is None:
            raise missing(path)
        return found

    def found(self, path: Sequence[str]) -> Found:
        """See `queries.Tables`."""
        table = self.lookup(path)
        if table is not None:
            self._notes(table)
            columns = tuple((column.name, column.type) for column in table.columns)
            return Found(table.path, table.schema, table.name, columns)
        name = path[-1]
        if len(path) == 1 or path[0] in SYSTEM_SCHEMAS:
            schema = path[0] if len(path) > 1 else "pg_catalog"
            if (schema, name) in system.TABLES:
                columns, rows = system.TABLES[schema, name]
                return Found(system.inlined(columns, rows(self, self._source)), schema, name, columns)
            if name.startswith(("stl_", "stv_", "svl_", "svv_", "sys_", "pg_")) or len(path) > 1:
                raise Failed("0A000", f"The lab does not have the system table {'.'.join(path)}.")
        raise missing(path)

    def count(self, table: Table) -> int:
        """The rows of a table."""
        return int(self._cursor.execute(f"SELECT count(*) FROM {table.path}").fetchone()[0])

    def slices(self, table: Table, count: int) -> list[int]:
        """The rows of each slice, as the distribution key's hash deals them out."""
        key = values.name(table.distkey)
        sql = f"SELECT hash({key}) % {count}, count(*) FROM {table.path} GROUP BY 1"
        found = dict(self._cursor.execute(sql).fetchall())
        return [int(found.get(number, 0)) for number in range(count)]

    def _temporary(self, name: str) -> Table | None:
        rows = self._cursor.execute(
            "SELECT comment FROM duckdb_tables() WHERE database_name = 'temp' AND table_name = ?", [name]
        ).fetchall()
        return tables.unpacked(rows[0][0]) if rows else None

    def _in_path(self, name: str) -> Table | None:
        """The first of this name in the search path, before which pg_catalog is searched unless it is named there."""
        if ("pg_catalog", name) in system.TABLES and "pg_catalog" not in self.path:
            return None
        return next(filter(None, (self._of(schema, name) for schema in self.path)), None)

    def _of(self, schema: str, name: str) -> Table | None:
        for kind in ("table", "view"):
            rows = self._cursor.execute(
                f"SELECT comment FROM duckdb_{kind}s() "
                f"WHERE schema_name = ? AND {kind}_name = ? AND comment IS NOT NULL",
                [f"u {schema}", name],
            ).fetchall()
            if rows:
                return tables.unpacked(rows[0][0])
        return None


def missing(path: Sequence[str]) -> Failed:
    """The error for a name that no table has."""
    return Failed("42P01", f'relation "{".".join(path)}" does not exist')
