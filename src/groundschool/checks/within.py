"""What a call may cost in Spark, for checks that hold an answer to more than its rows.

What a call has cost is told by the answer's own side, so it is looked at only where the rows are right: it can take
points from an answer, never give it any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundschool.checks.observed import Observed
from groundschool.engines.spark_cost import Cost


@dataclass(frozen=True)
class Within:
    """`holds` looks at the Cost of a call; `told` is for whoever has gone beyond: what was seen, what was expected, and
    where to look.
    """

    holds: Callable[[Cost], bool]
    told: str


@dataclass(frozen=True)
class Watched:
    """What a call has given, and what it has cost; None where its side does not tell."""

    value: Any
    cost: Cost | None


def apart(seen: Observed) -> tuple[Observed, Cost | None]:
    """What was seen of a call, and what it has cost where that was watched."""
    if isinstance(seen.value, Watched):
        return replace(seen, value=seen.value.value), seen.value.cost
    return seen, None


def beyond(within: Sequence[Within], cost: Cost | None) -> str:
    """What is told of a call that has cost more than one of these allows, or whose cost is not known; empty for any
    other.
    """
    return next((each.told for each in within if cost is None or not each.holds(cost)), "")
