"""Reads an answer by a rubric: which ideas it claims, what it is worth, which signals it gives, and how sure that is.

The rubric is data (`model.py`); what the text claims is found by `claims.py`. Deterministic, offline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from groundschool.checks.rubric import heap
from groundschool.checks.rubric.claims import Clause, Reader
from groundschool.checks.rubric.matching import Stated, Stating
from groundschool.checks.rubric.model import SIGNALS, Idea, Reading, Rubric, Signal, Wrong
from groundschool.checks.rubric.patterns import parse
from groundschool.checks.rubric.subjects import subjects_of
from groundschool.checks.rubric.text import lines
from groundschool.checks.rubric.vocabulary import vocabulary_of
from groundschool.checks.rubric.words import Word

UNSURE = 0.5  # confidence below which a person looks
LEAST_READABLE = 0.5  # of an answer's letters that are Latin


@dataclass(frozen=True)
class _Prepared:
    rubric: Rubric
    reader: Reader
    stating: Stating


@dataclass(frozen=True)
class _Heard:
    """What all clauses together state: ideas affirmed and denied, and wrong claims."""

    ideas: frozenset[str]
    denied: frozenset[str]
    wrong: tuple[Wrong, ...]
    hedged: bool
    heaped: bool


def score(text: str, rubric: Rubric) -> Reading:
    """The reading of an answer. Raises RubricError when a pattern of the rubric cannot be read."""
    prepared = _prepared(rubric)
    heard = _hear(text, prepared)
    credit = _credit(rubric, heard)
    extras = [idea for idea in (*rubric.ideas, *rubric.extras) if idea.name in heard.ideas]
    claims: list[Idea | Wrong] = [*extras, *heard.wrong]
    confidence, reason = _confidence(text, rubric, heard, credit)
    return Reading(
        credit=credit, signals=_signals(rubric, heard), found=tuple(idea.name for idea in extras),
        missing=rubric.full.missing(heard.ideas) if credit < 1 else (),
        notes=tuple(dict.fromkeys(claim.note for claim in claims if claim.note)),
        confidence=confidence, needs_person=confidence < UNSURE, reason=reason,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _prepared(rubric: Rubric) -> _Prepared:
    claims: tuple[Idea | Wrong, ...] = (*rubric.ideas, *rubric.extras, *rubric.wrong)
    patterns = [pattern for claim in claims for pattern in parse(f"{claim.says}\n{claim.bare}")]
    stated = [made for pattern in patterns for term in pattern.stated for made in term.alternatives]
    absent = [made for pattern in patterns for term in pattern.absent for made in term.alternatives]
    subjects = subjects_of(rubric.about, rubric.beside, rubric.foreign, frozenset(stated))
    vocabulary = vocabulary_of((*stated, *absent, *subjects.own_words()))
    return _Prepared(rubric, Reader(rubric.question, vocabulary, subjects), Stating(rubric.question, subjects.single))


def _hear(text: str, prepared: _Prepared) -> _Heard:
    rubric, stating = prepared.rubric, prepared.stating
    clauses = prepared.reader.clauses(text)
    sound = [
        clause for clause in clauses if not clause.reported and not clause.foreign and not heap.is_heap(_own(clause))
    ]
    cells = [cell for clause in sound for cell in _cells(clause, rubric, stating)]
    everything: list[Idea] = [*rubric.ideas, *rubric.extras]
    stated = {idea.name: _stated(idea, cells, stating) for idea in everything}
    if heap.is_list_of_loose_words(_items(cells), _known(cells, everything, stating)):
        return _Heard(frozenset(), frozenset(), (), hedged=False, heaped=True)
    found = frozenset(name for name, seen in stated.items() if seen.affirmed)
    denied = frozenset(name for name, seen in stated.items() if seen.denied)
    wrong = tuple(
        claim for claim in rubric.wrong if _stated(claim, cells, stating).affirmed and not found & set(claim.unless)
    )
    return _Heard(found, denied, wrong, any(clause.hedged for clause in sound), heaped=len(sound) < len(clauses))


def _own(clause: Clause) -> list[Word]:
    return [word for word in clause.words if not word.heading]


def _stated(claim: Idea | Wrong, cells: list[Clause], stating: Stating) -> Stated:
    seen = [stating.of(claim, clause) for clause in cells]
    return Stated(any(one.affirmed for one in seen), any(one.denied for one in seen))


def _cells(clause: Clause, rubric: Rubric, stating: Stating) -> list[Clause]:
    """A table row whose cells are not told apart, cut where it says most; other clauses as they are."""
    if not clause.columns:
        return [clause]
    if len(clause.columns) != 2:
        return []
    first, second = clause.columns
    cuts = [
        [replace(clause, words=clause.words[:at], subjects=frozenset({first}), columns=()),
         replace(clause, words=clause.words[at:], subjects=frozenset({second}), columns=())]
        for at in range(1, len(clause.words))
    ]  # fmt: skip
    claims: tuple[Idea | Wrong, ...] = (*rubric.ideas, *rubric.extras, *rubric.wrong)
    return max(cuts, key=lambda cut: sum(_stated(claim, cut, stating).affirmed for claim in claims), default=[])


def _items(cells: list[Clause]) -> list[list[Word]]:
    """The parts of all clauses between commas."""
    items: list[list[Word]] = []
    for clause in cells:
        items.append([])
        for word in _own(clause):
            if word.mark and items[-1]:
                items.append([])
            elif not word.mark:
                items[-1].append(word)
    return [item for item in items if item]


def _known(cells: list[Clause], ideas: list[Idea], stating: Stating) -> int:
    """How many of the parts say something by themselves."""
    singles = [Clause(tuple(item), clause.subjects) for clause in cells for item in _items([clause])]
    return sum(any(stating.of(idea, single).affirmed for idea in ideas) for single in singles)


def _credit(rubric: Rubric, heard: _Heard) -> float:
    credit = 1.0 if rubric.full.met(heard.ideas) else 0.5 if rubric.half.met(heard.ideas) else 0.0
    return min((credit, *(claim.cap for claim in heard.wrong), 0.5 if _conflicting(rubric, heard) else 1.0))


def _conflicting(rubric: Rubric, heard: _Heard) -> frozenset[str]:
    """Ideas that the credit rests on and the answer both affirms and denies."""
    return heard.ideas & heard.denied & {idea.name for idea in rubric.ideas}


def _signals(rubric: Rubric, heard: _Heard) -> tuple[Signal, ...]:
    extras = [idea for idea in rubric.extras if idea.name in heard.ideas and idea.signal == "bonus"]
    given: set[Signal | None] = {claim.signal for claim in heard.wrong}
    given |= {idea.signal for idea in (*rubric.ideas, *rubric.extras) if idea.name in heard.ideas}
    if len(extras) >= rubric.strong_at:
        given.add("strong")
    return tuple(signal for signal in SIGNALS if signal in given)


def _confidence(text: str, rubric: Rubric, heard: _Heard, credit: float) -> tuple[float, str]:
    """How sure the credit is, and why a person should look when it is not."""
    letters = [letter for line in lines(text) for letter in line.text if letter.isalpha()]
    if letters and sum(letter < "\u0250" for letter in letters) / len(letters) < LEAST_READABLE:
        return 0.3, "The answer is not in English, so it could not be read."
    if conflict := _conflicting(rubric, heard):
        return 0.4, f"The answer both states and denies: {', '.join(sorted(conflict))}."
    if heard.wrong and credit and any(claim.cap == 0.5 for claim in heard.wrong) and rubric.full.met(heard.ideas):
        return 0.6, ""
    return (0.7 if heard.hedged or heard.heaped else 0.95), ""
