"""DynamicFrames: records that describe themselves, whose fields may hold several types until these are resolved.

Written from AWS's public documentation. The records are held by the process that asks, not spread over workers; what
is not here is refused.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import catalog, choices, flattening, mapping, paths, tables
from .files import Failure
from .refusals import NotDone, missing
from .schema import Atomic, Record, Struct, of_records, tree


@dataclass(frozen=True)
class Held:
    """What a frame is: records, their schema, the records that failed when it was made and those that had before."""

    records: Sequence[Record]
    schema: Struct
    failures: Sequence[Failure] = ()
    earlier: Sequence[Failure] = ()


class DynamicFrame:
    """See AWS's page "DynamicFrame class". Transformations are done at once and leave this frame as it is."""

    def __init__(self, held: Held, glue_ctx: Any, name: str = "") -> None:
        self._held, self.glue_ctx, self.name = held, glue_ctx, name

    @classmethod
    def fromDF(cls, dataframe: Any, glue_ctx: Any, name: str) -> DynamicFrame:  # noqa: N802 (its name at AWS)
        """A frame of a DataFrame's rows."""
        return cls(Held(*tables.records(dataframe.toArrow())), glue_ctx, name)

    def toDF(self, options: Any = None) -> Any:  # noqa: N802
        """A DataFrame; a field with a choice of types becomes a struct with a field for each type."""
        if options:
            raise NotDone("The lab does not do the options of toDF: resolve choices before.")
        return self.glue_ctx.spark_session.createDataFrame(tables.table(self._held.records, self._held.schema))

    def count(self) -> int:
        """How many records there are."""
        return len(self._held.records)

    def schema(self) -> Struct:
        """The types of the records."""
        return self._held.schema

    def printSchema(self) -> None:  # noqa: N802
        """Prints the types as a tree."""
        sys.stdout.write(tree(self._held.schema) + "\n")

    def show(self, num_rows: int = 20) -> None:
        """Prints records, one a line."""
        for record in self._held.records[:num_rows]:
            sys.stdout.write(json.dumps(record, default=str, ensure_ascii=False) + "\n")

    def resolveChoice(  # noqa: N802 (AWS's signature)
        self,
        specs: Sequence[tuple[str, str]] | None = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,  # noqa: N803
        totalThreshold: int = 0,  # noqa: N803
        catalog_id: str | None = None,
    ) -> DynamicFrame:
        """A frame whose choices are resolved: those that `specs` names by path, each by its action, or all by
        `choice`."""
        if specs is not None and choice:
            raise ValueError("Only one of specs and choice may be given.")
        if specs is None and not choice:
            raise NotDone("The lab does not resolve choices without specs or choice.")
        if choice == "match_catalog":
            specs = _of_catalog(self._held.schema, database, table_name)
        given = choices.every(self._held.schema, choice) if specs is None else specs
        found = choices.resolved(self._held.records, self._held.schema, given)
        return self._next(Held(*found), stageThreshold, totalThreshold)

    def apply_mapping(
        self,
        mappings: Sequence[tuple[str, str, str, str]],
        case_sensitive: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,  # noqa: N803
        totalThreshold: int = 0,  # noqa: N803
    ) -> DynamicFrame:
        """A frame of the mapped fields only, of the types that the mappings give them."""
        found = mapping.mapped(self._held.records, self._held.schema, mappings)
        return self._next(Held(*found), stageThreshold, totalThreshold)

    def relationalize(
        self,
        root_table_name: str,
        staging_path: str | None = None,
        options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,  # noqa: N803
        totalThreshold: int = 0,  # noqa: N803
    ) -> DynamicFrameCollection:
        """The frames of flattened records and of their lists, by name. Nothing is written to `staging_path`."""
        relations = flattening.Relations(self._held.records, self._held.schema, root_table_name)
        return DynamicFrameCollection(
            {
                name: self._next(Held(flat.records, flat.schema), stageThreshold, totalThreshold, name)
                for name, flat in relations.frames.items()
            },
            self.glue_ctx,
        )

    def unnest(self, transformation_ctx: str = "", info: str = "") -> DynamicFrame:
        """A frame whose structs are columns, named by their paths."""
        flat = flattening.unnested(self._held.records, self._held.schema)
        return self._next(Held(flat.records, flat.schema))

    def select_fields(self, paths: Sequence[str], transformation_ctx: str = "") -> DynamicFrame:
        """A frame of these fields of the top level only."""
        return self._kept(lambda name: name in _tops(self._held.schema, paths))

    def drop_fields(self, paths: Sequence[str], transformation_ctx: str = "") -> DynamicFrame:
        """A frame without these fields of the top level."""
        return self._kept(lambda name: name not in _tops(self._held.schema, paths))

    def rename_field(self, oldName: str, newName: str, transformation_ctx: str = "") -> DynamicFrame:  # noqa: N803
        """A frame whose field of the top level has a new name; back-ticks stand around names with dots."""
        (old,), (new,) = _tops(self._held.schema, [oldName]), paths.steps(newName)
        renamed = {old: new}
        fields = tuple((renamed.get(name, name), type) for name, type in self._held.schema.fields)
        records = [{renamed.get(name, name): value for name, value in record.items()} for record in self._held.records]
        return self._next(Held(records, Struct(fields)))

    def filter(self, f: Callable[[Record], Any], transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> DynamicFrame:  # fmt: skip  # noqa: E501, N803
        """A frame of the records for which `f` is true. A record at which it raises becomes an error record."""
        held = self._worked(lambda record: record if f(record) else None)
        return self._next(replace(held, schema=self._held.schema), stageThreshold, totalThreshold)

    def map(self, f: Callable[[Record], Record], transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> DynamicFrame:  # fmt: skip  # noqa: E501, N803
        """A frame of what `f` makes of each record, which has the fields that it was read with. A record at which it
        raises becomes an error record."""
        return self._next(self._worked(f), stageThreshold, totalThreshold)

    def errorsCount(self) -> int:  # noqa: N802
        """How many error records there are, those of earlier steps among them."""
        return len(self._held.failures) + len(self._held.earlier)

    def stageErrorsCount(self) -> int:  # noqa: N802
        """How many error records the last step made."""
        return len(self._held.failures)

    def errorsAsDynamicFrame(self) -> DynamicFrame:  # noqa: N802
        """A frame of the error records: each has `error.msg` and, as text, the record it was."""
        failed = [*self._held.earlier, *self._held.failures]
        texts = [json.dumps(failure.record, default=str, ensure_ascii=False) for failure in failed]
        records = [
            {"error": {"msg": each.message, "dynamicRecord": text}} for each, text in zip(failed, texts, strict=True)
        ]
        return DynamicFrame(Held(records, of_records(records)), self.glue_ctx, self.name)

    def assertErrorThreshold(self) -> None:  # noqa: N802
        """Thresholds are held when a frame is made; nothing is left to be asserted."""

    def __getattr__(self, name: str) -> Any:
        raise missing("DynamicFrame", name)

    def _next(self, held: Held, most: int = 0, most_of_all: int = 0, name: str = "") -> DynamicFrame:
        """The frame that a step leads to. Raises Exception where more records failed than may; 0 is no limit."""
        made = DynamicFrame(
            replace(held, earlier=[*self._held.earlier, *self._held.failures]), self.glue_ctx, name or self.name
        )
        if 0 < most < made.stageErrorsCount() or 0 < most_of_all < made.errorsCount():
            raise ErrorThreshold(f"{made.stageErrorsCount()} error records in this step, {made.errorsCount()} in all.")
        return made

    def _worked(self, function: Callable[[Record], Any]) -> Held:
        records, failures = list[Record](), list[Failure]()
        for record in self._held.records:
            try:
                found = function(copy.deepcopy(record))
            except NotDone:
                raise
            except Exception as error:
                failures.append(Failure(f"{type(error).__name__}: {error}"[:500], record))
                continue
            if found is not None:
                records.append(found)
        return Held(records, of_records(records, self._held.schema), failures)

    def _kept(self, keeps: Callable[[str], bool]) -> DynamicFrame:
        fields = tuple((name, type) for name, type in self._held.schema.fields if keeps(name))
        records = [{name: value for name, value in record.items() if keeps(name)} for record in self._held.records]
        return self._next(Held(records, Struct(fields)))


class ErrorThreshold(Exception):
    """More records failed than a step allowed."""


class DynamicFrameCollection:
    """Frames by name."""

    def __init__(self, dynamic_frames: Mapping[str, DynamicFrame], glue_ctx: Any) -> None:
        self._frames, self._glue_ctx = dict(dynamic_frames), glue_ctx

    def select(self, key: str) -> DynamicFrame:
        """One of them. Raises KeyError with the names that there are."""
        if key not in self._frames:
            raise KeyError(f"{key!r} is none of {', '.join(self._frames)}")
        return self._frames[key]

    __getitem__ = select

    def keys(self) -> list[str]:
        """Their names."""
        return list(self._frames)

    def values(self) -> list[DynamicFrame]:
        """The frames, in the order of their names."""
        return list(self._frames.values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __getattr__(self, name: str) -> Any:
        raise missing("DynamicFrameCollection", name)


def _tops(schema: Struct, given: Sequence[str]) -> list[str]:
    """The names of fields of the top level. Raises NotDone for others."""
    found = [paths.steps(path) for path in given]
    for path, way in zip(given, found, strict=True):
        if len(way) > 1:
            raise NotDone(f"The lab does not select, drop or rename fields inside of others: {path!r}.")
        paths.type_at(schema, way, path)
    return [way[0] for way in found]


def _of_catalog(schema: Struct, database: str | None, table: str | None) -> list[tuple[str, str]]:
    if not database or not table:
        raise ValueError("match_catalog needs database and table_name.")
    columns = catalog.table(database, table).columns
    specs = choices.every(schema, "make_struct")
    missing = [path for path, _ in specs if not isinstance(columns.get(path), Atomic)]
    if missing:
        raise NotDone(f"The lab does not match {', '.join(missing)} with a column of {database}.{table}.")
    return [(path, f"cast:{columns[path].name}") for path, _ in specs]
