"""Finds answers in words that stand in more than one place: under several questions of a hand-in, or in several
hand-ins.

That is told in sentences, which name no other candidate since candidates read them, and never changes points.
"""

from __future__ import annotations

import ast
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from groundschool.course import Marking, Notebook
from groundschool.course.code import ANSWER, MAX_PARSED, parsed, without_magics
from groundschool.grading.handin.flags import MAX_LENGTH, shortened, shown

MIN_WORDS = 6  # fewer are alike by chance
Texts = Mapping[str, str]  # by question: a hash of the words of its answer


@dataclass(frozen=True)
class Given:
    """What one hand-in answers in words. `person` tells whose it is, `topic` of what."""

    person: str
    topic: str
    texts: Texts = field(default_factory=dict)


def texts(notebook: NotebookNode, instructor: Notebook) -> Texts:
    """The answers in words of a staged notebook, of six words or more, with case, spaces and punctuation folded."""
    tests = {test.question: test for test in instructor.tests if test.question in instructor.needs.rubrics}
    cells = {Marking.of(cell).grade_id: cell.source for cell in notebook.cells if Marking.of(cell).is_answer}
    found = {
        question: _folded(" ".join(_values(cells[question], set(instructor.answers_of(test)))))
        for question, test in tests.items()
        if question in cells
    }
    return {question: _hash(words) for question, words in found.items() if words.count(" ") >= MIN_WORDS - 1}


def within(given: Texts) -> tuple[str, ...]:
    """A sentence for each text that answers several questions of one hand-in."""
    groups = _grouped((text, question) for question, text in given.items())
    return tuple(
        shortened(f"The same text is the answer to {_listed(questions)}.", MAX_LENGTH)
        for questions in groups.values()
        if len(questions) > 1
    )


def between(given: Sequence[Given]) -> list[str]:
    """For each hand-in a sentence that tells which of its answers other people of the batch give, too; "" where
    none.
    """
    owners: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for each in given:
        for question, text in each.texts.items():
            owners[each.topic, question, text].add(each.person)
    return [_shared(each, owners) for each in given]


def _shared(given: Given, owners: Mapping[tuple[str, str, str], set[str]]) -> str:
    shared = {
        question: text
        for question, text in given.texts.items()
        if len(owners[given.topic, question, text]) > 1  # a person's own earlier hand-in is no other's
    }
    if not shared:
        return ""
    others = set().union(*(owners[given.topic, question, text] for question, text in shared.items())) - {given.person}
    where = "1 other hand-in" if len(others) == 1 else f"{len(others)} other hand-ins"
    # By the mark, those that are alike are found in scores.csv.
    marks = ", ".join(sorted({text[:6] for text in shared.values()})[:8])
    return shortened(
        f"The text of {_listed(list(shared))} stands in {where} of this batch, too (marks of equal texts: {marks}).",
        MAX_LENGTH,
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _listed(questions: Sequence[str]) -> str:
    return ", ".join(shown(question) for question in questions)


def _values(source: str, names: set[str]) -> Iterator[str]:
    """What a cell assigns to the names: the text itself, or the expression where it is put together."""
    if (typed := ANSWER.match(source)) and typed.group(1) in names:
        yield source[typed.end() :]
        return
    tree = parsed(without_magics(source)) if len(source) <= MAX_PARSED else None
    for node in tree.body if tree else ():
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id in names for to in node.targets):
            yield _written(node.value)


def _written(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    try:
        return ast.unparse(value)
    except (RecursionError, MemoryError, ValueError):
        return ""


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
