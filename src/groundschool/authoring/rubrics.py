"""A short answer's rubric for its author: what it makes of a text, and where its marked answers are thin or at odds.

Reading is `checks.rubric`'s; this only fetches a question's files, asks, and reports.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool import course
from groundschool.authoring import twins
from groundschool.checks.rubric import features, file, learnt, patterns, reader, scoring, sides, vote
from groundschool.checks.rubric.examples import CREDITS, Example
from groundschool.checks.rubric.learnt import Learnt
from groundschool.checks.rubric.model import Pair, Reading, Rubric
from groundschool.checks.rubric.patterns import BadPattern
from groundschool.errors import GroundSchoolError

LEAST = 5  # examples of each credit, and of each idea
ALIKE = 0.9  # likeness from which on two examples say the same
PAID = 0.1  # share of right answers with two names exchanged that may keep full credit in silence
PAID_DENIED = 0.5  # the same with a statement denied, which need not be one that the credit rests on
MOST_DENIED = 2  # statements of an answer that are denied, one at a time
PARTS = 5  # into which the examples are divided to read each part after the others
Part = tuple[Learnt, tuple[Example, ...]]  # what the other parts teach, and the part


class NoRubric(GroundSchoolError):
    """A question that has no rubric, or does not exist."""


@dataclass(frozen=True)
class Kept:
    """What is kept beside a question: its rubric and the answers that persons have marked."""

    question: str
    folder: Path
    rubric: Rubric
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Tried:
    """A text as read, with the marked answers most like it."""

    reading: Reading
    nearest: tuple[Example, ...]


def questions(root: Path) -> list[str]:
    """The questions of the course that have a rubric."""
    return sorted(found.parent.name for found in (root / "source").glob(f"*/questions/*/{course.manifest.RUBRIC}"))


def kept(root: Path, question: str) -> Kept:
    """The rubric and examples of a question of the course. Raises NoRubric, Misstated."""
    folder = next(iter(sorted((root / "source").glob(f"*/questions/{question}"))), None)
    path = folder / course.manifest.RUBRIC if folder else None
    if folder is None or path is None or not path.is_file():
        known = ", ".join(questions(root)) or "none is there"
        raise NoRubric(f"{question!r} has no rubric. Expected one of: {known}.")
    marked = folder / course.manifest.MARKED
    text = marked.read_text(encoding="utf-8") if marked.is_file() else ""
    said = path.read_text(encoding="utf-8")
    return Kept(question, folder, file.load(str(path), said), file.examples_of(str(path), said, text))


def attempt(own: Kept, text: str) -> Tried:
    """What the rubric and its examples make of a text. Raises NoRubric where nothing is marked yet."""
    if not own.examples:
        raise NoRubric(f"{own.question} has no marked answers yet; write some into `examples:` of its rubric.yaml.")
    reading = vote.read(text, own.rubric, learnt.learn(own.rubric, own.examples))
    return Tried(reading, learnt.nearest(text, own.examples))


def lint(own: Kept) -> Iterator[str]:
    """What an author should look at, one sentence each."""
    yield from _thin(own)
    yield from _at_odds(own)
    yield from _unmatchable(own.rubric)
    parts = list(_in_parts(own))
    for taught, left_out in parts:
        yield from _misread(own.rubric, taught, left_out)
    yield from _paid_twins(own.rubric, parts)


def _thin(own: Kept) -> Iterator[str]:
    """Credits and ideas with too few examples to learn from."""
    credits = Counter(example.credit for example in own.examples)
    for credit in CREDITS:
        if credits[credit] < LEAST:
            yield f"{credits[credit]} examples earn {credit:g}; at least {LEAST} were expected."
    stated = Counter(topic for example in own.examples for topic in example.ideas or ())
    for idea in own.rubric.ideas:
        if stated[idea.topic] < LEAST:
            yield f"{stated[idea.topic]} examples state {idea.topic!r}; at least {LEAST} were expected."


def _at_odds(own: Kept) -> Iterator[str]:
    """Examples that nearly say the same and are marked differently."""
    texts = [features.features(features.typed(example.answer)) for example in own.examples]
    for number, example in enumerate(own.examples):
        alike = reader.likeness(texts[number], texts)
        for other in range(number + 1, len(own.examples)):
            if alike[other] > ALIKE and own.examples[other].credit != example.credit:
                one, two = _brief(example), _brief(own.examples[other])
                yield f"Nearly the same is marked differently: {one} and {two}."


def _unmatchable(rubric: Rubric) -> Iterator[str]:
    """Patterns that could match nothing."""
    texts = [text for idea in rubric.ideas for text in idea.says]
    for text in [*texts, *(text for remark in rubric.remarks for text in remark.says)]:
        try:
            patterns.compiled(text)
        except BadPattern as error:
            yield str(error)


def _in_parts(own: Kept) -> Iterator[Part]:
    """Each part of the examples, with what the other parts teach."""
    if len(own.examples) < PARTS:
        return
    for part in range(PARTS):
        others = [each for number, each in enumerate(own.examples) if number % PARTS != part]
        yield learnt.learn(own.rubric, others), own.examples[part::PARTS]


def _misread(rubric: Rubric, taught: Learnt, left_out: Sequence[Example]) -> Iterator[str]:
    """Examples that are read otherwise, without a doubt, when they are left out of what is learnt."""
    for example in left_out:
        reading = vote.read(example.answer, rubric, taught)
        if reading.credit != example.credit and not reading.needs_person:
            yield f"Read as {reading.credit:g} when it is left out: {_brief(example)}."


def _paid_twins(rubric: Rubric, parts: Sequence[Part]) -> Iterator[str]:
    """How many right answers, left out of what is learnt, keep full credit when they are turned wrong."""
    for pair in rubric.pairs:
        turned = [(taught, text) for taught, part in parts for text in _exchanged(rubric, pair, part)]
        yield from _paid(rubric, turned, f"when {pair} are exchanged", PAID)
    denied = [
        (taught, text) for taught, part in parts for each in part if each.credit == 1 for text in _denied(each.answer)
    ]
    yield from _paid(rubric, denied, "with a `not` put in", PAID_DENIED)


def _paid(rubric: Rubric, texts: Sequence[tuple[Learnt, str]], turned: str, most: float) -> Iterator[str]:
    paid = [text for taught, text in texts if _silently_full(text, rubric, taught)]
    if len(paid) > most * len(texts):
        yield (
            f"{len(paid)} of {len(texts)} right answers keep full credit, and nobody is asked, {turned}; "
            f"at most {most:.0%} were expected: {brief(paid[0])!r}."
        )


def _denied(text: str) -> Iterator[str]:
    """The first statements of a text denied; what comes late is seldom what the credit rests on."""
    return itertools.islice(twins.negated(text), MOST_DENIED)


def _exchanged(rubric: Rubric, pair: Pair, examples: Sequence[Example]) -> Iterator[str]:
    """Right answers with the names of a pair exchanged, where that makes a difference to what they say."""
    for example in examples:
        told = sides.tell(pair, scoring.said(example.answer, rubric).sentences)
        if example.credit == 1 and len(told.named) > 1 and told.differs:
            yield twins.exchanged(example.answer, pair)


def _silently_full(text: str, rubric: Rubric, taught: Learnt) -> bool:
    reading = vote.read(text, rubric, taught)
    return reading.credit == 1 and not reading.needs_person


def _brief(example: Example) -> str:
    return f"{brief(example.answer)!r} ({example.credit:g})"


def brief(text: str) -> str:
    """The beginning of an answer, in one line."""
    words = " ".join(text.split())
    return words[:80] + "…" if len(words) > 80 else words
