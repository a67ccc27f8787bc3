"""The small language that rubrics write claims in.

A pattern is terms separated by spaces, all of which one clause must state, in any order: `strong* consisten* put|overwrit*`.
A term is alternatives joined by `|`. In an alternative `_` joins neighbouring words (`data_catalog`), `..` words in this order
with at most three between (`from..s3`), `*` ends the start of a word (`infer*`), `=5TB` is a size in any unit or spelling.
Words match in all their usual forms (`store`, `stores`, `stored`). A term must be affirmed; `!` before it asks that it is
denied (`!cluster`), and then the clause's other terms may be under the same denial. `-` asks that the clause does not hold it.
`<yes>` and `<no>` are those words used as an answer. Patterns are separated by `;` or line ends.

What is affirmed or denied is decided by `polarity.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from groundschool.checks.rubric.model import RubricError
from groundschool.checks.rubric.quantities import size_range
from groundschool.checks.rubric.stems import stem
from groundschool.checks.rubric.words import Word

ORDERED_GAP = 3
WINDOW = 16  # words between the first and the last term of a claim
Sign = Literal["+", "!", "-"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Atom:
    """One word of a pattern: a stem, the start of a word, or a size range in bytes."""

    word: str
    prefix: bool = False
    size: tuple[float, float] | None = None

    def fits(self, word: Word) -> bool:
        """Whether the word is an instance of it."""
        if self.size:
            return word.size is not None and self.size[0] <= word.size <= self.size[1]
        return word.text.startswith(self.word) if self.prefix else self.word in (word.stem, word.text)


@dataclass(frozen=True)
class Alternative:
    """Words in order; `gaps[i]` is how many others may stand before word `i`."""

    atoms: tuple[Atom, ...]
    gaps: tuple[int, ...]

    def spans(self, words: Sequence[Word]) -> Iterator[Span]:
        """Every place where it stands in the words, as first and last-plus-one position."""
        for start, word in enumerate(words):
            if self.atoms[0].fits(word):
                end = self._end(words, start + 1)
                if end is not None:
                    yield start, end

    def _end(self, words: Sequence[Word], position: int) -> int | None:
        """Where it ends when its second word may begin at `position`."""
        for atom, gap in zip(self.atoms[1:], self.gaps[1:], strict=True):
            reach = range(position, min(position + gap + 1, len(words)))
            found = next((place for place in reach if atom.fits(words[place])), None)
            if found is None:
                return None
            position = found + 1
        return position


@dataclass(frozen=True)
class Term:
    """Alternatives of which one must stand affirmed (`+`), denied (`!`) or not at all (`-`)."""

    alternatives: tuple[Alternative, ...]
    sign: Sign = "+"

    def spans(self, words: Sequence[Word]) -> list[Span]:
        """Every place where one of the alternatives stands."""
        return [span for alternative in self.alternatives for span in alternative.spans(words)]


@dataclass(frozen=True)
class Pattern:
    """Terms that one clause must state together: `stated` ones, affirmed or denied, and none of the `absent` ones."""

    stated: tuple[Term, ...]
    absent: tuple[Term, ...]

    @property
    def denies(self) -> bool:
        """Whether it speaks of something that is not."""
        return any(term.sign == "!" for term in self.stated)


@lru_cache(maxsize=4096)
def parse(source: str) -> tuple[Pattern, ...]:
    """The patterns in a text. Raises RubricError for one that cannot be read."""
    pieces = (piece.strip() for line in source.split("\n") for piece in line.split(";"))
    return tuple(_pattern(piece) for piece in pieces if piece)


@lru_cache(maxsize=4096)
def alternatives(source: str) -> tuple[Alternative, ...]:
    """The alternatives in a text like `s3|amazon_s3`."""
    return tuple(_alternative(part.strip().replace(" ", "_")) for part in source.split("|") if part.strip())


def _pattern(source: str) -> Pattern:
    terms = [_term(part) for part in source.split()]
    stated = tuple(term for term in terms if term.sign != "-")
    if not stated:
        raise RubricError(
            f"The pattern {source!r} asks only for what is absent; at least one stated term was expected."
        )
    return Pattern(stated, tuple(term for term in terms if term.sign == "-"))


def _term(text: str) -> Term:
    sign: Sign = "!" if text[0] == "!" else "-" if text[0] == "-" else "+"
    made = alternatives(text[1:] if sign != "+" else text)
    if not made:
        raise RubricError(f"The pattern term {text!r} names no word; at least one was expected.")
    return Term(made, sign)


def _alternative(text: str) -> Alternative:
    atoms: list[Atom] = []
    gaps: list[int] = []
    for number, run in enumerate(text.split("..")):
        for place, word in enumerate(run.split("_")):
            atoms.append(_atom(word, text))
            gaps.append(ORDERED_GAP if number and not place else 0)
    return Alternative(tuple(atoms), tuple(gaps))


def _atom(word: str, whole: str) -> Atom:
    if not word.strip("*!-"):
        raise RubricError(
            f"The pattern part {whole!r} holds an empty word; `_`, `..` or `|` between words were expected."
        )
    if word[0] in "!-":
        raise RubricError(
            f"The pattern part {whole!r} signs one alternative; `!` or `-` before the whole term was expected."
        )
    if word.startswith("="):
        try:
            return Atom(word, size=size_range(word[1:]))
        except ValueError as error:
            raise RubricError(
                f"The pattern part {whole!r} holds {word!r}; a size such as =5TB was expected."
            ) from error
    return Atom(word[:-1].lower(), prefix=True) if word.endswith("*") else Atom(stem(word.lower()))
