"""One crawl: lists what a crawler's targets hold, infers tables, and brings the catalog in line with them, all under
the crawler's role.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundschool.lab import objects
from groundschool.lab.service import Refused
from groundschool.lab.services.glue import grouping, inference, resources
from groundschool.lab.services.glue.catalog import CATALOG, Json
from groundschool.lab.services.glue.grouping import File, Group
from groundschool.lab.sessions import Session

MOST_FILES = 20_000
BY = "UPDATED_BY_CRAWLER"
FORMATS = {
    "csv": (
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    ),
    "json": (
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.openx.data.jsonserde.JsonSerDe",
    ),
    "parquet": (
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
}


class Denied(Exception):
    """The role lacks a right that the crawl needs. The crawl then ends as FAILED."""


@dataclass
class Crawl:
    """A crawl of a crawler, which is given as Glue's API describes it; `counts` tells how many tables changed."""

    crawler: Mapping[str, Any]
    session: Session
    counts: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Does all of it. Raises Denied, and Refused where the catalog refuses."""
        for action in ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"):
            self._need(action, f"{resources.LOGS}:/aws-glue/crawlers:*")
        of = self.crawler["DatabaseName"]
        self._need("glue:GetDatabase", resources.CATALOG, resources.database(of))
        CATALOG.database(of)
        found = [(group, location) for path in self._paths() for group, location in self._tables(path)]
        kept = {self._write(group, location) for group, location in found}
        self._retire(kept)

    def _paths(self) -> list[str]:
        return [target["Path"] for target in self.crawler["Targets"]["S3Targets"]]

    def _tables(self, path: str) -> Iterator[tuple[Group, str]]:
        """The tables below a path, each with the path of its folder's parent."""
        bucket, _, prefix = path.removeprefix("s3://").partition("/")
        prefix = prefix and prefix.rstrip("/") + "/"
        files = []
        for key, body in self._objects(bucket, prefix):
            schema = inference.schema(body)
            if schema:
                *folders, name = key.removeprefix(prefix).split("/")
                files.append(File(tuple(folders), name, schema))
        for group in grouping.groups(files):
            yield group, f"s3://{bucket}/{prefix}"

    def _objects(self, bucket: str, prefix: str) -> Iterator[tuple[str, bytes]]:
        self._need("s3:ListBucket", f"arn:aws:s3:::{bucket}", context={"s3:prefix": prefix})
        held = objects.held(bucket)
        if held is None:
            raise Denied(f"The specified bucket does not exist: {bucket}")
        keys = [key for key in sorted(held) if key.startswith(prefix) and not key.endswith("/")]
        if len(keys) > MOST_FILES:
            raise Denied(f"The lab does not crawl more than {MOST_FILES:,} files at once.")
        for key in keys:
            if grouping.hidden(key.removeprefix(prefix)):
                continue
            self._need("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
            yield key, held[key]["body"]

    def _write(self, group: Group, root: str) -> str:
        """Makes or changes a group's table; gives its name."""
        parent = root.rstrip("/").rpartition("/")[2]
        name = str(self.crawler.get("TablePrefix") or "") + grouping.table_name(group, parent)
        of, table = self.crawler["DatabaseName"], _table(name, group, root, self.crawler["Name"])
        every = (resources.CATALOG, resources.database(of), resources.table(of, name))
        self._need("glue:GetTable", *every)
        try:
            known = CATALOG.table(of, name)
        except Refused:
            self._need("glue:CreateTable", *every)
            CATALOG.create_table(of, table, self.session.arn)
            self.counts["TablesCreated"] += 1
            known = CATALOG.table(of, name)
        else:
            self._update(known, table, every)
        self._partitions(known, group, root, every)
        return str(known["Name"])

    def _update(self, known: Json, table: Json, every: tuple[str, ...]) -> None:
        policy = self.crawler["SchemaChangePolicy"]["UpdateBehavior"]
        same = known.get("PartitionKeys") == table["PartitionKeys"] and (
            known.get("StorageDescriptor", {}).get("Columns") == table["StorageDescriptor"]["Columns"]
        )
        if same or policy == "LOG":
            return
        self._need("glue:UpdateTable", *every)
        CATALOG.update_table(known["DatabaseName"], table)
        self.counts["TablesUpdated"] += 1

    def _partitions(self, known: Json, group: Group, root: str, every: tuple[str, ...]) -> None:
        """Registers those that are new, and takes out those that are gone where the policy says so."""
        if [key["Name"] for key in known.get("PartitionKeys", [])] != list(group.keys) or not group.keys:
            return
        of, name = known["DatabaseName"], known["Name"]
        self._need("glue:GetPartitions", *every)
        there = {tuple(partition["Values"]) for partition in CATALOG.partitions(of, name)}
        new = {values: folders for values, folders in group.partitions.items() if values not in there}
        if new:
            self._need("glue:BatchCreatePartition", *every)
        for values, folders in new.items():
            storage = {**known["StorageDescriptor"], "Location": f"{root}{'/'.join(folders)}/"}
            CATALOG.create_partition(of, name, {"Values": list(values), "StorageDescriptor": storage})
        gone = there - group.partitions.keys()
        if gone and self.crawler["SchemaChangePolicy"]["DeleteBehavior"] == "DELETE_FROM_DATABASE":
            self._need("glue:BatchDeletePartition", *every)
            for values in gone:
                CATALOG.delete_partition(of, name, values)

    def _retire(self, kept: set[str]) -> None:
        """What the crawler made before and found no longer, by the policy."""
        of, policy = self.crawler["DatabaseName"], self.crawler["SchemaChangePolicy"]["DeleteBehavior"]
        for table in CATALOG.tables(of):
            parameters = table.get("Parameters", {})
            if table["Name"] in kept or parameters.get(BY) != self.crawler["Name"] or policy == "LOG":
                continue
            every = (resources.CATALOG, resources.database(of), resources.table(of, table["Name"]))
            if policy == "DELETE_FROM_DATABASE":
                self._need("glue:DeleteTable", *every)
                CATALOG.delete_table(of, table["Name"])
                self.counts["TablesDeleted"] += 1
            elif "DEPRECATED_BY_CRAWLER" not in parameters:
                self._need("glue:UpdateTable", *every)
                told = {**parameters, "DEPRECATED_BY_CRAWLER": str(int(time.time() * 1000))}
                CATALOG.update_table(of, {**table, "Parameters": told})
                self.counts["TablesUpdated"] += 1

    def _need(self, action: str, *every: str, context: Mapping[str, str] | None = None) -> None:
        for resource in every:
            if reason := self.session.denies(action, resource, context):
                raise Denied(reason)


def _table(name: str, group: Group, root: str, crawler: str) -> Json:
    """The `TableInput` of a group."""
    schema = group.files[0].schema
    reads, writes, library = FORMATS[schema.format]
    columns = inference.united(file.schema.columns for file in group.files)
    fields = {"field.delim": schema.delimiter} if schema.delimiter else {"serialization.format": "1"}
    header = {"skip.header.line.count": "1"} if schema.header else {}
    delimiter = {"delimiter": schema.delimiter} if schema.delimiter else {}
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in group.keys],
        "Parameters": {"classification": schema.format, "typeOfData": "file", BY: crawler, **header, **delimiter},
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": inference.written(kind)} for column, kind in columns.items()],
            "Location": root + "".join(f"{part}/" for part in group.place),
            "InputFormat": reads,
            "OutputFormat": writes,
            "SerdeInfo": {"SerializationLibrary": library, "Parameters": fields},
        },
    }
