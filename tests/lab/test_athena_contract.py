"""Athena's API and its clients: executions, results, workgroups, rights, and what boto3, PyAthena and awswrangler see."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from contracts import refused
from groundschool import lab

pytestmark = pytest.mark.contract("athena")
OUTPUT = "s3://lake/results/"
ORDERS = b"1,paid,10.5\n2,open,\n3,paid,7.25\n"
WRONG = "InvalidRequestException"
GLUE = {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}
LIST = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::lake"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/orders/*"}


@pytest.fixture
def athena(client: Callable[..., Any], services: lab.Services) -> Any:
    """A client, with a database `shop` over some orders."""
    services.seed(s3={"lake": {"orders/a.csv": ORDERS}, "other": {}})
    client("glue").create_database(DatabaseInput={"Name": "shop"})
    made = client("athena")
    run(
        made,
        "CREATE EXTERNAL TABLE orders (id int, status string, amount double) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://lake/orders/'",
    )
    return made


def start(athena: Any, text: str, **more: Any) -> str:
    given = {"ResultConfiguration": {"OutputLocation": OUTPUT}, "QueryExecutionContext": {"Database": "shop"}, **more}
    return str(
        athena.start_query_execution(QueryString=text, **{name: v for name, v in given.items() if v is not None})[
            "QueryExecutionId"
        ]
    )


def ended(athena: Any, identity: str) -> Any:
    for _ in range(3000):
        found = athena.get_query_execution(QueryExecutionId=identity)["QueryExecution"]
        if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return found
        time.sleep(0.01)
    raise AssertionError("the query did not end")


def run(athena: Any, text: str, **more: Any) -> Any:
    found = ended(athena, start(athena, text, **more))
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    return found


def reason(athena: Any, text: str, **more: Any) -> str:
    found = ended(athena, start(athena, text, **more))
    assert found["Status"]["State"] == "FAILED"
    return str(found["Status"]["StateChangeReason"])


def cells(athena: Any, execution: Any, **more: Any) -> list[list[str | None]]:
    found = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"], **more)
    return [[cell.get("VarCharValue") for cell in row["Data"]] for row in found["ResultSet"]["Rows"]]


def body(s3: Any, address: str) -> str:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())


class TestExecutions:
    """Executions and their states"""

    def test_a_query_succeeds_and_says_what_it_was(self, athena: Any) -> None:
        found = run(athena, "SELECT id FROM orders WHERE status = 'paid' ORDER BY id")
        assert cells(athena, found) == [["id"], ["1"], ["3"]]
        assert (found["StatementType"], found["WorkGroup"], found["Statistics"]["DataScannedInBytes"]) == (
            "DML",
            "primary",
            len(ORDERS),
        )
        assert found["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
        assert found["Status"]["CompletionDateTime"] >= found["Status"]["SubmissionDateTime"]

    def test_a_query_fails_with_the_reason_of_the_engine(self, athena: Any) -> None:
        found = ended(athena, start(athena, "SELECT nothing FROM orders"))
        assert found["Status"]["State"] == "FAILED"
        assert found["Status"]["StateChangeReason"].startswith(
            "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved"
        )
        assert found["Status"]["AthenaError"]["ErrorCategory"] == 2
        assert "TABLE_NOT_FOUND" in reason(athena, "SELECT * FROM missing")
        assert "DIVISION_BY_ZERO" in reason(athena, "SELECT id / 0 FROM orders")

    @pytest.mark.parametrize("text", ["SELEC 1", "SELECT * FORM orders x y", "nonsense", " "])
    def test_what_is_no_statement_makes_no_execution(self, athena: Any, text: str) -> None:
        call = {"ResultConfiguration": {"OutputLocation": OUTPUT}}
        assert refused(athena.start_query_execution, QueryString=text, **call) == (WRONG, 400)

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("SELECT 1", "DML"),
            ("SHOW TABLES", "UTILITY"),
            ("CREATE DATABASE more", "DDL"),
            ("MSCK REPAIR TABLE orders", "DDL"),
            ("DESCRIBE orders", "UTILITY"),
        ],
    )
    def test_statements_are_of_three_types(self, athena: Any, text: str, kind: str) -> None:
        assert ended(athena, start(athena, text))["StatementType"] == kind

    def test_a_running_query_is_stopped_and_a_finished_one_is_left(self, athena: Any) -> None:
        many = "CROSS JOIN UNNEST(sequence(1, 10000))"
        counted = f"UNNEST(sequence(1, 10000)) a(x) {many} b(y) {many} c(z)"
        identity = start(athena, f"SELECT count(*) FROM {counted} WHERE (x * y + z) % 7 = 3")  # hours, if it is let
        athena.stop_query_execution(QueryExecutionId=identity)
        assert ended(athena, identity)["Status"]["State"] == "CANCELLED"
        found = run(athena, "SELECT 1")
        athena.stop_query_execution(QueryExecutionId=found["QueryExecutionId"])
        assert ended(athena, found["QueryExecutionId"])["Status"]["State"] == "SUCCEEDED"

    def test_an_unknown_execution(self, athena: Any) -> None:
        unknown = {"QueryExecutionId": str(uuid.uuid4())}
        for call in (athena.get_query_execution, athena.get_query_results, athena.stop_query_execution):
            assert refused(call, **unknown) == (WRONG, 400)

    def test_a_token_names_one_execution(self, athena: Any) -> None:
        token = "t" * 32
        one = start(athena, "SELECT 1", ClientRequestToken=token)
        assert start(athena, "SELECT 1", ClientRequestToken=token) == one
        call = {"ResultConfiguration": {"OutputLocation": OUTPUT}, "QueryExecutionContext": {"Database": "shop"}}
        assert refused(athena.start_query_execution, QueryString="SELECT 2", ClientRequestToken=token, **call) == (
            WRONG,
            400,
        )

    def test_executions_are_listed_newest_first_and_read_together(self, athena: Any) -> None:
        one, two = start(athena, "SELECT 1"), start(athena, "SELECT 2")
        assert athena.list_query_executions(MaxResults=2)["QueryExecutionIds"] == [two, one]
        unknown = str(uuid.uuid4())
        found = athena.batch_get_query_execution(QueryExecutionIds=[one, unknown])
        assert [each["QueryExecutionId"] for each in found["QueryExecutions"]] == [one]
        assert [each["QueryExecutionId"] for each in found["UnprocessedQueryExecutionIds"]] == [unknown]

    def test_parameters_stand_for_question_marks(self, athena: Any) -> None:
        found = run(athena, "SELECT id FROM orders WHERE status = ? AND id > ?", ExecutionParameters=["'paid'", "1"])
        assert cells(athena, found) == [["id"], ["3"]]
        assert "Incorrect number of parameters" in reason(athena, "SELECT ?")

    def test_prepared_statements_are_a_workgroups(self, athena: Any) -> None:
        run(athena, "PREPARE p FROM SELECT id FROM orders WHERE id = ?")
        assert athena.get_prepared_statement(StatementName="p", WorkGroup="primary")["PreparedStatement"][
            "QueryStatement"
        ].startswith("SELECT id")
        assert cells(athena, run(athena, "EXECUTE p USING 2")) == [["id"], ["2"]]
        assert cells(athena, run(athena, "EXECUTE p", ExecutionParameters=["3"])) == [["id"], ["3"]]
        athena.create_prepared_statement(StatementName="q", WorkGroup="primary", QueryStatement="SELECT 5 AS five")
        assert cells(athena, run(athena, "EXECUTE q")) == [["five"], ["5"]]
        run(athena, "DEALLOCATE PREPARE p")
        assert refused(athena.get_prepared_statement, StatementName="p", WorkGroup="primary") == (
            "ResourceNotFoundException",
            400,
        )

    def test_named_queries(self, athena: Any) -> None:
        identity = athena.create_named_query(Name="n", Database="shop", QueryString="SELECT 1")["NamedQueryId"]
        assert athena.list_named_queries()["NamedQueryIds"] == [identity]
        assert athena.get_named_query(NamedQueryId=identity)["NamedQuery"]["QueryString"] == "SELECT 1"
        athena.delete_named_query(NamedQueryId=identity)
        assert refused(athena.get_named_query, NamedQueryId=identity) == (WRONG, 400)

    def test_a_reset_lab_has_forgotten_its_queries(self, athena: Any, services: lab.Services) -> None:
        identity = start(athena, "SELECT 1")
        services.reset()
        assert refused(athena.get_query_execution, QueryExecutionId=identity) == (WRONG, 400)


class TestResults:
    """Results: rows, types, pages and files"""

    def test_values_are_written_as_athena_writes_them(self, athena: Any) -> None:
        values = {
            "1": "1", "BIGINT '2'": "2", "1.50": "1.50", "1e0": "1.0", "12345678.9e0": "1.23456789E7", "0.0001e0": "1.0E-4", "CAST(0.1e0 AS real)": "0.1", "true": "true",
            "DATE '2024-01-05'": "2024-01-05", "TIMESTAMP '2024-01-05 10:00:00'": "2024-01-05 10:00:00.000", "TIMESTAMP '2024-01-05 10:00:00.5 Europe/Berlin'": "2024-01-05 10:00:00.500 Europe/Berlin",
            "ARRAY[1, NULL]": "[1, null]", "MAP(ARRAY['a'], ARRAY[ARRAY[1]])": "{a=[1]}", "CAST(ROW(1, 'x') AS ROW(n integer, s varchar))": "{n=1, s=x}", "ROW(1)": "{field0=1}",
            "to_utf8('ab')": "61 62", "'a\"b'": 'a"b', "nan()": "NaN", "1e0 / 0": "Infinity", "INTERVAL '26' HOUR": "1 02:00:00.000", "json_parse('{\"a\": 1}')": '{"a":1}',
        }  # fmt: skip
        found = run(athena, f"SELECT {', '.join(values)}")
        assert cells(athena, found)[1] == list(values.values())

    def test_null_is_told_from_an_empty_text(self, athena: Any, s3: Any) -> None:
        found = run(athena, "SELECT CAST(NULL AS varchar) AS a, '' AS b, 'x,\"y\"' AS c")
        row = athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]["Rows"][1]["Data"]
        assert row == [{}, {"VarCharValue": ""}, {"VarCharValue": 'x,"y"'}]
        address = found["ResultConfiguration"]["OutputLocation"]
        assert address == f"{OUTPUT}{found['QueryExecutionId']}.csv"
        assert body(s3, address) == '"a","b","c"\n,"","x,""y"""\n'
        assert body(s3, f"{address}.metadata") == ""

    def test_columns_have_types(self, athena: Any) -> None:
        found = run(athena, "SELECT id, status, amount, 1.5 AS d, count(*) AS n FROM orders GROUP BY 1, 2, 3")
        columns = athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"][
            "ResultSetMetadata"
        ]["ColumnInfo"]
        assert [(c["Name"], c["Type"], c["Precision"], c["Scale"]) for c in columns] == [
            ("id", "integer", 10, 0), ("status", "varchar", 2147483647, 0), ("amount", "double", 17, 0), ("d", "decimal", 2, 1), ("n", "bigint", 19, 0)
        ]  # fmt: skip

    def test_pages_begin_with_the_header_once(self, athena: Any) -> None:
        found = run(athena, "SELECT x FROM UNNEST(sequence(1, 2500)) t(x) ORDER BY x")
        sizes, token, seen = [], None, []
        while True:
            page = athena.get_query_results(
                QueryExecutionId=found["QueryExecutionId"], **({"NextToken": token} if token else {})
            )
            rows = page["ResultSet"]["Rows"]
            sizes.append(len(rows))
            seen += [row["Data"][0]["VarCharValue"] for row in rows]
            token = page.get("NextToken")
            if not token:
                break
        assert sizes == [1000, 1000, 501]
        assert seen == ["x", *map(str, range(1, 2501))]
        assert refused(athena.get_query_results, QueryExecutionId=found["QueryExecutionId"], MaxResults=1001) == (
            WRONG,
            400,
        )
        assert refused(athena.get_query_results, QueryExecutionId=found["QueryExecutionId"], NextToken="x:1") == (
            WRONG,
            400,
        )

    def test_a_statement_that_shows_has_no_header(self, athena: Any, s3: Any) -> None:
        found = run(athena, "SHOW TABLES")
        assert cells(athena, found) == [["orders"]]
        assert body(s3, f"{OUTPUT}{found['QueryExecutionId']}.txt") == "orders\n"

    def test_there_is_no_result_of_what_did_not_succeed(self, athena: Any) -> None:
        found = ended(athena, start(athena, "SELECT * FROM missing"))
        assert refused(athena.get_query_results, QueryExecutionId=found["QueryExecutionId"]) == (WRONG, 400)

    def test_the_file_is_there_before_the_query_has_succeeded(self, athena: Any, s3: Any) -> None:
        for number in range(5):
            found = run(athena, f"SELECT {number} AS n")
            assert list(csv.reader(io.StringIO(body(s3, found["ResultConfiguration"]["OutputLocation"])))) == [
                ["n"],
                [str(number)],
            ]

    def test_a_table_made_of_a_query_has_a_manifest(self, athena: Any, s3: Any) -> None:
        found = run(
            athena,
            "CREATE TABLE paid WITH (external_location = 's3://lake/paid/') AS SELECT id FROM orders WHERE status = 'paid'",
        )
        (path,) = body(s3, found["Statistics"]["DataManifestLocation"]).split()
        assert path.startswith("s3://lake/paid/")
        assert cells(athena, run(athena, "INSERT INTO paid VALUES (9)")) == []
        assert cells(athena, run(athena, "SELECT count(*) AS n FROM paid"))[1] == ["3"]


