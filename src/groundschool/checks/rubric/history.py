"""What a text tells as past: how far "used to", "until 2025" and "years ago" reach, and what only looks like the
past."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundschool.checks.rubric.cues import AUXILIARIES, Cue
from groundschool.checks.rubric.negation import Reach, clause_of, local_end
from groundschool.checks.rubric.stems import stem, stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON

if TYPE_CHECKING:
    from groundschool.checks.rubric.claims import Claimed

_UNTIL = stems_of("until till before")
_STEPS = frozenset(
    (stem(first), stem(last)) for first, last in (("before", "that"), ("at", "first"), ("initially", "initially"))
)
_RULES = stems_of(
    "way limit model rule default day approach behavior behaviour connector system answer maximum minimum number "
    "standard setup world time "
    "syntax name docs cluster project script job architecture release engine"
)
_PAST_VERBS = frozenset(["was", "were", "could", "had", "did", "would"])
_NOW = frozenset(["now", "today", "since", "nowadays", "is", "are"])
_MADE = stems_of("known called named developed created built made designed written invented")
_YEAR = re.compile(r"(19|20)\d\d")
_TIMES = stems_of(
    "january february march april june july august september october november december dec nov jan recent recently "
    "now version"
)
_CHANGES = stems_of(
    "added introduced created changed made uploaded raised increased released launched announced renamed replaced "
    "removed multiplied grown lifted bumped"
)


def reach(cue: Cue, claimed: Sequence[Claimed], has_now: bool) -> Reach | None:
    """The words a cue puts into the past; None when it puts none there."""
    if not _over(cue, claimed, has_now):
        return _up_to(cue, claimed)
    first, last = _told_as_past(cue, claimed)
    in_brackets = last < len(claimed) and "(" in claimed[last].word.lead
    return first, clause_of(claimed, last)[1] if in_brackets else _past_goes_on(claimed, last)


def _over(cue: Cue, claimed: Sequence[Claimed], has_now: bool) -> bool:
    if cue.kind == "past":
        return not _serves(cue, claimed) and not _present(cue, claimed)
    return cue.kind == "was" and has_now and not _changed(cue, claimed)


def _up_to(cue: Cue, claimed: Sequence[Claimed]) -> Reach | None:
    """ "It was 5 TB until 2025": that clause, and the one before it in its sentence."""
    if claimed[cue.start].word.stem not in _UNTIL or not (_is_time(cue, claimed) or _opens(cue, claimed)):
        return None
    first, last = clause_of(claimed, cue.start)
    if cue.start and claimed[cue.start - 1].sentence == claimed[cue.start].sentence:
        first = min(first, clause_of(claimed, cue.start - 1)[0])
    return first, last


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


def _told_as_past(cue: Cue, claimed: Sequence[Claimed]) -> tuple[int, int]:
    """The clause, but of "the old limit of 5 TB was raised to …" only the old thing, and of "…, removed years ago" that
    part."""
    first, last = clause_of(claimed, cue.start)
    stems = [here.word.stem for here in claimed[first:last]]
    if "old" in (claimed[cue.start].word.stem, claimed[cue.end - 1].word.stem) and _CHANGES & set(stems):
        sized = next((number + 1 for number in range(cue.start, last) if claimed[number].word.size), cue.end + 1)
        return cue.start, min(sized, last)
    near = [number for number in range(cue.end, min(last, cue.end + 2)) if claimed[number].word.size]
    if claimed[cue.end - 1].word.stem == "old" and near and any(here.word.size for here in claimed[first : cue.start]):
        return cue.start, near[0] + 1  # "50 TB, ten times the old 5 TB"
    if cue.kind == "past" and cue.end < last and claimed[cue.end].word.stem in _MADE:
        return cue.start, local_end(claimed, cue.end)  # "previously known as PrestoSQL"
    if claimed[cue.end - 1].word.text in ("ago", "gone", "history"):
        commas = [number for number in range(first + 1, last) if "," in claimed[number].word.lead]
        first = max([number for number in commas if number <= cue.start], default=first)
        last = min([number for number in commas if number >= cue.end], default=last) if first != cue.start else last
    return first, last


def _present(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "Before that the driver downloads …", "at first it scans …": an order of steps, not the past."""
    if claimed[cue.end - 1].word.stem == "old" and cue.end < len(claimed):
        return (
            claimed[cue.end].word.stem not in _RULES and not claimed[cue.end].word.size
        )  # "the old ones", "the old file"
    if claimed[cue.end - 1].word.text == "earlier" and cue.start and claimed[cue.start - 1].word.text in ("a", "an"):
        return cue.end < len(claimed) and claimed[cue.end].word.stem not in _RULES | {"version"}  # "an earlier task"
    if claimed[cue.start].word.text in ("have", "has"):
        return True  # only "had been" is over
    if claimed[cue.start].word.stem == "prior":
        return not any(here.word.text[0].isdigit() for here in claimed[cue.end : cue.end + 4])  # "prior to loading"
    if (claimed[cue.start].word.stem, claimed[cue.end - 1].word.stem) not in _STEPS:
        return False
    first, last = clause_of(claimed, cue.start)
    return any(here.word.text in THIRD_PERSON for here in claimed[first:last])


def _past_goes_on(claimed: Sequence[Claimed], last: int) -> int:
    """ "Years ago it was eventual and you could see old data": a clause joined by "and", in the past too."""
    while last < len(claimed) and claimed[last].sentence == claimed[last - 1].sentence:
        first, end = clause_of(claimed, last)
        joined = claimed[first].word.stem in ("and", "so") or claimed[first - 1].word.stem in ("and", "so")
        told = {here.word.text for here in claimed[first:end]}
        if not joined or not told & _PAST_VERBS or told & _NOW:
            break
        last = end
    return last


def _changed(cue: Cue, claimed: Sequence[Claimed]) -> bool:
    """ "was added", "were raised": a change that holds since then."""
    return any(here.word.stem in _CHANGES for here in claimed[cue.end : cue.end + 3])
