"""Finds a small input on which an answer differs from what is expected: at most five rows a part, of public data.

The dataset it starts from is generated from the public example seed, never from hidden data. Parts of it are left out,
and the answer is run again, while it goes on differing: first whole keys, in all tables that have them, then rows that
no longer belong to any, then single rows, lines and objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from groundschool.checks import values
from groundschool.checks.answers import AnswerRaised, NotAnAnswer
from groundschool.checks.table.arrow import NotATable, to_table
from groundschool.checks.table.compare import Rules, compare
from groundschool.checks.verdict import Counterexample
from groundschool.engines.engine import QueryFailed, QueryRefused
from groundschool.fixtures.dataset import Objects, Part, Text

MOST_ROWS = 5
MOST_CALLS = 25  # of the answer, and as many again for each further part
LONGEST_VALUE = 60

Rows = Mapping[str, list[int]]  # by part: the numbers of the rows, lines or objects that are kept


@dataclass(frozen=True)
class _Outcome:
    differs: bool
    got: pa.Table | None
    want: pa.Table
    error: str = ""


class _Trial:
    """Runs the answer over chosen rows of the parts, a limited number of times."""

    def __init__(
        self, parts: Mapping[str, Any], answer: Callable[..., Any], expected: Callable[..., Any], rules: Rules
    ) -> None:
        self.parts, self.answer, self.expected, self.rules = parts, answer, expected, rules
        self.calls = MOST_CALLS * sum(_size(part) is not None for part in parts.values())

    def cut(self, rows: Rows) -> dict[str, Any]:
        """The parts with these rows only."""
        return {name: _take(part, rows[name]) if name in rows else part for name, part in self.parts.items()}

    def differs(self, rows: Rows) -> bool:
        """Whether the answer differs over these rows; not known, so no, once it was called too often."""
        self.calls -= 1
        return self.calls >= 0 and self.outcome(rows).differs

    def outcome(self, rows: Rows) -> _Outcome:
        """What the answer and what is expected are over these rows."""
        given = self.cut(rows)
        want = to_table(self.expected(**given))
        try:
            got = to_table(self.answer(**given))
        except (QueryFailed, QueryRefused, NotAnAnswer, NotATable) as error:
            return _Outcome(True, None, want, str(error)[:300])
        except AnswerRaised as error:
            return _Outcome(True, None, want, f"{values.error_name(error.kind)}: {error}"[:300])
        return _Outcome(compare(got, want, self.rules) is not None, got, want)


def find(
    parts: Mapping[str, Any], answer: Callable[..., Any], expected: Callable[..., Any], by: str, rules: Rules
) -> Counterexample | None:
    """A counterexample of at most five rows in each of the `parts`, whose groups of equal `by` are independent of each
    other.

    `answer` and `expected` take the parts by name. None when the answer is right there, or when no such input shows the
    difference.
    """
    trial = _Trial(parts, answer, expected, rules)
    rows: Rows = {name: list(range(size)) for name, part in parts.items() if (size := _size(part)) is not None}
    if not trial.differs(rows):
        return None
    rows = _by_row(trial, _by_reference(trial, _by_key(trial, rows, by), by))
    if any(len(kept) > MOST_ROWS for kept in rows.values()):
        return None
    outcome = trial.outcome(rows)
    if not outcome.differs:
        return None
    return Counterexample(
        given={name: _shown(part) for name, part in trial.cut(rows).items()},
        got=_told(outcome.got, rules) if outcome.got is not None else None,
        expected=_told(outcome.want, rules),
        error=outcome.error,
    )


def _by_key(trial: _Trial, rows: Rows, by: str) -> Rows:
    """The rows of as few keys as show the difference; a key with more rows than may be shown is left out."""
    keyed = {name: part for name, part in trial.parts.items() if isinstance(part, pa.Table) and by in part.column_names}
    groups: dict[Any, dict[str, list[int]]] = {}
    for name, table in keyed.items():
        for row, key in enumerate(table.column(by).to_pylist()):
            groups.setdefault(key, {each: [] for each in keyed})[name].append(row)
    small = [group for group in groups.values() if all(len(kept) <= MOST_ROWS for kept in group.values())]
    units = sorted(small, key=lambda group: sum(map(len, group.values())))

    def joined(units: Sequence[Rows]) -> Rows:
        return {**rows, **{name: sorted(row for unit in units for row in unit[name]) for name in keyed}}

    return joined(_smallest(units, lambda units: trial.differs(joined(units))))


def _by_reference(trial: _Trial, rows: Rows, by: str) -> Rows:
    """The rows of tables without the key to which the rows kept elsewhere point, by columns of one name."""
    others = [name for name, part in trial.parts.items() if isinstance(part, pa.Table) and by not in part.column_names]
    for name in sorted(others, key=lambda name: _shared(trial, name, others), reverse=True):
        pointed = {**rows, name: _pointed(trial, rows, name)}
        if len(pointed[name]) < len(rows[name]) and trial.differs(pointed):
            rows = pointed
    return rows


def _shared(trial: _Trial, name: str, others: Sequence[str]) -> int:
    """How many columns a table shares with those that have the key: what these point at comes first."""
    keyed = {
        column
        for each, part in trial.parts.items()
        if isinstance(part, pa.Table) and each not in others
        for column in part.column_names
    }
    return len(keyed & {*trial.parts[name].column_names})


def _pointed(trial: _Trial, rows: Rows, name: str) -> list[int]:
    kept = {*rows[name]}
    for other, part in trial.parts.items():
        if other == name or not isinstance(part, pa.Table) or len(rows[other]) == part.num_rows:
            continue
        for column in {*part.column_names} & {*trial.parts[name].column_names}:
            wanted = {*_take(part, rows[other]).column(column).to_pylist()}
            column_of = trial.parts[name].column(column).to_pylist()
            kept &= {row for row, value in enumerate(column_of) if value in wanted}
    return sorted(kept)


def _by_row(trial: _Trial, rows: Rows) -> Rows:
    """As few rows as show the difference, in each part that still has more than may be shown."""
    for name, kept in rows.items():
        if len(kept) > MOST_ROWS:
            before = rows
            fewer = _smallest(kept, lambda units, name=name, before=before: trial.differs({**before, name: [*units]}))  # type: ignore[misc]
            rows = {**rows, name: [*fewer]}
    return rows


def _smallest(units: Sequence[Any], differs: Callable[[Sequence[Any]], bool]) -> Sequence[Any]:
    """As few units as go on differing: pieces of them are tried, then what is left without a piece, smaller and smaller
    ones.
    """
    pieces = 2
    while len(units) > 1:
        size = -(-len(units) // pieces)
        starts = range(0, len(units), size)
        alone = [units[start : start + size] for start in starts]
        without = [[*units[:start], *units[start + size :]] for start in starts] if pieces > 2 else []
        fewer = next((tried for tried in [*alone, *without] if differs(tried)), None)
        if fewer is None and pieces >= len(units):
            return units
        pieces = min(2 * pieces, len(units)) if fewer is None else 2 if len(fewer) <= size else max(pieces - 1, 2)
        units = units if fewer is None else fewer
    return units


# -- parts, and how they are shown


def _size(part: Any) -> int | None:
    """How many rows, lines or objects a part has; None for what is no part of a dataset."""
    if isinstance(part, pa.Table):
        return int(part.num_rows)
    if isinstance(part, Text):
        return len(part.lines)
    return len(part.content) if isinstance(part, Objects) else None


def _take(part: Part, rows: Sequence[int]) -> Any:
    if isinstance(part, Text):
        return replace(part, lines=tuple(part.lines[row] for row in rows))
    if isinstance(part, Objects):
        keys = [*part.content]
        return replace(part, content={keys[row]: part.content[keys[row]] for row in rows})
    return part.take(pa.array(rows, type=pa.int64()))


def _shown(part: Any) -> Any:
    if isinstance(part, pa.Table):
        return _told(part)
    if isinstance(part, Text):
        return {"columns": [part.name], "rows": [[_text(line)] for line in part.lines]}
    if isinstance(part, Objects):
        rows = [[_text(key), _text(content.decode("utf-8", "replace"))] for key, content in part.content.items()]
        return {"columns": ["key", "content"], "rows": rows}
    return values.brief(part)


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
