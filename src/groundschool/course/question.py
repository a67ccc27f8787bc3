"""A question as its author keeps it: one folder with the prompt, right answers, known mistakes and, for short answers,
the rubric.

What its cells become in the notebook is `groundschool.authoring`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from groundschool.course import strict
from groundschool.course.manifest import RUBRIC

TEXT = "question.md"
FRONT = re.compile(r"---\n(.*?)^---\n+", re.DOTALL | re.MULTILINE)
TITLE = re.compile(r"## (\S.*)\n")


class Front(strict.Stated, frozen=True):
    """What stands above a question's text."""

    level: Literal["easy", "medium", "hard"]
    minutes: int


@dataclass(frozen=True)
class Question:
    """A question of a topic. Whatever reads its text raises Misstated when that is missing or not as it should be."""

    id: str
    folder: Path

    @property
    def path(self) -> Path:
        """The text: front matter, then Markdown with code cells."""
        return self.folder / TEXT

    @property
    def rubric(self) -> Path:
        """The rubric of a short answer; missing for other kinds."""
        return self.folder / RUBRIC

    @cached_property
    def text(self) -> str:
        """The text as it stands in the file."""
        if not self.path.is_file():
            raise strict.Misstated(f"{self.path} is missing; topic.toml names the question {self.id!r}.")
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def front(self) -> Front:
        """The level and the minutes a question takes."""
        return front_and_body(self.path, self.text)[0]


def front_and_body(path: Path, text: str) -> tuple[Front, str]:
    """The front matter of a question's text, and the rest. Raises Misstated."""
    found = FRONT.match(text)
    if not found:
        raise strict.Misstated(f"{path} begins with {text[:20]!r}; `---`, level and minutes, `---` were expected.")
    body = text[found.end() :]
    if not TITLE.match(body):
        raise strict.Misstated(f"{path}: {body[:40]!r} follows the front matter; a title was expected: `## …`.")
    return strict.yaml(str(path), found.group(1), Front), body
