"""The words a rubric knows, and answers' spelling mended towards them: typos, compounds written apart or together.

Uses rapidfuzz for typos. A word that is English to the engine, or that the rubric knows, is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.patterns import Alternative
from groundschool.checks.rubric.stems import stem
from groundschool.checks.rubric.words import Word, word_of

SHORTEST_MENDED, SHORTEST_TWICE = 5, 9  # letters: below the first nothing is mended, from the second on two slips are
_ENGLISH = frozenset(
    lexicon.STRUCTURE | lexicon.BASE_VERBS | lexicon.POLITE | lexicon.QUESTION_WORDS | lexicon.CHANGED
    | frozenset(word for phrase in lexicon.PRODUCTS for word in phrase.split())
    | frozenset({"state", "states", "internal", "external", "eventual", "schedule", "scheduler", "formal", "form", "forms", "partition", "steam", "cable"})
)  # fmt: skip
_COMPOUNDS = frozenset(
    {
        "serverless",
        "metadata",
        "dataframe",
        "dynamicframe",
        "database",
        "warehouse",
        "metastore",
        "lifecycle",
        "timestamp",
    }
)


@dataclass(frozen=True)
class Vocabulary:
    """Stems of `whole` words, `starts` of words, and the pairs of neighbours in phrases by how they look written together."""

    whole: frozenset[str]
    starts: tuple[str, ...]
    pairs: dict[str, tuple[str, str]] = field(hash=False)

    def mend(self, words: list[Word]) -> tuple[Word, ...]:
        """The words with compounds and typos mended."""
        parts = [part for word in words for part in self._apart(word)]
        return tuple(self._spelled(word) for word in self._together(parts))

    def knows(self, text: str) -> bool:
        """Whether the word is one of the rubric's."""
        return text in self.whole or stem(text) in self.whole or any(text.startswith(start) for start in self.starts)

    def _apart(self, word: Word) -> list[Word]:
        if word.cue or word.mark or self.knows(word.text):
            return [word]
        pair = self.pairs.get(word.text) or self.pairs.get(word.text.removesuffix("s"))
        return [word_of(part) for part in pair] if pair else [word]

    def _together(self, words: list[Word]) -> list[Word]:
        made: list[Word] = []
        for word in words:
            if made and not (word.mark or made[-1].mark or word.cue or made[-1].cue):
                joined = made[-1].text + word.text
                if joined in _COMPOUNDS or joined.removesuffix("s") in _COMPOUNDS or self._joins(made[-1].text, joined):
                    made[-1] = word_of(joined)
                    continue
            made.append(word)
        return made

    def _joins(self, first: str, joined: str) -> bool:
        if len(first) < 2 or joined not in self.whole and stem(joined) not in self.whole:
            return any(
                len(start) > len(first) + 1 and joined.startswith(start) for start in self.starts if len(start) > 6
            )
        return True

    def _spelled(self, word: Word) -> Word:
        text = word.text
        if (
            word.cue
            or word.mark
            or len(text) < SHORTEST_MENDED
            or not text.isalpha()
            or text in _ENGLISH
            or self.knows(text)
        ):
            return word
        if text in lexicon.FINITE or stem(text) in _ENGLISH:
            return word
        mended = self._nearest(text)
        return word_of(mended) if mended else word

    def _nearest(self, text: str) -> str:
        most = 2 if len(text) >= SHORTEST_TWICE else 1
        best: tuple[int, str] = (most + 1, "")
        for known, seen in [
            *((word, text) for word in self.whole),
            *((start, text[: len(start)]) for start in self.starts),
        ]:
            if len(known) < SHORTEST_MENDED - 1 or not _may_be(known, seen):
                continue
            best = min(best, (OSA.distance(known, seen, score_cutoff=most), known))
        return best[1] if best[0] <= most else ""


def _may_be(known: str, seen: str) -> bool:
    """A slip keeps the first letter (or swaps the first two), and an ending more or less is no slip."""
    if known.startswith(seen) or seen.startswith(known):
        return False
    return abs(len(known) - len(seen)) <= 2 and (known[0] == seen[0] or sorted(known[:2]) == sorted(seen[:2]))


def vocabulary_of(made: Iterable[Alternative]) -> Vocabulary:
    """The vocabulary of all alternatives of a rubric."""
    return _vocabulary(frozenset(made))


@lru_cache(maxsize=256)
def _vocabulary(made: frozenset[Alternative]) -> Vocabulary:
    atoms = {atom for alternative in made for atom in alternative.atoms if not atom.size}
    whole = {atom.word for atom in atoms if not atom.prefix}
    pairs = {
        first.word + second.word: (first.word, second.word)
        for alternative in made
        for first, second in zip(alternative.atoms, alternative.atoms[1:], strict=False)
        if not (first.size or second.size) and len(first.word) > 1 and len(second.word) > 2
    }
    return Vocabulary(frozenset(whole), tuple(sorted(atom.word for atom in atoms if atom.prefix)), pairs)
