"""What the checks of a question earn together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    hidden, visible = [[check for check in _counted(checks) if check.hidden is side] for side in (True, False)]
    if not _weight(hidden):
        return round(most * _part(visible), 2)
    share = share if _weight(visible) else 0.0
    return min(most, float(round(most * (share * _part(visible) + (1 - share) * _part(hidden)), 2)))


def shares(checks: Sequence[Weighed], most: float, share: float = VISIBLE_SHARE) -> list[tuple[float, float]]:
    """What each check earned of the points, and what it could have: in the order of the checks, not rounded."""
    weights = {side: _weight([check for check in checks if check.hidden is side]) for side in (True, False)}
    visible = (share if weights[False] else 0.0) if weights[True] else 1.0
    whole = {True: most * (1 - visible), False: most * visible}
    scales = {side: whole[side] / weights[side] if weights[side] else 0.0 for side in (True, False)}
    return [(check.earned * scales[check.hidden], check.weight * scales[check.hidden]) for check in _counted(checks)]


def _counted(checks: Sequence[Weighed]) -> list[Weighed]:
    """The checks, of which idle ones earn nothing where no other hidden one does."""
    busy = [check.earned for check in checks if check.hidden and not check.idle]
    if not busy or any(busy):
        return list(checks)
    return [replace(check, earned=0.0) if check.hidden and check.idle else check for check in checks]


def _weight(checks: Sequence[Weighed]) -> float:
    return sum(check.weight for check in checks)


def _part(checks: Sequence[Weighed]) -> float:
    weight = _weight(checks)
    return sum(check.earned for check in checks) / weight if weight else 0.0
