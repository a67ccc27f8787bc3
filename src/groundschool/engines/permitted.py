"""What a candidate's text may say to DuckDB: its question's tables, functions that compute, statements of its kind.

Functions are allowed by name (`duckdb_functions.txt`): what a later version adds is refused until it is listed. One
that tells of the machine, the process, settings, other runs or the database's own catalog is not. `now()` is: it tells
when this run is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from groundschool.engines.engine import Kind, QueryFailed, QueryRefused

MAX_TEXT = 100_000
MAX_STATEMENTS = 200

# Table functions that only compute; any other one reads files, settings or a second query hidden in text.
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat", "repeat_row"})
ELSEWHERE = frozenset({"getenv"})  # functions of DuckDB's other builds
CALLED = ("scalar", "aggregate", "macro", "window")
COLLATIONS = ("collate_", "icu_collate_")

READING_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE", "STATEMENT_NODE"})
WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE_INTO", "CREATE", "DROP", "ALTER"})
TYPES: Mapping[Kind, frozenset[str]] = {
    # MULTI is a PIVOT over values that are not known, or a statement with one inside.
    "select": frozenset({"SELECT", "MULTI"}),
    "statement": WRITING | {"MULTI"},
    "script": WRITING | {"SELECT", "MULTI", "TRANSACTION"},
}
EXPECTED: Mapping[Kind, str] = {
    "select": "a SELECT was expected",
    "statement": "one that creates or changes tables was expected",
    "script": "statements that create, change or read tables were expected",
}
CREATED = frozenset({"table", "view", "index", "schema", "sequence", "type", "macro", "function"})
BEFORE_CREATED = frozenset({"or", "replace", "temp", "temporary", "unique", "recursive"})
WRITES = frozenset({"insert", "update", "delete", "merge", "create", "drop", "alter", "truncate"})
NEVER = frozenset(
    {
        "attach",
        "call",
        "checkpoint",
        "copy",
        "describe",
        "detach",
        "execute",
        "explain",
        "export",
        "import",
        "install",
        "load",
        "pragma",
        "prepare",
        "show",
        "summarize",
        "vacuum",
    }
)
SCHEMAS = frozenset({"information_schema", "pg_catalog"})
NAMING = frozenset({"into", "table", "exists"})  # after them stands the name of a table, no call


@dataclass(frozen=True)
class Names:
    """What the installed DuckDB has of its own: functions not allowed, table functions not allowed, tables about
    itself.
    """

    functions: frozenset[str]
    table_functions: frozenset[str]
    tables: frozenset[str]


def inspect(connection: Any, text: str, kind: Kind, tables: Collection[str]) -> list[Any]:
    """The statements of a text that may run; `tables` are the names of its question's. Raises QueryRefused,
    QueryFailed.
    """
    if len(text) > MAX_TEXT:
        raise QueryRefused(f"The text has {len(text):,} characters; a query of at most {MAX_TEXT:,} was expected.")
    statements: list[Any] = connection.extract_statements(text)
    most = MAX_STATEMENTS if kind == "script" else 1
    if not 1 <= len(statements) <= most:
        expected = {"select": "exactly one SELECT was", "statement": "exactly one was"}.get(kind, f"1 to {most} were")
        raise QueryRefused(f"The text holds {len(statements)} statements; {expected} expected.")
    own = frozenset(name.casefold() for name in tables)
    for statement in statements:
        name = statement.type.name
        if name not in TYPES[kind]:
            holds = "script holds" if kind == "script" else "text is"
            raise QueryRefused(f"The {holds} {_article(name.replace('_', ' '))} statement; {EXPECTED[kind]}.")
        if name == "SELECT":
            _inspect_tree(connection, statement.query, own)
        elif name != "TRANSACTION":
            _inspect_words(statement.query, own, kind, mixed=name == "MULTI")
    return statements


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


# -- a SELECT, as DuckDB itself has parsed it


def _inspect_tree(connection: Any, text: str, own: frozenset[str]) -> None:
    """Refuses what DuckDB types as a SELECT and is more: writes inside WITH, DESCRIBE, its own tables, functions that
    read.
    """
    ((serialised,),) = connection.execute("select json_serialize_sql(?::varchar)", [text]).fetchall()
    tree = json.loads(serialised)
    if tree.get("error"):
        raise QueryFailed(str(tree.get("error_message"))[:2000])
    for node in _nodes(tree):
        kind = str(node.get("type", ""))
        if kind == "SHOW_REF":
            raise QueryRefused("The text describes tables (DESCRIBE, SHOW or SUMMARIZE); a SELECT was expected.")
        if kind.endswith("_NODE") and kind not in READING_NODES:
            raise QueryRefused(f"The query holds {kind.split('_')[0]}; only reading was expected.")
        if kind == "BASE_TABLE":
            _inspect_table(str(node["table_name"]), str(node["schema_name"]), own)
        if "function_name" in node and kind != "TABLE_FUNCTION":
            _inspect_call(str(node["function_name"]))
        function = node.get("function")
        if kind == "TABLE_FUNCTION" and isinstance(function, dict):
            name = str(function.get("function_name"))
            if name.casefold() not in TABLE_FUNCTIONS:
                raise _reads_from(name)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            yield node
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


# -- anything else, which DuckDB does not tell as a tree: by its words, as DuckDB splits them


def _inspect_words(text: str, own: frozenset[str], kind: Kind, mixed: bool) -> None:
    words = _words(text)
    if words[:1] == ["create"]:
        made = next((word for word in words[1:] if word not in BEFORE_CREATED), "")
        if made not in CREATED:
            raise QueryRefused(
                f"The text creates {_article(made.upper() or 'NOTHING')}; a table or a view was expected."
            )
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word in NEVER or mixed and kind == "select" and word in WRITES:
            raise QueryRefused(f"The query holds {word.upper()}; {EXPECTED[kind]}.")
        name = word.strip("\"'").casefold()
        if name in SCHEMAS:
            raise _own_table(name)
        _inspect_table(name, "", own)
        if after == "(" and before not in NAMING and name not in own:
            if name in duckdb_names().table_functions:
                raise _reads_from(name)
            _inspect_call(name)


def _words(text: str) -> list[str]:
    """Keywords in lower case, names and texts with their quotes, signs; no comments."""
    raw = text.encode()
    starts = duckdb.tokenize(text)
    ends = [start for start, _ in starts[1:]] + [len(raw)]
    words = []
    for (start, kind), end in zip(starts, ends, strict=True):
        word = raw[start:end].decode("utf-8", "replace").strip()
        if kind.name != "comment" and word:
            words.append(word.lower() if kind.name == "keyword" else word)
    return words


# -- names


def _inspect_table(name: str, schema: str, own: frozenset[str]) -> None:
    folded = name.casefold()
    if schema.casefold() in SCHEMAS:
        raise _own_table(f"{schema}.{name}")
    if folded in duckdb_names().tables and folded not in own:
        raise _own_table(name)


def _inspect_call(name: str) -> None:
    if name.casefold() in duckdb_names().functions:
        raise QueryRefused(f"The query calls `{name}`, which is not available here.")


def _own_table(name: str) -> QueryRefused:
    return QueryRefused(
        f"The query reads `{name}`, which tells of the database itself; the question's tables were expected."
    )


def _reads_from(name: str) -> QueryRefused:
    return QueryRefused(f"The query reads from the function `{name}`; the question's tables were expected.")


@cache
def duckdb_names() -> Names:
    """Of the installed DuckDB; the same for every database of this process."""
    allowed = frozenset(Path(__file__).with_name("duckdb_functions.txt").read_text(encoding="utf-8").split())
    with duckdb.connect(":memory:", config={"threads": 1, "async_threads": 0}) as database:
        found = database.execute("select distinct function_name, function_type from duckdb_functions()").fetchall()
        views = database.execute("select view_name, schema_name from duckdb_views() where internal").fetchall()
    return Names(
        functions=ELSEWHERE
        | {name.casefold() for name, kind in found if kind in CALLED and _is_named(name) and name not in allowed},
        table_functions=frozenset(name.casefold() for name, kind in found if kind not in CALLED) - TABLE_FUNCTIONS,
        tables=frozenset(name.casefold() for name, schema in views if schema != "information_schema"),
    )


def _is_named(name: str) -> bool:
    """Whether a function is called by a name, and not by a sign or a collation."""
    return name.isidentifier() and not name.startswith(COLLATIONS)