class TestWorkgroups:
    """Workgroups and their limits"""

    def test_no_output_location(self, athena: Any) -> None:
        assert refused(athena.start_query_execution, QueryString="SELECT 1") == (WRONG, 400)
        assert refused(
            athena.start_query_execution, QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "/tmp/x"}
        ) == (WRONG, 400)
        assert refused(
            athena.start_query_execution,
            QueryString="SELECT 1",
            ResultConfiguration={"OutputLocation": "s3://nowhere/x/"},
        ) == (WRONG, 400)

    @pytest.mark.parametrize(("enforced", "where"), [(True, "s3://other/team/"), (False, OUTPUT)])
    def test_an_enforced_location_wins(self, athena: Any, enforced: bool, where: str) -> None:
        configuration = {
            "EnforceWorkGroupConfiguration": enforced,
            "ResultConfiguration": {"OutputLocation": "s3://other/team"},
        }
        athena.create_work_group(Name="team", Configuration=configuration)
        assert run(athena, "SELECT 1", WorkGroup="team")["ResultConfiguration"]["OutputLocation"].startswith(where)
        assert run(athena, "SELECT 1", WorkGroup="team", ResultConfiguration=None)["ResultConfiguration"][
            "OutputLocation"
        ].startswith("s3://other/team/")

    def test_an_enforced_location_takes_no_other_for_tables(self, athena: Any) -> None:
        athena.create_work_group(
            Name="team", Configuration={"ResultConfiguration": {"OutputLocation": "s3://other/team/"}}
        )
        assert "external_location" in reason(
            athena, "CREATE TABLE c WITH (external_location = 's3://lake/c/') AS SELECT 1 AS x", WorkGroup="team"
        )
        run(athena, "CREATE TABLE c AS SELECT 1 AS x", WorkGroup="team")
        assert cells(athena, run(athena, "SELECT \"$path\" LIKE 's3://other/team/tables/%' AS p FROM c"))[1] == ["true"]

    def test_a_query_past_the_limit_of_bytes_is_cancelled(self, athena: Any, services: lab.Services) -> None:
        services.seed(s3={"lake": {"big/a.csv": b"1,y\n" * 2_600_000}})
        run(
            athena,
            "CREATE EXTERNAL TABLE big (a string, b string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://lake/big/'",
        )
        athena.create_work_group(Name="small", Configuration={"BytesScannedCutoffPerQuery": 10_000_000})
        found = ended(athena, start(athena, "SELECT count(*) FROM big", WorkGroup="small"))
        assert (found["Status"]["State"], found["Status"]["StateChangeReason"]) == (
            "CANCELLED",
            "Query cancelled! : Bytes scanned limit was exceeded",
        )
        assert found["Statistics"]["DataScannedInBytes"] > 10_000_000

    def test_workgroups_are_made_changed_and_deleted(self, athena: Any) -> None:
        athena.create_work_group(Name="team", Description="of ours")
        assert refused(athena.create_work_group, Name="team") == (WRONG, 400)
        assert (
            athena.get_work_group(WorkGroup="team")["WorkGroup"]["Configuration"]["EnforceWorkGroupConfiguration"]
            is True
        )
        athena.update_work_group(
            WorkGroup="team",
            State="DISABLED",
            ConfigurationUpdates={"ResultConfigurationUpdates": {"OutputLocation": OUTPUT}},
        )
        assert refused(athena.start_query_execution, QueryString="SELECT 1", WorkGroup="team") == (WRONG, 400)
        assert {group["Name"] for group in athena.list_work_groups()["WorkGroups"]} == {"primary", "team"}
        athena.delete_work_group(WorkGroup="team")
        assert refused(athena.get_work_group, WorkGroup="team") == (WRONG, 400)
        assert refused(athena.delete_work_group, WorkGroup="primary") == (WRONG, 400)


