"""Pandas frames, series and indexes as columns, without loss of dtype, name, order or kind of missing value.

Numbers and times cross as numpy arrays, text as Arrow, anything else value by value. Both are `arrow`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from groundschool.grading.wire import fields
from groundschool.grading.wire.arrow import read_array, read_numpy, write_array, write_numpy
from groundschool.grading.wire.budget import Malformed, NotPlain
from groundschool.grading.wire.coder import Decoder, Encoder, Json
from groundschool.grading.wire.scalars import INLINE_INT, read_zone, write_zone

NUMBERS = "biufc"
TIMES = "mM"
UNITS = ("s", "ms", "us", "ns")
TEXT, NONE, NAN = 0, 1, 2
MASKED = {
    kind.name: kind
    for kind in (
        *(pd.Int8Dtype(), pd.Int16Dtype(), pd.Int32Dtype(), pd.Int64Dtype(), pd.Float32Dtype(), pd.Float64Dtype()),
        *(pd.UInt8Dtype(), pd.UInt16Dtype(), pd.UInt32Dtype(), pd.UInt64Dtype(), pd.BooleanDtype()),
    )
}


def write_frame(encoder: Encoder, frame: Any, depth: int) -> Json:
    """A frame: its index, its column index, its columns by position, so that equal names do no harm."""
    encoder.budget.spend_cells(frame.shape[0] * frame.shape[1])
    columns = [_write_column(encoder, frame.iloc[:, place], depth + 1) for place in range(frame.shape[1])]
    index, names = (encoder.value(part, depth + 1) for part in (frame.index, frame.columns))
    return {"t": "frame", "i": index, "c": names, "v": columns}


def read_frame(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    index, names = (_index(decoder, body.get(key), depth) for key in ("i", "c"))
    columns = [_read_column(decoder, column, depth + 1) for column in fields.items(body.get("v"), len(names))]
    if any(len(column) != len(index) for column in columns):
        raise Malformed("A received frame has columns of other lengths than its index.")
    frame = pd.DataFrame({place: pd.Series(column, index=index) for place, column in enumerate(columns)}, index=index)
    frame.columns = names
    return frame


def write_series(encoder: Encoder, series: Any, depth: int) -> Json:
    index, name = encoder.value(series.index, depth + 1), encoder.value(series.name, depth + 1)
    return {"t": "series", "i": index, "n": name, "v": _write_column(encoder, series, depth + 1)}


def read_series(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    index = _index(decoder, body.get("i"), depth)
    return pd.Series(_read_column(decoder, body.get("v"), depth + 1), index=index, name=_name(decoder, body, depth))


def write_index(encoder: Encoder, index: Any, depth: int) -> Json:
    name = encoder.value(index.name, depth + 1)
    return {"t": "index", "n": name, "v": _write_column(encoder, index.to_series(), depth + 1)}


def read_index(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    column = _read_column(decoder, body.get("v"), depth + 1)
    return pd.Index(column, dtype=column.dtype, name=_name(decoder, body, depth))


def write_range(encoder: Encoder, index: Any, depth: int) -> Json:
    bounds = [int(index.start), int(index.stop), int(index.step)]
    return {"t": "numbered", "n": encoder.value(index.name, depth + 1), "v": bounds}


def read_range(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    bounds = [fields.whole(part, -(2**62), 2**62) for part in fields.items(body.get("v"), 3)]
    decoder.budget.spend_cells(len(range(*bounds)))
    return pd.RangeIndex(*bounds, name=_name(decoder, body, depth))


def write_levels(encoder: Encoder, index: Any, depth: int) -> Json:
    encoder.budget.spend_cells(len(index) * index.nlevels)
    names = [encoder.value(name, depth + 1) for name in index.names]
    levels = [index.get_level_values(place).to_series() for place in range(index.nlevels)]
    return {"t": "levels", "n": names, "v": [_write_column(encoder, level, depth + 1) for level in levels]}


def read_levels(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    levels = [_read_column(decoder, level, depth + 1) for level in fields.items(body.get("v"))]
    names = [decoder.value(name, depth + 1) for name in fields.items(body.get("n"), len(levels))]
    return pd.MultiIndex.from_arrays(levels, names=names)


def _write_column(encoder: Encoder, series: Any, depth: int) -> Json:
    encoder.budget.spend_node(depth)
    kind = series.dtype
    if isinstance(kind, np.dtype):
        if kind.kind in NUMBERS + TIMES:
            return {"k": "numpy", "v": write_numpy(encoder, series.to_numpy(), depth)}
        return _write_objects(encoder, series.to_numpy(), depth)
    if isinstance(kind, pd.DatetimeTZDtype):
        moments = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return {"k": "zoned", "z": write_zone(kind.tz, None), "v": write_numpy(encoder, moments, depth)}
    if isinstance(kind, pd.CategoricalDtype):
        codes = write_numpy(encoder, series.cat.codes.to_numpy(), depth)
        return {"k": "category", "o": bool(kind.ordered), "v": codes, "c": encoder.value(kind.categories, depth + 1)}
    if kind.name in MASKED or isinstance(kind, pd.StringDtype | pd.ArrowDtype):
        array = write_array(encoder, pa.array(series.array), depth)
        return {"k": "arrow", "d": _extension_name(kind), "v": array}
    raise NotPlain(
        f"A pandas column of type {str(kind)[:60]} was to be handed over; numbers, text or dates were expected."
    )


def _write_objects(encoder: Encoder, values: Any, depth: int) -> Json:
    """Python values: as Arrow when all are text or missing, else one by one."""
    kinds = [TEXT if type(item) is str else NONE if item is None else NAN if _is_nan(item) else None for item in values]
    if None not in kinds:
        try:
            texts = pa.array(
                [item if kind == TEXT else None for item, kind in zip(values, kinds, strict=True)], pa.large_string()
            )
        except (pa.ArrowException, UnicodeError):
            pass  # lone surrogates: Arrow holds UTF-8
        else:
            missing = write_numpy(encoder, np.array(kinds, "u1"), depth)
            return {"k": "texts", "v": write_array(encoder, texts, depth), "m": missing}
    return {"k": "objects", "v": write_numpy(encoder, values, depth)}


def _is_nan(item: object) -> bool:
    return type(item) is float and item != item


def _extension_name(kind: Any) -> list[Any]:
    if isinstance(kind, pd.StringDtype):
        return ["string", "python" if kind.storage == "python" else "pyarrow", kind.na_value is not pd.NA]
    return ["arrow"] if isinstance(kind, pd.ArrowDtype) else ["masked", kind.name]


def _read_column(decoder: Decoder, field: object, depth: int) -> Any:
    """A numpy or pandas array. Raises Malformed."""
    decoder.budget.spend_node(depth)
    body = fields.record(field)
    kind, value = fields.text(body.get("k")), body.get("v")
    if kind == "arrow":
        return _extension(fields.items(body.get("d")), pa.chunked_array([read_array(decoder, value, depth)]))
    if kind == "texts":
        return _texts(decoder, body, depth)
    array = decoder.value(value, depth)
    if not isinstance(array, np.ndarray) or array.ndim != 1:
        raise Malformed("A received column is not a row of values.")
    if kind == "category":
        return _category(decoder, body, array, depth)
    allowed = {"numpy": NUMBERS + TIMES, "objects": "O", "zoned": "M"}.get(kind, "")
    if array.dtype.kind not in allowed or (array.dtype.kind in TIMES and np.datetime_data(array.dtype)[0] not in UNITS):
        raise Malformed("A received column is of an unknown kind.")
    if kind == "zoned":
        zone = read_zone(body.get("z"))
        # By name, as pandas makes zones itself: two zone objects of one name are two dtypes to it.
        return pd.DatetimeIndex(array).tz_localize("UTC").tz_convert(getattr(zone, "key", zone)).array
    return array


def _extension(name: list[Any], column: Any) -> Any:
    if name == ["arrow"]:
        return pd.arrays.ArrowExtensionArray(column)
    if len(name) == 3 and name[0] == "string" and name[1] in ("python", "pyarrow"):
        column = column.cast(pa.large_string())
        return pd.StringDtype(name[1], na_value=np.nan if name[2] is True else pd.NA).__from_arrow__(column)
    if len(name) == 2 and name[0] == "masked":
        return MASKED[fields.text(name[1])].__from_arrow__(column)
    raise Malformed("A received column is of an unknown kind.")


def _texts(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    texts = read_array(decoder, body.get("v"), depth)
    kinds = read_numpy(decoder, fields.record(body.get("m")), depth)
    if not pa.types.is_large_string(texts.type) or kinds.shape != (len(texts),):
        raise Malformed("A received column of text is not made of texts.")
    values = texts.to_numpy(zero_copy_only=False)
    values[kinds == NAN] = np.nan
    return values


def _category(decoder: Decoder, body: dict[str, Any], codes: Any, depth: int) -> Any:
    categories = _index(decoder, body.get("c"), depth)
    if codes.dtype.kind != "i" or isinstance(categories, pd.MultiIndex):
        raise Malformed("A received column of categories is not made of codes and categories.")
    used = codes[codes >= 0]
    if categories.dtype.kind == "O" and used.size:  # a few bytes can name a long text often: count it written out
        lengths = np.array([len(item) if isinstance(item, str | bytes) else 8 for item in categories], "i8")
        decoder.budget.spend_size(int(lengths[used].sum()))
    return pd.Categorical.from_codes(codes, categories=categories, ordered=body.get("o") is True)


def write_stamp(encoder: Encoder, value: Any, depth: int) -> Json:
    """A pandas Timestamp with its unit and zone."""
    ticks = int(value.asm8.view("i8"))
    return {"t": "stamp", "v": ticks, "u": value.unit, "z": write_zone(value.tzinfo, value)}


def read_stamp(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    moment = pd.Timestamp(np.datetime64(_ticks(body), _unit(body)))
    zone = read_zone(body.get("z"))
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(zone)


def write_delta(encoder: Encoder, value: Any, depth: int) -> Json:
    """A pandas Timedelta with its unit."""
    return {"t": "delta", "v": int(value.asm8.view("i8")), "u": value.unit}


def read_delta(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    return pd.Timedelta(np.timedelta64(_ticks(body), _unit(body)))


def write_missing(encoder: Encoder, value: Any, depth: int) -> Json:
    return {"t": "missing", "v": "NaT" if value is pd.NaT else "NA"}


def read_missing(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    return {"NaT": pd.NaT, "NA": pd.NA}[fields.text(body.get("v"))]


def _index(decoder: Decoder, field: object, depth: int) -> Any:
    index = decoder.value(field, depth + 1)
    if not isinstance(index, pd.Index):
        raise Malformed("A received frame has no index.")
    return index


def _name(decoder: Decoder, body: dict[str, Any], depth: int) -> Any:
    name = decoder.value(body.get("n"), depth + 1)
    hash(name)
    return name


def _ticks(body: dict[str, Any]) -> int:
    return fields.whole(body.get("v"), -INLINE_INT, INLINE_INT - 1)


def _unit(body: dict[str, Any]) -> Any:
    unit = fields.text(body.get("u"))
    if unit not in ("s", "ms", "us", "ns"):
        raise Malformed("A received time is of an unknown unit.")
    return unit


WRITERS: dict[type, Callable[[Any, Any, int], Any]] = {
    pd.DataFrame: write_frame,
    pd.Series: write_series,
    pd.MultiIndex: write_levels,
    pd.RangeIndex: write_range,
    pd.Index: write_index,
    pd.Timestamp: write_stamp,
    pd.Timedelta: write_delta,
    type(pd.NaT): write_missing,
    type(pd.NA): write_missing,
}
READERS: dict[str, Callable[[Any, dict[str, Any], int], Any]] = {
    "frame": read_frame,
    "series": read_series,
    "levels": read_levels,
    "numbered": read_range,
    "index": read_index,
    "stamp": read_stamp,
    "delta": read_delta,
    "missing": read_missing,
}
