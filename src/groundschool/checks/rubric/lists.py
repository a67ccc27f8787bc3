"""The word lists of `lists/`, read once: words, `word: other forms`, and `[kind]` with phrases between bars. `#` begins
a remark."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lists"


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a list, in its order."""
    return tuple(word for line in _lines(name) for word in line.split())


@cache
def forms(name: str) -> Mapping[str, tuple[str, ...]]:
    """The other forms of each word of a list."""
    return dict(pairs(name))


@cache
def pairs(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each line's word with the words it is also written as; a word may have several lines."""
    lines = (line.partition(":") for line in _lines(name))
    return tuple((word, tuple(others.split())) for word, _, others in lines)


@cache
def phrases(name: str) -> Mapping[str, tuple[str, ...]]:
    """The phrases of each kind."""
    kinds: dict[str, list[str]] = {}
    kind = ""
    for line in _lines(name):
        if line.startswith("["):
            kind = line.strip("[]")
        else:
            kinds.setdefault(kind, []).append(line.strip(" |"))
    return {kind: tuple(phrase.strip() for phrase in " | ".join(lines).split("|")) for kind, lines in kinds.items()}


def _lines(name: str) -> list[str]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
