"""Typing errors put right: a word that nobody knows becomes the rubric's word it is nearest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from groundschool.checks.rubric import cues, lists
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stem
from groundschool.checks.rubric.words import Word

SHORTEST = 5  # letters of a word that may be mistyped
BEGINNING = 6  # letters of the beginning of a word, from which on it may be mistyped
LONG = 8  # letters from which on two errors are forgiven


@cache
def _known() -> frozenset[str]:
    """Words that are no typing errors, whatever a rubric holds."""
    named = frozenset(stem(word) for name in ("common", "near") for word in lists.words(name))
    return named | cues.stems() | PRODUCTS


def corrected(words: Sequence[Word], vocabulary: frozenset[str]) -> list[Word]:
    """The words with mistyped ones replaced by the nearest stem of `vocabulary`."""
    return [_corrected(word, vocabulary) for word in words]


def _corrected(word: Word, vocabulary: frozenset[str]) -> Word:
    if len(word.text) < SHORTEST - 1 or not word.text.isalpha() or word.stem in vocabulary or word.stem in _known():
        return word
    return replace(word, stem=_nearest(word.stem, vocabulary))


@lru_cache(maxsize=20_000)
def _nearest(word: str, vocabulary: frozenset[str]) -> str:
    wholes, prefixes = _long(vocabulary)
    if word.startswith(prefixes):
        return word
    candidates = [known for known in wholes if known[0] == word[0] and not word.startswith(known)]
    found = process.extractOne(word, candidates, scorer=OSA.distance, score_cutoff=2)
    if found and found[1] <= _errors(found[0]):
        return str(found[0])
    begins = [
        (_distance(word, known), -len(known), known)
        for known in prefixes
        if known[0] == word[0] and len(known) >= BEGINNING
    ]
    distance, _, nearest = min(begins, default=(2, 0, word))
    return nearest if distance <= 1 else word


def _errors(known: str) -> int:
    return 2 if len(known) >= LONG else 1


def _distance(word: str, known: str) -> int:
    """How many letters the word's beginning differs from `known`."""
    return min(OSA.distance(word[: len(known) + more], known) for more in (-1, 0, 1))


@lru_cache(maxsize=64)
def _long(vocabulary: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words and the beginnings of words that may be mistyped."""
    known = sorted(word for word in vocabulary if len(word.rstrip("*")) >= SHORTEST and word.rstrip("*").isalpha())
    return tuple(word for word in known if word[-1] != "*"), tuple(word[:-1] for word in known if word[-1] == "*")
