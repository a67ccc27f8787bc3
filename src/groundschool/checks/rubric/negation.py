"""How far a denial reaches: a whole clause when its verb is negated, a phrase after "no", a sentence called a myth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundschool.checks.rubric.cues import AUXILIARIES, BOUNDS, PRONOUNS, QUALIFIERS, Cue
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON

if TYPE_CHECKING:
    from groundschool.checks.rubric.claims import Claimed

LOCAL = 6  # words that "no" or "without" reaches at most
NEAR_BOUND = 5  # words after "not" within which "smaller than" makes it a bound, not a denial
_TURNS = stems_of("but however actually whereas")
_OPENING = stems_of("no but and well actually sorry however")
_WEIGHT = stems_of("meaning importance influence effect bearing significance relevance impact say")
_JOINS = stems_of("and or but that so because if")
_WHOLLY = stems_of("never cannot nolonger nobody nothing")

_PREPOSITIONS = stems_of("from in on at by for with to of as")
_QUANTIFIERS = stems_of("no none zero")
_IDIOMS = stems_of("matter doubt wonder problem question surprise worry other else")
_MIND = stems_of("know remember recall sure certain")
_NAMED = stems_of("called named")
_NAMES = stems_of("match")
_NOUNS = stems_of("need one")
_THAN = stems_of("than")

_DATED = stems_of("outdated")
_SAID = stems_of("that this it information info figure number answer claim value limit size statement advice")

Reach = tuple[int, int]


def reach(cue: Cue, claimed: Sequence[Claimed]) -> Reach | None:
    """The words a cue denies, empty where it only looks like a denial; None when it is no denial at all."""
    if cue.kind == "wrong":
        return _of_wrong(cue, claimed)
    found = _within_sentence(cue, claimed)
    if found and cue.end < len(claimed) and claimed[cue.end].sentence != claimed[cue.start].sentence:
        return found[0], min(found[1], cue.end)
    return found


def _within_sentence(cue: Cue, claimed: Sequence[Claimed]) -> Reach | None:
    if cue.kind == "not":
        return _of_not(cue, claimed)
    if cue.kind == "no":
        return _of_no(cue, claimed)
    if cue.kind == "against":
        return cue.start, local_end(claimed, cue.end)
    return None


def clause_of(claimed: Sequence[Claimed], number: int) -> Reach:
    """Where the clause of a word begins and ends."""
    clause = claimed[number].clause
    first = last = number
    while first and claimed[first - 1].clause == clause:
        first -= 1
    while last < len(claimed) and claimed[last].clause == clause:
        last += 1
    return first, last


def local_end(claimed: Sequence[Claimed], number: int, most: int = LOCAL) -> int:
    """Where the phrase that begins at a word ends."""
    start = number
    while number < len(claimed) and number - start < most and claimed[number].clause == claimed[start].clause:
        here = claimed[number].word
        if number > start and (set(here.lead) & set(",()/—:\t|") or here.stem == "and"):
            break
        number += 1
    return number


def before_verb(claimed: Sequence[Claimed], number: int) -> int:
    """Where the phrase that begins at a word ends, at the latest in front of a pronoun or an auxiliary."""
    end = local_end(claimed, number)
    breaks = (
        place
        for place in range(number + 1, end)
        if claimed[place].word.stem in (PRONOUNS | AUXILIARIES | _NAMED) - _NOUNS
    )
    return next(breaks, end)


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
    first, last = clause_of(claimed, cue.start)
    near = claimed[cue.end : min(last, cue.end + NEAR_BOUND)]
    stem = claimed[cue.start].word.stem
    if claimed[cue.end - 1].word.text == "more" and near and near[0].word.stem == "than":
        return cue.start, cue.start  # "no more than 10,000"
    if any(here.word.stem in BOUNDS for here in near) or near and _qualifies(claimed[first : cue.start], near[0]):
        return cue.start, cue.start
    before = claimed[cue.start - 1].word.stem if cue.start > first else ""
    if stem in ("nothing", "nobody") and cue.end < len(claimed) and claimed[cue.end].word.stem in ("but", "except"):
        return cue.start, cue.start
    if before in _PREPOSITIONS and stem in ("nobody", "nothing"):
        return cue.start, local_end(claimed, cue.end)
    if stem == "nobody" and before and before not in AUXILIARIES | _JOINS and not claimed[cue.start].word.lead.strip():
        return cue.start, last  # "a bucket nobody had on the list": what nobody had is there
    if before in AUXILIARIES or stem in _WHOLLY:
        listed = stem == "never" and before in ("and", "or")  # "write s3 here, s3a there, and never s3n"
        return cue.start if listed else first, last
    if _contrasts(cue, claimed, first):
        return cue.start, local_end(claimed, cue.end)
    rest = claimed[cue.end : last]
    listed = any("," in here.word.lead for here in rest) and any(
        here.word.stem in ("and", "or", "nor") for here in rest
    )
    return cue.start, last if listed else local_end(claimed, cue.end, last - cue.end)


def _qualifies(before: Sequence[Claimed], after: Claimed) -> bool:
    """ "not only", "I don't know whether": no denial; "the catalog doesn't know it" is one."""
    if after.word.stem in _MIND:
        return not before or any(here.word.stem in ("i", "we", "you") for here in before)
    return after.word.stem in QUALIFIERS or after.word.stem == "but"


def _contrasts(cue: Cue, claimed: Sequence[Claimed], first: int) -> bool:
    """ "from Airflow and not from the file, …": the same preposition stands on both sides."""
    after = claimed[cue.end : cue.end + 1]
    before = claimed[max(first, cue.start - LOCAL) : cue.start]
    return bool(after) and after[0].word.stem in _PREPOSITIONS & {here.word.stem for here in before}


def _of_no(cue: Cue, claimed: Sequence[Claimed]) -> Reach:
    """The clause whose subject it is ("No role is attached", "None of … is"), else the next phrase; nothing for an
    answer."""
    if _answers(cue, claimed) or _bounds(cue, claimed) or _is_idiom(cue, claimed):
        return cue.start, cue.start
    first, last = clause_of(claimed, cue.start)
    opens = cue.start == first and claimed[cue.start].word.stem in _QUANTIFIERS
    if exists(cue, claimed):
        return cue.start, local_end(claimed, cue.end, last - cue.end)
    if claimed[cue.start].word.stem in ("other", "without"):
        return cue.start, before_verb(claimed, cue.end)
    after = claimed[cue.end].word.stem if cue.end < last else ""
    if claimed[cue.start].word.stem == "no" and after in _WEIGHT:
        return first, last  # "the role has no meaning"
    acts = any(here.word.stem in AUXILIARIES or here.word.text in THIRD_PERSON for here in claimed[cue.end : last])
    verb = (
        claimed[cue.start].word.stem == "no" and cue.start > first and claimed[cue.start - 1].word.text in THIRD_PERSON
    )
    start = cue.start - 1 if verb else cue.start  # "stores no data" denies the storing, too
    return (first, last) if opens and acts else (start, local_end(claimed, cue.end))


def exists(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "There is no scheduler": the verb before "no" makes a statement of it."""
    before = [here.word for here in claimed[max(0, cue.start - 2) : cue.start]]
    return len(before) > 1 and before[0].text == "there" and before[1].stem in AUXILIARIES


