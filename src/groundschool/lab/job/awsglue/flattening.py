"""Nested records made flat: structs become columns named by their paths, lists become frames of their own.

In place of a list its record holds a number; the list's frame has it as `id`, beside the place in the list as `index`
and the values as `<field>.val`, or `<field>.val.<name>` for each field of a struct.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .refusals import NotDone
from .schema import Array, Atomic, Choice, Record, Struct, Type

KEYS: dict[str, Type] = {"id": Atomic("long"), "index": Atomic("int")}


@dataclass
class Flat:
    """A frame that comes out: its columns and its records."""

    columns: dict[str, Type] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    @property
    def schema(self) -> Struct:
        """Its columns as a schema."""
        return Struct(tuple(self.columns.items()))


class Relations:
    """The frames of nested records, by name, the root first. Raises NotDone where a choice is left."""

    def __init__(self, records: Sequence[Record], schema: Struct, root: str) -> None:
        self.root = root
        self.frames: dict[str, Flat] = {}
        self._numbers: Counter[str] = Counter()
        self._add(root, {}, schema)
        for record in records:
            self._row(root, {}, record, schema)

    def _add(self, frame: str, keys: dict[str, Type], schema: Struct) -> None:
        """Makes a frame and those of the lists in it."""
        flat = self.frames[frame] = Flat(dict(keys))
        for column, type in _leaves(schema, ""):
            if isinstance(type, Choice):
                raise NotDone(
                    f"The lab does not relationalize {column!r}, which holds several types: resolve it before."
                )
            flat.columns[column] = KEYS["id"] if isinstance(type, Array) else type
            if isinstance(type, Array):
                self._add(f"{self.root}_{column}", KEYS, _element(column, type))

    def _row(self, frame: str, keys: Record, record: Record, schema: Struct) -> None:
        row = dict(keys)
        self.frames[frame].records.append(row)
        for (column, type), value in zip(_leaves(schema, ""), _values(record, schema), strict=True):
            row[column] = self._pivoted(column, type, value) if isinstance(type, Array) else value

    def _pivoted(self, column: str, type: Array, values: list[Any] | None) -> int | None:
        """Puts a list into its frame; gives its number there."""
        if values is None:
            return None
        name = f"{self.root}_{column}"
        self._numbers[name] += 1
        for index, value in enumerate(values):
            keys = {"id": self._numbers[name], "index": index}
            self._row(name, keys, {f"{column}.val": value}, _element(column, type))
        return self._numbers[name]


def unnested(records: Sequence[Record], schema: Struct) -> Flat:
    """The records with their structs flattened; lists stay."""
    columns = dict(_leaves(schema, ""))
    return Flat(columns, [dict(zip(columns, _values(record, schema), strict=True)) for record in records])


def _element(column: str, type: Array) -> Struct:
    return Struct(((f"{column}.val", type.element),))


def _leaves(schema: Struct, before: str) -> Iterator[tuple[str, Type]]:
    """The fields that are no structs, by path."""
    for name, type in schema.fields:
        if isinstance(type, Struct):
            yield from _leaves(type, f"{before}{name}.")
        else:
            yield f"{before}{name}", type


def _values(record: Record | None, schema: Struct) -> Iterator[Any]:
    """What a record has in them, in the same order."""
    for name, type in schema.fields:
        value = record.get(name) if record else None
        if isinstance(type, Struct):
            yield from _values(value, type)
        else:
            yield value
