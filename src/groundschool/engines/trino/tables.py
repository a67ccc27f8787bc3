"""What the engine is given: definitions of tables, as a catalog holds them, and the files they speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Column:
    """A column and its type as Hive writes it."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True)
class Storage:
    """How the bytes of files become rows: the serialization library's class and its parameters."""

    library: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    input_format: str = ""
    output_format: str = ""


@dataclass(frozen=True)
class Table:
    """A table's definition. A view has `view`, the text of its query, and neither location nor storage."""

    database: str
    name: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...] = ()
    location: str = ""
    storage: Storage = Storage("")
    parameters: Mapping[str, str] = field(default_factory=dict)
    view: str = ""


@dataclass(frozen=True)
class Partition:
    """A registered partition: the values of the keys as text, in their order, and where its files are."""

    values: tuple[str, ...]
    location: str
    storage: Storage | None = None  # the table's, where it is not told


@dataclass(frozen=True)
class File:
    """A file: its address and its size in bytes."""

    path: str
    size: int


class Catalog(Protocol):
    """Databases, tables and partitions. Names are in lower case. Every method raises Failed where the caller may not.

    What is made twice or dropped and missing raises Failed unless `quiet`.
    """

    def databases(self) -> Sequence[str]:
        """The names of the databases."""

    def create_database(self, name: str, quiet: bool) -> None:
        """Makes a database."""

    def drop_database(self, name: str, quiet: bool, cascade: bool) -> None:
        """Drops one; with tables in it only with `cascade`."""

    def tables(self, database: str) -> Sequence[str]:
        """The names of a database's tables and views. Raises Failed for a database that is not there."""

    def table(self, database: str, name: str) -> Table | None:
        """A table or view; None where there is none."""

    def create_table(self, table: Table, quiet: bool, replace: bool = False) -> None:
        """Keeps a definition."""

    def drop_table(self, database: str, name: str) -> None:
        """Forgets a table and its partitions."""

    def partitions(self, table: Table) -> Sequence[Partition]:
        """The registered partitions, by their values."""

    def add_partitions(self, table: Table, partitions: Sequence[Partition], quiet: bool) -> None:
        """Registers partitions."""

    def drop_partition(self, table: Table, values: tuple[str, ...]) -> None:
        """Forgets one partition; it is there."""


class Files(Protocol):
    """Files by their addresses. Every method raises Failed where the caller may not."""

    def list(self, location: str) -> Sequence[File]:
        """The files whose address begins with a location, which ends in a slash, in order."""

    def read(self, path: str) -> bytes:
        """A file's content."""

    def write(self, path: str, content: bytes) -> None:
        """Makes or replaces a file."""
