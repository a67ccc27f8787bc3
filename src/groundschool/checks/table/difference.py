"""Says in words how two tables differ.

An outline may be shown for a hidden check: it names expected columns and counts nothing, since whatever the answer
chooses, a name as well as a number of rows, could carry hidden data. Counts stand in the message, names, rows and cells
in the detail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundschool.checks.table.columns import UNREADABLE, Pair
from groundschool.checks.table.rows import Rows, Side, Tolerance, sides, unmatched

SHOWN_ROWS = 5
SHOWN_COLUMNS = 12
SHOWN_CHARACTERS = 60
MAX_COLUMNS_TRIED = 50


@dataclass(frozen=True)
class Difference:
    """How a table differs from the expected one: `outline` without a number or a name of the answer's choosing,
    `message` without a value of a row, `detail` with up to five of a kind.
    """

    outline: str
    message: str
    detail: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two tables whose columns belong together: column numbers of both tables in the order of the expected one."""

    got: pa.Table
    want: pa.Table
    columns: tuple[tuple[int, int], ...]
    pairs: tuple[Pair, ...]
    tolerance: Tolerance

    def names(self) -> list[str]:
        """The expected names, in their order."""
        return [self.want.column_names[place] for _, place in self.columns]


def of_names(missing: Sequence[str], extra: Sequence[str]) -> Difference:
    """Columns that are not there, and columns that nobody asked for."""
    lacking, counted = list[str](), list[str]()
    if missing:
        lacking = [f"{'column' if len(missing) == 1 else 'columns'} {listed(missing)} {_is(len(missing))} missing"]
    if extra:
        counted = [f"{len(extra):,} {'column' if len(extra) == 1 else 'columns'} {_is(len(extra))} not expected"]
    some = ["there are columns that were not expected"] if extra else []
    detail = f"Not expected: {listed(extra)}." if extra else ""
    return Difference(_sentence(lacking + some), _sentence(lacking + counted), detail)


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(parts) + "."
    return text[0].upper() + text[1:]


def of_types(findings: Sequence[tuple[str, str]]) -> Difference:
    """Columns of another type. Each finding: the expected name, and "text, integer expected"."""
    text = "; ".join(f"`{name}` is {finding}" for name, finding in findings[:SHOWN_COLUMNS]) + "."
    return Difference(text, text)


def of_order(compared: Comparison, order_by: Sequence[str], row: int) -> Difference:
    """The rows are right, their order is not; `row` may not follow the one above it."""
    message = f"The rows are as expected, their order is not: sorted by {', '.join(order_by)} was expected."
    places = [place for place, _ in compared.columns]
    lines = _lines(compared.names(), compared.got, places, np.array([row - 1, row]))
    return Difference(message, message, f"Row {row + 1:,} may not follow row {row:,}:\n{lines}")


def of_rows(compared: Comparison, key: Sequence[int], extra: Rows, missing: Rows) -> Difference:
    """Rows without a partner. `key`: numbers of the compared columns that name a row."""
    changed = _changed(compared, key, extra, missing) if key else {}
    differing = list(changed) or _sole_column(compared, extra, missing)
    names = compared.names()
    also = f"; they differ in {listed([names[place] for place in differing])}" if differing else ""
    return Difference(
        _outline(compared, extra, missing, also),
        _message(compared, extra, missing, also),
        _detail(compared, key, (extra, missing), changed),
    )


def _outline(compared: Comparison, extra: Rows, missing: Rows, also: str) -> str:
    got, want = compared.got.num_rows, compared.want.num_rows
    if not got:
        return f"No rows, {want:,} expected."
    both = len(missing) and len(extra)
    text = (
        f"some rows are {'missing' if len(missing) else 'not expected'}{' and some are not expected' if both else ''}"
    )
    if not also and _repeated(compared, extra):
        also = "; some of them repeat an expected row"
    more = f"{'More' if got > want else 'Fewer'} rows than the {want:,} expected: " if got != want else ""
    return f"{more}{text}{also}." if more else _sentence([f"{text}{also}"])


def _message(compared: Comparison, extra: Rows, missing: Rows, also: str) -> str:
    parts = []
    if len(missing):
        parts.append(f"{_rows(len(missing))} {_is(len(missing))} missing")
    if len(extra):
        parts.append(
            f"{len(extra):,} {_is(len(extra))} not expected"
            if parts
            else f"{_rows(len(extra))} {_is(len(extra))} not expected"
        )
    text = " and ".join(parts)
    if not also and (repeated := _repeated(compared, extra)):
        also = f"; {repeated:,} of them {'repeats' if repeated == 1 else 'repeat'} an expected row"
    text += also
    if compared.got.num_rows != compared.want.num_rows:
        count = f"{_rows(compared.got.num_rows)}, {compared.want.num_rows:,} expected"
        return f"{count[0].upper()}{count[1:]}: {text}." if compared.got.num_rows else f"{count[0].upper()}{count[1:]}."
    return f"{text}."


def _repeated(compared: Comparison, extra: Rows) -> int:
    got, want = sides(compared.pairs, (compared.got.num_rows, compared.want.num_rows))
    return 0 if got.floats.shape[1] else int(np.isin(got.codes[extra], want.codes).sum())


