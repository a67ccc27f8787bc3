"""From a text and a rubric to a reading: which ideas are claimed, what else is said, and what credit that earns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import TypeVar

from rapidfuzz import fuzz

from groundschool.checks.rubric import alternatives, claims, doubts, relative, spelling, subjects
from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.heap import JOINING, is_heap
from groundschool.checks.rubric.matching import Found, find, scope_of
from groundschool.checks.rubric.model import Idea, Reading, Remark, Rubric, Signal
from groundschool.checks.rubric.patterns import compiled
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stem, stems_of
from groundschool.checks.rubric.text import clean, plain_words, unwrapped
from groundschool.checks.rubric.words import cut

_TURNS = stems_of("but actually however really well no although")
Sentence = tuple[Claimed, ...]
Item = TypeVar("Item", Idea, Remark)
SIGNALS: tuple[Signal, ...] = ("bonus", "strong", "outdated", "misconception")
SURE, HEDGED, CONFLICTING = 0.95, 0.75, 0.4
CERTAIN_ENOUGH = 0.5
REPEATED = 88  # likeness, of 100, from which on a sentence repeats the question
MOSTLY = 0.75  # share of a question's words from which on a sentence of nothing else repeats it
_ASKING = stems_of("what which why how where when who can do be happen difference question explain")
_EMPTY = _ASKING | stems_of(
    "place location way somewhere something thing find later there answer internally internal itself same q a again "
    "good well inside so that"
)
_REPORTED = stems_of("not found answer say says")
_SENTENCE = re.compile(
    r"(?<=[.?!])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?!(?<=\bm[ai][nx]\.)\s+\d)\s+|\n+", re.IGNORECASE
)
_ASKS = re.compile(
    r"^\W*(?:q\d*\W+)?(what|which|why|how|where|when|who|can|does|do|is|are|difference|question)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """A text as it is read: as typed, without what it repeats, and its sentences without heaps of words."""

    typed: str
    own: str
    sentences: tuple[Sentence, ...]
    hedged: bool
    words: int  # of the text, heaps included


def said(text: str, rubric: Rubric) -> Said:
    """Reads `text` for a rubric, without deciding anything. Never raises for what the text holds."""
    own = _without_question(unwrapped(clean(text)), rubric)
    words = relative.filled(spelling.corrected(cut(own), _vocabulary(rubric)))
    if not words:
        return Said(text, own, (), False, 0)
    read = claims.read(words)
    foreign = frozenset(stem(name) for name in rubric.foreign)
    subjects.assign(read.words, about(rubric), foreign, _compared(rubric))
    sentences = [tuple(group) for _, group in groupby(read.words, key=lambda here: here.sentence)]
    return Said(text, own, tuple(_without_heaps(sentences, rubric)), read.hedged, len(words))


def by_patterns(said: Said, rubric: Rubric, heard: Sequence[str] = ()) -> Reading:
    """What a text earns by the patterns of a rubric; where its ideas have none, by the topics that were `heard`. The
    same text always gives the same reading."""
    if not said.words:
        return Reading(
            0.0, missing=rubric.full.missing(frozenset()), reason="The answer says nothing beyond the question."
        )
    turning = frozenset(number for number, line in enumerate(said.sentences) if line[0].word.stem in _TURNS)
    ideas, remarks = _found(rubric, rubric.ideas, said.sentences), _found(rubric, rubric.remarks, said.sentences)
    topics = tuple(idea.topic for idea, seen in ideas.items() if seen.stated or idea.topic in heard)
    reading = _reading(rubric, ideas, remarks, said, turning, topics)
    doubt = doubts.taken_back(said.own) or doubts.framed(said.own)
    if said.own != said.typed:  # a frame around the question goes with it
        doubt = doubt or doubts.framed(said.typed)
    if has_patterns(rubric):
        doubt = (
            doubt
            or doubts.beside_the_point(said.sentences, [*ideas.values(), *remarks.values()])
            or alternatives.left_open(said.sentences, _meant(rubric, ideas))
        )
    return _doubted(reading, doubt)


def score(text: str, rubric: Rubric) -> Reading:
    """What `text` earns by the patterns of `rubric` alone."""
    return by_patterns(said(text, rubric), rubric)


def _doubted(reading: Reading, doubt: str) -> Reading:
    """The reading, for a person to confirm where there is a doubt about all of the text."""
    if not reading.credit or not doubt:
        return reading
    return replace(
        reading, credit=min(reading.credit, 0.5), confidence=CONFLICTING, needs_person=True, reason=doubt, doubted=True
    )


def _meant(rubric: Rubric, ideas: Mapping[Idea, Found]) -> alternatives.Meant:
    used = frozenset[int]().union(*(seen.words for seen in ideas.values()))
    foreign = frozenset(stem(name) for name in rubric.foreign)
    return alternatives.Meant(_spoken_of(rubric), used, frozenset(_compared(rubric)), foreign)


def _found(rubric: Rubric, items: Sequence[Item], sentences: Sequence[Sentence]) -> dict[Item, Found]:
    own = frozenset(stem(name) for name in rubric.about)
    rivals = frozenset(name for idea in rubric.ideas for name in idea.about)
    return {item: find(item, sentences, scope_of(item, own, rivals)) for item in items}


def _without_heaps(sentences: list[Sentence], rubric: Rubric) -> list[Sentence]:
    """The sentences that claim something. Most texts hold no heap, so they are not searched twice."""
    if not any(is_heap(line, frozenset(), 0) for line in sentences):
        return sentences
    used = frozenset[int]().union(*(seen.words for seen in _found(rubric, rubric.ideas, sentences).values()))
    kept, first = list[Sentence](), 0
    for line in sentences:
        if not is_heap(line, used, first):
            kept.append(line)
        first += len(line)
    return kept


def _reading(
    rubric: Rubric,
    ideas: Mapping[Idea, Found],
    remarks: Mapping[Remark, Found],
    said: Said,
    turning: frozenset[int],
    topics: tuple[str, ...],
) -> Reading:
    found = frozenset(topics)
    credit = earned(rubric, found)
    standing = _standing(remarks, found)
    stating = frozenset(line for seen in ideas.values() for line in seen.stated) - turning
    disputed = tuple(idea.topic for idea, seen in ideas.items() if seen.disputed - stating) if credit else ()
    if earned(rubric, found - set(disputed)) == credit:
        disputed = ()  # what is both said and denied is not what the credit rests on
    confidence = CONFLICTING if disputed else HEDGED if said.hedged else SURE
    return Reading(
        credit=min([credit, *(remark.most for remark in standing), *([0.5] if disputed else [])]),
        signals=_signals(standing, credit),
        found=topics,
        missing=rubric.full.missing(found),
        notes=tuple(dict.fromkeys(remark.note for remark in standing if remark.note)),
        confidence=confidence,
        needs_person=confidence < CERTAIN_ENOUGH,
        reason=_reason(disputed, standing, credit),
        before=credit,
        words=_words(said.sentences, ideas.values()),
        against=tuple(remark.topic for remark in standing if remark.most < 1 or remark.signal == "misconception"),
    )


def _words(sentences: Sequence[Sentence], found: Iterable[Found]) -> tuple[str, ...]:
    """The words that the ideas were found in, in their order."""
    used = frozenset[int]().union(*(seen.words for seen in found))
    words = (here.word.text for line in sentences for here in line)
    return tuple(word for number, word in enumerate(words) if number in used)


def is_product(here: Claimed, rubric: Rubric) -> bool:
    """Whether a word names a product as a fact: not denied, past, or of something else that is set apart."""
    named = here.word.stem in PRODUCTS or here.word.stem in rubric.foreign
    return named and not (here.denied or here.past or here.contrasted or here.set_aside)


def has_patterns(rubric: Rubric) -> bool:
    """Whether anything in a rubric is looked for by patterns; new questions have none."""
    return any(idea.says for idea in rubric.ideas)


def earned(rubric: Rubric, found: frozenset[str]) -> float:
    """The credit for the topics found, before anything is held against it."""
    return 1.0 if rubric.full.met(found) else 0.5 if rubric.half.met(found) else 0.0


def _reason(disputed: Sequence[str], remarks: Sequence[Remark], credit: float) -> str:
    if disputed:
        return f"The answer says and denies the same: {', '.join(disputed)}."
    capping = [remark.topic for remark in remarks if remark.most < credit]
    return f"The answer says something that does not hold: {', '.join(capping)}." if capping else ""


def _signals(remarks: Sequence[Remark], credit: float) -> tuple[Signal, ...]:
    """The remarks' signals; a right answer with two different bonus facts is a strong one."""
    signals = {remark.signal for remark in remarks}
    if credit == 1 and len({remark.topic for remark in remarks if remark.signal == "bonus"}) > 1:
        signals.add("strong")
    return tuple(signal for signal in SIGNALS if signal in signals)


