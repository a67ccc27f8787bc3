"""The small words that turn a claim around: negation, the past, other people's opinions, contrast, and new clauses.

They are found with spaCy's phrase matcher over stems. What each of them reaches is decided in `claims.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from groundschool.checks.rubric import lists
from groundschool.checks.rubric.stems import stem, stems_of
from groundschool.checks.rubric.words import english

AUXILIARIES = stems_of("be was were been do can could will would shall should must may might have need seem become get")
PRONOUNS = stems_of(
    "it they this that these those you we i he she there one both each all nobody nothing somebody everybody"
)
STARTERS = AUXILIARIES | PRONOUNS | stems_of("then also just instead so thus hence") - {"need", "get"}
BOUNDS = stems_of(
    "small smaller less lower few fewer large larger big bigger great greater more exceed beyond over above below "
    "under later"
)
LIMITS = stems_of("max min maximum minimum")
QUALIFIERS = stems_of("only just sure certain necessarily always merely simply know remember recall")
_PHRASES = lists.phrases("cues")


@dataclass(frozen=True)
class Cue:
    """One cue in a text: its kind, its first word and the one after its last."""

    kind: str
    start: int
    end: int


@cache
def _matcher() -> Any:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    matcher = PhraseMatcher(english().vocab, attr="LOWER")
    for kind, phrases in _PHRASES.items():
        matcher.add(kind, [Doc(english().vocab, words=_stems(phrase)) for phrase in phrases])
    return matcher


def find(stems: Sequence[str]) -> list[Cue]:
    """All cues among the stems of a text, in order; of overlapping ones of a kind the longest."""
    from spacy.tokens import Doc

    strings = english().vocab.strings
    matches = _matcher()(Doc(english().vocab, words=list(stems)))
    found = [Cue(strings[kind], start, end) for kind, start, end in matches]
    found.sort(key=lambda cue: (cue.start, -cue.end, cue.kind))
    kept: list[Cue] = []
    for cue in found:
        if not any(cue.kind == other.kind and cue.start < other.end for other in kept[-6:]):
            kept.append(cue)
    return kept


def stems() -> frozenset[str]:
    """Every word that a cue holds, for telling typing errors from words."""
    return frozenset(word for phrases in _PHRASES.values() for phrase in phrases for word in _stems(phrase))


def _stems(phrase: str) -> list[str]:
    return [stem(word) for word in phrase.split()]
