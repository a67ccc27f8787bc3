"""Runs one SQL query of a candidate in DuckDB, over the question's input tables and nothing else.

The text is parsed first (exactly one query, no function that reads outside), then run in an in-memory database that was
locked before any text was seen. Memory and time of a query are not bounded here: DuckDB's own limits do not hold, the box's do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

from groundschool.errors import GroundSchoolError

MAX_TEXT = 100_000
MAX_ROWS = 2_000_000

# After external access is off, temp_directory cannot be set any more; after the lock nothing can. So the order matters.
SETTINGS = (
    "TimeZone='UTC'", "temp_directory=''", "max_temp_directory_size='0KB'", "memory_limit='1GB'",
    "autoinstall_known_extensions=false", "autoload_known_extensions=false", "allow_community_extensions=false",
    "python_enable_replacements=false", "enable_external_access=false", "lock_configuration=true",
)  # fmt: skip

# A process that has threads cannot be forked, and an open database is what a warm process is warm with.
NO_THREADS = {"threads": 1, "async_threads": 0}

# Table functions that only compute; any other one reads files, settings or a second query hidden in text.
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat", "repeat_row"})
FORBIDDEN_FUNCTIONS = frozenset(
    {
        "query",
        "query_table",
        "json_execute_serialized_sql",
        "getenv",
        "getvariable",
        "current_setting",
        "write_log",
        "sleep_ms",
        "pg_sleep",
    }
)
READING_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE", "STATEMENT_NODE"})


class QueryRefused(GroundSchoolError):
    """The text is not one query over the question's tables; it was not run."""


class QueryFailed(GroundSchoolError):
    """DuckDB could not run the query; the text is DuckDB's message."""


class Database:
    """A locked database for one query after another, which is a fourth of the cost of a new one for each.

    It holds nothing between two of them: a query can only read, its tables are dropped, and what PIVOT leaves behind ends with
    its connection. Not for several threads.
    """

    def __init__(self) -> None:
        self._database: Any = None
        self.open()

    def open(self) -> None:
        """Opens it anew: an internal error of DuckDB's makes a database useless."""
        if self._database is not None:
            self._database.close()
        self._database = duckdb.connect(":memory:", config=NO_THREADS)
        for setting in SETTINGS:
            self._database.execute(f"SET GLOBAL {setting}")

    def run(self, text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """As `run`."""
        try:
            with self._holding(tables) as connection:
                _inspect(connection, text)
                return _execute(connection, text)
        except duckdb.Error as error:
            if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                self.open()
            raise QueryFailed(str(error).split("\n\nLINE")[0].strip()[:2000]) from None

    @contextmanager
    def _holding(self, tables: Mapping[str, pa.Table]) -> Iterator[Any]:
        """A connection that finds `tables`, for as long as it is open."""
        with self._database.cursor() as connection:
            for name, table in tables.items():
                connection.register("_incoming", table)
                connection.execute(f'create or replace table "{name}" as select * from _incoming')
                connection.unregister("_incoming")
            try:
                yield connection
            finally:
                for name in tables:
                    with suppress(duckdb.Error):  # of a database that is useless, the next query gets a new one
                        self._database.execute(f'drop table if exists "{name}"')


_database: Database | None = None


def run(text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The rows that `text` returns over `tables`.

    Raises QueryRefused for text that is not one SELECT, QueryFailed with DuckDB's own message when it does not run.
    """
    return prepared().run(text, tables)


def prepared() -> Database:
    """This process's database, opened when first asked for."""
    global _database
    _database = _database or Database()
    return _database


def _execute(connection: Any, text: str) -> pa.Table:
    reader = connection.sql(text).to_arrow_reader(100_000)
    batches, rows = [], 0
    for batch in reader:
        rows += batch.num_rows
        if rows > MAX_ROWS:
            raise QueryRefused(
                f"The query returns more than {MAX_ROWS:,} rows; the answer to this question has far fewer."
            )
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=reader.schema)


def _inspect(connection: Any, text: str) -> None:
    if len(text) > MAX_TEXT:
        raise QueryRefused(f"The text has {len(text):,} characters; a query of at most {MAX_TEXT:,} was expected.")
    statements = connection.extract_statements(text)
    if len(statements) != 1:
        raise QueryRefused(f"The text holds {len(statements)} statements; exactly one SELECT was expected.")
    kind = statements[0].type
    if kind not in (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI):
        raise QueryRefused(f"The text is {_article(kind.name)} statement; a SELECT was expected.")
    _walk(connection, text, kind)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _walk(connection: Any, text: str, kind: object) -> None:
    """Refuses what DuckDB types as a SELECT and is more than a query: writes inside WITH, DESCRIBE, functions that read."""
    if kind == duckdb.StatementType.MULTI:  # PIVOT over unknown values: DuckDB does not serialise it
        _walk_pivot(text)
        return
    ((serialised,),) = connection.execute("select json_serialize_sql(?::varchar)", [text]).fetchall()
    tree = json.loads(serialised)
    if tree.get("error"):
        raise QueryFailed(str(tree.get("error_message"))[:2000])
    for node in _nodes(tree):
        name = str(node.get("type", ""))
        if name == "SHOW_REF":
            raise QueryRefused("The text describes tables (DESCRIBE, SHOW or SUMMARIZE); a SELECT was expected.")
        if name.endswith("_NODE") and name not in READING_NODES:
            raise QueryRefused(f"The query holds {name.split('_')[0]}; only reading was expected.")
        function = node.get("function")
        if (
            name == "TABLE_FUNCTION"
            and isinstance(function, dict)
            and function.get("function_name") not in TABLE_FUNCTIONS
        ):
            raise QueryRefused(
                f"The query reads from the function `{function.get('function_name')}`; the question's tables were expected."
            )
        if name == "FUNCTION" and node.get("function_name") in FORBIDDEN_FUNCTIONS:
            raise QueryRefused(f"The query calls `{node.get('function_name')}`, which is not available here.")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            yield node
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def _walk_pivot(text: str) -> None:
    try:
        nodes = [node for part in _pivot_and_end(text) for node in sqlglot.parse_one(part, read="duckdb").walk()]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise QueryFailed(f"The query could not be parsed: {str(error).splitlines()[0][:300]}") from None
    for node in nodes:
        if isinstance(node, (exp.DML, exp.DDL, exp.Command)) and not isinstance(node, exp.Query):
            raise QueryRefused(f"The query holds {type(node).__name__.upper()}; only reading was expected.")
        if isinstance(node, (exp.Table, exp.Lateral)) and isinstance(node.this, exp.Func) and not _computes(node.this):
            raise QueryRefused("The query reads from a function; the question's tables were expected.")
        if isinstance(node, exp.Anonymous) and node.name.lower() in FORBIDDEN_FUNCTIONS:
            raise QueryRefused(f"The query calls `{node.name.lower()}`, which is not available here.")


def _computes(function: exp.Func) -> bool:
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return isinstance(function, exp.Unnest) or name.lower() in TABLE_FUNCTIONS


def _pivot_and_end(text: str) -> list[str]:
    """The text, in two parts where it ends in ORDER BY or LIMIT: DuckDB takes them after a PIVOT, sqlglot's parser does not."""
    depth, end = 0, None
    for token in sqlglot.tokenize(text, read="duckdb"):
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth == 0 and end is None and token.token_type in (TokenType.ORDER_BY, TokenType.LIMIT):
            end = token.start
    return [text] if end is None else [text[:end], f"select 1 {text[end:]}"]