def _standing(remarks: Mapping[Remark, Found], found: frozenset[str]) -> tuple[Remark, ...]:
    """The remarks found, without those that another finding makes harmless."""
    topics = found | {remark.topic for remark, seen in remarks.items() if seen.stated}
    return tuple(remark for remark, seen in remarks.items() if seen.stated and not topics & set(remark.unless))


@lru_cache(maxsize=64)
def _vocabulary(rubric: Rubric) -> frozenset[str]:
    items: tuple[Idea | Remark, ...] = (*rubric.ideas, *rubric.remarks)
    patterns = (compiled(text) for item in items for text in item.says)
    return frozenset().union(about(rubric), *(pattern.vocabulary for pattern in patterns))


@lru_cache(maxsize=64)
def _spoken_of(rubric: Rubric) -> frozenset[str]:
    """The words of what its ideas look for."""
    terms = (term for idea in rubric.ideas for text in idea.says for term in compiled(text).terms)
    return frozenset(word.rstrip("*") for term in terms for phrase in term for word in phrase.stems)


@lru_cache(maxsize=64)
def about(rubric: Rubric) -> frozenset[str]:
    """The subjects that an answer may speak of."""
    items: tuple[Idea | Remark, ...] = (*rubric.ideas, *rubric.remarks)
    return frozenset(stem(name) for name in rubric.about).union(*(item.about for item in items))


