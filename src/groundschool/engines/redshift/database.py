"""The one database of a lab or an answer: a locked DuckDB in memory, whose content can be taken and put back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from groundschool.engines.redshift import tables
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.locks import Locks
from groundschool.engines.redshift.natives import NATIVES, Native
from groundschool.engines.redshift.tables import Table

SETTINGS = (
    "TimeZone='UTC'", "temp_directory=''", "max_temp_directory_size='0KB'", "memory_limit='1GB'",
    "autoinstall_known_extensions=false", "autoload_known_extensions=false", "allow_community_extensions=false",
    "python_enable_replacements=false", "enable_external_access=false", "lock_configuration=true",
)  # fmt: skip
NO_THREADS = {"threads": 1, "async_threads": 0}
PYTHON_ERROR = "Python exception occurred while executing the UDF: ValueError: "


@dataclass(frozen=True)
class Kept:
    """The content of a database, as a value."""

    schemas: tuple[str, ...] = ("public",)
    tables: tuple[tuple[Table, Any, tuple[int, ...]], ...] = ()  # with rows in Arrow and the next identities
    views: tuple[tuple[Table, str], ...] = ()
    errors: tuple[dict[str, Any], ...] = ()
    loads: tuple[dict[str, Any], ...] = ()
    oid: int = 100_000

    def __deepcopy__(self, memo: Any) -> Kept:
        return self  # nothing in it changes


@dataclass
class Log:
    """What loads leave behind, whatever becomes of their transactions."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    loads: list[dict[str, Any]] = field(default_factory=list)


class Database:
    """Opened when first asked for; `generation` counts how often its content was replaced as a whole."""

    def __init__(self) -> None:
        self._root: Any = None
        self._guard = threading.RLock()
        self._kept = Kept()
        self.generation = 0
        self.locks, self.log, self.oid = Locks(), Log(), 100_000
        self.queries = 0

    def cursor(self) -> Any:
        """A connection of its own."""
        with self._guard:
            if self._root is None:
                self._open()
            return self._root.cursor()

    def next_oid(self) -> int:
        """A number for a new table."""
        with self._guard:
            self.oid += 1
            return self.oid

    def next_query(self) -> int:
        """A number for a query that is run."""
        with self._guard:
            self.queries += 1
            return self.queries

    def _open(self) -> None:
        root = duckdb.connect(":memory:", config=NO_THREADS)
        for native in NATIVES:
            root.create_function(
                native.name, _of_values(native), list(native.takes), native.gives, null_handling="special"
            )
        for setting in SETTINGS:
            root.execute(f"SET GLOBAL {setting}")
        self._root = root
        self._fill(root, self._kept)

    def _fill(self, root: Any, kept: Kept) -> None:
        for schema in kept.schemas:
            root.execute(f"CREATE SCHEMA {tables.held(schema)}")
        for table, rows, next_ in kept.tables:
            identities = iter(next_)
            columns = [replace(each, identity=(next(identities), each.identity[1])) if each.identity else each
                       for each in table.columns]  # fmt: skip
            for statement in tables.created(replace(table, columns=tuple(columns))):
                root.execute(statement)
            root.execute(tables.described(table))
            if rows.num_rows:
                root.register("rows kept", rows)
                root.execute(f'INSERT INTO {table.path} SELECT * FROM "rows kept"')
                root.unregister("rows kept")
        for view, sql in kept.views:
            root.execute(sql)
            root.execute(tables.described(view))

    def taken(self) -> Kept:
        """The present content: what is committed."""
        with self._guard:
            if self._root is None:
                return self._kept
            with self._root.cursor() as cursor:
                return replace(
                    _content(cursor), errors=tuple(self.log.errors), loads=tuple(self.log.loads), oid=self.oid
                )

    def put(self, kept: Kept) -> None:
        """Makes this the content. What sessions had not committed is gone."""
        with self._guard:
            same = self._root is None and kept == self._kept
            old, self._root, self._kept = self._root, None, kept
            self.oid, self.log = kept.oid, Log(list(kept.errors), list(kept.loads))
            if same:
                return
            self.generation += 1
            self.locks.forget()
        if old is not None:
            old.interrupt()


