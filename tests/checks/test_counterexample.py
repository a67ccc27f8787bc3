"""A failed hidden check is explained by a small input of public data on which the answer really differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from groundschool.checks import Rules, counterexample
from groundschool.checks.answers import AnswerRaised, NotAnAnswer
from groundschool.checks.table.compare import compare, to_table
from groundschool.engines import duckdb_

ROWS = 240
TABLE = pa.table({
    "key": [row // 3 for row in range(ROWS)],
    "word": [("a", "b", "c")[row * 7 % 3] for row in range(ROWS)],
    "number": [(row * 37) % 101 for row in range(ROWS)],
})  # fmt: skip
EXPECTED = "select key, max(number) as most from t group by key"


def asking(text: str) -> Callable[[pa.Table], pa.Table]:
    return lambda table: duckdb_.run(text, {"t": table})


def find(answer: Callable[[pa.Table], Any], by: str = "key", rules: Rules = Rules(), expected: str = EXPECTED) -> Any:
    return counterexample.find(TABLE, answer, asking(expected), by, rules)


def read(told: dict[str, Any], *numbers: str) -> pa.Table:
    """The table that a counterexample shows, which holds text only."""
    columns = zip(*told["rows"], strict=True) if told["rows"] else [[] for _ in told["columns"]]
    return pa.table({
        name: [int(value) if name in numbers else value for value in values]
        for name, values in zip(told["columns"], columns, strict=True)
    })  # fmt: skip


WRONG = {
    "the first": "select key, min(number) as most from t group by key",
    "one key": "select key, max(number) - (key = 41)::int as most from t group by key",
    "the last key": "select key, max(number) as most from t where key < 79 group by key",
    "a lost key": "select key, max(number) as most from t where word <> 'a' group by key",
    "a doubled row": "select key, max(number) over (partition by key) as most from t",
    "another name": "select key, max(number) as biggest from t group by key",
}


@pytest.mark.parametrize("mistake", WRONG)
def test_at_most_five_rows_show_the_difference_and_show_it_really(mistake: str) -> None:
    found = find(asking(WRONG[mistake]))
    assert found is not None
    assert 1 <= len(found.given["rows"]) <= 5
    given = read(found.given, "key", "number")
    assert given.column_names == TABLE.column_names
    got, want = asking(WRONG[mistake])(given), asking(EXPECTED)(given)
    assert compare(got, want) is not None
    assert compare(read(found.expected, "key", "most"), want) is None
    assert compare(read(found.got, "key", *found.got["columns"]), got) is None


def test_a_right_answer_has_none() -> None:
    assert find(asking("select t.key, arg_max(number, number) as most from t group by 1")) is None


def test_rows_of_one_key_stay_together() -> None:
    found = find(asking(WRONG["the first"]))
    keys = [row[0] for row in found.given["rows"]]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_rows_are_independent_where_no_column_is_named() -> None:
    found = find(
        asking("select word, number from t where number <> 7"), "nothing", expected="select word, number from t"
    )
    assert [row[2] for row in found.given["rows"]] == ["7"]


def test_a_difference_that_five_rows_cannot_show_has_none() -> None:
    table = pa.table({"key": [1] * 40, "number": list(range(40))})
    wrong = asking("select key, max(number) as most from t group by key having count(*) < 3")
    assert counterexample.find(table, wrong, asking(EXPECTED), "key", Rules()) is None


def test_what_the_answer_raises_is_told_with_the_input() -> None:
    def raising(table: pa.Table) -> Any:
        if pc.max(table["number"]).as_py() > 90:
            raise AnswerRaised.of("ValueError", "too many")
        return asking(EXPECTED)(table)

    found = find(raising)
    assert found.error == "ValueError: too many"
    assert found.got is None
    assert max(int(row[2]) for row in found.given["rows"]) > 90


@pytest.mark.parametrize(
    "error", [NotAnAnswer("an object"), duckdb_.QueryFailed("Binder Error: x"), duckdb_.QueryRefused("two")]
)
def test_a_refused_answer_is_told(error: Exception) -> None:
    def refusing(table: pa.Table) -> Any:
        raise error

    found = find(refusing)
    assert found.error == str(error)
    assert len(found.given["rows"]) <= 5


def test_the_answer_is_called_a_limited_number_of_times() -> None:
    calls = []

    def wrong(table: pa.Table) -> pa.Table:
        calls.append(table.num_rows)
        return asking(WRONG["the first"])(table)

    find(wrong)
    assert len(calls) <= 26


def test_order_counts_where_the_rules_say_so() -> None:
    backwards = asking("select key, number from t order by key desc")
    assert find(backwards, expected="select key, number from t") is None
    found = find(backwards, "nothing", Rules(order_by=("key",)), "select key, number from t")
    assert found.got["rows"] == found.expected["rows"][::-1]
    assert found.got["rows"] != found.expected["rows"]


def test_two_columns_of_one_name_are_told_apart() -> None:
    def twice(table: pa.Table) -> pa.Table:
        return pa.table([table["key"], table["number"]], names=["key", "key"])

    found = find(twice, "nothing", expected="select key, number from t")
    assert found.got["columns"] == ["key (0)", "key (1)"]
    assert found.got["rows"] == [[row[0], row[1]] for row in found.expected["rows"]]


def test_values_are_told_as_text_and_kept_short() -> None:
    table = pa.table(
        {"key": [1], "at": pa.array([dt.datetime(2024, 1, 2, 3)], pa.timestamp("us")), "word": ["x" * 500]}
    )
    found: Any = counterexample.find(table, lambda given: given.slice(0, 0), lambda given: given, "key", Rules())
    (row,) = found.given["rows"]
    assert row[1] == "2024-01-02 03:00:00"
    assert len(row[2]) <= 61
    assert found.got["rows"] == []


def test_nulls_are_told_apart_from_the_word() -> None:
    table = pa.table({"key": [1, 2], "word": pa.array([None, "None"])})
    found: Any = counterexample.find(
        table, lambda given: to_table(given).slice(0, 0), lambda given: given, "key", Rules()
    )
    assert {row[1] for row in found.given["rows"]} <= {"NULL", "None"}