class TestRights:
    """Rights: the caller's own decide"""

    @pytest.fixture
    def analyst(self, athena: Any, iam: Any, services: lab.Services) -> Callable[..., Any]:
        """A client of Athena as a role with these statements, beyond Athena, results and listing."""

        def made(*statements: dict[str, Any]) -> Any:
            trust = {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
            base = [
                {"Effect": "Allow", "Action": "athena:*", "Resource": "*"},
                {
                    "Effect": "Allow",
                    "Action": ["s3:PutObject", "s3:GetObject"],
                    "Resource": "arn:aws:s3:::lake/results/*",
                },
            ]
            role = iam.create_role(RoleName="analyst", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
            iam.put_role_policy(
                RoleName="analyst",
                PolicyName="p",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [*base, *statements]}),
            )
            return services.client("athena", role)

        return made

    def test_with_all_of_them_a_query_runs(self, analyst: Callable[..., Any]) -> None:
        made = analyst(GLUE, LIST, READ)
        assert cells(made, run(made, "SELECT count(*) AS n FROM orders"))[1] == ["3"]
        assert "glue:CreateTable" in reason(made, "CREATE VIEW v AS SELECT 1 AS x")

    def test_without_the_catalog_it_fails(self, analyst: Callable[..., Any]) -> None:
        made = analyst(LIST, READ)
        assert "is not authorized to perform: glue:GetTable" in reason(made, "SELECT * FROM orders")

    def test_without_the_objects_it_fails(self, analyst: Callable[..., Any]) -> None:
        made = analyst(GLUE, LIST)
        assert "Access denied when reading s3://lake/orders/a.csv" in reason(made, "SELECT * FROM orders")

    def test_without_listing_it_fails(self, analyst: Callable[..., Any]) -> None:
        made = analyst(GLUE, READ)
        assert "Access denied when listing" in reason(made, "SELECT * FROM orders")

    def test_results_are_written_where_the_caller_may(self, analyst: Callable[..., Any]) -> None:
        made = analyst(GLUE)
        assert "Access denied when writing output to url: s3://other/" in reason(
            made, "SELECT 1", ResultConfiguration={"OutputLocation": "s3://other/"}
        )

    def test_a_denied_operation_is_refused(self, analyst: Callable[..., Any]) -> None:
        made = analyst(
            {
                "Effect": "Deny",
                "Action": "athena:StartQueryExecution",
                "Resource": "arn:aws:athena:us-east-1:111122223333:workgroup/primary",
            }
        )
        assert refused(made.start_query_execution, QueryString="SELECT 1") == ("AccessDeniedException", 400)

    def test_a_query_never_leaves_the_lab(self, athena: Any) -> None:
        for text in (
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT getenv('HOME')",
            "SELECT * FROM duckdb_settings()",
            "SELECT * FROM sqlite_master",
        ):
            assert "NOT_FOUND" in reason(athena, text)


