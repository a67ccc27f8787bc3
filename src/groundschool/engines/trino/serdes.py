"""Files as rows, as Hive's serialization libraries read them: fields by column, only those that are asked for.

What is no value of its column reads as NULL in LazySimpleSerDe, and fails the query in the others.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from groundschool.engines.trino import patterns
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.tables import Storage, Table
from groundschool.engines.trino.types import Type, parse
from groundschool.engines.trino.values import arrow, from_json, from_numbers, from_text

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
HCATALOG = ("org.apache.hive.hcatalog.data.JsonSerDe", "org.apache.hadoop.hive.serde2.JsonSerDe")
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
UNPACKED: dict[str, Any] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File}
PACKED = (".snappy", ".deflate", ".zst", ".lz4", ".lzo", ".zip", ".z", ".7z", ".xz")
LARGEST = 512 << 20  # bytes of a file once it is unpacked


@dataclass(frozen=True)
class Wanted:
    """The columns of a table, by place, and the places of those that are read."""

    table: Table
    types: tuple[Type, ...]
    places: tuple[int, ...]

    def name(self, place: int) -> str:
        return self.table.columns[place].name

    def schema(self) -> Any:
        """The Arrow schema of what is read."""
        return pa.schema([(self.name(place), arrow(self.types[place])) for place in self.places])


def wanted(table: Table, names: frozenset[str]) -> Wanted:
    """The columns of these names."""
    types = tuple(parse(column.type) for column in table.columns)
    places = tuple(place for place, column in enumerate(table.columns) if column.name in names)
    return Wanted(table, types, places)


def scanned(storage: Storage, content: bytes, want: Wanted) -> int:
    """The bytes that a query for these columns reads of a file: in Parquet their chunks, in text all."""
    if storage.library != PARQUET:
        return len(content)
    metadata = _parquet(content).metadata
    names = {want.name(place) for place in want.places}
    chunks = (metadata.row_group(group).column(place) for group in range(metadata.num_row_groups)
              for place in range(metadata.num_columns))  # fmt: skip
    return sum(chunk.total_compressed_size for chunk in chunks if _top(chunk.path_in_schema) in names)


def _top(path: str) -> str:
    return path.split(".")[0].casefold()


def read(storage: Storage, path: str, content: bytes, want: Wanted) -> Any:
    """The rows of a file as an Arrow table. Raises Failed, NotDone."""
    if storage.library == PARQUET:
        return _read_parquet(path, content, want)
    readers: dict[str, Callable[..., list[list[Any]]]] = {
        LAZY: _lazy, OPEN_CSV: _open_csv, REGEX: _regex, OPENX: _json, **dict.fromkeys(HCATALOG, _json),
    }  # fmt: skip
    if storage.library not in readers:
        raise NotDone(f"read files with {storage.library or 'no serialization library'}")
    found = lines(path, content, want.table)
    if not want.places:
        return pa.table({"": pa.nulls(len(found), pa.int8())})
    columns = readers[storage.library](storage.parameters, found, want)
    arrays = [pa.array(values, arrow(want.types[place])) for place, values in zip(want.places, columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=want.schema())


def lines(path: str, content: bytes, table: Table) -> list[str]:
    """The lines of a text file, unpacked by its name's ending, without the header that the table says it has."""
    name = path.casefold()
    if name.endswith(PACKED):
        raise NotDone(f"unpack {path}; it reads {', '.join(UNPACKED)} and plain files")
    for ending, unpack in UNPACKED.items():
        if name.endswith(ending):
            try:
                with unpack(io.BytesIO(content)) if ending == ".bz2" else unpack(fileobj=io.BytesIO(content)) as packed:
                    content = packed.read(LARGEST + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise Failed("HIVE_CANNOT_OPEN_SPLIT", f"Error opening Hive split {path}: {error}") from None
    if len(content) > LARGEST:
        raise NotDone(f"read a file of more than {LARGEST >> 20} MiB: {path}")
    text = content.decode("utf-8", "replace")
    found = re.split("\r\n|\n|\r", text)
    skipped = table.parameters.get("skip.header.line.count", "0")
    return (found[:-1] if found[-1] == "" else found)[int(skipped) if skipped.isdigit() else 0 :]


def _delimiter(text: str, default: str) -> str:
    """A delimiter as DDL writes it: a character, an escape, or a number in octal or decimal."""
    if not text:
        return default
    if text.isdigit() and len(text) > 1:
        return chr(int(text))
    plain = {"\\t": "\t", "\\n": "\n", "\\\\": "\\", "\\0": "\0", "\\b": "\b"}
    if text in plain:
        return plain[text]
    octal = re.fullmatch(r"\\(?:u00)?([0-7]{3}|[0-9a-fA-F]{2})", text)
    return chr(int(octal[1], 8 if len(octal[1]) == 3 else 16)) if octal else text[0]


def _lazy(parameters: Mapping[str, str], found: list[str], want: Wanted) -> list[list[Any]]:
    between = _delimiter(parameters.get("field.delim", parameters.get("serialization.format", "")), "\x01")
    if parameters.get("field.delim") is None and parameters.get("serialization.format") == "1":
        between = "\x01"
    escape = _delimiter(parameters.get("escape.delim", ""), "")
    null = parameters.get("serialization.null.format", "\\N")
    fields = [_split(line, between, escape) if escape else line.split(between) for line in found]
    inside = (_delimiter(parameters.get("collection.delim", parameters.get("colelction.delim", "")), "\x02"),
              _delimiter(parameters.get("mapkey.delim", ""), "\x03"))  # fmt: skip
    columns = []
    for place in want.places:
        convert = _lazily(want.types[place], inside, null)
        columns.append([convert(line[place]) if place < len(line) else None for line in fields])
    return columns


def _split(line: str, between: str, escape: str) -> list[str]:
    fields, current, position = [], [], 0
    while position < len(line):
        sign = line[position]
        if sign == escape and position + 1 < len(line):
            current.append(line[position + 1])
            position += 2
            continue
        if sign == between:
            fields.append("".join(current))
            current = []
        else:
            current.append(sign)
        position += 1
    return [*fields, "".join(current)]


def _lazily(type: Type, inside: tuple[str, str], null: str) -> Callable[[str], Any]:
    """The reading of one field: NULL where its text is not a value of the type."""
    if any(part.parts for part in type.parts):
        raise NotDone(f"read a column of type {type} from delimited text")
    parts = [_lazily(part, inside, null) for part in type.parts]
    if type.name == "array":
        return lambda text: None if text == null else [parts[0](item) for item in text.split(inside[0])] if text else []
    if type.name == "map":

        def pairs(text: str) -> Any:
            halves = [item.partition(inside[1]) for item in text.split(inside[0])] if text else []
            return None if text == null else [(parts[0](key), parts[1](value)) for key, _, value in halves]

        return pairs
    if type.name == "row":

        def record(text: str) -> Any:
            given = text.split(inside[0])
            return (
                None
                if text == null
                else {
                    f"f{place}": part(given[place]) if place < len(given) else None for place, part in enumerate(parts)
                }
            )

        return record
    convert = from_text(type)

    def one(text: str) -> Any:
        try:
            return None if text == null else convert(text)
        except ValueError:
            return None

    return one


def _open_csv(parameters: Mapping[str, str], found: list[str], want: Wanted) -> list[list[Any]]:
    signs = {
        "delimiter": _delimiter(parameters.get("separatorChar", ""), ","),
        "quotechar": _delimiter(parameters.get("quoteChar", ""), '"'),
        "escapechar": _delimiter(parameters.get("escapeChar", ""), "\\"),
    }
    if signs["escapechar"] == signs["quotechar"]:
        signs["escapechar"] = None  # type: ignore[assignment]  # a doubled quote is one anyway
    fields = [next(csv.reader([line], **signs), [""]) for line in found]  # type: ignore[arg-type]
    columns = []
    for place in want.places:
        convert = from_numbers(want.types[place])
        values = (line[place] if place < len(line) else None for line in fields)
        columns.append([None if text is None else _or_bad(convert, text, place) for text in values])
    return columns


def _or_bad(convert: Callable[[str], Any], text: str, place: int) -> Any:
    try:
        return convert(text)
    except ValueError:
        words = f"Error parsing field value '{text[:60]}' for field {place}: For input string: \"{text[:60]}\""
        raise Failed("HIVE_BAD_DATA", words) from None


def _regex(parameters: Mapping[str, str], found: list[str], want: Wanted) -> list[list[Any]]:
    pattern = parameters.get("input.regex", "")
    flags = "(?i)" if parameters.get("input.regex.case.insensitive", "").casefold() == "true" else ""
    groups = patterns.groups(flags + pattern, found)
    if groups.count != len(want.types):
        words = f"Number of matching groups doesn't match the number of columns: {groups.count}, {len(want.types)}"
        raise Failed("HIVE_SERDE_NOT_FOUND" if not pattern else "HIVE_BAD_DATA", words)
    columns = []
    for place in want.places:
        convert = _lazily(want.types[place], ("\x02", "\x03"), "")
        text_type = want.types[place].name == "varchar"
        columns.append([None if t is None else t if text_type else convert(t) for t in groups.columns[place]])
    return columns


def _json(parameters: Mapping[str, str], found: list[str], want: Wanted) -> list[list[Any]]:
    lenient = parameters.get("ignore.malformed.json", "").casefold() == "true"
    names = [_key(want.name(place), parameters) for place in want.places]
    rows = [_object(line, number, lenient) for number, line in enumerate(found, 1)]
    columns = []
    for place, name in zip(want.places, names, strict=True):
        columns.append([_json_field(want.types[place], row.get(name), want.name(place)) for row in rows])
    return columns


def _key(column: str, parameters: Mapping[str, str]) -> str:
    return parameters.get(f"mapping.{column}", column).casefold()


def _object(line: str, number: int, lenient: bool) -> Mapping[str, Any]:
    if not line.strip():
        return {}
    try:
        found = json.loads(line)
        if isinstance(found, dict):
            return {key.casefold(): value for key, value in found.items()}
    except (ValueError, RecursionError):
        pass
    if lenient:
        return {}
    words = f"Row is not a valid JSON Object - JSONException: line {number}: {line[:60]!r}"
    raise Failed("HIVE_CURSOR_ERROR", words)


def _json_field(type: Type, value: Any, name: str) -> Any:
    try:
        return from_json(type, value)
    except ValueError as error:
        raise Failed("HIVE_BAD_DATA", f"Error parsing a value of column '{name}' as {type}: {error}") from None


def _parquet(content: bytes) -> Any:
    try:
        return pq.ParquetFile(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise Failed("HIVE_CANNOT_OPEN_SPLIT", f"Not valid Parquet file: {str(error)[:120]}") from None


def _read_parquet(path: str, content: bytes, want: Wanted) -> Any:
    file = _parquet(content)
    held = {name.casefold(): name for name in file.schema_arrow.names}
    places = [place for place in want.places if want.name(place) in held]
    table = file.read(columns=[held[want.name(place)] for place in places])
    if not want.places:
        return pa.table({"": pa.nulls(file.metadata.num_rows, pa.int8())})
    columns = {want.name(place): _fitting(table.column(held[want.name(place)]), want, place, path) for place in places}
    arrays = [columns.get(field.name, pa.nulls(file.metadata.num_rows, field.type)) for field in want.schema()]
    return pa.Table.from_arrays(arrays, schema=want.schema())


def _fitting(column: Any, want: Wanted, place: int, path: str) -> Any:
    """A column of the file as the table's type, where Parquet's readers take the one for the other."""
    type, target = want.types[place], arrow(want.types[place])
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if type.parts:
        return pa.chunked_array([pa.array([_nested(type, value) for value in column.to_pylist()], target)])
    if column.type != target and not _reads_as(column.type, target):
        words = (
            f"Field {want.name(place)}'s type {column.type} in parquet file {path} is incompatible "
            f"with type {type} defined in table schema"
        )
        raise Failed("HIVE_BAD_DATA", words)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        return column.cast(target)
    except pa.ArrowException as error:
        raise Failed("HIVE_BAD_DATA", f"{path}: {str(error)[:160]}") from None


def _reads_as(held: Any, target: Any) -> bool:
    families = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_timestamp)
    texts = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    return any(family(held) and family(target) for family in families) or (held in texts and target in texts)


def _nested(type: Type, value: Any) -> Any:
    """A nested value with the fields of rows by place."""
    if value is None or not type.parts:
        return value
    if type.name == "array":
        return [_nested(type.parts[0], item) for item in value]
    if type.name == "map":
        pairs = value.items() if isinstance(value, dict) else value
        return [(_nested(type.parts[0], key), _nested(type.parts[1], item)) for key, item in pairs]
    found = {key.casefold(): item for key, item in value.items()}
    fields: Iterator[tuple[int, tuple[str, Type]]] = enumerate(zip(type.names, type.parts, strict=True))
    return {f"f{place}": _nested(part, found.get(name)) for place, (name, part) in fields}
