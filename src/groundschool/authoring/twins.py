"""What a right answer becomes when it is turned wrong with its words kept: two names exchanged, or a "not" put in.

A rubric that pays such a twin as it pays the answer reads words, not claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundschool.checks.rubric.model import Pair

_PLURAL = "e?s?"
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|will|must|should|may|could)\b(?! not\b|n't)", re.IGNORECASE)
_VERBS = {
    "stores": "store",
    "reads": "read",
    "runs": "run",
    "loads": "load",
    "writes": "write",
    "uses": "use",
    "keeps": "keep",
    "needs": "need",
    "creates": "create",
    "gives": "give",
    "holds": "hold",
    "allows": "allow",
    "registers": "register",
    "works": "work",
}
_VERB = re.compile(rf"(?<!not )(?<!n't )\b({'|'.join(_VERBS)})\b(?! of\b)")


def exchanged(text: str, pair: Pair) -> str:
    """The text with the names of a pair exchanged; other spellings become the first of the other side."""
    names = sorted(map(re.escape, (*pair.one, *pair.other)), key=len, reverse=True)
    word = re.compile(rf"(?<![a-z0-9])({'|'.join(names)})(?={_PLURAL}(?![a-z0-9]))", re.IGNORECASE)
    return word.sub(lambda found: (pair.other if found[1].lower() in pair.one else pair.one)[0], text)


def negated(text: str) -> Iterator[str]:
    """The text with one of its statements denied, once for each place where that is grammatical."""
    for found in _AUXILIARY.finditer(text):
        yield f"{text[: found.end()]} not{text[found.end() :]}"
    for found in _VERB.finditer(text):
        yield f"{text[: found.start()]}does not {_VERBS[found[1]]}{text[found.end() :]}"
