"""On which side of a pair each claim stands: "s3a is current, s3n is deprecated" says two things that must not be
exchanged.

A rubric names its pairs. One reader a pair learns from right answers and from the same answers with the pair's names
exchanged; what follows from its score is `vote.py`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundschool.checks.rubric import reader
from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.features import Features
from groundschool.checks.rubric.heap import JOINING
from groundschool.checks.rubric.model import Pair
from groundschool.checks.rubric.reader import Reader
from groundschool.checks.rubric.stems import stem

ONE, OTHER = "1", "2"
_EXCHANGED = {ONE: OTHER, OTHER: ONE}
_ITSELF = "itself"
LEAST = 3  # right answers that name both sides, without which nothing is learnt of a pair
TURNED = 0.05  # score below which an answer that names both sides may have exchanged them
TURNED_ALONE = -0.05  # the same of an answer that names one side only


@dataclass(frozen=True)
class Told:
    """What an answer says of the sides of a pair, and which of them it names."""

    words: tuple[str, ...]
    named: frozenset[str]

    @property
    def exchanged(self) -> tuple[str, ...]:
        """The same said of the other sides."""
        return tuple(_EXCHANGED[word[0]] + word[1:] for word in self.words)

    @property
    def differs(self) -> bool:
        """Whether it makes a difference which side is which; a list of nothing but names tells nothing of them."""
        listed = len(self.named) > 1 and all(word.endswith(_ITSELF) for word in self.words)
        return not listed and Counter(self.words) != Counter(self.exchanged)


@dataclass(frozen=True)
class Standing:
    """How far an answer says of each side of a pair what holds of it: near 1 where it does, near -1 where it has
    exchanged them; `turned` where it seems to have."""

    pair: str
    score: float
    turned: bool


def fitted(pair: Pair, right: Sequence[Sequence[Sequence[Claimed]]]) -> Reader | None:
    """The reader of a pair from the sentences of right answers: near 1 for what they say, near -1 for the same with the
    sides exchanged. None where too few answers name both sides."""
    told = [each for each in (tell(pair, sentences) for sentences in right) if each.words]
    if sum(len(each.named) == len(_EXCHANGED) for each in told) < LEAST:
        return None
    rows = [each.words for each in told] + [each.exchanged for each in told]
    outcomes = np.repeat([1.0, -1.0], len(told))[:, None]
    return reader.fitted([Features(words, ()) for words in rows], outcomes)


def standing(pair: Pair, read: Reader, sentences: Sequence[Sequence[Claimed]]) -> Standing | None:
    """How an answer stands to a pair; None where it makes no difference which side is which."""
    told = tell(pair, sentences)
    if not told.differs:
        return None
    least = TURNED if len(told.named) == len(_EXCHANGED) else TURNED_ALONE
    score = float(read(Features(told.words, ()))[0])
    return Standing(str(pair), score, score < least)


def tell(pair: Pair, sentences: Sequence[Sequence[Claimed]]) -> Told:
    """What is said of the sides of a pair: each word with the side named last before it, alone in its clause, or as its
    subject."""
    sides = {stem(name): side for side, names in ((ONE, pair.one), (OTHER, pair.other)) for name in names}
    words = [word for line in sentences for word in _of_sentence(line, sides)]
    named = frozenset(side for line in sentences for here in line if (side := sides.get(here.word.stem)))
    return Told(tuple(words), named)


def _of_sentence(line: Sequence[Claimed], sides: Mapping[str, str]) -> Iterator[str]:
    places = [sides.get(here.word.stem, "") for here in line]
    clauses: dict[int, set[str]] = {}
    for here, side in zip(line, places, strict=True):
        clauses.setdefault(here.clause, set()).update(filter(None, [side]))
    for here, side, last in zip(line, places, _named_last(line, places), strict=True):
        if here.set_aside or here.word.stem in JOINING and not side:
            continue
        word = "¬" * here.denied + "<" * here.past + (_ITSELF if side else here.word.stem)
        if last:
            yield f"{last}last:{word}"
        if side:
            continue
        if len(clauses[here.clause]) == 1:
            yield f"{min(clauses[here.clause])}clause:{word}"
        subjects = {sides[name] for name in here.subject if name in sides}
        if len(subjects) == 1:
            yield f"{min(subjects)}subject:{word}"


def _named_last(line: Sequence[Claimed], places: Sequence[str]) -> Iterator[str]:
    """The side named last before each word; empty behind "internal and external", the first before all names."""
    last, shared = next(filter(None, places), ""), False
    for number, side in enumerate(places):
        after = next((place for place in range(number + 1, len(line)) if not _joins(line[place])), number)
        if side:
            shared = (shared and _joins(line[number - 1])) or places[after] not in ("", side) and after > number + 1
            last = "" if shared else side
        yield last


def _joins(here: Claimed) -> bool:
    return here.word.stem in ("and", "or")
