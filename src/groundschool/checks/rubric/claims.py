"""Cuts an answer into clauses: one statement each, of some subject, of now or of the past, in somebody's own name.

Questions, repeated questions and quotations are left out. What a clause's words deny is `polarity.py`'s, what rubrics make of
clauses `score.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from groundschool.checks.rubric import lexicon, polarity, tense
from groundschool.checks.rubric.cutting import cut
from groundschool.checks.rubric.subjects import FOREIGN, Subjects, of_clause, without_comparisons
from groundschool.checks.rubric.text import Line, lines
from groundschool.checks.rubric.vocabulary import Vocabulary
from groundschool.checks.rubric.words import Word, read, word_of

SAME_QUESTION = 88  # percent of likeness from which a sentence counts as the question repeated
SHORTEST_QUOTE = 4  # words
_QUOTED = re.compile(r'"([^"\n]{12,400})"')
_CODE = re.compile(r"s3://|[=;{}]|\b(?:copy|select|alter|create|msck)\b")
_YES = frozenset({"yes", "yep", "yeah", "yup", "y"})
_NO = frozenset({"no", "nope", "nah"})


@dataclass(frozen=True)
class Clause:
    """One statement. `subjects` is empty when none is named; `columns` are the subjects of a table row not cut into cells."""

    words: tuple[Word, ...]
    subjects: frozenset[str] = frozenset()
    past: bool = False
    reported: bool = False
    hedged: bool = False
    columns: tuple[str, ...] = ()

    @property
    def foreign(self) -> bool:
        """Whether it speaks of none of the question's subjects but of another thing."""
        return self.subjects == {FOREIGN}


@dataclass
class _State:
    """What lines carry on from those above them."""

    heading: tuple[Word, ...] = ()
    columns: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    heading_subjects: frozenset[str] = frozenset()


