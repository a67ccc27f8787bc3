"""Right answers with one small thing changed: what no check fails shows a hole in the hidden data.

Here is what a mutant is and which of them are tried; how a query or a function is changed is `sql_mutants.py`'s and
`python_mutants.py`'s. A mutant that means the same as its answer stands in the question's `mutants.toml`, with the
reason:

    ["*"]
    "*row_number*→*rank*" = "No two rows of an order share a time."

Its tables are files of answers and its keys changes; `*` stands for anything.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.errors import GroundSchoolError

MOST = 40  # mutants that are tried of one answer
CONTEXT = 3  # words shown around a change
_WORDS = re.compile(r"\w+|[^\w\s]")


class BadList(GroundSchoolError):
    """A list of accepted mutants is not one."""


@dataclass(frozen=True)
class Mutant:
    """An answer with one change: the file it is made of, the change in words, and the answer's whole text."""

    answer: str
    change: str
    text: str


def chosen(answers: Mapping[str, str], most: int = MOST) -> tuple[Mutant, ...]:
    """The mutants of some answers, by file name: none twice, none equal to an answer, at most so many of each.

    The same answers always give the same mutants in the same order.
    """
    known: set[str] = set()
    found: list[Mutant] = []
    for answer, text in answers.items():
        fresh: dict[str, str] = {}
        for before, changed in _changed(answer, text):
            if _plain(changed) not in known | {_plain(before)}:
                known.add(_plain(changed))
                fresh[_counted(described(before, changed), fresh)] = changed
        found += [Mutant(answer, change, changed) for change, changed in _spread(list(fresh.items()), most)]
    return tuple(found)


def text_of(source: str, name: str) -> str:
    """The text that a solution cell gives to a name, last; empty where it gives none."""
    given = [
        node for node in ast.parse(source).body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    ]
    named = [node.value for node in given if any(isinstance(to, ast.Name) and to.id == name for to in node.targets)]
    return str(named[-1].value) if named and isinstance(named[-1], ast.Constant) else ""


@dataclass(frozen=True)
class Accepted:
    """A line of a question's list: changes that mean the same as their answer, and why."""

    answer: str
    change: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether the line speaks of a mutant."""
        return _like(self.answer, mutant.answer) and _like(self.change, mutant.change)


def accepted(path: Path) -> tuple[Accepted, ...]:
    """The lines of a list; none where there is no file. Raises BadList where the file is no such list."""
    if not path.is_file():
        return ()
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Accepted(answer, change, _reason(change, reason))
            for answer, table in listed.items()
            for change, reason in table.items()
        )
    except (tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise BadList(
            f"{path} is no list of mutants ({error}); a table for each answer's file was expected, "
            'with lines like `"change" = "reason"`.'
        ) from None


def _reason(change: str, reason: object) -> str:
    if not isinstance(reason, str) or not reason.strip():
        raise TypeError(f"{change!r} has no reason")
    return reason


def _like(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.lower().split("*"))), text.lower(), re.DOTALL))


def described(before: str, after: str) -> str:
    """A change in words: what differs between two texts, with a few words around it."""
    old, new = list(_WORDS.finditer(before)), list(_WORDS.finditer(after))
    first = _alike(old, new)
    last = min(_alike(old[::-1], new[::-1]), len(old) - first, len(new) - first)
    start, end = max(0, first - CONTEXT), max(0, last - CONTEXT)
    return f"{_cut(before, old[start : len(old) - end])} → {_cut(after, new[start : len(new) - end])}"


def _alike(one: Sequence[re.Match[str]], other: Sequence[re.Match[str]]) -> int:
    """How many words two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a[0] != b[0]), min(len(one), len(other)))


def _cut(text: str, words: Sequence[re.Match[str]]) -> str:
    """The part of a text from the first to the last of its words, in one line."""
    return " ".join(text[words[0].start() : words[-1].end()].split()) if words else ""


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text))


def _counted(change: str, known: Mapping[str, str]) -> str:
    """The change, numbered where the same one was made elsewhere in the answer."""
    same = sum(each == change or each.startswith(f"{change} (") for each in known)
    return f"{change} ({same + 1})" if same else change


def _spread(items: list[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """At most so many of the items, evenly spread over all of them."""
    if len(items) <= most:
        return items
    return [items[place * len(items) // most] for place in range(most)]


def _changed(answer: str, text: str) -> Iterator[tuple[str, str]]:
    """The answer as its language writes it, beside each change of it."""
    if answer.endswith(".sql"):
        from groundschool.authoring import sql_mutants

        yield from sql_mutants.changed(text)
    elif answer.endswith(".py"):
        from groundschool.authoring import python_mutants

        yield from python_mutants.changed(text)
