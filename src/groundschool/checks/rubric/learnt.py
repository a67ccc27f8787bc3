"""What is learnt of one question from its marked examples: two readers, one more for each pair of things that it
compares, and which words right answers hold and how.

One reader sees the claims of a text, and tells the credit and the ideas stated; one sees the words as typed, and tells
the credit. What follows from them is `vote.py`'s.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from groundschool.checks.rubric import denials, features, reader, scoring, sides
from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.examples import CREDITS, Example
from groundschool.checks.rubric.features import Features
from groundschool.checks.rubric.model import Reading, Rubric
from groundschool.checks.rubric.reader import Numbers, Reader
from groundschool.checks.rubric.scoring import Said
from groundschool.checks.rubric.sides import Standing

SHARPNESS = 0.15  # of the odds that a reader's scores are turned into
IDEA_SHARPNESS = 0.12
LONG_LIST = 7  # items
DENIED = 0.6  # how far right answers state what a clause denies, from which on the denial is tried undone
BETTER = 0.03  # by how much full credit is then held for likelier, from which on it may be wrong
_CLAIMS, _TYPED, _PAID, _NAMED, _STANDS = "claims", "typed", "paid", "named", "stands"
_SIDES = "sides of "


@dataclass(frozen=True)
class Heard:
    """What the readers make of an answer: for each of CREDITS a share of 1, and how likely each idea is stated.

    `support` is how far the readers' own scores hold each credit, before they are made shares.
    """

    by_claims: Numbers
    by_ideas: Numbers
    as_typed: Numbers
    support: Numbers
    ideas: tuple[float, ...]
    novel: float  # share of the words with a meaning that no example with credit holds
    strange: bool  # whether a product is claimed that no right example claims
    strays: int  # items of a long list that no example with credit names
    sides: tuple[Standing, ...]  # how it stands to the pairs that the question compares
    denies: bool  # whether it seems to deny what right answers state, and would be held for better if it did not


@dataclass(frozen=True)
class Learnt:
    """Reads answers to one question after its examples."""

    claims: Reader
    typed: Reader
    paid: frozenset[str]
    named: frozenset[str]
    sides: Mapping[str, Reader]
    stands: Mapping[str, float]

    def hear(self, said: Said, rubric: Rubric) -> Heard:
        """What the readers make of a text."""
        about = scoring.about(rubric)
        scores = self.claims(_of_claims(said.sentences, about))
        typed = self.typed(features.features(features.typed(said.typed)))
        ideas = 1 / (1 + np.exp((0.5 - scores[len(CREDITS) :]) / IDEA_SHARPNESS))
        by_ideas = _by_ideas(rubric, ideas)
        words = features.content(said.sentences)
        names = {here.word.stem for here in words if scoring.is_product(here, rubric)}
        return Heard(
            by_claims=_shares(scores[: len(CREDITS)]),
            by_ideas=by_ideas,
            as_typed=_shares(typed),
            support=(scores[: len(CREDITS)] + typed + by_ideas) / 3,
            ideas=tuple(float(each) for each in ideas),
            novel=sum(here.word.stem not in self.paid for here in words) / (len(words) or 1),
            strange=not names <= self.named,
            strays=sum(self._strays(line) for line in said.sentences),
            sides=tuple(self._standings(said, rubric)),
            denies=self._denies(said, about, float(scores[len(CREDITS) - 1])),
        )

    def _standings(self, said: Said, rubric: Rubric) -> Iterator[Standing]:
        for pair in rubric.pairs:
            read = self.sides.get(str(pair))
            standing = sides.standing(pair, read, said.sentences) if read else None
            if standing:
                yield standing

    def _denies(self, said: Said, about: frozenset[str], full: float) -> bool:
        if denials.against(self.stands, said.sentences) < DENIED:
            return False
        others = (self.claims(_of_claims(each, about))[len(CREDITS) - 1] for each in denials.undone(said.sentences))
        return any(float(other) - full >= BETTER for other in others)

    def _strays(self, line: Sequence[Claimed]) -> int:
        listed = features.items(line)
        return sum(not self.paid & set(stems) for stems in listed) if len(listed) >= LONG_LIST else 0

    def table(self) -> pa.Table:
        """All of it as one table, to be kept by whoever grades many answers."""
        parts = [(_CLAIMS, self.claims.table()), (_TYPED, self.typed.table())]
        parts += [(_SIDES + pair, read.table()) for pair, read in self.sides.items()]
        parts += [
            (kind, pa.table({"name": sorted(names)})) for kind, names in ((_PAID, self.paid), (_NAMED, self.named))
        ]
        parts.append((_STANDS, pa.table({"name": list(self.stands), "rarity": list(map(float, self.stands.values()))})))
        return pa.concat_tables(
            [table.append_column("part", pa.array([part] * len(table), pa.string())) for part, table in parts],
            promote_options="default",
        )

    @classmethod
    def of_table(cls, table: pa.Table) -> Learnt:
        """What `table` made a table of."""
        parts = table["part"].to_numpy(zero_copy_only=False)
        own = {part: table.take(np.flatnonzero(parts == part)) for part in dict.fromkeys(parts)}
        readers = {
            part: Reader.of_table(_without_empty(rows))
            for part, rows in own.items()
            if part not in (_PAID, _NAMED, _STANDS)
        }
        names = [frozenset(own[part]["name"].to_pylist()) if part in own else frozenset() for part in (_PAID, _NAMED)]
        pairs = {part.removeprefix(_SIDES): read for part, read in readers.items() if part.startswith(_SIDES)}
        stands = dict(zip(*(own[_STANDS][name].to_pylist() for name in ("name", "rarity")), strict=True))
        return cls(readers[_CLAIMS], readers[_TYPED], names[0], names[1], pairs, stands)


def learn(rubric: Rubric, examples: Sequence[Example]) -> Learnt:
    """What is learnt from the examples of a rubric's question. The same examples always teach the same."""
    about = scoring.about(rubric)
    read = [scoring.said(example.answer, rubric) for example in examples]
    credits = np.array([[example.credit == credit for credit in CREDITS] for example in examples], float)
    stated = [_ideas(rubric, example, said) for example, said in zip(examples, read, strict=True)]
    ideas = np.array([[idea.topic in topics for idea in rubric.ideas] for topics in stated], float)
    earning = [said for said, example in zip(read, examples, strict=True) if example.credit]
    right = [said for said, example in zip(read, examples, strict=True) if example.credit == 1]
    true = [said.sentences for said in earning]
    return Learnt(
        claims=reader.fitted(
            [_of_claims(said.sentences, about) for said in read], np.concatenate([credits, ideas], axis=1)
        ),
        typed=reader.fitted([features.features(features.typed(said.typed)) for said in read], credits),
        paid=frozenset(here.word.stem for said in earning for here in features.content(said.sentences)),
        named=frozenset(
            here.word.stem
            for said in right
            for here in features.content(said.sentences)
            if scoring.is_product(here, rubric)
        ),
        sides={str(pair): fit for pair in rubric.pairs if (fit := sides.fitted(pair, true)) is not None},
        stands=denials.standing(true),
    )


