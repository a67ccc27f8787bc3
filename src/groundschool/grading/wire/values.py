"""Values as JSON and binary blobs, and back: how data crosses between two boxes.

Holds the containers and decides by type; single values are `scalars`, numpy and Arrow `arrays`, pandas `frames`. The encoder
runs in the candidate's box and is a convenience. The decoder is the control: it builds the types listed in these modules and
no other, runs nothing, and takes every byte as hostile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeVar

from groundschool.errors import GroundSchoolError
from groundschool.grading.wire import arrow, dataframes, fields, scalars
from groundschool.grading.wire.budget import MAX_BYTES, Budget, Malformed, NotPlain, TooLarge

Json = Any
Held = TypeVar("Held", bound=Collection[Any])
# A thousand keys of one hash cost a millisecond to hold, a million cost hours.
MAX_EQUAL_HASHES = 1_000

__all__ = ["Decoder", "Encoder", "Json", "Malformed", "NotPlain", "TooLarge", "decode", "encode"]


def encode(value: object, cap: int = MAX_BYTES) -> tuple[Json, list[bytes]]:
    """A value as something `json.dumps` takes, and blobs of at most `cap` bytes together.

    A subclass becomes its plain type. Raises NotPlain, which names the type found, or TooLarge.
    """
    encoder = Encoder(cap)
    return encoder.value(value, 0), encoder.blobs


def decode(json: Json, blobs: Sequence[bytes] = (), cap: int = MAX_BYTES) -> Any:
    """The value that `encode` was given. Raises Malformed or TooLarge, nothing else, whatever the bytes are."""
    try:
        return Decoder(blobs, cap).value(json, 0)
    except GroundSchoolError:
        raise
    except Exception as error:  # whatever a library says about bytes that no encoder wrote
        raise Malformed(f"A received value could not be read ({type(error).__name__}).") from None


class Encoder:
    """Collects the blobs of one value and counts what it takes."""

    def __init__(self, cap: int) -> None:
        self.budget = Budget(cap)
        self.blobs: list[bytes] = []

    def value(self, value: Any, depth: int) -> Json:
        """Any plain value. Raises NotPlain or TooLarge."""
        self.budget.spend_node(depth)
        if value is None or value is True or value is False:
            return value
        for ancestor in type(value).__mro__:
            write = WRITERS.get(ancestor)
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

    def __init__(self, blobs: Sequence[bytes], cap: int) -> None:
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
        read = READERS.get(fields.text(body.get("t")))
        if read is None:
            raise Malformed("A received value is of an unknown kind.")
        return read(self, body, depth)

    def blob(self, number: object) -> bytes:
        """The blob of that number. A second use is refused: one blob named a million times would be a million copies."""
        data = self.blobs.pop(fields.whole(number, 0, 1 << 31), None)
        if data is None:
            raise Malformed("A received value names a part that is missing or already used.")
        self.budget.spend_size(len(data))
        return data


def _write_list(encoder: Encoder, value: list[Any], depth: int) -> Json:
    return [encoder.value(item, depth + 1) for item in list.__iter__(value)]


def _write_tuple(encoder: Encoder, value: tuple[Any, ...], depth: int) -> Json:
    return {"t": "tuple", "v": [encoder.value(item, depth + 1) for item in tuple.__iter__(value)]}


def _write_set(encoder: Encoder, value: set[Any], depth: int) -> Json:
    return {"t": "set", "v": [encoder.value(item, depth + 1) for item in set.__iter__(value)]}


def _write_frozenset(encoder: Encoder, value: frozenset[Any], depth: int) -> Json:
    return {"t": "frozenset", "v": [encoder.value(item, depth + 1) for item in frozenset.__iter__(value)]}


def _write_dict(encoder: Encoder, value: dict[Any, Any], depth: int) -> Json:
    pairs = dict.items(value)
    return {"t": "dict", "v": [[encoder.value(key, depth + 1), encoder.value(item, depth + 1)] for key, item in pairs]}


def _read_tuple(decoder: Decoder, body: dict[str, Any], depth: int) -> tuple[Any, ...]:
    return tuple(decoder.value(item, depth + 1) for item in fields.items(body.get("v")))


def _read_set(decoder: Decoder, body: dict[str, Any], depth: int) -> set[Any]:
    found = _read_tuple(decoder, body, depth)
    return _unique(set(_checked(found)), found)


def _read_frozenset(decoder: Decoder, body: dict[str, Any], depth: int) -> frozenset[Any]:
    found = _read_tuple(decoder, body, depth)
    return _unique(frozenset(_checked(found)), found)


def _read_dict(decoder: Decoder, body: dict[str, Any], depth: int) -> dict[Any, Any]:
    pairs = [fields.items(pair, 2) for pair in fields.items(body.get("v"))]
    keys = _checked([decoder.value(key, depth + 1) for key, _ in pairs])
    values = [decoder.value(item, depth + 1) for _, item in pairs]
    return _unique(dict(zip(keys, values, strict=True)), keys)


def _checked(keys: Collection[Hashable]) -> Collection[Hashable]:
    """The keys, when they are hashable and few of them share a hash."""
    if len(keys) - len({hash(key) for key in keys}) > MAX_EQUAL_HASHES:
        raise Malformed("A received dict or set holds too many keys of the same hash.")
    return keys


def _unique(held: Held, keys: Collection[Any]) -> Held:
    if len(held) != len(keys):
        raise Malformed("A received dict or set holds a key twice.")
    return held


WRITERS: dict[type, Callable[[Encoder, Any, int], Json]] = {
    list: _write_list,
    tuple: _write_tuple,
    set: _write_set,
    frozenset: _write_frozenset,
    dict: _write_dict,
    **scalars.WRITERS,
    **arrow.WRITERS,
    **dataframes.WRITERS,
}
READERS: dict[str, Callable[[Decoder, dict[str, Any], int], Any]] = {
    "tuple": _read_tuple,
    "set": _read_set,
    "frozenset": _read_frozenset,
    "dict": _read_dict,
    **scalars.READERS,
    **arrow.READERS,
    **dataframes.READERS,
}
