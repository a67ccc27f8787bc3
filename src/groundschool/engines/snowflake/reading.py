"""What a file holds, as rows: fields of CSV, or one JSON text a row for JSON and Parquet."""

from __future__ import annotations

import datetime as dt
import decimal
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groundschool.engines.snowflake.failure import Failed
from groundschool.engines.snowflake.formats import Format
from groundschool.engines.written import Written

MOST_ROWS = 2_000_000
LARGEST = 256 << 20
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}
NOT_CLOSED = (100016, "22000", "End of record reached while expected to find the closing quote")


@dataclass(frozen=True)
class Field:
    """A field of a row: its value, and the character of the line at which it begins."""

    value: str | None
    at: int = 1


@dataclass(frozen=True)
class Row:
    """A row of a file: its number, the line it begins on, its fields, its text; or why it cannot be read."""

    number: int
    line: int
    fields: tuple[Field, ...]
    text: str = ""
    failed: tuple[int, str, str] | None = None


@dataclass(frozen=True)
class Content:
    """The rows of a file; the names of its fields where its header was read."""

    rows: tuple[Row, ...]
    header: tuple[str, ...] = ()


def read(content: bytes, name: str, format: Format) -> Content:
    """The rows of a file. Raises Failed where none of it can be read."""
    try:
        plain = _unpacked(content, name, format)
    except (OSError, EOFError, zlib.error):
        raise Failed(100142, "22000", f"Error reading file '{name}': it is not what its compression says.") from None
    if format.kind == "PARQUET":
        return _parquet(plain, name)
    encoding = "utf-8-sig" if format.on("SKIP_BYTE_ORDER_MARK") else "utf-8"
    try:
        text = plain.decode(encoding, "replace" if format.on("REPLACE_INVALID_CHARACTERS") else "strict")
    except UnicodeDecodeError:
        words = f"Invalid UTF8 detected in string of file '{name}'"
        raise Failed(100144, "22000", words) from None
    rows = _json(text, format) if format.kind == "JSON" else _csv(text, format)
    if not format.on("PARSE_HEADER"):
        return Content(tuple(rows))
    first = next(rows, Row(0, 0, ()))
    return Content(tuple(rows), tuple(field.value or "" for field in first.fields))


def _unpacked(content: bytes, name: str, format: Format) -> bytes:
    packed = content[:2] == b"\x1f\x8b"
    if format.kind == "PARQUET" or format.compression == "NONE" or (format.compression == "AUTO" and not packed):
        return content
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        found = file.read(LARGEST + 1)
    if len(found) > LARGEST:
        raise Failed(2, "0A000", f"The lab does not read files of more than {LARGEST >> 20} MiB.")
    return found


def _csv(text: str, format: Format) -> Iterator[Row]:
    """Records as they are, the ones to be skipped left out."""
    number = 0
    for line, record in enumerate_records(text, format):
        if line <= format.skipped or (record == "" and format.on("SKIP_BLANK_LINES")):
            continue
        number += 1
        yield _record(number, line, record, format)


def enumerate_records(text: str, format: Format) -> Iterator[tuple[int, str]]:
    """The records of a text with the lines they begin on. A line's end inside quotes does not end a record."""
    quote = format.values["FIELD_OPTIONALLY_ENCLOSED_BY"]
    line, start, inside, first = 1, 0, False, 1
    position, size = 0, len(text)
    while position < size:
        sign = text[position]
        if quote and sign == quote:
            inside = not inside
        elif sign in "\r\n":
            end = position
            if sign == "\r" and text[position + 1 : position + 2] == "\n":
                position += 1
            line += 1
            if not inside:
                yield first, text[start:end]
                start, first = position + 1, line
        position += 1
    if start < size:
        yield first, text[start:]


def _record(number: int, line: int, record: str, format: Format) -> Row:
    fields, position, failed = [], 0, None
    delimiter = format.values["FIELD_DELIMITER"]
    while True:
        field, position, failed = _field(record, position, format)
        fields.append(field)
        if failed or position >= len(record):
            break
        position += 1
        if position == len(record) and delimiter:
            fields.append(Field(_missing(format), position + 1))
            break
    return Row(number, line, tuple(fields), record, failed)


def _missing(format: Format) -> str | None:
    return None if format.on("EMPTY_FIELD_AS_NULL") or "" in format.nulls else ""


