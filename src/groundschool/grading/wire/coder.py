"""Walks one value while it crosses: counts what it takes, keeps its blobs, and asks a table who writes or reads each
type.

Which types there are is not known here: `values` joins the tables of `scalars`, `arrow` and `dataframes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundschool.grading.wire import fields
from groundschool.grading.wire.budget import Budget, Malformed, NotPlain

Json = Any
Writers = Mapping[type, Callable[["Encoder", Any, int], Json]]
Readers = Mapping[str, Callable[["Decoder", dict[str, Any], int], Any]]


class Encoder:
    """Collects the blobs of one value and counts what it takes."""

    def __init__(self, writers: Writers, cap: int) -> None:
        self.writers = writers
        self.budget = Budget(cap)
        self.blobs: list[bytes] = []

    def value(self, value: Any, depth: int) -> Json:
        """Any plain value. Raises NotPlain or TooLarge."""
        self.budget.spend_node(depth)
        if value is None or value is True or value is False:
            return value
        for ancestor in type(value).__mro__:
            write = self.writers.get(ancestor)
            if write:
                return write(self, value, depth)
        kind = type(value).__name__[:60]
        raise NotPlain(f"The value is or holds a {kind}; numbers, text, dates, lists, dicts or tables were expected.")

    def blob(self, data: bytes) -> int:
        """Keeps a blob and returns its number."""
        self.budget.spend_size(len(data))
        self.blobs.append(data)
        return len(self.blobs) - 1


class Decoder:
    """Builds one value from JSON and its blobs, each of which may be used once."""

    def __init__(self, readers: Readers, blobs: Sequence[bytes], cap: int) -> None:
        self.readers = readers
        self.budget = Budget(cap)
        self.blobs = dict(enumerate(blobs))

    def value(self, json: Json, depth: int) -> Any:
        """The value of a piece of JSON. Raises Malformed or TooLarge, or what a library raises for bad bytes."""
        self.budget.spend_node(depth)
        if json is None or isinstance(json, bool | int | float):
            return json
        if isinstance(json, str):
            self.budget.spend_size(len(json))
            return json
        if isinstance(json, list):
            return [self.value(item, depth + 1) for item in json]
        body = fields.record(json)
        read = self.readers.get(fields.text(body.get("t")))
        if read is None:
            raise Malformed("A received value is of an unknown kind.")
        return read(self, body, depth)

    def blob(self, number: object) -> bytes:
        """The blob of that number. A second use is refused: one blob named a million times would be a million
        copies.
        """
        data = self.blobs.pop(fields.whole(number, 0, 1 << 31), None)
        if data is None:
            raise Malformed("A received value names a part that is missing or already used.")
        self.budget.spend_size(len(data))
        return data
