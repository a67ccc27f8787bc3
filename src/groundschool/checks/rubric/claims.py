"""What a text claims: every word with whether it is stated, denied, past, or set aside.

Sentences are cut into clauses; cues ("no longer", "used to", "unlike", "people think") have a reach within them. Rules only, no
model: the same text is always read the same way. Subjects are `subjects.py`'s; which words matter is the rubric's business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundschool.checks.rubric import cues
from groundschool.checks.rubric.cues import AUXILIARIES, BOUNDS, PRONOUNS, STARTERS, Cue
from groundschool.checks.rubric.words import Word

LOCAL = 6  # words that "no" or "without" reaches at most
NEAR_BOUND = 5  # words after "not" within which "smaller than" makes it a bound, not a denial
_TIME = re.compile(
    r"(19|20)\d\d|january|february|march|april|june|july|august|september|october|november|december|dec|recent.*"
)
_CHANGES = frozenset("add introduc creat chang upload rais increas releas launch announc renam replac remov".split())


@dataclass(slots=True)
class Claimed:
    """A word in its clause. `subject` is empty where none is named, and holds several where a table leaves it open."""

    word: Word
    sentence: int = 0
    clause: int = 0
    denied: bool = False
    past: bool = False
    set_aside: bool = False  # others' opinion, or named only to contrast with it
    subject: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A text as read: its words with their flags, and whether its writer hedges."""

    words: tuple[Claimed, ...]
    hedged: bool


def read(words: Sequence[Word]) -> Text:
    """Every word with its sentence, its clause, and the reach of the cues around it."""
    claimed = _in_sentences(words)
    found = cues.find([word.stem for word in words])
    _cut_clauses(claimed, found)
    has_now = any(cue.kind == "now" for cue in found)
    for cue in found:
        _apply(cue, claimed, has_now)
    return Text(tuple(claimed), any(cue.kind == "hedge" for cue in found))


def _in_sentences(words: Sequence[Word]) -> list[Claimed]:
    claimed: list[Claimed] = []
    sentence = 0
    for number, word in enumerate(words):
        if number and any(mark in word.lead for mark in "\n.;!?") and not _abbreviated(words[number - 1], word):
            sentence += 1
        claimed.append(Claimed(word, sentence))
    return claimed


def _abbreviated(before: Word, word: Word) -> bool:
    """A full stop after `e.g`, `vs`, `etc` or the like ends no sentence."""
    return set(word.lead) <= {".", ",", "("} and before.text in (
        "e",
        "g",
        "i",
        "eg",
        "ie",
        "vs",
        "approx",
        "incl",
        "max",
    )


def _cut_clauses(claimed: list[Claimed], found: Sequence[Cue]) -> None:
    breaks = {cue.start for cue in found if cue.kind == "break"}
    clause = 0
    for number, here in enumerate(claimed):
        if number and here.sentence != claimed[number - 1].sentence:
            clause += 1
        elif number and (number in breaks or _begins_clause(claimed, number)):
            clause += 1
        here.clause = clause


def _begins_clause(claimed: Sequence[Claimed], number: int) -> bool:
    here, before = claimed[number].word, claimed[number - 1].word
    after = claimed[number + 1].word.stem if number + 1 < len(claimed) else ""
    if "—" in here.lead or "=" in here.lead:
        return True
    if set(here.lead) & set(",()"):
        return here.stem in STARTERS or here.stem == "not" or after in AUXILIARIES or after == "not"
    if here.stem == "that" and after in AUXILIARIES | {"not"}:
        return True
    return before.stem in ("and", "or") and (
        here.stem in STARTERS or after in AUXILIARIES and here.stem not in ("not",)
    )


def _apply(cue: Cue, claimed: list[Claimed], has_now: bool) -> None:
    if cue.kind == "not":
        _mark(claimed, _reach_of_not(cue, claimed), "denied")
    elif cue.kind == "no" and not _answers(cue, claimed):
        _mark(claimed, (cue.start, _local_end(claimed, cue.end)), "denied")
    elif cue.kind == "against":
        _mark(claimed, (cue.start, _local_end(claimed, cue.end)), "denied")
    elif cue.kind == "aside":
        _mark(claimed, (cue.start, _local_end(claimed, cue.end)), "set_aside")
    elif cue.kind == "past" or cue.kind == "was" and has_now and not _changed(cue, claimed):
        _mark(claimed, _clause(claimed, cue.start), "past")
    elif cue.kind == "break" and claimed[cue.start].word.stem in ("until", "till", "before"):
        if any(_TIME.fullmatch(near.word.stem) for near in claimed[cue.end : cue.end + 4]):
            _mark(claimed, _clause(claimed, cue.start), "past")
            if cue.start and claimed[cue.start - 1].sentence == claimed[cue.start].sentence:
                _mark(claimed, _clause(claimed, cue.start - 1), "past")
    elif cue.kind == "others":
        _mark(claimed, (cue.start, _turn(claimed, cue.end)), "set_aside")
    elif cue.kind == "wrong":
        _disown(cue, claimed)


