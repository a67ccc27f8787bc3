"""Finds a rubric's patterns among the claims of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.model import Idea, Remark
from groundschool.checks.rubric.patterns import WINDOW, Pattern, Phrase, Span, compiled, spans


@dataclass(frozen=True)
class Found:
    """What became of one idea or remark: stated or denied, and the numbers of the words that say so."""

    stated: bool
    denied: bool
    words: frozenset[int]


def find(item: Idea | Remark, sentences: Sequence[Sequence[Claimed]], about: frozenset[str]) -> Found:
    """Whether a sentence states the item about one of the subjects, and whether one denies it."""
    allowed = frozenset(item.about) or about
    stated, denied, used = False, False, set[int]()
    first = 0
    for line in sentences:
        for text in item.says:
            pattern = compiled(text)
            span = _match(pattern, line, lambda here: _usable(here, item.when, allowed))
            if span is None:
                continue
            if pattern.denial == any(line[number].denied for number in span):
                stated = True
                used |= {first + number for number in span}
            elif not pattern.denial:
                plain = _match(pattern, line, lambda here: _usable(here, item.when, allowed) and not here.denied)
                stated, denied = stated or plain is not None, denied or plain is None
                used |= {first + number for number in plain or ()}
        first += len(line)
    return Found(stated, denied, frozenset(used))


def _usable(here: Claimed, when: str, allowed: frozenset[str]) -> bool:
    if here.set_aside or here.past and when == "now":
        return False
    return not here.subject or not allowed or bool(allowed & set(here.subject))


def _match(pattern: Pattern, line: Sequence[Claimed], usable: Callable[[Claimed], bool]) -> frozenset[int] | None:
    """The numbers of the words that match all terms closely together, or None."""
    places: list[list[Span]] = []
    for term in pattern.terms:
        places.append([span for span in _all(term, line) if all(usable(line[number]) for number in range(*span))])
        if not places[-1]:
            return None
    order = sorted(places, key=len)
    for anchor in order[0]:
        chosen = _around(anchor, order[1:])
        if chosen and _close(chosen) and not _barred(pattern, line, chosen):
            return frozenset(number for span in chosen for number in range(*span))
    return None


def _all(term: Iterable[Phrase], line: Sequence[Claimed]) -> list[Span]:
    return [span for phrase in term for span in spans(phrase, line)]


def _around(anchor: Span, others: Sequence[Sequence[Span]]) -> list[Span]:
    """For every other term the span nearest to the anchor that overlaps none chosen; empty when there is none."""
    chosen = [anchor]
    for spans_ in others:
        free = [span for span in spans_ if all(span[1] <= taken[0] or span[0] >= taken[1] for taken in chosen)]
        if not free:
            return []
        chosen.append(min(free, key=lambda span: abs(span[0] - anchor[0])))
    return chosen


def _close(chosen: Sequence[Span]) -> bool:
    return max(span[1] for span in chosen) - min(span[0] for span in chosen) <= WINDOW


def _barred(pattern: Pattern, line: Sequence[Claimed], chosen: Sequence[Span]) -> bool:
    """Whether a barred term stands in a clause that the match touches, and is not denied there."""
    clauses = {line[number].clause for span in chosen for number in range(*span)}
    return any(
        line[number].clause in clauses and not line[number].denied
        for term in pattern.barred
        for span in _all(term, line)
        for number in range(*span)
    )
