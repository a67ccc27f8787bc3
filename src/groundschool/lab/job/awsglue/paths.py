"""Paths to fields as Glue writes them: `a.b`, `lines[].price`, and a name that holds dots in back-ticks."""

from __future__ import annotations

import re
from typing import Any

from .refusals import NotDone
from .schema import Array, Struct, Type

STEP = re.compile(r"`([^`]+)`|([^.`\[\]]+)")
EACH = "[]"
Steps = tuple[str, ...]  # names of fields, and EACH for the elements of a list


def steps(path: str) -> Steps:
    """The steps of a path. Raises NotDone for what is none."""
    found: list[str] = []
    place = 0
    while place < len(path):
        name = STEP.match(path, place)
        if name is None:
            raise NotDone(f"The lab does not read the path {path!r}.")
        found.append(name.group(1) or name.group(2))
        place = name.end()
        while path.startswith(EACH, place):
            found.append(EACH)
            place += len(EACH)
        if place < len(path) and path[place] != ".":
            raise NotDone(f"The lab does not read the path {path!r}.")
        place += 1
    return tuple(found)


def type_at(schema: Type, path: Steps, told: str) -> Type:
    """The type of a field. Raises NotDone, with the fields there are, where there is none."""
    for place, step in enumerate(path):
        if step == EACH and isinstance(schema, Array):
            schema = schema.element
            continue
        found = schema.field(step) if isinstance(schema, Struct) else None
        if found is None:
            there = ", ".join(name for name, _ in schema.fields) if isinstance(schema, Struct) else schema.name
            raise NotDone(f"The lab does not find {told!r}: {'.'.join(path[:place]) or 'the frame'} has {there}.")
        schema = found
    return schema


def value_at(value: Any, path: Steps) -> Any:
    """The value of a field that lies in no list; None where a part of the path is missing."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def put(record: dict[str, Any], path: Steps, value: Any) -> None:
    """Sets a field, in structs that are made where they are missing."""
    for step in path[:-1]:
        record = record.setdefault(step, {})
    record[path[-1]] = value
