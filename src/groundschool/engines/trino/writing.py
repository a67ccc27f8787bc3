"""CREATE TABLE … AS and INSERT INTO: a query's rows as Parquet files under a location, by partition."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from groundschool.engines.trino import serdes, types
from groundschool.engines.trino.casts import cast
from groundschool.engines.trino.definitions import PARQUET, location
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.relation import Query
from groundschool.engines.trino.tables import Column, Files, Partition, Storage, Table
from groundschool.engines.trino.typed import Typed
from groundschool.engines.trino.types import Type
from groundschool.engines.trino.words import Reader

MOST_PARTITIONS = 100
PARQUET_STORAGE = Storage(serdes.PARQUET, {"serialization.format": "1"}, *PARQUET)
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
PROPERTIES = ("format", "external_location", "partitioned_by", "write_compression", "parquet_compression",
              "is_external", "table_type")  # fmt: skip
CODECS = {"SNAPPY": "snappy", "GZIP": "gzip", "ZSTD": "zstd", "NONE": "none", "UNCOMPRESSED": "none"}


@dataclass(frozen=True)
class Target:
    """A table that is being made: where, by which keys, packed how."""

    database: str
    name: str
    location: str
    keys: tuple[str, ...]
    codec: str


def target(reader: Reader, database: str, name: str, output: str, forced: bool) -> Target:
    """What WITH (…) says of a table, up to its AS. Raises Failed, NotDone."""
    given: dict[str, Any] = {}
    if reader.takes("WITH"):
        reader.expect("(")
        while True:
            key = reader.name()
            reader.expect("=")
            given[key] = _value(reader)
            if not reader.takes(","):
                break
        reader.expect(")")
    reader.expect("AS")
    for key in given:
        if key not in PROPERTIES:
            raise NotDone(f"know the table property {key}")
    kind = str(given.get("format", "PARQUET")).upper()
    if kind != "PARQUET" or str(given.get("table_type", "HIVE")).upper() != "HIVE":
        raise NotDone("write tables but as PARQUET, of the type HIVE")
    codec = str(given.get("write_compression", given.get("parquet_compression", "SNAPPY"))).upper()
    if codec not in CODECS:
        raise NotDone(f"compress Parquet with {codec}")
    where = given.get("external_location")
    if where and forced:
        words = (
            "The Create Table As Select query failed because it was submitted with an 'external_location' "
            "property to an Athena Workgroup that enforces a centralized output location "
            "for all queries. Please remove the 'external_location' property and resubmit "
            "the query."
        )
        raise Failed("", words)
    place = location(str(where)) if where else f"{output.rstrip('/')}/tables/{uuid.uuid4()}"
    return Target(database, name, f"{place.rstrip('/')}/", tuple(given.get("partitioned_by", ())), CODECS[codec])


def _value(reader: Reader) -> Any:
    if reader.next.kind == "string":
        return reader.string()
    if reader.takes("ARRAY"):
        reader.expect("[")
        items = [reader.string().casefold()]
        while reader.takes(","):
            items.append(reader.string().casefold())
        reader.expect("]")
        return tuple(items)
    word = reader.next.text
    reader.place += 1
    return word


def table_of(target: Target, query: Query) -> Table:
    """The definition of a table that a query fills. Raises Failed."""
    names = []
    for place, column in enumerate(query.columns, 1):
        if column.name is None:
            raise Failed("MISSING_COLUMN_NAME", f"Column name not specified at position {place}")
        names.append(column.name.casefold())
    for name in names:
        if names.count(name) > 1:
            raise Failed("DUPLICATE_COLUMN_NAME", f"Column name '{name}' specified more than once")
    columns = tuple(Column(name, types.hive(out.value.type)) for name, out in zip(names, query.columns, strict=True))
    count = len(names) - len(target.keys)
    if any(key not in names for key in target.keys):
        raise Failed("INVALID_TABLE_PROPERTY", f"Partition columns {list(target.keys)} not present in schema")
    if tuple(names[count:]) != target.keys:
        words = (
            "Partition keys must be the last columns in the table and in the same order "
            f"as the table properties: {list(target.keys)}"
        )
        raise Failed("HIVE_COLUMN_ORDER_MISMATCH", words)
    if not count:
        raise Failed("INVALID_TABLE_PROPERTY", "Table contains only partition columns")
    storage = PARQUET_STORAGE
    parameters = {"EXTERNAL": "TRUE", "parquet.compression": target.codec.upper()}
    return Table(target.database, target.name, columns[:count], columns[count:], target.location, storage, parameters)


def selected(query: Query, table: Table) -> str:
    """The query's rows as the table's columns, the keys as text in Hive's way. Raises Failed where types differ."""
    every = (*table.columns, *table.partition_keys)
    parts = []
    for place, (column, out) in enumerate(zip(every, query.columns, strict=True)):
        kind, value = types.parse(column.type), out.value
        if not types.becomes(value.type, kind):
            shown = [[str(types.parse(each.type)) for each in every], [str(each.value.type) for each in query.columns]]
            raise Failed(
                "TYPE_MISMATCH", f"Insert query has mismatched column types: Table: {shown[0]}, Query: {shown[1]}"
            )
        given = cast(Typed(f"c{place}", value.type), kind)
        if place >= len(table.columns):
            given = Typed(f"coalesce({cast(given, types.VARCHAR).sql}, '{NO_VALUE}')", types.VARCHAR)
        parts.append(f"{given.sql} AS c{place}")
    return f"SELECT {', '.join(parts)} FROM ({query.sql})"


