"""What a frame is, is asked, not guessed: any library's is read, and what cannot be read is told as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import dataset

from groundschool.checks.answers import bring_back
from groundschool.checks.table.arrow import NotATable, is_frame, to_table

ROWS = pa.table({"user_id": ["a", "b"], "total": [1, 2]})


class Polars:
    """Speaks Arrow's stream protocol, as Polars, Ibis and cuDF do."""

    columns = ("user_id", "total")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return ROWS.__arrow_c_stream__(requested_schema)


class Lazy:
    """Has to be evaluated first, as a lazy frame of Polars or one of Dask."""

    columns = ("user_id", "total")

    def collect(self) -> Polars:
        return Polars()


class Modin:
    """Speaks the dataframe protocol only."""

    columns = ("user_id", "total")

    def __dataframe__(self, **_: Any) -> Any:
        return ROWS.__dataframe__()


class Exporting:
    """Has a method of an older library."""

    column_names = ("user_id", "total")

    def to_arrow(self) -> pa.Table:
        return ROWS


def on_spark(frame: pd.DataFrame) -> Any:
    """A frame of the name and module of pandas on Spark."""
    methods = {"__module__": "pyspark.pandas.frame", "to_pandas": lambda self: frame}
    return type("DataFrame", (), methods)()


FRAMES = {
    "table": ROWS,
    "batch": ROWS.to_batches()[0],
    "reader": ROWS.to_reader(),
    "dataset": dataset.dataset(ROWS),
    "pandas": ROWS.to_pandas(),
    "subclass of pandas": type("GeoDataFrame", (pd.DataFrame,), {"__module__": "geopandas.frame"})(ROWS.to_pandas()),
    "relation": duckdb.from_arrow(ROWS),
    "connection": duckdb.connect().execute("select unnest(['a', 'b']) as user_id, unnest([1, 2]) as total"),
    "stream": Polars(),
    "lazy": Lazy(),
    "protocol": Modin(),
    "method": Exporting(),
    "pandas on spark": on_spark(ROWS.to_pandas()),
}


@pytest.mark.parametrize("name", FRAMES)
def test_the_rows_of_any_frame_are_read(name: str) -> None:
    value = bring_back(FRAMES[name])
    table = to_table(value)
    assert table.to_pydict() == {"user_id": ["a", "b"], "total": [1, 2]}


def test_the_index_of_a_grouped_frame_of_pandas_on_spark_is_not_lost() -> None:
    grouped = ROWS.to_pandas().groupby("user_id").sum()
    table = to_table(bring_back(on_spark(grouped)), ["user_id", "total"])
    assert table.to_pydict() == {"user_id": ["a", "b"], "total": [1, 2]}


class Broken:
    columns = ()

    def toArrow(self) -> None:  # noqa: N802
        raise AttributeError("no such thing")


class Odd:
    columns = ()

    def arrow(self) -> str:
        return "rows"


class Endless:
    columns = ()

    def collect(self) -> Endless:
        return self


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Broken(), "a Broken that could not be read as a table (AttributeError: no such thing), expected a DataFrame."),
        (Odd(), "an Odd that could not be read as a table (TypeError: arrow() returned a str), expected a DataFrame."),
        (Endless(), "an Endless that could not be read as a table (TypeError: collect() returned an Endless), expected a DataFrame."),
        (pd.Series([1]), "a Series of 1 item, expected a DataFrame."),
        (pa.array([1]), "an Int64Array of 1 item, expected a DataFrame."),
        (pa.chunked_array([[1]]), "a ChunkedArray of 1 item, expected a DataFrame."),
        ([{"user_id": "a"}], "a list of 1 item, expected a DataFrame."),
        (None, "None, expected a DataFrame."),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_cannot_be_read_is_told_as_what_it_is(value: object, told: str) -> None:
    with pytest.raises(NotATable) as caught:
        to_table(value)
    assert str(caught.value) == told


def test_a_generator_of_frames_is_brought_back_as_their_tables() -> None:
    def frames() -> Iterator[object]:
        yield Polars()
        yield ROWS.to_batches()[0]

    assert bring_back(frames()) == [ROWS, ROWS]


@pytest.mark.parametrize(
    "value", [pd.Series([1]), pa.array([1]), {"columns": 1}, "text", Polars], ids=lambda value: str(type(value))
)
def test_what_is_no_frame_is_not_taken_for_one(value: object) -> None:
    assert not is_frame(value)
