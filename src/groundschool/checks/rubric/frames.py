"""What a text's writer does not say as the own claim: told by a source that knows no better, to be checked, guessed.

A frame opens the text or ends it, and reaches over all of it; a source told of in the middle is an aside. What a
trusted source says ("the documentation says") is the writer's own claim. Phrases are in `lists/frames.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from groundschool.checks.rubric import lists
from groundschool.checks.rubric.stems import stem

OPENING = 14  # words at the start of a text in which a frame stands
APART = 4  # words between a source and what it does
_SENTENCE = re.compile(r"[.!?;\n]+(?=\s|$)")
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z]+)?|:")


def another_s(text: str) -> bool:
    """Whether a text is in another's mouth, or asks whether it is so: "A colleague claims …", "To be checked: …"."""
    sentences = [_words(part) for part in _SENTENCE.split(text) if part.strip()]
    if not sentences:
        return False
    first, last = sentences[0][:OPENING], sentences[-1]
    if _holds(first, "asking") or len(last) <= OPENING and _holds(last, "asking"):
        return True
    return _told_by_a_source(first, [*sentences[0], *(sentences[1][:2] if len(sentences) > 1 else ())])


def guessed(text: str) -> bool:
    """Whether a text opens or ends by saying that its writer does not know: "No idea, but …"."""
    sentences = [_words(part) for part in _SENTENCE.split(text) if part.strip()]
    return bool(sentences) and (
        _holds(sentences[0][:OPENING], "guessing")
        or len(sentences[-1]) <= OPENING
        and _holds(sentences[-1], "guessing")
    )


def _told_by_a_source(opening: Sequence[str], near: Sequence[str]) -> bool:
    """Whether the opening says that a source says it; one that its writer then judges is only mentioned."""
    stems = [stem(word) for word in opening]
    sources = [place for place in _places(stems, "source") if not _trusted(stems, place)]
    heard = any(_stems("hearing") & set(stems[max(0, place - APART) : place]) for place in sources)
    told = [_told(opening, stems, place) for place in (*sources, *_places(stems, "person"))]
    return "quoted" in told or (heard or "claimed" in told) and not _holds(near, "turning")


def _trusted(stems: Sequence[str], source: int) -> bool:
    """Whether a source is one to rely on: "the AWS blog", "a blog of AWS"."""
    of = stems[source + 2 : source + 3] if stems[source + 1 : source + 2] == ["of"] else []
    return bool(_stems("trusted") & {*stems[max(0, source - 2) : source], *of})


def _told(opening: Sequence[str], stems: Sequence[str], source: int) -> str:
    """How what follows a source is its own: "quoted" behind a colon, "claimed" without."""
    for place in range(source + 1, min(source + 1 + APART, len(stems))):
        if stems[place] not in _stems("claiming") | _stems("telling"):
            continue
        after = opening[place + 1 : place + APART]
        if ":" in after:
            return "quoted"
        return "claimed" if stems[place] in _stems("claiming") or "that" in after[:2] else ""
    return ""


def _places(stems: Sequence[str], kind: str) -> list[int]:
    """The last words of the phrases of a kind."""
    phrases = [tuple(map(stem, phrase.split())) for phrase in lists.phrases("frames")[kind]]
    return [
        end - 1
        for end in range(1, len(stems) + 1)
        if any(tuple(stems[max(0, end - len(phrase)) : end]) == phrase for phrase in phrases)
    ]


def _holds(words: Sequence[str], kind: str) -> bool:
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said for phrase in lists.phrases("frames")[kind])


@cache
def _stems(kind: str) -> frozenset[str]:
    return frozenset(stem(phrase) for phrase in lists.phrases("frames")[kind])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