def _bounds(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "no part under 5 MB", "no object can be larger than 5 TB": a bound, which holds."""
    end = min(clause_of(claimed, cue.start)[1], cue.end + NEAR_BOUND + 2)
    return any(
        claimed[number].word.stem in BOUNDS
        and any(near.word.size or near.word.stem in _THAN for near in claimed[number + 1 : min(end, number + 3)])
        for number in range(cue.end, end)
    )


def _is_idiom(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "no matter whether", "no doubt", and the name If-None-Match."""
    after = claimed[cue.end : cue.end + 1]
    idiom = _IDIOMS if claimed[cue.start].word.stem == "no" else _NAMES
    return bool(after) and after[0].word.stem in idiom


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
    if cue.start and claimed[cue.start - 1].word.stem == "not" or _only_dated(cue, claimed):
        return cue.start, cue.start
    own = [number for number, here in enumerate(claimed) if here.sentence == claimed[cue.start].sentence]
    first = own[0]
    pointing = next((place for place in own if claimed[place].word.stem not in _OPENING), first)
    if len(own) <= 6 and claimed[pointing].word.stem in ("that", "this", "it", "which") and first:
        before = claimed[first - 1].sentence
        first = next(number for number, here in enumerate(claimed) if here.sentence == before)
    number = cue.start
    while number > first and (number <= pointing and first < own[0] or claimed[number].word.stem not in _TURNS):
        number -= 1
    return number, turn(claimed, cue.end)


def _only_dated(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "s3n is outdated" speaks of the thing; "that figure is outdated" of what was said of it."""
    if claimed[cue.start].word.stem not in _DATED:
        return False
    return not any(here.word.stem in _SAID for here in claimed[clause_of(claimed, cue.start)[0] : cue.end + 2])
