"""An expression that has been read: its text for DuckDB, its type, and the columns of tables that it is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from groundschool.engines.trino import types
from groundschool.engines.trino.types import Type

FAILURE = "!trino!"  # begins a text that DuckDB is made to fail on, and quotes


@dataclass(frozen=True)
class Mark:
    """A column of a scan of a table."""

    scan: int
    column: str


Marks = frozenset[Mark]


@dataclass(frozen=True)
class Typed:
    """`same_as` is set where the value is a table's column, handed on as it is; `key` where it is fit for a group."""

    sql: str
    type: Type
    marks: Marks = frozenset()
    same_as: Mark | None = None
    constant: str | None = None  # the text of a string literal
    aggregates: bool = False

    def made(self, sql: str, type: Type) -> Typed:
        """Another expression of the same columns."""
        return Typed(sql, type, self.marks, aggregates=self.aggregates)

    def renamed(self, sql: str) -> Typed:
        """The same value by another name."""
        return replace(self, sql=sql, constant=None, aggregates=False)


def joined(sql: str, type: Type, parts: Iterable[Typed]) -> Typed:
    """An expression made of others."""
    given = list(parts)
    marks = frozenset(mark for part in given for mark in part.marks)
    return Typed(sql, type, marks, aggregates=any(part.aggregates for part in given))


def text(value: str) -> str:
    """A string as a literal of DuckDB's that is text and nothing else."""
    return "CAST('" + value.replace("'", "''").replace("\0", "") + "' AS VARCHAR)"


def literal(value: str) -> Typed:
    """A string literal: its length is part of its type."""
    return Typed(text(value), Type("varchar", (len(value),)), constant=value)


def null(type: Type = types.UNKNOWN) -> str:
    """NULL of a type."""
    return f"CAST(NULL AS {types.duckdb(type)})"


def fails(code: str, words: str) -> str:
    """An expression without a type of its own that fails with Trino's code and words (an SQL text) when it is reached.

    DuckDB's own `error` is volatile, and TRY takes nothing volatile.
    """
    return f"CASE WHEN CAST('{FAILURE}{code}: ' || {words} AS INTEGER) = 0 THEN NULL END"


def guarded(condition: str, code: str, words: str, otherwise: str) -> str:
    """An expression that fails where a condition holds."""
    return f"CASE WHEN {condition} THEN {fails(code, words)} ELSE {otherwise} END"
