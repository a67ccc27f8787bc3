"""The operations on the Data Catalog, from a request's parameters to the answer's members: pages, batches and what
the lab does not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from groundschool.lab import rights
from groundschool.lab.service import Asked, Refused
from groundschool.lab.services.glue import resources
from groundschool.lab.services.glue.catalog import CATALOG, Json
from groundschool.lab.services.glue.pages import page

MOST_OF_CATALOG, MOST_PARTITIONS = 100, 1000  # of a page
Parameters = Mapping[str, Any]


def create_database(given: Parameters, asked: Asked) -> Json:
    CATALOG.create_database(given["DatabaseInput"])
    return {}


def get_database(given: Parameters, asked: Asked) -> Json:
    return {"Database": CATALOG.database(given["Name"])}


def get_databases(given: Parameters, asked: Asked) -> Json:
    """Those that the caller may see."""
    seen = [
        found
        for found in CATALOG.databases()
        if rights.allows(asked, "glue:GetDatabases", resources.database(found["Name"]))
    ]
    items, more = page(seen, given, MOST_OF_CATALOG)
    return {"DatabaseList": items, **more}


def update_database(given: Parameters, asked: Asked) -> Json:
    CATALOG.update_database(given["Name"], given["DatabaseInput"])
    return {}


def delete_database(given: Parameters, asked: Asked) -> Json:
    CATALOG.delete_database(given["Name"])
    return {}


def create_table(given: Parameters, asked: Asked) -> Json:
    CATALOG.create_table(given["DatabaseName"], _table_input(given), rights.caller(asked))
    return {}


def get_table(given: Parameters, asked: Asked) -> Json:
    return {"Table": CATALOG.table(given["DatabaseName"], given["Name"])}


def get_tables(given: Parameters, asked: Asked) -> Json:
    """Those that the caller may see."""
    of = given["DatabaseName"]
    seen = [
        found
        for found in CATALOG.tables(of, given.get("Expression") or "")
        if rights.allows(asked, "glue:GetTables", resources.table(of, found["Name"]))
    ]
    items, more = page(seen, given, MOST_OF_CATALOG)
    return {"TableList": items, **more}


def update_table(given: Parameters, asked: Asked) -> Json:
    archive = not given.get("SkipArchive", False)
    CATALOG.update_table(given["DatabaseName"], _table_input(given), archive=archive, version=given.get("VersionId"))
    return {}


def delete_table(given: Parameters, asked: Asked) -> Json:
    CATALOG.delete_table(given["DatabaseName"], given["Name"])
    return {}


def batch_delete_table(given: Parameters, asked: Asked) -> Json:
    of = given["DatabaseName"]
    CATALOG.database(of)
    return _batch(
        given["TablesToDelete"], lambda name: CATALOG.delete_table(of, name), lambda name: {"TableName": name}
    )


def get_table_version(given: Parameters, asked: Asked) -> Json:
    wanted = given.get("VersionId")
    versions = CATALOG.versions(given["DatabaseName"], given["TableName"])
    found = [version for version in versions if wanted in (None, version["VersionId"])]
    if not found:
        raise Refused(400, "EntityNotFoundException", f"Version {wanted} of table {given['TableName']} not found.")
    return {"TableVersion": found[0]}


def get_table_versions(given: Parameters, asked: Asked) -> Json:
    items, more = page(CATALOG.versions(given["DatabaseName"], given["TableName"]), given, MOST_OF_CATALOG)
    return {"TableVersions": items, **more}


def delete_table_version(given: Parameters, asked: Asked) -> Json:
    CATALOG.delete_version(given["DatabaseName"], given["TableName"], given["VersionId"])
    return {}


def batch_delete_table_version(given: Parameters, asked: Asked) -> Json:
    of, name = given["DatabaseName"], given["TableName"]
    CATALOG.table(of, name)
    return _batch(
        given["VersionIds"],
        lambda version: CATALOG.delete_version(of, name, version),
        lambda version: {"TableName": name, "VersionId": version},
    )


def create_partition(given: Parameters, asked: Asked) -> Json:
    CATALOG.create_partition(given["DatabaseName"], given["TableName"], given["PartitionInput"])
    return {}


def batch_create_partition(given: Parameters, asked: Asked) -> Json:
    of, name = given["DatabaseName"], given["TableName"]
    CATALOG.table(of, name)
    return _batch(
        given["PartitionInputList"],
        lambda partition: CATALOG.create_partition(of, name, partition),
        lambda partition: {"PartitionValues": partition.get("Values", [])},
    )


def get_partition(given: Parameters, asked: Asked) -> Json:
    return {"Partition": CATALOG.partition(given["DatabaseName"], given["TableName"], given["PartitionValues"])}


def get_partitions(given: Parameters, asked: Asked) -> Json:
    found = CATALOG.partitions(given["DatabaseName"], given["TableName"], given.get("Expression") or "")
    items, more = page(found, given, MOST_PARTITIONS)
    if given.get("ExcludeColumnSchema"):
        for partition in items:
            partition.get("StorageDescriptor", {}).pop("Columns", None)
    return {"Partitions": items, **more}


def batch_get_partition(given: Parameters, asked: Asked) -> Json:
    """Those that are there. What is not there is not among the answer's keys either: these are for a second try."""
    of, name = given["DatabaseName"], given["TableName"]
    wanted = [entry["Values"] for entry in given["PartitionsToGet"]]
    known = {tuple(partition["Values"]): partition for partition in CATALOG.partitions(of, name)}
    return {"Partitions": [known[tuple(values)] for values in wanted if tuple(values) in known], "UnprocessedKeys": []}


