"""A session: one connection's database, schema and transaction, and its statements one after another.

What a statement is decides who does it: queries and changes of tables are the cursor's, the statements around files
and pipes those of their own modules.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb
from sqlglot import exp

from groundschool.engines.snowflake import (
    controls,
    errors,
    history,
    known,
    labels,
    names,
    queries,
    selecting,
    staged,
    statements,
)
from groundschool.engines.snowflake.account import Account
from groundschool.engines.snowflake.cursor import LabConnection, LabCursor
from groundschool.engines.snowflake.failure import Failed, NotDone, missing, syntax, wrong
from groundschool.engines.snowflake.objects import Name, Storage
from groundschool.engines.snowflake.outcome import Outcome, status
from groundschool.engines.snowflake.statements import QUERIES
from groundschool.engines.snowflake.words import MOST_TEXT, Words

SECONDS = 30  # of a statement
KINDS = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
RUN = (*QUERIES, *KINDS, exp.Create, exp.Drop, exp.Alter, exp.TruncateTable, exp.Describe, exp.Show, exp.Set)
SHOWN = ("TABLES", "VIEWS", "COLUMNS", "SCHEMAS", "DATABASES", "SEQUENCES")


class Session:
    """One of an account. `account` gives the one there is now: a lab that is reset has another."""

    def __init__(self, account: Callable[[], Account], storage: Storage, user: str) -> None:
        self._account, self.storage, self.user = account, storage, user
        self.database: str | None = None
        self.schema: str | None = None
        self.role, self.open, self._autocommit = "SYSADMIN", False, True
        self._of: Account | None = None
        self._emptied = 0
        self._connection: Any = None

    def run(self, text: str, parameters: Any = None) -> Outcome:
        """Runs one statement. Raises Failed, and nothing else."""
        with self._alone():
            try:
                return self._run(text, parameters)
            except Exception as error:
                raise errors.told(error) from error

    def inside(self, call: Callable[[], Any]) -> Any:
        """Calls something of the engine's while nothing else runs in the account."""
        with self._alone():
            return call()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps the account to this session, for as long as a statement may take."""
        account = self._account()
        with account.lock:
            self._renew(account)
            timer = threading.Timer(SECONDS, self._connection._duck_conn.interrupt)
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()

    def use(self, database: str | None, schema: str | None) -> None:
        """Takes a database, and a schema of it, where they are there; as a connection's arguments do."""
        account = self._account()
        if database is not None and database in account.databases():
            self.database, self.schema = database, None
            wanted = schema or "PUBLIC"
            if account.has_schema(database, wanted):
                self.schema = wanted

    def autocommit(self, on: bool) -> None:
        """Whether each statement is a transaction of its own."""
        self._autocommit = on

    def close(self) -> None:
        """Ends it; what is not committed is lost."""
        if self._connection is not None:
            with contextlib.suppress(duckdb.Error):
                self._connection._duck_conn.close()

    # -- for the modules of statements

    @property
    def account(self) -> Account:
        """The account, as it is for the statement that is run."""
        assert self._of is not None
        return self._of

    def cursor(self) -> LabCursor:
        """A cursor into the account's tables."""
        found: LabCursor = self._connection.cursor()
        return found

    def duck(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Runs SQL of DuckDB's and gives its rows."""
        return self._connection._duck_conn.execute(sql, list(parameters)).fetchall()

    def register(self, name: str, table: Any) -> None:
        """Makes a temporary table of an Arrow table."""
        connection = self._connection._duck_conn
        connection.register("_lab_given", table)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _lab_given")
        connection.unregister("_lab_given")

    def full(self, parts: Sequence[str]) -> Name:
        """A name in full. Raises Failed where the session has no database or schema to add."""
        if len(parts) < 3 and self.database is None:
            words = "This session does not have a current database. Call 'USE DATABASE', or use a qualified name."
            raise Failed(90105, "22000", f"Cannot perform operation. {words}")
        if len(parts) < 2 and self.schema is None:
            words = "This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name."
            raise Failed(90106, "22000", f"Cannot perform operation. {words}")
        found = [self.database or "", self.schema or ""][: 3 - len(parts)] + list(parts)
        return found[0], found[1], found[2]

    def place(self, parts: Sequence[str]) -> Name:
        """A name in full, of an object to be made: its schema must be there. Raises Failed."""
        name = self.full(parts)
        if not self.account.has_schema(name[0], name[1]):
            raise missing("Schema", f"{name[0]}.{name[1]}")
        return name

    @contextlib.contextmanager
    def together(self) -> Any:
        """What is done to tables inside is done as a whole, or not at all."""
        if self.open or not self._autocommit:
            if not self.open:
                self.begin()
            yield
            return
        self.duck("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self.duck("ROLLBACK")
            raise
        self.duck("COMMIT")

    @contextlib.contextmanager
    def at(self, database: str, schema: str) -> Any:
        """The session at another place for the length of a `with`."""
        before = self.database, self.schema
        self.database, self.schema = database, schema
        self.place_again()
        try:
            yield
        finally:
            self.database, self.schema = before
            self.place_again()

    def commit(self) -> None:
        """Ends an open transaction, as a statement that defines something does."""
        if self.open:
            self.duck("COMMIT")
            self.open = False

    def query(self, tree: exp.Expression, parameters: Any = None) -> Outcome:
        """Runs a statement on tables."""
        names.check(self, tree)
        cursor = self.cursor()
        if isinstance(tree, KINDS) and not self._autocommit and not self.open:
            self.begin()
        table, columns = cursor.run(tree, parameters)
        return Outcome(table, columns, statements.kind(tree), cursor.rowcount)

    # -- one statement

    def _renew(self, account: Account) -> None:
        if self._of is account and self._emptied == account.times_emptied:
            return
        self.close()
        self._of, self._emptied, self.open = account, account.times_emptied, False
        if self.database not in account.databases():
            self.database = self.schema = None
        elif self.schema is not None and not account.has_schema(self.database or "", self.schema):
            self.schema = None
        self._connect()

    def _connect(self) -> None:
        """A connection of DuckDB's at the session's place."""
        assert self._of is not None
        self._connection = LabConnection(
            self._of.fake.duck_conn.cursor(), self._of.fake.results_cache, create_database=False, create_schema=False
        )
        for macro in queries.MACROS:
            self.duck(macro)
        self.place_again()

    def place_again(self) -> None:
        connection = self._connection
        connection.database, connection.database_set = self.database, self.database is not None
        connection._schema, connection.schema_set = self.schema, self.schema is not None
        if self.database is not None:
            self.duck(f"SET schema = '{self.database}.{self.schema or 'main'}'")

    def _run(self, text: str, parameters: Any) -> Outcome:
        if len(text.encode()) > MOST_TEXT:
            raise NotDone(f"take statements of more than {MOST_TEXT >> 20} MiB")
        words = Words(text)
        if words.ahead("DECLARE") or (words.ahead("BEGIN") and not words.ahead("BEGIN", ";") and text.count(";") > 1):
            raise NotDone("do blocks of Snowflake Scripting")
        statements.one(text)
        for begin, handler in controls.HANDLERS.items():
            if words.takes(*begin.split()):
                return handler(self, words)
        for begin, module in staged.HANDLERS.items():
            if words.takes(*begin.split()):
                return module(self, words)
        known.check(text)
        text = self._connection.variables.inline_variables(text)
        tree = statements.parsed(text)
        labels.label(text, tree)
        return self._do(tree, parameters)

    def _do(self, tree: exp.Expression, parameters: Any) -> Outcome:
        if not isinstance(tree, RUN):
            raise NotDone(f"do {statements.called(tree)}")
        queries.check(tree)
        if isinstance(tree, (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)):
            self.commit()
            statements.check_definition(tree)
        if isinstance(tree, exp.Create) and str(tree.kind).upper() == "DATABASE":
            return self._create_database(tree)
        if isinstance(tree, exp.Drop) and str(tree.args.get("kind")).upper() == "DATABASE":
            return self._drop_database(tree)
        if isinstance(tree, exp.Show) and tree.name.upper() not in SHOWN:
            raise NotDone(f"do SHOW {tree.name.upper()}")
        if (there := names.standing(self, tree)) is not None:
            return status(f"{there} already exists, statement succeeded.")
        tree = statements.placed(history.found(self, tree), self)
        if selecting.reads_files(tree):
            tree = selecting.staged(self, tree)
        outcome = self.query(tree, parameters)
        self._follow(tree)
        return outcome

    def run_query(self, text: str) -> Outcome:
        """Runs a query that stands inside of another statement."""
        known.check(text)
        tree = statements.parsed(text)
        if not isinstance(tree, QUERIES):
            raise syntax(1, 0, text.split()[0][:40])
        return self._do(tree, None)

    def _follow(self, tree: exp.Expression) -> None:
        """What a change of tables changes beside them: what they remember of files, and where the session is."""
        loads = self.account.objects.loads
        for name in names.renewed(self, tree):
            loads.pop(name, None)
        if isinstance(tree, exp.Alter):
            for action in tree.args.get("actions") or ():
                if isinstance(action, exp.AlterRename):
                    old, new = names.of_table(self, tree.this), names.of_table(self, action.this)
                    loads[new] = loads.pop(old, {})
        if isinstance(tree, exp.Create) and str(tree.kind).upper() == "SCHEMA":
            self.database, self.schema = self._connection.database, self._connection._schema
        if isinstance(tree, exp.Drop) and str(tree.args.get("kind")).upper() in ("SCHEMA", "DATABASE"):
            self._forget()

    def _forget(self) -> None:
        """Objects go with their schemas."""
        objects, account = self.account.objects, self.account
        stores: tuple[dict[Name, Any], ...] = (
            objects.stages,
            objects.formats,
            objects.pipes,
            objects.loads,
            objects.files,
        )
        for store in stores:
            for name in list(store):
                if name[0] and not account.has_schema(name[0], name[1]):
                    del store[name]
        if self.database is not None and self.database not in account.databases():
            self.database = self.schema = None
        elif self.database is not None and self.schema and not account.has_schema(self.database, self.schema):
            self.schema = None
        self.place_again()

    def _create_database(self, tree: exp.Create) -> Outcome:
        name = tree.this.this.name if tree.this.this.quoted else tree.this.this.name.upper()
        if name in self.account.databases():
            if tree.args.get("exists"):
                return status(f"{name} already exists, statement succeeded.")
            if not tree.args.get("replace"):
                raise wrong(2002, "42710", f"Object '{name}' already exists.")
            raise NotDone("replace a database")
        clone = tree.args.get("clone")
        if clone is not None:
            names.clone_database(self, clone, name)
        else:
            self.account.create_database(name)
        self.database, self.schema = name, "PUBLIC"
        self.place_again()
        return status(f"Database {name} successfully created.")

    def _drop_database(self, tree: exp.Drop) -> Outcome:
        name = names.kept(tree.find(exp.Table).this)  # type: ignore[union-attr, unused-ignore]
        if name not in self.account.databases():
            if tree.args.get("exists"):
                return status(f"Drop statement executed successfully ({name} already dropped).")
            raise missing("Database", name)
        if self.database == name:
            self.database = self.schema = None
            self.duck("USE memory")
        self.duck(f"DETACH {name}")
        self._forget()
        return status(f"{name} successfully dropped.")

    def begin(self) -> None:
        self.duck("BEGIN TRANSACTION")
        self.open = True
