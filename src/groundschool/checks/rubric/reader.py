"""A reader that learns a question from marked examples: ridge regression over features, in closed form.

It takes the examples of one question only, so that a new question changes no other's readings. The same examples give
the same reader; what is decided is decided on rounded numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundschool.checks.rubric.features import Features

Numbers = npt.NDArray[np.float64]
RIDGE = 0.1
_WORDS, _PIECES, _CONSTANT = 0, 1, 2


@dataclass(frozen=True)
class _Block:
    """One kind of features: where each stands, how rare it is, and what it says for each outcome."""

    place: dict[str, int]
    rarity: Numbers
    says: Numbers  # feature × outcome

    def row(self, features: Sequence[str]) -> tuple[npt.NDArray[np.intp], Numbers]:
        """The places of the features that are known, and their weights; their length is 1/√2."""
        seen = {
            place: times for name, times in Counter(features).items() if (place := self.place.get(name)) is not None
        }
        places = np.fromiter(seen, np.intp, len(seen))
        weights = (1 + np.log(np.fromiter(seen.values(), float, len(seen)))) * self.rarity[places]
        return places, weights / ((float(np.linalg.norm(weights)) or 1.0) * np.sqrt(2))

    def score(self, features: Sequence[str]) -> Any:
        """What the features say together for each outcome."""
        places, weights = self.row(features)
        return weights @ self.says[places]


@dataclass(frozen=True)
class Reader:
    """Reads answers to one question: a number near 1 for each outcome that holds, near 0 for the others."""

    blocks: tuple[_Block, _Block]
    constant: Numbers

    def __call__(self, answer: Features) -> Numbers:
        """How far each outcome holds, rounded to three digits."""
        words, pieces = self.blocks
        score = self.constant + words.score(answer.words) + pieces.score(answer.pieces)
        return np.asarray(np.round(score, 3), dtype=float)

    def table(self) -> pa.Table:
        """The reader as a table, one row a feature."""
        rows = [(kind, block) for kind, block in ((_WORDS, self.blocks[0]), (_PIECES, self.blocks[1]))]
        kinds = np.concatenate([np.full(len(block.place), kind) for kind, block in rows] + [np.array([_CONSTANT])])
        says = np.concatenate([*(block.says for _, block in rows), self.constant[None, :]])
        outcomes = {str(number): says[:, number] for number in range(says.shape[1])}
        names = [name for _, block in rows for name in block.place] + [""]
        rarity = np.concatenate([*(block.rarity for _, block in rows), np.zeros(1)])
        return pa.table({"kind": kinds.astype(np.int8), "name": names, "rarity": rarity, **outcomes})

    @classmethod
    def of_table(cls, table: pa.Table) -> Reader:
        """The reader that `table` made a table of."""
        kinds = table["kind"].to_numpy()
        outcomes = [name for name in table.column_names if name.isdigit()]
        says = np.stack([table[name].to_numpy() for name in outcomes], axis=1)
        names, rarity = table["name"].to_pylist(), table["rarity"].to_numpy()
        blocks = [_of_rows(names, rarity, says, np.flatnonzero(kinds == kind)) for kind in (_WORDS, _PIECES)]
        return cls((blocks[0], blocks[1]), says[kinds == _CONSTANT][0])


def fitted(answers: Sequence[Features], outcomes: Numbers) -> Reader:
    """The reader of some examples and of what holds of each (example × outcome)."""
    blocks = (_empty([answer.words for answer in answers]), _empty([answer.pieces for answer in answers]))
    words = len(blocks[0].place)
    rows = np.zeros((len(answers), words + len(blocks[1].place)))
    _fill(rows[:, :words], blocks[0], [answer.words for answer in answers])
    _fill(rows[:, words:], blocks[1], [answer.pieces for answer in answers])
    centre, prior = rows.mean(0), outcomes.mean(0)
    rows -= centre
    says = rows.T @ np.linalg.solve(rows @ rows.T + RIDGE * np.eye(len(rows)), outcomes - prior)
    parts = (says[:words], says[words:])
    made = [_Block(block.place, block.rarity, part) for block, part in zip(blocks, parts, strict=True)]
    return Reader((made[0], made[1]), prior - centre @ says)


def _empty(texts: Sequence[Sequence[str]]) -> _Block:
    """The features of some texts, with how rare they are."""
    seen = Counter(feature for text in texts for feature in set(text))
    names = sorted(seen)
    rarity = np.log((1 + len(texts)) / (1 + np.array([seen[name] for name in names], float))) + 1
    return _Block({name: number for number, name in enumerate(names)}, rarity, np.zeros((len(names), 0)))


def _dense(block: _Block, texts: Sequence[Sequence[str]]) -> Numbers:
    rows = np.zeros((len(texts), len(block.place)))
    _fill(rows, block, texts)
    return rows


def _fill(rows: Numbers, block: _Block, texts: Sequence[Sequence[str]]) -> None:
    """Writes the weights of each text's features into its row of zeros."""
    for number, text in enumerate(texts):
        places, weights = block.row(text)
        rows[number, places] = weights


def _of_rows(names: Sequence[str], rarity: Numbers, says: Numbers, rows: npt.NDArray[np.intp]) -> _Block:
    return _Block({names[row]: number for number, row in enumerate(rows)}, rarity[rows], says[rows])


def likeness(answer: Features, texts: Sequence[Features]) -> Numbers:
    """How alike an answer is to each of some texts, 0 to 1, rare features counting more."""
    words, pieces = _empty([text.words for text in texts]), _empty([text.pieces for text in texts])
    mine = [_dense(words, [answer.words]), _dense(pieces, [answer.pieces])]
    theirs = [_dense(words, [text.words for text in texts]), _dense(pieces, [text.pieces for text in texts])]
    return np.asarray(theirs[0] @ mine[0][0] + theirs[1] @ mine[1][0])
