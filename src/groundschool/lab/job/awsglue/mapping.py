"""`apply_mapping`: which fields go where, as which types; a field that no mapping names is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .casts import cast
from .paths import EACH, Steps, put, steps, type_at, value_at
from .refusals import NotDone
from .schema import NULL, Atomic, Choice, Record, Struct, Type, merged, named

Mapping = tuple[str, str, str, str]  # source, its type, target, its type
NESTED = ("struct", "array")


def mapped(records: Sequence[Record], schema: Struct, mappings: Sequence[Mapping]) -> tuple[list[Record], Struct]:
    """Records and schema after these mappings. Raises NotDone for what is not mapped here."""
    found: list[Record] = [{} for _ in records]
    made: Type = Struct(())
    for mapping in mappings:
        source, target, type = _checked(mapping, schema)
        made = merged(made, _nested(target, type))
        for record, new in zip(records, found, strict=True):
            value = value_at(record, source)
            put(new, target, cast(value, type) if isinstance(type, Atomic) else value)
    assert isinstance(made, Struct)
    return found, made


def _checked(mapping: Any, schema: Struct) -> tuple[Steps, Steps, Type]:
    """Where a mapping's value is, where it goes, and its type there."""
    if len(mapping) != 4:
        raise NotDone("The lab does not read a mapping that is not (source, source type, target, target type).")
    source, target = steps(mapping[0]), steps(mapping[2])
    if EACH in source or EACH in target:
        raise NotDone(f"The lab does not map fields inside of lists: {mapping[0]!r}.")
    type = type_at(schema, source, mapping[0])
    if isinstance(type, Choice):
        raise NotDone(f"The lab does not map {mapping[0]!r}, which holds several types: resolve it before.")
    told = mapping[1] if mapping[1] in NESTED else named(mapping[1]).name
    if type not in (NULL, Atomic(told)) and type.name != told:
        raise NotDone(f"The lab does not map {mapping[0]!r} as {mapping[1]}: its values are of type {type.name}.")
    if mapping[3] in NESTED:
        if mapping[3] != type.name:
            raise NotDone(f"The lab does not cast {type.name} to {mapping[3]}.")
        return source, target, type
    return source, target, named(mapping[3])


def _nested(path: Steps, type: Type) -> Struct:
    for step in reversed(path):
        type = Struct(((step, type),))
    assert isinstance(type, Struct)
    return type