def _mark(claimed: list[Claimed], reach: tuple[int, int], flag: str) -> None:
    for here in claimed[reach[0] : reach[1]]:
        setattr(here, flag, True)


def _reach_of_not(cue: Cue, claimed: Sequence[Claimed]) -> tuple[int, int]:
    """The clause when a verb is negated, the next phrase otherwise, nothing for "not smaller than" and "not only"."""
    first, last = _clause(claimed, cue.start)
    near = claimed[cue.end : min(last, cue.end + NEAR_BOUND)]
    if any(here.word.stem in BOUNDS for here in near) and claimed[cue.start].word.stem != "no":
        return cue.start, cue.start
    before = claimed[cue.start - 1].word.stem if cue.start > first else ""
    if before in AUXILIARIES or claimed[cue.start].word.stem in ("never", "no", "nobody", "nothing") or before == "do":
        return first, last
    rest = claimed[cue.end : last]
    listed = any("," in here.word.lead for here in rest) and any(
        here.word.stem in ("and", "or", "nor") for here in rest
    )
    return cue.start, last if listed else _local_end(claimed, cue.end, last - cue.end)


def _local_end(claimed: Sequence[Claimed], number: int, most: int = LOCAL) -> int:
    start = number
    while number < len(claimed) and number - start < most and claimed[number].clause == claimed[start].clause:
        here = claimed[number].word
        if number > start and (set(here.lead) & set(",()/—:\t|") or here.stem == "and"):
            break
        number += 1
    return number


def _answers(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """Whether "no" answers the question rather than denies a thing: "No, Athena needs …"."""
    if (
        claimed[cue.start].word.stem != "no"
        or cue.start
        and claimed[cue.start - 1].sentence == claimed[cue.start].sentence
    ):
        return False
    if cue.end >= len(claimed):
        return True
    after = claimed[cue.end]
    return bool(after.word.lead) or after.word.stem in PRONOUNS or _clause_has_verb(claimed, cue.end)


def _clause_has_verb(claimed: Sequence[Claimed], number: int) -> bool:
    first, last = _clause(claimed, number)
    return any(here.word.stem in AUXILIARIES | {"not"} for here in claimed[number : min(last, first + 5)])


def _changed(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "was added", "were raised": a change that holds since then."""
    return any(here.word.stem in _CHANGES for here in claimed[cue.end : cue.end + 3])


def _clause(claimed: Sequence[Claimed], number: int) -> tuple[int, int]:
    clause = claimed[number].clause
    first = last = number
    while first and claimed[first - 1].clause == clause:
        first -= 1
    while last < len(claimed) and claimed[last].clause == clause:
        last += 1
    return first, last


def _turn(claimed: Sequence[Claimed], number: int) -> int:
    """Where a sentence turns ("but", "however") or ends."""
    sentence = claimed[number - 1].sentence
    while number < len(claimed) and claimed[number].sentence == sentence:
        if claimed[number].word.stem in ("but", "however", "actually", "whereas"):
            break
        number += 1
    return number


def _disown(cue: Cue, claimed: list[Claimed]) -> None:
    """ "It is a myth that …" denies what follows; "… is wrong" what precedes; "That is false." the sentence before."""
    if cue.start and claimed[cue.start - 1].word.stem == "not":
        return
    sentence = claimed[cue.start].sentence
    own = [number for number, here in enumerate(claimed) if here.sentence == sentence]
    first = own[0]
    if len(own) <= 5 and claimed[first].word.stem in ("that", "this", "it", "which") and first:
        before = claimed[first - 1].sentence
        first = next(number for number, here in enumerate(claimed) if here.sentence == before)
    _mark(claimed, (max(first, _last_turn(claimed, first, cue.start)), _turn(claimed, cue.end)), "denied")


def _last_turn(claimed: Sequence[Claimed], first: int, number: int) -> int:
    while number > first and claimed[number].word.stem not in ("but", "however", "actually"):
        number -= 1
    return number
