"""The door of the engine: one statement, run to its outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
from sqlglot import exp

from groundschool.engines.trino import database, ddl, writing
from groundschool.engines.trino.failure import Cancelled, Failed, NotDone
from groundschool.engines.trino.outcome import Outcome
from groundschool.engines.trino.parse import Plain, statement, tokens
from groundschool.engines.trino.queries import Reader
from groundschool.engines.trino.relation import Query
from groundschool.engines.trino.scan import load, visible
from groundschool.engines.trino.tables import Catalog, Column, Files, Partition, Table
from groundschool.engines.trino.types import BIGINT, hive
from groundschool.engines.trino.words import Reader as Words

MOST_ROWS = 1_000_000
BATCH = 10_000


def _nothing(_: Any) -> None:
    """Nobody asks."""


@dataclass(frozen=True)
class Request:
    """A statement and where it runs. `output` is the folder for tables that name no place; with `forced` they may not.

    `parameters` stand for its question marks, as SQL; `prepared` holds statements by name. `scanned` is told the bytes
    that were read before anything is computed, and may raise; `running` is given the connection, to interrupt it.
    """

    text: str
    database: str
    catalog: Catalog
    files: Files
    output: str = ""
    forced: bool = False
    parameters: Sequence[str] = ()
    prepared: MutableMapping[str, str] = field(default_factory=dict)
    scanned: Callable[[int], None] = _nothing
    running: Callable[[Any], None] = _nothing


def kind(text: str) -> str:
    """What a statement is, by its first words: DML, DDL or UTILITY."""
    words = Words(text)
    if any(words.sees(start) for start in ("SHOW", "DESCRIBE", "DESC", "EXPLAIN")):
        return "UTILITY"
    query = any(words.sees(start) for start in ("SELECT", "WITH", "VALUES", "(", "INSERT", "EXECUTE", "UNLOAD"))
    return "DML" if query else "DDL"


def run(request: Request) -> Outcome:
    """Runs a statement. Raises Failed, NotDone, Cancelled."""
    try:
        return _run(request)
    except RecursionError:
        raise Failed("QUERY_TEXT_TOO_LARGE", "The query is nested too deeply for the lab.") from None
    except duckdb.Error as error:
        if isinstance(error, duckdb.InterruptException):
            raise Cancelled from None
        raise database.told(error) from None


def _run(request: Request) -> Outcome:
    words = Words(request.text)
    if words.next.kind == "end":
        raise Failed("", "The statement is empty.")
    if any(words.sees(start) for start in ("SELECT", "WITH", "VALUES", "(")):
        return _select(request, request.text)
    if words.takes("INSERT INTO"):
        return _insert(request, words)
    if words.takes("CREATE TABLE"):
        return _create_table(request, words)
    if words.takes("CREATE OR REPLACE VIEW"):
        return _create_view(request, words, True)
    if words.takes("CREATE VIEW"):
        return _create_view(request, words, False)
    if words.sees("PREPARE") or words.sees("EXECUTE") or words.sees("DEALLOCATE"):
        return _prepared(request, words)
    place = ddl.Place(request.catalog, request.files, request.database)
    for start, done in ddl.STATEMENTS.items():
        if words.takes(start):
            return done(words, place)
    return _other(words)


KNOWN = ("EXPLAIN", "UNLOAD", "SHOW CREATE", "ANALYZE", "VACUUM", "OPTIMIZE", "UPDATE", "DELETE", "MERGE", "TRUNCATE")
NEVER = {
    "UPDATE": "Modifying Hive table rows is only supported for Iceberg tables",
    "DELETE": "Modifying Hive table rows is only supported for Iceberg tables",
    "MERGE": "Modifying Hive table rows is only supported for Iceberg tables",
}


def _other(words: Words) -> Outcome:
    for start, reason in NEVER.items():
        if words.sees(start):
            raise Failed("NOT_SUPPORTED", reason)
    for start in KNOWN:
        if words.sees(start):
            raise NotDone(f"do {start}")
    near = words.next.text
    expected = (
        "'ALTER', 'CREATE', 'DESCRIBE', 'DROP', 'EXECUTE', 'INSERT', 'MSCK', 'PREPARE', 'SELECT', 'SHOW', 'VALUES', "
    )
    raise Failed("", f"line 1:1: mismatched input '{near}'. Expecting: {expected}'WITH', <query>")


def check(text: str) -> None:
    """Raises Failed for a text that is no statement at all: what Athena refuses before it makes an execution of it."""
    words = Words(text)
    known = ("SELECT", "WITH", "VALUES", "(", "INSERT", "CREATE", "PREPARE", "EXECUTE", "DEALLOCATE", "GRANT", "REVOKE",
             "COPY", "ALTER", "DROP", "SHOW", "DESCRIBE", "DESC", "MSCK", *KNOWN)  # fmt: skip
    if words.next.kind == "end" or not any(words.sees(start) for start in known):
        _other(words)


# -- queries


def _filled(text: str, parameters: Sequence[str]) -> str:
    """The text with a parameter in place of each question mark. Raises Failed."""
    places = [word for word in tokens(text) if word.token_type.name == "PLACEHOLDER" and word.text == "?"]
    if len(places) != len(parameters):
        words = f"Incorrect number of parameters: expected {len(places)} but found {len(parameters)}"
        raise Failed("INVALID_PARAMETER_USAGE", words)
    parts, position = [], 0
    for word, value in zip(places, parameters, strict=True):
        _literal(value)
        parts += [text[position : word.start], f" {value} "]
        position = word.end + 1
    return "".join([*parts, text[position:]])


def _literal(text: str) -> None:
    """Raises Failed for a parameter that is no literal: it stands in for a value, never for a piece of a query."""
    try:
        found = Plain().parse(f"SELECT {text}")
        tree = found[0].expressions[0] if len(found) == 1 and found[0] is not None else None
    except Exception:
        tree = None
    plain = (exp.Literal, exp.Neg, exp.Cast, exp.Boolean, exp.Null, exp.DataType, exp.DataTypeParam, exp.Array,
             exp.Interval,
             exp.Var, exp.Paren, exp.HexString)  # fmt: skip
    if tree is None or not all(isinstance(node, plain) for node in tree.walk()) or len(found[0].expressions) != 1:
        raise Failed("INVALID_PARAMETER_USAGE", f"A parameter is a literal; found: {text[:80]}")


def _read(request: Request, text: str) -> tuple[Reader, Query]:
    reader = Reader(request.catalog, request.database)
    tree = statement(_filled(text, request.parameters) if "?" in text or request.parameters else text)
    if not isinstance(tree, exp.Query | exp.Values):
        raise Failed("SYNTAX_ERROR", f"mismatched input '{text.split()[0]}': a query was expected")
    return reader, reader.query(tree)


def _select(request: Request, text: str) -> Outcome:
    reader, query = _read(request, text)
    columns = tuple(
        (f"_col{place}" if column.name is None else column.name, column.value.type)
        for place, column in enumerate(query.columns)
    )
    with database.opened() as connection:
        scanned = _loaded(request, reader, query.used(), connection)
        database.prepare(connection, query.sql)
        rows: list[tuple[Any, ...]] = []
        result = connection.execute(query.sql)
        while part := result.fetchmany(BATCH):
            rows += part
            if len(rows) > MOST_ROWS:
                raise NotDone(f"return more than {MOST_ROWS:,} rows")
    return Outcome("DML", columns, rows, scanned=scanned)


def _loaded(request: Request, reader: Reader, used: Any, connection: Any) -> int:
    request.running(connection)

    def check() -> None:
        request.running(connection)

    scanned = load(connection, reader.scans, used, request.catalog, request.files, check)
    request.scanned(scanned)
    return scanned


# -- tables that queries fill


def _create_table(request: Request, words: Words) -> Outcome:
    quiet = words.takes("IF NOT EXISTS")
    home, name = words.table(request.database)
    if words.sees("("):
        words_ = (
            "a table that is neither EXTERNAL nor made AS a query is an Iceberg table, which the lab does not make."
        )
        raise Failed("", f"FAILED: SemanticException {words_}")
    target = writing.target(words, home, name, request.output, request.forced)
    found = request.catalog.table(home, name)
    if found is not None:
        if quiet:
            return Outcome("DDL")
        raise Failed("TABLE_ALREADY_EXISTS", f"Table 'awsdatacatalog.{home}.{name}' already exists")
    if home not in request.catalog.databases():
        raise Failed("SCHEMA_NOT_FOUND", f"Schema '{home}' does not exist")
    text = words.rest()
    empty = re.search(r"\bWITH\s+NO\s+DATA\s*$", text, re.IGNORECASE)
    text = re.sub(r"\bWITH\s+(NO\s+)?DATA\s*$", "", text, flags=re.IGNORECASE)
    reader, query = _read(request, text)
    table = writing.table_of(target, query)
    if any(True for _ in visible(request.files, table.location)):
        words_ = f"Target directory for table '{home}.{name}' already exists: {table.location}"
        raise Failed("HIVE_PATH_ALREADY_EXISTS", words_)
    written: list[str] = []
    partitions: list[Partition] = []
    scanned = count = 0
    if not empty:
        scanned, rows = _rows(request, reader, query, table)
        partitions, written = writing.write(rows, table, request.files, target.codec)
        count = rows.num_rows
    request.catalog.create_table(table, False)
    if partitions:
        request.catalog.add_partitions(table, partitions, True)
    return Outcome("DDL", scanned=scanned, written=tuple(written), updated=count)


def _rows(request: Request, reader: Reader, query: Query, table: Table) -> tuple[int, Any]:
    sql = writing.selected(query, table)
    with database.opened() as connection:
        scanned = _loaded(request, reader, query.used(), connection)
        database.prepare(connection, sql)
        rows = connection.sql(sql).to_arrow_table()
    return scanned, rows


def _insert(request: Request, words: Words) -> Outcome:
    home, name = words.table(request.database)
    table = request.catalog.table(home, name)
    if table is None:
        raise Failed("TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{home}.{name}' does not exist")
    if table.view:
        raise Failed("NOT_SUPPORTED", "Inserting into views is not supported")
    if "parquet" not in table.storage.library.casefold():
        raise NotDone("insert into tables but of Parquet")
    every = (*table.columns, *table.partition_keys)
    names = _named_columns(words, table)
    reader, query = _read(request, words.rest())
    if len(query.columns) != len(names):
        shown = f"Insert query has {len(query.columns)} expression(s) but expected {len(names)} target column(s)"
        raise Failed("TYPE_MISMATCH", f"Insert query has mismatched column types: {shown}")
    if names != [column.name for column in every]:
        if set(names) != {column.name for column in every}:
            raise NotDone("insert into some of the columns")
        order = [names.index(column.name) for column in every]
        listed = ", ".join(f"c{place} AS c{new}" for new, place in enumerate(order))
        query = Query(
            f"SELECT {listed} FROM ({query.sql})", tuple(query.columns[place] for place in order), query.marks
        )
    scanned, rows = _rows(request, reader, query, table)
    known = {partition.values for partition in request.catalog.partitions(table)} if table.partition_keys else set()
    partitions, written = writing.write(rows, table, request.files, "snappy") if rows.num_rows else ([], [])
    fresh = [partition for partition in partitions if partition.values not in known]
    if fresh:
        request.catalog.add_partitions(table, fresh, True)
    return Outcome(
        "DML", (("rows", BIGINT),), [(rows.num_rows,)], scanned=scanned, written=tuple(written), updated=rows.num_rows
    )


def _named_columns(words: Words, table: Table) -> list[str]:
    every = [column.name for column in (*table.columns, *table.partition_keys)]
    if not words.sees("(") or words.sees("( SELECT") or words.sees("( WITH") or words.sees("( VALUES"):
        return every
    words.expect("(")
    names = [words.table_part()]
    while words.takes(","):
        names.append(words.table_part())
    words.expect(")")
    for name in names:
        if name not in every:
            raise Failed("COLUMN_NOT_FOUND", f"Insert column name does not exist in target table: {name}")
    return names


# -- views and prepared statements


def _create_view(request: Request, words: Words, replaces: bool) -> Outcome:
    home, name = words.table(request.database)
    if words.takes("COMMENT"):
        words.string()
    words.expect("AS")
    text = words.rest()
    _, query = _read(request, text)
    names = [column.name.casefold() if column.name is not None else "" for column in query.columns]
    for place, given in enumerate(names, 1):
        if not given:
            raise Failed("MISSING_COLUMN_NAME", f"Column name not specified at position {place}")
        if names.count(given) > 1:
            raise Failed("DUPLICATE_COLUMN_NAME", f"Column name '{given}' specified more than once")
    columns = tuple(Column(given, _hive(column)) for given, column in zip(names, query.columns, strict=True))
    found = request.catalog.table(home, name)
    if found is not None and not found.view:
        raise Failed("TABLE_ALREADY_EXISTS", f"'awsdatacatalog.{home}.{name}' is a table, not a view")
    if found is not None and not replaces:
        raise Failed("TABLE_ALREADY_EXISTS", f"View already exists: '{home}.{name}'")
    table = Table(home, name, columns, view=text, parameters={"presto_view": "true", "comment": "Presto View"})
    request.catalog.create_table(table, False, found is not None)
    return Outcome("DDL")


def _hive(column: Any) -> str:
    try:
        return hive(column.value.type)
    except NotDone:
        return "string"


def _prepared(request: Request, words: Words) -> Outcome:
    if words.takes("PREPARE"):
        name = words.table_part()
        words.expect("FROM")
        text = words.rest()
        tokens(text)
        request.prepared[name] = text
        return Outcome("DDL")
    if words.takes("DEALLOCATE PREPARE"):
        name = words.table_part()
        if name not in request.prepared:
            raise Failed("", f"PreparedStatement {name} was not found in workGroup")
        del request.prepared[name]
        return Outcome("DDL")
    words.expect("EXECUTE")
    name = words.table_part()
    if name not in request.prepared:
        raise Failed("", f"PreparedStatement {name} was not found in workGroup")
    given = list(request.parameters)
    if words.takes("USING"):
        given = _arguments(words.rest())
    return run(replace(request, text=request.prepared[name], parameters=given))


def _arguments(text: str) -> list[str]:
    """The values behind USING, each as it was written."""
    found, start, depth = [], 0, 0
    for word in tokens(text):
        depth += (word.text in ("(", "[")) - (word.text in (")", "]"))
        if word.text == "," and not depth:
            found.append(text[start : word.start].strip())
            start = word.end + 1
    return [*found, text[start:].strip()]
