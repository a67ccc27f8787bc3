"""What a text claims: every word with whether it is stated, denied, past, or set aside.

Sentences are cut into clauses; cues ("no longer", "used to", "unlike", "people think") have a reach within them. Rules
only, no model: the same text is always read the same way. Subjects are `subjects.py`'s; which words matter is the
rubric's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundschool.checks.rubric import contrast, cues, history, negation
from groundschool.checks.rubric.cues import AUXILIARIES, LIMITS, STARTERS, Cue
from groundschool.checks.rubric.negation import clause_of
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON
from groundschool.checks.rubric.words import Word

LEAST_SAID = 4  # words before a comma from which on they can be a statement with a verb not known here
VERB_REACH = 7  # words after a comma within which a verb makes a new statement
_CONDITIONS = stems_of("if when unless once")
_SIGNS = frozenset(["schemesign", "somelocation"])
_POINTING = stems_of("other latter second third")
_ACTORS = stems_of("you we they there")


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
    contrasted: bool = False  # told of a thing that the answer sets itself apart from, or only imagined
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
    """A full stop after `e.g`, `vs` or the like ends no sentence."""
    if before.text in ("max", "min") and not (word.size or word.count):
        return False
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
        "min",
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
        return "(" in here.lead or not (here.size and before.size)  # "5 MB - 5 GB" is a range
    if ":" in here.lead and (_acted(claimed, number) or _denied_before(claimed, number)):
        return True
    if "," in here.lead and here.stem in LIMITS and any(near.word.size for near in claimed[number + 1 : number + 3]):
        return True
    if set(here.lead) & set(",:"):
        return here.stem in STARTERS or here.stem == "not" or _points(claimed, number) or _states_anew(claimed, number)
    if before.stem in ("and", "or") and (here.text in THIRD_PERSON or here.stem in STARTERS):
        return True
    if (
        before.stem in ("and", "or")
        and here.stem in PRODUCTS
        and _said(claimed, number)
        and _acts_soon(claimed, number)
    ):
        return True
    if here.stem == "that" and acts or _concludes(claimed, number):
        return True
    if before.stem in ("and", "or") and "," in before.lead and _says_next(claimed, number):
        return True
    return (
        before.stem in ("and", "or") and here.stem != "not" and _said(claimed, number) and _acts_next(claimed, number)
    )


def _concludes(claimed: Sequence[Claimed], number: int) -> bool:
    """ "if nothing is set Athena makes …", "if they differ you get …": a product with its verb, or we, ends the
    condition."""
    here, more = claimed[number].word, number + 1 < len(claimed)
    if not (here.stem in _ACTORS or here.stem in PRODUCTS and more and _acts(claimed[number + 1])):
        return False
    return claimed[clause_of(claimed[:number], number - 1)[0]].word.stem in _CONDITIONS and _acted(claimed, number)


def _acts_soon(claimed: Sequence[Claimed], number: int) -> bool:
    """ "Athena reads", "Athena just reads"."""
    return any(here.word.text in THIRD_PERSON and not here.word.lead for here in claimed[number + 1 : number + 3])


def _acts_next(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether a word, or the noun behind its article, is followed by an auxiliary."""
    place = number + 2 if claimed[number].word.stem in ("the", "a", "an", "its") else number + 1
    while place < len(claimed) and claimed[place].word.stem in _SIGNS:
        place += 1
    return place < len(claimed) and claimed[place].word.stem in AUXILIARIES | {"not"}


def _denied_before(claimed: Sequence[Claimed], number: int) -> bool:
    """ "Not crawlers, not workflows: Spark, …"."""
    return any(here.word.stem == "not" for here in claimed[clause_of(claimed[:number], number - 1)[0] : number])


def _says_next(claimed: Sequence[Claimed], number: int) -> bool:
    """ "…, and data written there cannot …" behind a statement."""
    near = claimed[number + 1 : number + VERB_REACH]
    end = next(
        (place for place, here in enumerate(near) if here.word.lead or here.word.stem in ("and", "or")), len(near)
    )
    return _said(claimed, number) and any(here.word.stem == "not" or _acts(here) for here in near[:end])


