"""Why a person should look at an answer although it holds what was asked for: it takes itself back, or speaks mostly of other things.

Works on what was found; what the words mean is `claims.py`'s and what is found in them `matching.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.matching import Found

BESIDE_THE_POINT = 5  # statements that touch nothing of a rubric, from which on a text is no answer to one question
_ITSELF = r"(?:the )?(?:above|preceding|foregoing|(?:this|that|these|those|it)(?= (?:is|are|was|were|holds?|applies)\b)|(?:what|which) (?:i|we) (?:\w+ )?(?:said|wrote|say|write)|(?:i|we) (?:just )?(?:said|wrote)|my answer|(?:this|the) answer)"
_FALSE = r"(?:false|wrong|untrue|incorrect|invented|made up|a lie|lies|nonsense|rubbish|not true|not correct)"
_WITHDRAWN = re.compile(
    rf"\b(?:none|nothing|not (?:one )?(?:a )?(?:word|any)) (?:of |in )?{_ITSELF}.{{0,30}}\b(?:true|right|correct|holds?|applies)\b"
    rf"|\b(?:all|everything|every word|every bit|each word|both|the whole(?: answer)?)(?: of| in)? {_ITSELF}.{{0,30}}\b{_FALSE}"
    rf"|\b(?:everything|all) (?:here|written here|said here) .{{0,15}}\b{_FALSE}"
    rf"|\bthe (?:above|foregoing|statements?|sentences?) (?:above )?(?:is|are|was|were) (?:all |completely |entirely )?{_FALSE}"
    r"|\bthe (?:exact )?(?:opposite|contrary|reverse) of (?:all )?(?:of )?(?:the above|this|that|it|what i (?:said|wrote)) (?:is|holds)\b"
    r"|\b(?:ignore|disregard|forget|discard) (?:all |everything )?(?:of )?(?:the |what i (?:said|wrote) )?above\b",
    re.IGNORECASE,
)


def takes_itself_back(text: str) -> bool:
    """Whether a text says of itself that it does not hold: "None of the above is true."."""
    return bool(_WITHDRAWN.search(text))


def beside_the_point(sentences: Sequence[Sequence[Claimed]], found: Iterable[Found]) -> int:
    """How many statements of a text have nothing to do with its rubric; 0 unless they are many and more than half."""
    touched = frozenset[int]().union(*(seen.stated | seen.disputed for seen in found))
    said = [number for number, line in enumerate(sentences) if len(line) > 1]
    apart = sum(number not in touched for number in said)
    return apart if apart >= BESIDE_THE_POINT and apart > len(said) / 2 else 0
