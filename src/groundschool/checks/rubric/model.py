"""A rubric as data, written in the hidden part of a test cell, and what reading an answer by it gives.

How patterns are written is told in `patterns.py`; nothing here reads text.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Literal

from groundschool.errors import GroundSchoolError

Signal = Literal["bonus", "strong", "outdated", "misconception"]
SIGNALS: tuple[Signal, ...] = ("bonus", "strong", "outdated", "misconception")


class RubricError(GroundSchoolError):
    """A rubric is not well formed: what was found in it and what was expected."""


@dataclass(frozen=True)
class Need:
    """So many of these: idea names, or further needs."""

    count: int
    of: tuple[str | Need, ...]

    def met(self, found: AbstractSet[str]) -> bool:
        """Whether the ideas found are enough."""
        return sum(part in found if isinstance(part, str) else part.met(found) for part in self.of) >= self.count

    def names(self) -> tuple[str, ...]:
        """The names of all ideas in it, in order, each once."""
        inner = [name for part in self.of for name in ([part] if isinstance(part, str) else part.names())]
        return tuple(dict.fromkeys(inner))

    def missing(self, found: AbstractSet[str]) -> tuple[str, ...]:
        """The ideas that would still help; empty when it is met."""
        if self.met(found):
            return ()
        lacking = [
            name
            for part in self.of
            for name in (((part,) if part not in found else ()) if isinstance(part, str) else part.missing(found))
        ]
        return tuple(dict.fromkeys(lacking))


def all_of(*parts: str | Need) -> Need:
    """Every one of these."""
    return Need(len(parts), parts)


def any_of(*parts: str | Need) -> Need:
    """One of these."""
    return Need(1, parts)


def at_least(count: int, *parts: str | Need) -> Need:
    """`count` of these."""
    return Need(count, parts)


@dataclass(frozen=True)
class Idea:
    """Something an answer may say. `name` is the topic a candidate is told, so it never holds the answer.

    `says`: patterns, separated by `;` or line ends, one of which a clause must state. `bare`: patterns that count only where
    the clause says little else (a noun phrase as an answer). `of`: the subject it must be said of, a name of the rubric's `about`.
    `when`: whether it must be said of now, of the past, or of either. `signal`: recorded when the idea is found.
    """

    name: str
    says: str = ""
    bare: str = ""
    of: str = ""
    when: Literal["now", "past", "any"] = "now"
    signal: Signal | None = None
    note: str = ""


@dataclass(frozen=True)
class Wrong:
    """A false or outdated claim: credit is at most `cap`, `note` says what holds now, with its date.

    It does not count when one of the ideas named in `unless` is found too.
    """

    name: str
    says: str = ""
    bare: str = ""
    of: str = ""
    signal: Signal = "misconception"
    cap: float = 0.5
    note: str = ""
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rubric:
    """How one question's answers are read.

    `about`: the question's own subjects, `name: alternative|alternative; name: ...`. `beside`: things that right answers mention
    too, `foreign`: further things it is a mistake to speak of; both are alternatives joined by `|`. `extras` are ideas that earn
    signals, not credit; `strong_at` of them together are a strong signal. `source` and `checked` (an ISO date) say where the
    facts come from and when they were last compared. Raises RubricError when names do not fit together.
    """

    question: str
    about: str
    ideas: tuple[Idea, ...]
    full: Need
    half: Need
    source: str
    checked: str
    extras: tuple[Idea, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    beside: str = ""
    foreign: str = ""
    strong_at: int = 2

    def __post_init__(self) -> None:
        claims: tuple[Idea | Wrong, ...] = (*self.ideas, *self.extras, *self.wrong)
        names = [claim.name for claim in claims]
        if len(set(names)) < len(names):
            raise RubricError(f"Two claims share a name, of {sorted(names)}; each name is expected once.")
        wanted = {*self.full.names(), *self.half.names(), *(name for claim in self.wrong for name in claim.unless)}
        if unknown := sorted(wanted - set(names)):
            raise RubricError(f"The rubric needs {unknown}, which are none of its ideas {sorted(names)}.")
        try:
            date.fromisoformat(self.checked)
        except ValueError as error:
            raise RubricError(f"`checked` is {self.checked!r}; an ISO date was expected.") from error


@dataclass(frozen=True)
class Reading:
    """What an answer says, by a rubric. `missing` are topics; `notes` what holds now where the answer is dated or false.

    `needs_person`: the credit is a proposal and `reason` says why a person should look.
    """

    credit: float
    signals: tuple[Signal, ...] = ()
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    confidence: float = 1.0
    needs_person: bool = False
    reason: str = ""
