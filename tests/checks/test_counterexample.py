"""A failed hidden check is explained by a small input of public data on which the answer really differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundschool.checks import Rules, counterexample
from groundschool.checks.answers import AnswerRaised, NotAnAnswer
from groundschool.checks.table.compare import compare, to_table
from groundschool.engines import duckdb_
from groundschool.engines.engine import QueryFailed, QueryRefused
from groundschool.fixtures.dataset import Objects, Text

ROWS = 240
TABLE = pa.table({
    "key": [row // 3 for row in range(ROWS)],
    "word": [("a", "b", "c")[row * 7 % 3] for row in range(ROWS)],
    "number": [(row * 37) % 101 for row in range(ROWS)],
})  # fmt: skip
EXPECTED = "select key, max(number) as most from t group by key"


def asking(text: str) -> Callable[[pa.Table], pa.Table]:
    return lambda t: duckdb_.run(text, {"t": t})


def find(answer: Callable[[pa.Table], Any], by: str = "key", rules: Rules = Rules(), expected: str = EXPECTED) -> Any:
    return counterexample.find({"t": TABLE}, answer, asking(expected), by, rules)


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
    assert 1 <= len(found.given["t"]["rows"]) <= 5
    given = read(found.given["t"], "key", "number")
    assert given.column_names == TABLE.column_names
    got, want = asking(WRONG[mistake])(given), asking(EXPECTED)(given)
    assert compare(got, want) is not None
    assert compare(read(found.expected, "key", "most"), want) is None
    assert compare(read(found.got, "key", *found.got["columns"]), got) is None


def test_a_right_answer_has_none() -> None:
    assert find(asking("select t.key, arg_max(number, number) as most from t group by 1")) is None


def test_rows_of_one_key_stay_together() -> None:
    found = find(asking(WRONG["the first"]))
    keys = [row[0] for row in found.given["t"]["rows"]]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_rows_are_independent_where_no_column_is_named() -> None:
    found = find(
        asking("select word, number from t where number <> 7"), "nothing", expected="select word, number from t"
    )
    assert [row[2] for row in found.given["t"]["rows"]] == ["7"]


def test_a_difference_that_five_rows_cannot_show_has_none() -> None:
    table = pa.table({"key": [1] * 40, "number": list(range(40))})
    wrong = asking("select key, max(number) as most from t group by key having count(*) < 3")
    assert counterexample.find({"t": table}, wrong, asking(EXPECTED), "key", Rules()) is None


def test_what_the_answer_raises_is_told_with_the_input() -> None:
    def raising(t: pa.Table) -> Any:
        if pc.max(t["number"]).as_py() > 90:
            raise AnswerRaised.of("ValueError", "too many")
        return asking(EXPECTED)(t)

    found = find(raising)
    assert found.error == "ValueError: too many"
    assert found.got is None
    assert max(int(row[2]) for row in found.given["t"]["rows"]) > 90


@pytest.mark.parametrize("error", [NotAnAnswer("an object"), QueryFailed("Binder Error: x"), QueryRefused("two")])
def test_a_refused_answer_is_told(error: Exception) -> None:
    def refusing(t: pa.Table) -> Any:
        raise error

    found = find(refusing)
    assert found.error == str(error)
    assert len(found.given["t"]["rows"]) <= 5


def test_the_answer_is_called_a_limited_number_of_times() -> None:
    calls = []

    def wrong(t: pa.Table) -> pa.Table:
        calls.append(t.num_rows)
        return asking(WRONG["the first"])(t)

    find(wrong)
    assert len(calls) <= 26


def test_order_counts_where_the_rules_say_so() -> None:
    backwards = asking("select key, number from t order by key desc")
    assert find(backwards, expected="select key, number from t") is None
    found = find(backwards, "nothing", Rules(order_by=("key",)), "select key, number from t")
    assert found.got["rows"] == found.expected["rows"][::-1]
    assert found.got["rows"] != found.expected["rows"]


def test_two_columns_of_one_name_are_told_apart() -> None:
    def twice(t: pa.Table) -> pa.Table:
        return pa.table([t["key"], t["number"]], names=["key", "key"])

    found = find(twice, "nothing", expected="select key, number from t")
    assert found.got["columns"] == ["key (0)", "key (1)"]
    assert found.got["rows"] == [[row[0], row[1]] for row in found.expected["rows"]]


def test_values_are_told_as_text_and_kept_short() -> None:
    table = pa.table(
        {"key": [1], "at": pa.array([dt.datetime(2024, 1, 2, 3)], pa.timestamp("us")), "word": ["x" * 500]}
    )
    found: Any = counterexample.find({"t": table}, lambda t: t.slice(0, 0), lambda t: t, "key", Rules())
    (row,) = found.given["t"]["rows"]
    assert row[1] == "2024-01-02 03:00:00"
    assert len(row[2]) <= 61
    assert found.got["rows"] == []


def test_nulls_are_told_apart_from_the_word() -> None:
    table = pa.table({"key": [1, 2], "word": pa.array([None, "None"])})
    found: Any = counterexample.find({"t": table}, lambda t: to_table(t).slice(0, 0), lambda t: t, "key", Rules())
    assert {row[1] for row in found.given["t"]["rows"]} <= {"NULL", "None"}


# -- several parts


ORDERS = pa.table({
    "order_id": list(range(200)), "customer_id": [row % 40 for row in range(200)], "total": [row * 7 % 50 for row in range(200)],
})  # fmt: skip
ITEMS = pa.table({
    "order_id": [row // 2 for row in range(400)], "sku": [f"s{row * 13 % 60}" for row in range(400)], "qty": [row % 4 for row in range(400)],
})  # fmt: skip
CUSTOMERS = pa.table({"customer_id": list(range(40)), "country": [("GB", "US", "DE")[row % 3] for row in range(40)]})
SHOP = {"orders": ORDERS, "order_items": ITEMS, "customers": CUSTOMERS}
SOLD = """
    select country, sum(qty)::int as sold from orders join order_items using (order_id)
    join customers using (customer_id) group by country
