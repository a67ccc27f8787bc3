"""What a file holds, by its bytes: CSV, lines of JSON, or Parquet, and the columns with their types; and the types that
several files agree on.

Glue's own rules are published in part only: where they are silent, these are the lab's. Names are folded to lower case.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Format = Literal["csv", "json", "parquet"]
SAMPLED = 1 << 20  # bytes of text that are looked at
DELIMITERS = (",", "\t", "|", ";")
WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,17})")
FRACTION = re.compile(r"[+-]?(0|[1-9]\d*)?\.\d+([eE][+-]?\d+)?|[+-]?(0|[1-9]\d*)[eE][+-]?\d+")
HEADING = re.compile(r"[A-Za-z_][\w .-]{0,149}", re.ASCII)
NUMBERS: Sequence[Any] = ("tinyint", "smallint", "int", "bigint", "float", "double")  # each holds those before it
UNKNOWN = ""  # the type of a column of which no value is there

Type = str | tuple[str, Any]  # a scalar; ("array", Type); ("struct", {name: Type})


@dataclass(frozen=True)
class Schema:
    """What a file holds: its columns in order, with Hive types; for CSV the delimiter, and whether it has a header."""

    format: Format
    columns: Mapping[str, Type]
    delimiter: str = ""
    header: bool = False
    rows: int = 0


def schema(body: bytes) -> Schema | None:
    """The schema of a file; None when it is of no kind that is known here, or empty."""
    if body[:4] == b"PAR1":
        return _parquet(body)
    text = _text(body)
    if not text.strip():
        return None
    return _json(text) or _csv(text)


def merged(one: Type, other: Type) -> Type:
    """The type that holds the values of both: the wider of two numbers, the fields of two structures; else text."""
    if one == other or other == UNKNOWN:
        return one
    if one == UNKNOWN:
        return other
    if one in NUMBERS and other in NUMBERS:
        return max(one, other, key=NUMBERS.index)
    if isinstance(one, tuple) and isinstance(other, tuple) and one[0] == other[0]:
        return (one[0], merged(one[1], other[1]) if one[0] == "array" else united([one[1], other[1]]))
    return "string"


def united(columns: Iterable[Mapping[str, Type]]) -> dict[str, Type]:
    """The columns of several files, in the order in which they are met."""
    found: dict[str, Type] = {}
    for given in columns:
        for name, kind in given.items():
            found[name] = merged(found.get(name, UNKNOWN), kind)
    return found


def written(kind: Type) -> str:
    """A type as Hive writes it; one of which no value was seen is text."""
    if isinstance(kind, str):
        return kind or "string"
    if kind[0] == "array":
        return f"array<{written(kind[1])}>"
    return f"struct<{','.join(f'{name}:{written(item)}' for name, item in kind[1].items())}>"


def scalar(text: str) -> Type:
    """The type of one value of a CSV file. A number with a leading zero is text: it would not come back as it was."""
    text = text.strip()
    if not text:
        return UNKNOWN
    if WHOLE.fullmatch(text):
        return "bigint"
    if FRACTION.fullmatch(text):
        return "double"
    return "boolean" if text.lower() in ("true", "false") else "string"


def _text(body: bytes) -> str:
    """The first part of a file as text, unpacked where it is of gzip; its last line may be cut off."""
    if body[:2] == b"\x1f\x8b":
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, SAMPLED + 1)
        except zlib.error:
            return ""
    if b"\0" in body[:SAMPLED]:
        return ""
    whole, text = len(body) <= SAMPLED, body[:SAMPLED].decode("utf-8-sig", "replace")
    return text if whole else text.rpartition("\n")[0]


def _json(text: str) -> Schema | None:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        records = [json.loads(line) for line in lines]
        if not all(isinstance(record, dict) for record in records):
            return None
        return Schema("json", united(_fields(record) for record in records), rows=len(records))
    except (ValueError, RecursionError):
        return None


def _fields(record: Mapping[str, Any]) -> dict[str, Type]:
    return united([{name.lower(): _value(value)} for name, value in record.items()])


def _value(value: Any) -> Type:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "bigint"
    if isinstance(value, float):
        return "double"
    if isinstance(value, list):
        kinds = united([{"": _value(item)} for item in value])
        return ("array", kinds.get("", UNKNOWN))
    return ("struct", _fields(value)) if isinstance(value, dict) else "string"


def _csv(text: str) -> Schema | None:
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error:
        return None
    width = len(rows[0]) if rows else 0
    if width < 2 or any(len(row) != width for row in rows):
        return None
    header = _is_header(rows)
    names = [name.strip().lower() for name in rows[0]] if header else [f"col{number}" for number in range(width)]
    columns = [united([{name: scalar(row[place])} for row in rows[header:]]) for place, name in enumerate(names)]
    found = {name: column.get(name, UNKNOWN) for name, column in zip(names, columns, strict=True)}
    return Schema("csv", found, delimiter, header, len(rows) - header)


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: names that differ, over values that are not all text; or alone."""
    first = [name.strip() for name in rows[0]]
    if len({name.lower() for name in first}) < len(first):
        return False
    if not all(HEADING.fullmatch(name) and scalar(name) == "string" for name in first):
        return False
    return len(rows) == 1 or any(scalar(cell) not in (UNKNOWN, "string") for row in rows[1:] for cell in row)


def _parquet(body: bytes) -> Schema | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.ParquetFile(pa.BufferReader(body))
        columns = {field.name.lower(): _arrow(field.type) for field in metadata.schema_arrow}
        return Schema("parquet", columns, rows=int(metadata.metadata.num_rows))
    except (pa.ArrowException, OSError, ValueError):
        return None


def _arrow(kind: Any) -> Type:
    import pyarrow as pa

    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return ("array", _arrow(kind.value_type))
    if pa.types.is_struct(kind):
        return ("struct", {field.name.lower(): _arrow(field.type) for field in kind})
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    if pa.types.is_dictionary(kind):
        return _arrow(kind.value_type)
    return HIVE.get(str(kind), "string")


HIVE = {
    **dict.fromkeys(("int8", "uint8"), "tinyint"),
    **dict.fromkeys(("int16", "uint16"), "smallint"),
    **dict.fromkeys(("int32", "uint32"), "int"),
    **dict.fromkeys(("int64", "uint64"), "bigint"),
    "float": "float",
    "double": "double",
    "bool": "boolean",
    "date32[day]": "date",
    "binary": "binary",
}
