"""What a query reads of a table: the partitions that its conditions leave, of their files the columns
it names, and the bytes.

A partition that nobody registered is not read. A projection of partitions is worked out from the table's properties.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from groundschool.engines.trino import serdes, types
from groundschool.engines.trino.casts import cast
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.tables import Catalog, Column, File, Files, Partition, Table
from groundschool.engines.trino.typed import Mark, Typed, null
from groundschool.engines.trino.types import Type

PATH, SIZE = "$path", "$file_size"
HIDDEN = {PATH: types.VARCHAR, SIZE: types.BIGINT}
MOST_PARTITIONS = 100_000
MOST_BYTES = 1 << 30
Check = Callable[[], None]


@dataclass
class Scan:
    """One reading of a table in a query. `conditions` are SQL texts over its keys, called `keys.k0` and so on."""

    number: int
    table: Table
    conditions: list[str] = field(default_factory=list)

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.table.columns, *self.table.partition_keys)

    def key(self, name: str) -> int | None:
        """The place of a partition key; None for any other column."""
        return next((place for place, key in enumerate(self.table.partition_keys) if key.name == name), None)


def load(
    connection: Any, scans: Sequence[Scan], used: frozenset[Mark], catalog: Catalog, files: Files, check: Check
) -> int:
    """Puts what each scan reads into the connection, as a view `scan<number>`; the bytes scanned. Raises Failed."""
    held: dict[tuple[str, str], bytes] = {}
    total = 0
    for scan in scans:
        names = frozenset(mark.column for mark in used if mark.scan == scan.number)
        total += _load(connection, scan, names, _Reading(catalog, files, held, check))
    return total


@dataclass
class _Reading:
    catalog: Catalog
    files: Files
    held: dict[Any, bytes]
    check: Check

    def content(self, file: File) -> bytes:
        """A file's content, read once a query."""
        self.check()
        if file.path not in self.held:
            if sum(map(len, self.held.values())) + file.size > MOST_BYTES:
                raise NotDone(f"read more than {MOST_BYTES >> 20} MiB in one query")
            self.held[file.path] = self.files.read(file.path)
        return self.held[file.path]


def _load(connection: Any, scan: Scan, names: frozenset[str], reading: _Reading) -> int:
    table = scan.table
    want = serdes.wanted(table, names)
    partitions = [Partition((), table.location)]
    if table.partition_keys:
        partitions = _kept(connection, scan, partitions_of(table, reading.catalog))
    scanned, parts = 0, []
    for partition in partitions:
        storage = partition.storage or table.storage
        for file in visible(reading.files, partition.location):
            content = reading.content(file)
            scanned += serdes.scanned(storage, content, want)
            parts.append(_with_keys(scan, names, partition, file, serdes.read(storage, file.path, content, want)))
    _put(connection, scan, names, want, parts)
    return scanned


def visible(files: Files, location: str) -> Iterator[File]:
    """The files of a location that hold rows: none that is empty, or whose name, or folder's, begins with _ or ."""
    folder = location if location.endswith("/") else f"{location}/"
    for file in files.list(folder):
        inside = file.path[len(folder) :]
        if file.size and not any(part.startswith(("_", ".")) for part in inside.split("/")):
            yield file


def _with_keys(scan: Scan, names: frozenset[str], partition: Partition, file: File, rows: Any) -> Any:
    """The rows of a file with the keys of its partition, as text, and its path."""
    count = rows.num_rows
    added = {f"k{place}": value for place, value in enumerate(partition.values)}
    found = rows if rows.column_names != [""] else pa.table({"": pa.nulls(count, pa.int8())})
    for name, value in added.items():
        column = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([value], pa.string()))
        found = found.append_column(name, column.cast(pa.string()))
    if PATH in names:
        found = found.append_column(PATH, pa.array([file.path] * count, pa.string()))
    if SIZE in names:
        found = found.append_column(SIZE, pa.array([file.size] * count, pa.int64()))
    return found


def _put(connection: Any, scan: Scan, names: frozenset[str], want: serdes.Wanted, parts: list[Any]) -> None:
    """The view of a scan: each column by its place, NULL where it is not asked for."""
    name, table = f"scan{scan.number}", scan.table
    if parts:
        connection.register("_incoming", pa.concat_tables(parts))
        connection.execute(f"CREATE TABLE {name}_rows AS SELECT * FROM _incoming")
        connection.unregister("_incoming")
    selected = []
    for place, column in enumerate(table.columns):
        there = parts and place in want.places
        duckdb = types.duckdb(want.types[place])
        selected.append(
            f"{f'CAST({_quoted(column.name)} AS {duckdb})' if there else f'CAST(NULL AS {duckdb})'} AS c{place}"
        )
    for place, key in enumerate(table.partition_keys):
        number = len(table.columns) + place
        value = key_value(f"k{place}", types.parse(key.type)) if parts else null(types.parse(key.type))
        selected.append(f"{value} AS c{number}")
    for hidden, type in HIDDEN.items():
        there = parts and hidden in names
        selected.append(f"{_quoted(hidden) if there else null(type)} AS {_quoted(hidden)}")
    source = f"FROM {name}_rows" if parts else "WHERE false"
    connection.execute(f"CREATE VIEW {name} AS SELECT {', '.join(selected)} {source}")


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def key_value(sql: str, type: Type) -> str:
    """A partition key's text as a value; Hive's name for a missing one is NULL."""
    given = f"nullif({sql}, '__HIVE_DEFAULT_PARTITION__')"
    return given if type.name in ("varchar", "char") else cast(Typed(given, types.VARCHAR), type).sql


