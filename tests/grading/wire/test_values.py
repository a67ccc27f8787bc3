"""Values cross between two boxes without loss, and no bytes of a hostile sender build anything else."""

from __future__ import annotations

import contextlib
import copy
import datetime
import decimal
import enum
import json
import math
import random
import zoneinfo
from collections import Counter, OrderedDict, namedtuple
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundschool.errors import GroundSchoolError
from groundschool.grading import wire
from groundschool.grading.wire import arrow, dataframes, scalars, values

Pair = namedtuple("Pair", "left right")
UTC = datetime.UTC
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


class Status(enum.IntEnum):
    PAID = 3


class LyingList(list):  # type: ignore[type-arg]
    def __eq__(self, other: object) -> bool:
        return True

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(["another"])

    __hash__ = None  # type: ignore[assignment]


def crossed(value: Any, cap: int = 64 << 20) -> Any:
    """The value after the way a message takes, JSON text included."""
    head, blobs = wire.encode(value, cap)
    return wire.decode(json.loads(json.dumps(head, allow_nan=False)), blobs, cap)


def same(one: Any, other: Any) -> bool:
    """Equal with equal types all the way down; nan is nan."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, decimal.Decimal):
        return str(one) == str(other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return bool(one == other)


KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.dates()
SCALARS = (
    KEYS
    | st.floats()
    | st.decimals(min_value=-(10**30), max_value=10**30)
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(PARIS))
    | st.times()
    | st.timedeltas()
    | st.characters(categories=["Cs"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS | st.tuples(KEYS), inner, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_plain_values_come_back_equal_and_of_the_same_type(value: Any) -> None:
    assert same(value, crossed(value))


@pytest.mark.parametrize(
    "value",
    [
        10**19_999,
        -(2**63) - 1,
        2**53 + 1,
        "x" * 100_000,
        b"\0" * 100_000,
        math.inf,
        decimal.Decimal("sNaN"),
        "\ud800" * 5000,
        range(3),
        range(9, -2, -4),
    ],
    ids=[
        "20,000 digits",
        "below 64 bits",
        "above 53 bits",
        "long text",
        "long bytes",
        "infinity",
        "signalling",
        "surrogates",
        "a range",
        "a range downwards",
    ],
)
def test_values_at_the_edges_come_back(value: Any) -> None:
    assert same(value, crossed(value))


def test_no_tag_means_two_kinds() -> None:
    tables = (scalars.READERS, arrow.READERS, dataframes.READERS)
    tags = [tag for table in tables for tag in table]
    assert len(tags) == len(set(tags))
    assert set(tags) < set(values.READERS)
    assert set(dataframes.READERS) == set(values.OF_PANDAS)
    assert len(values.READERS) == len(tags) + 5  # tuple, set, frozenset, dict, range


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Pair(1, 2), (1, 2)),
        (OrderedDict(a=1), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Status.PAID, 3),
        (LyingList([1, 2]), [1, 2]),
        (np.str_("a"), "a"),
        (bytearray(b"ab"), b"ab"),
    ],
    ids=["namedtuple", "ordered", "counter", "enum", "lying list", "numpy text", "bytearray"],
)
def test_a_subclass_becomes_its_plain_type(value: Any, plain: Any) -> None:
    assert same(crossed(value), plain)


@pytest.mark.parametrize(
    "value",
    [np.int8(-3), np.uint64(2**64 - 1), np.float32(0.1), np.float64("nan"), np.bool_(True), np.complex128(1 + 2j), np.datetime64("2024-01-02", "D"), np.timedelta64(5, "ms")],
    ids=lambda value: str(value.dtype),
)  # fmt: skip
def test_numpy_scalars_keep_their_type(value: Any) -> None:
    back = crossed(value)
    assert type(back) is type(value)
    assert back.dtype == value.dtype
    assert back == value or (back != back and value != value)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(24, dtype=">i4").reshape(2, 3, 4)[:, ::2],
        np.zeros((0, 3)),
        np.array(["a", "bé"]),
        np.array([True, False]),
        np.array(["2024-01-01", "NaT"], "M8[us]"),
        np.array([1, None, "x"], object),
        np.float64(3).reshape(()),
    ],
    ids=["strided", "empty", "text", "bool", "times", "objects", "no dimension"],
)
def test_numpy_arrays_keep_shape_and_type(value: Any) -> None:
    back = crossed(value)
    assert back.dtype == value.dtype
    np.testing.assert_array_equal(back, value)


def test_pandas_scalars_come_back() -> None:
    for value in (
        pd.Timestamp("2024-05-01 10:00", tz="Europe/Paris"),
        pd.Timestamp("2024-05-01").as_unit("s"),
        pd.Timedelta("3h"),
    ):
        assert crossed(value) == value
        assert crossed(value).unit == value.unit
    assert crossed(pd.NaT) is pd.NaT
    assert crossed(pd.NA) is pd.NA


FRAMES = {
    "duplicate column names": pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"]),
    "columns of several levels": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", None])),
    "index of several levels": pd.DataFrame({"v": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "n"])),
    "zoned times": pd.DataFrame({"t": pd.to_datetime(["2024-03-31 01:30", None], utc=True).tz_convert("Europe/Paris")}),
    "categories": pd.DataFrame({"c": pd.Categorical(["b", None, "a"], categories=["b", "a"], ordered=True)}),
    "kinds of missing": pd.DataFrame({"m": pd.Series([None, float("nan"), pd.NaT, pd.NA, "a"], dtype=object)}),
    "missing text": pd.DataFrame({"m": pd.Series([None, float("nan"), "a"], dtype=object)}),
    "surrogate text": pd.DataFrame({"m": ["\ud800", None]}),
    "nullable": pd.DataFrame({"i": pd.array([1, None], "Int64"), "b": pd.array([True, None], "boolean"), "f": pd.array([1.5, None], "Float32")}),
    "string dtypes": pd.DataFrame({"p": pd.array(["a", None], "string[python]"), "a": pd.array(["a", None], "string[pyarrow]")}),
    "arrow dtype": pd.DataFrame({"a": pd.array([1, None], pd.ArrowDtype(pa.int32()))}),
    "objects": pd.DataFrame({"d": [decimal.Decimal("1.10"), datetime.date(2024, 1, 1)], "l": [[1], {"a": None}]}),
    "dates as index": pd.DataFrame({"v": [1.0, float("nan")]}, index=pd.DatetimeIndex(["2024-01-01", "2024-01-02"], name="day")),
    "numbers of every width": pd.DataFrame({kind: np.array([1, 0], kind) for kind in ("i1", "u8", "f4", "?", "m8[s]", "M8[ms]")}),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": pd.Series([], dtype=object)}),
    "no columns": pd.DataFrame(index=[1, 2]),
    "rows taken out": pd.DataFrame({"a": range(10)})[::3],
}  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_frames_come_back(frame: pd.DataFrame) -> None:
    back = crossed(frame)
    pd.testing.assert_frame_equal(back, frame, check_freq=False)
    for name in {name for name in frame.columns if frame[name].ndim == 1 and frame[name].dtype == object}:
        assert [type(item) for item in back[name]] == [type(item) for item in frame[name]]


def test_series_and_indexes_come_back() -> None:
    series = pd.Series([1, 2], index=["a", "b"], name=("x", 1))
    pd.testing.assert_series_equal(crossed(series), series)
    for index in (pd.RangeIndex(3, 30, 3, name="n"), pd.Index(["a", None]), FRAMES["index of several levels"].index):
        pd.testing.assert_index_equal(crossed(index), index)


ARROW = {
    "sliced": pa.table({"a": list(range(100)), "s": [None, *("t" * i for i in range(99))]}).slice(37, 11),
    "two chunks": pa.concat_tables([pa.table({"a": [1]}), pa.table({"a": [None]}, schema=pa.schema([("a", pa.int64())]))]),
    "duplicate names": pa.table([pa.array([1]), pa.array(["a"])], names=["x", "x"]),
    "lists": pa.table({"l": [[1, None], None, []], "n": [[["a"]], [], [[]]]}),
    "structs": pa.table({"s": [{"a": 1, "b": [True]}, None]}),
    "decimals": pa.table({"d": pa.array([decimal.Decimal("1.25"), None], pa.decimal128(20, 4))}),
    "times": pa.table({"t": pa.array([1, None], pa.timestamp("us", "UTC")), "u": pa.array([1, 2], pa.timestamp("ns", "+05:30")), "d": pa.array([1, 2], pa.date32())}),
    "categories": pa.table({"c": pa.array(["a", None, "b"]).dictionary_encode()}),
    "no rows": pa.table({"a": pa.array([], pa.int8()), "s": pa.array([], pa.string())}),
    "no columns": pa.table({}),
}  # fmt: skip


@pytest.mark.parametrize("table", ARROW.values(), ids=ARROW.keys())
def test_arrow_tables_come_back(table: pa.Table) -> None:
    assert crossed(table).equals(table)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.nulls(2), pa.string()),
        (pa.array(["a", "b"], pa.string_view()), pa.large_string()),
        (pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array([7])), pa.int64()),
        (pa.array([[1], [2]], pa.large_list(pa.int64())), pa.list_(pa.int64())),
        (pa.array([1, 1]).dictionary_encode(), pa.int64()),
    ],
    ids=["null", "view", "run ends", "large list", "codes of numbers"],
)
def test_a_column_of_a_compact_type_crosses_in_the_ordinary_one(column: Any, kind: Any) -> None:
    back = crossed(pa.table([column], names=["a"])).column(0)
    assert back.type == kind
    assert back.to_pylist() == column.to_pylist()


@pytest.mark.parametrize(
    "value",
    [object(), [lambda: 1], pa.array([1]), np.ma.masked_array([1], [True]), pd.interval_range(0, 2), np.zeros(1, [("a", "i4")]), pa.table({"v": pa.array([[1]], pa.list_view(pa.int64()))})],
    ids=["object", "function", "arrow array", "masked", "intervals", "fields", "list view"],
)  # fmt: skip
def test_anything_else_is_not_plain(value: Any) -> None:
    with pytest.raises(wire.NotPlain, match=r"was to be handed over|is or holds a"):
        wire.encode(value)


@pytest.mark.parametrize(
    "value",
    [10**20_001, decimal.Decimal("1e30000"), "x" * 2000, b"x" * 5000, np.zeros(1000), pd.DataFrame({"a": range(1000)})],
    ids=["integer", "decimal", "text", "bytes", "array", "frame"],
)
def test_a_value_over_the_cap_is_too_large(value: Any) -> None:
    with pytest.raises(wire.TooLarge):
        wire.encode(value, 1000)


def test_a_list_in_itself_is_too_large() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(wire.TooLarge):
        wire.encode(endless)


def _deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


ONE = [{"y": ["int64"], "n": 1, "s": [None, 8], "k": []}]
LONG = {"y": ["large_string"], "n": 1, "s": [None, 16, 1 << 20], "k": []}
CODES = {"y": ["uint8"], "n": 1 << 20, "s": [None, 1 << 20], "k": []}
COLUMN_OF_CODES = bytes(1 << 20) + bytes(8) + (1 << 20).to_bytes(8, "little") + b"x" * (1 << 20)


def _table(*columns: Any) -> dict[str, Any]:
    return {"t": "table", "n": [str(place) for place in range(len(columns))], "v": list(columns)}


BOMBS: dict[str, tuple[Any, list[bytes]]] = {
    "deep": (_deep(500), []),
    "a million lists": ([[]] * 1_000_001, []),
    "unknown tag": ({"t": "pickle", "v": "gASV"}, []),
    "tag of another type": ({"t": ["dict"]}, []),
    "no tag": ({}, []),
    "huge integer": ({"t": "int", "v": "0x" + "f" * 100_000}, []),
    "huge decimal": ({"t": "decimal", "v": "1E+999999"}, []),
    "integer with underscores and spaces": ({"t": "int", "v": " 0xg "}, []),
    "unhashable key": ({"t": "dict", "v": [[[], 1]]}, []),
    "a key twice": ({"t": "dict", "v": [[1, 1], [True, 2]]}, []),
    "a million equal hashes": ({"t": "set", "v": [place * (2**61 - 1) for place in range(1, 5000)]}, []),
    "one blob used twice": ([{"t": "text", "b": 0}] * 2, [b"x" * 10_000]),
    "missing blob": ({"t": "bytes", "b": 3}, []),
    "blob number of another type": ({"t": "bytes", "b": True}, [b""]),
    "text that is not UTF-8": ({"t": "text", "b": 0}, [b"\xff\xfe"]),
    "zone on disk": ({"t": "datetime", "v": "2024-01-01", "f": 0, "z": "../../etc/passwd"}, []),
    "unknown zone": ({"t": "datetime", "v": "2024-01-01", "f": 0, "z": "Mars"}, []),
    "unknown numpy type": ({"t": "number", "d": "object", "v": 1}, []),
    "number out of range": ({"t": "number", "d": "int8", "v": 300}, []),
    "array of objects": ({"t": "array", "d": "|O", "s": [1], "b": 0}, [bytes(8)]),
    "array of fields": ({"t": "array", "d": "i4,i4", "s": [1], "b": 0}, [bytes(8)]),
    "array of nothing": ({"t": "array", "d": "<U0", "s": [1 << 40], "b": 0}, [b""]),
    "array larger than its bytes": ({"t": "array", "d": "<i8", "s": [1 << 24], "b": 0}, [bytes(8)]),
    "array without bytes and a huge side": ({"t": "array", "d": "<i8", "s": [0, 1 << 60], "b": 0}, [b""]),
    "array of broken text": ({"t": "array", "d": "<U1", "s": [1], "b": 0}, [b"\xff\xff\xff\x7f"]),
    "array of broken truth": ({"t": "array", "d": "|b1", "s": [1], "b": 0}, [b"\x07"]),
    "null column": (_table({"a": {"y": ["null"], "n": 1 << 31, "s": [None], "k": []}, "b": 0}), [b""]),
    "run ends": (_table({"a": {"y": ["run_end_encoded"], "n": 1 << 31, "s": [], "k": ONE * 2}, "b": 0}), [bytes(16)]),
    "struct of nothing": (_table({"a": {"y": ["struct", []], "n": 1 << 20, "s": [None], "k": []}, "b": 0}), [b""]),
    "rows without bytes": (_table({"a": {"y": ["int64"], "n": 1 << 20, "s": [None, 8], "k": []}, "b": 0}), [bytes(8)]),
    "more cells than bytes could pay": (_table({"a": {"y": ["bool"], "n": 1 << 30, "s": [None, 8], "k": []}, "b": 0}), [bytes(8)]),
    "buffers beyond the blob": (_table({"a": {"y": ["int64"], "n": 1, "s": [None, 800], "k": []}, "b": 0}), [bytes(8)]),
    "one buffer for two columns": (_table({"a": ONE[0], "b": 0}, {"a": ONE[0], "b": 0}), [bytes(8)]),
    "text offsets outside": (_table({"a": {"y": ["string"], "n": 1, "s": [None, 8, 1], "k": []}, "b": 0}), [b"\0\0\0\0\xff\xff\xff\x7fx" + bytes(7)]),
    "text offsets backwards": (_table({"a": {"y": ["string"], "n": 2, "s": [None, 12, 8], "k": []}, "b": 0}), [(b"\0\0\0\0\x08\0\0\0\x04\0\0\0" + bytes(4)) + b"x" * 8]),
    "text that is not UTF-8 in a column": (_table({"a": {"y": ["string"], "n": 1, "s": [None, 8, 1], "k": []}, "b": 0}), [b"\0\0\0\0\x01\0\0\0\xff" + bytes(7)]),
    "list offsets outside": (_table({"a": {"y": ["list"], "n": 1, "s": [None, 8], "k": ONE}, "b": 0}), [b"\0\0\0\0\x99\0\0\0" + bytes(8)]),
    "lists too deep": (_table({"a": {"y": ["list"], "n": 0, "s": [None, 4], "k": [_deep(30)]}, "b": 0}), [bytes(8)]),
    "codes that name a long text a million times": (_table({"a": {"y": ["dictionary", False], "k": [CODES, LONG]}, "b": 0}), [COLUMN_OF_CODES]),
    "codes outside": (_table({"a": {"y": ["dictionary", False], "k": [CODES, LONG]}, "b": 0}), [b"\x05" * (1 << 20) + COLUMN_OF_CODES[1 << 20 :]]),
    "range of all numbers": ({"t": "range", "n": None, "v": [0, 1 << 62, 1]}, []),
    "range of step zero": ({"t": "range", "n": None, "v": [0, 1, 0]}, []),
    "frame without an index": ({"t": "frame", "i": [1], "c": {"t": "range", "n": None, "v": [0, 0, 1]}, "v": []}, []),
    "frame with fewer columns than names": ({"t": "frame", "i": {"t": "range", "n": None, "v": [0, 1, 1]}, "c": {"t": "range", "n": None, "v": [0, 9, 1]}, "v": []}, []),
}  # fmt: skip


@pytest.mark.parametrize(("head", "blobs"), BOMBS.values(), ids=BOMBS.keys())
def test_what_no_encoder_writes_is_refused(head: Any, blobs: list[bytes]) -> None:
    with pytest.raises((wire.Malformed, wire.TooLarge)):
        wire.decode(head, blobs)


def test_categories_that_name_a_long_text_a_million_times_are_too_large() -> None:
    frame = pd.DataFrame({"c": pd.Categorical.from_codes(np.zeros(1000, "i1"), ["x" * 100_000])})
    head, blobs = wire.encode(frame)
    with pytest.raises(wire.TooLarge):
        wire.decode(head, blobs)


SAMPLE = {
    "frames": list(FRAMES.values()),
    "tables": list(ARROW.values()),
    "array": np.arange(5),
    "plain": [1, "a", {2: b"c"}],
}
JUNK = [None, True, -1, 2**40, 1.5, "", "int64", "dict", [], {}, [[]], {"t": "table"}, {"t": "text", "b": 0}]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


def test_a_damaged_value_is_read_or_refused_and_never_breaks_the_reader() -> None:
    choose = random.Random(7)
    head, blobs = wire.encode(SAMPLE)
    places = _places(head)[1:]
    for _ in range(600):
        damaged, parts = copy.deepcopy(head), list(blobs)
        for _ in range(choose.randint(1, 3)):
            if choose.random() < 0.5:
                *way, last = choose.choice(places)
                holder = damaged
                try:
                    for key in way:
                        holder = holder[key]
                    holder[last] = choose.choice(JUNK)
                except (KeyError, IndexError, TypeError, AttributeError):
                    continue
            else:
                which = choose.randrange(len(parts))
                broken = bytearray(parts[which])
                if broken:
                    broken[choose.randrange(len(broken))] = choose.randrange(256)
                parts[which] = bytes(broken[: choose.choice([None, -1, 8])])
        with contextlib.suppress(GroundSchoolError):
            repr(wire.decode(damaged, parts))


def test_a_table_of_a_million_rows_crosses() -> None:
    table = pa.table({"id": np.arange(1_000_000), "name": [f"n{i % 977}" for i in range(1_000_000)]})
    assert crossed(table).equals(table)
