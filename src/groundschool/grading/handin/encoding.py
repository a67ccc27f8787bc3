"""Reads names that were written in an unknown encoding: those of a zip without its UTF-8 flag, or of a foreign disk.

A guess is made for all names together, since one program wrote them. What a name may do is judged elsewhere.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence

# Of Western Europe's DOS and Windows, of Japan, China and Russia: what zip programs write where they do not write
# UTF-8.
ENCODINGS = ("cp437", "cp1252", "cp932", "gb2312", "cp866")
APOSTROPHES = "\u2018\u2019"
DASHES = "\u2013\u2014"
QUOTES = "\u201c\u201d\u201e"
MOST_JUDGED = 20_000  # characters


def decoded(names: Sequence[bytes]) -> list[str]:
    """The names as text, composed (NFC): as UTF-8 where all are, else in the encoding that reads most like words."""
    for encoding in ("utf-8", *sorted(ENCODINGS, key=lambda each: -_likeness(names, each))):
        try:
            return [composed(name.decode(encoding)) for name in names]
        except UnicodeDecodeError:
            continue
    return [composed(name.decode("latin-1")) for name in names]


def on_disk(name: str) -> str:
    """A name as the system gave it, composed; bytes that are no UTF-8 are read in the likeliest encoding."""
    return composed(name) if name.isascii() else decoded([os.fsencode(name)])[0]


def composed(text: str) -> str:
    """The text with every accent in its letter, as most keyboards write it."""
    return unicodedata.normalize("NFC", text)


def _likeness(names: Sequence[bytes], encoding: str) -> float:
    try:
        texts = [name.decode(encoding) for name in names if not name.isascii()]
    except UnicodeDecodeError:
        return float("-inf")
    joined = "/".join(texts)[:MOST_JUDGED]
    padded = f"/{joined}/"
    return sum(
        _sense(padded[place - 1], padded[place], padded[place + 1])
        for place in range(1, len(padded) - 1)
        if not padded[place].isascii()
    )


def _sense(before: str, mark: str, after: str) -> float:
    """How well a character beyond ASCII stands between its neighbours, from -1 to 1."""
    if mark in APOSTROPHES:
        return 1.0 if before.isalpha() and after.isalpha() else 0.0
    if mark in DASHES:
        return 1.0 if not (before.isalpha() and after.isalpha()) else 0.0
    if mark in QUOTES:
        return 0.5
    if not mark.isalpha():
        return -1.0
    script, around = _script(mark), [each for each in (before, after) if each.isalpha()]
    if script == "HALFWIDTH" or any(_script(each) != script for each in around) or not around:
        return -1.0
    if script == "LATIN":
        return _sense_of_latin(before, mark, after)
    return 1.0


def _sense_of_latin(before: str, mark: str, after: str) -> float:
    if mark.isupper() and before.isalpha() and (before.islower() or after.islower()):
        return -0.5  # a capital inside a word
    if mark == "ß" and before.casefold() not in "aeiouäöüy":
        return -0.5
    return 1.0 if before.isascii() and after.isascii() else 0.5


def _script(letter: str) -> str:
    """The first word of the letter's name; Chinese characters and Japanese syllables count as one script."""
    word = unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]
    return "CJK" if word in ("HIRAGANA", "KATAKANA", "IDEOGRAPHIC") else word
