"""Amounts told by way of another one: "it was 5 TB, now it is 50", "ten times that", "raised from 5 to 50 TB"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundschool.checks.rubric.quantities import POWERS, SIZE, Size
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.words import Word

FAR = 30  # words between a number and the size it takes its unit from
_BEFORE = stems_of("be was were to now than become by about only around roughly of")
_AFTER = stems_of("now today since and but or instead max nowadays at from per in")
_TIMES = stems_of("times x time fold")
_FOLDS = {"double": 2, "doubled": 2, "twice": 2, "triple": 3, "tripled": 3, "tenfold": 10, "fivefold": 5, "twofold": 2}
_MULTIPLIED = stems_of("multiplied factor")


def filled(words: Sequence[Word]) -> list[Word]:
    """The words, where numbers that stand for a size have that size."""
    made = list(words)
    for number, word in enumerate(made):
        if word.size is None:
            size = _multiple(made, number) or _of_the_same_unit(made, number)
            if size is not None:
                made[number] = replace(word, size=size, count=None)
    return made


def _multiple(words: Sequence[Word], number: int) -> Size | None:
    """ "ten times that", "tenfold", "10x", "multiplied by ten"."""
    times = _factor(words, number)
    base = _nearest(words, number) if times else None
    return Size(base.decimal * times, base.binary * times) if base and times else None


def _factor(words: Sequence[Word], number: int) -> float | None:
    word = words[number]
    after = words[number + 1 : number + 3]
    if word.text in _FOLDS:
        return _FOLDS[word.text]
    if word.text.endswith("x") and word.text[:-1].isdigit():
        return float(word.text[:-1])
    if word.count is None:
        return None
    multiplied = any(before.stem in _MULTIPLIED for before in words[max(0, number - 8) : number])
    by = number > 0 and words[number - 1].stem in ("by", "of")
    named = bool(after) and after[0].stem in _TIMES and not (len(after) > 1 and after[1].size)
    return word.count if named or multiplied and by else None


def _nearest(words: Sequence[Word], number: int) -> Size | None:
    """The size before a word, or else the first one after it."""
    before = [word.size for word in words[max(0, number - FAR) : number] if word.size]
    after = [word.size for word in words[number + 1 : number + FAR] if word.size]
    return before[-1] if before else after[0] if after else None


def _of_the_same_unit(words: Sequence[Word], number: int) -> Size | None:
    """A number alone behind a size, or right before "to" and one."""
    value = words[number].count
    if value is None or 1900 <= value <= 2100:
        return None
    after = words[number + 1 : number + 3]
    if len(after) == 2 and after[0].stem == "to" and after[1].size:
        return _with_unit(value, words, number + 2)
    ends = not after or bool(set(after[0].lead) & set(",.;!)\n")) or after[0].stem in _AFTER
    told = number > 0 and (words[number - 1].stem in _BEFORE or bool(set(words[number].lead) & set("—=:>")))
    sized = [place for place in range(max(0, number - FAR), number) if words[place].size]
    return _with_unit(value, words, sized[-1]) if ends and told and sized else None


def _with_unit(value: float, words: Sequence[Word], place: int) -> Size | None:
    """`value` in the unit of the word at a place."""
    found = SIZE.fullmatch(words[place].text)
    if not found or not found["letter"]:
        return None
    power = POWERS[found["letter"].lower()]
    return Size(value * 1000.0**power, value * 1024.0**power)
