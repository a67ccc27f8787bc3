"""Athena as the engine of a text: over objects, tables and statements that make more of them."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from groundschool.engines import engine
from groundschool.engines.engine import QueryFailed, QueryRefused
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Objects, Text

LAKE = Objects("lake", {"d/dt=1/a.csv": b"1,x\n2,y\n", "d/dt=2/a.csv": b"3,z\n"})
DEFINED = Text(
    "tables.sql",
    (
        "CREATE EXTERNAL TABLE d (id int, s string) PARTITIONED BY (dt string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
        "LOCATION 's3://lake/d/'; -- no semicolon; ends this",
        "MSCK REPAIR TABLE d;",
    ),
)


def test_a_query_reads_tables_that_statements_made() -> None:
    found = engine.answer(
        "SELECT dt, count(*) AS n FROM d GROUP BY dt ORDER BY 1", {"s3": LAKE, "ddl": DEFINED}, name="athena"
    )
    assert found.to_pylist() == [{"dt": "1", "n": 2}, {"dt": "2", "n": 1}]


def test_a_query_reads_tables_that_are_given() -> None:
    rows = pa.table({"id": [1, None], "day": [dt.date(2024, 1, 1), None], "name": ["ä", ""]})
    found = engine.answer("SELECT * FROM orders", {"orders": rows}, name="athena")
    assert found.to_pylist() == rows.to_pylist()


def test_a_query_may_begin_with_a_comment() -> None:
    assert engine.answer("-- one\n(SELECT 1 AS x)", {}, name="athena").to_pylist() == [{"x": 1}]


def test_a_script_leaves_a_table_behind() -> None:
    text = "CREATE TABLE kept AS SELECT id FROM d WHERE dt = '1'; INSERT INTO kept VALUES (9)"
    found = engine.answer(text, {"s3": LAKE, "ddl": DEFINED}, name="athena", kind="script", leaves="kept")
    assert sorted(row["id"] for row in found.to_pylist()) == [1, 2, 9]


def test_the_bytes_of_the_last_statement_are_told() -> None:
    parts = {"s3": LAKE, "ddl": DEFINED}
    found = engine.answer("SELECT id FROM d WHERE dt = '2'", parts, name="athena", leaves="query_history")
    assert found.to_pylist() == [{"data_scanned_in_bytes": 4}]


def test_a_text_is_of_the_kind_that_was_asked_for() -> None:
    for text, kind in (
        ("SELECT 1; SELECT 2", "select"),
        ("CREATE VIEW v AS SELECT 1 AS x", "select"),
        ("SELECT 1", "statement"),
        (" ;", "script"),
    ):
        with pytest.raises(QueryRefused):
            engine.answer(text, {}, name="athena", kind=kind)


def test_a_failure_tells_athenas_reason() -> None:
    with pytest.raises(QueryFailed, match="TABLE_NOT_FOUND"):
        engine.answer("SELECT * FROM nothing", {}, name="athena")
    with pytest.raises(QueryFailed, match="TABLE_NOT_FOUND"):
        engine.answer("SELECT 1", {}, name="athena", leaves="nothing")
    with pytest.raises(GroundSchoolError, match="do not run"):
        engine.answer("SELECT 1", {"ddl": Text("x.sql", ("CREATE nonsense",))}, name="athena")


def test_moments_with_zones_leave_in_utc() -> None:
    found = engine.answer("SELECT TIMESTAMP '2024-07-01 12:00:00 Europe/Berlin' AS t, NULL AS n", {}, name="athena")
    assert found.to_pylist() == [{"t": dt.datetime(2024, 7, 1, 10, tzinfo=dt.UTC), "n": None}]
