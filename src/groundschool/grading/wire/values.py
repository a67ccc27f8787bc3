"""Values as JSON and binary blobs, and back: how data crosses between two boxes.

Holds the containers and the tables of types; single values are `scalars`, numpy and Arrow `arrow`, pandas `dataframes`.
The encoder runs in the candidate's box and is a convenience. The decoder is the control: it builds the types listed in
these modules and no other, runs nothing, and takes every byte as hostile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from groundschool.errors import GroundSchoolError
from groundschool.grading.wire import arrow, fields, scalars
from groundschool.grading.wire.budget import MAX_BYTES, Malformed, NotPlain, TooLarge
from groundschool.grading.wire.coder import Decoder, Encoder, Json

Held = TypeVar("Held", bound=Collection[Any])
# A thousand keys of one hash cost a millisecond to hold, a million cost hours.
MAX_EQUAL_HASHES = 1_000
OF_PANDAS = ("frame", "series", "levels", "numbered", "index", "stamp", "delta", "missing")
MAX_RANGE = 1_000_000  # what is made a list of it stays small

__all__ = ["Decoder", "Encoder", "Json", "Malformed", "NotPlain", "TooLarge", "decode", "encode"]


def encode(value: object, cap: int = MAX_BYTES) -> tuple[Json, list[bytes]]:
    """A value as something `json.dumps` takes, and blobs of at most `cap` bytes together.

    A subclass becomes its plain type. Raises NotPlain, which names the type found, or TooLarge.
    """
    encoder = Encoder(_writers(), cap)
    return encoder.value(value, 0), encoder.blobs


def decode(json: Json, blobs: Sequence[bytes] = (), cap: int = MAX_BYTES) -> Any:
    """The value that `encode` was given. Raises Malformed or TooLarge, nothing else, whatever the bytes are."""
    try:
        return Decoder(READERS, blobs, cap).value(json, 0)
    except GroundSchoolError:
        raise
    except Exception as error:  # whatever a library says about bytes that no encoder wrote
        raise Malformed(f"A received value could not be read ({type(error).__name__}).") from None


def _writers() -> Mapping[type, Callable[[Encoder, Any, int], Json]]:
    """The writers, those of pandas where this process has it: it takes longer to import than most runs to grade."""
    return _with_pandas() if "pandas" in sys.modules else WRITERS


@cache
def _with_pandas() -> Mapping[type, Callable[[Encoder, Any, int], Json]]:
    from groundschool.grading.wire import dataframes

    return WRITERS | dataframes.WRITERS


def _read_of_pandas(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    from groundschool.grading.wire import dataframes

    return dataframes.READERS[body["t"]](decoder, body, depth)


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


def _write_range(encoder: Encoder, value: range, depth: int) -> Json:
    return {"t": "range", "v": [encoder.value(each, depth + 1) for each in (value.start, value.stop, value.step)]}


def _read_range(decoder: Decoder, body: dict[str, Any], depth: int) -> range:
    given = [fields.whole(each, -MAX_RANGE, MAX_RANGE) for each in fields.items(body.get("v"), 3)]
    return range(*given)


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
    range: _write_range,
    **scalars.WRITERS,
    **arrow.WRITERS,
}
READERS: dict[str, Callable[[Decoder, dict[str, Any], int], Any]] = {
    "tuple": _read_tuple,
    "set": _read_set,
    "frozenset": _read_frozenset,
    "dict": _read_dict,
    "range": _read_range,
    **scalars.READERS,
    **arrow.READERS,
    **dict.fromkeys(OF_PANDAS, _read_of_pandas),
}
