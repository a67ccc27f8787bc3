"""Statements about databases, tables and partitions: what they change in the catalog, and what they show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from groundschool.engines.trino import types
from groundschool.engines.trino.definitions import column_list, external_table, location, properties_of
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.outcome import Outcome
from groundschool.engines.trino.scan import partitions_of
from groundschool.engines.trino.tables import Catalog, Files, Partition, Table
from groundschool.engines.trino.words import Reader

MOST_ADDED = 100


@dataclass(frozen=True)
class Place:
    """Where a statement works: the catalog, the files, and the database for names without one."""

    catalog: Catalog
    files: Files
    database: str

    def table(self, reader: Reader) -> Table:
        """The table that the next words name. Raises Failed."""
        database, name = reader.table(self.database)
        found = self.catalog.table(database, name)
        if found is None:
            raise Failed("", f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}")
        return found


def _none() -> Outcome:
    return Outcome("DDL")


def _shown(name: str, rows: list[str]) -> Outcome:
    return Outcome("UTILITY", ((name, types.VARCHAR),), [(row,) for row in rows], header=False)


def _create_external(reader: Reader, place: Place) -> Outcome:
    table, quiet = external_table(reader, place.database)
    place.catalog.create_table(table, quiet)
    return _none()


def _create_database(reader: Reader, place: Place) -> Outcome:
    quiet = reader.takes("IF NOT EXISTS")
    name = reader.name()
    while reader.next.kind != "end":
        if reader.takes("COMMENT"):
            reader.string()
        elif reader.takes("LOCATION"):
            location(reader.string())
        elif reader.takes("WITH DBPROPERTIES"):
            reader.properties()
        else:
            raise reader.failure()
    place.catalog.create_database(name, quiet)
    return _none()


def _drop_database(reader: Reader, place: Place) -> Outcome:
    quiet = reader.takes("IF EXISTS")
    name = reader.name()
    cascade = reader.takes("CASCADE")
    reader.takes("RESTRICT")
    reader.end()
    place.catalog.drop_database(name, quiet, cascade)
    return _none()


def _drop(kind: str) -> Callable[[Reader, Place], Outcome]:
    def done(reader: Reader, place: Place) -> Outcome:
        quiet = reader.takes("IF EXISTS")
        database, name = reader.table(place.database)
        reader.end()
        found = place.catalog.table(database, name)
        if found is None:
            if quiet:
                return _none()
            raise Failed("", f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}")
        if bool(found.view) != (kind == "VIEW"):
            raise Failed("", f"FAILED: SemanticException [Error 10130]: {name} is not a {kind.casefold()}")
        place.catalog.drop_table(database, name)
        return _none()

    return done


def _partition(reader: Reader, table: Table) -> tuple[str, ...]:
    """(key = value, …), all keys of the table, as the values in their order."""
    reader.expect("(")
    given: dict[str, str] = {}
    while True:
        name = reader.name()
        reader.expect("=")
        if reader.next.kind not in ("string", "word"):
            raise reader.failure("a value")
        given[name] = reader.next.text
        reader.place += 1
        if not reader.takes(","):
            break
    reader.expect(")")
    names = [key.name for key in table.partition_keys]
    if sorted(given) != sorted(names):
        words = f"Partition spec {given} does not hold the partition keys {names}"
        raise Failed("", f"FAILED: SemanticException [Error 10096]: {words}")
    return tuple(given[name] for name in names)


def _alter(reader: Reader, place: Place) -> Outcome:
    table = place.table(reader)
    if reader.takes("ADD COLUMNS"):
        place.catalog.create_table(replace(table, columns=(*table.columns, *column_list(reader))), False, True)
    elif reader.takes("ADD"):
        _add_partitions(reader, place, table)
    elif reader.takes("DROP"):
        _drop_partitions(reader, place, table)
    elif reader.takes("SET TBLPROPERTIES"):
        changed = {**table.parameters, **reader.properties()}
        place.catalog.create_table(replace(table, parameters=changed), False, True)
    elif reader.takes("SET LOCATION"):
        place.catalog.create_table(replace(table, location=location(reader.string())), False, True)
    elif reader.sees("RENAME"):
        raise Failed("", "FAILED: ParseException ALTER TABLE … RENAME is not supported by Athena")
    else:
        raise NotDone("do this form of ALTER TABLE")
    reader.end()
    return _none()


def folder(table: Table, values: tuple[str, ...]) -> str:
    """Where a partition lies by Hive's custom."""
    pairs = zip((key.name for key in table.partition_keys), values, strict=True)
    return f"{table.location.rstrip('/')}/{'/'.join(f'{name}={value}' for name, value in pairs)}/"


