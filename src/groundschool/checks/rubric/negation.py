"""How far a denial reaches: a whole clause when its verb is negated, a phrase after "no", a sentence called a myth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundschool.checks.rubric.cues import AUXILIARIES, BOUNDS, PRONOUNS, QUALIFIERS, Cue
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stems_of

if TYPE_CHECKING:
    from groundschool.checks.rubric.claims import Claimed

LOCAL = 6  # words that "no" or "without" reaches at most
NEAR_BOUND = 5  # words after "not" within which "smaller than" makes it a bound, not a denial
_TURNS = stems_of("but however actually whereas")
_WHOLLY = stems_of("never cannot nolonger nobody nothing")

_PREPOSITIONS = stems_of("from in on at by for with to of as")
_QUANTIFIERS = stems_of("no none zero")

Reach = tuple[int, int]


def reach(cue: Cue, claimed: Sequence[Claimed]) -> Reach | None:
    """The words a cue denies, empty where it only looks like a denial; None when it is no denial at all."""
    if cue.kind == "not":
        return _of_not(cue, claimed)
    if cue.kind == "no":
        return _of_no(cue, claimed)
    if cue.kind == "against":
        return cue.start, local_end(claimed, cue.end)
    if cue.kind == "wrong":
        return _of_wrong(cue, claimed)
    return None


def local_end(claimed: Sequence[Claimed], number: int, most: int = LOCAL) -> int:
    """Where the phrase that begins at a word ends."""
    start = number
    while number < len(claimed) and number - start < most and claimed[number].clause == claimed[start].clause:
        here = claimed[number].word
        if number > start and (set(here.lead) & set(",()/—:\t|") or here.stem == "and"):
            break
        number += 1
    return number


def turn(claimed: Sequence[Claimed], number: int) -> int:
    """Where a sentence turns ("but", "however") or ends."""
    sentence = claimed[number - 1].sentence
    while number < len(claimed) and claimed[number].sentence == sentence:
        here = claimed[number].word
        if here.stem in _TURNS or "," in here.lead and here.stem in PRONOUNS:
            break
        number += 1
    return number


def _of_not(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    first, last = _clause(claimed, cue.start)
    near = claimed[cue.end : min(last, cue.end + NEAR_BOUND)]
    stem = claimed[cue.start].word.stem
    if any(here.word.stem in BOUNDS for here in near) or near and near[0].word.stem in QUALIFIERS:
        return cue.start, cue.start
    before = claimed[cue.start - 1].word.stem if cue.start > first else ""
    if before in AUXILIARIES or stem in _WHOLLY:
        return first, last
    if _contrasts(cue, claimed, first):
        return cue.start, local_end(claimed, cue.end)
    rest = claimed[cue.end : last]
    listed = any("," in here.word.lead for here in rest) and any(
        here.word.stem in ("and", "or", "nor") for here in rest
    )
    return cue.start, last if listed else local_end(claimed, cue.end, last - cue.end)


def _contrasts(cue: Cue, claimed: Sequence[Claimed], first: int) -> bool:
    """ "from Airflow and not from the file, …": the same preposition stands on both sides."""
    after = claimed[cue.end : cue.end + 1]
    before = claimed[max(first, cue.start - LOCAL) : cue.start]
    return bool(after) and after[0].word.stem in _PREPOSITIONS & {here.word.stem for here in before}


def _of_no(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """The clause whose subject it is ("No role is attached", "None of … is"), else the next phrase; nothing for an answer."""
    if _answers(cue, claimed):
        return cue.start, cue.start
    first, last = _clause(claimed, cue.start)
    opens = cue.start == first and claimed[cue.start].word.stem in _QUANTIFIERS
    acts = any(here.word.stem in AUXILIARIES for here in claimed[cue.end : last])
    return (first, last) if opens and acts else (cue.start, local_end(claimed, cue.end))


def _answers(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """Whether "no" answers the question rather than denies a thing: "No, Athena needs …"."""
    if (
        claimed[cue.start].word.stem != "no"
        or cue.start
        and claimed[cue.start - 1].sentence == claimed[cue.start].sentence
    ):
        return False
    after = claimed[cue.end : cue.end + 1]
    return not after or bool(after[0].word.lead) or after[0].word.stem in PRONOUNS | PRODUCTS


def _of_wrong(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """ "It is a myth that …" denies what follows; "… is wrong" what precedes; "That is false." the sentence before."""
    if cue.start and claimed[cue.start - 1].word.stem == "not":
        return cue.start, cue.start
    own = [number for number, here in enumerate(claimed) if here.sentence == claimed[cue.start].sentence]
    first = own[0]
    if len(own) <= 5 and claimed[first].word.stem in ("that", "this", "it", "which") and first:
        before = claimed[first - 1].sentence
        first = next(number for number, here in enumerate(claimed) if here.sentence == before)
    number = cue.start
    while number > first and claimed[number].word.stem not in _TURNS:
        number -= 1
    return number, turn(claimed, cue.end)


def _clause(claimed: Sequence[Claimed], number: int) -> Reach:
    clause = claimed[number].clause
    first = last = number
    while first and claimed[first - 1].clause == clause:
        first -= 1
    while last < len(claimed) and claimed[last].clause == clause:
        last += 1
    return first, last
