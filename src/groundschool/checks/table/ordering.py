"""Whether the rows of a table come in the order that was asked for. Ties are free, and NULLs may stand at either
end.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from groundschool.checks.table.columns import Pair, classes
from groundschool.checks.table.rows import Tolerance


@dataclass(frozen=True)
class SortKey:
    """One column to sort by: a number per row that sorts like its value, and where the value is absent (NULL or
    NaN).
    """

    values: NDArray[np.float64]
    absent: NDArray[np.bool_]
    descending: bool
    near: Tolerance | None

    def steps(self, absent_last: bool) -> NDArray[np.int64]:
        """For each row but the first: 1 when it may follow the row above, -1 when it may not, 0 when they tie."""
        above, below = self.values[:-1], self.values[1:]
        signs = np.where(below > above, 1, -1) * (-1 if self.descending else 1)
        ties = above == below
        if self.near is not None:
            ties |= self.near.close(above[:, None], below[:, None])
        signs = np.where(ties, 0, signs)
        hole_above, hole_below = self.absent[:-1], self.absent[1:]
        at_hole = np.where(hole_below, 1, -1) * (1 if absent_last else -1)
        return np.asarray(np.where(hole_above & hole_below, 0, np.where(hole_above | hole_below, at_hole, signs)))


def sort_key(pair: Pair, descending: bool, tolerance: Tolerance) -> SortKey:
    """The key that a compared column gives for the rows received."""
    if pair.exact is not None:
        ranks, absent = _ranks(pair.exact[0])
        return SortKey(ranks, absent, descending, None)
    kinds, values = classes(pair.close[0][0])
    values = np.select([kinds == 3, kinds == 4], [np.inf, -np.inf], values)
    return SortKey(values, (kinds == 1) | (kinds == 2), descending, tolerance)


def first_out_of_order(keys: Sequence[SortKey]) -> int | None:
    """The first row that may not follow the one above it, None when the order is right."""
    holes = [(True, False) if key.absent.any() else (True,) for key in keys]
    places = [_first_break(keys, ends) for ends in itertools.product(*holes)]
    return None if None in places else max(place for place in places if place is not None)


def _first_break(keys: Sequence[SortKey], absent_last: Sequence[bool]) -> int | None:
    steps = np.zeros(max(len(keys[0].values) - 1, 0), dtype=np.int64)
    for key, last in zip(keys, absent_last, strict=True):
        steps = np.where(steps == 0, key.steps(last), steps)
    breaks = np.flatnonzero(steps < 0)
    return int(breaks[0]) + 1 if len(breaks) else None


def _ranks(column: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    encoded = column.dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order) + 1)
    rank[order] = np.arange(len(order))
    codes = pc.fill_null(encoded.indices.cast(pa.int64()), len(order)).to_numpy(zero_copy_only=False)
    return rank[codes], codes == len(order)
