"""Arrow tables and numpy arrays as a description in JSON and one blob of bytes each.

Arrow's own message format is not used: it can hold compressed buffers, views, run-ends, extension types and two columns
over one buffer, each a bomb of a few bytes that passes validation. Here a table is the types of a short list, lengths
and buffer sizes, so none of these can be said; what can be said is counted before it is built and validated in full
before it is used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundschool.grading.wire import fields
from groundschool.grading.wire.budget import Malformed, NotPlain, TooLarge
from groundschool.grading.wire.coder import Decoder, Encoder, Json
from groundschool.grading.wire.scalars import ZONE, read_zone

MAX_NAME = 1_000
MAX_COLUMNS = 10_000
MAX_NESTING = 8
MAX_DIMENSIONS = 16
ALIGNMENT = 8
TOGETHER = 16 << 20  # bytes of columns that are copied at once; of larger tables one by one
OFFSET = re.compile(r"[+-]\d\d:\d\d")
ARRAY_TYPE = re.compile(r"[<>|=]?([biufcSU]\d{1,7}|[mM]8\[(Y|M|W|D|h|m|s|ms|us|ns)\])")
FLAT = {
    str(kind): kind
    for kind in (
        *(pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.float16(), pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.large_binary()),
        *(pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")),
        *(make(unit) for make in (pa.timestamp, pa.duration) for unit in ("s", "ms", "us", "ns")),
    )
}


def write_table(encoder: Encoder, table: Any, depth: int) -> Json:
    """An Arrow table without its metadata. Raises NotPlain for a type outside the list."""
    encoder.budget.spend_cells(table.num_rows * table.num_columns)
    names = [str(name)[:MAX_NAME] for name in table.column_names]
    arrays = [_plain(_whole(column)) for column in table.columns]
    if sum(array.nbytes for array in arrays) <= TOGETHER:
        arrays = _compact(arrays)
    else:
        arrays = [_compact([array])[0] for array in arrays]
    columns = [_written(encoder, array, depth) for array in arrays]
    return {"t": "table", "n": names, "v": columns}


def read_table(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    """The table. Raises Malformed, TooLarge, or an Arrow exception."""
    columns = fields.items(body.get("v"))
    names = [fields.text(name, MAX_NAME) for name in fields.items(body.get("n"), len(columns))]
    if len(columns) > MAX_COLUMNS:
        raise TooLarge(f"A table of {len(columns):,} columns arrived; at most {MAX_COLUMNS:,} were expected.")
    for name in names:
        name.encode()  # Arrow holds UTF-8: a lone surrogate is refused here, not later
    table = pa.Table.from_arrays([read_array(decoder, column, depth) for column in columns], names=names)
    table.validate(full=True)
    return table


def write_array(encoder: Encoder, array: Any, depth: int) -> Json:
    """An Arrow array or chunked array as one blob."""
    return _written(encoder, _compact([_plain(_whole(array))])[0], depth)


def _written(encoder: Encoder, array: Any, depth: int) -> Json:
    encoder.budget.spend_node(depth + 1)
    parts: list[bytes] = []
    described = _describe(array, parts)
    return {"a": described, "b": encoder.blob(b"".join(parts))}


def read_array(decoder: Decoder, field: object, depth: int) -> Any:
    """The Arrow array, validated. Raises Malformed, TooLarge, or an Arrow exception."""
    decoder.budget.spend_node(depth + 1)
    body = fields.record(field)
    source = _Buffers(decoder, decoder.blob(body.get("b")))
    array = source.array(body.get("a"), 0)
    array.validate(full=True)
    return array


def _whole(array: Any) -> Any:
    """One array instead of chunks."""
    if isinstance(array, pa.ChunkedArray):
        if pa.types.is_dictionary(array.type):
            array = array.unify_dictionaries()
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    if isinstance(array, pa.ChunkedArray):
        raise TooLarge("A column of more than 2 GB was to be handed over; a smaller one was expected.")
    return array


def _compact(arrays: list[Any]) -> list[Any]:
    """The arrays, of one length, with buffers that hold their own rows and no others."""
    if not arrays:
        return []
    sink = pa.BufferOutputStream()
    batch = pa.record_batch(arrays, names=[str(place) for place in range(len(arrays))])
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    found: list[Any] = pa.ipc.open_stream(sink.getvalue()).read_next_batch().columns
    return found


def _plain(array: Any) -> Any:
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(array.storage)
    if pa.types.is_null(kind):
        return array.cast(pa.string())
    if pa.types.is_run_end_encoded(kind):
        return _plain(pc.run_end_decode(array))
    if pa.types.is_string_view(kind):
        return array.cast(pa.large_string())
    if pa.types.is_binary_view(kind) or pa.types.is_fixed_size_binary(kind):
        return array.cast(pa.large_binary())
    if pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return array.cast(pa.list_(kind.value_type))
    if pa.types.is_dictionary(kind) and not _is_text(kind.value_type):
        return _plain(array.dictionary_decode())
    return array


def _describe(array: Any, parts: list[bytes]) -> Json:
    kind = array.type
    if pa.types.is_dictionary(kind):
        children = [_describe(array.indices, parts), _describe(array.dictionary, parts)]
        return {"y": ["dictionary", bool(kind.ordered)], "k": children}
    own, children = array.buffers(), []
    if pa.types.is_list(kind):
        own, children = own[:2], [array.values]
    elif pa.types.is_struct(kind):
        own, children = own[:1], [array.field(place) for place in range(kind.num_fields)]
    name = _type_name(kind)  # before the buffers are copied: an unknown type has buffers of unknown meaning
    sizes = [_append(buffer, parts) for buffer in own]
    return {"y": name, "n": len(array), "s": sizes, "k": [_describe(child, parts) for child in children]}


def _append(buffer: Any, parts: list[bytes]) -> int | None:
    if buffer is None:
        return None
    data = buffer.to_pybytes()
    parts.append(data + bytes(-len(data) % ALIGNMENT))
    return len(data)


def _type_name(kind: Any) -> Json:
    if str(kind) in FLAT:
        return [str(kind)]
    if pa.types.is_timestamp(kind) and ZONE.fullmatch(kind.tz.replace(":", "")):
        return ["timestamp", kind.unit, kind.tz]
    if pa.types.is_decimal128(kind):
        return ["decimal", kind.precision, kind.scale]
    if pa.types.is_list(kind):
        return ["list"]
    if pa.types.is_struct(kind) and kind.num_fields:
        return ["struct", [field.name[:MAX_NAME] for field in kind]]
    raise NotPlain(
        f"A column of type {str(kind)[:60]} was to be handed over; numbers, text, dates or lists were expected."
    )


class _Buffers:
    """Takes arrays off a blob, buffer by buffer and in order, so that no two share a byte."""

    def __init__(self, decoder: Decoder, blob: bytes) -> None:
        self.budget = decoder.budget
        self.data = pa.py_buffer(blob)
        self.place = 0

    def array(self, field: object, nesting: int) -> Any:
        """The array that a description tells, not validated yet."""
        body = fields.record(field)
        kind = fields.items(body.get("y"))
        children = fields.items(body.get("k"))
        if nesting > MAX_NESTING or not kind:
            raise Malformed("A received column is nested too deep or has no type.")
        if kind[0] == "dictionary":
            return self.dictionary(kind, children, nesting)
        length = fields.whole(body.get("n"), 0, 1 << 31)
        self.budget.spend_cells(length)
        buffers = [self.buffer(size) for size in fields.items(body.get("s"))]
        held = [self.array(child, nesting + 1) for child in children]
        return pa.Array.from_buffers(_type(kind, [child.type for child in held]), length, buffers, -1, 0, held)

    def buffer(self, size: object) -> Any:
        """The next buffer; None where the sender had none."""
        if size is None:
            return None
        count = fields.whole(size, 0, self.data.size - self.place)
        buffer = self.data.slice(self.place, count)
        self.place = min(self.data.size, self.place + count + (-count % ALIGNMENT))
        return buffer

    def dictionary(self, kind: list[Any], children: list[Any], nesting: int) -> Any:
        """An array of codes into texts. Counts what it would take written out: a few bytes can name a long text
        often.
        """
        if len(children) != 2 or len(kind) != 2:
            raise Malformed("A received column of codes is not made of codes and texts.")
        codes, texts = (self.array(child, nesting + 1) for child in children)
        if not (pa.types.is_integer(codes.type) and _is_text(texts.type)):
            raise Malformed("A received column of codes is not made of whole numbers and texts.")
        codes.validate(full=True)
        texts.validate(full=True)
        array = pa.DictionaryArray.from_arrays(codes, texts, ordered=kind[1] is True, safe=True)
        self.budget.spend_size(pc.sum(pc.binary_length(texts).take(codes)).as_py() or 0)
        return array


def _type(kind: list[Any], held: list[Any]) -> Any:
    name, rest = fields.text(kind[0]), kind[1:]
    if name in FLAT and not rest and not held:
        return FLAT[name]
    make = COMPOSED.get(name)
    if make is None:
        raise Malformed("A received column is of an unknown type.")
    return make(rest, held)


def _timestamp(rest: list[Any], held: list[Any]) -> Any:
    unit, zone = (fields.text(part) for part in fields.items(rest, 2))
    if not OFFSET.fullmatch(zone):
        read_zone(zone)
    return pa.timestamp(unit, zone)


def _decimal(rest: list[Any], held: list[Any]) -> Any:
    precision, scale = fields.items(rest, 2)
    return pa.decimal128(fields.whole(precision, 1, 38), fields.whole(scale, -38, 38))


def _list(rest: list[Any], held: list[Any]) -> Any:
    (child,) = held
    return pa.list_(child)


def _struct(rest: list[Any], held: list[Any]) -> Any:
    names = [fields.text(name, MAX_NAME) for name in fields.items(rest[0], len(held))]
    if not names:
        raise Malformed("A received column has rows but nothing in them.")
    return pa.struct([pa.field(name, child) for name, child in zip(names, held, strict=True)])


COMPOSED: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "timestamp": _timestamp,
    "decimal": _decimal,
    "list": _list,
    "struct": _struct,
}


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def write_numpy(encoder: Encoder, array: np.ndarray[Any, Any], depth: int) -> Json:
    """A numpy array of any shape; one of Python objects item by item. Raises NotPlain for a type of fields or masks."""
    plain = np.asarray(array)
    encoder.budget.spend_cells(plain.size)
    if plain.dtype == object:
        return {"t": "objects", "s": list(plain.shape), "v": [encoder.value(item, depth + 1) for item in plain.ravel()]}
    kind = plain.dtype.str
    if isinstance(array, np.ma.MaskedArray) or not ARRAY_TYPE.fullmatch(kind) or plain.dtype.fields:
        raise NotPlain(
            f"A numpy array of type {str(array.dtype)[:60]} was to be handed over; plain numbers were expected."
        )
    return {"t": "array", "d": kind, "s": list(plain.shape), "b": encoder.blob(plain.tobytes())}


def read_numpy(decoder: Decoder, body: dict[str, Any], depth: int) -> np.ndarray[Any, Any]:
    """The array, on memory of its own."""
    kind = fields.text(body.get("d"))
    if not ARRAY_TYPE.fullmatch(kind):
        raise Malformed("A received array is of an unknown type.")
    shape, dtype, blob = _shape(decoder, body), np.dtype(kind), decoder.blob(body.get("b"))
    if dtype.itemsize * math.prod(shape) != len(blob) or dtype.itemsize == 0:
        raise Malformed("A received array is not as large as its shape says.")
    array = np.frombuffer(blob, dtype).reshape(shape).copy()
    if dtype.kind == "b" and array.view("u1").max(initial=0) > 1:
        raise Malformed("A received array of truth values holds other bytes.")
    if dtype.kind == "U":
        array.tolist()  # raises for code points that no text can hold
    return array


def read_objects(decoder: Decoder, body: dict[str, Any], depth: int) -> np.ndarray[Any, Any]:
    """An array of Python values."""
    shape, found = _shape(decoder, body), fields.items(body.get("v"))
    array = np.empty(len(found), dtype=object)
    for place, item in enumerate(found):
        array[place] = decoder.value(item, depth + 1)
    return array.reshape(shape)


def _shape(decoder: Decoder, body: dict[str, Any]) -> tuple[int, ...]:
    shape = fields.items(body.get("s"))
    if len(shape) > MAX_DIMENSIONS:
        raise Malformed("A received array has too many dimensions.")
    sizes = tuple(fields.whole(size, 0, decoder.budget.cells) for size in shape)
    decoder.budget.spend_cells(math.prod(sizes))
    return sizes


WRITERS: dict[type, Callable[[Any, Any, int], Any]] = {pa.Table: write_table, np.ndarray: write_numpy}
READERS: dict[str, Callable[[Any, dict[str, Any], int], Any]] = {
    "table": read_table,
    "array": read_numpy,
    "objects": read_objects,
}
