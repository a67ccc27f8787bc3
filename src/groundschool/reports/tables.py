"""A counterexample laid out as tables, with the rows marked in which the answer and the expected table differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from groundschool.checks.verdict import Counterexample

MAX_ROWS = 12
MAX_COLUMNS = 30
MAX_CELL = 200


@dataclass(frozen=True)
class Row:
    """The cells of a row as text; `odd` when the other table has no such row."""

    cells: tuple[str, ...]
    odd: bool = False


@dataclass(frozen=True)
class Table:
    """A titled table; `more` says how many rows are not shown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int = 0


def counterexample_tables(example: Counterexample) -> tuple[list[Table], list[Table]]:
    """The input tables, and the answer's table (when there is one) beside the expected one."""
    given = [_table(f"Input: {name}", body) for name, body in example.given.items()]
    expected = _table("Expected", example.expected)
    if example.got is None:
        return given, [expected]
    got = _table("The answer gave", example.got)
    return given, [_compared(got, expected), _compared(expected, got)]


def _table(title: str, body: Any) -> Table:
    if not isinstance(body, dict) or "columns" not in body:
        return Table(title, (), (Row((_short(body),)),))
    rows = body.get("rows") or []
    shown = tuple(Row(tuple(_short(value) for value in row[:MAX_COLUMNS])) for row in rows[:MAX_ROWS])
    return Table(title, tuple(_short(name) for name in body["columns"][:MAX_COLUMNS]), shown, len(rows) - len(shown))


def _compared(table: Table, other: Table) -> Table:
    if {*table.columns} != {*other.columns} or table.more or other.more:
        return table
    unmatched = Counter(_by_column(other, row) for row in other.rows)
    rows = []
    for row in table.rows:
        key = _by_column(table, row)
        rows.append(Row(row.cells, odd=unmatched[key] <= 0))
        unmatched[key] -= 1
    return Table(table.title, table.columns, tuple(rows))


def _by_column(table: Table, row: Row) -> tuple[tuple[str, str], ...]:
    """Column order is not part of an answer, so rows are compared by column name."""
    return tuple(sorted(zip(table.columns, row.cells, strict=False)))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= MAX_CELL else text[:MAX_CELL] + "…"
