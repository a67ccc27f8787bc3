"""The small words that turn a claim around: negation, the past, other people's opinions, contrast, and new clauses.

They are found with spaCy's phrase matcher over stems. What each of them reaches is decided in `claims.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from groundschool.checks.rubric.stems import stem, stems_of
from groundschool.checks.rubric.words import english

AUXILIARIES = stems_of("be was were been do can could will would shall should must may might have need seem become get")
PRONOUNS = stems_of(
    "it they this that these those you we i he she there one both each all nobody nothing somebody everybody"
)
STARTERS = AUXILIARIES | PRONOUNS | stems_of("then also just instead so thus hence") - {"need", "get"}
BOUNDS = stems_of(
    "small smaller less lower few fewer large larger big bigger great greater more exceed beyond over above below under later"
)
LIMITS = stems_of("max min maximum minimum")
QUALIFIERS = stems_of("only just sure certain necessarily always merely simply know remember recall")

_PHRASES = {
    "break": "recently|lately|but|whereas|while|although|though|however|because|therefore|so|if|when|whenever|where|unless|once|now|today"
    "|nowadays|currently|these day|since|as of|after that|afterwards|which|who|whose|instead|actually|in fact|except|as long as"
    "|as soon as|even though|even if|yet|until|till|before|only when|only if|thus|hence|then",
    "not": "not|never|nor|neither|hardly|nolonger|cannot|not longer|no more|nobody|nothing",
    "no": "no|without|nowhere|lack|none|zero|free of|absence of|avoid|w/o|no need of|no need for|other than",
    "against": "instead of|rather than|as opposed to|in place of",
    "aside": "unlike|in contrast to|contrary to|compare to|compare with|different from|as with|similar to"
    "|mix up with|mix it up with|mix them up with|confuse with|confuse it with|confuse them with|mistake for|mistake it for",
    "likeness": "feel like|look like|behave like|act like|seem like|as if|remind of|remind me of|replace",
    "unreal": "would|'d",
    "past": "used to|the old|be history|be gone|old rule|old limit|old model|previously|formerly|historically|originally|in the past|back then|in the old day"
    "|old day|year ago|at the beginning|in older version|in old version|prior to|back in|once upon|in earlier time"
    "|a few year back|in the beginning|in old project|in older project|before that|past time|at first|had be|initially|until recently|until lately|year back|long ago|earlier",
    "was": "was|were|did",
    "others": "people think|people say|people believe|people still|some say|some think|some people|many think|many people"
    "|many say|often say|often think|some believe|they say|commonly believe|everyone think|everyone say|someone say"
    "|colleague say|colleague think|old blog|old article|old doc|old tutorial|old book|some blog|some doc|some tutorial"
    "|often hear|i hear|people assume|many assume|some assume",
    "unsaid": "suppose that|let us suppose|let us assume|let us imagine|let us pretend|imagine that|pretend|in a dream|contrary to fact"
    "|i doubt|i deny|i do not believe that|i do not think that|hard to believe|would never claim|would never say|nobody can say|no one can say"
    "|nobody would say|be a lie that|wrong answer|anybody who say|anyone who say|whoever say|wrong to say|wrong to think|wrong to claim"
    "|mistake to say|mistake to think",
    "wrong": "wrong|false|myth|untrue|incorrect|misconception|not true|not correct|outdat|mistak to|misunderstand",
    "retract": "well no|no wait|wait no|actually no|scratch that|sorry no|oh no|no actually|no sorry|ah no|strike that|no really|no in truth|no in reality|no in fact",
    "hedge": "i think|i guess|i believe|maybe|perhaps|probably|possibly|not sure|not certain|unsure|might be|not remember"
    "|if i remember|iirc|as far as i know|afaik|not know|no idea|no clue",
    "now": "now|recently|lately|today|nowadays|currently|these day|nolonger|since|not anymore|any more|anymore|modern|nowaday|at present",
}


@dataclass(frozen=True)
class Cue:
    """One cue in a text: its kind, its first word and the one after its last."""

    kind: str
    start: int
    end: int


@cache
def _matcher() -> Any:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    matcher = PhraseMatcher(english().vocab, attr="LOWER")
    for kind, phrases in _PHRASES.items():
        matcher.add(kind, [Doc(english().vocab, words=_stems(phrase)) for phrase in phrases.split("|")])
    return matcher


def find(stems: Sequence[str]) -> list[Cue]:
    """All cues among the stems of a text, in order; of overlapping ones of a kind the longest."""
    from spacy.tokens import Doc

    strings = english().vocab.strings
    matches = _matcher()(Doc(english().vocab, words=list(stems)))
    found = [Cue(strings[kind], start, end) for kind, start, end in matches]
    found.sort(key=lambda cue: (cue.start, -cue.end, cue.kind))
    kept: list[Cue] = []
    for cue in found:
        if not any(cue.kind == other.kind and cue.start < other.end for other in kept[-6:]):
            kept.append(cue)
    return kept


def stems() -> frozenset[str]:
    """Every word that a cue holds, for telling typing errors from words."""
    return frozenset(word for phrases in _PHRASES.values() for phrase in phrases.split("|") for word in _stems(phrase))


def _stems(phrase: str) -> list[str]:
    return [stem(word) for word in phrase.split()]
