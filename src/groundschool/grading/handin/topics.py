"""Tells which topic a notebook or a name belongs to: by what the notebook itself says first, by the name where it says
nothing.

Knows the released notebooks' marks, and how people, browsers and platforms lengthen a file's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from groundschool.course import NotACourse, Topic, node

UNKNOWN = "unknown"
GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([^"\\]{1,200})"')
FORMAT = re.compile(rb'"nbformat"\s*:\s*[1-9]')
# `(1)`, ` - Copy (2)`, `-Copy1`, ` copy 2`, `-2`, `_v3`, `-final`: what a second or a saved copy is called.
COPY = r"(?:[-_ .–]*(?:\(\d{1,3}\)|(?:(?:copy|kopie|copie|copia|final|neu|new|v)\s?\d{0,3}|\d{1,3})(?![^\W_])))*"
COPY_OF = re.compile(r"^(?:copy of|kopie von|copie de|copia de)\s+", re.IGNORECASE)
MARKS = "-_–— ."
SEPARATORS = "-_–— "


@dataclass(frozen=True)
class Topics:
    """A course's topics: the grade ids of each one's released notebook, by name."""

    marks: Mapping[str, frozenset[str]]

    @staticmethod
    def of(topics: Iterable[Topic]) -> Topics:
        """Those of a course; a topic that was not released yet is known by its name only."""
        return Topics({topic.name: _grade_ids(topic) for topic in topics})

    @property
    def names(self) -> tuple[str, ...]:
        """The topics' names."""
        return tuple(self.marks)

    @property
    def only(self) -> str:
        """The topic where there is but one, else "unknown"."""
        return self.names[0] if len(self.names) == 1 else UNKNOWN

    def of_content(self, content: bytes) -> str:
        """The topic most of whose cells the notebook holds, "" where it holds none, or as many of another topic's."""
        found = self._cells_in(content).most_common(2)
        return found[0][0] if found and (len(found) == 1 or found[0][1] > found[1][1]) else ""

    def knows(self, content: bytes) -> bool:
        """Whether the notebook holds a cell of any topic."""
        return bool(self._cells_in(content))

    def _cells_in(self, content: bytes) -> Counter[str]:
        """How many cells of each topic the notebook holds."""
        return Counter(
            name
            for grade_id in set(GRADE_ID.findall(content))
            for name in self._of_mark.get(grade_id.decode("utf-8", "replace"), ())
        )

    def of_name(self, name: str) -> str:
        """The topic that a name is, apart from what marks a copy; "" where it is none."""
        who, topic = self.split(name)
        return "" if who else topic

    def split(self, stem: str) -> tuple[str, str]:
        """Candidate and topic of a name like `ada-sql`, `ada_sql (1)` or `sql - Ada`; "" for what it does not tell."""
        stem = COPY_OF.sub("", stem.strip())
        for topic, (behind, before) in self._patterns.items():
            if found := behind.fullmatch(stem) or before.fullmatch(stem):
                who = found["who"] or ""
                return who.rstrip(SEPARATORS) or who, topic
        return stem, ""

    @cached_property
    def _of_mark(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, marks in self.marks.items():
            for mark in marks:
                found.setdefault(mark, []).append(name)
        return found

    @cached_property
    def _patterns(self) -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
        flags = re.IGNORECASE | re.DOTALL
        return {
            name: (
                re.compile(rf"(?:(?P<who>.+)[{re.escape(MARKS)}]+)?{re.escape(name)}{COPY}", flags),
                re.compile(rf"{re.escape(name)}\s*[-_–—]+\s*(?P<who>.+)", flags),
            )
            for name in sorted(self.marks, key=len, reverse=True)
        }


def is_notebook(content: bytes) -> bool:
    """Whether the content looks like a notebook's, whatever its name."""
    return content.lstrip()[:1] == b"{" and bool(FORMAT.search(content))


def _grade_ids(topic: Topic) -> frozenset[str]:
    try:
        cells = node(topic.released).cells
    except NotACourse:
        return frozenset()
    return frozenset(
        str(cell.metadata["nbgrader"].get("grade_id", "")) for cell in cells if "nbgrader" in cell.metadata
    ) - {""}
