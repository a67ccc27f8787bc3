"""COPY: objects of S3, read with the rights of a role, become rows of a table; what fails is kept for who looks."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from groundschool.engines.redshift import options, records, types, values
from groundschool.engines.redshift.changes import default
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.fields import SHOWN, Converter, Wrong
from groundschool.engines.redshift.options import Options
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader
from groundschool.engines.redshift.scope import Scope
from groundschool.engines.redshift.storage import Objects, split
from groundschool.engines.redshift.tables import Column, Table

if TYPE_CHECKING:
    from groundschool.engines.redshift.session import Session

ONLY_PARQUET = {"MANIFEST", "FILLRECORD", "STATUPDATE", "COMPUPDATE", "EXPLICIT_IDS"}
NOT_OF_CSV = ("ESCAPE", "REMOVEQUOTES")
MOST_ERRORS = 100_000
MOST_BYTES = 1 << 30
RAW = 1_024


@dataclass
class Load:
    """A load at work: the rows so far, what was read, and what failed."""

    session: Session
    table: Table
    columns: Sequence[Column]
    options: Options
    query: int
    begun: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC).replace(tzinfo=None))
    rows: list[Sequence[Any]] = field(default_factory=list)
    files: list[tuple[str, int]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def allowed(self) -> int:
        """As many errors fail the load; 0 means the first one does."""
        return max(int(self.options.given.get("MAXERROR", 0)), 1)

    def failed(self, file: str, record: records.Record, wrong: Wrong, column: Column | None, text: str) -> None:
        """Notes an error. Raises Failed when there are too many."""
        size = "" if column is None or not column.type.sizes else str(column.type.sizes[0])
        self.errors.append({
            "table": self.table.oid, "time": self.begun, "session": self.session.backend, "query": self.query,
            "file": file, "line": record.line, "column": column.name if column else "",
            "type": SHOWN[column.type.name] if column else "", "length": size, "position": wrong.position,
            "raw_line": record.raw[:RAW], "raw_field": text[:RAW], "code": wrong.code, "reason": str(wrong),
        })  # fmt: skip
        if len(self.errors) >= self.allowed:
            raise self.refused()

    def refused(self) -> Failed:
        """The error of a load that fails."""
        words = f"Load into table '{self.table.name}' failed.  Check 'stl_load_errors' system table for details."
        return Failed("XX000", words)


def copy(session: Session, words: Reader) -> Outcome:
    """COPY. Raises Failed, NotDone."""
    path = words.path()
    names = words.names() if words.sees("(") else []
    words.expect("FROM")
    address = words.string()
    given = options.read(words, options.COPYING)
    _checked(given)
    table = session.catalog.table(path)
    if table.view:
        raise Failed("42809", f'"{table.name}" is not a table')
    session.writes(table)
    load = Load(session, table, _columns(table, names, given), given, session.database.next_query())
    objects = session.storage.assumed(given.role)
    done = False
    try:
        for file, body in _files(objects, address, given):
            _read(load, objects, file, body)
        count = 0 if given.has("NOLOAD") else _kept(load)
        done = True
    finally:
        _noted(load, address, done)
    session.copied = count
    told = f"Load into table '{table.name}' completed, {count} record(s) loaded successfully."
    return Outcome("COPY", count=count, notices=(told,))


def _noted(load: Load, address: str, done: bool) -> None:
    log = load.session.database.log
    log.errors.extend(load.errors[: max(0, MOST_ERRORS - len(log.errors))])
    if len(log.loads) < MOST_ERRORS:
        log.loads.append({
            "query": load.query, "session": load.session.backend, "status": "completed" if done else "failed",
            "name": load.table.name, "time": load.begun, "source": address, "format": load.options.format.lower(),
            "rows": len(load.rows) if done else 0, "files": tuple(load.files) if done else (),
            "errors": len(load.errors),
        })  # fmt: skip


def _checked(given: Options) -> None:
    """Raises Failed for options that exclude each other."""
    if given.format == "PARQUET":
        for name in given.given:
            if name not in ONLY_PARQUET:
                raise Failed("0A000", f"{name} argument is not supported for PARQUET based COPY")
    if given.format == "CSV":
        for name in NOT_OF_CSV:
            if given.has(name):
                raise Failed("42601", f"CSV is not compatible with {name}")
        if given.text("DELIMITER", ",") == given.text("QUOTE", '"'):
            raise Failed("42601", "DELIMITER and QUOTE must be different")
    if given.format == "JSON":
        for name in (*NOT_OF_CSV, "DELIMITER", "IGNOREHEADER", "FILLRECORD"):
            if given.has(name):
                raise Failed("42601", f"JSON is not compatible with {name}")
        if given.json.lower() == "noshred":
            raise NotDone("do JSON 'noshred'")
    if given.format != "CSV" and "QUOTE" in given.given:
        raise Failed("42601", "QUOTE is only for CSV")
    if not 0 <= given.given.get("MAXERROR", 0) <= 100_000:
        raise Failed("22023", "MAXERROR must be between 0 and 100000")
    if given.text("ENCODING", "utf8").lower().replace("-", "") != "utf8":
        raise NotDone("read another encoding than UTF8")
    if given.text("REGION", "us-east-1") != "us-east-1":
        raise NotDone("have another Region than us-east-1")
    if given.has("EXPLICIT_IDS"):
        raise NotDone("do EXPLICIT_IDS")


def _columns(table: Table, names: Sequence[str], given: Options) -> Sequence[Column]:
    if len(set(names)) != len(names):
        raise Failed("42701", "column specified more than once")
    found = []
    for name in names or [column.name for column in table.columns]:
        column = table.column(name)
        if column is None:
            raise Failed("42703", f'column "{name}" of relation "{table.name}" does not exist')
        if names and column.identity:
            raise Failed("0A000", f'cannot set an identity column "{name}" to a value; it takes EXPLICIT_IDS')
        if column.identity and not names:
            raise NotDone("load a table with an IDENTITY without a list of columns")
        found.append(column)
    return found


def _files(objects: Objects, address: str, given: Options) -> Iterator[tuple[str, bytes]]:
    """The files of a load with their bodies: of a manifest, or all whose keys begin with the address's."""
    bucket, prefix = split(address)
    if given.has("MANIFEST"):
        yield from _of_manifest(objects, bucket, prefix, given)
        return
    keys = objects.list(bucket, prefix)
    if not keys:
        raise Failed("XX000", f"The specified S3 prefix '{prefix}' does not exist")
    total = 0
    for key in keys:
        body = objects.read(bucket, key)
        if body is None:
            continue
        total += len(body)
        _small(total)
        yield f"s3://{bucket}/{key}", body


