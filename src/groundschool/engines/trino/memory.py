"""A catalog and files that a process holds itself: for queries over what is given, without a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.tables import File, Partition, Table


class Memory:
    """Both `tables.Catalog` and `tables.Files`."""

    def __init__(self, databases: Sequence[str] = ("default",), objects: Mapping[str, bytes] | None = None) -> None:
        self._tables: dict[str, dict[str, Table]] = {name: {} for name in databases}
        self._partitions: dict[tuple[str, str], dict[tuple[str, ...], Partition]] = {}
        self.objects: dict[str, bytes] = dict(objects or {})

    def databases(self) -> Sequence[str]:
        return list(self._tables)

    def create_database(self, name: str, quiet: bool) -> None:
        if name in self._tables and not quiet:
            raise Failed(
                "",
                (
                    "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                    f"Database {name} already exists"
                ),
            )
        self._tables.setdefault(name, {})

    def drop_database(self, name: str, quiet: bool, cascade: bool) -> None:
        if name not in self._tables:
            if quiet:
                return
            raise Failed("", f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}")
        if self._tables[name] and not cascade:
            raise Failed(
                "",
                (
                    "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                    f"InvalidOperationException(message:Database {name} is not empty. One or more "
                    "tables exist.)"
                ),
            )
        del self._tables[name]

    def tables(self, database: str) -> Sequence[str]:
        if database not in self._tables:
            raise Failed("", f"FAILED: SemanticException [Error 10072]: Database does not exist: {database}")
        return list(self._tables[database])

    def table(self, database: str, name: str) -> Table | None:
        return self._tables.get(database, {}).get(name)

    def create_table(self, table: Table, quiet: bool, replace: bool = False) -> None:
        held = self._tables.get(table.database)
        if held is None:
            raise Failed("", f"FAILED: SemanticException [Error 10072]: Database does not exist: {table.database}")
        if table.name in held and not replace:
            if quiet:
                return
            raise Failed(
                "",
                (
                    "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                    f"AlreadyExistsException(message:Table {table.name} already exists.)"
                ),
            )
        held[table.name] = table

    def drop_table(self, database: str, name: str) -> None:
        self._tables[database].pop(name, None)
        self._partitions.pop((database, name), None)

    def partitions(self, table: Table) -> Sequence[Partition]:
        held = self._partitions.get((table.database, table.name), {})
        return [held[values] for values in sorted(held)]

    def add_partitions(self, table: Table, partitions: Sequence[Partition], quiet: bool) -> None:
        held = self._partitions.setdefault((table.database, table.name), {})
        for partition in partitions:
            if partition.values in held and not quiet:
                raise Failed(
                    "",
                    (
                        "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                        f"AlreadyExistsException(message:Partition already exists: {partition.values})"
                    ),
                )
        for partition in partitions:
            held.setdefault(partition.values, partition)

    def drop_partition(self, table: Table, values: tuple[str, ...]) -> None:
        self._partitions[table.database, table.name].pop(values, None)

    def list(self, location: str) -> Sequence[File]:
        return [File(path, len(body)) for path, body in sorted(self.objects.items()) if path.startswith(location)]

    def read(self, path: str) -> bytes:
        return self.objects[path]

    def write(self, path: str, content: bytes) -> None:
        self.objects[path] = content
