"""What a cohort tells about each question: how hard it is, whether it tells strong candidates from weak ones, and what
goes wrong most often.

Counted are the hand-ins that count, those who left a question out among them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundschool.checks.verdict import OUTCOMES
from groundschool.reports.cohort import Answered, Paper
from groundschool.reports.page import percent

LEAST = 20  # hand-ins below which a correlation is mostly chance


@dataclass(frozen=True)
class Item:
    """How a cohort did on one question.

    `share` is the mean share of its points in percent. `rest` is the correlation, -1 to 1, of a candidate's points for
    it with their points for the topic's other questions; None below `LEAST` hand-ins, and where one of the two is the
    same for everybody.
    """

    question: str
    counts: dict[str, int]
    total: int
    share: float
    rest: float | None
    mistake: str
    mistaken: int


def items(papers: Iterable[Paper]) -> dict[str, list[Item]]:
    """The questions of each topic, in the notebook's order."""
    found: dict[str, dict[str, _Item]] = {}
    for paper in papers:
        for answer in paper.answers:
            counted = found.setdefault(paper.topic, {}).setdefault(answer.question, _Item())
            counted.add(answer, paper.score - answer.points)
    return {topic: [each.item(name) for name, each in questions.items()] for topic, questions in found.items()}


class _Item:
    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.mistakes: Counter[str] = Counter()
        self.shares: list[float] = []
        self.points: list[tuple[float, float]] = []

    def add(self, answer: Answered, others: float) -> None:
        self.outcomes[answer.outcome] += 1
        self.mistakes.update(answer.mistakes)
        self.shares.append(percent(answer.points, answer.max))
        self.points.append((answer.points, others))

    def item(self, name: str) -> Item:
        mistake, mistaken = min(self.mistakes.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        counts = {outcome: count for outcome in OUTCOMES if (count := self.outcomes[outcome])}
        share, rest = math.fsum(self.shares) / len(self.shares), None
        if len(self.points) >= LEAST:
            rest = correlation(self.points)
        return Item(name, counts, len(self.shares), share, rest, mistake, mistaken)


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's correlation of pairs; None where one side does not vary."""
    means = [math.fsum(side) / len(pairs) for side in zip(*pairs, strict=True)]
    centred = [(one - means[0], other - means[1]) for one, other in pairs]
    spread = [math.sqrt(math.fsum(value * value for value in side)) for side in zip(*centred, strict=True)]
    if min(spread) < 1e-9:
        return None
    return math.fsum(one * other for one, other in centred) / (spread[0] * spread[1])