def _field(record: str, at: int, format: Format) -> tuple[Field, int, tuple[int, str, str] | None]:
    """The field that begins at a place, the place behind it, and why it cannot be read."""
    delimiter, quote = format.values["FIELD_DELIMITER"], format.values["FIELD_OPTIONALLY_ENCLOSED_BY"]
    start = at
    if format.on("TRIM_SPACE"):
        while record[start : start + 1] == " ":
            start += 1
    if quote and record[start : start + 1] == quote:
        return _enclosed(record, at, start, format)
    escape, end, value = format.values["ESCAPE_UNENCLOSED_FIELD"], at, []
    while end < len(record) and record[end] != delimiter:
        if escape and record[end] == escape and end + 1 < len(record):
            value.append(record[end : end + 2])
            end += 2
        else:
            value.append(record[end])
            end += 1
    raw = "".join(value)
    if format.on("TRIM_SPACE"):
        raw = raw.strip(" ")
    if raw in format.nulls or (raw == "" and format.on("EMPTY_FIELD_AS_NULL")):
        return Field(None, at + 1), end, None
    return Field(_unescaped(raw, escape), at + 1), end, None


def _enclosed(record: str, at: int, start: int, format: Format) -> tuple[Field, int, tuple[int, str, str] | None]:
    quote, escape = format.values["FIELD_OPTIONALLY_ENCLOSED_BY"], format.values["ESCAPE"]
    value, end = [], start + 1
    while end < len(record):
        if escape and record[end] == escape and end + 1 < len(record):
            value.append(ESCAPED.get(record[end + 1], record[end + 1]))
            end += 2
        elif record[end] == quote and record[end + 1 : end + 2] == quote:
            value.append(quote)
            end += 2
        elif record[end] == quote:
            return _closed("".join(value), record, at, end + 1, format)
        else:
            value.append(record[end])
            end += 1
    return Field("".join(value), at + 1), end, NOT_CLOSED


def _closed(
    value: str, record: str, at: int, end: int, format: Format
) -> tuple[Field, int, tuple[int, str, str] | None]:
    delimiter = format.values["FIELD_DELIMITER"]
    if format.on("TRIM_SPACE"):
        while record[end : end + 1] == " ":
            end += 1
    field = Field(None if value in format.nulls else value, at + 1)
    if end < len(record) and record[end] != delimiter:
        words = f"Found character '{record[end]}' instead of field delimiter '{delimiter}'"
        return field, end, (100016, "22000", words)
    return field, end, None


def _unescaped(raw: str, escape: str) -> str:
    if not escape or escape not in raw:
        return raw
    found, position = [], 0
    while position < len(raw):
        if raw[position] == escape and position + 1 < len(raw):
            position += 1
            found.append(ESCAPED.get(raw[position], raw[position]))
        else:
            found.append(raw[position])
        position += 1
    return "".join(found)


# -- JSON and Parquet


def _json(text: str, format: Format) -> Iterator[Row]:
    decoder = json.JSONDecoder(parse_float=Written, parse_constant=_refuse, object_pairs_hook=_pairs(format))
    position, number = 0, 0
    while (position := _solid(text, position)) < len(text):
        line = text.count("\n", 0, position) + 1
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            words = f"Error parsing JSON: {error.msg if isinstance(error, json.JSONDecodeError) else error}"
            yield Row(number + 1, line, (), text[position : position + 100], (100069, "22P02", words))
            return
        items = value if isinstance(value, list) and format.on("STRIP_OUTER_ARRAY") else [value]
        for item in items:
            number += 1
            shown = dumped(_without_nulls(item) if format.on("STRIP_NULL_VALUES") else item)
            yield Row(number, line, (Field(shown),), shown)
        position = end


def dumped(value: Any) -> str:
    """A value as JSON."""
    if isinstance(value, Written):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k), ensure_ascii=False)}:{dumped(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dumped, value)) + "]"
    return json.dumps(_plain(value), ensure_ascii=False) if not isinstance(value, decimal.Decimal) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        whole = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
        return whole.isoformat(sep=" ", timespec="milliseconds" if whole.microsecond % 1000 == 0 else "microseconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _solid(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _refuse(name: str) -> Any:
    raise ValueError(f"unknown keyword {name}")


def _pairs(format: Format) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found) and not format.on("ALLOW_DUPLICATE"):
            raise ValueError("duplicate object attribute")
        return made

    return pairs


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value if item is not None] if isinstance(value, list) else value


def _parquet(content: bytes, name: str) -> Content:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError):
        raise Failed(100145, "22000", f"Error parsing the Parquet file '{name}'") from None
    rows = (dumped({k: v for k, v in row.items() if v is not None}) for row in table.to_pylist())
    return Content(tuple(Row(number, number, (Field(text),), text) for number, text in enumerate(rows, 1)))
