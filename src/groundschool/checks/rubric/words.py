"""The words of a line: spaCy's blank English tokens, with fixed phrases that change a claim merged and marked.

Spelling is mended towards the words a rubric knows (`vocabulary.py`); what a mark does to a claim is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.quantities import size_of
from groundschool.checks.rubric.stems import stem

if TYPE_CHECKING:
    from groundschool.checks.rubric.vocabulary import Vocabulary

MARKS = frozenset({",", ";", ":", ".", "!", "?", "(", ")", "[", "]", "{", "}", "/", "-", "=", "&", "+", '"', "'"})
_CUES: dict[str, tuple[str, ...]] = {
    "deny": lexicon.NEGATORS, "none": lexicon.NOT_NEGATORS, "past": lexicon.PAST, "now": lexicon.NOW, "split": lexicon.SPLITTERS,
    "compare": lexicon.COMPARED, "hedge": lexicon.HEDGES, "report": lexicon.REPORTED, "more": lexicon.MORE_THAN,
    "less": lexicon.LESS_THAN, "false": tuple(lexicon.DENIALS), "until": lexicon.DATED_BEFORE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark of punctuation. `cue` is what it does to a claim, if anything; `size` is in bytes.

    `denied`: under a negation. `denied_subject`: the subject of a negated verb. `heading`: stands in the heading above.
    """

    text: str
    stem: str
    cue: str = ""
    size: int | None = None
    mark: bool = False
    denied: bool = False
    denied_subject: bool = False
    heading: bool = False

    @property
    def structural(self) -> bool:
        """Whether it joins other words to a sentence rather than carrying matter."""
        return self.text in lexicon.STRUCTURE or bool(self.cue)

    @property
    def verbal(self) -> bool:
        """Whether it is an auxiliary or a verb in the third person."""
        return (
            self.text in lexicon.AUXILIARIES
            or self.text in lexicon.FINITE
            or self.text in ("was", "were", "had", "did")
        )


@lru_cache(maxsize=1)
def _pipeline() -> tuple[Any, Any]:
    """spaCy's blank English tokenizer and a matcher of the cue phrases; loaded at the first answer."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for cue, phrases in _CUES.items():
        matcher.add(cue, [language.make_doc(phrase) for phrase in phrases])
    return language, matcher


def read(text: str, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words of a line that `text.lines` made."""
    language, matcher = _pipeline()
    document = language.make_doc(text)
    cues: dict[int, tuple[int, str]] = {}
    for span in sorted(matcher(document, as_spans=True), key=lambda span: span.start - span.end):
        if not any(start < span.end and span.start < end for start, (end, _) in cues.items()):
            cues[span.start] = (span.end, span.label_)
    return vocabulary.mend(_merged([token.text for token in document], cues))


def _merged(tokens: list[str], cues: dict[int, tuple[int, str]]) -> list[Word]:
    words: list[Word] = []
    position = 0
    while position < len(tokens):
        end, cue = cues.get(position, (position + 1, ""))
        text = " ".join(tokens[position:end])
        if text.strip():
            words.append(word_of(text, cue))
        position = end
    return words


def word_of(text: str, cue: str = "") -> Word:
    """A word by itself."""
    return Word(text, stem(text), cue, size_of(text), mark=text in MARKS or set(text) <= MARKS)
