"""Reduces the usual forms of an English word to one: `stores`, `stored`, `storing` to `stor`.

Both sides of every comparison go through it, so a stem need not be a word.
"""

from __future__ import annotations

import re
from functools import lru_cache

IRREGULAR = {
    "ran": "run", "kept": "keep", "held": "hold", "wrote": "write", "written": "write", "made": "make", "built": "build",
    "found": "find", "got": "get", "brought": "bring", "went": "go", "gone": "go", "goes": "go", "sent": "send", "sat": "sit",
    "saw": "see", "seen": "see", "took": "take", "taken": "take", "gave": "give", "given": "give", "chose": "choose",
    "chosen": "choose", "meant": "mean", "lived": "live", "knew": "know", "known": "know", "thrown": "throw", "began": "begin",
    "schemata": "schema", "schemas": "schema", "indices": "index", "metastores": "metastore", "data": "data", "paid": "pay",
    "broken": "break", "came": "come", "became": "become", "said": "say", "told": "tell", "left": "leave", "lost": "lose",
}  # fmt: skip
_VOWEL = re.compile(r"[aeiouy]")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The stem of a lower-case word; figures, names with digits and short words stay as they are."""
    word = word.removesuffix("'s")
    word = IRREGULAR.get(word, word)
    if len(word) < 4 or not word.isalpha():
        return word
    return _without_e(_without_ending(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWEL.search(rest) and not (ending == "ed" and rest.endswith("e")):
            if rest.endswith("i"):
                return rest[:-1] + "y"
            return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "sl" else rest
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > 3 and not word.endswith("ee") else word
