"""Sizes in any spelling: `5 TB`, `5TiB`, `48.8 tebibytes`, `five megs`, `5,120 KiB`, `5*1024*1024 bytes`.

Rewrites them in a text to one token each and compares them; which sizes are right is a rubric's matter.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBERS: dict[str, int] = {
    **{word: value for value, word in enumerate(f"zero|{_ONES}|{_TEENS}".split("|"))},
    **{word: 10 * (place + 2) for place, word in enumerate(_TENS.split("|"))},
}
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_PREFIXES = {"kilo": "k", "kibi": "k", "mega": "m", "mebi": "m", "giga": "g", "gibi": "g", "tera": "t", "tebi": "t",
             "peta": "p", "pebi": "p"}  # fmt: skip
_WORD_NUMBER = rf"(?:(?:{_TENS})(?:[ -](?:{_ONES}))?|zero|{_TEENS}|{_ONES})(?: hundred)?(?: thousand)?"
_FIGURE = r"\d[\d,]*(?:\.\d+)?(?: ?[x*×] ?\d+)*(?: thousand| million)?"
_UNIT = (
    r"(?:(?:kilo|kibi|mega|mebi|giga|gibi|tera|tebi|peta|pebi)[ -]?(?:bytes?|bites?)?"
    r"|[kmgtp]i?bs?|megs?|gigs?|teras?|bytes?|(?<=\d)[kmgtp](?![a-z]))"
)
_SIZE = re.compile(
    rf"(?<![\w.])(?P<number>{_FIGURE}|{_WORD_NUMBER}(?: point {_WORD_NUMBER})?)[ -]?(?P<unit>{_UNIT})(?![\w])"
)
_COUNT = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w])")
_SPELLED = re.compile(rf"\b(?!(?:one|zero)\b){_WORD_NUMBER}\b")
_MARK = re.compile(r"(\d+)bytes_size\Z")
BINARY_SLACK, DECIMAL_SLACK = 1.005, 0.99


def rewrite(text: str) -> str:
    """The lower-case text with every size as `<bytes>bytes_size` and every other number in plain figures."""
    text = _SIZE.sub(lambda match: f" {_bytes(match['number'], match['unit'])}bytes_size ", text)
    text = _COUNT.sub(lambda match: match[0].replace(",", ""), text)
    return _SPELLED.sub(lambda match: f"{_number(match[0]):g}", text)


def size_of(token: str) -> int | None:
    """The bytes of a token that `rewrite` made; None for any other word."""
    match = _MARK.match(token)
    return int(match[1]) if match else None


@lru_cache(maxsize=512)
def size_range(text: str) -> tuple[float, float]:
    """The bytes that count as the size `5TB`: from decimal to binary units, with a little slack. Raises ValueError."""
    match = _SIZE.fullmatch(text.lower())
    if match is None:
        raise ValueError(f"{text!r} is not a size")
    number, power = _number(match["number"]), _power(match["unit"])
    low, high = number * 1000**power, number * 1024**power
    if "i" in match["unit"][1:2]:
        low = high
    return low * DECIMAL_SLACK, high * BINARY_SLACK


def _bytes(number: str, unit: str) -> int:
    base = 1024 if "bi" in unit[:4] and not unit.endswith("bites") or re.match(r"[kmgtp]ib", unit) else 1000
    return int(min(_number(number), 1e9) * float(base ** _power(unit)) + 0.5)


def _power(unit: str) -> int:
    for prefix, letter in _PREFIXES.items():
        if unit.startswith(prefix):
            return _POWERS[letter]
    return 0 if unit.startswith("byte") else _POWERS[unit[0]]


def _number(text: str) -> float:
    if text[0].isdigit():
        factor = {"thousand": 1e3, "million": 1e6}.get(text.split()[-1], 1.0)
        for part in re.split(r" ?[x*×] ?", re.sub(r" (thousand|million)", "", text)):
            factor *= float(part[:20].replace(",", "").strip(".") or 0)
        return factor
    whole, _, fraction = text.partition(" point ")
    value = float(_spelled(whole))
    return value + float(f"0.{_spelled(fraction)}") if fraction else value


def _spelled(text: str) -> int:
    value = 0
    for word in re.split(r"[ -]", text):
        value = (
            value * {"hundred": 100, "thousand": 1000}[word]
            if word in ("hundred", "thousand")
            else value + _NUMBERS[word]
        )
    return value
