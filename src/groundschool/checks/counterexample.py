"""Finds a small input on which an answer differs from what is expected: at most five rows of public data.

The table it starts from is generated from the public example seed, never from hidden data. It is halved, run again, and
halved again while the answer goes on differing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from groundschool.checks.answers import AnswerRaised, NotAnAnswer
from groundschool.checks.table.arrow import NotATable, to_table
from groundschool.checks.table.compare import Rules, compare
from groundschool.checks.values import error_name
from groundschool.checks.verdict import Counterexample
from groundschool.engines.duckdb_ import QueryFailed, QueryRefused

MOST_ROWS = 5
MOST_CALLS = 25
LONGEST_VALUE = 60


@dataclass(frozen=True)
class _Outcome:
    differs: bool
    got: pa.Table | None
    want: pa.Table
    error: str = ""


def find(
    table: pa.Table, answer: Callable[[pa.Table], Any], expected: Callable[[pa.Table], Any], by: str, rules: Rules
) -> Counterexample | None:
    """A counterexample among the rows of `table`, whose groups of equal `by` (or rows, when `by` is no column) are independent.

    None when the answer is right there, or when no input of five rows shows the difference.
    """
    chosen = _smallest(_units(table, by), lambda units: _try(_rows(table, units), answer, expected, rules).differs)
    if not chosen or sum(map(len, chosen)) > MOST_ROWS:
        return None
    given = _rows(table, chosen)
    outcome = _try(given, answer, expected, rules)
    if not outcome.differs:
        return None
    return Counterexample(
        given=_told(given),
        got=_told(outcome.got, rules) if outcome.got is not None else None,
        expected=_told(outcome.want, rules),
        error=outcome.error,
    )


def _smallest(units: list[list[int]], differs: Callable[[list[list[int]]], bool]) -> list[list[int]]:
    """The units halved as long as a half still differs; none when they do not differ to begin with."""
    calls = 1
    if not differs(units):
        return []
    while len(units) > 1 and calls + 2 <= MOST_CALLS:
        calls += 2
        middle = len(units) // 2
        half = next((half for half in (units[:middle], units[middle:]) if differs(half)), None)
        if half is None:
            return units
        units = half
    return units


def _units(table: pa.Table, by: str) -> list[list[int]]:
    if by not in table.column_names:
        return [[row] for row in range(table.num_rows)]
    groups: dict[Any, list[int]] = {}
    for row, key in enumerate(table.column(by).to_pylist()):
        groups.setdefault(key, []).append(row)
    return sorted((rows for rows in groups.values() if len(rows) <= MOST_ROWS), key=len)


def _rows(table: pa.Table, units: Sequence[list[int]]) -> pa.Table:
    return table.take(pa.array(sorted(row for unit in units for row in unit), type=pa.int64()))


def _try(
    table: pa.Table, answer: Callable[[pa.Table], Any], expected: Callable[[pa.Table], Any], rules: Rules
) -> _Outcome:
    want = to_table(expected(table))
    try:
        got = to_table(answer(table))
    except (QueryFailed, QueryRefused, NotAnAnswer, NotATable) as error:
        return _Outcome(True, None, want, str(error)[:300])
    except AnswerRaised as error:
        return _Outcome(True, None, want, f"{error_name(error.kind)}: {error}"[:300])
    return _Outcome(compare(got, want, rules) is not None, got, want)


def _told(table: pa.Table, rules: Rules = Rules()) -> dict[str, Any]:
    """The first rows as text, sorted where order does not count, so that two tables are easy to compare by eye."""
    table = _named_apart(table)
    ordered = table if rules.order_by else _ordered(table)
    rows = [[_text(value) for value in row.values()] for row in ordered.slice(0, MOST_ROWS).to_pylist()]
    return {"columns": table.column_names[:12], "rows": [row[:12] for row in rows]}


def _named_apart(table: pa.Table) -> pa.Table:
    if len(set(table.column_names)) == table.num_columns:
        return table
    return table.rename_columns([f"{name} ({place})" for place, name in enumerate(table.column_names)])


def _ordered(table: pa.Table) -> pa.Table:
    try:
        return table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in table.column_names]))
    except (pa.ArrowException, ValueError):
        return table


def _text(value: Any) -> str:
    text = "NULL" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
