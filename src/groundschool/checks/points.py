"""What the checks of a question earn together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

VISIBLE_SHARE = 0.2  # of a question's points, at most, when it has hidden checks too


@dataclass(frozen=True)
class Weighed:
    """What one check earned of its weight. `idle`: to return nothing was right."""

    hidden: bool
    earned: float
    weight: float
    idle: bool = False


def earned(checks: Sequence[Weighed], most: float, share: float = VISIBLE_SHARE) -> float:
    """Points between 0 and `most`. Visible checks share `share` of them, hidden ones the rest; full points are exactly
    `most`.

    A hidden check to which nothing is the right answer earns only beside another: else returning nothing would earn.
    """
    hidden, visible = [[check for check in checks if check.hidden is side] for side in (True, False)]
    busy = [check.earned for check in hidden if not check.idle]
    if busy and not any(busy):
        hidden = [check if not check.idle else Weighed(True, 0.0, check.weight) for check in hidden]
    if not _weight(hidden):
        return round(most * _part(visible), 2)
    share = share if _weight(visible) else 0.0
    return min(most, float(round(most * (share * _part(visible) + (1 - share) * _part(hidden)), 2)))


def _weight(checks: Sequence[Weighed]) -> float:
    return sum(check.weight for check in checks)


def _part(checks: Sequence[Weighed]) -> float:
    weight = _weight(checks)
    return sum(check.earned for check in checks) / weight if weight else 0.0
