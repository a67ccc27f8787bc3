"""A reading in words for the person who confirms it: what the credit rests on, and the marked answers most like it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundschool.checks.rubric.examples import Example
from groundschool.checks.rubric.model import Reading

LONGEST = 300  # characters of an example that are shown


def for_a_person(answer: str, reading: Reading, near: Sequence[Example]) -> str:
    """The proposal, the answer with the words that it rests on in `«»`, and the nearest marked answers."""
    lines = [f"Proposed: {reading.credit:g}. Found: {', '.join(reading.found) or 'no idea'}."]
    if reading.against:
        lines.append(f"Held against it: {', '.join(reading.against)}.")
    lines.append(f"It rests on: {with_marks(answer, reading.words)}" if reading.words else "It rests on no word.")
    lines += [f"Marked {example.credit:g}: {_short(example.answer)}" for example in near]
    return "\n".join(lines)


def with_marks(answer: str, words: Sequence[str]) -> str:
    """The answer with some of its words, given in their order, in `«»`; one that was read otherwise stays unmarked."""
    shown, place = "", 0
    for word in words:
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE).search(answer, place)
        if found:
            shown += f"{answer[place : found.start()]}«{found[0]}»"
            place = found.end()
    return (shown + answer[place:]).replace("» «", " ")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
