"""COPY INTO a stage: the rows of a query, or of a table, written as files."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from groundschool.engines.snowflake import formats, locations
from groundschool.engines.snowflake.failure import Failed, NotDone, bad_option, wrong
from groundschool.engines.snowflake.formats import Format
from groundschool.engines.snowflake.outcome import NUMBER, Outcome, rows
from groundschool.engines.snowflake.reading import dumped
from groundschool.engines.snowflake.words import Words, flag, unquoted

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

OPTIONS = (
    "FILE_FORMAT",
    "OVERWRITE",
    "SINGLE",
    "MAX_FILE_SIZE",
    "HEADER",
    "DETAILED_OUTPUT",
    "VALIDATION_MODE",
    "INCLUDE_QUERY_ID",
)
NOT_DONE = ("VALIDATION_MODE", "INCLUDE_QUERY_ID", "DETAILED_OUTPUT")


def unload(session: Session, words: Words) -> Outcome:
    """COPY INTO a location."""
    word = words.take()
    location = locations.resolve(session, unquoted(word.text) if word.kind == "text" else word.text)
    words.must("FROM")
    query = words.bracketed() if words.ahead("(") else "SELECT * FROM " + _table(words)
    if words.ahead("PARTITION"):
        raise NotDone("do PARTITION BY of an unload")
    options = _options(words)
    format = _format(session, location, options)
    table = session.run_query(query).table
    size, single = int(options.get("MAX_FILE_SIZE", 16 << 20)), flag(options, "SINGLE", False)
    parts = _parts(table, format, 1 << 62 if single else size, flag(options, "HEADER", False))
    keys = _keys(location.prefix, format, len(parts), single)
    there = {file.key for file in locations.files(session, location)}
    if there & set(keys) and not flag(options, "OVERWRITE", False):
        words_ = "Files already existing at the unload destination: {}. Use overwrite option to force unloading."
        raise Failed(1030, "22000", words_.format(f"{location.shown}{location.prefix}"))
    read, written = 0, 0
    for key, plain in zip(keys, parts, strict=True):
        content = gzip.compress(plain, mtime=0) if _packs(format) else plain
        read, written = read + len(plain), written + len(content)
        locations.write(session, location, key, content)
    kinds = {"rows_unloaded": NUMBER, "input_bytes": NUMBER, "output_bytes": NUMBER}
    return rows(kinds, [[table.num_rows, read, written]])


def _table(words: Words) -> str:
    parts = words.name()
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _options(words: Words) -> Mapping[str, Any]:
    options = words.options()
    words.end()
    for name in options:
        if name in NOT_DONE:
            raise NotDone(f"do the option {name} of an unload")
        if name not in OPTIONS:
            raise bad_option(name, "COPY")
    return options


def _format(session: Session, location: locations.Location, options: Mapping[str, Any]) -> Format:
    given = options.get("FILE_FORMAT")
    of_stage = locations.named_options(session, location.format)
    if isinstance(given, dict) and "FORMAT_NAME" not in given:
        return formats.made({**(of_stage if "TYPE" not in given else {}), **given})
    return locations.format_of(session, location, given)


def _packs(format: Format) -> bool:
    return format.kind != "PARQUET" and format.compression in ("AUTO", "GZIP")


def _keys(prefix: str, format: Format, count: int, single: bool) -> list[str]:
    if single:
        return [prefix if prefix and not prefix.endswith("/") else f"{prefix}data"]
    ending = format.values.get("FILE_EXTENSION") or format.kind.lower()
    ending = "snappy.parquet" if format.kind == "PARQUET" else f"{ending}.gz" if _packs(format) else ending
    begin = f"{prefix}data" if not prefix or prefix.endswith("/") else prefix
    return [f"{begin}_0_0_{number}.{ending}" for number in range(count)]


def _parts(table: pa.Table, format: Format, most: int, header: bool) -> list[bytes]:
    """The files' bodies, each of about `most` bytes; none for no row."""
    if not table.num_rows:
        return []
    if format.kind == "PARQUET":
        named = table if header else table.rename_columns([f"_COL_{i}" for i in range(table.num_columns)])
        out = io.BytesIO()
        pq.write_table(named, out, compression="snappy")
        return [out.getvalue()]
    records = [_json(row) for row in _single(table)] if format.kind == "JSON" else _csv(table, format)
    top = _csv_line(table.column_names, format) if header and format.kind == "CSV" else ""
    parts, held = [], [top]
    for record in records:
        if len(held) > 1 and sum(map(len, held)) + len(record) > most:
            parts.append("".join(held).encode())
            held = [top]
        held.append(record)
    return [*parts, "".join(held).encode()]


def _single(table: pa.Table) -> Sequence[Any]:
    if table.num_columns != 1:
        raise wrong(2, "0A000", "JSON file format supports unloading one column of type VARIANT, OBJECT or ARRAY only.")
    return list(table.column(0).to_pylist())


def _json(value: Any) -> str:
    try:
        json.loads(value if isinstance(value, str) else "null")
    except ValueError:
        raise wrong(
            2, "0A000", "JSON file format supports unloading one column of type VARIANT, OBJECT or ARRAY only."
        ) from None
    return f"{value if value is not None else 'null'}\n"


def _csv(table: pa.Table, format: Format) -> list[str]:
    columns = [[_text(value, format) for value in column.to_pylist()] for column in table.columns]
    return [_csv_line(row, format) for row in zip(*columns, strict=True)]


def _text(value: Any, format: Format) -> str:
    """A field as it is written; NULL as the first of NULL_IF."""
    if value is None:
        return format.nulls[0] if format.nulls else ""
    if isinstance(value, bool):
        return str(value).lower()
    shown = dumped(value)
    return str(json.loads(shown)) if shown.startswith('"') else shown


def _csv_line(row: Sequence[str], format: Format) -> str:
    delimiter, quote = format.values["FIELD_DELIMITER"] or ",", format.values["FIELD_OPTIONALLY_ENCLOSED_BY"]
    if not quote:
        escape = format.values["ESCAPE_UNENCLOSED_FIELD"]
        return delimiter.join(_escaped(value, delimiter, escape, format) for value in row) + "\n"
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quotechar=quote, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(row)
    return out.getvalue()


def _escaped(value: str, delimiter: str, escape: str, format: Format) -> str:
    if not escape or value in format.nulls:
        return value
    value = value.replace(escape, escape * 2).replace(delimiter, escape + delimiter)
    return value.replace("\n", f"{escape}\n")
