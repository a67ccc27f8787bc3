"""What a statement gives: rows, what their columns are, and how many it changed; or a transfer of files to be done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

TEXT, NUMBER, BOOLEAN, TIME = pa.string(), pa.int64(), pa.bool_(), pa.timestamp("us")
SELECT, DML, INSERT, UPDATE, DELETE, MERGE, COPY = 0x1000, 0x3000, 0x3100, 0x3200, 0x3300, 0x3400, 0x3600


def new_id() -> str:
    """A new id of a query."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Outcome:
    """`columns` are in the form of Snowflake's API; `kind` is a statement's number there; a `transfer` is that of a PUT
    or GET, which the client then does."""

    table: pa.Table
    columns: Sequence[Mapping[str, Any]]
    kind: int = 0
    count: int | None = None
    transfer: Mapping[str, Any] | None = None
    identity: str = field(default_factory=new_id)


def rows(kinds: Mapping[str, pa.DataType], found: Sequence[Sequence[Any]], kind: int = 0) -> Outcome:
    """An outcome of these rows under these columns."""
    from groundschool.engines.snowflake.cursor import described

    schema = pa.schema(list(kinds.items()))
    table = pa.Table.from_pylist([dict(zip(kinds, row, strict=True)) for row in found], schema=schema)
    return Outcome(table, described(table), kind, len(found))


def status(words: str) -> Outcome:
    """The outcome of a statement that tells how it went in one line."""
    return rows({"status": TEXT}, [[words]])
