"""Names and places of a query's columns: what DuckDB is told, and what a number or a bare name means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from groundschool.engines.redshift import types, values
from groundschool.engines.redshift.expressions import folded
from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.scope import Column
from groundschool.engines.redshift.types import Type
from groundschool.engines.redshift.values import Value

Columns = tuple[tuple[str, Type], ...]


def apart(columns: Columns) -> list[str]:
    """The names of a relation's columns for DuckDB, told apart where a query gives one twice."""
    names = [name for name, _ in columns]
    return [name if names.index(name) == place else f"{name} {place}" for place, name in enumerate(names)]


def listed(columns: Columns) -> str:
    """The same as a list."""
    return ", ".join(map(values.name, apart(columns)))


def columns(relation: str, found: Columns) -> tuple[Column, ...]:
    """The columns of a relation, as a scope knows them."""
    held = zip(found, apart(found), strict=True)
    return tuple(Column(name, kind, f"{values.name(relation)}.{values.name(own)}") for (name, kind), own in held)


def shown(value: Value, number: int) -> str:
    """An expression of a SELECT list, under a name of its own."""
    return f"{value.sql} AS {values.name(f'c{number}')}"


def left(kind: Type) -> Type:
    """A literal or NULL leaves a query as text."""
    return types.UNKNOWN if kind is types.NULL else kind


def numbered(node: Any, count: int, what: str) -> int:
    """The place that a number means. Raises Failed."""
    place = int(node.this) if node.this.isdigit() else 0
    if not 0 < place <= count:
        raise Failed("42P10", f"{what} position {node.this} is not in select list")
    return place


def place(node: Any, names: Sequence[str]) -> int | None:
    """The place in the SELECT list that a bare name or a number of an ORDER BY means."""
    if isinstance(node, exp.Literal) and not node.is_string:
        return numbered(node, len(names), "ORDER BY")
    if isinstance(node, exp.Column) and len(node.parts) == 1 and names.count(folded(node.this)) == 1:
        return names.index(folded(node.this)) + 1
    return None


def directed(sql: str, each: Any) -> str:
    """An expression of an ORDER BY with its direction."""
    desc = bool(each.args.get("desc")) if isinstance(each, exp.Ordered) else False
    first = bool(each.args.get("nulls_first")) if isinstance(each, exp.Ordered) else False
    return f"{sql} {'DESC' if desc else 'ASC'} NULLS {'FIRST' if first else 'LAST'}"
