"""Brings two columns to one form, so that equal values are equal bits whatever engine wrote them.

A column has a family (integer, text, timestamp ...); columns of one family are comparable. Exact values become an Arrow
array of one type on both sides, floats become float64 arrays compared with a tolerance, nested values become text with
their floats taken out. Which rows belong together is `matching.py`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MAX_NESTED_FLOATS = 64
INTEGER_TEXT = r"^-?(0|[1-9][0-9]*)$"
TIME_TEXT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?$"
)
WHOLE, NUMBERS = {"integer", "whole number"}, {"whole number", "decimal number", "floating-point number"}
_DECIMALS = Context(prec=80)

# What Arrow and Python raise for a value they cannot hold: broken text, a time beyond the calendar, an unknown zone.
UNREADABLE = (pa.ArrowException, ValueError, OverflowError, KeyError)


@dataclass(frozen=True)
class Family:
    """What a type is, without its width or encoding. `parts` are the named members of a list, map or struct."""

    name: str
    parts: tuple[tuple[str, Family], ...] = ()

    def agrees(self, other: Family) -> bool:
        """Whether values of both can be compared; a column of NULLs only agrees with any."""
        if "nothing" in (self.name, other.name):
            return True
        pair = {self.name, other.name}
        if len(pair) > 1 and not (pair <= WHOLE or pair <= NUMBERS):
            return False
        mine, others = self.parts, other.parts
        return [name for name, _ in mine] == [name for name, _ in others] and all(
            part.agrees(against) for (_, part), (_, against) in zip(mine, others, strict=True)
        )

    def holds(self, name: str) -> bool:
        """Whether the family or a member is called `name`."""
        return self.name == name or any(part.holds(name) for _, part in self.parts)


@dataclass(frozen=True)
class Pair:
    """One column of both tables in one form: `exact` arrays of one type, and float64 arrays to be compared with a
    tolerance.
    """

    name: str
    exact: tuple[Any, Any] | None = None
    close: tuple[tuple[Any, Any], ...] = ()


class Incomparable(ValueError):
    """The two columns cannot be brought to one form; the text is a reason that holds no value."""


_LEAVES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("nothing", pa.types.is_null),
    ("boolean", pa.types.is_boolean),
    ("integer", pa.types.is_integer),
    ("floating-point number", pa.types.is_floating),
    ("date", pa.types.is_date),
    ("timestamp", pa.types.is_timestamp),
    ("text", lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)),
    (
        "bytes",
        lambda kind: (
            pa.types.is_binary(kind)
            or pa.types.is_large_binary(kind)
            or pa.types.is_binary_view(kind)
            or pa.types.is_fixed_size_binary(kind)
        ),
    ),
)
_LISTS = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
)


def unwrapped(kind: Any) -> Any:
    """The type of the values: without dictionary, run-end or extension wrapping, and text and bytes in their usual
    width.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return unwrapped(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return unwrapped(kind.value_type)
    if family(kind).name == "text":
        return pa.large_string()
    return pa.large_binary() if family(kind).name == "bytes" else kind


def family(kind: Any) -> Family:
    """The family of an Arrow type."""
    if isinstance(kind, pa.BaseExtensionType):
        return family(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return family(kind.value_type)
    for name, holds in _LEAVES:
        if holds(kind):
            return Family(name)
    if pa.types.is_decimal(kind):
        return Family("whole number" if kind.scale <= 0 else "decimal number")
    return _nested(kind)


def _nested(kind: Any) -> Family:
    if any(holds(kind) for holds in _LISTS):
        return Family("list", (("item", family(kind.value_type)),))
    if pa.types.is_map(kind):
        return Family("map", (("key", family(kind.key_type)), ("value", family(kind.item_type))))
    if pa.types.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        return Family("struct", tuple(sorted((field.name.lower(), family(field.type)) for field in fields)))
    return Family(str(kind))


def plain(column: Any) -> Any:
    """A column as one array of its unwrapped type."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # Arrow keeps text beyond 2 GB in chunks.
        array = pa.concat_arrays(array.chunks)
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    target = unwrapped(array.type)
    return array if array.type.equals(target) else array.cast(target)


def pair(name: str, got: Any, want: Any, accept_text: bool) -> Pair:
    """Both columns in one form. Raises Incomparable when their families differ or a value does not fit."""
    got, want = plain(got), plain(want)
    if accept_text and family(got.type).name != family(want.type).name:
        got, want = from_text(got, want.type), from_text(want, got.type)
    got, want = _without_gaps(got, want)
    left, right = family(got.type), family(want.type)
    if not left.agrees(right):
        other = f"another {left.name}" if left.name == right.name else left.name
        raise Incomparable(f"{other}, {right.name} expected")
    try:
        return _paired(name, got, want)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise Incomparable(f"{left.name} beyond the range of the {right.name} expected") from error


def _paired(name: str, got: Any, want: Any) -> Pair:
    if pa.types.is_null(got.type):
        got = pa.nulls(len(got), want.type)
    if pa.types.is_null(want.type):
        want = pa.nulls(len(want), got.type)
    names = {family(got.type).name, family(want.type).name}
    if "floating-point number" in names:
        return Pair(name, close=((got.cast(pa.float64()), want.cast(pa.float64())),))
    if names <= WHOLE | NUMBERS:
        return Pair(name, exact=_first_fitting(got, want, *_number_types(got.type, want.type)))
    if names == {"timestamp"}:
        return Pair(name, exact=_instants(got, want))
    if names == {"date"}:
        return Pair(name, exact=_first_fitting(got, want, pa.date32()))
    if names <= {"text", "bytes", "boolean"}:
        return Pair(name, exact=(got, want))
    return _flattened(name, got, want)


def _number_types(got: Any, want: Any) -> tuple[Any, ...]:
    scale = max(getattr(got, "scale", 0), getattr(want, "scale", 0), 0)
    return (pa.decimal128(38, scale), pa.decimal256(76, scale)) if scale else (pa.int64(), pa.decimal256(76, 0))


def _first_fitting(got: Any, want: Any, *targets: Any) -> tuple[Any, Any]:
    for target in targets[:-1]:
        try:
            return got.cast(target), want.cast(target)
        except pa.ArrowInvalid:
            continue
    return got.cast(targets[-1]), want.cast(targets[-1])


def _instants(got: Any, want: Any) -> tuple[Any, Any]:
    """Instants in UTC: whole microseconds, or nanoseconds where one side has any."""
    try:
        first, second = (side.cast(pa.timestamp("us", side.type.tz)).cast(pa.int64()) for side in (got, want))
        return first, second
    except pa.ArrowInvalid:
        return _nanoseconds(got), _nanoseconds(want)


def _nanoseconds(instants: Any) -> Any:
    # int64 nanoseconds end in the year 2262, and a table may hold 9999-12-31: so as a decimal.
    factor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[instants.type.unit]
    count = instants.cast(pa.int64()).cast(pa.decimal128(19, 0))
    return pc.multiply(count, pa.scalar(Decimal(factor), pa.decimal128(10, 0)))


def _without_gaps(got: Any, want: Any) -> tuple[Any, Any]:
    """pandas writes a whole-number column with missing values as floats: beside integers it is read as integers."""
    sides = [got, want]
    for here, there in ((0, 1), (1, 0)):
        gaps = pa.types.is_floating(sides[here].type) and sides[here].null_count
        if gaps and pa.types.is_integer(sides[there].type):
            try:
                sides[here] = sides[here].cast(pa.int64())
            except pa.ArrowInvalid:
                continue
    return sides[0], sides[1]


def from_text(column: Any, target: Any) -> Any:
    """A text column as integers or timestamps, when `target` is one; any other as it is. Raises Incomparable."""
    if family(column.type).name != "text" or family(target).name not in ("integer", "whole number", "timestamp"):
        return column
    whole = family(target).name != "timestamp"
    readable = pc.match_substring_regex(column, INTEGER_TEXT if whole else TIME_TEXT)
    # No count: an answer over hidden data could tell a number by it.
    if (pc.sum(readable).as_py() or 0) < len(column) - column.null_count:
        raise Incomparable(f"text that cannot be read as {family(target).name} in some rows")
    try:
        return column.cast(pa.decimal128(38, 0)) if whole else _times(column)
    except (pa.ArrowInvalid, ValueError) as error:
        raise Incomparable(f"text that cannot be read as {family(target).name}") from error


def _times(column: Any) -> Any:
    try:
        return column.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:  # A zone, which Arrow reads only where every value has one.
        texts = column.dictionary_encode()
        return pa.array([_time(text) for text in texts.dictionary.to_pylist()], pa.timestamp("us")).take(texts.indices)


def _time(text: str) -> datetime:
    spaceless = re.sub(r" (?=Z|[+-]\d\d:?\d\d$)", "", text)
    value = datetime.fromisoformat(spaceless)
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def _flattened(name: str, got: Any, want: Any) -> Pair:
    """Nested columns as text, their floats as columns of their own: rows of equal text have equally many floats."""
    got, want = _widened(got, want)
    near = any(family(side.type).holds("floating-point number") for side in (got, want))
    texts: list[Any] = []
    floats: list[list[list[float]]] = []
    for side in (got, want):
        taken: list[list[float]] = [[] for _ in range(len(side))]
        values = zip(side.to_pylist(), taken, strict=True)
        texts.append(pa.array([flat(value, into if near else None) for value, into in values], pa.large_string()))
        floats.append(taken)
    width = max((len(row) for side in floats for row in side), default=0)
    if width > MAX_NESTED_FLOATS:
        raise Incomparable(f"nested values of too many floating-point numbers, at most {MAX_NESTED_FLOATS} expected")
    columns = tuple((_padded(floats[0], place), _padded(floats[1], place)) for place in range(width))
    return Pair(name, (texts[0], texts[1]), columns)


def _widened(got: Any, want: Any) -> tuple[Any, Any]:
    """Nested columns with their members in the widths of the other side, where they fit."""
    try:
        return got.cast(_named_alike(got.type, want.type)), want
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        pass
    try:
        return got, want.cast(_named_alike(want.type, got.type))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return got, want


def _named_alike(got: Any, want: Any) -> Any:
    """The expected type under the names received: Arrow's cast goes by exact name, and makes NULL what it does not
    find.
    """
    if pa.types.is_struct(got) and pa.types.is_struct(want):
        others = {want.field(place).name.lower(): want.field(place).type for place in range(want.num_fields)}
        fields = [got.field(place) for place in range(got.num_fields)]
        return pa.struct([field.with_type(_named_alike(field.type, others[field.name.lower()])) for field in fields])
    if family(got).name == family(want).name == "list":
        return pa.list_(_named_alike(got.value_type, want.value_type))
    return want


def _padded(rows: Sequence[Sequence[float]], place: int) -> Any:
    return pa.array([row[place] if place < len(row) else 0.0 for row in rows], pa.float64())


def flat(value: object, floats: list[float] | None) -> str:
    """A nested value as text that is equal for equal values. With `floats`, floats and decimals are moved there."""
    if isinstance(value, dict):
        members = ((str(name).lower(), flat(member, floats)) for name, member in sorted(value.items(), key=_by_name))
        return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in members) + "}"
    if isinstance(value, list | tuple):
        texts = [flat(item, floats) for item in (sorted(value, key=str) if _is_map(value) else value)]
        return "[" + ",".join(texts) + "]"
    if isinstance(value, float | Decimal) and floats is not None:
        floats.append(float(value))
        return "#"
    return _leaf(value)


def _by_name(member: tuple[object, object]) -> str:
    return str(member[0]).lower()


def _is_map(value: Sequence[object]) -> bool:
    return bool(value) and all(isinstance(item, tuple) for item in value)


def _leaf(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(_DECIMALS), "f")
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()
    return json.dumps(value) if isinstance(value, str) else str(value)


def classes(floats: Any) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """A float64 array as a class per value (0 finite, 1 NULL, 2 NaN, 3 and 4 the infinities) and the finite values,
    else 0.0.
    """
    null = np.asarray(floats.is_null())
    values = np.array(floats.fill_null(0.0).to_numpy(zero_copy_only=False), dtype=np.float64)
    kinds = np.select([null, np.isnan(values), values == np.inf, values == -np.inf], [1, 2, 3, 4], 0)
    return kinds.astype(np.int64), np.where(kinds == 0, values, 0.0)