def _acted(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether the clause before a word has had its verb."""
    clause = claimed[number - 1].clause
    return any(
        _acts(claimed[place]) or place and claimed[place - 1].word.stem in _ACTORS
        for place in range(max(0, number - 20), number)
        if claimed[place].clause == clause
    )


def _states_anew(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether a verb follows a comma soon, where one stood before it or the new one is negated."""
    sentence, after = claimed[number].sentence, claimed[number : number + VERB_REACH]
    end = next(
        (place for place, here in enumerate(after) if place and here.word.lead or here.sentence != sentence), len(after)
    )
    listed = any(here.word.stem in ("and", "or") for here in after[:end])
    negated = not listed and any(here.word.stem == "not" for here in after[1:end])
    if negated or not listed and (_passive(claimed, number) or _turns(claimed, number)):
        return True
    return _said(claimed, number) and any(map(_acts, after[:end]))


def _points(claimed: Sequence[Claimed], number: int) -> bool:
    """ "…, the other one from Spark"."""
    place = number + 1 if claimed[number].word.stem == "the" else number
    return place < len(claimed) and claimed[place].word.stem in _POINTING


def _turns(claimed: Sequence[Claimed], number: int) -> bool:
    """ "You don't schedule it, a message starts the load": an article behind a denial, and a verb later on."""
    if claimed[number].word.stem not in ("a", "an", "the"):
        return False
    first = clause_of(claimed[:number], number - 1)[0]
    rest = claimed[number + 1 : number + 2 * VERB_REACH]
    end = next((place for place, here in enumerate(rest) if here.word.lead), len(rest))
    denied = any(here.word.stem in ("not", "cannot", "never") for here in claimed[first:number])
    return denied and any(here.word.text in THIRD_PERSON or here.word.stem in AUXILIARIES for here in rest[:end])


def _passive(claimed: Sequence[Claimed], number: int) -> bool:
    """ "…, the queries are executed by Trino": an article, a noun and its auxiliary, behind more than a few words."""
    clause = claimed[number - 1].clause
    enough = number >= LEAST_SAID and claimed[number - LEAST_SAID].clause == clause
    near = claimed[number + 2 : number + 4]
    return (
        enough
        and claimed[number].word.stem in ("the", "a", "its")
        and any(here.word.stem in AUXILIARIES and not here.word.lead for here in near)
    )


def _said(claimed: Sequence[Claimed], number: int) -> bool:
    """Whether the clause before a word has had its verb, or gives a size, which needs none: "5 MB a part, …"."""
    clause = claimed[number - 1].clause
    sized = any(here.word.size for here in claimed[max(0, number - 20) : number] if here.clause == clause)
    return sized or _acted(claimed, number)


def _acts(here: Claimed) -> bool:
    return here.word.stem in AUXILIARIES or here.word.stem in ("never", "cannot") or here.word.text in THIRD_PERSON


def _apply(cue: Cue, claimed: list[Claimed], has_now: bool) -> None:
    denied = negation.reach(cue, claimed)
    if denied is not None and claimed[cue.start].word.stem == "without" and claimed[cue.start].denied:
        for here in claimed[denied[0] + 1 : denied[1]]:
            here.denied = here.contradicted = False  # "cannot read it without a role"
    elif denied is not None:
        _mark(claimed, denied, "denied")
        if (
            cue.kind == "wrong"
            or cue.kind == "not"
            and claimed[cue.start].word.stem != "nolonger"
            and not _corrects(cue, claimed)
            or cue.kind == "no"
            and negation.exists(cue, claimed)
        ):
            _mark(claimed, denied, "contradicted")
    elif cue.kind == "aside":
        _mark(claimed, contrast.aside(cue, claimed), "set_aside")
        _mark(claimed, contrast.contrasted(cue, claimed), "contrasted")
    elif cue.kind in ("likeness", "unreal"):
        _mark(claimed, contrast.imagined(cue, claimed), "contrasted")
    elif cue.kind == "retract":
        _mark(claimed, contrast.taken_back(cue, claimed), "set_aside")
    elif cue.kind in ("others", "unsaid"):
        _mark(claimed, (cue.start, negation.turn(claimed, cue.end)), "set_aside")
    elif (told := history.reach(cue, claimed, has_now)) is not None:
        _mark(claimed, told, "past")


def _corrects(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "Not with keys.", "Not X but Y", "Don't use X": a phrase put right or advice, no statement denied."""
    advises = claimed[cue.start].word.stem == "not" and claimed[cue.start - 1].word.stem == "do"
    if cue.start and advises and clause_of(claimed, cue.start)[0] == cue.start - 1:
        return True
    opens = not cue.start or claimed[cue.start - 1].sentence != claimed[cue.start].sentence
    joined = cue.start > 1 and claimed[cue.start - 1].word.stem in ("and", "but") or bool(claimed[cue.start].word.lead)
    return claimed[cue.start].word.stem == "not" and (opens or joined)


def _mark(claimed: Sequence[Claimed], reach: tuple[int, int], flag: str) -> None:
    for here in claimed[reach[0] : reach[1]]:
        setattr(here, flag, True)
