"""Amounts in text: sizes in any unit become bytes, and words for numbers become numbers.

Decimal and binary units are written in each other's place everywhere, so two sizes are the same when they agree in
either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

POWERS = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
NUMBER_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "hundred": 100,
    "thousand": 1000,
}
_NUMBER = rf"(?P<number>\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(NUMBER_WORDS)}))(?P<many>\s*(?:k\b|thousand))?"
_UNIT = (
    r"(?P<letter>[kmgtp])(?:i?bytes?|ibi?bytes?|i?bs?|ig|egs?|igs?|era|iga|ega|eta"
    r"|(?:ilo|ega|iga|era|eta|i)[\s-]?(?:bytes?|bites?))|(?P<plain>bytes?)"
)
SIZE = re.compile(rf"(?<![\w.]){_NUMBER}[\s-]?(?:{_UNIT})\b", re.IGNORECASE)
_BINARY_WORDS = re.compile(r"\b([kmgtp])(?:i|ebi|ibi|obi)bytes?\b", re.IGNORECASE)
MANY = re.compile(rf"(?<![\w.]){_NUMBER[: _NUMBER.rindex('(?P<many>')]}\s+thousand\b", re.IGNORECASE)
_COUNT = re.compile(rf"^{_NUMBER}$", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\d.,])(\d{1,3}(?: \d{3})+)(?![\d.,]*\d)")
_UNIT_LIKE = re.compile(r"\b[kmgtp][a-z]{5,10}\b", re.IGNORECASE)
_UNITS = tuple(prefix + "byte" for prefix in ("kilo", "mega", "giga", "tera", "peta"))
TOLERANCE = 0.004


@dataclass(frozen=True)
class Size:
    """An amount of bytes, once with decimal and once with binary units."""

    decimal: float
    binary: float

    def same(self, other: Size) -> bool:
        """Whether both can mean the same amount."""
        return any(
            abs(mine - theirs) <= TOLERANCE * theirs
            for mine in {self.decimal, self.binary}
            for theirs in {other.decimal, other.binary}
        )


def unify(text: str) -> str:
    """The same text with kibi-, mebi-, gibi- and tebibytes in letters, mistyped units put right, and `10 000` as one
    number."""
    text = _BINARY_WORDS.sub(lambda found: f"{found[1]}iB", text)
    return _UNIT_LIKE.sub(_put_right, _GROUPED.sub(lambda found: found[0].replace(" ", ""), text))


def _put_right(found: re.Match[str]) -> str:
    """`terrabytes` as `terabyte`; bits are another unit, and other words stay."""
    word = found[0].lower()
    if word.removesuffix("s").endswith("bit"):
        return found[0]
    units = [unit for unit in _UNITS if unit[0] == word[0]]
    nearest = process.extractOne(word.removesuffix("s"), units, scorer=OSA.distance, score_cutoff=2)
    return str(nearest[0]) if nearest else found[0]


def size(text: str) -> Size | None:
    """The size written in `text` ("5 TB", "48.8TiB", "five megabytes", "5,120 KiB"), or None."""
    found = SIZE.fullmatch(text.strip())
    if not found:
        return None
    number = _number(found)
    power = POWERS[found["letter"].lower()] if found["letter"] else 0
    return Size(number * 1000.0**power, number * 1024.0**power)


def count(text: str) -> float | None:
    """The number written in `text` ("10,000", "10k", "ten thousand", "five"), or None."""
    found = _COUNT.match(text.strip())
    return _number(found) if found else None


def _number(found: re.Match[str]) -> float:
    word = found["number"].lower()
    value = float(NUMBER_WORDS[word]) if word in NUMBER_WORDS else float(word.replace(",", ""))
    return value * 1000 if found["many"] else value