def _add_partitions(reader: Reader, place: Place, table: Table) -> None:
    quiet = reader.takes("IF NOT EXISTS")
    added = []
    while reader.takes("PARTITION"):
        values = _partition(reader, table)
        where = location(reader.string()) if reader.takes("LOCATION") else folder(table, values)
        added.append(Partition(values, where))
        reader.takes(",")
    if not added:
        raise reader.failure("PARTITION")
    place.catalog.add_partitions(table, added, quiet)


def _drop_partitions(reader: Reader, place: Place, table: Table) -> None:
    quiet = reader.takes("IF EXISTS")
    dropped = []
    while reader.takes("PARTITION"):
        dropped.append(_partition(reader, table))
        reader.takes(",")
    if not dropped:
        raise reader.failure("PARTITION")
    known = {partition.values for partition in place.catalog.partitions(table)}
    for values in dropped:
        if values not in known and not quiet:
            raise Failed("", f"FAILED: SemanticException [Error 10006]: Partition not found {_named(table, values)}")
    for values in dropped:
        if values in known:
            place.catalog.drop_partition(table, values)


def _named(table: Table, values: tuple[str, ...]) -> str:
    pairs = zip((key.name for key in table.partition_keys), values, strict=True)
    return "/".join(f"{name}={value}" for name, value in pairs)


def _repair(reader: Reader, place: Place) -> Outcome:
    table = place.table(reader)
    reader.end()
    if not table.partition_keys:
        raise Failed("", f"FAILED: SemanticException table is not partitioned: {table.database}.{table.name}")
    known = {partition.values for partition in place.catalog.partitions(table)}
    found = _folders(table, place.files)
    missing = [values for values in found if values not in known]
    lost = sorted(known - set(found))
    rows = []
    if missing:
        rows.append("Partitions not in metastore:\t" + "\t".join(f"{table.name}:{_named(table, v)}" for v in missing))
    if lost:
        rows.append(
            "Partitions missing from filesystem:\t" + "\t".join(f"{table.name}:{_named(table, v)}" for v in lost)
        )
    for start in range(0, len(missing), MOST_ADDED):
        part = [Partition(values, found[values]) for values in missing[start : start + MOST_ADDED]]
        place.catalog.add_partitions(table, part, True)
    rows += [f"Repair: Added partition to metastore {table.name}:{_named(table, values)}" for values in missing]
    shown = _shown("result", rows)
    return replace(shown, kind="DDL")


def _folders(table: Table, files: Files) -> dict[tuple[str, ...], str]:
    """The partitions that lie under the table as Hive lays them out, key=value by key=value, with their places."""
    root = f"{table.location.rstrip('/')}/"
    names = [key.name for key in table.partition_keys]
    found: dict[tuple[str, ...], str] = {}
    for file in files.list(root):
        steps = file.path[len(root) :].split("/")[: len(names) + 1]
        pairs = [step.partition("=") for step in steps[: len(names)]]
        if len(steps) <= len(names) or any(step.startswith(("_", ".")) for step in steps[:-1]):
            continue
        # Names in other letters, and values with a colon, are passed over in silence, as Athena does.
        if [name for name, _, _ in pairs] == names and all(value and ":" not in value for _, _, value in pairs):
            values = tuple(unquote(value) for _, _, value in pairs)
            found.setdefault(values, f"{root}{'/'.join(steps[: len(names)])}/")
    return dict(sorted(found.items()))


def _show_databases(reader: Reader, place: Place) -> Outcome:
    pattern = _pattern(reader)
    return _shown("database_name", [name for name in sorted(place.catalog.databases()) if pattern(name)])


