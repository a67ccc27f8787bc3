"""Answers that leave the choice to their reader: "It is Hive or Presto or Impala.", "5 MB or 8 MB", a list of whatever
comes to mind.

A disjunction with a rival is no claim. Rivals are of one kind: two sizes, two products, yes and no, the things a
question compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stems_of

LONGEST = 6  # words of an item of a list
GUESSES = 3  # times "or" joins the items of a list, from which on it is a list of guesses
EVERYTHING = 7  # items of a list, from which on it may be one of whatever comes to mind
_JOINS = frozenset(["or", "and", "either"])
_EXAMPLE = stems_of("example such like say eg e.g")


@dataclass(frozen=True)
class Meant:
    """What an answer may mean by a rubric: the words of its ideas, the numbers of the words they were found in, what is
    compared."""

    vocabulary: frozenset[str]
    used: frozenset[int]
    compared: frozenset[str]
    foreign: frozenset[str]


@dataclass(frozen=True)
class _Item:
    """An item of a list: its words, those in which an idea was found, and what joins it to the one before."""

    words: tuple[Claimed, ...]
    used: frozenset[str]
    join: str

    def told(self) -> str:
        return " ".join(here.word.text for here in self.words)


def left_open(sentences: Sequence[Sequence[Claimed]], meant: Meant) -> str:
    """Why an answer leaves open what it says; empty when it does not."""
    stems = {here.word.stem for line in sentences for here in line}
    if meant.compared and meant.used and {"one", "other"} <= stems and not stems & meant.compared:
        return "The answer does not say which is which."
    first = 0
    for line in sentences:
        for items in _lists(line, meant.used, first):
            whole = len(meant.used) == sum(first <= number < first + len(line) for number in meant.used)
            guessed = whole and any(item.used for item in items) and _guesses(items, meant)
            if meant.used and (_rivals(items, meant) or guessed):
                return f"The answer leaves open which holds: {', '.join(item.told() for item in items)[:120]}."
        first += len(line)
    return ""


def _lists(line: Sequence[Claimed], used: frozenset[int], first: int) -> Iterator[list[_Item]]:
    """The lists of a sentence: short items joined by commas, "or" and "and"."""
    items: list[_Item] = []
    for words, place, join in _pieces(line):
        if not join or len(words) > LONGEST and len(items) > 1:
            yield items
            items = []
        taken = (here.word.stem for number, here in enumerate(words, first + place) if number in used)
        items.append(_Item(words, frozenset(taken), join))
    yield items


def _pieces(line: Sequence[Claimed]) -> Iterator[tuple[tuple[Claimed, ...], int, str]]:
    """The words of a sentence between commas, "or" and "and", with the place of the first and what joins them to those
    before."""
    start, join = 0, ""
    for place, here in enumerate([*line, None]):
        stem = here.word.stem if here else ""
        breaks = here is None or stem in _JOINS or bool(set(here.word.lead) & set(",/—:;()|"))
        if breaks and place > start:
            yield tuple(line[start:place]), start, join
            start, join = place, ""
        if here is not None and stem in _JOINS:
            start, join = place + 1, "or" if "or" in (stem, join) else stem
        elif here is not None and breaks and place:
            join = "," if set(here.word.lead) & set(",/") and here.clause == line[place - 1].clause else ""


def _rivals(items: Sequence[_Item], meant: Meant) -> bool:
    """Whether something that an idea was found in is joined by "or" to another thing of its kind."""
    return any(
        _rival(items[number], items[number - 1], meant) or _rival(items[number - 1], items[number], meant)
        for number in range(1, len(items))
        if items[number].join == "or" or items[number].join == "," and "or" in {each.join for each in items[number:]}
    )


def _rival(mine: _Item, other: _Item, meant: Meant) -> bool:
    sizes = [here.word.size for here in mine.words if here.word.size and here.word.stem in mine.used]
    if sizes and not other.used:
        return any(here.word.size and not here.word.size.same(sizes[-1]) for here in other.words)
    if mine.told() == "yes" and other.words[0].word.stem == "no":
        return True
    named, rival = _names(mine, meant), _names(other, meant)
    if any(here.word.stem in _EXAMPLE for here in mine.words):
        return False
    if meant.compared and named & meant.compared and rival & meant.compared - named:
        return mine.words[-1].word.stem in meant.compared or mine.words[0].word.stem in meant.compared
    return bool(named & mine.used) and bool(rival - meant.vocabulary) and not other.used


def _names(item: _Item, meant: Meant) -> frozenset[str]:
    return frozenset(here.word.stem for here in item.words) & (PRODUCTS | meant.foreign | meant.compared)


def _guesses(items: Sequence[_Item], meant: Meant) -> bool:
    """Whether a list holds mostly things that the rubric knows nothing of."""
    strange = sum(
        not item.used and not any(here.word.stem in meant.vocabulary for here in item.words) for item in items
    )
    alternatives = sum(item.join == "or" for item in items)
    return alternatives >= GUESSES and strange > 1 or len(items) >= EVERYTHING and strange > len(items) / 2
