"""One credit from three votes (the patterns, the claims, the words as typed), and whether a person should confirm it.

A suspicion alone lowers nothing: what only the patterns hold against a complete answer is for a person. The weights of
a doubt were fitted on answers that the readers had not seen; `make rubric-report` measures what comes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from groundschool.checks.rubric import scoring
from groundschool.checks.rubric.examples import CREDITS
from groundschool.checks.rubric.learnt import Heard, Learnt
from groundschool.checks.rubric.model import Reading, Rubric
from groundschool.checks.rubric.reader import Numbers

WITH_PATTERNS = (0.4, 0.4, 0.2)  # the votes of patterns, claims, and words as typed
WITHOUT_PATTERNS = (0.0, 0.65, 0.35)
STATED = 0.5  # likelihood from which on an idea counts as stated, where no pattern tells
STRAYS = 2  # items of a list that nobody with credit names, from which on a person looks
CLOSE = 0.08  # margin of a vote below which it is one for a person, whatever speaks for it
DOUBTED = 0.4  # likelihood of a wrong credit from which on a person confirms full credit
DOUBTED_BELOW = 0.3  # the same of less: a right answer lowered in silence is worse than a look too many
_WEIGHTS = {
    "one": -0.67,
    "right": 3.6,
    "nothing": -0.51,
    "support": -2.43,
    "support of nothing": -3.08,
    "by claims": 0.58,
    "by ideas": 2.09,
    "as typed": -0.28,
    "overruled": 1.55,
    "margin": -3.08,
    "margin of half": -0.33,
    "zero": 1.46,
    "full": -3.55,
    "novel": 2.35,
    "strange": 1.56,
    "length": 0.53,
    "length of a right one": -1.49,
    "suspected": -0.53,
    "lowered": -0.03,
    "lowered by all": 3.27,
    "side": -2.24,
    "no side": -1.08,
}


@dataclass(frozen=True)
class Vote:
    """What the votes come to: the credit, by how much it wins, and how likely it is wrong."""

    credit: float
    margin: float
    doubt: float


def read(text: str, rubric: Rubric, learnt: Learnt) -> Reading:
    """What `text` earns by the rubric's patterns and by what was learnt, and whether a person should confirm it."""
    said = scoring.said(text, rubric)
    if not said.sentences:
        return replace(scoring.by_patterns(said, rubric), credit=0.0)
    heard = learnt.hear(said, rubric)
    if scoring.has_patterns(rubric):
        patterns = scoring.by_patterns(said, rubric)
        cast = vote(patterns, heard, said.words)
    else:
        patterns = scoring.by_patterns(said, rubric, _stated(rubric, heard))
        cast = vote(None, heard, said.words)
    return _decided(patterns, cast, heard, rubric)


def vote(patterns: Reading | None, heard: Heard, words: int) -> Vote:
    """The votes of the patterns, where a rubric has any, and of the readers; `words` is the answer's length."""
    by_patterns, by_claims, by_typed = WITHOUT_PATTERNS if patterns is None else WITH_PATTERNS
    votes = _of_readers(heard, by_claims, by_typed)
    if patterns is not None:
        votes = votes + by_patterns * np.array([patterns.credit == credit for credit in CREDITS])
    order = np.argsort(np.round(votes, 3), kind="stable")
    place = int(order[-1])
    margin = round(float(votes[place] - votes[order[-2]]), 3)
    signs = _signs(place, margin, patterns, heard, words)
    doubt = 1 / (1 + exp(-sum(_WEIGHTS[name] * value for name, value in signs.items())))
    return Vote(CREDITS[place], margin, round(doubt, 3))


def _signs(place: int, margin: float, patterns: Reading | None, heard: Heard, words: int) -> dict[str, float]:
    """What speaks for a wrong credit, and against it."""
    right, nothing, paid = place == 2, place == 0, place > 0
    support, length = float(heard.support[place]), log(max(words, 1))
    claims, typed = float(heard.by_claims[place]), float(heard.as_typed[place])
    suspected = patterns is not None and patterns.credit < patterns.before
    lowered = suspected and patterns is not None and patterns.credit == CREDITS[place]
    return {
        "one": 1.0,
        "right": float(right),
        "nothing": float(nothing),
        "support": support,
        "support of nothing": support * nothing,
        "by claims": claims,
        "by ideas": float(heard.by_ideas[place]),
        "as typed": typed,
        "overruled": float(patterns is not None and patterns.credit != CREDITS[place]),
        "margin": margin,
        "margin of half": margin * (place == 1),
        "zero": float(heard.support[0]) * paid,
        "full": float(heard.support[2]) * (place == 1),
        "novel": heard.novel * paid,
        "strange": float(heard.strange and paid),
        "length": length,
        "length of a right one": length * right,
        "suspected": float(suspected),
        "lowered": float(lowered),
        "lowered by all": lowered * min(claims, typed),
        "side": paid * min((each.score for each in heard.sides), default=0.0),
        "no side": float(paid and not heard.sides),
    }


