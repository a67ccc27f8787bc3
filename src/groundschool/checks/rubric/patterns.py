"""The pattern language of rubrics: terms that one sentence must hold, stated and close together.

`word` any form of a word · `a|b` either · `a_b` one right after the other · `pre*` any word so beginning · `{5_MB}` a
size in any unit · `{10000}` a number · `!a|b` not in the clause (unless denied there; `!!a|b` denied or not) · `NOT`
the clause is denied · `EITHER` denied or not. Terms may stand in any order.
A pattern with a term of nothing but `NOT`, `no`, `not`, `without` or `never` reads a denial; one with such a word among
others in a term reads both; any other pattern is blind to denied words.
Whatever else is written could match nothing, and is refused: capitals, an empty alternative, a sign that the reader
drops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.quantities import Size, count, size
from groundschool.checks.rubric.stems import stem, stems_of
from groundschool.checks.rubric.words import Word, cut
from groundschool.errors import GroundSchoolError

WINDOW = 14  # words from the first to the last term
_SKIPPED = stems_of("the a an of aws amazon your its any their my our")
_DENIALS = frozenset(["no", "not", "without", "never", "NOT", "cannot", "nolonger", "nobody", "nothing"])
_APART = frozenset(",.;!?\n\t|—")
_WRITTEN = re.compile(r"[a-z0-9]+(?:[.,'][a-z0-9]+)*\*?")  # one word of a pattern
_AMOUNT = re.compile(r"\{[^{}]+\}")

Span = tuple[int, int]
Polarity = Literal["stated", "denied", "either"]


@dataclass(frozen=True)
class Phrase:
    """One way to say a term: words in a row, a size or a number."""

    stems: tuple[str, ...] = ()
    size: Size | None = None
    count: float | None = None


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern."""

    terms: tuple[tuple[Phrase, ...], ...]
    barred: tuple[tuple[Phrase, ...], ...]
    polarity: Polarity
    banned: tuple[tuple[Phrase, ...], ...] = ()  # barred even where denied

    @property
    def vocabulary(self) -> frozenset[str]:
        """The stems of its words, and prefixes with their star."""
        phrases = (phrase for term in self.terms + self.barred + self.banned for phrase in term)
        return frozenset(word for phrase in phrases for word in phrase.stems)


class BadPattern(GroundSchoolError):
    """A pattern that could match nothing, or not all that it lists."""


@cache
def compiled(text: str) -> Pattern:
    """The pattern written in `text`. Raises BadPattern where a part of it could never match."""
    terms: list[tuple[Phrase, ...]] = []
    barred: list[tuple[Phrase, ...]] = []
    banned: list[tuple[Phrase, ...]] = []
    polarity: Polarity = "stated"
    anyhow = False
    for found in re.finditer(r"\S+", text):
        written, alternatives = found[0], found[0].split("|")
        if written.startswith("!"):
            bare = written.removeprefix("!").removeprefix("!")
            (banned if written.startswith("!!") else barred).append(_term(bare, text, found.end() - len(bare)))
        elif "NOT" in alternatives and set(alternatives) <= _DENIALS:
            polarity = "denied"
        elif written == "EITHER":
            anyhow = True
        else:
            terms.append(_term(written, text, found.start()))
            denials = len(_DENIALS & set(alternatives))
            polarity = (
                "denied" if denials == len(alternatives) else "either" if denials and polarity == "stated" else polarity
            )
    if not terms:
        raise BadPattern(
            f"The pattern {text!r} names nothing to find; write at least one term that is not barred by `!`."
        )
    return Pattern(tuple(terms), tuple(barred), "either" if anyhow else polarity, tuple(banned))


def _term(written: str, pattern: str, start: int) -> tuple[Phrase, ...]:
    """The alternatives of a term, which begins at the place `start` of its pattern."""
    phrases: list[Phrase] = []
    for alternative in written.split("|"):
        if fault := _fault(alternative):
            raise BadPattern(f"In the pattern {pattern!r}, at character {start + 1}: {fault}")
        phrases.append(_phrase(alternative))
        start += len(alternative) + 1
    return tuple(phrases)


