"""What a query is once it was read, and what can stand in a FROM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from groundschool.engines.trino import types
from groundschool.engines.trino.scan import key_value
from groundschool.engines.trino.scope import Field
from groundschool.engines.trino.typed import Marks, Typed, literal, null
from groundschool.engines.trino.types import Type

CATALOG = "awsdatacatalog"
NO_MARKS: Marks = frozenset()


@dataclass(frozen=True)
class Output:
    """A column of a query's result; `name` is None where it has none."""

    name: str | None
    value: Typed


@dataclass(frozen=True)
class Query:
    """A query that was read. `marks` are the columns of tables it needs whichever of its own are used."""

    sql: str
    columns: tuple[Output, ...]
    marks: Marks = NO_MARKS
    correlated: bool = False
    single: bool = False

    def used(self) -> Marks:
        """All columns of tables that it reads."""
        return self.marks.union(*(column.value.marks for column in self.columns))


@dataclass(frozen=True)
class Source:
    """Something in FROM: its SQL with its name, the columns it adds, what it needs."""

    sql: str
    fields: list[Field]
    marks: Marks = NO_MARKS


@dataclass(frozen=True)
class Named:
    """A query of WITH, and what the names in it mean."""

    node: exp.Expression
    columns: tuple[str, ...]
    environment: Mapping[str, Named]


def constant_rows(names: Sequence[str], kinds: Sequence[Type], rows: Sequence[Sequence[str]]) -> Query:
    """A query of rows that are known, told as text."""
    columns = ", ".join(f"{key_value(f't{place}', kind)} AS c{place}" for place, kind in enumerate(kinds))
    body = ", ".join(f"({', '.join(literal(value).sql for value in row)})" for row in rows)
    listed = ", ".join(f"t{place}" for place in range(len(names)))
    source = (
        f"(VALUES {body}) AS v({listed})"
        if rows
        else f"(SELECT {', '.join(f'{null(types.VARCHAR)} AS t{p}' for p in range(len(names)))} WHERE false)"
    )
    outputs = tuple(
        Output(name, Typed(f"c{place}", kind)) for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    )
    return Query(f"SELECT {columns} FROM {source}", outputs)
