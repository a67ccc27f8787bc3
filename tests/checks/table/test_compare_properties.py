"""Right answers in any guise pass, wrong ones never do: over generated tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from groundschool.checks.table.compare import Rules, compare, fingerprint, to_table

_whole = st.none() | st.integers(-3, 3)
_text = st.none() | st.sampled_from(["", "a", "A", "b ", "NULL", "é"])
_real = st.none() | st.sampled_from([0.0, 1.0, 1.0 + 1e-10, -2.5, 1e12, 12345.65, float("nan"), float("inf")])
_time = st.none() | st.datetimes(dt.datetime(2023, 1, 1), dt.datetime(2025, 1, 1)).map(
    lambda time: time.replace(microsecond=0)
)
_row = st.tuples(_whole, _text, _real, _real, _time)
_rows = st.lists(_row, max_size=12)

NAMES = ("number", "word", "amount", "rate", "at")
TYPES = (pa.int64(), pa.string(), pa.float64(), pa.float64(), pa.timestamp("us"))
GUISES = (
    (pa.int8(), pa.int32(), pa.decimal128(19, 0)),
    (pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())),
    (pa.float64(),),
    (pa.float64(),),
    (pa.timestamp("s"), pa.timestamp("ns"), pa.timestamp("ms", "UTC")),
)


def table(rows: list[Any]) -> pa.Table:
    """The rows as a table of five columns."""
    return pa.table({name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(zip(NAMES, TYPES, strict=True))})  # fmt: skip


def changed(value: Any, place: int) -> Any:
    """Another value of the column at `place`, beyond any tolerance."""
    if value is None:
        return (0, "x", 0.0, 0.0, dt.datetime(2024, 1, 1))[place]
    if place == 1:
        return value + "x"
    if place == 4:
        return value + dt.timedelta(seconds=1)
    if place == 0:
        return value + 1
    return 7.0 if value != value or value in (float("inf"),) else value + 1 + abs(value)


@settings(deadline=None, max_examples=150)
@given(_rows, st.data())
def test_rows_columns_case_types_and_noise_do_not_matter(rows: list[Any], data: st.DataObject) -> None:
    want = table(rows)
    noisy = [
        (*row[:2], *(noise(value, data) for value in row[2:4]), row[4]) for row in data.draw(st.permutations(rows))
    ]
    got = table(noisy)
    for place, guises in enumerate(GUISES):
        got = got.set_column(place, NAMES[place], got.column(place).cast(data.draw(st.sampled_from(guises))))
    got = got.rename_columns([data.draw(st.sampled_from([name, name.upper(), f'"{name}"'])) for name in NAMES])
    got = got.select(data.draw(st.permutations(range(len(NAMES)))))
    assert compare(got, want) is None


def noise(value: float | None, data: st.DataObject) -> float | None:
    """The value, missed by less than the tolerance."""
    return None if value is None else value * (1 + data.draw(st.sampled_from([0.0, 1e-13, -1e-13, 4e-7])))


@settings(deadline=None, max_examples=150)
@given(st.lists(_row, min_size=1, max_size=12), st.data())
def test_a_lost_a_doubled_or_a_changed_row_always_fails(rows: list[Any], data: st.DataObject) -> None:
    want, rules = (
        table(rows),
        data.draw(st.sampled_from([Rules(), Rules(key=("number",)), Rules(key=("number", "amount"))])),
    )
    row = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(NAMES) - 1))
    other = list(rows[row])
    other[place] = changed(other[place], place)
    for wrong in (rows[:row] + rows[row + 1 :], [*rows, rows[row]], [*rows[:row], tuple(other), *rows[row + 1 :]]):
        got = table(data.draw(st.permutations(wrong)))
        found = compare(got, want, rules)
        assert found is not None
        assert found.message.endswith(".")
        assert compare(want, got, rules) is not None


@settings(deadline=None, max_examples=100)
@given(_rows, st.data())
def test_equal_rows_have_equal_fingerprints_in_any_order_and_type(rows: list[Any], data: st.DataObject) -> None:
    got = table(data.draw(st.permutations(rows)))
    for place, guises in enumerate(GUISES):
        got = got.set_column(place, NAMES[place].upper(), got.column(place).cast(data.draw(st.sampled_from(guises))))
    assert fingerprint(got) == fingerprint(table(rows))


@settings(deadline=None, max_examples=60)
@given(_rows)
def test_pandas_brings_the_same_rows(rows: list[Any]) -> None:
    # pandas has one absent value for NULL and NaN, so rows with NaN are left to Arrow.
    rows = [row for row in rows if all(value is None or value == value for value in row)]
    assert compare(to_table(table(rows).to_pandas()), table(rows)) is None


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), max_size=7), st.data())
def test_partners_are_found_whenever_there_are_any(points: list[tuple[int, int]], data: st.DataObject) -> None:
    rules = Rules(absolute=3.0, relative=0.0)
    moves = st.integers(-3, 3)
    moved = [(x + data.draw(moves), y + data.draw(moves)) for x, y in data.draw(st.permutations(points))]
    got, want = (
        pa.table({"x": [float(x) for x, _ in some], "y": [float(y) for _, y in some]}) for some in (moved, points)
    )
    assert compare(got, want, rules) is None