@lru_cache(maxsize=64)
def _compared(rubric: Rubric) -> tuple[str, ...]:
    """The subjects that a question about a difference sets side by side."""
    if "difference" not in rubric.question.lower():
        return ()
    # `between X and Y in Z`: what the comparison takes place in is not compared
    named = dict.fromkeys(stem(word) for word in plain_words(rubric.question.lower().partition(" in ")[0]))
    return tuple(name for name in named if name in about(rubric))


def _without_question(text: str, rubric: Rubric) -> str:
    """The text without questions, without the rubric's question in whatever punctuation, and without what the section
    gives."""
    asked, *given = _repeatable(rubric)
    kept = [
        sentence
        for sentence in _SENTENCE.split(text)
        if not _is_question(sentence, asked) and not (given and _is_given(sentence, given))
    ]
    kept = _without_feedback(kept, rubric)
    return "\n".join(_after_question(sentence, rubric.question) for sentence in kept)


@lru_cache(maxsize=64)
def _repeatable(rubric: Rubric) -> tuple[str, ...]:
    """The plain words of the question, and of each sentence that the section gives."""
    return tuple(" ".join(plain_words(text)) for text in (rubric.question, *rubric.given))


def _without_feedback(sentences: list[str], rubric: Rubric) -> list[str]:
    """The sentences without those that only repeat what pages tell to be missing: a topic of several words, or two of
    them."""
    told = _told(rubric)
    known = frozenset[str]().union(*told)
    words = [_content(plain_words(sentence)) - _REPORTED for sentence in sentences]
    repeated = frozenset[str]().union(*(said for said in words if said <= known))
    whole = [topic for topic in told if topic <= repeated]
    if len(whole) < 2 and not any(len(topic) > 1 for topic in whole):
        return sentences
    return [sentence for sentence, said in zip(sentences, words, strict=True) if not said <= known]


@lru_cache(maxsize=64)
def _told(rubric: Rubric) -> tuple[frozenset[str], ...]:
    """The words of what a page tells to be missing, idea by idea; a topic that is only a name tells nothing."""
    names = frozenset(stem(name) for name in rubric.about)
    topics = (_content(plain_words(idea.topic)) for idea in rubric.ideas)
    return tuple(words for words in topics if words - names)


def _content(words: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in words) - JOINING - _EMPTY


def _is_given(sentence: str, given: Sequence[str]) -> bool:
    said = " ".join(plain_words(sentence))
    return any(fuzz.ratio(said, each) > REPEATED for each in given)


def _is_question(sentence: str, asked: str) -> bool:
    words = plain_words(sentence)
    said = " ".join(words)
    if sentence.rstrip().endswith("?"):
        return bool(_ASKS.match(sentence)) or fuzz.token_set_ratio(said, asked) > REPEATED
    return bool(said) and (
        fuzz.ratio(said, asked) > REPEATED or not set(sentence) & set("\t|") and _repeats(words, asked.split())
    )


def _repeats(said: list[str], asked: list[str]) -> bool:
    """ "Glue stores table metadata where Glue stores it": most words of the question, and nothing beyond them."""
    question = {stem(word) for word in asked} - JOINING - _ASKING
    mine = {stem(word) for word in said} - JOINING - _EMPTY
    if "no" in said or "not" in said or len(question) < 3:
        return False
    return mine <= question and len(mine) >= MOSTLY * len(question)


def _after_question(sentence: str, question: str) -> str:
    start = question.rstrip("?").lower()
    return sentence[len(start) :].lstrip("?:-— ") if sentence.lower().startswith(start) else sentence