"""
SHOP_WRONG = {
    "lines without a quantity": SOLD.replace("group by", "where qty > 1 group by"),
    "one country": SOLD.replace("group by", "where country <> 'DE' group by"),
    "orders in place of quantities": SOLD.replace("sum(qty)::int", "count(*)::int"),
    "one sku": SOLD.replace("group by", "where sku <> 's13' group by"),
    "a column of another name": SOLD.replace("as sold", "as sales"),
}


def over(text: str) -> Callable[..., pa.Table]:
    return lambda **tables: duckdb_.run(text, tables)


@pytest.mark.parametrize("mistake", SHOP_WRONG)
def test_several_tables_shrink_by_their_shared_key_and_by_what_they_point_at(mistake: str) -> None:
    found = counterexample.find(SHOP, over(SHOP_WRONG[mistake]), over(SOLD), "order_id", Rules())
    assert found is not None
    assert list(found.given) == ["orders", "order_items", "customers"]
    assert all(1 <= len(body["rows"]) <= 5 for body in found.given.values())
    given = {name: read(body, "order_id", "customer_id", "total", "qty") for name, body in found.given.items()}
    assert set(given["order_items"]["order_id"].to_pylist()) <= set(given["orders"]["order_id"].to_pylist())
    assert set(given["orders"]["customer_id"].to_pylist()) <= set(given["customers"]["customer_id"].to_pylist())
    assert compare(over(SHOP_WRONG[mistake])(**given), over(SOLD)(**given)) is not None


def test_a_difference_that_needs_two_keys_is_found() -> None:
    wrong = asking("select key, number from t where number > (select min(number) from t)")
    found = find(wrong, expected="select key, number from t where number >= (select min(number) from t)")
    assert len(found.given["t"]["rows"]) <= 5


def test_a_table_that_nothing_points_at_is_shrunk_row_by_row() -> None:
    rates = pa.table({"day": list(range(90)), "rate": [1.0 + day for day in range(90)]})
    found = counterexample.find(
        {"orders": ORDERS, "rates": rates},
        over("select count(*)::int as n, max(rate) as top from orders, rates where rate <> 17"),
        over("select count(*)::int as n, max(rate) as top from orders, rates"),
        "order_id",
        Rules(),
    )
    assert found is not None
    assert [row[1] for row in found.given["rates"]["rows"]] == ["17.0"]
    assert 1 <= len(found.given["orders"]["rows"]) <= 5


def test_a_text_file_shrinks_by_lines() -> None:
    log = Text("app.log", tuple(f"{number} {'ERROR' if number % 9 == 4 else 'INFO'}" for number in range(300)))

    def errors(log: Text) -> pa.Table:
        return pa.table({"errors": [sum("ERROR" in line for line in log.lines)]})

    found = counterexample.find({"log": log}, lambda log: pa.table({"errors": [0]}), errors, "", Rules())
    assert found is not None
    ((line,),) = found.given["log"]["rows"]
    assert line.endswith("ERROR")
    assert found.given["log"]["columns"] == ["app.log"]


def test_objects_shrink_by_keys() -> None:
    lake = Objects("lake", {f"day={day}/part.csv": f"{day}\n".encode() for day in range(50)})

    def keys(lake: Objects) -> pa.Table:
        return pa.table({"key": sorted(lake.content)})

    def first_ones(lake: Objects) -> pa.Table:
        return pa.table({"key": [key for key in sorted(lake.content) if "day=7" not in key]})

    found = counterexample.find({"lake": lake}, first_ones, keys, "", Rules())
    assert found is not None
    assert found.given["lake"] == {"columns": ["key", "content"], "rows": [["day=7/part.csv", "7\n"]]}


def test_an_empty_input_can_be_the_example() -> None:
    nothing = {"t": TABLE.slice(0, 0)}
    found = counterexample.find(nothing, asking("select 1 as key, 2 as most"), asking(EXPECTED), "key", Rules())
    assert found is not None
    assert found.given["t"]["rows"] == []
    assert found.expected["rows"] == []


KEYS = st.lists(st.integers(0, 12), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders=KEYS, items=KEYS, lost=st.integers(0, 12), least=st.integers(0, 3))
def test_whatever_the_tables_an_example_differs_and_has_at_most_five_rows_a_part(
    orders: list[int], items: list[int], lost: int, least: int
) -> None:
    parts = {
        "orders": pa.table({"key": orders, "kind": [key % 3 for key in orders]}),
        "items": pa.table({"key": items, "n": list(range(len(items)))}),
        "kinds": pa.table({"kind": [0, 1, 2], "name": ["a", "b", "c"]}),
    }

    def expected(orders: pa.Table, items: pa.Table, kinds: pa.Table) -> pa.Table:
        names = dict(zip(*kinds.to_pydict().values(), strict=True))
        rows = [
            (key, names.get(kind), n)
            for key, kind in zip(*orders.to_pydict().values(), strict=True)
            for other, n in zip(*items.to_pydict().values(), strict=True)
            if key == other
        ]
        return pa.table(
            {"key": [row[0] for row in rows], "name": [row[1] for row in rows], "n": [row[2] for row in rows]}
        )

    def answer(**tables: pa.Table) -> pa.Table:
        rows = expected(**tables)
        return rows.filter((pc.field("key") != lost) & (pc.field("n") >= least))

    found = counterexample.find(parts, answer, expected, "key", Rules())
    if found is None:
        return
    assert all(len(body["rows"]) <= 5 for body in found.given.values())
    shown = {name: read(body, "key", "kind", "n") for name, body in found.given.items()}
    assert compare(answer(**shown), expected(**shown)) is not None