def _fault(alternative: str) -> str:
    """Why an alternative could match nothing, and what to write instead; empty when it could."""
    if not alternative:
        return "an alternative is empty; write a word on both sides of `|` and after `!`."
    if alternative == "NOT":
        return ""
    if _AMOUNT.fullmatch(alternative):
        return _fault_of_amount(alternative)
    if set(alternative) & set("{}"):
        return (
            f"`{alternative}` joins an amount to something else; write it as a term of its own, as `{{5_MB}}` or "
            f"`{{10000}}`, "
            "with `_` for a space, or the number as a word, as `every_5_minutes`."
        )
    for word in alternative.split("_"):
        if not _WRITTEN.fullmatch(word):
            return (
                f"`{alternative}` holds {word!r}, which no text is cut into; write small letters and digits, words in "
                "a row with "
                "one `_` between them, and `*` only behind the beginning of a word."
            )
    return (
        "" if alternative.replace("_", "").rstrip("*").isalnum() or finds_itself(alternative) else _unread(alternative)
    )


def _fault_of_amount(alternative: str) -> str:
    phrase = _phrase(alternative)
    known = phrase.size is not None or phrase.count is not None
    return "" if known else f"`{alternative}` is neither a size nor a number; write `{{5_MB}}` or `{{10000}}`."


def _unread(alternative: str) -> str:
    read = "_".join(word.text for word in cut(_as_text(alternative)))
    return f"`{alternative}` is read as `{read}` in a text, and so is never found; write that."


def finds_itself(alternative: str) -> bool:
    """Whether an alternative is found in a text that holds its words and nothing else."""
    words = [Claimed(word) for word in cut(_as_text(alternative))]
    return any(True for _ in spans(_phrase(alternative), words))


def _as_text(alternative: str) -> str:
    return alternative.strip("{}").replace("_", " ").rstrip("*")


def _phrase(written: str) -> Phrase:
    if written.startswith("{"):
        amount = written.strip("{}").replace("_", " ")
        return Phrase(size=size(amount), count=count(amount))
    return Phrase(tuple(word if word.endswith("*") else stem(word) for word in written.split("_")))


def spans(phrase: Phrase, words: Sequence[Claimed]) -> Iterator[Span]:
    """Where a phrase stands among the words of a sentence."""
    initial = phrase.stems[0][:1] if phrase.stems else ""
    for start, here in enumerate(words):
        if initial and initial != here.word.stem[:1] and initial != here.word.text[:1]:
            continue
        end = _end_of(phrase, words, start)
        if end:
            yield start, end


def _end_of(phrase: Phrase, words: Sequence[Claimed], start: int) -> int:
    word = words[start].word
    if not phrase.stems:
        same_size = phrase.size is not None and word.size is not None and word.size.same(phrase.size)
        return start + 1 if same_size or phrase.count is not None and word.count == phrase.count else 0
    if len(phrase.stems) > 1 and word.stem == phrase.stems[0] + phrase.stems[1] and len(phrase.stems) == 2:
        return start + 1
    if len(phrase.stems) == 1 and _split_in_two(phrase.stems[0], words, start):
        return start + 2
    return _in_a_row(phrase.stems, words, start)


def _in_a_row(stems: tuple[str, ...], words: Sequence[Claimed], start: int) -> int:
    at = start
    for number, wanted in enumerate(stems):
        while number and at < len(words) and words[at].word.stem in _SKIPPED and words[at].word.stem != wanted:
            at += 1
        if at >= len(words) or not _is(words[at].word, wanted) or number and set(words[at].word.lead) & _APART:
            return 0
        at += 1
    return at


def _is(found: Word, wanted: str) -> bool:
    return (
        (found.text.startswith(wanted[:-1]) or found.stem.startswith(wanted[:-1]))
        if wanted.endswith("*")
        else found.stem == wanted
    )


def _split_in_two(wanted: str, words: Sequence[Claimed], start: int) -> bool:
    """`server less`, `multi part`: one word typed as two."""
    return (
        len(wanted) > 6
        and start + 1 < len(words)
        and not set(words[start + 1].word.lead) & _APART
        and words[start].word.text + words[start + 1].word.text in (wanted, wanted + "s", wanted + "e")
    )