def _sole_column(compared: Comparison, extra: Rows, missing: Rows) -> list[int]:
    """The one column without which the unmatched rows of both sides would match, if there is one."""
    if len(extra) != len(missing) or len(compared.pairs) > MAX_COLUMNS_TRIED:
        return []
    parts = [_part(pair, extra, missing) for pair in compared.pairs]
    for place in range(len(parts)):
        others = parts[:place] + parts[place + 1 :]
        got, want = sides(others, (len(extra), len(missing)))
        if others and not len(unmatched(got, want, compared.tolerance)[0]):
            return [place]
    return []


def _part(pair: Pair, got: Rows, want: Rows) -> Pair:
    first, second = pa.array(got), pa.array(want)
    exact = (pair.exact[0].take(first), pair.exact[1].take(second)) if pair.exact is not None else None
    return Pair(pair.name, exact, tuple((left.take(first), right.take(second)) for left, right in pair.close))


def _changed(compared: Comparison, key: Sequence[int], extra: Rows, missing: Rows) -> dict[int, list[tuple[int, int]]]:
    """Cells that differ between rows of one key: for each column, the row numbers in both tables."""
    parts = [_part(pair, extra, missing) for pair in compared.pairs]
    got, want = sides([parts[place] for place in key], (len(extra), len(missing)))
    first, second = _by_key(got, want)
    found: dict[int, list[tuple[int, int]]] = {}
    for place, part in enumerate(parts):
        left, right = sides([part], (len(extra), len(missing)))
        same = left.codes[first] == right.codes[second]
        same &= compared.tolerance.close(left.floats[first], right.floats[second])
        if place not in key and not same.all():
            found[place] = list(zip(extra[first[~same]].tolist(), missing[second[~same]].tolist(), strict=True))
    return found


def _by_key(got: Side, want: Side) -> tuple[Rows, Rows]:
    """Rows of both sides whose key occurs exactly once on either, in the order of the expected side."""
    _, left = np.unique(got.codes, return_counts=True)
    _, right = np.unique(want.codes, return_counts=True)
    once = np.intersect1d(np.unique(got.codes)[left == 1], np.unique(want.codes)[right == 1])
    first, second = np.argsort(got.codes, kind="stable"), np.argsort(want.codes, kind="stable")
    first = first[np.searchsorted(got.codes[first], once)]
    second = second[np.searchsorted(want.codes[second], once)]
    order = np.argsort(second, kind="stable")
    return first[order], second[order]


def _detail(
    compared: Comparison, key: Sequence[int], rows: tuple[Rows, Rows], changed: dict[int, list[tuple[int, int]]]
) -> str:
    extra, missing = rows
    names, blocks = compared.names(), []
    for title, numbers, table, side in (
        ("Missing", missing, compared.want, 1),
        ("Not expected", extra, compared.got, 0),
    ):
        if len(numbers):
            places = [column[side] for column in compared.columns]
            some = f" (first {SHOWN_ROWS} of {len(numbers):,})" if len(numbers) > SHOWN_ROWS else ""
            blocks.append(f"{title}{some}:\n{_lines(names, table, places, numbers[:SHOWN_ROWS])}")
    cells = [(column, *row) for column, found in changed.items() for row in found[:SHOWN_ROWS]][:SHOWN_ROWS]
    if cells:
        lines = [_cell(compared, key, cell) for cell in cells]
        blocks.append("Cells that differ:\n" + "\n".join(lines))
    return "\n".join(blocks)


def _cell(compared: Comparison, key: Sequence[int], cell: tuple[int, int, int]) -> str:
    column, got_row, want_row = cell
    names = compared.names()
    named = ", ".join(f"{names[place]}={shown(compared.want, compared.columns[place][1], want_row)}" for place in key)
    got = shown(compared.got, compared.columns[column][0], got_row)
    return (
        f"  {named}: {names[column]} is {got}, {shown(compared.want, compared.columns[column][1], want_row)} expected"
    )


def _lines(names: Sequence[str], table: pa.Table, places: Sequence[int], rows: Rows) -> str:
    texts = [list(names[:SHOWN_COLUMNS])]
    texts += [[shown(table, place, int(row)) for place in places[:SHOWN_COLUMNS]] for row in rows]
    widths = [max(len(line[column]) for line in texts) for column in range(len(texts[0]))]
    lines = (" | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in texts)
    return "\n".join(f"  {line}" for line in lines)


def shown(table: pa.Table, column: int, row: int) -> str:
    """One value as text on one line: text in quotes, NULL as NULL."""
    try:
        value: Any = table.column(column)[row].as_py()
    except UNREADABLE:
        return "(a value that cannot be shown)"
    if value is None:
        return "NULL"
    text = repr(value) if isinstance(value, str) else re.sub(r"\s+", " ", str(value))
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def listed(names: Sequence[str]) -> str:
    """Names in backticks, at most twelve."""
    some = [f"`{name[:SHOWN_CHARACTERS]}`" for name in names[:SHOWN_COLUMNS]]
    return ", ".join(some) + (f" and {len(names) - SHOWN_COLUMNS:,} more" if len(names) > SHOWN_COLUMNS else "")


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows" if count else "no rows"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
