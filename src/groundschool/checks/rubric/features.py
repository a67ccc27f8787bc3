"""What a reader of examples counts in an answer: its words, its pairs of words, and pieces of its words.

Words come as typed, or as claims with a mark for each thing that turns them around. Nothing here learns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.heap import JOINING

MARKS = "¬<~^"
END = "."  # where a sentence ends: no pair of words reaches over it
REACH = 6  # words that a negation marks in a text as typed
PIECES = (3, 4, 5)  # letters of a piece
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[.,;:!?()\n]")
_NOT = re.compile(r"^(not|no|never|without|cannot|nobody|nothing|none|neither|nor|.*n't)$")
_STOP = re.compile(r"^([.,;:!?()\n]|but|while|whereas|instead|because|so|and)$")


@dataclass(frozen=True)
class Features:
    """What one answer holds: words with pairs of words, and pieces of words."""

    words: tuple[str, ...]
    pieces: tuple[str, ...]


def typed(text: str) -> list[str]:
    """The words of a text as they were typed; those within reach of a negation are marked."""
    words, left = list[str](), 0
    for word in _WORD.findall(text.lower().replace("’", "'")):
        if _STOP.match(word):
            left = 0
            continue
        words.append("¬" + word if left else word)
        left = REACH if _NOT.match(word) else max(0, left - 1)
    return words


def claimed(sentences: Iterable[Sequence[Claimed]], about: frozenset[str]) -> list[str]:
    """The stems of what is claimed, marked where denied, past, contrasted, or said of something else."""
    words: list[str] = []
    for line in sentences:
        for here in line:
            if not here.set_aside:
                foreign = here.subject and not about & set(here.subject)
                marks = "^" * here.contrasted + "~" * bool(foreign) + "<" * here.past + "¬" * here.denied
                words.append(marks + here.word.stem)
        words.append(END)
    return words


def of_subjects(sentences: Iterable[Sequence[Claimed]], about: frozenset[str]) -> list[str]:
    """What is said of which subject, where a question is about several: `dataframe@schema`."""
    if len(about) < 2:
        return []
    return [
        "¬" * here.denied + subjects[0] + "@" + here.word.stem
        for line in sentences
        for here in line
        if not here.set_aside and here.word.stem not in about
        if len(subjects := [name for name in here.subject if name in about]) == 1
    ]


def content(sentences: Iterable[Sequence[Claimed]]) -> list[Claimed]:
    """The words of what is claimed that carry meaning."""
    words = (here for line in sentences for here in line if not here.set_aside)
    return [here for here in words if here.word.stem not in JOINING and len(here.word.stem) > 1]


def items(line: Sequence[Claimed]) -> list[list[str]]:
    """The stems with a meaning of what a sentence lists: between its commas, "and" and "or"."""
    listed: list[list[str]] = [[]]
    for here in line:
        joins = here.word.stem in ("and", "or")
        if joins or "," in here.word.lead:
            listed.append([])
        if not joins and here.word.stem not in JOINING and not here.set_aside:
            listed[-1].append(here.word.stem)
    return [stems for stems in listed if stems]


def features(words: Sequence[str], also: Sequence[str] = ()) -> Features:
    """The features of words; `also` are words that take part in no pair and have no pieces."""
    plain = [word for word in words if word != END]
    pairs = [f"{first} {second}" for first, second in pairwise(words) if END not in (first, second)]
    pieces = [piece for word in plain for piece in _pieces(word)]
    return Features((*plain, *pairs, *also), tuple(pieces))


@lru_cache(maxsize=8192)
def _pieces(word: str) -> tuple[str, ...]:
    bare = word.lstrip(MARKS)
    mark, spaced = word[: len(word) - len(bare)], f" {bare} "
    return tuple(mark + spaced[start : start + size] for size in PIECES for start in range(len(spaced) - size + 1))
