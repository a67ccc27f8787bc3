"""A candidate's SQL: honest queries of every style run, and whatever is more than one query over the question's tables does not."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from groundschool.engines import duckdb_, engine, permitted
from groundschool.engines.engine import Kind, QueryFailed, QueryOutOfMemory, QueryRefused
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Text

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
    "settings as a table": "from pg_settings",
    "settings in quotes": 'select * from "pg_settings"',
    "settings as a text": "select * from 'pg_settings'",
    "settings in capitals": "select * from PG_SETTINGS",
    "settings by their schema": "select setting from pg_catalog.pg_settings",
    "settings by their database": "select * from system.main.duckdb_tables",
    "settings beside a name of with": "with pg_settings as (from pg_settings) from pg_settings",
    "settings in a subquery": "select id from orders where (select count(*) from pg_settings) > 0",
    "a database's master": "from sqlite_master",
    "its master by schema": "select sql from main.sqlite_schema",
    "a view of its tables": "from duckdb_tables",
    "its columns": "from duckdb_columns",
    "its logs": "from duckdb_logs",
    "its list": "from pragma_database_list",
    "the schema of schemas": "from information_schema.tables",
    "the schema of schemas in quotes": 'from "information_schema"."columns"',
    "transactions": "select txid_current()",
    "transactions by schema": "select main.txid_current()",
    "transactions as a method": "select id, current_transaction_id() from orders",
    "connections": "select current_connection_id()",
    "queries": "select current_query()",
    "numbers of queries": "select current_query_id()",
    "version": "select version()",
    "version in a window": "select max(version()) over () from orders",
    "when it was started": "select pg_postmaster_start_time()",
    "when it was set up": "select pg_conf_load_time()",
    "block size": "select get_block_size('memory')",
    "a plan of a query in text": "select json_serialize_plan('select 1')",
    "statistics": "select stats(id) from orders",
    "memory": "from duckdb_memory()",
    "temporary files": "from duckdb_temporary_files()",
    "extensions": "from duckdb_extensions()",
    "functions": "from duckdb_functions()",
    "connections counted": "from duckdb_connection_count()",
    "platform": "from pragma_platform()",
    "size of the database": "from pragma_database_size()",
    "user agent": "from pragma_user_agent()",
    "a secret of a path": "from which_secret('s3://x', 's3')",
    "a histogram of any table": "from histogram('orders', id)",
    "pivot over settings": "pivot pg_settings on name using count(*)",
    "pivot over settings as a text": "pivot (select o.id, s.name from orders o, 'pg_settings' s) on name using count(*)",
    "pivot over transactions": "pivot (select id, txid_current() as t from orders) on t using count(*)",
    "pivot over a comment": "pivot (select id, version /* x */ () as v from orders) on v using count(*)",
    "pivot over a delete": "pivot (with d as (delete from orders returning *) from d) on status using count(*)",
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
    ("text", "place"),
    [
        ("select order_id\nfrom orders\nwhere nothing = 1", "LINE 3: where nothing = 1"),
        ("selct 1", "LINE 1: selct 1"),
        ("select 1\nfrom order_status", "LINE 2: from order_status"),
    ],
)
def test_a_query_that_does_not_run_is_told_with_the_place_in_it(text: str, place: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        rows(text)
    line, mark = caught.value.at.split("\n")
    assert (line, mark.strip("^ ")) == (place, "")


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


@pytest.mark.parametrize(
    "text",
    [
        "select st_point(1, 2)",
        "select * from collations",
        "select list(range) from range(10000000)",
        "with recursive steps as (select range as n from range(2000000) union all select n + 1 from steps) select max(n) from steps",
    ],
)
def test_nobody_is_advised_to_change_what_no_query_can(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    little = tuple(each.replace("memory_limit='1GB'", "memory_limit='20MB'") for each in duckdb_.SETTINGS)
    monkeypatch.setattr(duckdb_, "SETTINGS", little)
    with pytest.raises(QueryFailed) as caught:
        duckdb_.Database().run(text, {})
    assert not re.search(r"\b(SET|INSTALL|LOAD|PRAGMA)\b|docs/|pg_|duckdb_|temp", str(caught.value))
    assert isinstance(caught.value, QueryOutOfMemory) == ("range" in text)


def test_too_many_rows_and_too_long_a_text_are_refused() -> None:
    with pytest.raises(QueryRefused, match="more than 2,000,000 rows"):
        rows("select * from range(2000001)")
    with pytest.raises(QueryRefused, match="a query of at most 100,000 was expected"):
        rows(f"select '{'x' * 100_000}'")


@pytest.mark.parametrize("text", ["select " + "(" * 5_000 + "1" + ")" * 5_000, "select " + "-" * 3_000 + "1"])
def test_a_text_that_overwhelms_the_parser_is_told(text: str) -> None:
    with pytest.raises((QueryFailed, QueryRefused)):
        rows(text)


def test_what_a_query_may_call_is_known_for_every_function_of_this_duckdb() -> None:
    """A function of a new version is refused until somebody has looked at it; here it is noticed."""
    names = permitted.duckdb_names()
    refused = {name for name in names.functions - permitted.ELSEWHERE if not name.startswith("__internal")}
    assert refused == {*REFUSED_FUNCTIONS.split()}
    listed = Path(permitted.__file__).with_name("duckdb_functions.txt").read_text(encoding="utf-8").split()
    with duckdb.connect() as database:
        there = {name for (name,) in database.execute("select function_name from duckdb_functions()").fetchall()}
    assert set(listed) <= there
    assert len(listed) == len(set(listed))


REFUSED_FUNCTIONS = """
col_description current_connection_id current_query current_query_id current_setting current_transaction_id get_block_size
getvariable has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege
has_function_privilege has_language_privilege has_schema_privilege has_sequence_privilege has_server_privilege
has_table_privilege has_tablespace_privilege inet_client_addr inet_client_port inet_server_addr inet_server_port
json_copy_strftime_if_date json_copy_strftime_if_timestamp json_deserialize_sql json_serialize_plan json_serialize_sql
obj_description pg_collation_is_visible pg_conf_load_time pg_conversion_is_visible pg_function_is_visible
pg_get_constraintdef pg_get_expr pg_get_viewdef pg_has_role pg_is_other_temp_schema pg_my_temp_schema pg_opclass_is_visible
pg_operator_is_visible pg_opfamily_is_visible pg_postmaster_start_time pg_sleep pg_table_is_visible
pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible
shobj_description sleep_ms stats txid_current vector_type version write_log
"""


def test_a_table_of_the_question_may_be_called_like_one_of_the_databases() -> None:
    found = duckdb_.run("select a from pg_settings", {"pg_settings": pa.table({"a": [7]})})
    assert found.to_pylist() == [{"a": 7}]


def test_words_that_only_look_like_what_is_refused_are_names() -> None:
    assert rows("select id as version, status as stats from orders order by 1, 2 limit 1") == [
        {"version": 1, "stats": "Placed"}
    ]
    assert len(rows("pivot (select id, status as version from orders) on version using count(*)")) == 2


# -- statements and scripts


def left(text: str, kind: Kind, leaves: str = "orders") -> list[dict[str, Any]]:
    """The rows of a table as the text leaves it."""
    given = {"orders": ORDERS.select(["id", "status"]), "prices": PRICES.select(["price"])}
    found: list[dict[str, Any]] = engine.answer(text, given, kind=kind, leaves=leaves).to_pylist()
    return found


STATEMENTS = {
    "insert": ("insert into orders values (3, 'New')", 4),
    "update": ("update orders set status = 'x' where id = 1", 3),
    "delete": ("delete from orders where id = 1", 1),
    "truncate": ("truncate orders", 0),
    "merge": ("merge into orders using (select 2 as id) s using (id) when matched then delete", 2),
    "replaced": ("create or replace table orders as select 1 as id", 1),
    "altered": ("alter table orders add column seen timestamp", 3),
    "with": ("with gone as (select 1 as id) delete from orders using gone where orders.id = gone.id", 1),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_statement_changes_its_tables(what: str) -> None:
    text, count = STATEMENTS[what]
    assert len(left(text, "statement")) == count
    assert ORDERS.num_rows == 3


def test_a_script_runs_statement_by_statement_and_only_what_is_committed_is_left() -> None:
    script = """
        create table mart as select id, count(*)::int as n from orders group by id;  -- the first
        begin; insert into mart values (9, 9); rollback;
        begin transaction; insert into mart select price, 0 from prices where price = 2; commit;
        create view newest as from mart;
        begin; delete from mart;
    """
    assert sorted(row["n"] for row in left(script, "script", "mart")) == [0, 1, 2]
    assert len(left(script, "script", "newest")) == 3
    with pytest.raises(QueryFailed, match="does not exist"):
        left(script, "script", "nothing")


def test_a_script_may_end_in_the_rows_it_returns() -> None:
    found = engine.answer("create table a as select 1 as n; insert into a values (2); from a", {}, kind="script")
    assert found.to_pylist() == [{"n": 1}, {"n": 2}]


def test_what_one_script_makes_the_next_does_not_find() -> None:
    left("create table mine as select 1; create macro plus(x) as x + 1", "script")
    for text in ("create table other as from mine", "create table other as select plus(1)"):
        with pytest.raises(QueryFailed):
            left(text, "script", "other")


CHANGES_REFUSED = {
    "copy to": "copy orders to 'out.csv'",
    "copy from": "copy orders from 'in.csv'",
    "export": "export database 'out'",
    "attach": "attach ':memory:' as other",
    "use": "use system",
    "set": "set memory_limit = '10GB'",
    "variable": "set variable x = 1",
    "pragma": "pragma version",
    "call": "call pragma_version()",
    "install": "install httpfs",
    "load": "load httpfs",
    "secret": "create secret s (type s3)",
    "secret replaced": "create or replace temporary secret s (type s3)",
    "secret behind a comment": "/* create table x */ create secret s (type s3)",
    "prepare": "prepare p as select 1",
    "vacuum": "vacuum",
    "explain": "explain analyze select 1",
    "checkpoint": "checkpoint",
    "file": "create table x as from read_csv('x.csv')",
    "settings": "create table x as from duckdb_settings()",
    "settings as a table": "create table x as from pg_settings",
    "settings as a text": "insert into orders select 1, name from 'pg_settings'",
    "settings in quotes": 'create table x as from "pg_settings"',
    "master": "create view x as from main.sqlite_master",
    "schema": "create table x as from information_schema.tables",
    "transactions": "update orders set id = txid_current()",
    "transactions behind a comment": "update orders set id = txid_current /* x */ -- y\n ()",
    "transactions in quotes": 'insert into orders select "txid_current"(), null',
    "transactions in a macro": "create macro m() as txid_current()",
    "transactions as a method": "create table x as select 'a'.current_setting() as s",
    "query in text": "create table x as from query('from pg_settings')",
    "table in text": "create table x as from query_table('pg_' || 'settings')",
    "histogram of a table in text": "create table x as from histogram('pg_settings', name)",
    "sleep": "insert into orders select pg_sleep(9), null",
    "described": "create table x as from (describe orders)",
    "pivot over settings": "create table x as pivot pg_settings on name using count(*)",
    "pivot over a file": "create table x as pivot (from read_csv('x.csv')) on a using count(*)",
}


@pytest.mark.parametrize("what", CHANGES_REFUSED)
def test_what_reaches_beyond_the_tables_is_refused_in_statements_and_scripts(what: str) -> None:
    for kind, text in (("statement", CHANGES_REFUSED[what]), ("script", f"select 1; {CHANGES_REFUSED[what]}")):
        with pytest.raises(QueryRefused):
            left(text, kind)  # type: ignore[arg-type]


def test_a_statement_is_one_and_no_query() -> None:
    with pytest.raises(QueryRefused, match="The text holds 2 statements; exactly one was expected."):
        left("delete from orders; delete from orders", "statement")
    with pytest.raises(QueryRefused, match="one that creates or changes tables was expected"):
        left("from orders", "statement")
    with pytest.raises(QueryRefused, match="The text holds 201 statements; 1 to 200 were expected."):
        left("select 1;" * 201, "script")


def test_a_query_leaves_no_table_behind() -> None:
    with pytest.raises(QueryFailed, match="A SELECT leaves no table behind; `orders` was expected."):
        left("from orders", "select")


def test_an_engine_reads_the_parts_it_can() -> None:
    with pytest.raises(GroundSchoolError, match="DuckDB reads tables only; `log` is Text."):
        engine.answer("from log", {"log": Text("app.log", ("a",))})


def test_an_engine_that_does_not_exist_is_told_with_those_that_do() -> None:
    for name in ("oracle", "spark", "engine", "duckdb_"):
        with pytest.raises(
            engine.UnknownEngine,
            match=f"No engine is called '{name}'; expected one of: airflow, athena, duckdb, duckdb_cost, redshift.",
        ):
            engine.find(name)
