"""The Data Catalog: databases, tables with their versions, and partitions, as values in memory.

Names of databases and tables are folded to lower case, as Glue does for Hive. What is stored is what was given: Glue
looks at no data, and does not hold a table's description against it. Rights, pages and batches are the callers'.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from groundschool.lab.service import ACCOUNT, Refused
from groundschool.lab.services.glue import expressions
from groundschool.lab.stores import copied

Json = dict[str, Any]  # a structure of Glue's API, with times as seconds since 1970
Values = tuple[str, ...]  # of a partition, in the order of its table's keys

TOLD = (
    "Description Owner Retention StorageDescriptor PartitionKeys ViewOriginalText ViewExpandedText TableType Parameters"
)
OF_TABLE = (*TOLD.split(), "LastAccessTime", "LastAnalyzedTime")
PATTERN = re.compile(r"(?:[\w -]|\.?\*|\|)*")


class Catalog:
    """One account's catalog. Every method raises Refused as Glue does; what is returned is a copy."""

    def __init__(self) -> None:
        self._databases: MutableMapping[str, Json] = {}
        self._tables: MutableMapping[tuple[str, str], Json] = {}
        self._archive: MutableMapping[tuple[str, str], list[Json]] = {}  # former versions of a table, oldest first
        self._partitions: MutableMapping[tuple[str, str], dict[Values, Json]] = {}

    def stores(self) -> Sequence[MutableMapping[Any, Any]]:
        """The mappings that hold the whole state."""
        return self._databases, self._tables, self._archive, self._partitions

    def create_database(self, given: Mapping[str, Any]) -> None:
        """Makes a database of a `DatabaseInput`. Raises Refused, AlreadyExistsException."""
        name = folded(given["Name"])
        if name in self._databases:
            raise Refused(400, "AlreadyExistsException", "Database already exists.")
        self._databases[name] = _database(name, given, time.time())

    def database(self, name: str) -> Json:
        """A `Database`. Raises Refused, EntityNotFoundException."""
        return _copy(self._database(name))

    def databases(self) -> list[Json]:
        """All of them by name."""
        return [_copy(self._databases[name]) for name in sorted(self._databases)]

    def update_database(self, name: str, given: Mapping[str, Any]) -> None:
        """Replaces what a database says of itself; its name stays."""
        found = self._database(name)
        if folded(given["Name"]) != found["Name"]:
            raise Refused(400, "InvalidInputException", "The name of a database cannot be changed.")
        self._databases[found["Name"]] = _database(found["Name"], given, found["CreateTime"])

    def delete_database(self, name: str) -> None:
        """Deletes a database with all its tables."""
        name = str(self._database(name)["Name"])
        for table in self.tables(name):
            self.delete_table(name, table["Name"])
        del self._databases[name]

    def create_table(self, database: str, given: Mapping[str, Any], by: str = "") -> None:
        """Makes a table of a `TableInput`; `by` is the ARN of who makes it."""
        database = str(self._database(database)["Name"])
        name = folded(given["Name"])
        if (database, name) in self._tables:
            raise Refused(400, "AlreadyExistsException", "Table already exists.")
        now = time.time()
        self._tables[database, name] = {
            **_table(given),
            "Name": name,
            "DatabaseName": database,
            "CatalogId": ACCOUNT,
            "VersionId": "0",
            "CreateTime": now,
            "UpdateTime": now,
            "CreatedBy": by,
            "IsRegisteredWithLakeFormation": False,
        }

    def table(self, database: str, name: str) -> Json:
        """A `Table`, as it is now."""
        return _copy(self._table(database, name))

    def tables(self, database: str, pattern: str = "") -> list[Json]:
        """The tables of a database by name; with a pattern, those whose whole name it is (`*`: anything, `|`: or)."""
        database, wanted = str(self._database(database)["Name"]), _pattern(pattern)
        names = sorted(name for of, name in self._tables if of == database and wanted.fullmatch(name))
        return [_copy(self._tables[database, name]) for name in names]

    def update_table(
        self, database: str, given: Mapping[str, Any], *, archive: bool = True, version: str | None = None
    ) -> None:
        """Replaces a table's definition; its former one becomes a version, unless `archive` is false. `version` is
        the one that the caller changes: another has come in between otherwise."""
        found = self._table(database, given["Name"])
        if version not in (None, found["VersionId"]):
            raise Refused(
                400, "ConcurrentModificationException", "Update table failed due to concurrent modifications."
            )
        key = found["DatabaseName"], found["Name"]
        if archive:
            self._archive.setdefault(key, []).append(found)
        kept = {name: value for name, value in found.items() if name not in OF_TABLE}
        number = str(int(found["VersionId"]) + 1)
        self._tables[key] = {**kept, **_table(given), "VersionId": number, "UpdateTime": time.time()}

    def delete_table(self, database: str, name: str) -> None:
        """Deletes a table, its versions and its partitions."""
        found = self._table(database, name)
        key = found["DatabaseName"], found["Name"]
        for store in (self._tables, self._archive, self._partitions):
            store.pop(key, None)

    def versions(self, database: str, name: str) -> list[Json]:
        """A table's versions as `TableVersion`, the present one first."""
        found = self._table(database, name)
        former = self._archive.get((found["DatabaseName"], found["Name"]), [])
        return [{"Table": _copy(table), "VersionId": table["VersionId"]} for table in (found, *reversed(former))]

    def delete_version(self, database: str, name: str, version: str) -> None:
        """Forgets a former version."""
        found = self._table(database, name)
        if version == found["VersionId"]:
            raise Refused(400, "InvalidInputException", "The present version of a table cannot be deleted.")
        former = self._archive.get((found["DatabaseName"], found["Name"]), [])
        kept = [table for table in former if table["VersionId"] != version]
        if len(kept) == len(former):
            raise Refused(400, "EntityNotFoundException", f"Version {version} of table {found['Name']} not found.")
        self._archive[found["DatabaseName"], found["Name"]] = kept

    def create_partition(self, database: str, table: str, given: Mapping[str, Any]) -> None:
        """Registers a partition of a `PartitionInput`."""
        found, values = self._table(database, table), self._values(database, table, given.get("Values", ()))
        partitions = self._partitions.setdefault((found["DatabaseName"], found["Name"]), {})
        if values in partitions:
            raise Refused(400, "AlreadyExistsException", "Partition already exists.")
        partitions[values] = _partition(found, values, given, time.time())

    def partition(self, database: str, table: str, values: Sequence[str]) -> Json:
        """The `Partition` of these values."""
        wanted = self._values(database, table, values)
        return _copy(self._partition(database, table, wanted))

    def partitions(self, database: str, table: str, expression: str = "") -> list[Json]:
        """The partitions by their values; with an expression, those for which it is true."""
        found = self._table(database, table)
        keys = {folded(key["Name"]): str(key.get("Type") or "string") for key in found.get("PartitionKeys", ())}
        wanted = expressions.parsed(expression, keys)
        partitions = self._partitions.get((found["DatabaseName"], found["Name"]), {})
        return [_copy(partitions[values]) for values in sorted(partitions) if wanted(values)]

    def update_partition(self, database: str, table: str, values: Sequence[str], given: Mapping[str, Any]) -> None:
        """Replaces a partition, also by one of other values."""
        found, old = self._table(database, table), self._values(database, table, values)
        before = self._partition(database, table, old)
        new = self._values(database, table, given.get("Values") or values)
        partitions = self._partitions[found["DatabaseName"], found["Name"]]
        if new != old and new in partitions:
            raise Refused(400, "AlreadyExistsException", "Partition already exists.")
        del partitions[old]
        partitions[new] = _partition(found, new, given, before["CreationTime"])

    def delete_partition(self, database: str, table: str, values: Sequence[str]) -> None:
        """Takes a partition out."""
        found, wanted = self._table(database, table), self._values(database, table, values)
        self._partition(database, table, wanted)
        del self._partitions[found["DatabaseName"], found["Name"]][wanted]

    def _database(self, name: str) -> Json:
        if folded(name) not in self._databases:
            raise Refused(400, "EntityNotFoundException", f"Database {folded(name)} not found.")
        return self._databases[folded(name)]

    def _table(self, database: str, name: str) -> Json:
        key = str(self._database(database)["Name"]), folded(name)
        if key not in self._tables:
            raise Refused(400, "EntityNotFoundException", f"Table {key[1]} not found.")
        return self._tables[key]

    def _values(self, database: str, table: str, values: Sequence[str]) -> Values:
        if len(values) != len(self._table(database, table).get("PartitionKeys") or ()):
            words = "The number of partition keys do not match the number of partition values"
            raise Refused(400, "InvalidInputException", words)
        return tuple(values)

    def _partition(self, database: str, table: str, values: Values) -> Json:
        found = self._table(database, table)
        partitions = self._partitions.get((found["DatabaseName"], found["Name"]), {})
        if values not in partitions:
            raise Refused(400, "EntityNotFoundException", "Cannot find partition.")
        return partitions[values]


