"""Glue's Data Catalog as AWS's documentation has it: what is stored, what is refused, and who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from contracts import refused
from groundschool import lab

pytestmark = pytest.mark.contract("glue")
GLUE = "arn:aws:glue:us-east-1:111122223333:"
COLUMNS = [{"Name": "order_id", "Type": "bigint"}, {"Name": "amount", "Type": "decimal(10,2)", "Comment": "EUR"}]
DESCRIPTION = {
    "Columns": COLUMNS,
    "Location": "s3://lake/orders/",
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


def table(name: str = "orders", **more: Any) -> dict[str, Any]:
    return {"Name": name, "StorageDescriptor": DESCRIPTION, "TableType": "EXTERNAL_TABLE", **more}


def keys(**types: str) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind in types.items()]


@pytest.fixture
def sales(glue: Any) -> Any:
    """Glue with the database `sales`."""
    glue.create_database(DatabaseInput={"Name": "sales"})
    return glue


@pytest.fixture
def orders(sales: Any) -> Any:
    """Glue with the table `sales.orders`, which has the keys `year` (int) and `shop` (string)."""
    sales.create_table(DatabaseName="sales", TableInput=table(PartitionKeys=keys(year="int", shop="string")))
    return sales


def partition(*values: str) -> dict[str, Any]:
    return {"Values": list(values), "StorageDescriptor": {**DESCRIPTION, "Location": f"s3://lake/{'/'.join(values)}/"}}


OF_ORDERS = {"DatabaseName": "sales", "TableName": "orders"}


class TestDatabases:
    """Databases"""

    def test_a_database_is_made_found_changed_and_deleted(self, glue: Any) -> None:
        glue.create_database(DatabaseInput={"Name": "sales", "Description": "d", "LocationUri": "s3://lake/"})
        found = glue.get_database(Name="sales")["Database"]
        assert (found["Description"], found["LocationUri"], found["CatalogId"]) == ("d", "s3://lake/", "111122223333")
        glue.update_database(Name="sales", DatabaseInput={"Name": "sales", "Parameters": {"team": "data"}})
        found = glue.get_database(Name="sales")["Database"]
        assert (found["Parameters"], "Description" in found) == ({"team": "data"}, False)
        glue.delete_database(Name="sales")
        assert refused(glue.get_database, Name="sales") == ("EntityNotFoundException", 400)

    def test_names_are_folded_to_lower_case(self, glue: Any) -> None:
        glue.create_database(DatabaseInput={"Name": "Sales"})
        assert glue.get_database(Name="SALES")["Database"]["Name"] == "sales"

    def test_a_name_is_taken_once_in_any_case(self, sales: Any) -> None:
        assert refused(sales.create_database, DatabaseInput={"Name": "SALES"}) == ("AlreadyExistsException", 400)

    def test_the_list_has_pages(self, glue: Any) -> None:
        for number in range(5):
            glue.create_database(DatabaseInput={"Name": f"d{number}"})
        first = glue.get_databases(MaxResults=3)
        assert [found["Name"] for found in first["DatabaseList"]] == ["d0", "d1", "d2"]
        last = glue.get_databases(MaxResults=3, NextToken=first["NextToken"])
        assert ([found["Name"] for found in last["DatabaseList"]], "NextToken" in last) == (["d3", "d4"], False)

    def test_a_made_up_token_is_refused(self, glue: Any) -> None:
        assert refused(glue.get_databases, NextToken="made up") == ("InvalidInputException", 400)

    def test_a_database_takes_its_tables_with_it(self, orders: Any) -> None:
        orders.delete_database(Name="sales")
        orders.create_database(DatabaseInput={"Name": "sales"})
        assert orders.get_tables(DatabaseName="sales")["TableList"] == []

    @pytest.mark.parametrize("call", ["update_database", "delete_database"])
    def test_what_is_not_there_is_neither_changed_nor_deleted(self, glue: Any, call: str) -> None:
        given = {"DatabaseInput": {"Name": "sales"}} if call == "update_database" else {}
        assert refused(getattr(glue, call), Name="sales", **given) == ("EntityNotFoundException", 400)


class TestTables:
    """Tables"""

    def test_a_table_is_made_and_found(self, sales: Any) -> None:
        given = table(PartitionKeys=keys(dt="date"), Parameters={"classification": "parquet"})
        sales.create_table(DatabaseName="sales", TableInput=given)
        found = sales.get_table(DatabaseName="sales", Name="orders")["Table"]
        assert {name: found[name] for name in given} == given
        assert (found["DatabaseName"], found["VersionId"], found["Retention"]) == ("sales", "0", 0)
        assert found["CreatedBy"] == "arn:aws:iam::111122223333:user/candidate"

    def test_names_are_folded_to_lower_case(self, sales: Any) -> None:
        sales.create_table(DatabaseName="SALES", TableInput=table("Orders"))
        assert sales.get_table(DatabaseName="sales", Name="ORDERS")["Table"]["Name"] == "orders"

    def test_a_name_is_taken_once_in_any_case(self, orders: Any) -> None:
        assert refused(orders.create_table, DatabaseName="sales", TableInput=table("ORDERS")) == (
            "AlreadyExistsException",
            400,
        )

    def test_a_table_needs_its_database(self, glue: Any) -> None:
        assert refused(glue.create_table, DatabaseName="sales", TableInput=table()) == ("EntityNotFoundException", 400)
        assert refused(glue.get_tables, DatabaseName="sales") == ("EntityNotFoundException", 400)

    def test_an_update_replaces_the_definition_whole(self, orders: Any) -> None:
        orders.update_table(DatabaseName="sales", TableInput={"Name": "orders", "Description": "new"})
        found = orders.get_table(DatabaseName="sales", Name="orders")["Table"]
        assert (found["Description"], found["PartitionKeys"], "StorageDescriptor" in found) == ("new", [], False)
        missing = {"DatabaseName": "sales", "TableInput": table("refunds")}
        assert refused(orders.update_table, **missing) == ("EntityNotFoundException", 400)

    def test_it_is_a_description_and_outlives_the_data(self, services: lab.Services, s3: Any, orders: Any) -> None:
        services.seed(s3={"lake": {"orders/a": b""}})
        s3.delete_object(Bucket="lake", Key="orders/a")
        assert orders.get_table(DatabaseName="sales", Name="orders")["Table"]["StorageDescriptor"] == DESCRIPTION

    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("orders", ["orders"]),
            ("ord*", ["orders", "orders_old"]),
            (".*old", ["orders_old"]),
            ("refunds|orders", ["orders", "refunds"]),
            ("rder", []),
        ],
    )
    def test_a_list_is_filtered_by_name(self, sales: Any, pattern: str, expected: list[str]) -> None:
        for name in ("orders", "orders_old", "refunds"):
            sales.create_table(DatabaseName="sales", TableInput=table(name))
        assert [found["Name"] for found in sales.get_tables(DatabaseName="sales", Expression=pattern)["TableList"]] == (
            expected
        )

    def test_the_list_has_pages(self, sales: Any) -> None:
        for number in range(4):
            sales.create_table(DatabaseName="sales", TableInput=table(f"t{number}"))
        pages = sales.get_paginator("get_tables").paginate(DatabaseName="sales", PaginationConfig={"PageSize": 3})
        assert [len(page["TableList"]) for page in pages] == [3, 1]

    def test_a_deletion_takes_partitions_and_versions_along(self, orders: Any) -> None:
        orders.create_partition(**OF_ORDERS, PartitionInput=partition("2026", "paris"))
        orders.delete_table(DatabaseName="sales", Name="orders")
        assert refused(orders.delete_table, DatabaseName="sales", Name="orders") == ("EntityNotFoundException", 400)
        orders.create_table(DatabaseName="sales", TableInput=table(PartitionKeys=keys(year="int", shop="string")))
        assert orders.get_partitions(**OF_ORDERS)["Partitions"] == []

    def test_a_batch_deletes_what_is_there_and_tells_the_rest(self, orders: Any) -> None:
        found = orders.batch_delete_table(DatabaseName="sales", TablesToDelete=["orders", "refunds"])["Errors"]
        assert [(error["TableName"], error["ErrorDetail"]["ErrorCode"]) for error in found] == [
            ("refunds", "EntityNotFoundException")
        ]
        assert orders.get_tables(DatabaseName="sales")["TableList"] == []


class TestVersions:
    """Versions of tables"""

    def test_every_update_keeps_the_former_definition(self, orders: Any) -> None:
        for text in ("one", "two"):
            orders.update_table(DatabaseName="sales", TableInput=table(Description=text))
        versions = orders.get_table_versions(**OF_ORDERS)["TableVersions"]
        assert [(found["VersionId"], found["Table"].get("Description")) for found in versions] == [
            ("2", "two"),
            ("1", "one"),
            ("0", None),
        ]
        assert orders.get_table_version(**OF_ORDERS, VersionId="1")["TableVersion"]["Table"]["Description"] == "one"

    def test_an_update_may_leave_no_version(self, orders: Any) -> None:
        orders.update_table(DatabaseName="sales", TableInput=table(), SkipArchive=True)
        assert [found["VersionId"] for found in orders.get_table_versions(**OF_ORDERS)["TableVersions"]] == ["1"]

    def test_an_update_of_an_old_version_is_refused(self, orders: Any) -> None:
        orders.update_table(DatabaseName="sales", TableInput=table(), VersionId="0")
        stale = {"DatabaseName": "sales", "TableInput": table(), "VersionId": "0"}
        assert refused(orders.update_table, **stale) == ("ConcurrentModificationException", 400)

    def test_former_versions_are_deleted_and_not_the_present_one(self, orders: Any) -> None:
        for _ in range(2):
            orders.update_table(DatabaseName="sales", TableInput=table())
        orders.delete_table_version(**OF_ORDERS, VersionId="0")
        found = orders.batch_delete_table_version(**OF_ORDERS, VersionIds=["0", "1", "2"])["Errors"]
        assert {error["VersionId"]: error["ErrorDetail"]["ErrorCode"] for error in found} == {
            "0": "EntityNotFoundException",
            "2": "InvalidInputException",
        }
        assert refused(orders.get_table_version, **OF_ORDERS, VersionId="1") == ("EntityNotFoundException", 400)


class TestPartitions:
    """Partitions and batches"""

    def test_a_partition_is_registered_found_and_deleted(self, orders: Any) -> None:
        orders.create_partition(**OF_ORDERS, PartitionInput=partition("2026", "paris"))
        found = orders.get_partition(**OF_ORDERS, PartitionValues=["2026", "paris"])["Partition"]
        assert (found["TableName"], found["StorageDescriptor"]["Location"]) == ("orders", "s3://lake/2026/paris/")
        orders.delete_partition(**OF_ORDERS, PartitionValues=["2026", "paris"])
        missing = refused(orders.get_partition, **OF_ORDERS, PartitionValues=["2026", "paris"])
        assert missing == ("EntityNotFoundException", 400)

    def test_it_is_registered_once(self, orders: Any) -> None:
        orders.create_partition(**OF_ORDERS, PartitionInput=partition("2026", "paris"))
        again = refused(orders.create_partition, **OF_ORDERS, PartitionInput=partition("2026", "paris"))
        assert again == ("AlreadyExistsException", 400)

    def test_it_has_a_value_for_every_key(self, orders: Any) -> None:
        short = refused(orders.create_partition, **OF_ORDERS, PartitionInput=partition("2026"))
        assert short == ("InvalidInputException", 400)

    def test_a_batch_does_what_it_can_and_tells_the_rest(self, orders: Any) -> None:
        orders.create_partition(**OF_ORDERS, PartitionInput=partition("2026", "paris"))
        given = [partition("2026", "paris"), partition("2026", "lyon"), partition("2026")]
        errors = orders.batch_create_partition(**OF_ORDERS, PartitionInputList=given)["Errors"]
        assert [(error["PartitionValues"], error["ErrorDetail"]["ErrorCode"]) for error in errors] == [
            (["2026", "paris"], "AlreadyExistsException"),
            (["2026"], "InvalidInputException"),
        ]
        assert len(orders.get_partitions(**OF_ORDERS)["Partitions"]) == 2

    def test_a_batch_of_a_hundred_is_taken_and_one_more_refused(self, orders: Any) -> None:
        many = [partition(str(year), "paris") for year in range(1900, 2001)]
        too_many = refused(orders.batch_create_partition, **OF_ORDERS, PartitionInputList=many)
        assert too_many == ("ValidationException", 400)
        assert orders.get_partitions(**OF_ORDERS)["Partitions"] == []
        assert "Errors" not in orders.batch_create_partition(**OF_ORDERS, PartitionInputList=many[:100])
        assert len(orders.get_partitions(**OF_ORDERS)["Partitions"]) == 100

    def test_a_batch_deletes_twenty_five_at_most(self, orders: Any) -> None:
        values = [{"Values": [str(year), "paris"]} for year in range(2000, 2026)]
        too_many = refused(orders.batch_delete_partition, **OF_ORDERS, PartitionsToDelete=values)
        assert too_many == ("ValidationException", 400)
        errors = orders.batch_delete_partition(**OF_ORDERS, PartitionsToDelete=values[:1])["Errors"]
        assert errors[0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"

    def test_a_batch_reads_what_is_there(self, orders: Any) -> None:
        orders.create_partition(**OF_ORDERS, PartitionInput=partition("2026", "paris"))
        wanted = [{"Values": ["2026", "paris"]}, {"Values": ["2026", "lyon"]}]
        found = orders.batch_get_partition(**OF_ORDERS, PartitionsToGet=wanted)
        assert [entry["Values"] for entry in found["Partitions"]] == [["2026", "paris"]]

    def test_an_update_replaces_it_under_other_values_too(self, orders: Any) -> None:
        for shop in ("paris", "lyon"):
            orders.create_partition(**OF_ORDERS, PartitionInput=partition("2026", shop))
        change = {**OF_ORDERS, "PartitionValueList": ["2026", "paris"]}
        orders.update_partition(**change, PartitionInput=partition("2026", "nice"))
        assert [found["Values"][1] for found in orders.get_partitions(**OF_ORDERS)["Partitions"]] == ["lyon", "nice"]
        entry = {"PartitionValueList": ["2026", "nice"], "PartitionInput": partition("2026", "lyon")}
        errors = orders.batch_update_partition(**OF_ORDERS, Entries=[entry])["Errors"]
        assert errors[0]["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"

    def test_the_list_has_pages_and_may_leave_out_the_columns(self, orders: Any) -> None:
        given = [partition(str(year), "paris") for year in range(2000, 2007)]
        orders.batch_create_partition(**OF_ORDERS, PartitionInputList=given)
        pages = orders.get_paginator("get_partitions").paginate(**OF_ORDERS, PaginationConfig={"PageSize": 3})
        assert [len(page["Partitions"]) for page in pages] == [3, 3, 1]
        (found, *_) = orders.get_partitions(**OF_ORDERS, ExcludeColumnSchema=True)["Partitions"]
        assert "Columns" not in found["StorageDescriptor"]


class TestExpressions:
    """Expressions over partitions"""

    @pytest.fixture
    def filtered(self, sales: Any) -> Callable[[str], list[str]]:
        """`filtered(expression)`: the values of the partitions found, of five by year, month and day."""
        of_keys = keys(year="int", month="string", dt="date", price="decimal(5,2)")
        sales.create_table(DatabaseName="sales", TableInput=table(PartitionKeys=of_keys))
        for values in ("9 01 2026-01-05 1.50", "10 02 2026-02-05 10", "2025 02 2025-02-05 2", "2026 1 2026-11-05 2.0",
                       "__HIVE_DEFAULT_PARTITION__ x __HIVE_DEFAULT_PARTITION__ 0"):  # fmt: skip
            sales.create_partition(**OF_ORDERS, PartitionInput=partition(*values.split()))

        def found(expression: str) -> list[str]:
            partitions = sales.get_partitions(**OF_ORDERS, Expression=expression)["Partitions"]
            return sorted(" ".join(entry["Values"][:2]) for entry in partitions)

        return found

    @pytest.mark.parametrize(("expression", "expected"), [
        ("year = 2026", ["2026 1"]),
        ("year > 9", ["10 02", "2025 02", "2026 1"]),
        ("year < '10'", ["9 01"]),
        ("month > '1'", ["x x"]),
        ("month = '02' AND year <> 10", ["2025 02"]),
        ("year = 9 OR year = 10 AND month = '01'", ["9 01"]),
        ("(year = 9 OR year = 10) AND month = '02'", ["10 02"]),
        ("year in (9, 2026)", ["2026 1", "9 01"]),
        ("month not in ('02', 'x')", ["2026 1", "9 01"]),
        ("year BETWEEN 10 AND 2025", ["10 02", "2025 02"]),
        ("month LIKE '0_'", ["10 02", "2025 02", "9 01"]),
        ("month LIKE '%1'", ["2026 1", "9 01"]),
        ("NOT month LIKE '0%'", ["2026 1", "x x"]),
        ("dt >= '2026-02-05'", ["10 02", "2026 1"]),
        ("price = 2", ["2025 02", "2026 1"]),
        ("YEAR >= 2026", ["2026 1"]),
        ("year <> 9", ["10 02", "2025 02", "2026 1"]),
        ("dt IS NULL", ["x x"]),
        ("year IS NOT NULL", ["10 02", "2025 02", "2026 1", "9 01"]),
    ])  # fmt: skip
    def test_values_are_compared_by_their_keys_types(self, filtered: Any, expression: str, expected: list[str]) -> None:
        assert [text.replace("__HIVE_DEFAULT_PARTITION__", "x") for text in filtered(expression)] == expected

    @pytest.mark.parametrize(
        "expression",
        [
            "shop = 1",
            "year = 'last'",
            "year + 1 = 2",
            "upper(month) = 'X'",
            "year = 1 ORDER BY year",
            "year =",
            "1 = 1",
        ],
    )
    def test_what_is_no_comparison_of_a_key_is_refused(self, filtered: Any, expression: str) -> None:
        with pytest.raises(ClientError) as error:
            filtered(expression)
        assert error.value.response["Error"]["Code"] == "InvalidInputException"


class TestRights:
    """Rights to databases and tables"""

    @pytest.fixture
    def ana(self, services: lab.Services, iam: Any, orders: Any) -> Callable[..., Any]:
        """`ana(action, …resources)`: the Glue client of a user who may do that to these, and nothing else."""
        orders.create_database(DatabaseInput={"Name": "hr"})
        iam.create_user(UserName="ana")
        key = iam.create_access_key(UserName="ana")["AccessKey"]

        def made(action: str, *resources: str, effect: str = "Allow") -> Any:
            statement = {"Effect": effect, "Action": action, "Resource": [GLUE + resource for resource in resources]}
            document = {"Version": "2012-10-17", "Statement": statement}
            iam.put_user_policy(UserName="ana", PolicyName=effect, PolicyDocument=json.dumps(document))
            return boto3.client(
                "glue", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
            )

        return made

    @pytest.mark.parametrize("lacking", ["catalog", "database/sales", "table/sales/orders"])
    def test_a_table_needs_rights_to_all_that_it_lies_in(self, ana: Any, lacking: str) -> None:
        every = {"catalog", "database/sales", "table/sales/orders"}
        assert ana("glue:GetTable", *every).get_table(DatabaseName="sales", Name="orders")
        with pytest.raises(
            ClientError, match=f"not authorized to perform: glue:GetTable on resource: {GLUE}{lacking} "
        ):
            ana("glue:GetTable", *every - {lacking}).get_table(DatabaseName="sales", Name="orders")

    def test_a_partition_needs_rights_to_its_table(self, ana: Any) -> None:
        every = ("catalog", "database/sales", "table/sales/orders")
        client = ana("glue:BatchCreatePartition", *every)
        client.batch_create_partition(**OF_ORDERS, PartitionInputList=[partition("2026", "paris")])
        assert refused(client.get_partitions, **OF_ORDERS) == ("AccessDeniedException", 400)

    def test_a_database_of_another_name_stays_closed(self, ana: Any) -> None:
        client = ana("glue:GetDatabase", "catalog", "database/sales")
        assert client.get_database(Name="sales")
        assert refused(client.get_database, Name="hr") == ("AccessDeniedException", 400)

    def test_a_deletion_needs_rights_to_all_that_lies_in_it(self, ana: Any) -> None:
        client = ana("glue:DeleteDatabase", "catalog", "database/sales")
        assert refused(client.delete_database, Name="sales") == ("AccessDeniedException", 400)
        every = ("catalog", "database/sales", "table/sales/*", "userDefinedFunction/sales/*")
        ana("glue:DeleteDatabase", *every).delete_database(Name="sales")

    def test_a_list_shows_what_the_caller_may_see(self, ana: Any) -> None:
        client = ana("glue:Get*", "catalog", "database/sales", "table/sales/other")
        assert [found["Name"] for found in client.get_databases()["DatabaseList"]] == ["sales"]
        assert client.get_tables(DatabaseName="sales")["TableList"] == []

    def test_a_deny_wins(self, ana: Any) -> None:
        ana("glue:*", "*")
        client = ana("glue:GetTable", "table/sales/*", effect="Deny")
        assert client.get_database(Name="sales")
        with pytest.raises(ClientError, match="with an explicit deny"):
            client.get_table(DatabaseName="sales", Name="orders")

    def test_a_role_of_services_may_read_and_write_the_catalog(self, client: Any, orders: Any) -> None:
        assert client("glue", lab.Services.role).get_table(DatabaseName="sales", Name="orders")


class TestRefusals:
    """What the lab does not do"""

    @pytest.mark.parametrize(
        ("call", "given"),
        [
            ("search_tables", {"SearchText": "orders"}),
            ("create_connection", {"ConnectionInput": {"Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": {}}}),
            ("create_registry", {"RegistryName": "r"}),
            ("create_trigger", {"Name": "t", "Type": "ON_DEMAND", "Actions": []}),
            ("get_partition_indexes", OF_ORDERS),
        ],
    )  # fmt: skip
    def test_an_operation_that_is_not_there_says_so(self, orders: Any, call: str, given: dict[str, Any]) -> None:
        with pytest.raises(ClientError, match="The lab does not do"):
            getattr(orders, call)(**given)

    @pytest.mark.parametrize(
        ("call", "given"),
        [
            ("create_table", {"DatabaseName": "sales", "TableInput": table("t"), "PartitionIndexes": [{"Keys": ["a"], "IndexName": "i"}]}),
            ("get_table", {"DatabaseName": "sales", "Name": "orders", "TransactionId": "t"}),
            ("get_table", {"DatabaseName": "sales", "Name": "orders", "CatalogId": "222233334444"}),
            ("get_partitions", {**OF_ORDERS, "Segment": {"SegmentNumber": 0, "TotalSegments": 2}}),
            ("create_database", {"DatabaseInput": {"Name": "d", "TargetDatabase": {"DatabaseName": "sales"}}}),
            ("create_table", {"DatabaseName": "sales", "TableInput": table("t", TargetTable={"Name": "orders"})}),
            ("get_tables", {"DatabaseName": "sales", "Expression": "(a+)+$"}),
        ],
    )  # fmt: skip
    def test_a_member_that_it_does_not_do_is_refused(self, orders: Any, call: str, given: dict[str, Any]) -> None:
        with pytest.raises(ClientError, match="The lab does not"):
            getattr(orders, call)(**given)

    @pytest.mark.parametrize(
        "given",
        [
            {"DatabaseInput": {"Name": ""}},
            {"DatabaseInput": {"Name": 7}},
            {"DatabaseInput": {}},
            {"DatabaseInput": {"Name": "d" * 256}},
            {"DatabaseInput": {"Name": "d", "Parameters": {"team": 7}}},
        ],
    )
    def test_what_the_model_does_not_have_is_refused(self, services: lab.Services, given: dict[str, Any]) -> None:
        from botocore.config import Config

        client = boto3.client("glue", config=Config(parameter_validation=False))
        with pytest.raises(ClientError, match="validation error detected"):
            client.create_database(**given)
        assert client.get_databases()["DatabaseList"] == []
