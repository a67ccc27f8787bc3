"""The sentences that tell what was odd about a submission and what was done about it.

Sentences are ours; names in them are the submission's, made harmless here. What is odd is decided elsewhere.
"""

from __future__ import annotations

from groundschool.safe import clean_terminal

MAX_FLAGS = 40
MAX_LENGTH = 300
MAX_NAME = 60


class Flags:
    """Collects sentences, each once and at most forty; the last one tells how many more there were."""

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        """Keeps a sentence. A name inside it must have gone through `shown`."""
        self._sentences[shortened(sentence, MAX_LENGTH)] = None

    def extend(self, sentences: tuple[str, ...]) -> None:
        """Keeps several."""
        for sentence in sentences:
            self.add(sentence)

    def told(self) -> tuple[str, ...]:
        """The sentences in the order they were added."""
        found = tuple(self._sentences)
        more = len(found) - MAX_FLAGS
        return found if more <= 0 else (*found[:MAX_FLAGS], f"{more:,} more of this kind were left out.")


def shown(name: object) -> str:
    """A name from a submission in quotes: one line, at most 60 characters, no control or direction characters."""
    text = name if isinstance(name, str) else f"<{type(name).__name__}>"
    line = " ".join(clean_terminal(text[:MAX_LENGTH]).split())
    return f'"{shortened(line, MAX_NAME)}"'


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
