"""A short text that is equal for tables that say the same, used to recognise the output of a known mistake.

It needs no partner to compare with, so floats are rounded to six significant digits; `compare.py` alone decides whether
an answer is right.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from groundschool.checks.table.columns import (
    NUMBERS,
    UNREADABLE,
    WHOLE,
    Incomparable,
    family,
    flat,
    from_text,
    pair,
    plain,
)
from groundschool.checks.table.ordering import first_out_of_order, sort_key
from groundschool.checks.table.rows import Tolerance
from groundschool.checks.table.rules import Rules

# Rounds at places where money and averages do not end: 12345.65 would be halfway, and noise would take it either way.
_OFFSET = 0.7239
_NEXT_CELL, _NEXT_ROW, _NULL = "\x1f", "\x1e", "\x00"


def label(name: str) -> str:
    """A column name as it is compared: lower case, without quotes around it."""
    return name.strip().strip("\"`[]'").strip().lower()


def fingerprint(table: pa.Table, rules: Rules = Rules()) -> str:  # noqa: B008
    """A hash of the rows as a multiset, with the column names, and with whether the rows are ordered where order
    counts.
    """
    accepted = {label(name) for name in rules.accept_text}
    names = [label(name) for name in table.column_names]
    places = sorted(range(len(names)), key=names.__getitem__)
    try:
        columns = [_texts(table.column(place), names[place] in accepted) for place in places]
        ordered = _ordered(table, names, rules)
        rows = _rows(columns)
    except UNREADABLE as error:
        return hashlib.sha256(f"unreadable {type(error).__name__} {table.schema}".encode(errors="replace")).hexdigest()
    head = _NEXT_CELL.join(names[place] for place in places)
    text = _NEXT_ROW.join([head, str(table.num_rows), ordered, *rows])
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _rows(columns: list[Any]) -> list[str]:
    if not columns:
        return []
    joined = pc.binary_join_element_wise(
        *columns, pa.scalar(_NEXT_CELL, pa.large_string()), null_handling="replace", null_replacement=_NULL
    )
    rows: list[str] = joined.take(pc.array_sort_indices(joined)).to_pylist()
    return rows


def _ordered(table: pa.Table, names: list[str], rules: Rules) -> str:
    wanted = [(names.index(name), descending) for name, descending in rules.ordering() if name in names]
    if not wanted:
        return ""
    tolerance = Tolerance(rules.absolute, rules.relative)
    columns = [(table.column(place), descending) for place, descending in wanted]
    keys = [sort_key(pair("", column, column, False), descending, tolerance) for column, descending in columns]
    return "in order" if first_out_of_order(keys) is None else "out of order"


def _texts(column: Any, accept_text: bool) -> Any:
    array = plain(column)
    name = family(array.type).name
    if accept_text and name == "text":
        array, name = _read(array)
    if name == "nothing":
        return pa.nulls(len(array), pa.large_string())
    if name in WHOLE:
        return array.cast(pa.decimal256(76, 0)).cast(pa.large_string())
    if name in NUMBERS:
        return _rounded(array.cast(pa.float64()))
    if name == "timestamp":
        return array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(pa.int64()).cast(pa.large_string())
    if name in ("text", "boolean", "date"):
        return array.cast(pa.large_string())
    return pa.array([None if value is None else _nested(value) for value in array.to_pylist()], pa.large_string())


def _read(texts: Any) -> tuple[Any, str]:
    for target in (pa.int64(), pa.timestamp("us")):
        try:
            read = from_text(texts, target)
        except Incomparable:
            continue
        return read, family(read.type).name
    return texts, "text"


def _nested(value: object) -> str:
    floats: list[float] = []
    return f"{flat(value, floats)} {_rounded(pa.array(floats, pa.float64())).to_pylist()}"


def _rounded(numbers: Any) -> Any:
    values = numbers.fill_null(0.0).to_numpy(zero_copy_only=False)
    texts = [f"{value:.6g}" for value in _six_digits(values).tolist()]
    return pc.if_else(numbers.is_null(), pa.scalar(None, pa.large_string()), pa.array(texts, pa.large_string()))


def _six_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    size = np.abs(values)
    usual = np.isfinite(values) & (size > 1e-8)
    safe = np.where(usual, size, 1.0)
    scale = 10.0 ** (np.floor(np.log10(safe)) - 5)
    rounded = np.sign(values) * np.floor(safe / scale + _OFFSET) * scale
    return np.asarray(np.where(usual, rounded, np.where(np.isfinite(values), 0.0, values)))
