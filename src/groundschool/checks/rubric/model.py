"""A rubric as data: the ideas an answer needs, what else it may say, and what the reader made of it.

A question author writes these in the hidden part of a test cell. How text is read is `claims.py`'s, how a pattern is
written `patterns.py`'s, and what credit follows `scoring.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundschool.checks.rubric.stems import stem

Signal = Literal["bonus", "strong", "outdated", "misconception", "cap"]
When = Literal["now", "any"]


@dataclass(frozen=True)
class Idea:
    """Something an answer should say. `topic` is what a candidate may read when it is missing: never the answer itself.

    One of the patterns `says` in one sentence, stated as true, is the idea. `about` names the subject it must be said
    of; `when="any"` accepts it in the past tense too.
    """

    topic: str
    says: tuple[str, ...]
    about: tuple[str, ...] = ()
    when: When = "now"


@dataclass(frozen=True)
class Remark:
    """Something else an answer may say: a signal, a note to show, and the most credit an answer saying it can earn.

    The signal "cap" is not reported: it only limits the credit. It counts only when none of the ideas or remarks named
    in `unless` was found.
    """

    topic: str
    signal: Signal
    says: tuple[str, ...]
    note: str = ""
    most: float = 1.0
    about: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    when: When = "now"


@dataclass(frozen=True)
class Need:
    """At least `least` of the parts hold; a part is a topic or a need of its own."""

    parts: tuple[str | Need, ...]
    least: int

    def met(self, found: frozenset[str]) -> bool:
        """Whether the topics found are enough."""
        return sum(_holds(part, found) for part in self.parts) >= self.least

    def missing(self, found: frozenset[str]) -> tuple[str, ...]:
        """The topics that would meet it, by the parts that are nearest to being met; empty when it is met."""
        if self.met(found):
            return ()
        open_ = [_lacking(part, found) for part in self.parts if not _holds(part, found)]
        nearest = sorted(open_, key=lambda topics: topics[1])[: self.least - (len(self.parts) - len(open_))]
        return tuple(dict.fromkeys(topic for topics, _ in nearest for topic in topics))

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic named, in order."""
        return tuple(topic for part in self.parts for topic in ((part,) if isinstance(part, str) else part.topics))


def _holds(part: str | Need, found: frozenset[str]) -> bool:
    return part in found if isinstance(part, str) else part.met(found)


def _lacking(part: str | Need, found: frozenset[str]) -> tuple[tuple[str, ...], float]:
    """What a part lacks, and the share of its topics that is lacking."""
    if isinstance(part, str):
        return (part,), 1.0
    return part.missing(found), sum(topic not in found for topic in part.topics) / len(part.topics)


@dataclass(frozen=True)
class Pair:
    """Two things that an answer must not exchange, each by the words that name it."""

    one: tuple[str, ...]
    other: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.one[0]} and {self.other[0]}"


@dataclass(frozen=True)
class Rubric:
    """What one question's answers are scored by. `about` names the subjects an answer may speak of, `foreign` others
    that it may take by mistake, beyond the products known to the reader.

    `given` holds sentences of the section around the question that would themselves earn something: repeated, they
    claim nothing. `pairs` are the things that it compares.
    `source` says where the key was checked, and `checked` on which day, as ISO text.
    """

    question: str
    about: tuple[str, ...]
    ideas: tuple[Idea, ...]
    full: Need
    half: Need
    remarks: tuple[Remark, ...] = ()
    source: str = ""
    checked: str = ""
    foreign: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What an answer earned and why. `found` and `missing` hold topics; `notes` hold what is dated or false, and since
    when.

    `before` is what it would earn if nothing were held against it, `against` what is: topics of remarks. `words` are
    what the ideas were found in, `doubt` is how likely the credit is wrong. A `doubted` text takes
    itself back, leaves a choice open, or speaks of other things.
    """

    credit: float
    signals: tuple[Signal, ...] = ()
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    confidence: float = 1.0
    needs_person: bool = False
    reason: str = ""
    before: float = 0.0
    words: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    margin: float = 1.0
    doubt: float = 0.0
    doubted: bool = False


def idea(topic: str, *says: str, about: str = "", when: When = "now") -> Idea:
    """An idea from its patterns; `about` takes subjects separated by `|`."""
    return Idea(topic, says, _subjects(about), when)


def remark(
    signal: Signal,
    topic: str,
    *says: str,
    note: str = "",
    most: float = 1.0,
    about: str = "",
    unless: tuple[str, ...] = (),
    when: When = "now",
) -> Remark:
    """A remark from its patterns; `about` takes subjects separated by `|`."""
    return Remark(topic, signal, says, note, most, _subjects(about), unless, when)


def all_of(*parts: str | Need) -> Need:
    """Every part is needed."""
    return Need(parts, len(parts))


def any_of(*parts: str | Need) -> Need:
    """One part is enough."""
    return Need(parts, 1)


def at_least(least: int, *parts: str | Need) -> Need:
    """So many of the parts are needed."""
    return Need(parts, least)


def _subjects(names: str) -> tuple[str, ...]:
    return tuple(stem(name) for name in names.split("|") if name)
