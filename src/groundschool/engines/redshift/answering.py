"""Redshift as the engine of a text: over the objects and tables of a dataset, in this process and without the lab.

A bucket's objects are at `s3://bucket/…`, read by whatever role COPY names; a table is one of the schema `public`, and
a text file holds statements that make others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from groundschool.engines.engine import Kind, QueryFailed, QueryRefused, fill
from groundschool.engines.redshift import parse, tables, types, values
from groundschool.engines.redshift.copying import arrow
from groundschool.engines.redshift.database import Database
from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.session import QUERY
from groundschool.engines.redshift.session import Session as Running
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Dataset, Objects

MOST_STATEMENTS = 200


class Buckets:
    """`storage.Storage` and `storage.Objects` in memory."""

    def __init__(self) -> None:
        self._content: dict[str, dict[str, bytes]] = {}

    def add(self, part: Objects) -> None:
        """Adds the objects of a bucket."""
        self._content.setdefault(part.bucket, {}).update(part.content)

    def assumed(self, role: str) -> Buckets:
        return self

    def _of(self, bucket: str) -> dict[str, bytes]:
        if bucket not in self._content:
            raise Failed(
                "XX000", "S3ServiceException:The specified bucket does not exist,Status 404,Error NoSuchBucket"
            )
        return self._content[bucket]

    def list(self, bucket: str, prefix: str) -> Sequence[str]:
        return sorted(key for key in self._of(bucket) if key.startswith(prefix))

    def read(self, bucket: str, key: str) -> bytes | None:
        return self._of(bucket).get(key)

    def write(self, bucket: str, key: str, body: bytes) -> None:
        self._of(bucket)[key] = body

    def delete(self, bucket: str, key: str) -> None:
        self._of(bucket).pop(key, None)


class Session:
    """See `groundschool.engines.engine.Session`."""

    def __init__(self, dataset: Dataset) -> None:
        self._buckets = Buckets()
        self._session = Running(Database(), self._buckets)
        fill(dataset, self._buckets.add, self._keep, self.run)

    def _keep(self, name: str, rows: pa.Table) -> None:
        columns = tuple(tables.Column(field.name.casefold(), _kind(field.type)) for field in rows.schema)
        table = tables.Table("public", name, columns, oid=self._session.database.next_oid())
        with self._session.database.cursor() as cursor:
            for statement in tables.created(table):
                cursor.execute(statement)
            cast = ", ".join(f"CAST(c{place} AS {column.type.duck})" for place, column in enumerate(columns))
            cursor.register("rows given", rows.rename_columns([f"c{place}" for place in range(len(columns))]))
            cursor.execute(f'INSERT INTO {table.path} SELECT {cast} FROM "rows given"')
            cursor.unregister("rows given")

    def run(self, text: str, kind: Kind) -> pa.Table:
        statements = self._split(text)
        most = MOST_STATEMENTS if kind == "script" else 1
        if not 1 <= len(statements) <= most:
            expected = "exactly one was" if most == 1 else f"1 to {most} were"
            raise QueryRefused(f"The text holds {len(statements)} statements; {expected} expected.")
        words = parse.Reader(parse.marked(statements[0]))
        query = any(words.sees(start) for start in QUERY)
        if kind != "script" and query != (kind == "select"):
            raise QueryRefused(f"One {'SELECT' if kind == 'select' else 'statement that is no SELECT'} was expected.")
        outcomes = [self._done(statement) for statement in statements]
        if kind == "script" and self._session.in_transaction:
            self._session.run("ROLLBACK")  # nobody is there to commit
        return _rows(outcomes[-1])

    def _split(self, text: str) -> list[str]:
        try:
            return parse.split(parse.marked(text))
        except Failed as failed:
            raise QueryFailed(str(failed)) from None

    def _done(self, text: str) -> Outcome:
        try:
            return self._session.run(text)
        except Failed as failed:
            raise QueryFailed(f"{failed}{'. ' * bool(failed.detail)}{failed.detail}") from None

    def table(self, name: str) -> pa.Table:
        return _rows(self._done(f"SELECT * FROM {values.name(name)}"))

    def close(self) -> None:
        self._session.close()


def open(dataset: Dataset) -> Session:
    """A session over the dataset. Raises GroundSchoolError for a part that it cannot read."""
    try:
        return Session(dataset)
    except (QueryFailed, QueryRefused) as error:
        raise GroundSchoolError(f"The statements that make the question's tables do not run: {error}") from None


def _kind(given: Any) -> types.Type:
    try:
        return types.of_arrow(given)
    except Failed as failed:
        raise GroundSchoolError(str(failed)) from None


def _rows(outcome: Outcome) -> pa.Table:
    """The rows of an outcome; what has no rows has no columns."""
    columns = outcome.columns or ()
    cells = list(zip(*outcome.rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(each), arrow(kind)) for each, (_, kind) in zip(cells, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
