"""Texts that reach for more than the question's tables, or for all of the machine: each is refused, and nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from groundschool.engines.engine import QueryFailed, QueryRefused
from groundschool.engines.redshift import answering, database, session
from groundschool.fixtures.dataset import Objects, Text

PARTS = {
    "ddl": Text("t.sql", ("CREATE TABLE t (k int, v varchar(99));", "INSERT INTO t VALUES (1, 'a');")),
    "s3": Objects("lake", {"a": b"1|x\n"}),
}
ROLE = "IAM_ROLE 'arn:aws:iam::111122223333:role/x'"

ESCAPES = [
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'", 'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM glob('/*')", "SELECT getenv('HOME')", "SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_tables()", 'SELECT * FROM "u public"."t"',
    "SELECT * FROM main.t", "SELECT * FROM temp.main.t", "SELECT * FROM system.information_schema.tables", "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM sqlite_master", "SELECT * FROM query('SELECT 1')", "SELECT nextval('t')", "SELECT current_setting('temp_directory')",
    "ATTACH '/tmp/x.db'", "DETACH memory", "INSTALL httpfs", "LOAD httpfs", "PRAGMA database_list", "CHECKPOINT", "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'", "SET memory_limit TO '64GB'", "SET enable_external_access TO true", "SET GLOBAL threads TO 8", "RESET lock_configuration; SELECT 1 FROM nothing",
    "COPY t TO '/tmp/x.csv'", "COPY (SELECT 1) TO '/tmp/x.csv'", f"COPY t FROM '/etc/passwd' {ROLE}", f"COPY t FROM 'file:///etc/passwd' {ROLE}",
    f"UNLOAD ('SELECT 1') TO '/tmp/x' {ROLE}", f"UNLOAD ('DROP TABLE t') TO 's3://lake/x' {ROLE}", f"UNLOAD ('SELECT 1; DROP TABLE t') TO 's3://lake/x' {ROLE}",
    "CREATE TABLE \"x\"\" (a int); ATTACH '/tmp/x.db'; --\" (a uuid)", "CREATE FUNCTION f() RETURNS int AS 'x' LANGUAGE plpythonu", "CREATE MACRO m() AS 1",
    "INSERT INTO t SELECT * FROM read_csv('/etc/passwd')", "UPDATE t SET v = getenv('HOME')", "MERGE INTO t USING read_csv('/etc/passwd') ON true WHEN MATCHED THEN DELETE",
    "CREATE VIEW w AS SELECT * FROM read_csv('/etc/passwd')", "CREATE TABLE x (a int DEFAULT getenv('HOME'))", "SELECT v FROM t ORDER BY (SELECT getenv('HOME'))",
    "SELECT DATE_TRUNC('day'') , getenv(''HOME', v) FROM t", "SELECT EXTRACT(\"day', getenv('HOME'), '\" FROM v) FROM t", "SELECT v::\"varchar); SELECT getenv('HOME'\" FROM t",
    "SELECT INTERVAL '1 day'', getenv(''HOME'') --'", "SELECT v LIKE 'a' ESCAPE ''' || getenv(''HOME'') || ''' FROM t", "SELECT REGEXP_REPLACE(v, 'a', '\\9') FROM nothing",
]  # fmt: skip
HEAVY = [
    "WITH RECURSIVE n(i) AS (SELECT 1::bigint UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
    "SELECT " + "(" * 2_000 + "1" + ")" * 2_000, "SELECT " + "-" * 3 + "1 + " * 30_000 + "1", "SELECT 'a' || " * 3_000 + "'a'",
    "SELECT REPEAT('x', 2000000000)", "SELECT " + ", ".join(["1"] * 5_000), "SELECT LPAD('x', 2000000000)",
]  # fmt: skip


def ran(text: str, kind: str) -> None:
    session_ = answering.open(PARTS)
    try:
        session_.run(text, kind)  # type: ignore[arg-type]
    finally:
        assert session_._session.database.taken().schemas == ("public",)
        session_.close()


@pytest.mark.parametrize("text", ESCAPES)
def test_a_text_reaches_nothing_but_its_tables(text: str) -> None:
    before = sorted(os.listdir("/tmp"))
    with pytest.raises((QueryFailed, QueryRefused)) as failed:
        ran(text, "script")
    assert "root:" not in str(failed.value)
    assert str(Path.home()) not in str(failed.value)
    assert [name for name in sorted(os.listdir("/tmp")) if name not in before and name.startswith("x")] == []


@pytest.mark.slow
@pytest.mark.parametrize("text", HEAVY)
def test_a_text_that_would_take_the_machine_ends(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SECONDS", 3)
    with pytest.raises((QueryFailed, QueryRefused)):
        ran(text, "script")


def test_the_database_is_locked_whatever_reaches_it() -> None:
    cursor = database.Database().cursor()
    for text in (
        "SET enable_external_access=true",
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
    ):
        with pytest.raises(Exception, match="(?i)disabled|locked|cannot|permission"):
            cursor.execute(text).fetchall()
