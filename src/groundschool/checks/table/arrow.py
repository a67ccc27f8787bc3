"""Turns a frame of any engine into an Arrow table.

Pandas, DuckDB and Spark are recognised by the name and module of their classes, so that no engine is imported for an
answer that does not use it; every other frame is asked for its rows by the protocols that such libraries share. What
the columns mean when two tables are compared is `normal.py`'s.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence, Sized
from typing import Any

import pyarrow as pa

from groundschool.errors import GroundSchoolError

MAX_NAMED_TYPES = 3
MAX_REASON = 200
COLUMNS = ("columns", "column_names", "schema")
# Ways in which frames of other libraries hand over their rows: Polars, Ibis, Dask, Modin and what is to come.
UNEVALUATED = ("collect", "compute")
PROTOCOLS = (
    "__arrow_c_stream__",
    "__arrow_c_array__",
    "to_arrow",
    "to_pyarrow",
    "to_arrow_table",
    "to_table",
    "toArrow",
    "arrow",
    "__dataframe__",
    *UNEVALUATED,
)


class NotATable(GroundSchoolError):
    """The value is no frame of a known engine, or one that Arrow cannot hold."""


def is_frame(value: object) -> bool:
    """Whether `to_table` would try to read the value. A DuckDB connection counts: it carries the result of its last
    query.
    """
    return _reader(value) is not None


def to_table(value: object, wanted: Sequence[str] = ()) -> pa.Table:
    """The rows of any frame: pandas, Spark, DuckDB, Arrow, or one that speaks Arrow's or the dataframe protocol.

    The index of a pandas frame is dropped, unless it holds a `wanted` column that is not among the columns, as
    `groupby` leaves it; missing values become NULL. Raises NotATable, which says what was given.
    """
    value = local(value)
    reader = _reader(value)
    if reader is _from_pandas:
        value = _with_index(value, wanted)
    if reader is None:
        raise NotATable(f"{describe(value)}, expected a DataFrame.")
    return reader(value)


def local(value: object) -> object:
    """A frame of pandas on Spark as one of pandas, which keeps its index; anything else as it is."""
    if any(_is_called(kind, "pyspark.pandas", "DataFrame") for kind in type(value).__mro__):
        frame: Any = value
        return frame.to_pandas()
    return value


def describe(value: object) -> str:
    """What the value is, in words: "None", "a list of 3 items", "a Series of 12 items"."""
    if value is None:
        return "None"
    name = type(value).__name__[:60]
    article = "an" if name[:1].lower() in "aeiou" else "a"
    if isinstance(value, Sized) and not isinstance(value, str | bytes):
        count = len(value)
        return f"{article} {name} of {count:,} {'item' if count == 1 else 'items'}"
    return f"{article} {name}"


def _reader(value: object) -> Callable[[Any], Any] | None:
    if isinstance(value, pa.Table):
        return _as_it_is
    if isinstance(value, pa.RecordBatch):
        return _from_batch
    if isinstance(value, pa.RecordBatchReader):
        return _from_reader
    for kind in type(value).__mro__:
        for (module, name), reader in _READERS.items():
            if _is_called(kind, module, name):
                return reader
    return _by_protocol if _speaks(value) else None


def _is_called(kind: type, module: str, name: str) -> bool:
    return kind.__name__ == name and f"{kind.__module__.lstrip('_')}.".startswith(f"{module}.")


def _speaks(value: object) -> bool:
    """Whether a value has columns and a way to hand over its rows: a series of values has only the latter."""
    kind = type(value)
    columns = any(hasattr(kind, name) or name in getattr(value, "__dict__", {}) for name in COLUMNS)
    return columns and any(callable(getattr(kind, name, None)) for name in PROTOCOLS)


def _by_protocol(value: Any) -> pa.Table:
    """The rows of a frame of any library, by the first protocol that it speaks."""
    for name in PROTOCOLS:
        if callable(getattr(type(value), name, None)):
            try:
                return _table_of(value, name)
            except (pa.ArrowException, AttributeError, TypeError, ValueError, NotImplementedError) as error:
                reason = " ".join(str(error).split())[:MAX_REASON]
                raise NotATable(
                    f"{describe(value)} that could not be read as a table ({type(error).__name__}: {reason}), "
                    "expected a DataFrame."
                ) from error
    raise NotATable(f"{describe(value)}, expected a DataFrame.")


def _table_of(value: Any, protocol: str) -> pa.Table:
    if protocol == "__arrow_c_stream__":
        return pa.RecordBatchReader.from_stream(value).read_all()
    if protocol == "__arrow_c_array__":
        return _from_batch(pa.record_batch(value))
    if protocol == "__dataframe__":
        from pyarrow.interchange import from_dataframe

        return from_dataframe(value)
    handed = getattr(value, protocol)()
    if protocol in UNEVALUATED and is_frame(handed) and type(handed) is not type(value):
        return to_table(handed)
    if not isinstance(handed, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        raise TypeError(f"{protocol}() returned {describe(handed)}")
    return to_table(handed)


def _as_it_is(table: pa.Table) -> pa.Table:
    return table


def _from_batch(batch: pa.RecordBatch) -> pa.Table:
    return pa.Table.from_batches([batch])


def _from_reader(reader: pa.RecordBatchReader) -> pa.Table:
    return reader.read_all()


def _from_pandas(frame: Any) -> pa.Table:
    # Column by column: Arrow's own conversion refuses two columns of one name, which is a finding to report, not a
    # crash.
    arrays = [_array(str(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns)]
    return pa.Table.from_arrays(arrays, names=[str(name) for name in frame.columns])


def _with_index(frame: Any, wanted: Sequence[str]) -> Any:
    columns = {str(name).lower() for name in frame.columns}
    names = {str(name).lower() for name in frame.index.names if name is not None} - columns
    missing = {name.lower() for name in wanted} - columns
    return frame.reset_index() if names and names <= missing else frame


def _array(name: str, series: Any) -> Any:
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowException, ValueError, OverflowError) as error:  # ValueError: half a surrogate pair
        kinds = sorted({type(item).__name__ for item in series if item is not None})
        seen = ", ".join(kinds[:MAX_NAMED_TYPES])
        raise NotATable(f"A DataFrame whose column `{name[:60]}` holds {seen}, expected values of one type.") from error


def _from_duckdb(result: Any) -> Any:
    import duckdb

    with warnings.catch_warnings():  # DuckDB advises another call on stderr, which is not the reader's concern.
        warnings.simplefilter("ignore")
        try:
            return result.to_arrow_table()
        except duckdb.InvalidInputException as error:
            if not isinstance(result, duckdb.DuckDBPyConnection):
                raise
            raise NotATable(
                "A DuckDB connection without a result, expected a DataFrame. Return the query's result."
            ) from error


def _from_spark(frame: Any) -> Any:
    return frame.toArrow()


_READERS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("pandas", "DataFrame"): _from_pandas,
    ("duckdb", "DuckDBPyRelation"): _from_duckdb,
    ("duckdb", "DuckDBPyConnection"): _from_duckdb,
    ("pyspark", "DataFrame"): _from_spark,
}
