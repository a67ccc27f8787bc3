"""Redshift's COPY and UNLOAD over the wire, and what no table takes: files, options, load errors, fields of every type."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import redshift_connector

from groundschool import lab

pytestmark = pytest.mark.contract("redshift")
ROLE = "arn:aws:iam::111122223333:role/wrenfield"
FROM = f"FROM 's3://lake/{{}}' IAM_ROLE '{ROLE}'"


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


OBJECTS = {
    "csv/a.csv": b'1,"a,b"\n2,"say ""hi"""\n',
    "csv/b.csv": b"3,c\n",
    "pipe/a.txt": b"1|x\n2|\\N\n",
    "head/a.csv": b"k,v\n1,one\n",
    "semi/a.csv": b"1;it;'s\n",
    "bad/a.csv": b"1,a\nx,b\n3,c,d\n4\n5,toolongforit\n6,f\n",
    "gz/a.csv.gz": gzip.compress(b"1,z\n"),
    "json/a.json": b'{"k": 1, "v": "a"}\n{"v": "b"}\n{"k": 3, "V": "c", "more": [1]}',
    "json/paths": b'{"jsonpaths": ["$.k", "$.more[0]"]}',
    "line/a.csv": b'1,"two\nrow"\n2,b\n',
    "empty/a.csv": b"1,\n,b\n",
    "parquet/a.parquet": parquet(other=pa.array([1, None], pa.int32()), name=["x", "y"]),
    "wide/a.parquet": parquet(k=pa.array([1], pa.int64()), v=["x"]),
    "manifest": json.dumps({"entries": [{"url": "s3://lake/csv/b.csv", "mandatory": True}]}).encode(),
    "missing": json.dumps({"entries": [{"url": "s3://lake/csv/none.csv", "mandatory": True}]}).encode(),
    "latin/a.csv": b"1,caf\xe9\n",
}