class TestCatalog:
    """What Glue and Athena tell each other"""

    def test_glue_holds_what_athena_made(self, athena: Any, client: Callable[..., Any]) -> None:
        table = client("glue").get_table(DatabaseName="shop", Name="orders")["Table"]
        assert (table["TableType"], table["Parameters"]["EXTERNAL"]) == ("EXTERNAL_TABLE", "TRUE")
        assert [(c["Name"], c["Type"]) for c in table["StorageDescriptor"]["Columns"]] == [
            ("id", "int"),
            ("status", "string"),
            ("amount", "double"),
        ]

    def test_athena_reads_what_glue_was_told(self, athena: Any, client: Callable[..., Any]) -> None:
        glue = client("glue")
        storage = glue.get_table(DatabaseName="shop", Name="orders")["Table"]["StorageDescriptor"]
        given = {
            "Name": "Days",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {**storage, "Location": "s3://lake/days/"},
            "PartitionKeys": [{"Name": "dt", "Type": "string"}],
        }
        glue.create_table(DatabaseName="shop", TableInput=given)
        assert cells(athena, run(athena, "SELECT count(*) AS n FROM days"))[1] == ["0"]
        glue.create_partition(
            DatabaseName="shop",
            TableName="days",
            PartitionInput={
                "Values": ["2024-01-01"],
                "StorageDescriptor": {**storage, "Location": "s3://lake/orders/"},
            },
        )
        assert cells(athena, run(athena, "SELECT count(*) AS n, max(dt) AS d FROM days"))[1] == ["3", "2024-01-01"]

    def test_a_view_is_kept_in_prestos_form(self, athena: Any, client: Callable[..., Any]) -> None:
        run(athena, "CREATE VIEW v AS SELECT count(*) AS n FROM orders")
        table = client("glue").get_table(DatabaseName="shop", Name="v")["Table"]
        assert (table["TableType"], table["ViewExpandedText"]) == ("VIRTUAL_VIEW", "/* Presto View */")
        assert cells(athena, run(athena, "SELECT n FROM v"))[1] == ["3"]


