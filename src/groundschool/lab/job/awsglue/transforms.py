"""Transformations as classes: `ResolveChoice.apply(frame=…, …)` does what `frame.resolveChoice(…)` does."""

from __future__ import annotations

from typing import Any

from .dynamicframe import DynamicFrame, DynamicFrameCollection
from .refusals import missing

__all__ = [
    "ApplyMapping",
    "DropFields",
    "Filter",
    "Map",
    "Relationalize",
    "RenameField",
    "ResolveChoice",
    "SelectFields",
    "SelectFromCollection",
    "UnnestFrame",
]


class GlueTransform:
    """What all have in common: the method of a frame that they stand for."""

    method = ""

    @classmethod
    def apply(cls, frame: DynamicFrame, *given: Any, **options: Any) -> Any:
        """What the method gives."""
        return getattr(frame, cls.method)(*given, **options)

    def __call__(self, frame: DynamicFrame, *given: Any, **options: Any) -> Any:
        return self.apply(frame, *given, **options)


class ApplyMapping(GlueTransform):
    """See `DynamicFrame.apply_mapping`."""

    method = "apply_mapping"


class DropFields(GlueTransform):
    """See `DynamicFrame.drop_fields`."""

    method = "drop_fields"


class Filter(GlueTransform):
    """See `DynamicFrame.filter`."""

    method = "filter"


class Map(GlueTransform):
    """See `DynamicFrame.map`."""

    method = "map"


class RenameField(GlueTransform):
    """See `DynamicFrame.rename_field`; its options are `old_name` and `new_name`."""

    @classmethod
    def apply(cls, frame: DynamicFrame, old_name: str, new_name: str, transformation_ctx: str = "") -> Any:
        """The frame with the field renamed."""
        return frame.rename_field(old_name, new_name, transformation_ctx)


class ResolveChoice(GlueTransform):
    """See `DynamicFrame.resolveChoice`."""

    method = "resolveChoice"


class SelectFields(GlueTransform):
    """See `DynamicFrame.select_fields`."""

    method = "select_fields"


class UnnestFrame(GlueTransform):
    """See `DynamicFrame.unnest`."""

    method = "unnest"


class Relationalize(GlueTransform):
    """See `DynamicFrame.relationalize`; the root table's name is `name`."""

    @classmethod
    def apply(
        cls, frame: DynamicFrame, staging_path: str | None = None, name: str = "roottable", **options: Any
    ) -> Any:
        """The collection of frames."""
        return frame.relationalize(name, staging_path, **options)


class SelectFromCollection(GlueTransform):
    """See `DynamicFrameCollection.select`."""

    @classmethod
    def apply(cls, dfc: DynamicFrameCollection, key: str, transformation_ctx: str = "") -> DynamicFrame:  # type: ignore[override]
        """One frame of a collection."""
        return dfc.select(key)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise missing("awsglue.transforms", name)
