"""Finds a rubric's patterns among the claims of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.cues import AUXILIARIES, LIMITS
from groundschool.checks.rubric.model import Idea, Remark
from groundschool.checks.rubric.patterns import WINDOW, Pattern, Phrase, Span, compiled, spans
from groundschool.checks.rubric.stems import stems_of

BESIDE = 5  # words from a match within which a barred term counts, whatever its clause
CONDITIONS = stems_of("if when where until unless whenever before so because")
ANYTHING = ("*",)  # said of whatever subject


@dataclass(frozen=True)
class Found:
    """What became of one idea or remark: the sentences that state it, those that deny the same, and the words that
    state it."""

    stated: frozenset[int]
    disputed: frozenset[int]
    words: frozenset[int]


@dataclass(frozen=True)
class Scope:
    """Whom an item may be said of: `allowed` subjects, and `rivals` that other items are said of."""

    allowed: frozenset[str]
    rivals: frozenset[str]
    own: bool  # the item names its subjects itself, so that one must be named

    def usable(self, item: Idea | Remark, line: Sequence[Claimed]) -> list[bool]:
        """Which words of a sentence may belong to the item."""
        named = {here.clause for here in line if here.word.stem in self.allowed and not here.set_aside}
        named |= {here.clause for here in line if set(here.word.lead) & set(":(") and here.clause - 1 in named}
        blamed = isinstance(item, Remark) and item.signal in ("misconception", "cap")
        return [
            not (here.set_aside or here.past and item.when == "now" or here.contrasted and blamed)
            and self._said_of(here, here.clause in named)
            for here in line
        ]

    def _said_of(self, here: Claimed, named: bool) -> bool:
        if not self.allowed or self.allowed & set(here.subject):
            return True
        if self.own:
            return named and not self.rivals & set(here.subject)
        return not here.subject


def scope_of(item: Idea | Remark, about: frozenset[str], rivals: frozenset[str]) -> Scope:
    """The scope of an item in a rubric about certain subjects, whose ideas are said of certain rivals."""
    if item.about == ANYTHING:
        return Scope(frozenset(), frozenset(), False)
    return Scope(frozenset(item.about) or about, rivals, bool(item.about))


def find(item: Idea | Remark, sentences: Sequence[Sequence[Claimed]], scope: Scope) -> Found:
    """Whether a sentence states the item, and whether another one denies the same."""
    stated, denied, used = dict[str, set[int]](), dict[str, set[int]](), set[int]()
    first = 0
    for number, line in enumerate(sentences):
        usable = scope.usable(item, line)
        for text in item.says:
            span, against = _verdict(compiled(text), line, usable)
            if span is not None:
                stated.setdefault(text, set()).add(number)
                used |= {first + place for place in span}
            elif against:
                denied.setdefault(text, set()).add(number)
        first += len(line)
    disputed = (denied[text] for text in stated if text in denied)
    return Found(frozenset().union(*stated.values()), frozenset().union(*disputed), frozenset(used))


def _verdict(pattern: Pattern, line: Sequence[Claimed], usable: Sequence[bool]) -> tuple[frozenset[int] | None, bool]:
    """The words that state the pattern, if any, and whether the line denies it."""
    places = _places(pattern, line)
    anyhow = _match(pattern, line, places, usable)
    if anyhow is None or pattern.polarity == "either":
        return anyhow, False
    if pattern.polarity == "denied":
        return (anyhow, False) if any(line[number].denied for number in anyhow) else (None, False)
    plain = _match(pattern, line, places, [may and not here.denied for may, here in zip(usable, line, strict=True)])
    denied = [number for number in anyhow if line[number].denied]
    return plain, plain is None and all(
        line[number].contradicted and not _conditional(line, number) for number in denied
    )


def _conditional(line: Sequence[Claimed], number: int) -> bool:
    """Whether a word stands in a clause that only says when or where something holds: "if nothing is set"."""
    first = next(here for here in line if here.clause == line[number].clause)
    return first.word.stem in CONDITIONS


def _places(pattern: Pattern, line: Sequence[Claimed]) -> list[list[Span]]:
    """Where each term stands in the line; cut short at a term that stands nowhere."""
    places: list[list[Span]] = []
    for term in pattern.terms:
        places.append(_all(term, line))
        if not places[-1]:
            break
    return places


def _match(
    pattern: Pattern, line: Sequence[Claimed], places: Sequence[Sequence[Span]], usable: Sequence[bool]
) -> frozenset[int] | None:
    """The numbers of the words that match all terms closely together, or None."""
    if not all(places):
        return None
    open_ = [[span for span in here if all(usable[span[0] : span[1]])] for here in places]
    if not all(open_):
        return None
    order = sorted(open_, key=len)
    for anchor in order[0]:
        chosen = _of_one_size(line, anchor, order[1:])
        if chosen and _close(chosen) and not _barred(pattern, line, chosen):
            return frozenset(number for span in chosen for number in range(*span))
    return None


def _all(term: Iterable[Phrase], line: Sequence[Claimed]) -> list[Span]:
    return [span for phrase in term for span in spans(phrase, line)]


def _around(anchor: Span, others: Sequence[Sequence[Span]]) -> list[Span]:
    """For every other term the span nearest to the anchor that overlaps none chosen; empty when there is none."""
    chosen = [anchor]
    for places in others:
        free = [span for span in places if all(span[1] <= taken[0] or span[0] >= taken[1] for taken in chosen)]
        if not free:
            return []
        chosen.append(min(free, key=lambda span: abs(span[0] - anchor[0])))
    return chosen


def _close(chosen: Sequence[Span]) -> bool:
    return max(span[1] for span in chosen) - min(span[0] for span in chosen) <= WINDOW


def _of_one_size(line: Sequence[Claimed], anchor: Span, others: Sequence[Sequence[Span]]) -> list[Span]:
    """The spans around an anchor, none from a clause on another size: "the maximum is 5 MB, the minimum is 1 MB"."""
    chosen = _around(anchor, others)
    apart = _sized_apart(line, chosen)
    if any(line[span[0]].clause in apart for span in chosen):
        chosen = _around(anchor, [[span for span in places if line[span[0]].clause not in apart] for places in others])
    return [] if line[anchor[0]].clause in apart else chosen


def _sized_apart(line: Sequence[Claimed], chosen: Sequence[Span]) -> frozenset[int]:
    """The clauses that say of a size of their own what it is, when another size is chosen."""
    mine = {line[number].clause for span in chosen for number in range(*span) if line[number].word.size}
    saying = {here.clause for here in line if here.word.stem in AUXILIARIES | LIMITS}
    return frozenset(here.clause for here in line if mine and here.word.size and here.clause in saying) - mine


def _barred(pattern: Pattern, line: Sequence[Claimed], chosen: Sequence[Span]) -> bool:
    """Whether a barred term stands in a clause that the match touches or right beside it, and is not denied there.

    A clause with a size of its own bars no other size.
    """
    clauses = {line[number].clause for span in chosen for number in range(*span)}
    first, last = min(span[0] for span in chosen) - BESIDE, max(span[1] for span in chosen) + BESIDE
    apart = _sized_apart(line, chosen)
    near = [
        (line[number].clause in clauses or first <= number < last and line[number].clause not in apart)
        for number in range(len(line))
    ]
    return any(
        near[number] and not (line[number].denied and term in pattern.barred)
        for term in pattern.barred + pattern.banned
        for span in _all(term, line)
        for number in range(*span)
    )
