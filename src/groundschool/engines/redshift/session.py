"""A session: statements one after another, alone or in a transaction, with the errors that end one."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import duckdb

from groundschool.engines.redshift import altering, changes, copying, ddl, parse, types, unloading, values
from groundschool.engines.redshift.arguments import Around
from groundschool.engines.redshift.catalog import Catalog
from groundschool.engines.redshift.database import Database, told
from groundschool.engines.redshift.failure import Ended, Failed, NotDone, syntax
from groundschool.engines.redshift.locks import Transaction
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader
from groundschool.engines.redshift.queries import Queries, Query
from groundschool.engines.redshift.settings import Settings
from groundschool.engines.redshift.storage import Storage
from groundschool.engines.redshift.system import Source
from groundschool.engines.redshift.tables import Table
from groundschool.engines.redshift.values import Value

log = logging.getLogger(__name__)
Given = TypeVar("Given")
SECONDS = 60  # of a statement
MOST_ROWS = 1_000_000
QUERY = ("SELECT", "WITH", "(")
STATEMENTS: dict[str, Callable[[Session, Reader], Outcome]] = {
    "INSERT INTO": changes.insert, "UPDATE": changes.update, "DELETE": changes.delete, "MERGE INTO": changes.merge,
    "CREATE": ddl.create, "DROP": altering.drop, "ALTER": altering.alter, "COPY": copying.copy,
    "UNLOAD": unloading.unload,
    "TRUNCATE": changes.truncate,
}  # fmt: skip
WHOLE = ("INSERT INTO", "UPDATE", "MERGE INTO")  # read again from their first word


class Session:
    """One client's, for one thread at a time. `failed` is set by an error in a transaction until it ends."""

    def __init__(self, database: Database, storage: Storage, user: str = "awsuser", backend: int = 1) -> None:
        self.database, self.storage, self.user, self.backend = database, storage, user, backend
        self.in_transaction = self.failed = False
        self.copied = 0
        self.prepared: dict[str, Any] = {}  # what its client keeps to be run again, by name
        self._settings = Settings()
        self._attach()

    def _attach(self) -> None:
        self._generation = self.database.generation
        self.cursor = self.database.cursor()
        self._transaction: Transaction | None = None
        self._open, self._first = False, True  # whether DuckDB knows of it; whether it has not yet asked to write
        self._parameters: Sequence[Value] = ()
        self.seen: list[Table] = []

    def close(self) -> None:
        """Ends the session; what was not committed is gone."""
        self._over(committed=False)
        self.in_transaction = self.failed = False
        self.cursor.close()

    def interrupt(self) -> None:
        """Stops the statement that runs."""
        self.cursor.interrupt()

    # -- statements

    def run(self, text: str, parameters: Sequence[Value] = ()) -> Outcome:
        """Runs one statement. Raises Failed."""
        self._parameters, self.seen, self._first = parameters, [], True
        self._renew()
        text = parse.marked(text)
        words = Reader(text)
        if words.next is None:
            return Outcome("")
        found = self._control(words)
        if found is not None:
            return found
        if self.failed:
            words_ = "current transaction is aborted, commands ignored until end of transaction block"
            raise Failed("25P02", words_)
        return self._timed(lambda: self._in_transaction(words))

    def many(self, statements: Sequence[str]) -> Iterator[Outcome]:
        """Runs several as one: what fails takes the ones before with it, unless they say otherwise. Raises Failed."""
        begun = len(statements) > 1 and not self.in_transaction
        if begun:
            yield from self._together(statements)
            return
        for statement in statements:
            yield self.run(statement)

    def _together(self, statements: Sequence[str]) -> Iterator[Outcome]:
        self.in_transaction = True
        try:
            for statement in statements:
                yield self.run(statement)
        finally:
            if self.failed:
                self._end(False)
        if self.in_transaction and not any(Reader(each).sees("BEGIN") for each in statements):
            self._end(True)

    def described(self, text: str, parameters: Sequence[Value]) -> tuple[tuple[str, types.Type], ...] | None:
        """The columns that a statement would return, without running it; None for none. Raises Failed."""
        text = parse.marked(text)
        words = Reader(text)
        if not any(words.sees(start) for start in QUERY):
            return ((words.name(), types.varchar()),) if words.takes("SHOW") else None
        self._renew()
        if self.failed:
            raise Failed("25P02", "current transaction is aborted, commands ignored until end of transaction block")
        self._parameters, self.seen = parameters, []
        return self._timed(lambda: self._read_apart(text))

    def _read_apart(self, text: str) -> tuple[tuple[str, types.Type], ...]:
        alone = self._transaction is None
        try:
            with self._told():
                self._begin(silent=True)
                return self.read(text).columns
        finally:
            if alone:
                self._over(committed=False)

    def _renew(self) -> None:
        """Finds the database's new content, if all of it was replaced. Raises Failed when a transaction was at work."""
        if self._generation == self.database.generation:
            return
        lost, self.in_transaction, self.failed = self._transaction is not None, False, False
        self._attach()
        if lost:
            raise Failed("57P01", "terminating the transaction: the lab was reset")

    def _timed(self, work: Callable[[], Given]) -> Given:
        timer = threading.Timer(SECONDS, self.interrupt)
        timer.daemon = True
        timer.start()
        try:
            return work()
        except Exception:
            if self.in_transaction:
                self.failed = True
            raise
        finally:
            timer.cancel()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What DuckDB says becomes Redshift's words; a statement that the parser took for another one is refused."""
        try:
            yield
        except (Failed, Ended):
            raise
        except RecursionError:
            raise NotDone("do a statement that is nested so deeply") from None
        except (duckdb.Error, MemoryError) as error:
            raise told(error) from None
        except Exception as error:
            log.info("A statement was not understood", exc_info=error)
            raise NotDone("understand this statement") from None

    def _in_transaction(self, words: Reader) -> Outcome:
        done = False
        try:
            with self._told():
                if self.in_transaction:
                    self._begin()
                found = self._done(words)
                done = True
            return found
        finally:
            if not self.in_transaction:
                self._over(committed=done)
            if done and found.tag == "TRUNCATE TABLE" and self.in_transaction:
                self._end(True)

    def _done(self, words: Reader) -> Outcome:
        if any(words.sees(start) for start in QUERY):
            return self._select(words.text)
        for start, statement in STATEMENTS.items():
            if words.sees(*start.split()):
                if start not in WHOLE:
                    words.takes(*start.split())
                return statement(self, words)
        return self._other(words)

    def _other(self, words: Reader) -> Outcome:
        first = words.word()
        if first in ("ANALYZE", "VACUUM"):
            if first == "VACUUM" and self.in_transaction:
                raise Failed("25001", "VACUUM cannot run inside a transaction block")
            if words.next is not None and words.next.text.upper() not in (
                "FULL",
                "SORT",
                "DELETE",
                "REINDEX",
                "COMPRESSION",
            ):
                self.catalog.table(words.path())
            return Outcome(first)
        if first == "LOCK":
            words.takes("TABLE")
            self.writes(self.catalog.table(words.path()))
            return Outcome("LOCK TABLE")
        known = ("EXPLAIN", "GRANT", "REVOKE", "CALL", "DECLARE", "FETCH", "CLOSE", "PREPARE", "EXECUTE",
                 "COMMENT", "CANCEL", "DO", "REFRESH", "INSERT", "MERGE")  # fmt: skip
        if first in known:
            raise NotDone(f"do {first}")
        raise syntax(first)

    # -- queries

    @property
    def path(self) -> tuple[str, ...]:
        """The schemas in which names without one are looked for."""
        return self._settings.path

    @property
    def catalog(self) -> Catalog:
        """The tables as the session sees them now."""
        return Catalog(self.cursor, self.path, Source(self.database.log, self.user), self._saw)

    def _saw(self, table: Table) -> None:
        self.seen.append(table)
        if self._transaction is not None and not table.temporary and not table.view:
            self.database.locks.read(self._transaction, table.oid)
        for schema, name in table.uses:
            inner = self.catalog.lookup([schema, name])
            if inner is not None:
                self._saw(inner)

    def queries(self) -> Queries:
        """A reader of queries, for one statement."""
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        schema = self.path[0] if self.path else ""
        return Queries(self.catalog, Around(now, self.user, schema, self.copied, self.backend), self._parameters)

    def read(self, text: str) -> Query:
        """A query that is part of a statement. Raises Failed."""
        return self.queries().query(parse.tree(text))

    def _select(self, text: str) -> Outcome:
        self._begin()
        tree = parse.tree(text)
        into = tree.args.get("into")
        if into is not None:
            raise NotDone("do SELECT INTO; CREATE TABLE AS does the same")
        query = self.queries().query(tree)
        if any(kind.name == "interval" for _, kind in query.columns):
            raise NotDone("return intervals")
        return Outcome("SELECT", query.columns, self.fetched(query))

    def fetched(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises Failed."""
        result = self.execute(query.sql)
        rows: list[tuple[Any, ...]] = []
        while part := result.fetchmany(10_000):
            rows += part
            if len(rows) > MOST_ROWS:
                raise NotDone(f"return more than {MOST_ROWS:,} rows")
        return rows

    # -- transactions

    def execute(self, sql: str) -> Any:
        """Runs a text of ours in DuckDB."""
        self._begin()
        return self.cursor.execute(sql)

    def changed(self, sql: str) -> int:
        """The same for one that changes rows; how many."""
        found = self.execute(sql).fetchall()
        return int(found[0][0]) if found and isinstance(found[0][0], int) else 0

    def writes(self, table: Table, reads: bool = False) -> None:
        """Makes a table this transaction's to write, once no other one has written to it. Raises Failed."""
        if table.temporary or table.view:
            return
        alone, self._first = self._first and not self.in_transaction, False
        if alone:
            self._over(committed=False)  # what is seen is to be what stands there after the wait
            self._transaction = self.database.locks.begin(self.backend)
        self._begin()
        assert self._transaction is not None
        self.database.locks.write(self._transaction, table.oid, fresh=alone)
        if alone:
            self.cursor.rollback()
            self.cursor.begin()
        if reads:
            self.database.locks.read(self._transaction, table.oid)
        self.database.locks.check(self._transaction)

    def _begin(self, silent: bool = False) -> None:
        if self._transaction is None:
            self._transaction = self.database.locks.begin(self.backend)
            self._open = False
        if not self._open:
            self.cursor.begin()
            self._open = True

    def _over(self, committed: bool) -> None:
        """Ends the transaction at work, if there is one. Raises Failed when it cannot be committed."""
        own, self._transaction = self._transaction, None
        if own is None:
            return
        try:
            if committed:
                self.database.locks.check(own)
            if self._open:
                self.cursor.abort()
                with self._told():
                    self.cursor.commit() if committed else self.cursor.rollback()
        except Failed:
            committed = False
            with suppress(duckdb.Error):  # DuckDB may have done it
                self.cursor.rollback()
            raise
        finally:
            self._open = False
            self.database.locks.end(own, committed)

    def _end(self, committed: bool) -> None:
        committed = committed and not self.failed
        self.in_transaction = self.failed = False
        self._over(committed)

    def _control(self, words: Reader) -> Outcome | None:
        """Statements about the transaction and the session itself."""
        if words.takes("BEGIN") or words.takes("START", "TRANSACTION"):
            if self.in_transaction:
                return Outcome("BEGIN", notices=("there is already a transaction in progress",))
            self.in_transaction = True
            return Outcome("BEGIN")
        if words.takes("COMMIT") or words.takes("END"):
            tag = "ROLLBACK" if self.failed else "COMMIT"
            self._end(True)
            return Outcome(tag)
        if words.takes("ROLLBACK") or words.takes("ABORT"):
            self._end(False)
            return Outcome("ROLLBACK")
        if self.failed:
            return None
        if words.takes("SET"):
            return self._settings.set(words)
        if words.takes("RESET"):
            return self._settings.reset(words.name())
        if words.takes("SHOW"):
            return self._settings.show(words.name())
        return self._deallocate(words) if words.takes("DEALLOCATE") else None

    def _deallocate(self, words: Reader) -> Outcome:
        words.takes("PREPARE")
        if words.takes("ALL"):
            self.prepared.clear()
            return Outcome("DEALLOCATE ALL")
        name = words.name()
        if self.prepared.pop(name, None) is None:
            raise Failed("26000", f'prepared statement "{name}" does not exist')
        return Outcome("DEALLOCATE")


def parameter(kind: types.Type, text: str | None) -> Value:
    """A value that a client sends, of the type that it names for it. Raises Failed."""
    if text is None:
        return Value(f"CAST(NULL AS {kind.duck})", kind) if kind is not types.UNKNOWN else values.null()
    found = values.literal(text)
    return found if kind is types.UNKNOWN else values.cast(found, kind)
