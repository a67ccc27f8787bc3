"""A candidate's SQL: honest queries of every style run, and whatever is more than one query over the question's tables does not."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from groundschool.engines import duckdb_
from groundschool.engines.engine import QueryFailed, QueryRefused

ORDERS = pa.table({
    "id": [1, 1, 2], "status": ["Placed", "Sent", "Placed"], "amount": [2.5, 2.5, 4.0],
    "day": pa.array([dt.datetime(2024, 1, day) for day in (1, 2, 3)], pa.timestamp("us")),
})  # fmt: skip
PRICES = pa.table(
    {"price": [1, 2], "day": pa.array([dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 3)], pa.timestamp("us"))}
)


def rows(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = duckdb_.run(text, {"orders": ORDERS, "prices": PRICES}).to_pylist()
    return found


HONEST = {
    "qualify": "select id from orders qualify row_number() over (partition by id order by day desc) = 1",
    "window in a subquery": "select id from (select *, rank() over (partition by id order by day desc) r from orders) where r = 1",
    "distinct on": "select distinct on (id) id from orders order by id, day desc",
    "arg_max": "select id, arg_max(status, day) as status from orders group by id",
    "self-join": "select o.id from orders o left join orders later on o.id = later.id and o.day < later.day where later.id is null",
    "correlated": "select id from orders o where day = (select max(day) from orders i where i.id = o.id)",
    "exists": "select id from orders o where not exists (from orders i where i.id = o.id and i.day > o.day)",
    "with": "with newest as (select id, max(day) as day from orders group by 1) select id from orders join newest using (id, day)",
    "materialised": "with n as materialized (select distinct id from orders) select * from n",
    "asof": "select id from orders asof join prices on orders.day >= prices.day where orders.day in (select max(day) from orders group by id)",
    "lateral": "select id from (select distinct id from orders) o, lateral (select max(day) from orders i where i.id = o.id)",
    "union": "select 1 as id union all select 2",
    "except": "select id from orders except select 3",
    "values": "select * from (values (1), (2)) t(id)",
    "unnest": "select unnest([1, 2]) as id",
    "range": "select range as id from range(1, 3)",
    "recursive": "with recursive n(id) as (select 1 union all select id + 1 from n where id < 2) select id from n",
    "from first": "from orders select distinct id",
    "cte in a subquery": "select id from (with x as (from orders) select distinct id from x)",
    "group by all": "select id, count(*) from orders group by all",
    "list functions": "select id, list_sort(list(status)) from orders group by id",
    "filter": "select id, count(*) filter (status = 'Sent') as sent from orders group by id",
    "semicolon": "select distinct id from orders;",
    "semicolon and comment": "select distinct id from orders; -- done\n",
    "comments": "-- every order\nselect /* once */ distinct id from orders\n-- the end",
    "keyword in a text": "select distinct id from orders where status <> 'drop table orders; delete'",
    "upper case": "SELECT DISTINCT ID FROM ORDERS",
    "schema": "select distinct id from main.orders",
    "in lines": "\n\n   select\n  distinct id\n  from orders\n\n",
}  # fmt: skip


@pytest.mark.parametrize("style", HONEST)
def test_an_honest_query_runs(style: str) -> None:
    assert len(rows(HONEST[style])) == 2


def test_a_pivot_over_functions_that_compute_runs() -> None:
    for source in (
        "orders, lateral unnest([1, 2]) t(n)",
        "orders, range(3) t(n)",
        "orders, lateral generate_series(1, 2) t(n)",
    ):
        assert rows(f"pivot (select id, n from {source}) on n using count(*) group by id")


def test_a_pivot_runs() -> None:
    assert rows("pivot orders on status using count(*) group by id order by id") == [
        {"id": 1, "Placed": 1, "Sent": 1}, {"id": 2, "Placed": 1, "Sent": 0},
    ]  # fmt: skip
    assert len(rows("from (pivot orders on status in ('Placed', 'Sent') using count(*) group by id)")) == 2


def test_the_rows_come_with_their_types() -> None:
    found = duckdb_.run("select id, amount, day from orders order by day limit 1", {"orders": ORDERS})
    assert found.to_pylist() == [{"id": 1, "amount": 2.5, "day": dt.datetime(2024, 1, 1)}]


def test_zones_are_utc_on_every_machine() -> None:
    assert rows("select strftime(timestamptz '2024-01-01 12:00:00+00', '%H:%M') as at") == [{"at": "12:00"}]


REFUSED = {
    "two queries": "select 1; select 2",
    "a second statement": "select 1; drop table orders",
    "delete": "delete from orders",
    "delete inside with": "with d as (delete from orders returning *) select * from d",
    "insert inside with": "with i as (insert into orders select * from orders returning *) select * from i",
    "update": "update orders set id = 1",
    "insert": "insert into orders select * from orders",
    "create": "create table mine as select 1",
    "create a macro": "create macro sum(x) as 1",
    "drop": "drop table orders",
    "attach": "attach ':memory:' as other",
    "copy": "copy orders to 'out.csv'",
    "export": "export database 'out'",
    "install": "install httpfs",
    "load": "load httpfs",
    "set": "set memory_limit = '10GB'",
    "reset": "reset enable_external_access",
    "set a variable": "set variable x = 1",
    "search path": "set search_path = 'information_schema'",
    "pragma": "pragma database_list",
    "prepare": "prepare q as select 1",
    "explain": "explain analyze select 1",
    "checkpoint": "checkpoint",
    "describe": "describe orders",
    "describe in a query": "select * from (describe orders)",
    "show": "show tables",
    "show all": "select * from (show all tables)",
    "summarize": "summarize orders",
    "read_csv": "select * from read_csv('data.csv')",
    "read_text": "select * from read_text('/etc/passwd')",
    "read_blob": "select * from read_blob('/etc/passwd')",
    "read_json": "select * from read_json('x.json')",
    "read_parquet": "select * from read_parquet('x.parquet')",
    "glob": "select * from glob('/*')",
    "sniff_csv": "select * from sniff_csv('x.csv')",
    "in a subquery": "select * from orders where id in (select 1 from read_text('/etc/passwd'))",
    "settings": "select * from duckdb_settings()",
    "tables": "select * from duckdb_tables()",
    "databases": "select * from duckdb_databases()",
    "secrets": "select * from duckdb_secrets()",
    "logging": "select * from enable_logging()",
    "checkpoint function": "select * from checkpoint()",
    "pragma function": "select * from pragma_table_info('orders')",
    "hidden query": "select * from query('select 1')",
    "hidden table": "select * from query_table('orders')",
    "serialised query": "select * from json_execute_serialized_sql('x')",
    "environment": "select getenv('HOME')",
    "setting": "select current_setting('memory_limit')",
    "variable": "select getvariable('x')",
    "log": "select write_log('x')",
    "empty": "",
    "comment only": "-- nothing",
    "pivot over a file": "pivot (from read_csv('x.csv')) on a using count(*)",
    "pivot over a function beside": "pivot (select o.id, s.name from orders o, lateral duckdb_settings() s) on name using count(*)",
    "pivot over a query in text": "pivot (select * from orders o, lateral query('select 1 as a')) on a using count(*)",
    "pivot over the environment": "pivot (select id, getenv('HOME') as home from orders) on home using count(*)",
    "pivot that sleeps": "pivot (select id, pg_sleep(9) as a from orders) on a using count(*)",
    "sleep": "select pg_sleep(9) from orders",
    "pivot ordered by a file": "pivot orders on status using count(*) order by (select 1 from read_csv('x.csv'))",
    "pivot and a second statement": "pivot orders on status using count(*) order by 1; drop table orders",
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_more_than_a_query_is_refused(what: str) -> None:
    with pytest.raises(QueryRefused):
        rows(REFUSED[what])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select 1; select 2", "The text holds 2 statements; exactly one SELECT was expected."),
        ("drop table orders", "The text is a DROP statement; a SELECT was expected."),
        ("insert into orders select * from orders", "The text is an INSERT statement; a SELECT was expected."),
        ("with d as (delete from orders returning *) from d", "The query holds DELETE; only reading was expected."),
        ("from read_csv('x')", "The query reads from the function `read_csv`; the question's tables were expected."),
        ("select getenv('HOME')", "The query calls `getenv`, which is not available here."),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        rows(text)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "text",
    [
        "select * from '{file}'",
        'select * from "{file}"',
        "from '{file}' select count(*)",
        "pivot '{file}' on a using count(*)",
    ],
)
def test_a_file_named_in_place_of_a_table_is_not_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a\n12345\n")
    with pytest.raises((QueryRefused, QueryFailed)) as caught:
        rows(text.format(file=file))
    assert "12345" not in str(caught.value)


def test_a_variable_of_python_is_not_read() -> None:
    secret = pa.table({"x": [1]})
    assert secret.num_rows
    for text in ("select * from secret", "select * from ORDERS_", "select * from PRICES2"):
        with pytest.raises(QueryFailed, match="does not exist"):
            rows(text)


def test_a_query_changes_nothing_for_the_next() -> None:
    with pytest.raises(QueryRefused):
        rows("create table mine as select 1")
    with pytest.raises(QueryFailed):
        rows("select * from mine")
    assert ORDERS.num_rows == 3


def test_nothing_of_a_query_is_left_for_the_next() -> None:
    secret = pa.table({"kind": ["a", "b"], "secret": [1, 2]})
    for text in ("select * from hidden", "select 1 / (secret - secret)::int from hidden", "select nothing from hidden"):
        with contextlib.suppress(QueryFailed):
            duckdb_.run(text, {"hidden": secret})
    inside = duckdb_.prepared()._database

    def left(what: str) -> list[Any]:
        found: list[Any] = inside.execute(f"from {what}").fetchall()
        return found

    types = left("pg_catalog.pg_type")  # a PIVOT makes one for itself
    duckdb_.run("pivot hidden on kind using sum(secret)", {"hidden": secret})
    assert left("pg_catalog.pg_type") == types
    assert left("information_schema.tables") == []
    drawn = []
    for _ in range(2):
        rows("select setseed(0.5)")
        drawn.append(rows("select random()"))
    assert drawn[0] != drawn[1]


def test_after_an_internal_error_of_the_database_queries_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(result: Any) -> pa.Table:
        duckdb_.prepared()._database.close()
        raise duckdb.FatalException("FATAL Error: the database has been invalidated")

    with monkeypatch.context() as patched:
        patched.setattr(duckdb_, "_rows", fail)
        with pytest.raises(QueryFailed, match="invalidated"):
            rows("select 1")
    assert rows("select 1 as one") == [{"one": 1}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select nothing from orders", "Binder Error"),
        ("selct 1", "Parser Error"),
        ("select 'x'::int", "Conversion Error"),
        ("select * from order_status", "Catalog Error"),
    ],
)
def test_a_query_that_does_not_run_is_told_in_duckdbs_words(text: str, told: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        rows(text)
    assert str(caught.value).startswith(told)
    assert "LINE 1" not in str(caught.value)


def test_too_many_rows_and_too_long_a_text_are_refused() -> None:
    with pytest.raises(QueryRefused, match="more than 2,000,000 rows"):
        rows("select * from range(2000001)")
    with pytest.raises(QueryRefused, match="a query of at most 100,000 was expected"):
        rows(f"select '{'x' * 100_000}'")


@pytest.mark.parametrize("text", ["select " + "(" * 5_000 + "1" + ")" * 5_000, "select " + "-" * 3_000 + "1"])
def test_a_text_that_overwhelms_the_parser_is_told(text: str) -> None:
    with pytest.raises((QueryFailed, QueryRefused)):
        rows(text)
