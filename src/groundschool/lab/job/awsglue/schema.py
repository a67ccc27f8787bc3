"""Types of a DynamicFrame: each record tells its own, and a field whose records disagree has a choice of types.

A schema is computed from the values. `known`, a schema that they had before, decides between types that a value of
Python's does not tell apart: an int and a long, a float and a double, decimals.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .refusals import NotDone

Record = dict[str, Any]
RANGES = {"byte": 2**7, "short": 2**15, "int": 2**31, "long": 2**63}
ALIASES = {"integer": "int", "bigint": "long", "smallint": "short", "tinyint": "byte", "bool": "boolean"}
OF_PYTHON = {
    bool: "boolean",
    float: "double",
    str: "string",
    bytes: "binary",
    datetime.datetime: "timestamp",
    datetime.date: "date",
}


@dataclass(frozen=True)
class Atomic:
    """A type without parts, by Glue's name: `int`, `string`, `decimal(10,2)` …"""

    name: str


@dataclass(frozen=True)
class Struct:
    """Named fields in their order."""

    fields: tuple[tuple[str, Type], ...]
    name = "struct"

    def field(self, name: str) -> Type | None:
        """The type of a field, None where there is none."""
        return dict(self.fields).get(name)


@dataclass(frozen=True)
class Array:
    """A list of values of one type, which may be a choice."""

    element: Type
    name = "array"


@dataclass(frozen=True)
class Choice:
    """Two or more types, of different names, that the values of one field have."""

    options: tuple[Type, ...]
    name = "choice"


Type = Atomic | Struct | Array | Choice
NULL = Atomic("null")


def of_records(records: Iterable[Record], known: Type = NULL) -> Struct:
    """The schema of records."""
    found: Type = Struct(())
    for record in records:
        found = merged(found, of_value(record, known))
    assert isinstance(found, Struct)
    return found


def of_value(value: Any, known: Type = NULL) -> Type:
    """The type of a value. Raises NotDone for what no field can hold."""
    if value is None:
        return NULL
    for option in known.options if isinstance(known, Choice) else (known,):
        if isinstance(option, Atomic) and _fits(value, option.name):
            return option
    if isinstance(value, Mapping):
        fields = dict(_option(known, Struct).fields)
        return Struct(tuple((str(name), of_value(held, fields.get(name, NULL))) for name, held in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return _of_elements(value, _option(known, Array).element)
    if isinstance(value, int) and not isinstance(value, bool):
        return Atomic(next((name for name in ("int", "long") if _fits(value, name)), "") or _no_type(value))
    return Atomic(OF_PYTHON.get(type(value)) or _no_type(value))


def merged(one: Type, other: Type) -> Type:
    """The type of a field that has values of both."""
    if one == other or other == NULL:
        return one
    if one == NULL:
        return other
    if isinstance(one, Struct) and isinstance(other, Struct):
        fields = dict(one.fields)
        for name, held in other.fields:
            fields[name] = merged(fields.get(name, NULL), held)
        return Struct(tuple(fields.items()))
    if isinstance(one, Array) and isinstance(other, Array):
        return Array(merged(one.element, other.element))
    options: dict[str, Type] = {}
    for option in (*options_of(one), *options_of(other)):
        options[option.name] = merged(options.get(option.name, NULL), option)
    return Choice(tuple(options[name] for name in sorted(options)))


def options_of(type: Type) -> tuple[Type, ...]:
    """The types of a choice, or the one type that it is."""
    return type.options if isinstance(type, Choice) else (type,)


def named(name: str) -> Atomic:
    """An atomic type by its name or a name of Hive's. Raises NotDone where there is none."""
    found = ALIASES.get(name.strip().lower(), name.strip().lower())
    if found not in (*RANGES, "float", "null", *OF_PYTHON.values()) and not found.startswith("decimal("):
        raise NotDone(f"The lab does not know the type {name!r}.")
    return Atomic(found.replace(" ", ""))


def tree(schema: Struct) -> str:
    """A schema as `printSchema` shows it."""
    return "\n".join(["root", *_branches(schema, "")])


def _branches(type: Type, indent: str) -> list[str]:
    if isinstance(type, Choice):
        parts = [(option.name, option) for option in type.options]
        lines = [(f"{indent}|-- {name}", held) for name, held in parts]
    elif isinstance(type, Array):
        lines = [(f"{indent}|-- element: {type.element.name}", type.element)]
    else:
        lines = [(f"{indent}|-- {name}: {held.name}", held) for name, held in getattr(type, "fields", ())]
    return [line for first, held in lines for line in (first, *_branches(held, f"{indent}|    "))]


def _of_elements(values: Sequence[Any], known: Type) -> Array:
    found: Type = NULL
    for value in values:
        found = merged(found, of_value(value, known))
    return Array(found)


def _option(known: Type, kind: Any) -> Any:
    """The part of a known type that a struct or an array has: an empty one where there is none."""
    empty = Struct(()) if kind is Struct else Array(NULL)
    return next((option for option in options_of(known) if isinstance(option, kind)), empty)


def _fits(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, int):
        return name in RANGES and -RANGES[name] <= value < RANGES[name]
    if isinstance(value, float):
        return name in ("float", "double")
    return isinstance(value, Decimal) and name.startswith("decimal(")


def _no_type(value: Any) -> str:
    raise NotDone(f"The lab does not know a type for {str(value)[:50]!r}, of Python's {type(value).__name__}.")