def _show_tables(reader: Reader, place: Place) -> Outcome:
    database = reader.name() if reader.takes("IN") or reader.takes("FROM") else place.database
    pattern = _pattern(reader)
    return _shown("tab_name", [name for name in sorted(place.catalog.tables(database)) if pattern(name)])


def _show_views(reader: Reader, place: Place) -> Outcome:
    database = reader.name() if reader.takes("IN") or reader.takes("FROM") else place.database
    pattern = _pattern(reader)
    tables = (place.catalog.table(database, name) for name in sorted(place.catalog.tables(database)))
    return _shown("views", [table.name for table in tables if table is not None and table.view and pattern(table.name)])


def _pattern(reader: Reader) -> Callable[[str], bool]:
    """Hive's pattern: * for anything, | between choices."""
    reader.takes("LIKE")
    if reader.next.kind == "end":
        return lambda name: True
    choices = reader.string().split("|")
    reader.end()
    shape = "|".join(".*".join(re.escape(part) for part in choice.split("*")) for choice in choices)
    return lambda name: re.fullmatch(shape, name, re.IGNORECASE) is not None


def _show_partitions(reader: Reader, place: Place) -> Outcome:
    table = place.table(reader)
    if reader.next.kind != "end":
        raise NotDone("narrow SHOW PARTITIONS")
    if not table.partition_keys:
        words = f"Table {table.name} is not a partitioned table"
        raise Failed("", f"FAILED: SemanticException [Error 10241]: {words}")
    return _shown("partition", [_named(table, part.values) for part in partitions_of(table, place.catalog)])


def _show_columns(reader: Reader, place: Place) -> Outcome:
    if not (reader.takes("IN") or reader.takes("FROM")):
        raise reader.failure("IN")
    table = place.table(reader)
    if reader.takes("IN") or reader.takes("FROM"):
        raise NotDone("take the database apart from the table in SHOW COLUMNS")
    return _shown("field", [f"{column.name:20}" for column in (*table.columns, *table.partition_keys)])


def _show_properties(reader: Reader, place: Place) -> Outcome:
    table = place.table(reader)
    wanted = None
    if reader.takes("("):
        wanted = reader.string()
        reader.expect(")")
    reader.end()
    rows = [f"{name}\t{value}" for name, value in properties_of(table).items() if wanted in (None, name)]
    return _shown("prpt_name", rows)


def _describe(reader: Reader, place: Place) -> Outcome:
    if reader.sees("EXTENDED") or reader.sees("FORMATTED") or reader.sees("DATABASE"):
        raise NotDone(f"do DESCRIBE {reader.next.upper}")
    table = place.table(reader)
    reader.end()
    rows = [
        f"{column.name:20}\t{column.type:20}\t{column.comment:20}" for column in (*table.columns, *table.partition_keys)
    ]
    if table.partition_keys:
        head = f"{'# col_name':20}\t{'data_type':20}\t{'comment':20}"
        rows += ["\t \t ", "# Partition Information\t \t ", head, "\t \t "]
        rows += [f"{key.name:20}\t{key.type:20}\t{key.comment:20}" for key in table.partition_keys]
    return _shown("col_name", rows)


STATEMENTS: dict[str, Callable[[Reader, Place], Outcome]] = {
    "CREATE EXTERNAL TABLE": _create_external,
    "CREATE DATABASE": _create_database,
    "CREATE SCHEMA": _create_database,
    "DROP DATABASE": _drop_database,
    "DROP SCHEMA": _drop_database,
    "DROP TABLE": _drop("TABLE"),
    "DROP VIEW": _drop("VIEW"),
    "ALTER TABLE": _alter,
    "MSCK REPAIR TABLE": _repair,
    "SHOW DATABASES": _show_databases,
    "SHOW SCHEMAS": _show_databases,
    "SHOW TABLES": _show_tables,
    "SHOW VIEWS": _show_views,
    "SHOW PARTITIONS": _show_partitions,
    "SHOW COLUMNS": _show_columns,
    "SHOW TBLPROPERTIES": _show_properties,
    "DESCRIBE": _describe,
    "DESC": _describe,
}
