"""What a text only sets something apart with: "unlike Delta, where …", "as with X", and what "well no" takes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundschool.checks.rubric.cues import Cue
from groundschool.checks.rubric.negation import Reach, before_verb, clause_of, local_end
from groundschool.checks.rubric.stems import stems_of

if TYPE_CHECKING:
    from groundschool.checks.rubric.claims import Claimed

FARTHEST = 14  # words from "unlike" to the comma that ends what it names
_RELATIVE = stems_of("which who where whose that")


def aside(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """What is named only to contrast with it: "unlike Delta, where the format tracks its files,". One with "which" has
    its own subject."""
    end = before_verb(claimed, cue.end)
    if end < len(claimed) and claimed[end].word.text == "where":
        return cue.start, clause_of(claimed, end)[1]
    return cue.start, end


def contrasted(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """All that is told of the other thing: "unlike a query in the console, which uses my own identity,"."""
    sentence = claimed[cue.start].sentence
    opens = not cue.start or claimed[cue.start - 1].sentence != sentence
    end = cue.end
    while end < len(claimed) and claimed[end].sentence == sentence and "," not in claimed[end].word.lead:
        end += 1
    if end >= len(claimed) or claimed[end].sentence != sentence:  # no comma: only an unlike at the end reaches so far
        return cue.start, cue.start if opens else end
    if end - cue.end > FARTHEST:
        return cue.start, cue.start
    return cue.start, clause_of(claimed, end)[1] if claimed[end].word.stem in _RELATIVE else end


def imagined(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """What is no fact: "it feels like a mounted disk", "with boto3 you would download", and what something else
    replaces."""
    if cue.kind == "unreal":
        return clause_of(claimed, cue.start)
    if cue.end < len(claimed) and claimed[cue.end].word.text == "by":
        return cue.start, cue.start  # "replaced by X": X is a fact
    return cue.end, local_end(claimed, cue.end)


def taken_back(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """What "well no, …" takes back: the words before it in its sentence, or the sentence before."""
    if not cue.start or claimed[cue.end - 1].word.text == "waiting":
        return cue.start, cue.start
    last = claimed[cue.start - 1]
    first = next(number for number, here in enumerate(claimed) if here.sentence == last.sentence)
    return first, cue.start