def update_partition(given: Parameters, asked: Asked) -> Json:
    CATALOG.update_partition(
        given["DatabaseName"], given["TableName"], given["PartitionValueList"], given["PartitionInput"]
    )
    return {}


def batch_update_partition(given: Parameters, asked: Asked) -> Json:
    of, name = given["DatabaseName"], given["TableName"]
    CATALOG.table(of, name)
    return _batch(
        given["Entries"],
        lambda entry: CATALOG.update_partition(of, name, entry["PartitionValueList"], entry["PartitionInput"]),
        lambda entry: {"PartitionValueList": entry["PartitionValueList"]},
    )


def delete_partition(given: Parameters, asked: Asked) -> Json:
    CATALOG.delete_partition(given["DatabaseName"], given["TableName"], given["PartitionValues"])
    return {}


def batch_delete_partition(given: Parameters, asked: Asked) -> Json:
    of, name = given["DatabaseName"], given["TableName"]
    CATALOG.table(of, name)
    return _batch(
        given["PartitionsToDelete"],
        lambda entry: CATALOG.delete_partition(of, name, entry["Values"]),
        lambda entry: {"PartitionValues": entry["Values"]},
    )


CALLS: Mapping[str, Callable[[Parameters, Asked], Json]] = {
    "".join(part.title() for part in call.__name__.split("_")): call
    for call in (
        create_database,
        get_database,
        get_databases,
        update_database,
        delete_database,
        create_table,
        get_table,
        get_tables,
        update_table,
        delete_table,
        batch_delete_table,
        get_table_version,
        get_table_versions,
        delete_table_version,
        batch_delete_table_version,
        create_partition,
        batch_create_partition,
        get_partition,
        get_partitions,
        batch_get_partition,
        update_partition,
        batch_update_partition,
        delete_partition,
        batch_delete_partition,
    )
}
# What an operation takes besides its required members; what else Glue's model has is not done here.
TAKEN = {
    "GetDatabases": {"NextToken", "MaxResults"},
    "CreateTable": {"TableInput"},
    "GetTables": {"Expression", "NextToken", "MaxResults"},
    "UpdateTable": {"TableInput", "SkipArchive", "VersionId"},
    "GetTableVersion": {"VersionId"},
    "GetTableVersions": {"NextToken", "MaxResults"},
    "GetPartitions": {"Expression", "NextToken", "MaxResults", "ExcludeColumnSchema"},
}


def _table_input(given: Parameters) -> Mapping[str, Any]:
    if not isinstance(given.get("TableInput"), dict):
        raise Refused(400, "InvalidInputException", "TableInput must not be null.")
    found: Mapping[str, Any] = given["TableInput"]
    for name in ("TargetTable", "FederatedTable", "ViewDefinition"):
        if found.get(name) is not None:
            raise Refused(400, "InvalidInputException", f"The lab does not keep {name} of a table.")
    return found


def _batch(items: Iterable[Any], call: Callable[[Any], None], naming: Callable[[Any], Json]) -> Json:
    """Does all of a batch that can be done; `Errors` say what was not, and why."""
    errors = []
    for item in items:
        try:
            call(item)
        except Refused as refused:
            detail = {"ErrorCode": refused.code, "ErrorMessage": str(refused)}
            errors.append({**naming(item), "ErrorDetail": detail})
    return {"Errors": errors} if errors else {}
