"""Files of S3 as records: JSON lines, CSV and Parquet, opened by Spark's own file system, as the job's role.

What a line of JSON or CSV cannot be read as becomes an error record, not a record.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import tables
from .refusals import NotDone, check_options
from .schema import NULL, Record, Struct, Type, merged, of_records

MOST_BYTES = 64 << 20
HIDDEN = ("_", ".")
CSV_OPTIONS = {"withHeader": False, "separator": ",", "quoteChar": '"'}
FORMATS = ("json", "csv", "parquet")


@dataclass(frozen=True)
class Failure:
    """A record that could not be read or worked on, and why."""

    message: str
    record: Record = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """What files held."""

    records: list[Record]
    schema: Struct
    failures: list[Failure]


def read(spark: Any, paths: Sequence[str], format: str, options: dict[str, Any], recurse: bool) -> Read:
    """The records of all files below these paths. Raises NotDone for other formats and options."""
    if format not in FORMATS:
        raise NotDone(
            f"The lab does not read the format {format!r} into a DynamicFrame; it reads {', '.join(FORMATS)}."
        )
    known = CSV_OPTIONS if format == "csv" else {}
    check_options(f"the format {format}", {name: value for name, value in options.items() if name not in known})
    files = [file for path in paths for file in _files(spark, path, recurse)]
    if format == "parquet":
        return _of_parquet(spark, files)
    _check_size(files)
    found = [_lines(_content(spark, file), format, {**known, **options}) for file, _ in files]
    records = [record for read, _ in found for record in read]
    return Read(records, of_records(records), [failure for _, failures in found for failure in failures])


def _files(spark: Any, path: str, recurse: bool) -> Iterator[tuple[str, int]]:
    """The files at a path or in it, by name, with their sizes."""
    if any(sign in path for sign in "*?[{"):
        raise NotDone(f"The lab does not read patterns: {path}.")
    place = spark._jvm.org.apache.hadoop.fs.Path(path)
    system = place.getFileSystem(spark._jsc.hadoopConfiguration())
    if not system.exists(place):
        raise FileNotFoundError(f"Path does not exist: {path}")
    for found in sorted(system.listStatus(place), key=lambda status: str(status.getPath())):
        name = str(found.getPath().getName())
        if name.startswith(HIDDEN):
            continue
        if not found.isDirectory():
            yield str(found.getPath()), int(found.getLen())
        elif recurse:
            yield from _files(spark, str(found.getPath()), recurse)


def _check_size(files: Sequence[tuple[str, int]]) -> None:
    size = sum(bytes for _, bytes in files)
    if size > MOST_BYTES:
        raise NotDone(f"The lab does not hold {size:,} bytes in a DynamicFrame; {MOST_BYTES:,} are the most.")


def _content(spark: Any, file: str) -> bytes:
    place = spark._jvm.org.apache.hadoop.fs.Path(file)
    stream = place.getFileSystem(spark._jsc.hadoopConfiguration()).open(place)
    try:
        content = bytes(stream.readAllBytes())
    finally:
        stream.close()
    return _unzipped(content) if file.endswith(".gz") else content


def _unzipped(content: bytes) -> bytes:
    with gzip.open(io.BytesIO(content)) as opened:
        found = opened.read(MOST_BYTES + 1)
    _check_size([("", len(found))])
    return found


def _of_parquet(spark: Any, files: Sequence[tuple[str, int]]) -> Read:
    _check_size(files)
    records: list[Record] = []
    schema: Type = NULL
    for file, _ in files:
        found, type = tables.records(spark.read.parquet(file).toArrow())
        records, schema = records + found, merged(schema, type)
    return Read(records, schema if isinstance(schema, Struct) else Struct(()), [])


def _lines(content: bytes, format: str, options: dict[str, Any]) -> tuple[list[Record], list[Failure]]:
    text = content.decode("utf-8", "replace")
    return _of_csv(text, options) if format == "csv" else _of_json(text)


def _of_json(text: str) -> tuple[list[Record], list[Failure]]:
    records, failures = list[Record](), list[Failure]()
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            records.append(_object(line))
        except (ValueError, RecursionError, NotDone) as error:
            failures.append(Failure(f"Unable to parse the line: {error}"[:500], {"line": line[:500]}))
    return records, failures


def _object(line: str) -> Record:
    found = json.loads(line, parse_constant=_no_number)
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    of_records([found])  # its types are known
    json.dumps(found, ensure_ascii=False).encode()  # its text is text
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _of_csv(text: str, options: dict[str, Any]) -> tuple[list[Record], list[Failure]]:
    rows = list(csv.reader(io.StringIO(text), delimiter=options["separator"], quotechar=options["quoteChar"]))
    rows = [row for row in rows if row]
    header = rows.pop(0) if rows and options["withHeader"] else []
    records, failures = list[Record](), list[Failure]()
    for row in rows:
        names = header or [f"col{place}" for place in range(len(row))]
        if len(row) == len(names):
            records.append(dict(zip(names, row, strict=True)))
        else:
            failures.append(Failure(f"{len(row)} values, {len(names)} columns", {"line": ",".join(row)[:500]}))
    return records, failures