def nearest(answer: str, examples: Sequence[Example], many: int = 3) -> tuple[Example, ...]:
    """The examples most like an answer in the words as typed, the likest first."""
    texts = [features.features(features.typed(example.answer)) for example in examples]
    likeness = reader.likeness(features.features(features.typed(answer)), texts)
    return tuple(examples[number] for number in np.argsort(-np.round(likeness, 6), kind="stable")[:many])


def _of_claims(sentences: Sequence[Sequence[Claimed]], about: frozenset[str]) -> Features:
    return features.features(features.claimed(sentences, about), features.of_subjects(sentences, about))


def _ideas(rubric: Rubric, example: Example, said: Said) -> frozenset[str]:
    """The ideas that an example states: as marked, or as far as its patterns and its credit tell."""
    if example.ideas is not None:
        return frozenset(example.ideas)
    if not example.credit:
        return frozenset()
    reading: Reading = scoring.by_patterns(said, rubric)
    found = frozenset(reading.found)
    return found | frozenset(reading.missing) if example.credit == 1 else found


def _shares(scores: Numbers) -> Numbers:
    odds = np.exp((scores - scores.max()) / SHARPNESS)
    return np.asarray(odds / odds.sum())


def _by_ideas(rubric: Rubric, likely: Numbers) -> Numbers:
    """How likely each credit is by what the rubric needs, where each idea is stated as likely as it seems."""
    stated, credit = _combinations(rubric)
    chances = np.prod(np.where(stated, likely, 1 - likely), axis=1)
    return np.array([chances[credit == number].sum() for number in range(len(CREDITS))])


@lru_cache(maxsize=64)
def _combinations(rubric: Rubric) -> tuple[Numbers, Numbers]:
    """Every set of ideas that may be stated, and the credit it earns, by its place in CREDITS."""
    topics = [idea.topic for idea in rubric.ideas]
    sets = list(itertools.product((False, True), repeat=len(topics)))
    named = (frozenset(topic for topic, said in zip(topics, each, strict=True) if said) for each in sets)
    return np.array(sets), np.array([CREDITS.index(scoring.earned(rubric, each)) for each in named])


def _without_empty(table: pa.Table) -> pa.Table:
    return table.select([name for name in table.column_names if table[name].null_count < len(table) and name != "part"])