def _kept(connection: Any, scan: Scan, partitions: Sequence[Partition]) -> list[Partition]:
    """The partitions that the conditions on the keys leave."""
    if len(partitions) > MOST_PARTITIONS:
        raise NotDone(f"read a table of more than {MOST_PARTITIONS:,} partitions")
    if not scan.conditions or not partitions:
        return list(partitions)
    keys = scan.table.partition_keys
    columns = {
        f"t{place}": pa.array([part.values[place] for part in partitions], pa.string()) for place in range(len(keys))
    }
    connection.register("_keys", pa.table({"number": pa.array(range(len(partitions)), pa.int64()), **columns}))
    values = ", ".join(f"{key_value(f't{place}', types.parse(key.type))} AS k{place}" for place, key in enumerate(keys))
    where = " AND ".join(f"({condition})" for condition in scan.conditions)
    sql = f"SELECT number FROM (SELECT number, {values} FROM _keys) AS keys WHERE {where} ORDER BY number"
    found = [partitions[number] for (number,) in connection.execute(sql).fetchall()]
    connection.unregister("_keys")
    return found


def partitions_of(table: Table, catalog: Catalog) -> Sequence[Partition]:
    """The registered partitions, or those of a projection."""
    if table.parameters.get("projection.enabled", "").casefold() != "true":
        return catalog.partitions(table)
    ranges = [_projected(table, key.name) for key in table.partition_keys]
    count = 1
    for each in ranges:
        count *= len(each)
    if count > MOST_PARTITIONS:
        raise NotDone(f"project more than {MOST_PARTITIONS:,} partitions")
    return [Partition(values, _projected_place(table, values)) for values in itertools.product(*ranges)]


def _projected(table: Table, key: str) -> list[str]:
    told = {
        name: table.parameters.get(f"projection.{key}.{name}", "")
        for name in ("type", "range", "values", "interval", "digits")
    }
    if told["type"].casefold() == "enum" and told["values"]:
        return [value.strip() for value in told["values"].split(",")]
    bounds = [bound.strip() for bound in told["range"].split(",")]
    if told["type"].casefold() == "integer" and len(bounds) == 2 and all(re.fullmatch(r"-?\d+", b) for b in bounds):
        step, digits = int(told["interval"] or 1), int(told["digits"] or 0)
        return [str(number).zfill(digits) for number in range(int(bounds[0]), int(bounds[1]) + 1, step)]
    if told["type"].casefold() == "date":
        return _projected_days(table, key, bounds)
    if told["type"].casefold() == "injected":
        raise NotDone("do partition projection of the type injected")
    words = (
        f"Table {table.database}.{table.name} is configured for partition projection, "
        f"but the following partition columns are missing projection configuration: [{key}]"
    )
    raise Failed("INVALID_TABLE_PROPERTY", words)


def _projected_days(table: Table, key: str, bounds: list[str]) -> list[str]:
    import datetime

    shape = table.parameters.get(f"projection.{key}.format", "")
    unit = table.parameters.get(f"projection.{key}.interval.unit", "DAYS").upper()
    step = table.parameters.get(f"projection.{key}.interval", "1")
    if shape not in ("yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd") or unit != "DAYS" or len(bounds) != 2:
        raise NotDone("project dates but by days, as yyyy-MM-dd, yyyy/MM/dd or yyyyMMdd")
    python = shape.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")

    def day(text: str) -> datetime.date:
        found = re.fullmatch(r"NOW(?:([+-]\d+)DAYS?)?", text.replace(" ", "").upper())
        if found:
            return datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=int(found[1] or 0))
        try:
            return datetime.datetime.strptime(text, python).date()
        except ValueError:
            raise Failed("INVALID_TABLE_PROPERTY", f"Invalid projection range of {key}: {text}") from None

    first, last = day(bounds[0]), day(bounds[1])
    return [(first + datetime.timedelta(days=n)).strftime(python) for n in range(0, (last - first).days + 1, int(step))]


def _projected_place(table: Table, values: tuple[str, ...]) -> str:
    template = table.parameters.get("storage.location.template", "")
    pairs = dict(zip((key.name for key in table.partition_keys), values, strict=True))
    if template:
        return re.sub(r"\$\{(\w+)\}", lambda found: pairs.get(found[1].casefold(), found[0]), template)
    return f"{table.location.rstrip('/')}/{'/'.join(f'{name}={value}' for name, value in pairs.items())}/"