class TestClients:
    """Clients: boto3, PyAthena and awswrangler"""

    def test_boto3_without_an_argument_that_names_the_lab(self, athena: Any) -> None:
        import boto3

        found = boto3.client("athena")
        assert cells(found, run(found, "SELECT 1 AS one")) == [["one"], ["1"]]

    @pytest.fixture
    def connect(self, athena: Any) -> Callable[..., Any]:
        from pyathena import connect

        return lambda **more: connect(
            s3_staging_dir=OUTPUT, schema_name="shop", region_name="us-east-1", poll_interval=0.02, **more
        )

    def test_pyathena_gives_python_values(self, connect: Callable[..., Any]) -> None:
        cursor = connect().cursor()
        cursor.execute(
            "SELECT id, status, amount, CAST('1.5' AS decimal(3,1)) AS d, DATE '2024-01-05' AS day, TIMESTAMP '2024-01-05 10:00:00' AS t FROM orders ORDER BY id LIMIT 2"
        )
        assert cursor.fetchall() == [
            (1, "paid", 10.5, Decimal("1.5"), dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 10)),
            (2, "open", None, Decimal("1.5"), dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 10)),
        ]
        assert [column[0] for column in cursor.description] == ["id", "status", "amount", "d", "day", "t"]
        assert cursor.data_scanned_in_bytes == len(ORDERS)

    def test_pyathena_takes_parameters_both_ways(self, connect: Callable[..., Any]) -> None:
        cursor = connect().cursor()
        assert cursor.execute(
            "SELECT id FROM orders WHERE status = %(s)s AND id > %(n)d", {"s": "paid", "n": 1}
        ).fetchall() == [(3,)]
        assert cursor.execute(
            "SELECT ? AS a, id FROM orders WHERE id = ?", ["'it''s'", "2"], paramstyle="qmark"
        ).fetchall() == [("it's", 2)]

    def test_pyathena_raises_the_reason(self, connect: Callable[..., Any]) -> None:
        from pyathena.error import OperationalError

        with pytest.raises(OperationalError, match="TABLE_NOT_FOUND"):
            connect().cursor().execute("SELECT * FROM missing")

    def test_pyathena_with_pandas(self, connect: Callable[..., Any]) -> None:
        from pyathena.pandas.cursor import PandasCursor

        frame = (
            connect(cursor_class=PandasCursor).cursor().execute("SELECT id, amount FROM orders ORDER BY id").as_pandas()
        )
        assert frame["id"].tolist() == [1, 2, 3]
        assert frame["amount"].isna().tolist() == [False, True, False]

    @pytest.mark.parametrize("ctas", [True, False])
    def test_awswrangler_reads_a_query(self, athena: Any, ctas: bool) -> None:
        import awswrangler

        frame = awswrangler.athena.read_sql_query(
            "SELECT id, status, amount FROM orders ORDER BY id", database="shop", ctas_approach=ctas, s3_output=OUTPUT
        )
        assert frame["id"].tolist() == [1, 2, 3]
        assert frame["status"].tolist() == ["paid", "open", "paid"]
        assert frame["amount"].isna().tolist() == [False, True, False]