def _small(total: int) -> None:
    if total > MOST_BYTES:
        raise NotDone(f"load more than {MOST_BYTES >> 20} MiB at once")


def _of_manifest(objects: Objects, bucket: str, key: str, given: Options) -> Iterator[tuple[str, bytes]]:
    body = objects.read(bucket, key)
    if body is None:
        words = "S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey"
        raise Failed("XX000", f"Problem reading manifest file - {words}", f"s3://{bucket}/{key}")
    try:
        entries = json.loads(body)["entries"]
        asked = [(str(each["url"]), bool(each.get("mandatory", False)), each.get("meta") or {}) for each in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failed("XX000", "Invalid manifest file: it holds no list of entries with a url each") from None
    found = 0
    for url, mandatory, meta in asked:
        if given.format == "PARQUET" and not isinstance(meta.get("content_length"), int):
            raise Failed("XX000", "File content_length is missing in the manifest, which PARQUET needs", url)
        content = objects.read(*split(url))
        if content is None and mandatory:
            words = "S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey"
            raise Failed("XX000", f"Mandatory file not found: {words}", url)
        if content is not None:
            found += 1
            _small(len(content))
            yield url, content
    if not found:
        raise Failed("XX000", "No file of the manifest was found")


def _read(load: Load, objects: Objects, file: str, body: bytes) -> None:
    if load.options.has("GZIP"):
        body = _unpacked(body)
    if load.options.format == "PARQUET":
        before = len(load.rows)
        _parquet(load, file, body)
        load.files.append((file, len(load.rows) - before))
        return
    count = 0
    for record in _records(load, objects, file, body):
        count += 1
        try:
            row = _row(load, file, record)
        except Wrong as wrong:
            load.failed(file, record, wrong, None, "")
            continue
        if row is not None:
            load.rows.append(row)
    load.files.append((file, count))


def _unpacked(body: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as opened:
            found = opened.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Failed("XX000", "File is not in the format of GZIP: incorrect header check") from None
    _small(len(found))
    return found


def _records(load: Load, objects: Objects, file: str, body: bytes) -> Iterator[records.Record]:
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raw = body.split(b"\n")[line - 1].decode("utf-8", "replace")
        shown = body[error.start : error.start + 1].hex()
        reason = f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {shown} (error 1)"
        if load.allowed > 1:
            raise NotDone("skip records that are not UTF8") from None
        yield records.Record(line, raw, (), Wrong(1220, reason))
        return
    if load.options.format == "JSON":
        names = [column.name for column in load.columns]
        yield from records.objects(text, names, load.options, _paths(load, objects))
    else:
        yield from (records.separated if load.options.format == "CSV" else records.delimited)(text, load.options)


def _paths(load: Load, objects: Objects) -> list[str] | None:
    if not load.options.json.startswith("s3://"):
        if load.options.json.lower().split() not in (["auto"], ["auto", "ignorecase"]):
            raise Failed("XX000", f"Invalid JSONPath file: {load.options.json}")
        return None
    body = objects.read(*split(load.options.json))
    try:
        found = json.loads(body or b"")["jsonpaths"]
        paths = [str(each) for each in found]
    except (ValueError, KeyError, TypeError):
        raise Failed("XX000", "Invalid JSONPath file: it holds no list of jsonpaths") from None
    if len(paths) != len(load.columns):
        raise Failed("XX000", "Number of jsonpaths and the number of columns should match")
    return paths


def _row(load: Load, file: str, record: records.Record) -> list[Any] | None:
    """The values of a record; None when one of them is an error that the load survives."""
    if record.wrong is not None:
        raise record.wrong
    fields = list(record.fields)
    if len(fields) < len(load.columns):
        if not load.options.has("FILLRECORD") or load.options.format == "JSON":
            raise Wrong(1214, "Delimiter not found")
        fields += ["" if column.type.name == "character varying" else None for column in load.columns[len(fields) :]]
    if len(fields) > len(load.columns):
        raise Wrong(1202, "Extra column(s) found")
    converter, row = Converter(load.options), []
    for column, text in zip(load.columns, fields, strict=True):
        try:
            row.append(converter.value(column, text))
        except Wrong as wrong:
            load.failed(file, record, wrong, column, text or "")
            return None
    return row


def arrow(kind: types.Type) -> Any:
    """The Arrow type of a column's values."""
    if kind.name == "numeric":
        return pa.decimal128(*kind.sizes)
    return {
        "smallint": pa.int16(), "integer": pa.int32(), "bigint": pa.int64(), "real": pa.float32(),
        "double precision": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
        "timestamp without time zone": pa.timestamp("us"), "timestamp with time zone": pa.timestamp("us", "UTC"),
    }.get(kind.name, pa.string())  # fmt: skip


def _parquet(load: Load, file: str, body: bytes) -> None:
    """A file of Parquet: its columns by their places, whatever they are called."""
    import pyarrow.parquet as pq

    try:
        found = pq.read_table(io.BytesIO(body))
    except (pa.ArrowException, OSError, ValueError):
        raise _scan(file, f"File '{file}' has an invalid version number or is no Parquet file") from None
    if found.num_columns != len(load.columns):
        words = f"Unmatched number of columns between table and file. Table columns: {len(load.columns)}, "
        raise _scan(file, f"{words}Data columns: {found.num_columns}, File name: {file}")
    arrays = []
    for column, array in zip(load.columns, found.columns, strict=True):
        _same_type(file, column, array.type)
        if array.null_count and column.not_null:
            raise _scan(file, f"NULL value in column {column.name}, which is NOT NULL")
        if column.type.text:
            _fits(file, column, array)
        arrays.append(array.cast(arrow(column.type)))
    load.rows.extend(zip(*(array.to_pylist() for array in arrays), strict=True))


def _scan(file: str, words: str) -> Failed:
    return Failed("XX000", "Spectrum Scan Error", f"{words} (code 15001, context: {file})")


def _same_type(file: str, column: Column, kind: Any) -> None:
    try:
        own = types.of_arrow(kind)
    except NotDone:
        raise NotDone(f"load Parquet's {kind} into {column.type}") from None
    same = own.name == column.type.name or (own.text and column.type.text)
    if own.name == "numeric" and same and own.sizes != column.type.sizes:
        raise NotDone(f"load Parquet's {kind} into {column.type}; it takes equal precision and scale")
    if own.whole and column.type.whole and types.DIGITS[own.name] < types.DIGITS[column.type.name]:
        raise NotDone(f"load Parquet's {kind} into {column.type}; it takes equal widths")
    if not same:
        shown = column.type.name.upper()
        words = f"File '{file}' has an incompatible Parquet schema for column '{column.name}'. "
        raise _scan(file, f"{words}Column type: {shown}, Parquet schema: optional {kind}")


def _fits(file: str, column: Column, array: Any) -> None:
    import pyarrow.compute as pc

    longest = pc.max(pc.binary_length(array)).as_py()
    if longest is not None and longest > column.type.sizes[0]:
        words = f"The length of the data column {column.name} is longer than the length defined in the table. "
        raise _scan(file, f"{words}Table: {column.type.sizes[0]}, Data: {longest}, File name: {file}")


def _kept(load: Load) -> int:
    """Puts the rows into the table."""
    if not load.rows:
        return 0
    session, table = load.session, load.table
    arrays = [pa.array(list(cells), arrow(column.type))
              for column, cells in zip(load.columns, zip(*load.rows, strict=True), strict=True)]  # fmt: skip
    names = [f"c{number}" for number in range(len(arrays))]
    given = {column.name: names[place] for place, column in enumerate(load.columns)}
    here = session.queries().expressions(Scope())
    cells = []
    for column in table.columns:
        if column.name in given:
            cells.append(given[column.name])
        elif column.identity:
            cells.append(f"CAST(nextval({values.quoted(table.sequence(column))}) AS {column.type.duck})")
        else:
            cells.append(default(here, column).sql)
    session.cursor.register("rows loaded", pa.Table.from_arrays(arrays, names=names))
    try:
        return session.changed(f'INSERT INTO {table.path} SELECT {", ".join(cells)} FROM "rows loaded"')
    finally:
        session.cursor.unregister("rows loaded")
