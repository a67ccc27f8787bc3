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
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON
from groundschool.checks.rubric.words import Word

VERB_REACH = 7  # words after a comma within which a verb makes a new statement
_CONDITIONS = stems_of("if when unless once")
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
    contradicted: bool = False  # denied by a negated verb, not by "without" or "instead of"
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
        if (
            number
            and here.sentence != claimed[number - 1].sentence
            or number
            and (number in breaks or _begins_clause(claimed, number))
        ):
            clause += 1
        here.clause = clause


def _begins_clause(claimed: Sequence[Claimed], number: int) -> bool:
    here, before = claimed[number].word, claimed[number - 1].word
    after = claimed[number + 1].word.stem if number + 1 < len(claimed) else ""
    acts = after in AUXILIARIES or after == "not"
    if set(here.lead) & set("—=()"):
        return not (here.size and before.size)  # "5 MB - 5 GB" is a range
    if set(here.lead) & set(",:"):
        return here.stem in STARTERS or here.stem == "not" or _states_anew(claimed, number)
    if before.stem in ("and", "or") and (here.text in THIRD_PERSON or here.stem in STARTERS):
        return True
    if here.stem == "that" and acts or _concludes(claimed, number):
        return True
    return (
        before.stem in ("and", "or") and here.stem != "not" and _said(claimed, number) and _acts_next(claimed, number)
    )


def _concludes(claimed: Sequence[Claimed], number: int) -> bool:
    """ "if nothing is set Athena makes …": a product with its verb ends the condition."""
    if claimed[number].word.stem not in PRODUCTS or number + 1 == len(claimed) or not _acts(claimed[number + 1]):
        return False
    return claimed[clause_of(claimed[:number], number - 1)[0]].word.stem in _CONDITIONS and _acted(claimed, number)


def _acts_next(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether a word, or the noun behind its article, is followed by an auxiliary."""
    place = number + 2 if claimed[number].word.stem in ("the", "a", "an", "its") else number + 1
    return place < len(claimed) and claimed[place].word.stem in AUXILIARIES | {"not"}


def _acted(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether the clause before a word has had its verb."""
    clause = claimed[number - 1].clause
    return any(_acts(here) for here in claimed[max(0, number - 20) : number] if here.clause == clause)


def _states_anew(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether a verb follows a comma soon, where one stood before it or the new one is negated."""
    sentence, after = claimed[number].sentence, claimed[number : number + VERB_REACH]
    end = next(
        (place for place, here in enumerate(after) if place and here.word.lead or here.sentence != sentence), len(after)
    )
    listed = any(here.word.stem in ("and", "or") for here in after[:end])
    negated = not listed and any(here.word.stem == "not" for here in after[1:end])
    return negated or _said(claimed, number) and any(map(_acts, after[:end]))


def _said(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether the clause before a word has had its verb, or gives a size, which needs none: "5 MB a part, …"."""
    clause = claimed[number - 1].clause
    sized = any(here.word.size for here in claimed[max(0, number - 20) : number] if here.clause == clause)
    return sized or _acted(claimed, number)


def _acts(here: Claimed) -> bool:
    return here.word.stem in AUXILIARIES or here.word.stem in ("never", "cannot") or here.word.text in THIRD_PERSON


def _apply(cue: Cue, claimed: list[Claimed], has_now: bool) -> None:
    denied = negation.reach(cue, claimed)
    if denied is not None:
        _mark(claimed, denied, "denied")
        if (
            cue.kind in ("not", "wrong")
            and claimed[cue.start].word.stem != "nolonger"
            or cue.kind == "no"
            and _exists(cue, claimed)
        ):
            _mark(claimed, denied, "contradicted")
    elif cue.kind == "aside":
        _mark(claimed, (cue.start, negation.local_end(claimed, cue.end)), "set_aside")
    elif (
        cue.kind == "past" and not _serves(cue, claimed) or cue.kind == "was" and has_now and not _changed(cue, claimed)
    ):
        first, last = clause_of(claimed, cue.start)
        in_brackets = last < len(claimed) and "(" in claimed[last].word.lead
        _mark(claimed, (first, clause_of(claimed, last)[1] if in_brackets else last), "past")
    elif cue.kind == "others":
        _mark(claimed, (cue.start, negation.turn(claimed, cue.end)), "set_aside")
    elif claimed[cue.start].word.stem in _UNTIL and (_is_time(cue, claimed) or _opens(cue, claimed)):
        _mark(claimed, clause_of(claimed, cue.start), "past")
        if cue.start and claimed[cue.start - 1].sentence == claimed[cue.start].sentence:
            _mark(claimed, clause_of(claimed, cue.start - 1), "past")


def _exists(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "There is no scheduler": the verb before "no" makes a statement of it."""
    before = [here.word for here in claimed[max(0, cue.start - 2) : cue.start]]
    return len(before) > 1 and before[0].text == "there" and before[1].stem in AUXILIARIES


def _opens(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "Before, we loaded …": the word alone at the start of a sentence."""
    alone = cue.end < len(claimed) and bool(set(claimed[cue.end].word.lead) & set(",:"))
    return alone and (not cue.start or claimed[cue.start - 1].sentence != claimed[cue.start].sentence)


def _is_time(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    return any(_YEAR.fullmatch(near.word.stem) or near.word.stem in _TIMES for near in claimed[cue.end : cue.end + 4])


def _serves(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "is used to run": a purpose, not the past."""
    here = claimed[cue.start].word
    return here.stem == "use" and (
        here.text != "used" or cue.start > 0 and claimed[cue.start - 1].word.stem in AUXILIARIES
    )


def _changed(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "was added", "were raised": a change that holds since then."""
    return any(here.word.stem in _CHANGES for here in claimed[cue.end : cue.end + 3])


def _mark(claimed: Sequence[Claimed], reach: tuple[int, int], flag: str) -> None:
    for here in claimed[reach[0] : reach[1]]:
        setattr(here, flag, True)
