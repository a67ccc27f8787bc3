"""Tells a heap of words from an answer: right words without a claim are worth nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from groundschool.checks.rubric.claims import Claimed

SMALLEST = 6  # words of a heap
COVERED = 0.6  # share of words that belong to recognised ideas, from which on a list is an answer


@cache
def _function_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS) - {"and", "or"}


def is_heap(words: Sequence[Claimed], used: frozenset[int]) -> bool:
    """Whether the words stand side by side with nothing that joins them. `used` are the numbers of recognised words."""
    if len(words) < SMALLEST:
        return False
    joined = sum(here.word.text in _function_words() for here in words)
    return joined == 0 and len(used) < COVERED * len(words)
