"""The DuckDB in which one statement runs: in memory, without files, extensions, settings or other databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from groundschool.engines.trino import jsons
from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.jsons import Function
from groundschool.engines.trino.texts import PYTHON
from groundschool.engines.trino.typed import FAILURE

SETTINGS = (
    "TimeZone='UTC'", "temp_directory=''", "max_temp_directory_size='0KB'", "memory_limit='2GB'",
    "autoinstall_known_extensions=false", "autoload_known_extensions=false", "allow_community_extensions=false",
    "python_enable_replacements=false", "enable_external_access=false", "lock_configuration=true",
)  # fmt: skip
TOLD = re.compile(re.escape(FAILURE) + r"([A-Z_]+): (.*?)(?:' to INT32|'? when casting|\"? to INT32|$)", re.DOTALL)


@contextmanager
def opened() -> Iterator[Any]:
    """A connection, locked, which forgets everything when it closes."""
    with duckdb.connect(":memory:", config={"threads": 1, "async_threads": 0}) as connection:
        for setting in SETTINGS:
            connection.execute(f"SET GLOBAL {setting}")
        yield connection


def prepare(connection: Any, sql: str) -> None:
    """Makes the Python functions that a text calls."""
    for function in (*PYTHON, *jsons.cast_functions()):
        if f"{function.name}(" in sql:
            connection.create_function(
                function.name, _of_values(function), list(function.takes), function.gives, null_handling="special"
            )


def _of_values(function: Function) -> Callable[..., Any]:
    """The function, NULL for NULL; DuckDB counts its parameters, so that it has them by name."""
    if len(function.takes) == 1:
        return lambda one: None if one is None else function.call(one)
    return lambda one, other: None if one is None or other is None else function.call(one, other)


def told(error: Exception) -> Failed:
    """What DuckDB said against a text, in Trino's words."""
    words = str(error).split("\n\nLINE")[0].strip()
    found = TOLD.search(words)
    if found:
        return Failed(found[1], found[2].strip())
    if isinstance(error, duckdb.InterruptException):
        return Failed("USER_CANCELED", "Query was canceled")
    if (
        "must appear in the GROUP BY clause" in words
        or "not in GROUP BY" in words
        or "must appear in GROUP BY" in words
    ):
        return Failed(
            "EXPRESSION_NOT_AGGREGATE",
            "An expression of the SELECT list must be an aggregate expression or appear in GROUP BY clause",
        )
    if "More than one row returned by a subquery" in words:
        return Failed("SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows")
    if "ivision by zero" in words:
        return Failed("DIVISION_BY_ZERO", "Division by zero")
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return Failed("EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded the lab's memory limit of 2GB")
    if isinstance(error, duckdb.OutOfRangeException) or "out of range" in words or "Overflow" in words:
        return Failed(
            "NUMERIC_VALUE_OUT_OF_RANGE", words.removeprefix("Out of Range Error: ").removeprefix("Conversion Error: ")
        )
    if isinstance(error, duckdb.ConversionException):
        return Failed("INVALID_CAST_ARGUMENT", words.removeprefix("Conversion Error: "))
    if isinstance(error, duckdb.BinderException | duckdb.ParserException | duckdb.NotImplementedException):
        return Failed("NOT_SUPPORTED", f"The lab does not do this query: {words[:300]}")
    return Failed("GENERIC_USER_ERROR", words[:500])
