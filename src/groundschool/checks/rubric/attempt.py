"""Whether a text is an answer at all: the visible check. How good it is, is `score.py`'s and hidden.

Loads no language library, so that a test cell shows it at once.
"""

from __future__ import annotations

import re

from groundschool.checks.rubric.text import MOST_CHARACTERS, normalised

_WORD = re.compile(r"[a-z0-9]+")
FILLER = frozenset(
    {"a", "an", "the", "is", "are", "of", "to", "in", "q", "question", "answer", "what", "why", "how", "please"}
)


def is_an_answer(text: str, question: str) -> str:
    """The empty text when this is an answer at all, else what was seen and what was expected."""
    if len(text) > MOST_CHARACTERS:
        return f"The answer has {len(text):,} characters; one to five sentences were expected, at most {MOST_CHARACTERS:,} characters."
    words = _WORD.findall(normalised(text))
    if not words:
        return "The answer is blank; one to five sentences were expected."
    asked = set(_WORD.findall(normalised(question))) | FILLER
    if len(words) > 2 and all(word in asked for word in words) and len(set(words)) > len(asked) / 3:
        return (
            "The answer repeats the question and adds nothing to it; one to five sentences of an answer were expected."
        )
    return ""
