"""What a text claims: every word with whether it is stated, denied, past, or set aside.

Sentences are cut into clauses; cues ("no longer", "used to", "unlike", "people think") have a reach within them. Rules only, no
model: the same text is always read the same way. Subjects are `subjects.py`'s; which words matter is the rubric's business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundschool.checks.rubric import cues, negation
from groundschool.checks.rubric.cues import AUXILIARIES, STARTERS, Cue
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.words import Word

_UNTIL = stems_of("until till before")
_YEAR = re.compile(r"(19|20)\d\d")
_TIMES = stems_of(
    "january february march april june july august september october november december dec nov jan recent recently now version"
)
_CHANGES = stems_of(
    "added introduced created changed made uploaded raised increased released launched announced renamed replaced removed"
)


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


def clause_of(claimed: Sequence[Claimed], number: int) -> tuple[int, int]:
    """Where the clause of a word begins and ends."""
    clause = claimed[number].clause
    first = last = number
    while first and claimed[first - 1].clause == clause:
        first -= 1
    while last < len(claimed) and claimed[last].clause == clause:
        last += 1
    return first, last


def _in_sentences(words: Sequence[Word]) -> list[Claimed]:
    claimed: list[Claimed] = []
    sentence = 0
    for number, word in enumerate(words):
        if number and any(mark in word.lead for mark in "\n.;!?") and not _abbreviated(words[number - 1], word):
            sentence += 1
        claimed.append(Claimed(word, sentence))
    return claimed


def _abbreviated(before: Word, word: Word) -> bool:
    """A full stop after `e.g`, `vs` or the like ends no sentence."""
    return set(word.lead) <= {".", ",", "("} and before.text in (
        "e",
        "g",
        "i",
        "eg",
        "ie",
        "e.g",
        "i.e",
        "vs",
        "approx",
        "max",
    )


def _cut_clauses(claimed: Sequence[Claimed], found: Sequence[Cue]) -> None:
    breaks = {cue.start for cue in found if cue.kind == "break"}
    clause = 0
    for number, here in enumerate(claimed):
        if number and here.sentence != claimed[number - 1].sentence or number and (number in breaks or _begins_clause(claimed, number)):
            clause += 1
        here.clause = clause


def _begins_clause(claimed: Sequence[Claimed], number: int) -> bool:
    here, before = claimed[number].word, claimed[number - 1].word
    after = claimed[number + 1].word.stem if number + 1 < len(claimed) else ""
    acts = after in AUXILIARIES or after == "not"
    if "—" in here.lead or "=" in here.lead:
        return True
    if set(here.lead) & set(",()"):
        return here.stem in STARTERS or here.stem == "not" or acts
    if here.stem == "that" and acts:
        return True
    return before.stem in ("and", "or") and (here.stem in STARTERS or acts and here.stem != "not")


def _apply(cue: Cue, claimed: list[Claimed], has_now: bool) -> None:
    denied = negation.reach(cue, claimed)
    if denied is not None:
        _mark(claimed, denied, "denied")
    elif cue.kind == "aside":
        _mark(claimed, (cue.start, negation.local_end(claimed, cue.end)), "set_aside")
    elif (
        cue.kind == "past" and not _serves(cue, claimed) or cue.kind == "was" and has_now and not _changed(cue, claimed)
    ):
        _mark(claimed, clause_of(claimed, cue.start), "past")
    elif cue.kind == "others":
        _mark(claimed, (cue.start, negation.turn(claimed, cue.end)), "set_aside")
    elif claimed[cue.start].word.stem in _UNTIL and _is_time(cue, claimed):
        _mark(claimed, clause_of(claimed, cue.start), "past")
        if cue.start and claimed[cue.start - 1].sentence == claimed[cue.start].sentence:
            _mark(claimed, clause_of(claimed, cue.start - 1), "past")


def _is_time(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    return any(_YEAR.fullmatch(near.word.stem) or near.word.stem in _TIMES for near in claimed[cue.end : cue.end + 4])


def _serves(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "is used to run": a purpose, not the past."""
    return claimed[cue.start].word.stem == "use" and cue.start > 0 and claimed[cue.start - 1].word.stem in AUXILIARIES


def _changed(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "was added", "were raised": a change that holds since then."""
    return any(here.word.stem in _CHANGES for here in claimed[cue.end : cue.end + 3])


def _mark(claimed: Sequence[Claimed], reach: tuple[int, int], flag: str) -> None:
    for here in claimed[reach[0] : reach[1]]:
        setattr(here, flag, True)
