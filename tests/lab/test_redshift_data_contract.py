"""The Redshift Data API: statements in the background, typed results, batches, and who may ask."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from contracts import refused
from groundschool import lab

pytestmark = pytest.mark.contract("redshift-data")
INVALID, UNKNOWN = ("ValidationException", 400), ("ResourceNotFoundException", 400)


@pytest.fixture
def api(client: Callable[..., Any]) -> Any:
    return client("redshift-data")


def ended(api: Any, identity: str) -> Any:
    for _ in range(3000):
        found = api.describe_statement(Id=identity)
        if found["Status"] not in ("SUBMITTED", "PICKED", "STARTED"):
            return found
        time.sleep(0.01)
    raise AssertionError("the statement did not end")


def run(api: Any, text: str, **more: Any) -> Any:
    target = {"WorkgroupName": "wrenfield", "Database": "dev"}
    return ended(api, api.execute_statement(Sql=text, **target, **more)["Id"])


class TestStatements:
    """Statements and their results"""

    def test_a_result_has_typed_fields_and_metadata(self, api: Any, services: lab.Services) -> None:
        found = run(
            api,
            "SELECT 1 AS i, 1.50 AS d, 1.5::float8 AS f, 'x'::varchar(4) AS s, TRUE AS b, NULL::int AS n, DATE '2024-01-02' AS day",
        )
        assert (found["Status"], found["HasResultSet"], found["ResultRows"]) == ("FINISHED", True, 1)
        result = api.get_statement_result(Id=found["Id"])
        assert result["Records"] == [[
            {"longValue": 1}, {"stringValue": "1.50"}, {"doubleValue": 1.5}, {"stringValue": "x"}, {"booleanValue": True}, {"isNull": True},
            {"stringValue": "2024-01-02"},
        ]]  # fmt: skip
        assert [column["typeName"] for column in result["ColumnMetadata"]] == ["int4", "numeric", "float8", "varchar", "bool", "int4", "date"]  # fmt: skip

    def test_a_failure_is_told_and_has_no_result(self, api: Any) -> None:
        found = run(api, "SELECT * FROM nothing")
        assert (found["Status"], found["Error"]) == ("FAILED", 'ERROR: relation "nothing" does not exist')
        assert refused(api.get_statement_result, Id=found["Id"]) == UNKNOWN

    def test_parameters_are_literals(self, api: Any) -> None:
        given = [{"name": "a", "value": "it's"}, {"name": "n", "value": "41"}]
        found = run(api, "SELECT :a::varchar, :n::int + 1, ':a'", Parameters=given)
        record = api.get_statement_result(Id=found["Id"])["Records"][0]
        assert record == [{"stringValue": "it's"}, {"longValue": 42}, {"stringValue": ":a"}]

    def test_a_batch_is_one_transaction(self, api: Any, services: lab.Services) -> None:
        run(api, "CREATE TABLE t (k int)")
        texts = ["INSERT INTO t VALUES (1)", "INSERT INTO nothing VALUES (1)", "SELECT 1"]
        found = ended(api, api.batch_execute_statement(Sqls=texts, **services.redshift_data)["Id"])
        assert found["Status"] == "FAILED"
        assert [each["Status"] for each in found["SubStatements"]] == ["FINISHED", "FAILED", "ABORTED"]
        found = ended(api, api.batch_execute_statement(Sqls=["SELECT COUNT(*) FROM t"], **services.redshift_data)["Id"])
        assert api.get_statement_result(Id=f"{found['Id']}:1")["Records"] == [[{"longValue": 0}]]

    def test_results_come_in_pages(self, api: Any) -> None:
        run(api, "CREATE TABLE t (k int)")
        run(api, "INSERT INTO t VALUES " + ", ".join(f"({n})" for n in range(40)))
        found = run(api, "SELECT a.k FROM t a, t b ORDER BY 1")
        pages = list(api.get_paginator("get_statement_result").paginate(Id=found["Id"]))
        assert [len(page["Records"]) for page in pages] == [1000, 600]

    def test_a_token_names_one_statement_and_statements_are_listed(self, api: Any, services: lab.Services) -> None:
        one, two = (
            api.execute_statement(Sql="SELECT 1", ClientToken="t", StatementName="first", **services.redshift_data)
            for _ in range(2)
        )
        assert one["Id"] == two["Id"]
        ended(api, one["Id"])
        assert [each["Id"] for each in api.list_statements(StatementName="fir")["Statements"]] == [one["Id"]]

    @pytest.mark.parametrize(
        "given",
        [
            {"WorkgroupName": "other", "Database": "dev"}, {"ClusterIdentifier": "c", "Database": "dev"}, {"Database": "dev"},
            {"WorkgroupName": "wrenfield", "Database": "prod"}, {"WorkgroupName": "wrenfield", "Database": "dev", "SecretArn": "arn:aws:x"},
        ],
    )  # fmt: skip
    def test_a_statement_runs_nowhere_else(self, api: Any, given: dict[str, str]) -> None:
        assert refused(api.execute_statement, Sql="SELECT 1", **given) == INVALID

    def test_an_unknown_statement(self, api: Any) -> None:
        for call in (api.describe_statement, api.get_statement_result, api.cancel_statement):
            assert refused(call, Id=str(uuid.uuid4())) == UNKNOWN

    def test_rights_are_the_callers(self, client: Callable[..., Any], iam: Any, services: lab.Services) -> None:
        trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = iam.create_role(RoleName="analyst", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        call = client("redshift-data", role).execute_statement
        assert refused(call, Sql="SELECT 1", **services.redshift_data) == ("AccessDeniedException", 400)