def write(rows: Any, table: Table, files: Files, codec: str) -> tuple[list[Partition], list[str]]:
    """Writes Arrow rows, keys last, as files of the table; the partitions and the addresses. Raises Failed."""
    count = len(table.columns)
    kinds = [types.parse(column.type) for column in table.columns]
    if not table.partition_keys:
        path = f"{table.location.rstrip('/')}/{_name()}"
        files.write(path, _parquet(rows, table.columns, kinds, codec))
        return [], [path]
    keys = rows.select([f"c{count + place}" for place in range(len(table.partition_keys))])
    groups = keys.group_by(keys.column_names).aggregate([]).to_pylist() if rows.num_rows else []
    if len(groups) > MOST_PARTITIONS:
        words = f"Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets"
        raise Failed("HIVE_TOO_MANY_OPEN_PARTITIONS", words)
    partitions, written = [], []
    for group in groups:
        mask = None
        for name, value in group.items():
            hit = pc.equal(rows.column(name), value)
            mask = hit if mask is None else pc.and_(mask, hit)
        values = tuple(str(value) for value in group.values())
        pairs = zip((key.name for key in table.partition_keys), values, strict=True)
        folder = (
            f"{table.location.rstrip('/')}/{'/'.join(f'{name}={quote(value, safe=SAFE)}' for name, value in pairs)}/"
        )
        path = f"{folder}{_name()}"
        files.write(path, _parquet(rows.filter(mask), table.columns, kinds, codec))
        partitions.append(Partition(values, folder))
        written.append(path)
    return partitions, written


SAFE = " -_.~!$&()+,;@"


def _name() -> str:
    return f"{uuid.uuid4().hex}.parquet"


def _parquet(rows: Any, columns: Sequence[Column], kinds: Sequence[Type], codec: str) -> bytes:
    fields = [pa.field(column.name, _named(kind)) for column, kind in zip(columns, kinds, strict=True)]
    arrays = []
    for place, field in enumerate(fields):
        column = rows.column(f"c{place}")
        arrays.append(_renamed(column, kinds[place], field.type))
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression=codec)
    return sink.getvalue()


def _named(kind: Type) -> Any:
    """The Arrow type with the fields of rows by their names."""
    from groundschool.engines.trino.values import arrow

    if kind.name == "array":
        return pa.list_(_named(kind.parts[0]))
    if kind.name == "map":
        return pa.map_(_named(kind.parts[0]), _named(kind.parts[1]))
    if kind.name == "row":
        if not all(kind.names):
            raise Failed("NOT_SUPPORTED", f"Unsupported Hive type: {kind}: its fields have no names")
        return pa.struct([(name, _named(part)) for name, part in zip(kind.names, kind.parts, strict=True)])
    return arrow(kind)


def _renamed(column: Any, kind: Type, target: Any) -> Any:
    if not kind.parts:
        return column.cast(target)
    return pa.array([_value_named(kind, value) for value in column.to_pylist()], target)


def _value_named(kind: Type, value: Any) -> Any:
    if value is None or not kind.parts:
        return value
    if kind.name == "array":
        return [_value_named(kind.parts[0], item) for item in value]
    if kind.name == "map":
        pairs = value.items() if isinstance(value, dict) else value
        return [(_value_named(kind.parts[0], key), _value_named(kind.parts[1], item)) for key, item in pairs]
    fields = enumerate(zip(kind.names, kind.parts, strict=True))
    return {name: _value_named(part, value[f"f{place}"]) for place, (name, part) in fields}