class Reader:
    """Reads answers to one question."""

    def __init__(self, question: str, vocabulary: Vocabulary, subjects: Subjects) -> None:
        self._question = " ".join(line.text for line in lines(question))
        self._vocabulary, self._subjects = vocabulary, subjects

    def clauses(self, text: str) -> tuple[Clause, ...]:
        """The clauses of an answer, in order."""
        state, made = _State(), list[Clause]()
        for line in lines(text):
            for clause in self._line(line, state):
                if made and polarity.is_verdict_on_the_last(clause.words):
                    made[-1] = _overturned(made[-1], clause)
                else:
                    made.append(clause)
        return tuple(made)

    # -- lines

    def _line(self, line: Line, state: _State) -> Iterator[Clause]:
        pieces = self._table_on_a_line(line)
        if len(pieces) > 1:
            for piece in pieces:
                yield from self._line(piece, state)
            return
        words = read(self._unquoted(line.text), self._vocabulary)
        if columns := self._header(words):
            state.columns, state.heading = columns, ()
            return
        if state.columns and not self._subjects.mentions(words):
            yield from self._row(line, words, state)
            return
        state.columns = ()
        yield from self._sentences(words, line, state)

    def _sentences(self, words: Sequence[Word], line: Line, state: _State) -> Iterator[Clause]:
        if not line.bullet and any(word.verbal for word in words):
            state.heading, state.heading_subjects = (), frozenset()
        if not self._subjects.single and not line.bullet:
            state.subjects = frozenset()
        for sentence in _sentences(words):
            if self._asks(sentence):
                continue
            for part in cut(_particle(self._answer_part(sentence)), self._subjects):
                yield self._clause(part, state)
        self._remember_heading(words, line, state)

    def _remember_heading(self, words: Sequence[Word], line: Line, state: _State) -> None:
        mentions = self._subjects.mentions(words)
        alone = len(mentions) == 1 and mentions[0].end - mentions[0].start >= sum(not word.mark for word in words)
        if line.text.endswith((":", "-")) or alone and not line.bullet:
            state.heading = tuple(replace(word, heading=True) for word in polarity.read(words) if not word.mark)
            state.heading_subjects = frozenset(mention.name for mention in mentions)

    def _clause(self, words: list[Word], state: _State) -> Clause:
        spoken = without_comparisons(words, self._subjects)
        carried = state.heading_subjects or state.subjects
        named = of_clause(spoken, self._subjects, carried)
        if not self._subjects.single or named:
            state.subjects = named or state.subjects
        read_words = polarity.read(spoken)
        denied = any(word.denied and word.heading for word in state.heading)
        if denied:
            read_words = tuple(replace(word, denied=not word.denied) for word in read_words)
        return Clause(
            (*state.heading, *read_words), named, tense.past(spoken),
            reported=any(word.cue == "report" for word in spoken), hedged=any(word.cue == "hedge" for word in spoken),
        )  # fmt: skip

    # -- tables

    def _table_on_a_line(self, line: Line) -> list[Line]:
        """The rows of a table written on one line with slashes or semicolons between; the line itself otherwise."""
        parts = [part.strip() for part in re.split(r" [/;] ", line.text)]
        if len(parts) < 3 or not self._header(read(parts[0], self._vocabulary)):
            return [line]
        return [Line(part, (part,)) for part in parts if part]

    def _header(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The subjects of a line that names two or more of them and says nothing else."""
        mentions = self._subjects.mentions(words)
        covered = {place for mention in mentions for place in range(mention.start, mention.end)}
        rest = [word for place, word in enumerate(words) if place not in covered and not word.mark]
        names = tuple(mention.name for mention in mentions)
        if len(set(names)) < 2 or FOREIGN in names or len(set(names)) < len(names):
            return ()
        return names if all(word.text in ("vs", "vs.", "versus", "and", "or", "the") for word in rest) else ()

    def _row(self, line: Line, words: Sequence[Word], state: _State) -> Iterator[Clause]:
        """A table row: one clause a cell where cells are told apart, else one clause for all columns."""
        cells = list(line.cells) if len(line.cells) > 1 else re.split(r"\s+(?:vs\.?|versus|/)\s+|;", line.text)
        label = read(cells[0], self._vocabulary) if len(cells) == len(state.columns) + 1 else ()
        cells = cells[len(cells) - len(state.columns) :] if label else cells
        if len(cells) != len(state.columns):
            yield Clause(polarity.read(words), frozenset(), tense.past(words), columns=state.columns)
            return
        for name, cell in zip(state.columns, cells, strict=True):
            said = read(cell, self._vocabulary)
            context = tuple(replace(word, heading=True) for word in label)
            yield Clause(
                (*context, *polarity.read(_particle(list(said), always=True))), frozenset({name}), tense.past(said)
            )

    # -- what is not said in the candidate's own name

    def _unquoted(self, text: str) -> str:
        """The text without passages in quotation marks, which are somebody else's words; code stays."""
        rest = _QUOTED.sub(
            lambda match: match[0] if len(match[1].split()) < SHORTEST_QUOTE or _CODE.search(match[1]) else " ", text
        )
        return rest if re.search(r"\w", rest) else text

    def _asks(self, words: Sequence[Word]) -> bool:
        """Whether the sentence is a question, or the question of this rubric repeated."""
        plain = [word.text for word in words if not word.mark]
        if not plain:
            return True
        said = " ".join(plain)
        inverted = plain[0] in lexicon.QUESTION_WORDS and (
            plain[0] in lexicon.AUXILIARIES or plain[1:2] and plain[1] in lexicon.AUXILIARIES
        )
        if words[-1].text == "?" and (inverted or len(plain) > 6 or plain[0] in lexicon.QUESTION_WORDS):
            return True
        return fuzz.ratio(said, self._question.rstrip("?. ")) >= SAME_QUESTION

    def _answer_part(self, words: list[Word]) -> list[Word]:
        """What stands behind the question when a sentence repeats it before a colon."""
        for place, word in enumerate(words):
            if word.text in (":", "-") and place > 2 and self._asks(words[:place]):
                return words[place + 1 :]
        return words


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        sentence.append(word)
        if word.mark and word.text[0] in ".!?;":
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _particle(words: list[Word], always: bool = False) -> list[Word]:
    """The words with a leading yes or no, used as an answer, written as `<yes>` or `<no>`."""
    if not words or words[0].text not in _YES | _NO:
        return words
    following = words[1] if len(words) > 1 else None
    stands_alone = (
        following is None or following.mark or following.text in lexicon.SUBJECT_PRONOUNS | lexicon.AUXILIARIES
    )
    if words[0].text in _YES or stands_alone and not always or any(word.verbal for word in words[1:4]):
        return [word_of("<yes>" if words[0].text in _YES else "<no>"), *words[1:]]
    return words


def _overturned(clause: Clause, verdict: Clause) -> Clause:
    """The clause as denied by the next one, or moved to the past when that says `no longer`."""
    if any("longer" in word.text or word.text == "anymore" for word in verdict.words):
        return replace(clause, past=True)
    return replace(clause, words=tuple(replace(word, denied=not word.denied) for word in clause.words))
