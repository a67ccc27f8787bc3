"""DuckDB: runs a candidate's text over the question's tables and nothing else, in a database of this process.

What the text may say is `permitted.py`'s. The database is in memory and was locked before any text was seen. Memory and
time of a query are not bounded here: DuckDB's own limits do not hold, the box's do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import pyarrow as pa

from groundschool.engines.engine import Kind, QueryFailed, QueryOutOfMemory, QueryRefused
from groundschool.engines.permitted import duckdb_names, inspect
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Dataset

MAX_ROWS = 2_000_000

# After external access is off, temp_directory cannot be set any more; after the lock nothing can. So the order matters.
SETTINGS = (
    "TimeZone='UTC'",
    "temp_directory=''",
    "max_temp_directory_size='0KB'",
    "memory_limit='1GB'",
    "autoinstall_known_extensions=false",
    "autoload_known_extensions=false",
    "allow_community_extensions=false",
    "python_enable_replacements=false",
    "enable_external_access=false",
    "lock_configuration=true",
)

OUT_OF_MEMORY = "The query needs more memory than it may use (1 GB)."
ADVICE = (
    "\n\nLINE", "\n\nLaunch the database", "\n\nPossible solutions", "\n\nPlease try installing",
    '\nDid you mean "pg_', '\nDid you mean "duckdb_', '\nDid you mean "sqlite_',
)  # fmt: skip

PLACE = re.compile(r"\n\n(LINE \d+: [^\n]*\n *\^+)")

# A process that has threads cannot be forked, and an open database is what a warm process is warm with.
NO_THREADS = {"threads": 1, "async_threads": 0}


class Database:
    """A locked database for one query after another, which is a fourth of the cost of a new one for each.

    It holds nothing between two of them: a query can only read, its tables are dropped, and what PIVOT leaves behind
    ends with its connection. Not for several threads.
    """

    def __init__(self) -> None:
        self._database: Any = None
        self.open()

    def open(self) -> None:
        """Opens it anew: an internal error of DuckDB's makes a database useless."""
        self.close()
        self._database = duckdb.connect(":memory:", config=NO_THREADS)
        for setting in SETTINGS:
            self._database.execute(f"SET GLOBAL {setting}")

    def close(self) -> None:
        """Ends it."""
        if self._database is not None:
            self._database.close()

    def run(self, text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """As `run`."""
        with self._told() as database, self._holding(database, tables) as connection:
            inspect(connection, text, "select", tables)
            try:
                return _rows(connection.sql(text))
            except (duckdb.BinderException, duckdb.CatalogException):
                connection.execute(text)  # fails alike, and says where in the text
                raise

    def profile(self, text: str, tables: Mapping[str, pa.Table]) -> str:
        """Runs the text as `run` does; DuckDB's profile of the run, as JSON."""
        with self._told() as database, self._holding(database, tables) as connection:
            (statement,) = inspect(connection, text, "select", tables)
            (row,) = connection.execute(f"explain (analyze, format json) {statement.query}").fetchall()
            return str(row[1])

    def change(self, text: str, kind: Kind, tables: Mapping[str, pa.Table]) -> pa.Table:
        """Runs a statement or a script, and leaves the tables as it makes them; the rows of its last statement."""
        with self._told() as database, database.cursor() as connection:
            _put(connection, tables)
            *before, last = inspect(connection, text, kind, tables)
            for statement in before:
                connection.execute(statement)
            return _rows(connection.sql(last.query))

    def table(self, name: str) -> pa.Table:
        """The rows of a table, as they are committed."""
        with self._told() as database, database.cursor() as connection:
            return _rows(connection.table(_quoted(name)))

    @contextmanager
    def _told(self) -> Iterator[Any]:
        """The database; what DuckDB says against a text is told as QueryFailed."""
        try:
            yield self._database
        except duckdb.Error as error:
            if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                self.open()
            if isinstance(error, duckdb.OutOfMemoryException):
                raise QueryOutOfMemory(OUT_OF_MEMORY) from None
            raise QueryFailed(_without_advice(str(error))[:2000], _place_in(str(error))) from None

    @contextmanager
    def _holding(self, database: Any, tables: Mapping[str, pa.Table]) -> Iterator[Any]:
        """A connection that finds `tables`, for as long as it is open."""
        with database.cursor() as connection:
            _put(connection, tables)
            try:
                yield connection
            finally:
                for name in tables:
                    with suppress(duckdb.Error):  # of a database that is useless, the next query gets a new one
                        self._database.execute(f"drop table if exists {_quoted(name)}")


class Session:
    """See `groundschool.engines.engine.Session`. A SELECT runs in this process's one database, anything else in its
    own.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables
        self._database: Database | None = None

    def run(self, text: str, kind: Kind) -> pa.Table:
        if kind == "select":
            return prepared().run(text, self._tables)
        self._database = Database()
        return self._database.change(text, kind, self._tables)

    def table(self, name: str) -> pa.Table:
        if self._database is None:
            raise QueryFailed(f"A SELECT leaves no table behind; `{name}` was expected.")
        return self._database.table(name)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()


_database: Database | None = None


def open(dataset: Dataset) -> Session:
    """A session over the tables of the dataset. Raises GroundSchoolError for a part that is no table."""
    for name, part in dataset.items():
        if not isinstance(part, pa.Table):
            raise GroundSchoolError(f"DuckDB reads tables only; `{name}` is {type(part).__name__}.")
    return Session(dataset)


def run(text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The rows that `text` returns over `tables`.

    Raises QueryRefused for text that is not one SELECT, QueryFailed with DuckDB's own message when it does not run.
    """
    return prepared().run(text, tables)


def prepared() -> Database:
    """This process's database, opened when first asked for."""
    global _database
    duckdb_names()
    _database = _database or Database()
    return _database


def _put(connection: Any, tables: Mapping[str, pa.Table]) -> None:
    for name, table in tables.items():
        connection.register("_incoming", table)
        connection.execute(f"create or replace table {_quoted(name)} as select * from _incoming")
        connection.unregister("_incoming")


def _rows(result: Any) -> pa.Table:
    reader = result.to_arrow_reader(100_000)
    batches, rows = [], 0
    for batch in reader:
        rows += batch.num_rows
        if rows > MAX_ROWS:
            raise QueryRefused(
                f"The query returns more than {MAX_ROWS:,} rows and was stopped; the question's answer has far fewer."
                " A join needs a condition, a recursive query one that ends it."
            )
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=reader.schema)


def _without_advice(message: str) -> str:
    """DuckDB's message without the place in the text, and without what whoever wrote the query cannot do or have."""
    return message[: min((at for mark in ADVICE if (at := message.find(mark)) >= 0), default=None)].strip()


def _place_in(message: str) -> str:
    """The line of the query that DuckDB quotes, with the mark below it; "" where it quotes none."""
    found = PLACE.search(message)
    return found.group(1)[:400] if found else ""


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
