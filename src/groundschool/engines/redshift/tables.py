"""A table as Redshift describes it: columns with their encodings and defaults, distribution and sort keys.

The description is kept as the table's comment in DuckDB, so that it is created, rolled back and dropped with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from groundschool.engines.redshift import values
from groundschool.engines.redshift.types import Type


@dataclass(frozen=True)
class Column:
    """`default` is an expression as it was written; `identity` is a first value and a step."""

    name: str
    type: Type
    encode: str = ""
    not_null: bool = False
    default: str = ""
    identity: tuple[int, int] | None = None

    @property
    def encoding(self) -> str:
        """The encoding that AUTO chooses where none was given."""
        if self.encode:
            return self.encode
        return "none" if self.type.name in ("boolean", "real", "double precision") else (
            "lzo" if self.type.text or self.type.name == "super" else "az64")  # fmt: skip


@dataclass(frozen=True)
class Table:
    """`diststyle` is AUTO, EVEN, ALL or KEY; `view` is the query of a view, which `uses` these tables."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    diststyle: str = "AUTO"
    distkey: str = ""
    sortkeys: tuple[str, ...] = ()
    interleaved: bool = False
    primary: tuple[str, ...] = ()
    temporary: bool = False
    view: str = ""
    uses: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    oid: int = 0

    @property
    def path(self) -> str:
        """Where DuckDB finds it."""
        return place(self.schema, self.name, self.temporary)

    def column(self, name: str) -> Column | None:
        """One of its columns."""
        return next((column for column in self.columns if column.name == name), None)

    def sequence(self, column: Column) -> str:
        """The sequence of an identity."""
        return place(self.schema, f"{self.name} {column.name}", self.temporary)


def place(schema: str, name: str, temporary: bool = False) -> str:
    """A name for DuckDB: schemas are marked, so that none is one of its own."""
    return f"temp.main.{values.name(name)}" if temporary else f"{held(schema)}.{values.name(name)}"


def held(schema: str) -> str:
    """A schema for DuckDB."""
    return values.name(f"u {schema}")


def packed(table: Table) -> str:
    """The description as text."""
    return json.dumps(asdict(table), ensure_ascii=False)


def unpacked(text: str) -> Table:
    """The inverse of `packed`."""
    found: dict[str, Any] = json.loads(text)
    columns = tuple(_column(each) for each in found.pop("columns"))
    lists: dict[str, Any] = {name: tuple(found.pop(name)) for name in ("sortkeys", "primary")}
    uses = tuple((one, other) for one, other in found.pop("uses"))
    return Table(columns=columns, uses=uses, **lists, **found)


def _column(found: dict[str, Any]) -> Column:
    kind = Type(found["type"]["name"], tuple(found["type"]["sizes"]))
    identity = (found["identity"][0], found["identity"][1]) if found["identity"] else None
    return replace(Column(**{**found, "type": kind, "identity": None}), identity=identity)


def created(table: Table) -> Sequence[str]:
    """The statements that make a table and keep its description."""
    columns = []
    for column in table.columns:
        needed = " NOT NULL" if column.not_null or column.identity or column.name in table.primary else ""
        columns.append(f"{values.name(column.name)} {column.type.duck}{needed}")
    word = "TEMP " * table.temporary
    made = [f"CREATE {word}TABLE {table.path} ({', '.join(columns)})"]
    for column in table.columns:
        if column.identity:
            first, step = column.identity
            edge = (
                "MAXVALUE 9223372036854775807"
                if step > 0
                else f"MINVALUE -9223372036854775807 MAXVALUE {max(first, 1)}"
            )
            made.append(f"CREATE {word}SEQUENCE {table.sequence(column)} START {first} INCREMENT {step} {edge}")
    return [*made, described(table)]


def described(table: Table) -> str:
    """The statement that keeps a description."""
    return f"COMMENT ON {'VIEW' if table.view else 'TABLE'} {table.path} IS {values.quoted(packed(table))}"
