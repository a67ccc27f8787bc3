"""Records as Arrow's tables and back: the way between a DynamicFrame and Spark's DataFrame.

A field that still has a choice of types becomes a struct with a field for each type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .choices import as_struct, to_struct
from .refusals import NotDone
from .schema import Array, Atomic, Choice, Record, Struct, Type

ATOMIC = {
    "byte": pa.int8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "null": pa.null(),
}
NAMES = {str(arrow): name for name, arrow in ATOMIC.items()} | {"large_string": "string", "large_binary": "binary"}


def table(records: Sequence[Record], schema: Struct) -> pa.Table:
    """The table of records; a field that a record lacks is null there."""
    rows = [_plain(record, schema) for record in records]
    return pa.Table.from_pylist(rows, pa.schema(list(_arrow(schema))))


def records(found: pa.Table) -> tuple[list[Record], Struct]:
    """The records of a table, and their schema. Raises NotDone for types that a frame does not hold here."""
    fields = tuple((field.name, _type(field.type)) for field in found.schema)
    return found.to_pylist(), Struct(fields)


def _arrow(type: Type) -> Any:
    if isinstance(type, Choice):
        return _arrow(as_struct(type))
    if isinstance(type, Array):
        return pa.list_(_arrow(type.element))
    if isinstance(type, Struct):
        return pa.struct([(name, _arrow(held)) for name, held in type.fields])
    if type.name.startswith("decimal("):
        return pa.decimal128(*map(int, type.name[8:-1].split(",")))
    return ATOMIC[type.name]


def _plain(value: Any, type: Type) -> Any:
    if value is None or isinstance(type, Atomic):
        return value
    if isinstance(type, Choice):
        return _plain(to_struct(value, type), as_struct(type))
    if isinstance(type, Array):
        return [_plain(each, type.element) for each in value]
    return {name: _plain(value.get(name), held) for name, held in type.fields}


def _type(arrow: Any) -> Type:
    if pa.types.is_struct(arrow):
        return Struct(tuple((field.name, _type(field.type)) for field in arrow))
    if pa.types.is_list(arrow) or pa.types.is_large_list(arrow):
        return Array(_type(arrow.value_type))
    if pa.types.is_decimal(arrow):
        return Atomic(f"decimal({arrow.precision},{arrow.scale})")
    if pa.types.is_timestamp(arrow):
        return Atomic("timestamp")
    if str(arrow) not in NAMES:
        raise NotDone(f"The lab does not hold values of {arrow} in a DynamicFrame.")
    return Atomic(NAMES[str(arrow)])
