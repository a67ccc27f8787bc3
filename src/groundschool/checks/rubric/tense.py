"""Whether words speak of now or of the past: `was`, `until 2020`, `used to be`, `now`, `since December 2020`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.words import Word

CHANGE_REACH = 3  # words from `was` to `introduced`, which tells a change that holds now
_WHEN = re.compile(r"(?:(?:19|20)\d\d|jan\w*|feb\w*|mar|march|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|version|v\d+|re:invent|"
                   r"late|early|mid|end|recently|then|that|now|last)\Z")  # fmt: skip
_ALWAYS_PAST = frozenset(
    {"be", "have", "only", "need", "require", "support", "offer", "give", "provide", "return", "mean"}
)


def of_cue(words: Sequence[Word], place: int) -> str:
    """`past`, `now` or nothing: what the word at `place` says of its clause's time."""
    word = words[place]
    following = words[place + 1].text if place + 1 < len(words) else ""
    if word.text in ("since", "as of", "after", "as from", "starting from", "from"):
        return "now" if _WHEN.match(following) else ""
    if word.text == "used to":
        return "past" if _used_to_is_past(words, place, following) else ""
    if word.cue == "until":
        return "past" if _WHEN.match(following) or not following or words[place + 1].mark else ""
    if word.text in ("was", "were", "had"):
        reach = words[place + 1 : place + 1 + CHANGE_REACH]
        return "" if any(other.text in lexicon.CHANGED for other in reach) else "past"
    return word.cue if word.cue in ("past", "now") else ""


def past(words: Sequence[Word]) -> bool:
    """Whether the words of a clause speak of the past; a word for now outweighs a verb form."""
    times = [of_cue(words, place) for place in range(len(words))]
    return "past" in times and "now" not in times


def _used_to_is_past(words: Sequence[Word], place: int, following: str) -> bool:
    before = words[place - 1].text if place else ""
    if before in lexicon.AUXILIARIES | {"", ",", "command", "role"}:
        return following in ("be", "have") and before not in lexicon.AUXILIARIES
    return following in _ALWAYS_PAST or before in lexicon.SUBJECT_PRONOUNS or place <= 2
