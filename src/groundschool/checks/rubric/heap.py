"""Tells a heap of words from something said: right words in a row claim nothing.

Judges form only: function words, verbs and punctuation. Whether the words are the right ones is `score.py`'s.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from itertools import groupby

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.words import Word

LONGEST_PHRASE = 5  # content words that may stand in a row without a function word or a verb
LONGEST_LOOSE, LEAST_STRUCTURE = 7, 0.16  # content words from which a run needs so large a share of the others
SHORTEST_LIST, LONGEST_ITEM, LEAST_KNOWN = 5, 1.6, 0.6
_ARTICLES = frozenset({"the", "a", "an"})
_AFTER_NO_ARTICLE = lexicon.PREPOSITIONS | lexicon.AUXILIARIES | lexicon.DETERMINERS
_JOINTS = frozenset({"of", "from", "with"})
_AFTER_NO_JOINT = frozenset({"is", "are", "of", "in", "by", "and", "or", "to"})
_NEVER_LAST = _ARTICLES | _JOINTS | {"is", "are", "and", "its", "their", "your", "our", "my", "any", "every"}


def is_heap(words: Sequence[Word]) -> bool:
    """Whether the words are too many in a row without anything that joins them, or joined as nobody joins them."""
    runs = _runs(words)
    return any(_loose(run) for run in runs) or sum(_misplaced(run) for run in runs) >= 2


def is_list_of_loose_words(items: Sequence[Sequence[Word]], known: int) -> bool:
    """Whether an answer is a list of single words without any sentence, of which too few (`known`) say anything."""
    if len(items) < SHORTEST_LIST or sum(len(item) for item in items) / len(items) > LONGEST_ITEM:
        return False
    return not any(word.structural for item in items for word in item) and known / len(items) < LEAST_KNOWN


def _loose(run: Sequence[Word]) -> bool:
    content = [not word.structural for word in run]
    longest = max((len(list(group)) for matter, group in groupby(content) if matter), default=0)
    share = 1 - sum(content) / len(content)
    return longest > LONGEST_PHRASE or sum(content) > LONGEST_LOOSE and share < LEAST_STRUCTURE


def _misplaced(run: Sequence[Word]) -> int:
    """How often an article stands before what it cannot stand before, or a run ends in a word that joins."""
    joints = sum(
        before.text in _ARTICLES and after.text in _AFTER_NO_ARTICLE
        or before.text == after.text and before.structural
        or before.text in _JOINTS and after.text in _AFTER_NO_JOINT
        for before, after in itertools.pairwise(run)
    )  # fmt: skip
    return joints + (len(run) > 1 and run[-1].text in _NEVER_LAST)


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """The words between marks of punctuation."""
    runs: list[list[Word]] = [[]]
    for word in words:
        if word.mark:
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if run]
