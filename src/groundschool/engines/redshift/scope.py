"""What names stand for where an expression is read: the columns of relations, and those of the query around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from groundschool.engines.redshift import values
from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.types import SUPER, Type
from groundschool.engines.redshift.values import Value


@dataclass(frozen=True)
class Column:
    """A column of a relation, and how DuckDB reaches it where that is not by its relation and name."""

    name: str
    type: Type
    sql: str = ""


@dataclass(frozen=True)
class Relation:
    """What stands in a FROM under a name."""

    name: str
    columns: tuple[Column, ...]
    schema: str = ""

    def value(self, column: Column) -> Value:
        """One of its columns as an expression."""
        return Value(column.sql or f"{values.name(self.name)}.{values.name(column.name)}", column.type, column.name)


@dataclass
class Scope:
    """`merged` are columns that a join USING made one; `aliases` are the expressions of the SELECT list so far."""

    relations: list[Relation] = field(default_factory=list)
    merged: dict[str, Value] = field(default_factory=dict)
    aliases: dict[str, Value] = field(default_factory=dict)
    around: Scope | None = None

    def add(self, relation: Relation) -> None:
        """Adds a relation. Raises Failed when the name is taken."""
        if any(each.name == relation.name for each in self.relations):
            raise Failed("42712", f'table name "{relation.name}" specified more than once')
        self.relations.append(relation)

    def column(self, name: str, table: str = "", schema: str = "") -> Value:
        """What a name stands for. Raises Failed when it is unknown, or stands for several."""
        found = self._own(name, table, schema)
        if found is None and self.around is not None:
            return self.around.column(name, table, schema)
        if found is None:
            raise self._missing(name, table)
        return found

    def known(self, name: str) -> Value | None:
        """The column of a relation of this scope alone, if one has the name. Raises Failed for several."""
        return self._own(name, "", "", False)

    def _own(self, name: str, table: str, schema: str, aliases: bool = True) -> Value | None:
        if not table and name in self.merged:
            return self.merged[name]
        found = [
            relation.value(column)
            for relation in self.relations
            if (not table or relation.name == table) and (not schema or relation.schema == schema)
            for column in relation.columns
            if column.name == name
        ]
        if len(found) > 1:
            raise Failed("42702", f'column reference "{name}" is ambiguous')
        if found:
            return found[0]
        return self.aliases.get(name) if aliases and not table else None

    def relation(self, name: str) -> Relation | None:
        """The relation of a name, here or around."""
        own = next((each for each in self.relations if each.name == name), None)
        return own or (self.around.relation(name) if self.around is not None else None)

    def _missing(self, name: str, table: str) -> Failed:
        if table and self.relation(table) is None:
            return Failed("42P01", f'missing FROM-clause entry for table "{table}"')
        places = ", ".join(each.name for each in self.relations)
        where = f" in {table}" if table else f" in {places}" if places else ""
        shown = f"{table}.{name}" if table else f'"{name}"'
        return Failed("42703", f"column {shown} does not exist{where if not table else ''}")


def navigated(value: Value, path: Sequence[str | int], shown: Mapping[str, str] | None = None) -> Value:
    """A part of a SUPER. Raises Failed for another type."""
    import json

    if value.type != SUPER:
        raise Failed("42809", f"cannot navigate into {value.type.name}; only SUPER has attributes")
    sql = f"rs_super_part({value.sql}, {values.quoted(json.dumps(list(path)))})"
    last = path[-1]
    return replace(value, sql=sql, name=last if isinstance(last, str) else value.name, literal=None)
