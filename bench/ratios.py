"""How many times better than another way a way of grading is, and how far its two measurements lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from counting import Used


class Measured(Protocol):
    """A way of grading, and what one more submission used by it."""

    @property
    def topic(self) -> str: ...

    @property
    def way(self) -> str: ...

    @property
    def each(self) -> Used: ...

    @property
    def estimates(self) -> tuple[Used, Used]: ...


@dataclass(frozen=True)
class Range:
    """A ratio; `low` and `high` are the least and the greatest that the single measurements give."""

    ratio: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.ratio:.1f}x ({self.low:.1f} to {self.high:.1f})"


@dataclass(frozen=True)
class Ratio:
    """Of one way in one topic: CPU seconds and submissions by the hour, as multiples of the other way's."""

    topic: str
    way: str
    cpu: Range
    throughput: Range


def of(rows: Sequence[Measured], other: str) -> Iterator[Ratio]:
    """Each way that stands beside the other one in its topic, which is called `other`."""
    for row in rows:
        beside = [each for each in rows if (each.topic, each.way) == (row.topic, other) and each is not row]
        for stock in beside:
            yield Ratio(row.topic, row.way, _range(stock, row, "cpu"), _range(stock, row, "wall"))


def _range(stock: Measured, ours: Measured, what: str) -> Range:
    ratio = getattr(stock.each, what) / getattr(ours.each, what)
    pairs = [(one, other) for one in _of(stock, what) for other in _of(ours, what)]
    found = [one / other for one, other in pairs if other > 0] or [ratio]
    return Range(ratio, min(ratio, *found), max(ratio, *found))


def _of(row: Measured, what: str) -> Iterable[float]:
    return [getattr(each, what) for each in row.estimates]
