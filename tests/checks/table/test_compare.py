"""What the comparator accepts, what it refuses, and what it says."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from groundschool.checks.table.compare import (
    Difference,
    NotATable,
    Rules,
    UnknownColumn,
    compare,
    fingerprint,
    to_table,
)

WANT = pa.table(
    {
        "order_id": pa.array([1, 2, 3], pa.int64()),
        "customer_id": pa.array([101, 102, 101], pa.int64()),
        "latest_status": ["Delivered", "Cancelled", "Placed"],
        "status_time": pa.array(
            [dt.datetime(2024, 1, 3, 9), dt.datetime(2024, 1, 6, 16), dt.datetime(2024, 1, 7, 11)], pa.timestamp("us")
        ),
    }
)


def column(values: Sequence[object], kind: Any = None) -> pa.Table:
    """A table of one column."""
    return pa.table({"value": pa.array(values, kind)})


def difference(got: pa.Table, want: pa.Table, rules: Rules | None = None) -> Difference:
    """The difference, which must be there."""
    found = compare(got, want, rules or Rules())
    assert found is not None
    return found


def replaced(name: str, values: Any, table: pa.Table = WANT) -> pa.Table:
    """The table with one column changed."""
    return table.set_column(table.column_names.index(name), name, pa.array(values))


# -- engines


@pytest.mark.parametrize(
    "convert", [pa.Table.to_pandas, lambda table: table.to_batches()[0], lambda table: table.to_reader()]
)
def test_a_frame_of_any_engine_is_a_table(convert: Any) -> None:
    assert compare(to_table(convert(WANT)), WANT) is None


def test_a_duckdb_relation_and_a_result_are_tables(recwarn: pytest.WarningsRecorder) -> None:
    with duckdb.connect() as connection:
        connection.register("want", WANT)
        assert compare(to_table(connection.sql("from want")), WANT) is None
        assert compare(to_table(connection.execute("from want order by 1 desc")), WANT) is None
    assert not recwarn.list


def test_a_duckdb_sum_is_an_integer() -> None:
    with duckdb.connect() as connection:
        got = to_table(connection.sql("select sum(x) as value from (values (1), (2)) t(x)"))
    assert compare(got, column([3])) is None


def test_the_index_of_a_pandas_frame_does_not_matter() -> None:
    frame = WANT.to_pandas().sort_values("customer_id").set_index(pd.Index([7, 7, 9], name="old"))
    assert compare(to_table(frame), WANT) is None


def test_a_pandas_integer_column_with_gaps_is_still_an_integer() -> None:
    assert compare(to_table(pd.DataFrame({"value": [1, None, 3]})), column([1, None, 3])) is None
    assert compare(to_table(pd.DataFrame({"value": [1.5, None, 3]})), column([1, None, 3])) is not None


def test_a_pandas_frame_may_hold_one_name_twice() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["value", "value"])
    assert difference(to_table(frame), column([1])).message == "1 column is not expected."


def test_a_categorical_and_a_nullable_column_are_read() -> None:
    frame = pd.DataFrame({"a": pd.Categorical(["x", None]), "b": pd.array([1, None], dtype="Int32")})
    assert compare(to_table(frame), pa.table({"a": ["x", None], "b": [1, None]})) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1, 2, 3], "a list of 3 items, expected a DataFrame."),
        (None, "None, expected a DataFrame."),
        ("select 1", "a str, expected a DataFrame."),
        (pd.Series([1]), "a Series of 1 item, expected a DataFrame."),
        (7, "an int, expected a DataFrame."),
    ],
)
def test_anything_else_is_named(value: object, said: str) -> None:
    with pytest.raises(NotATable) as raised:
        to_table(value)
    assert str(raised.value) == said


def test_a_mixed_column_is_named() -> None:
    with pytest.raises(NotATable, match="column `value` holds int, str"):
        to_table(pd.DataFrame({"value": [1, "x"]}))


def test_a_duckdb_connection_without_a_result_is_named() -> None:
    with duckdb.connect() as connection, pytest.raises(NotATable):
        to_table(connection)


@pytest.mark.spark
def test_a_spark_frame_is_a_table() -> None:
    session = pytest.importorskip("groundschool.engines.spark").spark()
    frame = session.createDataFrame(WANT.to_pandas())
    assert compare(to_table(frame.select("status_time", "latest_status", "customer_id", "order_id")), WANT) is None
    counted = frame.groupBy("customer_id").count()
    assert compare(to_table(counted), pa.table({"customer_id": [102, 101], "count": [1, 2]})) is None


# -- columns


def test_names_match_without_case_quotes_and_order() -> None:
    names = ["ORDER_ID", '"customer_id"', " Latest_Status ", "`status_time`"]
    assert compare(WANT.rename_columns(names).select([3, 0, 2, 1]), WANT) is None


def test_missing_columns_are_named_and_unknown_ones_only_in_the_detail() -> None:
    got = WANT.rename_columns(["order_id", "customer_id", "status", "status_time"])
    found = difference(got, WANT)
    assert found.message == "Column `latest_status` is missing; 1 column is not expected."
    assert "`status`" in found.detail


def test_an_expected_duplicate_name_is_matched_by_place() -> None:
    want = pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "A"])
    assert compare(want, want) is None
    assert difference(want.select([0]), want).message == "Column `A` is missing."


def test_no_columns_at_all() -> None:
    assert compare(pa.table({}), pa.table({})) is None
    assert "`value`" in difference(pa.table({}), column([1])).message


# -- types


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (column([1, 2], pa.int8()), column([1, 2], pa.uint64())),
        (column([1, 2], pa.decimal128(38, 0)), column([1, 2])),
        (column([2**63], pa.uint64()), column([2**63], pa.decimal128(38, 0))),
        (column(["a"], pa.large_string()), column(["a"], pa.string_view())),
        (column(["a", None]).cast(pa.schema([("value", pa.dictionary(pa.int8(), pa.string()))])), column(["a", None])),
        (column([1.5], pa.float32()), column([1.5])),
        (column([decimal.Decimal("1.50")]), column([1.5])),
        (column([decimal.Decimal("1.5")]), column([decimal.Decimal("1.5000")])),
        (column([dt.date(2024, 1, 1)], pa.date64()), column([dt.date(2024, 1, 1)])),
        (column([b"x"]), column([b"x"], pa.large_binary())),
        (column([None, None]), column([None, None], pa.int64())),
        (column([[1, None]], pa.list_(pa.int32())), column([[1, None]], pa.large_list(pa.int64()))),
        (column([{"a": 1, "B": "x"}]), column([{"b": "x", "a": 1}])),
        (column([{"n": decimal.Decimal(3), "mean": 1.5}]), column([{"Mean": 1.5, "n": 3}])),
        (column([dt.timedelta(1)], pa.duration("ms")), column([dt.timedelta(1)], pa.duration("ms"))),
    ],
)
def test_types_of_one_family_are_equal(got: pa.Table, want: pa.Table) -> None:
    assert compare(got, want) is None
    assert compare(want, got) is None


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_a_timestamp_of_any_unit_is_equal(unit: str) -> None:
    assert compare(replaced("status_time", WANT["status_time"].cast(pa.timestamp(unit)).combine_chunks()), WANT) is None


def test_a_timestamp_with_a_zone_is_compared_in_utc() -> None:
    noon = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
    utc = column([noon], pa.timestamp("us", "UTC"))
    assert compare(utc.cast(pa.schema([("value", pa.timestamp("us", "Europe/Amsterdam"))])), utc) is None
    assert compare(utc, column([dt.datetime(2024, 6, 1, 12)])) is None
    assert compare(column([dt.datetime(2024, 6, 1, 14)]), utc) is not None


def test_nanoseconds_and_the_end_of_time_can_be_compared() -> None:
    late = column([dt.datetime(9999, 12, 31)], pa.timestamp("us"))
    fine = pa.table({"value": pa.array([1], pa.timestamp("ns"))})
    assert compare(late, late) is None
    assert compare(fine, late) is not None
    assert compare(fine, pa.table({"value": pa.array([0], pa.timestamp("us"))})) is not None


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (column(["1"]), column([1]), "`value` is text, integer expected."),
        (column([1.0]), column([1]), "`value` is floating-point number, integer expected."),
        (column([True]), column([1]), "`value` is boolean, integer expected."),
        (column([dt.datetime(2024, 1, 1)]), column([dt.date(2024, 1, 1)]), "`value` is timestamp, date expected."),
        (column([[1]]), column([["1"]]), "`value` is another list, list expected."),
    ],
)
def test_a_type_of_another_family_is_named(got: pa.Table, want: pa.Table, said: str) -> None:
    assert difference(got, want).message == said


def test_a_number_out_of_range_is_told_and_not_a_crash() -> None:
    huge = column([decimal.Decimal(10) ** 60], pa.decimal256(76, 0))
    assert compare(huge, column([decimal.Decimal("1.123456789012345678901234567890")])) is not None


def test_exact_types_are_compared_when_asked() -> None:
    rules = Rules(exact_types=True)
    found = difference(column([1], pa.int32()), column([1], pa.int64()), rules)
    assert found.message == "`value` is int32, int64 expected."
    assert compare(column(["a"], pa.large_string()), column(["a"]), rules) is None


# -- text that stands for a value


@pytest.mark.parametrize(
    "form",
    ["2024-01-03 09:00", "2024-01-03T09:00", "2024-01-03 09:00:00", "2024-01-03T09:00:00.000000", "2024-01-03T10:00:00+01:00",
     "2024-01-03 09:00:00Z"],
)  # fmt: skip
def test_a_timestamp_may_come_as_text_where_accepted(form: str) -> None:
    want = column([dt.datetime(2024, 1, 3, 9), dt.datetime(2024, 1, 6)])
    rules = Rules(accept_text=("value",))
    assert compare(column([form, "2024-01-06"]), want, rules) is None
    assert compare(column([form, "2024-01-07"]), want, rules) is not None
    assert compare(column([form, None]), want, rules) is not None


def test_an_integer_may_come_as_text_where_accepted() -> None:
    rules = Rules(accept_text=("value",))
    assert compare(column(["101", None]), column([101, None]), rules) is None
    assert compare(column([101, None]), column(["101", None]), rules) is None
    assert compare(column(["102"]), column([101]), rules) is not None
    assert compare(column(["101"]), column([101])) is not None


@pytest.mark.parametrize("text", ["0101", "x", "", "101.0", "2024-13-01"])
def test_text_that_is_no_such_value_is_counted(text: str) -> None:
    rules = Rules(accept_text=("value",))
    found = difference(column([text, "7"]), column([101, 7]), rules)
    assert found.message == "`value` is text that cannot be read as integer in some rows."
    assert compare(column([text]), column([dt.datetime(2024, 1, 3)]), rules) is not None


# -- values


@pytest.mark.parametrize(
    ("got", "want"),
    [([None], [0]), ([None], [""]), ([""], [None]), ([None], [float("nan")]), ([1.0], [1.001]), ([float("inf")], [1e308]),
     ([decimal.Decimal("1.10")], [decimal.Decimal("1.11")]), ([10**15 + 1], [10**15]), (["a"], ["A"]), (["a"], ["a "]),
     ([[1, 2]], [[2, 1]]), ([{"a": 1.5}], [{"a": 1.6}]), ([[None]], [[]])],
)  # fmt: skip
def test_another_value_is_a_difference(got: list[object], want: list[object]) -> None:
    assert compare(column(got), column(want)) is not None


def test_nulls_nans_and_infinities_equal_themselves() -> None:
    values = [None, float("nan"), float("inf"), float("-inf"), -0.0]
    assert compare(column(values[::-1]), column([*values[:-1], 0.0])) is None


def test_noise_that_changes_the_order_of_floats_is_no_difference() -> None:
    want = pa.table({"a": [1.0, 1.0 + 1e-12], "b": [5.0, 9.0]})
    got = pa.table({"a": [1.0 + 2e-12, 1.0 - 1e-12], "b": [5.0, 9.0]})
    assert compare(got, want) is None
    assert compare(pa.table({"a": [1.0, 1.0], "b": [5.0, 5.0]}), want) is not None


def test_a_chain_of_near_floats_is_matched_by_swapping_partners() -> None:
    # Each given row is near two expected ones: taking the first partner for each leaves the last row alone.
    rules = Rules(absolute=1.0, relative=0.0)
    want = pa.table({"a": [0.0, 1.0, 2.0], "b": [0.0, 0.0, 0.0]})
    got = pa.table({"a": [1.0, 2.0, 0.4], "b": [0.9, 0.9, -0.9]})
    assert compare(got, want, rules) is None
    assert compare(pa.table({"a": [2.0, 2.0, 2.0], "b": [0.0, 0.0, 0.0]}), want, rules) is not None


def test_floats_inside_nested_values_have_a_tolerance() -> None:
    want = column([{"name": "a", "parts": [1.5, 2.5]}, {"name": "b", "parts": []}])
    assert compare(column([{"name": "b", "parts": []}, {"name": "a", "parts": [1.5 + 1e-12, 2.5]}]), want) is None
    assert compare(column([{"name": "b", "parts": []}, {"name": "a", "parts": [1.5, 2.6]}]), want) is not None


# -- rows


def test_a_tied_row_is_not_lost() -> None:
    twice = pa.concat_tables([WANT, WANT.slice(0, 1)])
    assert compare(twice, twice) is None
    assert difference(WANT, twice).message == "3 rows, 4 expected: 1 row is missing."
    assert (
        difference(twice, WANT).message
        == "4 rows, 3 expected: 1 row is not expected; 1 of them repeats an expected row."
    )


def test_a_row_doubled_in_place_of_another_is_a_difference() -> None:
    assert difference(WANT.take([0, 0, 2]), WANT).message.startswith("1 row is missing and 1 is not expected")


def test_no_rows() -> None:
    empty = WANT.slice(0, 0)
    assert compare(empty, empty) is None
    assert compare(to_table(pd.DataFrame(columns=WANT.column_names)), empty) is None
    assert difference(empty, WANT).message == "No rows, 3 expected."


def test_the_differing_column_is_named_without_values() -> None:
    got = replaced("status_time", [dt.datetime(2024, 1, 3, 9), dt.datetime(2024, 1, 6, 16), dt.datetime(1999, 1, 7)])
    found = difference(got, WANT)
    assert found.message == "1 row is missing and 1 is not expected; they differ in `status_time`."
    assert "1999" in found.detail


def test_cells_are_told_by_key() -> None:
    got = replaced("latest_status", ["Delivered", "Placed", None])
    found = difference(got, WANT, Rules(key=("order_id",)))
    assert found.message == "2 rows are missing and 2 are not expected; they differ in `latest_status`."
    assert "order_id=2: latest_status is 'Placed', 'Cancelled' expected" in found.detail
    assert "order_id=3: latest_status is NULL, 'Placed' expected" in found.detail


def test_at_most_five_rows_of_a_kind_are_shown() -> None:
    found = difference(column(list(range(100, 120))), column(list(range(20))))
    assert found.detail.count("\n") == 13
    assert "Missing (first 5 of 20):" in found.detail


def test_a_message_never_holds_what_the_answer_chose() -> None:
    secret = "secret-7"
    zone = pa.timestamp("us", "Europe/Paris")
    for got in (
        pa.table({secret: [1]}),
        pa.table({"value": pa.array([{secret: 1}])}),
        pa.table({"value": pa.array([0], zone)}),
        column([secret]),
    ):
        for rules in (Rules(), Rules(exact_types=True), Rules(accept_text=("value",))):
            message = difference(got, column([1]), rules).message
            assert secret not in message
            assert "Paris" not in message


def test_a_value_that_python_cannot_hold_is_told() -> None:
    far = pa.table({"value": pa.array([2**62], pa.timestamp("s"))})
    assert compare(far, pa.table({"value": pa.array([0], pa.timestamp("s"))})) is not None


ODD = (
    pa.array([{"at": 2**62}], pa.struct([("at", pa.timestamp("s"))])),
    pa.array([2**62], pa.timestamp("s", "Nowhere/Never")),
    pa.array([b"\xff"]).view(pa.string()),
    pa.array([[b"\xff"]]).cast(pa.list_(pa.binary())).view(pa.list_(pa.string())),
    pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array([7])),
    pa.array([decimal.Decimal(10) ** 60], pa.decimal256(76, 0)),
    pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    pa.array([2**64 - 1], pa.uint64()),
    pa.array([True]),
    pa.array([[("a", 1.5)]], pa.map_(pa.string(), pa.float64())),
    pa.array([[float(place) for place in range(500)]]),
    pa.nulls(1),
)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd.type))
def test_an_odd_column_is_a_difference_and_never_a_crash(odd: Any) -> None:
    got = pa.table({"value": odd})
    rules = Rules(order_by=("value",), accept_text=("value",), key=("value",))
    for want in (
        column([1]),
        column(["x"]),
        column([1.5]),
        column([dt.datetime(2024, 1, 1)]),
        column([{"at": 5}]),
        column([[1.0]]),
    ):
        assert compare(got, want, rules) is not None
        assert fingerprint(got, rules) != fingerprint(want, rules)
    found = compare(got, got, rules)
    assert found is None or "cannot be read" in found.message or "at most" in found.message


def test_rules_that_do_not_fit_the_expected_table_are_an_error() -> None:
    with pytest.raises(UnknownColumn, match="`total`"):
        compare(WANT, WANT, Rules(order_by=("total desc",)))


# -- order


def test_order_counts_only_when_asked() -> None:
    assert compare(WANT.take([2, 0, 1]), WANT) is None
    found = difference(WANT.take([2, 0, 1]), WANT, Rules(order_by=("order_id",)))
    assert found.message == "The rows are as expected, their order is not: sorted by order_id was expected."
    assert "Row 2 may not follow row 1" in found.detail


def test_ties_are_free_and_a_second_key_is_not() -> None:
    assert compare(WANT.take([0, 2, 1]), WANT, Rules(order_by=("customer_id",))) is None
    assert compare(WANT.take([2, 0, 1]), WANT, Rules(order_by=("customer_id",))) is None
    rules = Rules(order_by=("customer_id", "order_id desc"))
    assert compare(WANT.take([2, 0, 1]), WANT, rules) is None
    assert compare(WANT.take([0, 2, 1]), WANT, rules) is not None


@pytest.mark.parametrize("values", [[None, 1, 2], [1, 2, None], [float("nan"), 1.0, 2.0]])
def test_absent_values_may_stand_at_either_end(values: list[object]) -> None:
    assert compare(column(values), column(values), Rules(order_by=("value",))) is None
    assert compare(column(values[::-1]), column(values), Rules(order_by=("Value DESC",))) is None
    middle = [values[1], values[0], values[2]]
    assert compare(column(middle), column(values), Rules(order_by=("value",))) is not None


def test_text_dates_and_decimals_sort_by_value() -> None:
    for values in (
        ["a", "b", "c"],
        [dt.date(2024, 1, day) for day in (1, 2, 3)],
        [decimal.Decimal(n) / 4 for n in (1, 2, 3)],
    ):
        assert compare(column(values), column(values), Rules(order_by=("value",))) is None
        assert compare(column(values[::-1]), column(values), Rules(order_by=("value",))) is not None


# -- fingerprints


def test_a_fingerprint_is_equal_across_engines_and_order() -> None:
    want = pa.table({"id": [1, 2, None], "mean": [12345.65, 0.3, None], "at": WANT["status_time"].combine_chunks()})
    with duckdb.connect() as connection:
        connection.register("want", want)
        relation = connection.sql(
            "select id::hugeint as ID, mean + 1e-12 as mean, want.at::timestamptz as at from want order by 1 desc"
        )
        got = to_table(relation)
    assert compare(got, want) is None
    assert fingerprint(got) == fingerprint(want)


def test_a_fingerprint_differs_for_other_rows_names_and_nulls() -> None:
    tables = [WANT, WANT.take([0, 1]), WANT.take([0, 1, 1]), WANT.rename_columns(["a", "b", "c", "d"]),
              replaced("latest_status", ["Delivered", "Cancelled", None]), replaced("latest_status", ["Delivered", "Cancelled", ""])]  # fmt: skip
    assert len({fingerprint(table) for table in tables}) == len(tables)


def test_a_fingerprint_tells_order_apart_only_where_it_counts() -> None:
    other = WANT.take([2, 1, 0])
    assert fingerprint(other) == fingerprint(WANT)
    rules = Rules(order_by=("order_id",))
    assert fingerprint(other, rules) != fingerprint(WANT, rules)


def test_a_fingerprint_reads_accepted_text() -> None:
    rules = Rules(accept_text=("order_id", "status_time"))
    texts = replaced("order_id", ["1", "2", "3"])
    texts = replaced("status_time", ["2024-01-03T09:00", "2024-01-06 16:00:00", "2024-01-07T11:00Z"], texts)
    assert compare(texts, WANT, rules) is None
    assert fingerprint(texts, rules) == fingerprint(WANT, rules)


# -- size


def test_a_million_rows_in_another_order_are_equal() -> None:
    rows = np.arange(1_000_000)
    table = pa.table({"id": rows, "text": pa.array(["a", "b", "c", "d"]).take(pa.array(rows % 4)), "share": rows / 7})
    other = table.take(pa.array(rows[::-1]))
    assert compare(other, table) is None
    assert difference(other.slice(1), table).message == "999,999 rows, 1,000,000 expected: 1 row is missing."


@pytest.mark.parametrize("unread", [1, 3])
def test_text_that_is_no_time_is_told_without_a_number_of_the_answers_choosing(unread: int) -> None:
    texts = ["no time"] * unread + ["2024-01-01 10:00"] * (4 - unread)
    want = pa.table({"at": pa.array([dt.datetime(2024, 1, 1, 10)] * 4)})
    found = compare(pa.table({"at": texts}), want, Rules(accept_text=("at",)))
    assert found is not None
    assert found.message == "`at` is text that cannot be read as timestamp in some rows."
