"""Redshift over its wire: tables and their keys, transactions, COPY and UNLOAD with roles, MERGE, and the clients."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import psycopg
import pytest
import redshift_connector

from groundschool import lab

pytestmark = pytest.mark.contract("redshift")
ROLE = "arn:aws:iam::111122223333:role/wrenfield"
FROM = f"FROM 's3://lake/{{}}' IAM_ROLE '{ROLE}'"
TRUST = {"Effect": "Allow", "Principal": {"Service": "redshift.amazonaws.com"}, "Action": "sts:AssumeRole"}


OBJECTS = {"csv/b.csv": b"3,c\n"}


@pytest.fixture
def connect(services: lab.Services) -> Iterator[Callable[..., Any]]:
    """`connect()` makes one more session, in autocommit."""
    services.seed(s3={"lake": OBJECTS, "out": {}})
    made = []

    def connected(role: str = "candidate") -> Any:
        connection = services.client("redshift", role)
        connection.autocommit = True
        made.append(connection)
        return connection

    yield connected
    for connection in made:
        connection.close()


@pytest.fixture
def redshift(connect: Callable[..., Any]) -> Any:
    """A session with a table of two columns."""
    connection = connect()
    run(connection, "CREATE TABLE t (k int, v varchar(8))")
    return connection


def run(connection: Any, text: str, *parameters: Any) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters or None)
        return [list(row) for row in cursor.fetchall()] if cursor.description else []


def failure(connection: Any, text: str) -> tuple[str, str]:
    with pytest.raises(redshift_connector.Error) as failed:
        run(connection, text)
    told = failed.value.args[0]
    return told["C"], f"{told['M']} {told.get('D', '')}"


class TestTables:
    """Tables, keys, encodings and views"""

    def test_distribution_and_sort_keys_are_told_and_skew_is_computed(self, redshift: Any) -> None:
        run(
            redshift,
            "CREATE TABLE f (id int, status varchar(4) encode zstd, at date) DISTKEY(status) COMPOUND SORTKEY(at, id)",
        )
        run(redshift, "INSERT INTO f VALUES " + ", ".join(f"({n}, 'paid', '2024-01-01')" for n in range(40)))
        run(redshift, "CREATE TABLE g (id int DISTKEY) SORTKEY(id)")
        run(redshift, "INSERT INTO g SELECT id FROM f")
        columns = 'diststyle, sortkey1, sortkey_num, tbl_rows, skew_rows, encoded, "schema"'
        found = {name: row for name, *row in run(redshift, f'SELECT "table", {columns} FROM svv_table_info')}
        assert found["f"] == ["KEY(status)", "at", 2, 40, Decimal("40.00"), "Y", "public"]
        assert found["g"][:4] == ["KEY(id)", "id", 1, 40]
        assert found["g"][4] < 3
        assert "t" not in found  # empty tables are not shown
        defined = run(
            redshift,
            "SELECT \"column\", type, encoding, distkey, sortkey FROM pg_table_def WHERE tablename = 'f' ORDER BY 1",
        )
        assert defined == [
            ["at", "date", "az64", False, 1],
            ["id", "integer", "az64", False, 2],
            ["status", "character varying(4)", "zstd", True, 0],
        ]

    def test_keys_are_not_enforced_and_not_null_is(self, redshift: Any) -> None:
        run(redshift, "CREATE TABLE p (id int PRIMARY KEY, v varchar(3) UNIQUE)")
        run(redshift, "INSERT INTO p VALUES (1, 'a'), (1, 'a')")
        assert run(redshift, "SELECT COUNT(*) FROM p") == [[2]]
        assert failure(redshift, "INSERT INTO p VALUES (NULL, 'a')")[0] == "23502"

    def test_defaults_and_identities_fill_a_row(self, redshift: Any) -> None:
        run(
            redshift,
            "CREATE TABLE d (id bigint IDENTITY(10, 5), v varchar(5) DEFAULT 'none', at timestamp DEFAULT GETDATE(), n int)",
        )
        run(redshift, "INSERT INTO d (n) VALUES (1), (2)")
        run(redshift, "INSERT INTO d DEFAULT VALUES")
        run(redshift, "INSERT INTO d (v, n) VALUES (DEFAULT, 4)")
        assert run(redshift, "SELECT id, v, at IS NULL, n FROM d ORDER BY id") == [
            [10, "none", False, 1], [15, "none", False, 2], [20, "none", False, None], [25, "none", False, 4],
        ]  # fmt: skip
        assert failure(redshift, "INSERT INTO d (id) VALUES (1)")[0] == "0A000"

    def test_a_table_is_made_as_a_query_or_like_another(self, redshift: Any) -> None:
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        run(redshift, "CREATE TABLE c DISTSTYLE EVEN AS SELECT k, v, k * 1.5 AS more FROM t")
        assert run(redshift, "SELECT * FROM c") == [[1, "a", Decimal("1.5")]]
        run(redshift, "CREATE TABLE IF NOT EXISTS c (x int)")
        run(redshift, "CREATE TABLE l (LIKE c)")
        assert run(redshift, "SELECT COUNT(*) FROM l") == [[0]]

    def test_a_table_is_altered_one_column_at_a_time(self, redshift: Any) -> None:
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        run(redshift, "ALTER TABLE t ADD COLUMN n int DEFAULT 7")
        run(redshift, "ALTER TABLE t RENAME COLUMN v TO w")
        run(redshift, "ALTER TABLE t ALTER DISTKEY k")
        assert run(redshift, "SELECT k, w, n FROM t") == [[1, "a", 7]]
        run(redshift, "ALTER TABLE t DROP COLUMN n")
        run(redshift, "ALTER TABLE t RENAME TO u")
        assert failure(redshift, "SELECT * FROM t")[0] == "42P01"
        assert failure(redshift, "ALTER TABLE u DROP COLUMN k")[0] == "0A000"  # the distribution key
        assert run(redshift, "SELECT * FROM u") == [[1, "a"]]

    def test_a_view_holds_its_table(self, redshift: Any) -> None:
        run(redshift, "CREATE VIEW w AS SELECT k, COUNT(*) AS n FROM t GROUP BY k")
        run(redshift, "INSERT INTO t VALUES (1, 'a'), (1, 'b')")
        assert run(redshift, "SELECT n FROM w") == [[2]]
        assert failure(redshift, "DROP TABLE t")[0] == "2BP01"
        run(redshift, "DROP TABLE t CASCADE")
        assert failure(redshift, "SELECT * FROM w")[0] == "42P01"

    def test_a_view_called_like_a_system_table_does_not_hide_it(self, redshift: Any) -> None:
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        run(redshift, "CREATE VIEW svv_table_info AS SELECT 'none'::varchar AS \"table\"")
        assert run(redshift, 'SELECT "table" FROM svv_table_info') == [["t"]]
        assert run(redshift, 'SELECT "table" FROM public.svv_table_info') == [["none"]]
        assert failure(redshift, "DROP VIEW svv_table_info")[0] == "42P01"
        run(redshift, "SET search_path TO public, pg_catalog")
        assert run(redshift, 'SELECT "table" FROM svv_table_info') == [["none"]]
        run(redshift, "DROP VIEW public.svv_table_info")

    def test_schemas_keep_names_apart(self, redshift: Any) -> None:
        run(redshift, "CREATE SCHEMA s")
        run(redshift, "CREATE TABLE s.t (x int)")
        run(redshift, "SET search_path TO s, public")
        assert run(redshift, "SELECT * FROM t") == []
        assert run(redshift, "SELECT k FROM public.t") == []
        assert failure(redshift, "DROP SCHEMA s")[0] == "2BP01"
        run(redshift, "DROP SCHEMA s CASCADE")
        assert failure(redshift, "CREATE TABLE s.x (y int)")[0] == "3F000"


class TestTransactions:
    """Transactions, sessions and conflicts"""

    def test_what_is_not_committed_is_nobody_elses(self, redshift: Any, connect: Callable[..., Any]) -> None:
        other = connect()
        run(redshift, "BEGIN")
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        assert run(other, "SELECT COUNT(*) FROM t") == [[0]]
        run(redshift, "COMMIT")
        assert run(other, "SELECT COUNT(*) FROM t") == [[1]]

    def test_tables_are_made_and_dropped_in_transactions(self, redshift: Any) -> None:
        run(redshift, "BEGIN")
        run(redshift, "CREATE TABLE made (x int)")
        run(redshift, "DROP TABLE t")
        run(redshift, "ROLLBACK")
        assert failure(redshift, "SELECT * FROM made")[0] == "42P01"
        assert run(redshift, "SELECT * FROM t") == []

    def test_an_error_ends_a_transaction(self, redshift: Any) -> None:
        run(redshift, "BEGIN")
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        failure(redshift, "SELECT nothing FROM t")
        assert failure(redshift, "SELECT 1")[0] == "25P02"
        run(redshift, "COMMIT")  # is a ROLLBACK
        assert run(redshift, "SELECT COUNT(*) FROM t") == [[0]]

    def test_truncate_commits(self, redshift: Any) -> None:
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        run(redshift, "BEGIN")
        run(redshift, "INSERT INTO t VALUES (2, 'b')")
        run(redshift, "TRUNCATE t")
        run(redshift, "ROLLBACK")
        assert run(redshift, "SELECT COUNT(*) FROM t") == [[0]]

    def test_two_that_read_what_the_other_wrote_are_not_serializable(
        self, redshift: Any, connect: Callable[..., Any]
    ) -> None:
        other = connect()
        run(redshift, "CREATE TABLE u (k int)")
        for connection in (redshift, other):
            run(connection, "BEGIN")
        assert run(redshift, "SELECT COUNT(*) FROM u") == run(other, "SELECT COUNT(*) FROM t") == [[0]]
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        run(other, "INSERT INTO u VALUES (1)")
        run(redshift, "COMMIT")
        code, words = failure(other, "COMMIT")
        assert (code, words.startswith("1023 Serializable isolation violation on table")) == ("XX000", True)
        assert run(other, "SELECT COUNT(*) FROM u") == [[0]]

    def test_two_inserts_do_not_conflict(self, redshift: Any, connect: Callable[..., Any]) -> None:
        other = connect()
        waits = threading.Thread(target=run, args=[other, "INSERT INTO t VALUES (2, 'b')"])
        run(redshift, "BEGIN")
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        waits.start()  # until the first is done
        run(redshift, "COMMIT")
        waits.join()
        assert run(redshift, "SELECT k FROM t ORDER BY k") == [[1], [2]]

    def test_who_waits_in_a_circle_fails(self, redshift: Any, connect: Callable[..., Any]) -> None:
        other, ended = connect(), list[str]()
        run(redshift, "CREATE TABLE u (k int)")
        for connection, table in ((redshift, "t"), (other, "u")):
            run(connection, "BEGIN")
            run(connection, f"LOCK {table}")
        waits = threading.Thread(target=lambda: ended.append(_ended(other, "LOCK t")))
        waits.start()
        ended.append(_ended(redshift, "LOCK u"))
        for connection in (redshift, other) if "done" not in ended else ():
            run(connection, "ROLLBACK")
        run(redshift, "ROLLBACK")
        waits.join()
        assert "40P01" in ended

    def test_temporary_tables_are_a_sessions_own(self, redshift: Any, connect: Callable[..., Any]) -> None:
        run(redshift, "CREATE TEMP TABLE stage (LIKE t)")
        run(redshift, "CREATE TABLE #more (x int)")
        assert run(redshift, "SELECT COUNT(*) FROM stage, #more") == [[0]]
        assert failure(connect(), "SELECT * FROM stage")[0] == "42P01"

    def test_a_password_and_a_database_are_checked(self, services: lab.Services) -> None:
        for wrong in ({"password": "x"}, {"user": "root"}, {"database": "prod"}):
            with pytest.raises(redshift_connector.Error):
                redshift_connector.connect(**{**services.redshift, **wrong})

    def test_a_reset_empties_the_warehouse_and_fresh_brings_it_back(
        self, redshift: Any, services: lab.Services
    ) -> None:
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        run(redshift, "CREATE VIEW w AS SELECT k FROM t")
        with services.fresh():
            assert failure(redshift, "SELECT * FROM t")[0] == "42P01"
            run(redshift, "CREATE TABLE other (x int)")
        assert run(redshift, "SELECT t.k, w.k FROM t, w") == [[1, 1]]
        assert failure(redshift, "SELECT * FROM other")[0] == "42P01"

    def test_faults_strike_statements_by_their_kind(self, redshift: Any, services: lab.Services) -> None:
        services.fail("redshift", operation="Insert", nth=2)
        run(redshift, "INSERT INTO t VALUES (1, 'a')")
        assert failure(redshift, "INSERT INTO t VALUES (2, 'b')")[0] == "XX000"
        services.fail("redshift", operation="Commit", how="crash")
        run(redshift, "BEGIN")
        run(redshift, "INSERT INTO t VALUES (3, 'c')")
        with pytest.raises(redshift_connector.Error):
            run(redshift, "COMMIT")
        services.calm()
        examiner = services.client("redshift", "examiner")
        assert run(examiner, "SELECT k FROM t") == [[1]]
        examiner.close()
        asked = [(entry.operation, entry.status) for entry in services.requests() if entry.role == "candidate"]
        assert asked[:3] == [("Create", 200), ("Insert", 200), ("Insert", 400)]


def _ended(connection: Any, text: str) -> str:
    try:
        run(connection, text)
    except redshift_connector.Error as error:
        return str(error.args[0]["C"])
    return "done"


class TestMerge:
    """UPDATE, DELETE and MERGE"""

    @pytest.fixture
    def both(self, redshift: Any) -> Any:
        run(redshift, "CREATE TABLE s (k int, v varchar(8))")
        run(redshift, "INSERT INTO t VALUES (1, 'old'), (2, 'old')")
        run(redshift, "INSERT INTO s VALUES (2, 'new'), (3, 'new')")
        return redshift

    def test_merge_updates_and_inserts(self, both: Any) -> None:
        run(
            both,
            "MERGE INTO t USING s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (k, v) VALUES (s.k, s.v)",
        )
        assert run(both, "SELECT * FROM t ORDER BY k") == [[1, "old"], [2, "new"], [3, "new"]]

    def test_merge_deletes(self, both: Any) -> None:
        run(
            both,
            "MERGE INTO t USING s AS x ON t.k = x.k WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.k, x.v)",
        )
        assert run(both, "SELECT k FROM t ORDER BY k") == [[1], [3]]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("MERGE INTO t USING s ON t.k = s.k WHEN MATCHED THEN DELETE", "one WHEN MATCHED and one WHEN NOT MATCHED"),
            (
                "MERGE INTO t USING t ON t.k = t.k WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1, 'a')",
                "different tables",
            ),
            ("MERGE INTO t USING s ON t.k = s.k REMOVE DUPLICATES", "The lab does not"),
        ],
    )
    def test_other_merges_are_refused(self, both: Any, text: str, words: str) -> None:
        assert words in failure(both, text)[1]

    def test_a_source_that_meets_a_row_twice_changes_nothing(self, both: Any) -> None:
        run(both, "INSERT INTO s VALUES (2, 'newer')")
        text = "MERGE INTO t USING s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.k, s.v)"
        assert failure(both, text)[0] == "21000"
        assert run(both, "SELECT * FROM t ORDER BY k") == [[1, "old"], [2, "old"]]

    def test_rows_are_changed_by_another_table(self, both: Any) -> None:
        run(both, "UPDATE t SET v = s.v FROM s WHERE t.k = s.k")
        assert run(both, "SELECT v FROM t ORDER BY k") == [["old"], ["new"]]
        run(both, "DELETE FROM t USING s WHERE t.k = s.k")
        run(both, "DELETE t WHERE v = 'none'")
        assert run(both, "SELECT k FROM t") == [[1]]


class TestRoles:
    """Roles of COPY and UNLOAD"""

    def test_a_role_may_what_its_policies_say(self, redshift: Any, iam: Any) -> None:
        document = {"Version": "2012-10-17", "Statement": [TRUST]}
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
        text = f"COPY t FROM 's3://lake/csv/b' IAM_ROLE '{role}' CSV"
        assert "Access Denied" in failure(redshift, text)[1]
        for action, resource in (("s3:ListBucket", "arn:aws:s3:::lake"), ("s3:GetObject", "arn:aws:s3:::lake/csv/*")):
            statement = {"Effect": "Allow", "Action": action, "Resource": resource}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_role_policy(RoleName="reader", PolicyName=action.partition(":")[2], PolicyDocument=policy)
        run(redshift, text)
        assert run(redshift, "SELECT k FROM t") == [[3]]
        assert "Access Denied" in failure(redshift, f"UNLOAD ('SELECT 1') TO 's3://out/x' IAM_ROLE '{role}'")[1]


def _of_psycopg(services: lab.Services) -> dict[str, Any]:
    """The same place and user in the words of psycopg."""
    given = services.redshift
    return {name: given[name] for name in ("host", "port", "user", "password")} | {"dbname": given["database"]}


class TestClients:
    """Clients: redshift_connector, psycopg and awswrangler"""

    def test_values_arrive_as_python_has_them(self, redshift: Any) -> None:
        run(
            redshift,
            "CREATE TABLE kinds (i int, s smallint, b bigint, n decimal(8,2), f float8, r real, o boolean, d date, ts timestamp, z timestamptz, c char(3))",
        )
        moment = dt.datetime(2024, 1, 2, 3, 4, 5, 6)
        given = (
            1,
            2,
            3,
            Decimal("4.50"),
            1.25,
            0.5,
            True,
            dt.date(2024, 1, 2),
            moment,
            moment.replace(tzinfo=dt.UTC),
            "ab",
        )
        run(redshift, f"INSERT INTO kinds VALUES ({', '.join(['%s'] * len(given))})", *given)
        assert run(redshift, "SELECT * FROM kinds") == [[*given[:-1], "ab "]]
        run(redshift, f"INSERT INTO kinds VALUES ({', '.join(['%s'] * len(given))})", *[None] * len(given))
        assert run(redshift, "SELECT COUNT(*) FROM kinds WHERE i IS NULL AND c IS NULL AND z IS NULL") == [[1]]

    def test_parameters_are_values_and_no_sql(self, redshift: Any) -> None:
        run(redshift, "INSERT INTO t VALUES (%s, %s)", 1, "'; --")
        assert run(redshift, "SELECT v FROM t WHERE k = %s AND v = %s LIMIT 1", 1, "'; --") == [["'; --"]]
        with redshift.cursor() as cursor:
            cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(2, "b"), (3, None)])
            cursor.execute("SELECT k, v FROM t ORDER BY k")
            frame: pd.DataFrame = cursor.fetch_dataframe()
        assert frame["k"].tolist() == [1, 2, 3]

    def test_a_connection_without_autocommit_is_a_transaction(self, redshift: Any, services: lab.Services) -> None:
        with redshift_connector.connect(**services.redshift) as connection:
            run(connection, "INSERT INTO t VALUES (1, 'a')")
            assert run(redshift, "SELECT COUNT(*) FROM t") == [[0]]
            connection.commit()
            run(connection, "INSERT INTO t VALUES (2, 'b')")
            connection.rollback()
        assert run(redshift, "SELECT k FROM t") == [[1]]

    def test_psycopg_sends_values_and_reads_them(self, redshift: Any, services: lab.Services) -> None:
        run(
            redshift,
            "CREATE TABLE kinds (i int, b bigint, f float8, o boolean, d date, ts timestamp, z timestamptz, v varchar(9))",
        )
        moment = dt.datetime(2024, 1, 2, 3, 4, 5, 6)
        given = (1, 2**40, 1.25, True, moment.date(), moment, moment.replace(tzinfo=dt.UTC), "é'; --")
        with psycopg.connect(**_of_psycopg(services)) as connection, connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO kinds VALUES ({', '.join(['%s'] * len(given))})", given)
            cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(number, f"v{number}") for number in range(9)])
            cursor.execute("INSERT INTO t (k) VALUES (%s)", (None,))
            for binary in (False, True):
                cursor.execute("SELECT * FROM kinds", binary=binary)
                assert cursor.fetchall() == [given]
            for number in range(9):  # it prepares what it has sent five times
                assert cursor.execute("SELECT v FROM t WHERE k = %s", (number,)).fetchall() == [(f"v{number}",)]
            assert run(redshift, "SELECT COUNT(*) FROM t") == [[0]]
        assert run(redshift, "SELECT COUNT(*), COUNT(v) FROM t") == [[10, 9]]

    @pytest.mark.parametrize("kind", ["s", "t", "b"])
    def test_psycopg_sends_decimals_as_text_and_in_binary(self, services: lab.Services, kind: str) -> None:
        numbers = [
            "0",
            "4.50",
            "-0.0001",
            "99999999999999999999999999.9999999999",
            "-10000",
            "0.0000000001",
            "12345.678",
        ]
        given = [Decimal(number) for number in numbers]
        with psycopg.connect(**_of_psycopg(services)) as connection:
            connection.execute("CREATE TEMP TABLE n (place int, value decimal(38, 10))")
            for place, number in enumerate(given):
                connection.execute(f"INSERT INTO n VALUES (%s, %{kind})", (place, number))
            for binary in (False, True):
                found = connection.execute("SELECT value FROM n ORDER BY place", binary=binary).fetchall()
                assert [number for (number,) in found] == given

    def test_psycopg_hears_of_errors_and_rolls_back(self, redshift: Any, services: lab.Services) -> None:
        with psycopg.connect(**_of_psycopg(services)) as connection:
            with pytest.raises(psycopg.errors.UndefinedTable), connection.transaction():
                connection.execute("INSERT INTO t VALUES (1, 'a'); SELECT * FROM missing")
            connection.execute("INSERT INTO t VALUES (2, 'b'); INSERT INTO t VALUES (3, 'c')")
            with pytest.raises(psycopg.errors.StringDataRightTruncation):
                connection.execute("INSERT INTO t VALUES (%s, %s)", (4, "far too long"))
            with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                connection.execute("SELECT 1")
            connection.rollback()
            assert connection.execute("SELECT k FROM t", prepare=True).fetchall() == []
            connection.execute("DEALLOCATE _pg3_0")  # as it calls its first one
            with pytest.raises(psycopg.errors.InvalidSqlStatementName):
                connection.execute("SELECT k FROM t", prepare=True)
            connection.rollback()
            copied = connection.execute(f"COPY t {FROM.format('csv/')} CSV")
            assert copied.statusmessage == "COPY"
        assert run(redshift, "SELECT k, v FROM t") == [[3, "c"]]

    def test_awswrangler_writes_copies_and_reads(self, redshift: Any, services: lab.Services) -> None:
        import awswrangler as wr

        frame = pd.DataFrame({"id": [1, 2], "name": ["a", None], "amount": [1.5, 2.5]})
        with redshift_connector.connect(**services.redshift) as connection:
            wr.redshift.to_sql(frame, connection, "plain", "public", index=False)
            wr.redshift.copy(frame, "s3://out/stage/", connection, "copied", "public", iam_role=ROLE)
            for name in ("plain", "copied"):
                found = wr.redshift.read_sql_query(
                    f"SELECT id, name, amount FROM public.{name} ORDER BY id", connection
                )
                assert found["amount"].tolist() == [1.5, 2.5]
                assert found["name"].isna().tolist() == [False, True]
            unloaded = wr.redshift.unload(
                "SELECT id FROM public.copied", "s3://out/unloaded/", connection, iam_role=ROLE
            )
        assert sorted(unloaded["id"].tolist()) == [1, 2]
