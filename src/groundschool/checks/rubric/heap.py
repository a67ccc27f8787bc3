"""Tells a heap of words from an answer: right words without a claim are worth nothing."""

from __future__ import annotations

from collections.abc import Sequence

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.cues import AUXILIARIES, PRONOUNS
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON

SMALLEST = 6  # words, or items of a list, of a heap
LARGE = 8  # words in a row from which on a heap is one, whatever the words are
COVERED = 0.6  # share of words that belong to recognised ideas, from which on a list is an answer
JOINED = 0.125  # share of words that join others, from which on a sentence is no heap
JOINING = (
    AUXILIARIES
    | PRONOUNS
    | stems_of(
        "the a an of to in on at by for from with into onto via through over under between within without per as like "
        "about after "
        "before during against across than using and or nor but so because if when while whereas although though "
        "since until unless "
        "then which who no not its their his our my your any each every some somelocation"
    )
)


def is_heap(words: Sequence[Claimed], used: frozenset[int], first: int) -> bool:
    """Whether the words of a sentence stand side by side with nothing that joins them.

    `used` are the numbers of recognised words in the text, of which the sentence begins at `first`.
    """
    size = sum(here.word.stem != "schemesign" for here in words)
    if size < SMALLEST:
        return False
    joining = sum(
        here.word.stem in JOINING or here.word.text in THIRD_PERSON or bool(set(here.word.lead) & set(":=—()+&"))
        for here in (words if words[0].word.stem in JOINING else words[1:])
    )
    covered = sum(first <= number < first + len(words) for number in used)
    if joining >= JOINED * size:
        return False
    run = _run(words)
    return run >= LARGE or covered < COVERED * len(words) and (run >= SMALLEST or _loose(words))


def _run(words: Sequence[Claimed]) -> int:
    """The most words that follow each other without so much as a comma."""
    longest = run = 0
    for here in words:
        run = 1 if here.word.lead.strip(" ") else run + 1
        longest = max(longest, run)
    return longest


def _loose(words: Sequence[Claimed]) -> bool:
    """Whether it is a list of single words."""
    return sum(bool(here.word.lead) for here in words) >= max(SMALLEST, 0.8 * len(words))
