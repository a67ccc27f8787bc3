"""Athena as the engine of a text: Trino's SQL over the objects of a dataset, in this process and without the lab.

A bucket's objects are at `s3://bucket/…`, a table is one of Parquet files, and a text file holds statements that make
the other tables. Names without a database are of `wrenfield`; `query_history` tells the bytes that the last statement
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from groundschool.engines.engine import Kind, QueryFailed, QueryRefused, fill
from groundschool.engines.trino import session, writing
from groundschool.engines.trino.failure import Cancelled, Failed
from groundschool.engines.trino.memory import Memory
from groundschool.engines.trino.outcome import Outcome
from groundschool.engines.trino.tables import Column, Table
from groundschool.engines.trino.types import Type
from groundschool.engines.trino.values import arrow
from groundschool.engines.trino.words import words
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Dataset, Objects

DATABASE = "wrenfield"
OUTPUT = "s3://athena-results/"
HISTORY = "query_history"
MOST_STATEMENTS = 200
QUERIES = ("SELECT", "WITH", "VALUES", "(")


class Session:
    """See `groundschool.engines.engine.Session`."""

    def __init__(self, dataset: Dataset) -> None:
        self._memory = Memory([DATABASE, "default"])
        self._prepared: dict[str, str] = {}
        self._scanned = 0
        fill(dataset, self._add, self._keep, self.run)

    def _add(self, objects: Objects) -> None:
        for key, body in objects.content.items():
            self._memory.objects[f"s3://{objects.bucket}/{key}"] = body

    def _keep(self, name: str, rows: pa.Table) -> None:
        """A table's rows as a file of Parquet, and its definition."""
        columns = tuple(Column(field.name.casefold(), _hive(field.type)) for field in rows.schema)
        place = f"s3://{DATABASE}/{name}/"
        table = Table(DATABASE, name, columns, location=place, storage=writing.PARQUET_STORAGE)
        numbered = rows.rename_columns([f"c{number}" for number in range(rows.num_columns)])
        writing.write(numbered, table, self._memory, "snappy")
        self._memory.create_table(table, False)

    def run(self, text: str, kind: Kind) -> pa.Table:
        statements = split(text)
        most = MOST_STATEMENTS if kind == "script" else 1
        if not 1 <= len(statements) <= most:
            expected = "exactly one was" if most == 1 else f"1 to {most} were"
            raise QueryRefused(f"The text holds {len(statements)} statements; {expected} expected.")
        query = words(statements[0])[0].upper in QUERIES
        if kind != "script" and query != (kind == "select"):
            raise QueryRefused(f"One {'SELECT' if kind == 'select' else 'statement that is no SELECT'} was expected.")
        outcomes = [self._done(statement) for statement in statements]
        return _rows(outcomes[-1])

    def _done(self, text: str) -> Outcome:
        request = session.Request(
            text, DATABASE, self._memory, self._memory, OUTPUT, prepared=self._prepared, scanned=self._read
        )
        self._scanned = 0
        try:
            return session.run(request)
        except Failed as failed:
            raise QueryFailed(str(failed)) from None
        except Cancelled:
            raise QueryFailed("The query was cancelled.") from None

    def _read(self, count: int) -> None:
        self._scanned = count

    def table(self, name: str) -> pa.Table:
        if name == HISTORY:
            return pa.table({"data_scanned_in_bytes": [self._scanned]})
        quoted = name.replace('"', '""')
        return _rows(self._done(f'SELECT * FROM "{quoted}"'))

    def close(self) -> None:
        self._memory = Memory([])


def open(dataset: Dataset) -> Session:
    """A session over the dataset. Raises GroundSchoolError for a part that it cannot read."""
    try:
        return Session(dataset)
    except (QueryFailed, QueryRefused) as error:
        raise GroundSchoolError(f"The statements that make the question's tables do not run: {error}") from None


def split(text: str) -> list[str]:
    """The statements of a script, without the semicolons between them."""
    ends = [word.start for word in words(text) if word.kind == "sign" and word.text == ";"]
    starts = [0, *(end + 1 for end in ends)]
    parts = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [part for part in parts if words(part)]


def _rows(outcome: Outcome) -> pa.Table:
    """The rows of an outcome; what has no rows has no columns."""
    names = [name for name, _ in outcome.columns]
    fields = [(name, _kept(kind)) for name, kind in outcome.columns]
    columns = [[_plain(row[place], outcome.columns[place][1]) for row in outcome.rows] for place in range(len(names))]
    arrays = [pa.array(column, kind) for column, (_, kind) in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, names=names)


def _kept(kind: Type) -> Any:
    """The Arrow type in which a column leaves; a moment with a zone leaves in UTC."""
    if kind.name == "timestamp with time zone":
        return pa.timestamp("us", "UTC")
    if kind.name == "unknown":
        return pa.null()
    if kind.name.startswith("interval"):
        return pa.duration("us")
    return arrow(kind)


def _plain(value: Any, kind: Type) -> Any:
    return value["moment"] if value is not None and kind.name == "timestamp with time zone" else value


def _hive(kind: Any) -> str:
    """A column's type for the definition of a table that was given as Arrow. Raises GroundSchoolError."""
    known: Sequence[tuple[Any, str]] = (
        (pa.types.is_boolean, "boolean"), (pa.types.is_int64, "bigint"), (pa.types.is_integer, "int"),
        (pa.types.is_float32, "float"), (pa.types.is_floating, "double"), (pa.types.is_string, "string"),
        (pa.types.is_large_string, "string"), (pa.types.is_date, "date"), (pa.types.is_timestamp, "timestamp"),
    )  # fmt: skip
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    found = next((name for holds, name in known if holds(kind)), None)
    if found is None:
        raise GroundSchoolError(f"Athena's engine takes no column of type {kind}.")
    return found