def folded(name: str) -> str:
    """A name of a database, a table or a key as the catalog holds it."""
    return name.lower()


def _database(name: str, given: Mapping[str, Any], created: float) -> Json:
    told = {key: given[key] for key in ("Description", "LocationUri", "Parameters") if given.get(key) is not None}
    return {**_copy(told), "Name": name, "CreateTime": created, "CatalogId": ACCOUNT}


def _table(given: Mapping[str, Any]) -> Json:
    told: Json = {name: given[name] for name in OF_TABLE if given.get(name) is not None}
    return _copy({"Retention": 0, "PartitionKeys": [], **told})


def _partition(table: Mapping[str, Any], values: Values, given: Mapping[str, Any], created: float) -> Json:
    told = {name: value for name, value in given.items() if value is not None}
    of = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"], "CatalogId": ACCOUNT}
    return {**_copy(told), **of, "Values": list(values), "CreationTime": created}


def _pattern(text: str) -> re.Pattern[str]:
    if not PATTERN.fullmatch(text):
        raise Refused(
            400, "InvalidInputException", f"The lab does not read the pattern {text[:80]!r}: only names, * and |."
        )
    return re.compile("|".join(part.replace(".*", "*").replace("*", ".*") for part in text.lower().split("|")) or ".*")


def _copy(value: Json) -> Json:
    found: Json = copied(value)
    return found


CATALOG = Catalog()