class TestRefusals:
    """What the lab does not do"""

    @pytest.mark.parametrize(
        "more",
        [
            {"QueryExecutionContext": {"Catalog": "hive_of_mine"}}, {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True}}},
            {"ResultConfiguration": {"OutputLocation": OUTPUT, "AclConfiguration": {"S3AclOption": "BUCKET_OWNER_FULL_CONTROL"}}},
        ],
    )  # fmt: skip
    def test_parts_of_a_request(self, athena: Any, more: dict[str, Any]) -> None:
        call = {"ResultConfiguration": {"OutputLocation": OUTPUT}, **more}
        with pytest.raises(athena.exceptions.InvalidRequestException, match="The lab does not"):
            athena.start_query_execution(QueryString="SELECT 1", **call)

    def test_other_operations(self, athena: Any) -> None:
        for call in (athena.list_data_catalogs, athena.list_engine_versions, athena.list_capacity_reservations):
            with pytest.raises(athena.exceptions.ClientError, match="The lab does not do"):
                call()

    @pytest.mark.parametrize(
        "text",
        [
            "EXPLAIN SELECT 1",
            "UNLOAD (SELECT 1) TO 's3://lake/u/' WITH (format = 'PARQUET')",
            "SHOW CREATE TABLE orders",
            "SELECT rand()",
        ],
    )
    def test_statements(self, athena: Any, text: str) -> None:
        assert "The lab does not" in reason(athena, text)
