"""Why a person should look at an answer although it holds what was asked for: it takes itself back, or speaks mostly of
other things.

Works on what was found; what the words mean is `claims.py`'s and what is found in them `matching.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundschool.checks.rubric import frames
from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.matching import Found

BESIDE_THE_POINT = 5  # statements that touch nothing of a rubric, from which on a text is no answer to one question
MASS = 80  # words in clauses that touch nothing of a rubric, from which on it is none, however it is punctuated
_ITSELF = (
    r"(?:the )?(?:above|preceding|foregoing|(?:this|that|these|those|it)(?= (?:is|are|was|were|holds?|applies)\b)"
    r"|(?:what|which) (?:i|we) (?:\w+ )?(?:said|wrote|say|write)|(?:i|we) (?:just )?(?:said|wrote)"
    r"|my answer|(?:this|the) answer)"
)
_FALSE = r"(?:false|wrong|untrue|incorrect|invented|made up|a lie|lies|nonsense|rubbish|not true|not correct)"
_WITHDRAWN = re.compile(
    r"\b(?:none|nothing|not (?:one )?(?:a )?(?:word|any)) "
    rf"(?:of |in )?{_ITSELF}.{{0,30}}\b(?:true|right|correct|holds?|applies)\b"
    r"|\b(?:all|everything|every word|every bit|each word|both|the whole(?: answer)?)(?: of| in)? "
    rf"{_ITSELF}.{{0,30}}\b{_FALSE}"
    rf"|\b(?:everything|all) (?:here|written here|said here) .{{0,15}}\b{_FALSE}"
    r"|\bthe (?:above|foregoing|statements?|sentences?) (?:above )?(?:is|are|was|were) "
    rf"(?:all |completely |entirely )?{_FALSE}"
    r"|\bthe (?:exact )?(?:opposite|contrary|reverse) of (?:all )?(?:of )?(?:the above|this|that|it|what i "
    r"(?:said|wrote)) (?:is|holds)\b"
    r"|\b(?:ignore|disregard|forget|discard) (?:all |everything )?(?:of )?(?:the |what i (?:said|wrote) )?above\b"
    r"|(?:^|[.!?\n,;—]\s*)(?:\w+ ){0,2}(?:just kidding|only joking|april fools?|just a joke|lol,? no\b|forget "
    r"(?:that|it|this|all (?:that|this))\b)"
    r"|\bwhich is (?:a joke|a mistake|a lie|nonsense|wrong|false|untrue|not true)\s*[.!]?\s*$"
    r"|\bopposite of (?:this|that|it|the following|what follows)\b",
    re.IGNORECASE,
)
_EITHER_WAY = re.compile(
    r"(?:^|[.!?\n]\s*)or (?:maybe |perhaps |possibly )?(?:just )?(?:(?:the )?other way (?:round|around)|the "
    r"reverse|the opposite|vice versa)\b"
    r"|\bor none of (?:that|this|these|those|them|it)\b|\bpick (?:any |either )?one\s*[.!]?\s*$",
    re.IGNORECASE,
)


def taken_back(text: str) -> str:
    """Why a text does not stand by what it says: "None of the above is true.", "Or the other way round."; empty when
    it does."""
    if _WITHDRAWN.search(text):
        return "The answer takes back what it says."
    return "The answer leaves open whether it or its opposite holds." if _EITHER_WAY.search(text) else ""


def framed(text: str) -> str:
    """Why a text's claims are not its writer's: "ChatGPT told me this: …", "To be checked: …", "No idea, but …"."""
    if frames.another_s(text):
        return "The answer puts what it says in another's mouth, or asks whether it is so."
    return "The answer says that its writer does not know." if frames.guessed(text) else ""


def beside_the_point(sentences: Sequence[Sequence[Claimed]], found: Sequence[Found]) -> str:
    """Why a text speaks mostly of something else than its rubric; empty unless that is much and more than half of
    it."""
    touched = frozenset[int]().union(*(seen.stated | seen.disputed for seen in found))
    said = [number for number, line in enumerate(sentences) if len(line) > 1]
    apart = sum(number not in touched for number in said)
    if apart >= BESIDE_THE_POINT and apart > len(said) / 2:
        return f"{apart} statements of the answer, more than half, have nothing to do with the question."
    words = [here for line in sentences for here in line]
    clauses = {words[number].clause for seen in found for number in seen.words}
    mass = sum(here.clause not in clauses for here in words)
    if mass >= MASS and mass > len(words) / 2:
        return f"{mass} words of the answer, more than half, have nothing to do with the question."
    return ""
