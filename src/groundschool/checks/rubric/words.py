"""Text cut into words with spaCy's blank English tokenizer: stems, amounts, and the separator in front of each.

Whether a word is stated, denied or past is decided in `claims.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from groundschool.checks.rubric import lists
from groundschool.checks.rubric.quantities import MANY, SIZE, Size, count, size, unify
from groundschool.checks.rubric.stems import stem

MOST_WORDS = 800  # a learner's five sentences have about a hundred
_COMPOUNDS = {parts: whole for whole, parts in lists.pairs("compounds")}
_PIECE = re.compile(r"\d+(?:[.,]\d+)+\w*|[^\W_'][^\W_']*(?:[.'][^\W_]+)*|'[a-z]+|[^\w\s']+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read. `lead` is the separator in front of it (`","`, `"."`, `"\\n"` …), empty inside a phrase."""

    text: str
    stem: str
    lead: str
    size: Size | None = None
    count: float | None = None


@cache
def english() -> Any:
    """spaCy's blank English pipeline; importing it is put off until a text is read."""
    import spacy

    return spacy.blank("en")


def cut(text: str) -> list[Word]:
    """The words of a cleaned text, at most MOST_WORDS."""
    text = unify(text)
    document = english().make_doc(text)
    spans = [
        document.char_span(*found.span(), alignment_mode="expand")
        for found in (*SIZE.finditer(text), *MANY.finditer(text))
    ]
    spans.sort(key=lambda span: -1 if span is None else span.start)
    with document.retokenize() as retokenizer:
        taken = -1
        for span in spans:
            if span is not None and span.start > taken:
                retokenizer.merge(span)
                taken = span.end - 1
    return _compounded(_words(document))


def _words(document: Any) -> list[Word]:
    words: list[Word] = []
    lead = "\n"
    for token in document:
        whole = size(token.text) or MANY.fullmatch(token.text) or token.lower_ in ("n't", "'s", "'re")
        for text in [token.text] if whole else _PIECE.findall(token.text) or [token.text]:
            if not any(character.isalnum() for character in text) or text == "'s" and _possessive(token):
                lead += _separator(text)
                continue
            lower = text.lower()
            words.append(Word(lower, lower if size(text) else stem(lower), lead, size(text), count(lower)))
            lead = ""
        if len(words) >= MOST_WORDS:
            break
    return words


def _possessive(token: Any) -> bool:
    """`Glue's catalog` and `it's`: only after a pronoun is `'s` a verb."""
    before = token.nbor(-1).lower_ if token.i else ""
    return before not in ("it", "that", "there", "what", "he", "she", "this", "here", "where")


def _separator(text: str) -> str:
    if "\n" in text:
        return "\n"
    if "\t" in text or len(text) > 2 and text.isspace():
        return "\t"
    marks = "".join(character for character in text if character in ',.;:!?()[]/|+&=—"')
    return marks.replace("[", "(").replace("]", ")")


def _compounded(words: list[Word]) -> list[Word]:
    """Two words that are one: `data frame`, `server-less`."""
    made: list[Word] = []
    for word in words:
        if made and not word.lead and (whole := _COMPOUNDS.get((made[-1].text, word.text))):
            made[-1] = Word(whole, stem(whole), made[-1].lead)
        else:
            made.append(word)
    return made
