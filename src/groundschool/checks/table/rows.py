"""Finds the rows of two tables that have no partner in the other one.

Rows are a multiset. Rows whose exact columns are equal form a group; inside a group floats are matched with a
tolerance, so that noise in the last digit can never make a row look lost because it sorts elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundschool.checks.table.columns import Pair, classes

# Beyond this many possible partners in one group, rows that do not match in sorted order count as different.
MAX_CANDIDATES = 100_000
CANDIDATES_A_ROW = 4
_ROOM = 2**62

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Tolerance:
    """A float passes within `absolute + relative * |expected|`."""

    absolute: float
    relative: float

    def of(self, want: Floats) -> Floats:
        """How far each value may be missed."""
        return self.absolute + self.relative * np.abs(want)

    def close(self, got: Floats, want: Floats) -> NDArray[np.bool_]:
        """For each row (last axis: columns), whether every float is near enough."""
        return np.asarray((np.abs(got - want) <= self.of(want)).all(axis=-1))


@dataclass(frozen=True)
class Side:
    """The rows of one table: a group number and finite floats (rows x columns) for each."""

    codes: Codes
    floats: Floats


def sides(pairs: Sequence[Pair], counts: tuple[int, int]) -> tuple[Side, Side]:
    """Both tables with their groups numbered alike. `counts`: rows of the first and the second table."""
    groups = _Groups(sum(counts))
    floats: list[Floats] = []
    for pair in pairs:
        if pair.exact is not None:
            groups.split(*_numbered(pa.chunked_array(list(pair.exact))))
        for got, want in pair.close:
            kinds, values = classes(pa.concat_arrays([got, want]))
            groups.split(kinds, 5)
            floats.append(values)
    matrix = np.column_stack(floats) if floats else np.empty((sum(counts), 0))
    first = counts[0]
    return Side(groups.codes[:first], matrix[:first]), Side(groups.codes[first:], matrix[first:])


def unmatched(got: Side, want: Side, tolerance: Tolerance) -> tuple[Rows, Rows]:
    """The row numbers on either side that have no partner, ascending."""
    if not got.floats.shape[1]:
        return _surplus(got.codes, want.codes)
    if _alike_in_order(got, want, tolerance):
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing
    return _unmatched_in_groups(got, want, tolerance)


class _Groups:
    """A group number per row, refined column by column; renumbered before the product of the counts overflows."""

    def __init__(self, rows: int) -> None:
        self.codes: Codes = np.zeros(rows, dtype=np.int64)
        self.room = 1

    def split(self, codes: Codes, count: int) -> None:
        if self.room * max(count, 1) > _ROOM:
            values, self.codes = np.unique(self.codes, return_inverse=True)
            self.room = max(len(values), 1)
        self.codes = self.codes * max(count, 1) + codes
        self.room *= max(count, 1)


def _numbered(column: Any) -> tuple[Codes, int]:
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), len(encoded.dictionary)


def _surplus(got: Codes, want: Codes) -> tuple[Rows, Rows]:
    nothing = np.empty(0, dtype=np.int64)
    if np.array_equal(got, want) or (len(got) == len(want) and np.array_equal(np.sort(got), np.sort(want))):
        return nothing, nothing
    _, numbers = np.unique(np.concatenate([got, want]), return_inverse=True)
    width = len(got) + len(want) + 1
    first, second = numbers[: len(got)], numbers[len(got) :]
    first, second = first * width + _nth(first), second * width + _nth(second)
    return np.flatnonzero(~np.isin(first, second)), np.flatnonzero(~np.isin(second, first))


def _nth(codes: Codes) -> Codes:
    """For each row, how many earlier rows have its code."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    nth = np.empty(len(codes), dtype=np.int64)
    nth[order] = np.arange(len(codes)) - starts
    return nth


def _order(side: Side) -> Rows:
    return np.lexsort((*side.floats.T[::-1], side.codes))


def _alike_in_order(got: Side, want: Side, tolerance: Tolerance) -> bool:
    if len(got.codes) != len(want.codes):
        return False
    if np.array_equal(got.codes, want.codes) and tolerance.close(got.floats, want.floats).all():
        return True
    first, second = _order(got), _order(want)
    return np.array_equal(got.codes[first], want.codes[second]) and bool(
        tolerance.close(got.floats[first], want.floats[second]).all()
    )


