"""Redshift as the engine of a text: over objects, tables and statements that make more of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from groundschool.engines import engine
from groundschool.engines.engine import QueryFailed, QueryRefused
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Objects, Text

ROLE = "arn:aws:iam::111122223333:role/loader"
LAKE = Objects("lake", {"d/a.csv": b"1,x\n2,y\n"})
DEFINED = Text("tables.sql", ("CREATE TABLE d (id int, s varchar(5)); -- one", "INSERT INTO d VALUES (9, 'z');"))
COPY = f"COPY d FROM 's3://lake/d/' IAM_ROLE '{ROLE}' CSV"


def test_a_query_reads_tables_that_are_given_and_made() -> None:
    rows = pa.table({"id": [9, None], "day": [dt.date(2024, 1, 1), None], "amount": [Decimal("1.50"), None]})
    text = "SELECT o.*, d.s FROM orders o JOIN d ON d.id = o.id"
    found = engine.answer(text, {"orders": rows, "ddl": DEFINED}, name="redshift")
    assert found.to_pylist() == [{"id": 9, "day": dt.date(2024, 1, 1), "amount": Decimal("1.50"), "s": "z"}]


def test_a_statement_leaves_a_table_behind() -> None:
    found = engine.answer(COPY, {"s3": LAKE, "ddl": DEFINED}, name="redshift", kind="statement", leaves="d")
    assert sorted(row["id"] for row in found.to_pylist()) == [1, 2, 9]


def test_what_a_script_does_not_commit_is_gone() -> None:
    text = f"{COPY}; BEGIN; DELETE FROM d"
    found = engine.answer(text, {"s3": LAKE, "ddl": DEFINED}, name="redshift", kind="script", leaves="d")
    assert found.num_rows == 3


def test_a_text_is_of_the_kind_that_was_asked_for() -> None:
    for text, kind in ((COPY, "select"), ("SELECT 1", "statement"), ("SELECT 1; SELECT 2", "select"), ("", "script")):
        with pytest.raises(QueryRefused):
            engine.answer(text, {"s3": LAKE, "ddl": DEFINED}, name="redshift", kind=kind)  # type: ignore[arg-type]


def test_what_the_engine_says_is_told() -> None:
    for text in ("SELECT nothing FROM d", "SELECT 'unfinished", "SELECT GENERATE_SERIES(1, 3)"):
        with pytest.raises(QueryFailed):
            engine.answer(text, {"ddl": DEFINED}, name="redshift")


def test_a_part_that_cannot_be_read_is_told() -> None:
    with pytest.raises(GroundSchoolError, match="list"):
        engine.answer("SELECT 1", {"t": pa.table({"x": [[1]]})}, name="redshift")
    with pytest.raises(GroundSchoolError, match="do not run"):
        engine.answer("SELECT 1", {"ddl": Text("a.sql", ("CREATE TABLE t (x uuid)",))}, name="redshift")