def _decided(patterns: Reading, cast: Vote, heard: Heard, rubric: Rubric) -> Reading:
    """The reading with the credit of the vote, or with its proposal and the reason why a person confirms it."""
    credit = min(cast.credit, patterns.credit) if patterns.doubted else cast.credit
    reason = (
        patterns.reason
        if patterns.needs_person
        else (
            _suspicion(patterns, cast, heard)
            or _alone(patterns, cast)
            or _listed(cast, heard)
            or _turned(cast, heard)
            or _denied(cast, heard)
            or _close(cast)
        )
    )
    return replace(
        patterns,
        credit=credit,
        missing=() if credit == 1 else patterns.missing or _least_likely(heard, rubric),
        signals=patterns.signals if credit or not patterns.credit else (),
        margin=cast.margin,
        doubt=cast.doubt,
        needs_person=bool(reason),
        reason=reason or (patterns.reason if credit < patterns.before else ""),
    )


def _suspicion(patterns: Reading, cast: Vote, heard: Heard) -> str:
    """A complete answer is lowered in silence only where those who read it without the suspicion lower it, too."""
    lowered = patterns.credit < patterns.before == 1 > cast.credit
    if not lowered or CREDITS[int(np.argmax(np.round(_of_readers(heard), 3)))] < 1:
        return ""
    return f"The answer may say something that does not hold: {', '.join(patterns.against)}."


def _of_readers(heard: Heard, by_claims: float = WITHOUT_PATTERNS[1], by_typed: float = WITHOUT_PATTERNS[2]) -> Numbers:
    """The votes of the readers alone."""
    return np.asarray(by_claims * (heard.by_claims + heard.by_ideas) / 2 + by_typed * heard.as_typed)


def _alone(patterns: Reading, cast: Vote) -> str:
    """Likeness to other answers alone pays nothing: an idea has to be found."""
    return "" if patterns.before or not cast.credit else "It is like answers with credit, but no idea was found in it."


def _listed(cast: Vote, heard: Heard) -> str:
    """A list of everything one can think of holds what is right, too."""
    if heard.strays < STRAYS or not cast.credit:
        return ""
    return f"{heard.strays} things that the answer lists stand in no answer with credit."


def _turned(cast: Vote, heard: Heard) -> str:
    """What is right of one thing is wrong of the other, in whatever right words."""
    pairs = [each.pair for each in heard.sides if each.turned]
    if not pairs or not cast.credit:
        return ""
    return f"The answer may say of one what holds of the other: {'; '.join(pairs)}."


def _denied(cast: Vote, heard: Heard) -> str:
    """The right words with a "not" among them."""
    return "The answer may deny what right answers state." if cast.credit and heard.denies else ""


def _close(cast: Vote) -> str:
    doubted = DOUBTED if cast.credit == 1 else DOUBTED_BELOW
    if cast.doubt < doubted and cast.margin >= CLOSE:
        return ""
    return (
        f"The readers of the answer are not sure of {cast.credit:g}: it is wrong with a likelihood of {cast.doubt:.0%}."
    )


def _stated(rubric: Rubric, heard: Heard) -> tuple[str, ...]:
    """The topics of the ideas that the reader of claims finds, where a rubric has no patterns."""
    likely = zip(rubric.ideas, heard.ideas, strict=True)
    return tuple(idea.topic for idea, chance in likely if chance >= STATED)


def _least_likely(heard: Heard, rubric: Rubric) -> tuple[str, ...]:
    """Of the ideas that full credit needs, the one that the reader of claims finds least."""
    likely = {idea.topic: chance for idea, chance in zip(rubric.ideas, heard.ideas, strict=True)}
    needed = [(likely[topic], topic) for topic in rubric.full.topics]
    return (min(needed)[1],) if needed else ()
