"""The lab's Data Catalog as the tables of queries, seen and changed with the rights of who asked for the query."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.tables import Column, Partition, Storage, Table
from groundschool.lab import rights
from groundschool.lab.service import Asked, Refused
from groundschool.lab.services.glue import resources
from groundschool.lab.services.glue.catalog import CATALOG

TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."
VIEW = re.compile(r"/\* Presto View: ([A-Za-z0-9+/=]+) \*/")
Json = dict[str, Any]


class Definitions:
    """`tables.Catalog` of one caller."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def _require(self, action: str, *names: str) -> None:
        arns = [resources.CATALOG, *([resources.database(names[0])] if names else [])]
        arns += [resources.table(names[0], names[1])] if len(names) > 1 else []
        try:
            rights.require(self._asked, f"glue:{action}", arns)
        except Refused as refused:
            raise Failed("", f"Insufficient permissions to execute the query. {refused}") from None

    def databases(self) -> Sequence[str]:
        names = [str(found["Name"]) for found in CATALOG.databases()]
        return [name for name in names if rights.allows(self._asked, "glue:GetDatabases", resources.database(name))]

    def create_database(self, name: str, quiet: bool) -> None:
        self._require("CreateDatabase", name)
        try:
            CATALOG.create_database({"Name": name})
        except Refused as refused:
            if not (quiet and refused.code == "AlreadyExistsException"):
                raise Failed("", f"{TASK} Database {name} already exists") from None

    def drop_database(self, name: str, quiet: bool, cascade: bool) -> None:
        self._require("DeleteDatabase", name)
        try:
            if CATALOG.tables(name) and not cascade:
                words = f"InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)"
                raise Failed("", f"{TASK} {words}")
            CATALOG.delete_database(name)
        except Refused:
            if not quiet:
                raise Failed("", f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}") from None

    def tables(self, database: str) -> Sequence[str]:
        self._require("GetTables", database)
        try:
            return [str(found["Name"]) for found in CATALOG.tables(database)]
        except Refused:
            words = f"FAILED: SemanticException [Error 10072]: Database does not exist: {database}"
            raise Failed("", words) from None

    def table(self, database: str, name: str) -> Table | None:
        self._require("GetTable", database, name)
        try:
            return table_of(CATALOG.table(database, name))
        except Refused:
            return None

    def create_table(self, table: Table, quiet: bool, replace: bool = False) -> None:
        self._require("UpdateTable" if replace else "CreateTable", table.database, table.name)
        try:
            if replace:
                CATALOG.update_table(table.database, input_of(table))
            else:
                CATALOG.create_table(table.database, input_of(table), rights.caller(self._asked))
        except Refused as refused:
            if refused.code == "AlreadyExistsException" and quiet:
                return
            if refused.code == "AlreadyExistsException":
                words = f"AlreadyExistsException(message:Table {table.name} already exists.)"
                raise Failed("", f"{TASK} {words}") from None
            words = f"FAILED: SemanticException [Error 10072]: Database does not exist: {table.database}"
            raise Failed("", words) from None

    def drop_table(self, database: str, name: str) -> None:
        self._require("DeleteTable", database, name)
        CATALOG.delete_table(database, name)

    def partitions(self, table: Table) -> Sequence[Partition]:
        self._require("GetPartitions", table.database, table.name)
        return [_partition(found, table) for found in CATALOG.partitions(table.database, table.name)]

    def add_partitions(self, table: Table, partitions: Sequence[Partition], quiet: bool) -> None:
        self._require("BatchCreatePartition", table.database, table.name)
        known = {tuple(found["Values"]) for found in CATALOG.partitions(table.database, table.name)}
        for partition in partitions:
            if partition.values in known and not quiet:
                words = f"AlreadyExistsException(message:Partition already exists: {list(partition.values)})"
                raise Failed("", f"{TASK} {words}")
        for partition in partitions:
            if partition.values not in known:
                storage = {**storage_of(table), "Location": partition.location}
                given = {"Values": list(partition.values), "StorageDescriptor": storage}
                CATALOG.create_partition(table.database, table.name, given)
                known.add(partition.values)

    def drop_partition(self, table: Table, values: tuple[str, ...]) -> None:
        self._require("DeletePartition", table.database, table.name)
        CATALOG.delete_partition(table.database, table.name, values)


