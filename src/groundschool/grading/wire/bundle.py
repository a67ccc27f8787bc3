"""The blobs of one message: values are put in one after another, and taken out in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from groundschool.grading.wire.budget import Malformed
from groundschool.grading.wire.values import decode, encode


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that crosses: its description, and how many of the message's blobs are its own."""

    json: Any
    blobs: int = 0


class Bundle:
    """Fills or empties the blobs of a message. What is in which place is said by the message's own fields."""

    def __init__(self, blobs: Sequence[bytes] = ()) -> None:
        self.blobs = list(blobs)
        self._taken = 0

    def put(self, value: object) -> Value:
        """Encodes a value. Raises NotPlain or TooLarge."""
        return self.put_encoded(*encode(value))

    def put_encoded(self, json: Any, blobs: Sequence[bytes]) -> Value:
        """A value that `encode` made before."""
        self.blobs += blobs
        return Value(json, len(blobs))

    def put_bytes(self, content: bytes) -> None:
        """Bytes as they are, of which the message's fields tell only that they are there."""
        self.blobs.append(content)

    def take(self, value: Value) -> Any:
        """Decodes the next value. Raises Malformed or TooLarge."""
        return decode(value.json, self._next(value.blobs))

    def take_encoded(self, value: Value) -> tuple[Any, list[bytes]]:
        """The next value as it came, for whoever keeps it."""
        return value.json, self._next(value.blobs)

    def take_bytes(self) -> bytes:
        """The next blob as it is. Raises Malformed when there is none."""
        return self._next(1)[0]

    def _next(self, count: int) -> list[bytes]:
        start, end = self._taken, self._taken + count
        if count < 0 or end > len(self.blobs):
            raise Malformed(f"A message of {len(self.blobs)} parts arrived; part {end} was expected in it.")
        self._taken = end
        return self.blobs[start:end]
