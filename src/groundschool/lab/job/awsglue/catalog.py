"""Tables of the Data Catalog, as a job looks them up: with its role's own rights, by Glue's API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .refusals import NotDone
from .schema import Atomic, named

LIBRARIES = {"JsonSerDe": "json", "OpenCSVSerde": "csv", "LazySimpleSerDe": "csv", "ParquetHiveSerDe": "parquet"}


@dataclass(frozen=True)
class Place:
    """A folder of a table, and the values of the partition that it is."""

    path: str
    values: dict[str, str]


@dataclass(frozen=True)
class Table:
    """What a catalog says of a table: where its files are, of which format, its columns with their types."""

    places: list[Place]
    format: str
    options: dict[str, Any]
    columns: dict[str, Atomic]


def table(database: str, name: str) -> Table:
    """A table with all its partitions. Raises what boto3 does, and NotDone for formats that are not read here."""
    import boto3

    glue = boto3.client("glue")
    found = glue.get_table(DatabaseName=database, Name=name)["Table"]
    storage = found["StorageDescriptor"]
    format = _format(found)
    keys = [key["Name"] for key in found.get("PartitionKeys", [])]
    places = [Place(storage["Location"], {})]
    if keys:
        pages = glue.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=name)
        parts = [part for page in pages for part in page["Partitions"]]
        places = [
            Place(part["StorageDescriptor"]["Location"], dict(zip(keys, part["Values"], strict=True))) for part in parts
        ]
    options = _options(found) if format == "csv" else {}
    return Table(places, format, options, {column["Name"]: _type(column["Type"]) for column in storage["Columns"]})


def _format(found: dict[str, Any]) -> str:
    library = found["StorageDescriptor"].get("SerdeInfo", {}).get("SerializationLibrary", "")
    told = found.get("Parameters", {}).get("classification", "")
    format = told or LIBRARIES.get(library.rpartition(".")[2], "")
    if format not in LIBRARIES.values():
        raise NotDone(f"The lab does not read tables of {format or library or 'no format'} into a DynamicFrame.")
    return format


def _options(found: dict[str, Any]) -> dict[str, Any]:
    parameters = found["StorageDescriptor"].get("SerdeInfo", {}).get("Parameters", {})
    separator = parameters.get("separatorChar") or parameters.get("field.delim") or ","
    header = {**found.get("Parameters", {}), **parameters}.get("skip.header.line.count", "0")
    return {"separator": separator, "quoteChar": parameters.get("quoteChar", '"'), "withHeader": header == "1"}


def _type(name: str) -> Atomic:
    return Atomic(name) if name.startswith(("struct<", "array<", "map<")) else named(name)