def _unmatched_in_groups(got: Side, want: Side, tolerance: Tolerance) -> tuple[Rows, Rows]:
    first, second = _order(got), _order(want)
    codes = np.intersect1d(got.codes, want.codes)
    got_from, got_to = _edges(got.codes[first], codes)
    want_from, want_to = _edges(want.codes[second], codes)
    used_got, used_want = np.zeros(len(first), dtype=bool), np.zeros(len(second), dtype=bool)
    alone = (got_to - got_from == 1) & (want_to - want_from == 1)
    here, there = first[got_from[alone]], second[want_from[alone]]
    near = tolerance.close(got.floats[here], want.floats[there])
    used_got[here[near]], used_want[there[near]] = True, True
    for group in np.flatnonzero(~alone).tolist():
        here, there = first[got_from[group] : got_to[group]], second[want_from[group] : want_to[group]]
        partners = _partners(got.floats[here], want.floats[there], tolerance)
        used_want[there[partners >= 0]] = True
        used_got[here[partners[partners >= 0]]] = True
    return np.flatnonzero(~used_got), np.flatnonzero(~used_want)


def _edges(ordered: Codes, codes: Codes) -> tuple[Rows, Rows]:
    return np.searchsorted(ordered, codes, "left"), np.searchsorted(ordered, codes, "right")


def _partners(got: Floats, want: Floats, tolerance: Tolerance) -> Rows:
    """For each expected row of a group its partner's place among the given ones, or -1. Both are in sorted order."""
    shared = min(len(got), len(want))
    partners = np.full(len(want), -1, dtype=np.int64)
    near = tolerance.close(got[:shared], want[:shared])
    partners[:shared][near] = np.flatnonzero(near)
    if near.all() and len(got) == len(want):
        return partners
    if got.shape[1] == 1:
        return _nearest_first(got[:, 0], want[:, 0], tolerance)
    candidates = _candidates(got, want, tolerance)
    return partners if candidates is None else _augmented(candidates, partners, len(got))


def _nearest_first(got: Floats, want: Floats, tolerance: Tolerance) -> Rows:
    """One float column: the tolerances are intervals whose ends ascend together, so the lowest partner is always a best
    one.
    """
    margin = tolerance.of(want)
    lows, highs = (want - margin).tolist(), (want + margin).tolist()
    values, place = got.tolist(), 0
    partners = np.full(len(want), -1, dtype=np.int64)
    for number, (low, high) in enumerate(zip(lows, highs, strict=True)):
        while place < len(values) and values[place] < low:
            place += 1
        if place < len(values) and values[place] <= high:
            partners[number] = place
            place += 1
    return partners


def _candidates(got: Floats, want: Floats, tolerance: Tolerance) -> list[list[int]] | None:
    """The possible partners of each expected row, None when there are too many. `got` is sorted by its first column."""
    margin = tolerance.of(want[:, 0])
    lows = np.searchsorted(got[:, 0], want[:, 0] - margin, "left")
    highs = np.searchsorted(got[:, 0], want[:, 0] + margin, "right")
    if int((highs - lows).sum()) > MAX_CANDIDATES + CANDIDATES_A_ROW * len(want):
        return None
    near = [
        np.flatnonzero(tolerance.close(got[low:high], row)) + low
        for low, high, row in zip(lows, highs, want, strict=True)
    ]
    return [places.tolist() for places in near]


def _augmented(candidates: Sequence[Sequence[int]], partners: Rows, size: int) -> Rows:
    """A largest matching, from the one given: each free row looks for a path of swaps that ends at a free partner."""
    owner = np.full(size, -1, dtype=np.int64)
    owner[partners[partners >= 0]] = np.flatnonzero(partners >= 0)
    for start in np.flatnonzero(partners < 0).tolist():
        came_from: dict[int, int] = {}
        queue, end = [start], -1
        while queue and end < 0:
            row = queue.pop()
            for place in candidates[row]:
                if place not in came_from:
                    came_from[place] = row
                    queue.append(int(owner[place]))
                    if owner[place] < 0:
                        end = place
                        break
        while end >= 0:
            row = came_from[end]
            previous = -1 if row == start else int(partners[row])
            owner[end], partners[row], end = row, end, previous
    return partners
