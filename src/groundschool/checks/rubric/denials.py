"""Whether an answer denies what right answers state: "the catalog is not the place".

How a word stands in right answers is counted from the marked ones: 1 where it is always stated, -1 where it is always
denied. What follows is `vote.py`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.heap import JOINING

FEW = 2  # words of one kind that tell nothing yet
UNKNOWN = 0.5  # what a word that right answers do not hold weighs against a denial
MOST = 6  # denied clauses that are looked at
_DENYING = frozenset(["not", "never", "no"])
Sentences = Sequence[Sequence[Claimed]]


def standing(right: Sequence[Sentences]) -> dict[str, float]:
    """How each word stands in right answers, -1 to 1."""
    stated, denied = Counter[str](), Counter[str]()
    for sentences in right:
        for here in _said(sentences):
            (denied if here.denied else stated)[here.word.stem] += 1
    words = stated | denied
    return {
        word: round((stated[word] - denied[word]) / (stated[word] + denied[word] + FEW), 3) for word in sorted(words)
    }


def against(stands: Mapping[str, float], sentences: Sentences) -> float:
    """How far one clause of an answer denies what right answers state, 0 to 1."""
    clauses: dict[int, list[Claimed]] = {}
    for here in _said(sentences):
        clauses.setdefault(here.clause, []).append(here)
    return max((_against(stands, clause) for clause in clauses.values()), default=0.0)


def undone(sentences: Sentences) -> Iterator[list[list[Claimed]]]:
    """The sentences with the denial of one clause undone, once for each."""
    denied = dict.fromkeys(here.clause for line in sentences for here in line if here.denied and not here.set_aside)
    for clause in list(denied)[:MOST]:
        yield [[replace(here, denied=here.denied and here.clause != clause) for here in line] for line in sentences]


def _against(stands: Mapping[str, float], clause: Sequence[Claimed]) -> float:
    weight = sum(1.0 if here.word.stem in stands else UNKNOWN for here in clause)
    return sum(stands.get(here.word.stem, 0.0) for here in clause if here.denied) / max(weight, 1.0)


def _said(sentences: Sentences) -> Iterator[Claimed]:
    for line in sentences:
        for here in line:
            if not here.set_aside and here.word.stem not in JOINING and here.word.stem not in _DENYING:
                yield here
