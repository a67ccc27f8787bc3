"""Answers that a person has marked, as `labelled.jsonl` beside a rubric holds them: one a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from groundschool.course import strict

CREDITS = (0.0, 0.5, 1.0)


class StatedExample(strict.Stated, frozen=True, omit_defaults=True):
    """A line of the file. `ideas` are the topics that the answer states, where somebody has marked them.

    `kind` and `set` are for measuring: what kind of answer it is, and who wrote it together with which others.
    """

    answer: str
    credit: float
    kind: str = ""
    set: str = ""
    signals: tuple[str, ...] | None = None
    ideas: tuple[str, ...] | None = None
    why: str = ""


@dataclass(frozen=True)
class Example:
    """A marked answer; `ideas` is None where nobody has marked them."""

    answer: str
    credit: float
    ideas: tuple[str, ...] | None = None


def stated(where: str, text: str) -> list[StatedExample]:
    """The marked answers of a file; `where` names it in errors. Raises Misstated."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return [_stated(f"{where}, line {number}", line) for number, line in lines]


def examples(where: str, text: str) -> tuple[Example, ...]:
    """The examples that a file's lines say. Raises Misstated."""
    return tuple(Example(each.answer, each.credit, each.ideas) for each in stated(where, text))


def lines(said: Sequence[StatedExample]) -> str:
    """The text of a file of marked answers."""
    return "".join(msgspec.json.encode(each).decode() + "\n" for each in said)


def _stated(where: str, line: str) -> StatedExample:
    try:
        said = msgspec.json.decode(line.encode(), type=StatedExample)
    except msgspec.DecodeError as error:
        keys = ", ".join(field.encode_name for field in msgspec.structs.fields(StatedExample))
        raise strict.Misstated(f"{where}: {error}. A line is a JSON object; its keys: {keys}.") from None
    if said.credit not in CREDITS:
        raise strict.Misstated(f"{where}: credit {said.credit} was found; 0, 0.5 or 1 was expected.")
    return said