def _content(cursor: Any) -> Kept:
    schemas = cursor.execute(
        "SELECT schema_name FROM duckdb_schemas() WHERE schema_name LIKE 'u %' ORDER BY 1"
    ).fetchall()
    comments = cursor.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name LIKE 'u %' AND comment IS NOT NULL"
    ).fetchall()
    found = []
    for (comment,) in comments:
        table = tables.unpacked(comment)
        rows = cursor.execute(f"SELECT * FROM {table.path}").to_arrow_table()
        identities = tuple(_next(cursor, table, column) for column in table.columns if column.identity)
        found.append((table, rows, identities))
    views = cursor.execute(
        "SELECT comment, sql FROM duckdb_views() WHERE schema_name LIKE 'u %' AND comment IS NOT NULL"
    ).fetchall()
    shown = sorted(((tables.unpacked(comment), str(sql)) for comment, sql in views), key=lambda each: each[0].oid)
    return Kept(tuple(name.removeprefix("u ") for (name,) in schemas), tuple(found), tuple(shown))


def _next(cursor: Any, table: tables.Table, column: tables.Column) -> int:
    assert column.identity is not None
    name = f"{table.name} {column.name}"
    row = cursor.execute(
        "SELECT last_value FROM duckdb_sequences() WHERE schema_name = ? AND sequence_name = ?",
        [f"u {table.schema}", name],
    ).fetchone()
    return column.identity[0] if row is None or row[0] is None else int(row[0]) + column.identity[1]


def _of_values(native: Native) -> Callable[..., Any]:
    """The function, NULL for any NULL; DuckDB counts its parameters, so that it has them by name."""
    call = native.call
    made: Sequence[Callable[..., Any]] = (
        lambda a: None if a is None else call(a),
        lambda a, b: None if a is None or b is None else call(a, b),
        lambda a, b, c: None if a is None or b is None or c is None else call(a, b, c),
    )
    return made[len(native.takes) - 1]


CODES = (
    (duckdb.InterruptException, "57014"), (duckdb.OutOfMemoryException, "53200"),
    (duckdb.OutOfRangeException, "22003"), (duckdb.ConversionException, "22P02"),
)  # fmt: skip


def told(error: Exception) -> Failed:
    """What DuckDB said against a statement, as Redshift would."""
    words = str(error).split("\n\nLINE")[0].strip()
    if isinstance(error, duckdb.InterruptException):
        return Failed("57014", "Query cancelled: it took longer than the lab lets one run")
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return Failed("53200", "The lab does not give a query more memory than 1 GB.")
    if PYTHON_ERROR in words:
        return _own(words.split(PYTHON_ERROR)[1])
    if words.startswith("Invalid Input Error: Division by zero"):
        return Failed("22012", "Divide by zero")
    if "NOT NULL constraint failed" in words:
        column = words.rpartition(".")[2].strip()
        return Failed("23502", f"Cannot insert a NULL value into column {column}")
    if isinstance(error, duckdb.TransactionException) or "onflict" in words:
        return Failed("XX000", "1023", f"Serializable isolation violation on table: {words[:200]}")
    if "GROUP BY" in words:
        name = words.split('"')[1] if '"' in words else "?"
        return Failed(
            "42803", f'column "{name}" must appear in the GROUP BY clause or be used in an aggregate function'
        )
    if "More than one row returned by a subquery" in words:
        return Failed("21000", "single-row subquery returns more than one row")
    if isinstance(error, duckdb.OutOfRangeException) or "out of range" in words:
        return Failed("22003", f"Value out of range: {words[:200]}")
    if isinstance(error, duckdb.ConversionException):
        return Failed("22P02", words.removeprefix("Conversion Error: ")[:300])
    if isinstance(error, duckdb.InvalidInputException):
        return _own(words.removeprefix("Invalid Input Error: "))
    return NotDone(f"do this statement: {words[:200]}")


def _own(words: str) -> Failed:
    """Words that a statement of ours raises in DuckDB."""
    words = words.split("\n")[0].strip()
    codes = (("Divide by zero", "22012"), ("too long", "22001"), ("Invalid digit", "22P02"),
             ("The lab does not", "0A000"),
             ("invalid input syntax", "22P02"), ("JSON parsing error", "22P02"))  # fmt: skip
    code = next((code for start, code in codes if start in words), "22023")
    return Failed(code, words[:500])