def table_of(found: Mapping[str, Any]) -> Table:
    """A `Table` of Glue's as the engine takes it. Raises Failed for one that has no columns it could read."""
    storage = found.get("StorageDescriptor") or {}
    view = _view(found) if found.get("TableType") == "VIRTUAL_VIEW" else ""
    return Table(
        database=str(found["DatabaseName"]),
        name=str(found["Name"]),
        columns=_columns(storage.get("Columns")),
        partition_keys=_columns(found.get("PartitionKeys")),
        location=str(storage.get("Location") or ""),
        storage=_storage(storage),
        parameters={str(name): str(value) for name, value in (found.get("Parameters") or {}).items()},
        view=view,
    )


def _columns(given: Any) -> tuple[Column, ...]:
    return tuple(
        Column(str(each["Name"]).lower(), str(each.get("Type") or "string"), str(each.get("Comment") or ""))
        for each in given or ()
    )


def _storage(given: Mapping[str, Any]) -> Storage:
    serde = given.get("SerdeInfo") or {}
    parameters = {str(name): str(value) for name, value in (serde.get("Parameters") or {}).items()}
    library = str(serde.get("SerializationLibrary") or "")
    return Storage(library, parameters, str(given.get("InputFormat") or ""), str(given.get("OutputFormat") or ""))


def _view(found: Mapping[str, Any]) -> str:
    written = str(found.get("ViewOriginalText") or "")
    match = VIEW.fullmatch(written.strip())
    try:
        return str(json.loads(base64.b64decode(match[1]))["originalSql"]) if match else written
    except (ValueError, KeyError, binascii.Error):
        return written


def _partition(found: Mapping[str, Any], table: Table) -> Partition:
    storage = found.get("StorageDescriptor") or {}
    own = _storage(storage) if storage.get("SerdeInfo") else None
    values = tuple(str(value) for value in found["Values"])
    return Partition(values, str(storage.get("Location") or table.location), own)


def storage_of(table: Table) -> Json:
    """A table's `StorageDescriptor`."""
    columns = [_told(column) for column in table.columns]
    if table.view:
        return {"Columns": columns, "Location": ""}
    serde = {"SerializationLibrary": table.storage.library, "Parameters": dict(table.storage.parameters)}
    return {
        "Columns": columns, "Location": table.location, "InputFormat": table.storage.input_format,
        "OutputFormat": table.storage.output_format, "Compressed": False, "NumberOfBuckets": -1, "SerdeInfo": serde,
        "BucketColumns": [], "SortColumns": [], "Parameters": {},
    }  # fmt: skip


def _told(column: Column) -> Json:
    return {"Name": column.name, "Type": column.type, **({"Comment": column.comment} if column.comment else {})}


def input_of(table: Table) -> Json:
    """A table as Glue takes it."""
    given: Json = {
        "Name": table.name,
        "TableType": "VIRTUAL_VIEW" if table.view else "EXTERNAL_TABLE",
        "StorageDescriptor": storage_of(table),
        "PartitionKeys": [_told(key) for key in table.partition_keys],
        "Parameters": dict(table.parameters),
    }
    if table.view:
        columns = [{"name": column.name, "type": column.type} for column in table.columns]
        text = {"originalSql": table.view, "catalog": "awsdatacatalog", "schema": table.database, "columns": columns}
        packed = base64.b64encode(json.dumps(text).encode()).decode()
        given |= {"ViewOriginalText": f"/* Presto View: {packed} */", "ViewExpandedText": "/* Presto View */"}
    return given
