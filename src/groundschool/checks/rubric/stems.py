"""What the forms of an English word have in common: `stores`, `stored` and `storing` give one stem.

Both sides of every comparison go through it, so a stem need not be a word.
"""

from __future__ import annotations

import re
from functools import cache

from groundschool.checks.rubric import lists

_SAME = {form: word for word, forms in lists.forms("irregular").items() for form in forms}
_WHOLE = frozenset(lists.words("whole"))
_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ing", ""),
    ("ed", ""),
    ("s", ""),
)


def stems_of(words: str) -> frozenset[str]:
    """The stems of words separated by spaces."""
    return frozenset(stem(word) for word in words.split())


@cache
def stem(word: str) -> str:
    """The stem of a lower-case word; names with digits and short words stay as they are."""
    if word in _SAME:
        return _SAME[word] if _SAME[word] == word else stem(_SAME[word])
    if len(word) <= 3 or not word.isalpha() or word in _WHOLE:
        return word
    if len(word) > 6:
        word = re.sub(r"is(e|ed|es|ing|ation)$", r"iz\1", word)
    word = _without_ending(word)
    return word.removesuffix("e") if len(word) > 3 else word


def _without_ending(word: str) -> str:
    for ending, instead in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest == word or word.endswith(("ss", "us", "is")) and ending == "s":
            continue
        if len(rest) > 2 and re.search(r"[aeiouy]", rest):
            doubled = ending in ("ing", "ed") and rest[-1] == rest[-2] and rest[-1] in "bdgmnprt"
            return rest[:-1] if doubled else rest + instead
    return word
