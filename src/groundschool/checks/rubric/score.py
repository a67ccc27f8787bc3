"""From a text and a rubric to a reading: which ideas are claimed, what else is said, and what credit that earns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from rapidfuzz import fuzz

from groundschool.checks.rubric import claims, cues, spelling, subjects
from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.heap import is_heap
from groundschool.checks.rubric.matching import Found, find
from groundschool.checks.rubric.model import Reading, Remark, Rubric, Signal
from groundschool.checks.rubric.patterns import compiled
from groundschool.checks.rubric.text import clean, plain_words
from groundschool.checks.rubric.words import cut

SIGNALS: tuple[Signal, ...] = ("bonus", "strong", "outdated", "misconception")
SURE, HEDGED, CONFLICTING = 0.95, 0.75, 0.4
CERTAIN_ENOUGH = 0.5
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_ASKS = re.compile(r"^\W*(?:q\d*\W+)?(what|which|why|how|where|when|who|can|does|do|is|are|difference|question)\b", re.IGNORECASE)
REPEATED = 88  # likeness, of 100, from which on a sentence repeats the question


def score(text: str, rubric: Rubric) -> Reading:
    """Reads `text` and says what it earns. Never raises for what the text holds; the same text always gives the same reading."""
    said = _without_question(clean(text), rubric.question)
    words = spelling.corrected(cut(said), _vocabulary(rubric))
    if not words:
        return Reading(0.0, missing=rubric.full.topics, reason="The answer says nothing beyond the question.")
    read = claims.read(words)
    about = _about(rubric)
    subjects.assign(read.words, about)
    sentences = [tuple(group) for _, group in groupby(read.words, key=lambda here: here.sentence)]
    allowed = frozenset(rubric.about)
    ideas = {idea.topic: find(idea, sentences, allowed) for idea in rubric.ideas}
    remarks = {remark: find(remark, sentences, allowed) for remark in rubric.remarks}
    used = frozenset[int]().union(*(found.words for found in [*ideas.values(), *remarks.values()]))
    if is_heap(read.words, used):
        return Reading(0.0, missing=rubric.full.topics, reason="The answer lists words and claims nothing.")
    return _reading(rubric, ideas, _standing(remarks, ideas), read.hedged)


def _reading(rubric: Rubric, ideas: Mapping[str, Found], remarks: Sequence[Remark], hedged: bool) -> Reading:
    found = frozenset(topic for topic, seen in ideas.items() if seen.stated)
    earned = 1.0 if rubric.full.met(found) else 0.5 if rubric.half.met(found) else 0.0
    credit = min([earned, *(remark.most for remark in remarks)])
    disputed = tuple(topic for topic, seen in ideas.items() if seen.stated and seen.denied)
    conflict = bool(disputed) and earned > 0
    confidence = CONFLICTING if conflict else HEDGED if hedged else SURE
    return Reading(
        credit=min(credit, 0.5) if conflict else credit,
        signals=_signals(remarks),
        found=tuple(topic for topic in ideas if topic in found),
        missing=() if earned == 1 else tuple(dict.fromkeys(topic for topic in rubric.full.topics if topic not in found)),
        notes=tuple(dict.fromkeys(remark.note for remark in remarks if remark.note)),
        confidence=confidence,
        needs_person=confidence < CERTAIN_ENOUGH,
        reason=_reason(disputed if conflict else (), remarks, earned),
    )


def _reason(disputed: Sequence[str], remarks: Sequence[Remark], earned: float) -> str:
    if disputed:
        return f"The answer says and denies the same: {', '.join(disputed)}."
    capping = [remark.topic for remark in remarks if remark.most < earned]
    return f"The answer says something that does not hold: {', '.join(capping)}." if capping else ""


def _signals(remarks: Sequence[Remark]) -> tuple[Signal, ...]:
    """The remarks' signals; two different bonus facts are a strong answer."""
    signals = {remark.signal for remark in remarks}
    if len({remark.topic for remark in remarks if remark.signal == "bonus"}) > 1:
        signals.add("strong")
    return tuple(signal for signal in SIGNALS if signal in signals)


def _standing(remarks: Mapping[Remark, Found], ideas: Mapping[str, Found]) -> tuple[Remark, ...]:
    """The remarks found, without those that another finding makes harmless."""
    topics = {topic for topic, seen in ideas.items() if seen.stated}
    topics |= {remark.topic for remark, seen in remarks.items() if seen.stated}
    return tuple(remark for remark, seen in remarks.items() if seen.stated and not topics & set(remark.unless))


@lru_cache(maxsize=64)
def _vocabulary(rubric: Rubric) -> frozenset[str]:
    patterns = (compiled(text) for item in (*rubric.ideas, *rubric.remarks) for text in item.says)
    return frozenset().union(cues.stems(), _about(rubric), *(pattern.vocabulary for pattern in patterns))


@lru_cache(maxsize=64)
def _about(rubric: Rubric) -> frozenset[str]:
    return frozenset(rubric.about).union(*(item.about for item in (*rubric.ideas, *rubric.remarks)))


def _without_question(text: str, question: str) -> str:
    """The text without questions and without the rubric's question in whatever punctuation."""
    asked = " ".join(plain_words(question))
    kept = [sentence for sentence in _SENTENCE.split(text) if not _is_question(sentence, asked)]
    return "\n".join(_after_question(sentence, question) for sentence in kept)


def _is_question(sentence: str, asked: str) -> bool:
    said = " ".join(plain_words(sentence))
    if sentence.rstrip().endswith("?"):
        return bool(_ASKS.match(sentence)) or fuzz.token_set_ratio(said, asked) > REPEATED
    return bool(said) and fuzz.ratio(said, asked) > REPEATED


def _after_question(sentence: str, question: str) -> str:
    start = question.rstrip("?").lower()
    return sentence[len(start) :].lstrip("?:-— ") if sentence.lower().startswith(start) else sentence