@pytest.fixture(scope="module")
def held(running: tuple[lab.Services, dict[str, str]]) -> Iterator[tuple[Any, Any]]:
    """A session in autocommit and a client of S3, for all tests here: each of them makes its tables anew."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running[1].items():
            patch.setenv(name, value)
        lab.reset()
        lab.seed(s3={"lake": OBJECTS, "out": {}})
        connection, s3 = lab.client("redshift"), lab.client("s3")
    connection.autocommit = True
    yield connection, s3
    connection.close()


@pytest.fixture
def s3(held: tuple[Any, Any]) -> Any:
    """The client of S3; the bucket `out` is empty."""
    for each in held[1].list_objects_v2(Bucket="out").get("Contents", []):
        held[1].delete_object(Bucket="out", Key=each["Key"])
    return held[1]


@pytest.fixture
def redshift(held: tuple[Any, Any]) -> Any:
    """The session, with an empty table of two columns."""
    for text in ("DROP TABLE IF EXISTS t, one, c, x", "CREATE TABLE t (k int, v varchar(8))"):
        run(held[0], text)
    return held[0]


def run(connection: Any, text: str) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return [list(row) for row in cursor.fetchall()] if cursor.description else []


def failure(connection: Any, text: str) -> tuple[str, str]:
    with pytest.raises(redshift_connector.Error) as failed:
        run(connection, text)
    told = failed.value.args[0]
    return told["C"], f"{told['M']} {told.get('D', '')}"


class TestWrong:
    """Why a definition or a row is refused"""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("CREATE TABLE x (a uuid)", "0A000"), ("CREATE TABLE x (a int, a int)", "42701"), ("CREATE TABLE t (a int)", "42P07"),
            ("CREATE TABLE x (a int) DISTKEY(b)", "42703"), ("CREATE TABLE x (a int ENCODE gzip)", "42601"), ("CREATE TABLE x (a varchar(70000))", "22023"),
            ("CREATE TABLE x (a decimal(40, 2))", "22023"), ("CREATE INDEX i ON t (k)", "0A000"), ("CREATE SEQUENCE q", "0A000"), ("DROP TABLE missing", "42P01"),
            ("DROP VIEW t", "42809"), ("CREATE TABLE x (a int CHECK (a > 0))", "42601"), ("CREATE TABLE x (a int DISTKEY, b int DISTKEY)", "42601"),
            ("INSERT INTO t VALUES (1, 'far too long')", "22001"), ("INSERT INTO t VALUES ('x', 'a')", "22P02"), ("INSERT INTO t (k, v) VALUES (1)", "42601"),
            ("INSERT INTO t (k, z) VALUES (1, 2)", "42703"), ("UPDATE t SET z = 1", "42703"), ("INSERT INTO t SELECT v, v FROM t", "42804"),
        ],
    )  # fmt: skip
    def test_a_wrong_definition_or_row_is_refused(self, redshift: Any, text: str, code: str) -> None:
        if text.startswith("CREATE TABLE x (a int CHECK"):
            assert failure(redshift, text)[0] in ("42601", "0A000")
            return
        assert failure(redshift, text)[0] == code


COPIED: list[tuple[str, list[list[Any]]]] = [
    (FROM.format("csv/") + " CSV", [[1, "a,b"], [2, 'say "hi"'], [3, "c"]]),
    (FROM.format("csv/b") + " FORMAT AS CSV", [[3, "c"]]),
    (FROM.format("pipe/"), [[1, "x"], [2, None]]),
    (FROM.format("head/") + " CSV IGNOREHEADER 1", [[1, "one"]]),
    (FROM.format("semi/") + " CSV QUOTE AS '''' DELIMITER ';' MAXERROR 5", []),
    (FROM.format("gz/") + " CSV GZIP", [[1, "z"]]),
    (FROM.format("line/") + " CSV", [[1, "two\nrow"], [2, "b"]]),
    (FROM.format("json/a.json") + " JSON 'auto'", [[1, "a"], [None, "b"], [3, None]]),
    (FROM.format("json/a.json") + " JSON 'auto ignorecase'", [[1, "a"], [None, "b"], [3, "c"]]),
    (FROM.format("json/a.json") + " JSON 's3://lake/json/paths'", [[1, None], [None, None], [3, "1"]]),
    (FROM.format("empty/") + " CSV", [[1, ""], [None, "b"]]),
    (FROM.format("empty/") + " CSV EMPTYASNULL", [[1, None], [None, "b"]]),
    (FROM.format("parquet/") + " FORMAT AS PARQUET", [[1, "x"], [None, "y"]]),
    (FROM.format("manifest") + " CSV MANIFEST", [[3, "c"]]),
    (FROM.format("bad/") + " CSV MAXERROR 10", [[1, "a"], [6, "f"]]),
    (FROM.format("bad/") + " CSV MAXERROR 10 TRUNCATECOLUMNS", [[1, "a"], [5, "toolongf"], [6, "f"]]),
    (FROM.format("csv/") + " CSV NOLOAD", []),
    (f"FROM 's3://lake/csv/b' CREDENTIALS 'aws_iam_role={ROLE}' CSV STATUPDATE OFF COMPUPDATE OFF", [[3, "c"]]),
]

NOT_COPIED = [
    ("FROM 's3://lake/csv/' CSV", "CREDENTIALS argument required"),
    ("FROM 's3://lake/csv/' ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 'b' CSV", "The lab does not take access keys"),
    ("FROM 's3://lake/csv/' IAM_ROLE default CSV", "The lab does not have a default role"),
    ("FROM 's3://lake/csv/' IAM_ROLE 'arn:aws:iam::111122223333:role/nobody' CSV", "not authorized to assume IAM Role"),
    (FROM.format("nothing/") + " CSV", "The specified S3 prefix 'nothing/' does not exist"),
    (FROM.format("csv/").replace("lake", "absent") + " CSV", "The specified bucket does not exist"),
    (FROM.format("bad/") + " CSV", "Check 'stl_load_errors'"),
    (FROM.format("bad/") + " CSV MAXERROR 4", "Check 'stl_load_errors'"),
    (FROM.format("csv/") + " GZIP CSV", "GZIP"),
    (FROM.format("missing") + " MANIFEST CSV", "Mandatory file not found"),
    (FROM.format("csv/") + " MANIFEST", "manifest"),
    (FROM.format("wide/") + " PARQUET", "incompatible Parquet schema for column 'k'"),
    (FROM.format("parquet/") + " PARQUET MAXERROR 3", "MAXERROR argument is not supported for PARQUET"),
    (FROM.format("csv/") + " PARQUET", "Parquet"),
    (FROM.format("csv/") + " CSV ESCAPE", "CSV is not compatible with ESCAPE"),
    (FROM.format("csv/") + " CSV JSON 'auto'", "conflicting or redundant options"),
    (FROM.format("csv/") + " FORMAT AS ORC", "The lab does not do the format ORC"),
    (FROM.format("csv/") + " CSV NONSENSE", "syntax error"),
    (FROM.format("latin/") + " CSV", "Check 'stl_load_errors'"),
    ("FROM 'emr://x' IAM_ROLE '" + ROLE + "' CSV", "The lab does not read from emr"),
]


class TestCopy:
    """COPY and its errors"""

    @pytest.mark.parametrize(("given", "expected"), COPIED)
    def test_copy_loads_files(self, redshift: Any, given: str, expected: list[list[Any]]) -> None:
        run(redshift, f"COPY t {given}")
        assert sorted(run(redshift, "SELECT k, v FROM t"), key=str) == sorted(expected, key=str)

    @pytest.mark.parametrize(("given", "words"), NOT_COPIED)
    def test_copy_fails_and_loads_nothing(self, redshift: Any, given: str, words: str) -> None:
        assert words in failure(redshift, f"COPY t {given}")[1]
        assert run(redshift, "SELECT COUNT(*) FROM t") == [[0]]

    def test_copy_appends_and_a_list_of_columns_places_fields(self, redshift: Any) -> None:
        run(redshift, "CREATE TABLE c (n int DEFAULT 9, v varchar(8), k int)")
        for _ in range(2):
            run(redshift, f"COPY c (k, v) {FROM.format('csv/b')} CSV")
        assert run(redshift, "SELECT n, k, v FROM c") == [[9, 3, "c"]] * 2
        assert run(redshift, "SELECT PG_LAST_COPY_COUNT()") == [[1]]

    def test_load_errors_are_told_by_line_and_column(self, redshift: Any) -> None:
        run(redshift, f"COPY t {FROM.format('bad/')} CSV MAXERROR 10")
        columns = (
            "line_number, TRIM(colname), TRIM(type), err_code, TRIM(err_reason), TRIM(raw_line), TRIM(raw_field_value)"
        )
        assert run(redshift, f"SELECT {columns} FROM stl_load_errors WHERE query = (SELECT MAX(query) FROM stl_load_errors) ORDER BY 1") == [
            [2, "k", "int4", 1207, "Invalid digit, Value 'x', Pos 0, Type: Integer", "x,b", "x"],
            [3, "", "", 1202, "Extra column(s) found", "3,c,d", ""],
            [4, "", "", 1214, "Delimiter not found", "4", ""],
            [5, "v", "varchar", 1204, "String length exceeds DDL length", "5,toolongforit", "toolongforit"],
        ]  # fmt: skip
        detail = run(
            redshift,
            "SELECT line_number, error_code, TRIM(error_message) FROM sys_load_error_detail "
            "WHERE query_id = (SELECT MAX(query_id) FROM sys_load_error_detail) ORDER BY 1 LIMIT 1",
        )
        assert detail == [[2, 1207, "Invalid digit, Value 'x', Pos 0, Type: Integer"]]

    def test_load_errors_outlive_the_transaction(self, redshift: Any) -> None:
        before = run(redshift, "SELECT COUNT(*) FROM stl_load_errors")[0][0]
        run(redshift, "BEGIN")
        failure(redshift, f"COPY t {FROM.format('bad/')} CSV")
        run(redshift, "ROLLBACK")
        assert run(redshift, "SELECT COUNT(*) FROM stl_load_errors") == [[before + 1]]

    @pytest.mark.parametrize(
        ("kind", "text", "options", "expected"),
        [
            ("date", "2024-01-31", "", dt.date(2024, 1, 31)), ("date", "31.01.2024", "DATEFORMAT 'DD.MM.YYYY'", dt.date(2024, 1, 31)),
            ("timestamp", "2024-01-31 10:20:30.5", "", dt.datetime(2024, 1, 31, 10, 20, 30, 500000)),
            ("timestamp", "2024-01-31T10:20:30Z", "TIMEFORMAT 'auto'", dt.datetime(2024, 1, 31, 10, 20, 30)),
            ("timestamp", "1700000000", "TIMEFORMAT 'epochsecs'", dt.datetime(2023, 11, 14, 22, 13, 20)),
            ("timestamp", "1700000000123", "TIMEFORMAT 'epochmillisecs'", dt.datetime(2023, 11, 14, 22, 13, 20, 123000)),
            ("decimal(6,2)", "12.349", "", Decimal("12.34")), ("decimal(6,2)", "12.345", "ROUNDEC", Decimal("12.35")), ("boolean", "t", "", True),
            ("boolean", "0", "", False), ("float8", "1.5e2", "", 150.0), ("bigint", " 7 ", "", 7), ("varchar(5)", "  a ", "TRIMBLANKS", "  a"),
            ("varchar(5)", "   ", "BLANKSASNULL", None), ("varchar(5)", "NA", "NULL AS 'NA'", None), ("smallint", "", "", None), ("char(3)", "ab", "", "ab "),
        ],
    )  # fmt: skip
    def test_a_field_becomes_a_value_of_its_column(
        self, redshift: Any, s3: Any, kind: str, text: str, options: str, expected: Any
    ) -> None:
        s3.put_object(Bucket="lake", Key="one/a.txt", Body=f"{text}|1\n".encode())
        run(redshift, f"CREATE TABLE one (v {kind}, n int)")
        run(redshift, f"COPY one {FROM.format('one/')} {options}")
        assert run(redshift, "SELECT v FROM one") == [[expected]]

    @pytest.mark.parametrize(
        ("kind", "text", "code"),
        [
            ("int", "1.5", 1207), ("smallint", "40000", 1204), ("date", "31/01/2024", 1205), ("timestamp", "yesterday", 1206), ("boolean", "maybe", 1210),
            ("decimal(3,1)", "1234", 1204), ("decimal(3,1)", "1,5", 1207), ("float8", "abc", 1208), ("varchar(2)", "\u00e9\u00e9", 1204),
            ("char(2)", "\u00e9", 1220), ("int NOT NULL", "", 1213),
        ],
    )  # fmt: skip
    def test_a_wrong_field_has_its_code(self, redshift: Any, s3: Any, kind: str, text: str, code: int) -> None:
        s3.put_object(Bucket="lake", Key="one/a.txt", Body=f"{text}|1\n".encode())
        run(redshift, f"CREATE TABLE one (v {kind}, n int)")
        failure(redshift, f"COPY one {FROM.format('one/')}")
        assert run(redshift, "SELECT err_code FROM stl_load_errors ORDER BY query DESC LIMIT 1") == [[code]]


class TestUnload:
    """UNLOAD"""

    @pytest.fixture
    def filled(self, redshift: Any) -> Any:
        run(redshift, "INSERT INTO t VALUES (1, 'a,b'), (2, NULL), (3, '')")
        return redshift

    @pytest.mark.parametrize(
        ("options", "key", "body"),
        [
            ("PARALLEL OFF", "out_000", "1|a,b\n2|\n3|\n"), ("", "out_0000_part_00", "1|a,b\n2|\n3|\n"), ("CSV HEADER PARALLEL OFF", "out_000", 'k,v\n1,"a,b"\n2,\n3,""\n'),
            ("DELIMITER ',' ESCAPE NULL AS 'x' PARALLEL OFF", "out_000", "1,a\\,b\n2,x\n3,\n"), ("ADDQUOTES PARALLEL OFF", "out_000", '"1"|"a,b"\n"2"|\n"3"|""\n'),
        ],
    )  # fmt: skip
    def test_unload_writes_text(self, filled: Any, s3: Any, options: str, key: str, body: str) -> None:
        run(filled, f"UNLOAD ('SELECT * FROM t ORDER BY k') TO 's3://out/out_' IAM_ROLE '{ROLE}' {options}")
        assert [each["Key"] for each in s3.list_objects_v2(Bucket="out")["Contents"]] == [key]
        assert s3.get_object(Bucket="out", Key=key)["Body"].read().decode() == body

    def test_unload_writes_parquet_by_partitions_and_not_twice(self, filled: Any, s3: Any) -> None:
        text = f"UNLOAD ('SELECT k, k % 2 AS odd FROM t') TO 's3://out/p/' IAM_ROLE '{ROLE}' FORMAT AS PARQUET PARTITION BY (odd)"
        run(filled, text)
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket="out")["Contents"]]
        assert keys == ["p/odd=0/0000_part_00.parquet", "p/odd=1/0000_part_00.parquet"]
        rows = pq.read_table(io.BytesIO(s3.get_object(Bucket="out", Key=keys[1])["Body"].read()))
        assert rows.to_pydict() == {"k": [1, 3]}
        assert "not empty" in failure(filled, text)[1]
        run(filled, f"{text} ALLOWOVERWRITE")
        run(filled, f"{text} CLEANPATH")

    def test_what_is_unloaded_is_loaded_again(self, filled: Any, s3: Any) -> None:
        run(filled, f"UNLOAD ('SELECT * FROM t') TO 's3://out/all_' IAM_ROLE '{ROLE}' GZIP MANIFEST ESCAPE NULL AS '@'")
        run(filled, "TRUNCATE t")
        run(filled, f"COPY t FROM 's3://out/all_manifest' IAM_ROLE '{ROLE}' MANIFEST GZIP ESCAPE NULL AS '@'")
        assert run(filled, "SELECT * FROM t ORDER BY k") == [[1, "a,b"], [2, None], [3, ""]]

    def test_a_limit_is_refused(self, filled: Any, s3: Any) -> None:
        assert "LIMIT" in failure(filled, f"UNLOAD ('SELECT * FROM t LIMIT 1') TO 's3://out/x' IAM_ROLE '{ROLE}'")[1]
