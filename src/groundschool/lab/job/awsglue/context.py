"""The context of a job: it reads DynamicFrames from S3 and the Data Catalog, and writes them to S3."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from . import catalog, files
from .casts import cast
from .dynamicframe import DynamicFrame, Held
from .files import Failure
from .refusals import NotDone, check_options, missing
from .schema import NULL, Atomic, Record, Struct, Type, merged, of_records

WRITTEN = {"json": "json", "csv": "csv", "parquet": "parquet", "glueparquet": "parquet"}


class GlueContext:
    """Wraps a SparkContext. What Glue's own also does and is not here is refused."""

    def __init__(self, sparkContext: Any, **options: Any) -> None:  # noqa: N803 (its name at AWS)
        from pyspark.sql import SparkSession

        self.spark_session: Any = SparkSession.getActiveSession() or SparkSession(sparkContext)
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)

    @property
    def sparkSession(self) -> Any:  # noqa: N802
        """The same as `spark_session`."""
        return self.spark_session

    def get_logger(self) -> logging.Logger:
        """A logger; what it is told goes to the job's output."""
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
        return logging.getLogger("glue")

    def create_dynamic_frame_from_options(self, *given: Any, **options: Any) -> DynamicFrame:
        """As `create_dynamic_frame.from_options`."""
        return self.create_dynamic_frame.from_options(*given, **options)

    def create_dynamic_frame_from_catalog(self, *given: Any, **options: Any) -> DynamicFrame:
        """As `create_dynamic_frame.from_catalog`."""
        return self.create_dynamic_frame.from_catalog(*given, **options)

    def write_dynamic_frame_from_options(self, *given: Any, **options: Any) -> DynamicFrame:
        """As `write_dynamic_frame.from_options`."""
        return self.write_dynamic_frame.from_options(*given, **options)

    def __getattr__(self, name: str) -> Any:
        raise missing("GlueContext", name)


class DynamicFrameReader:
    """`glueContext.create_dynamic_frame`."""

    def __init__(self, glue_context: GlueContext) -> None:
        self._context = glue_context

    def from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
    ) -> DynamicFrame:
        """A frame of the files at `connection_options["paths"]`; with `recurse`, of those in folders below, too."""
        _check_s3(connection_type)
        given = dict(connection_options or {})
        paths, recurse = given.pop("paths", []), bool(given.pop("recurse", False))
        check_options("connection_options", {**given, "push_down_predicate": push_down_predicate})
        if not paths or isinstance(paths, str):
            raise ValueError('connection_options needs a list "paths".')
        spark = self._context.spark_session
        found = files.read(spark, paths, format or "", dict(format_options or {}), recurse)
        return DynamicFrame(Held(found.records, found.schema, found.failures), self._context, transformation_ctx)

    def from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Mapping[str, Any] | None = None,
        catalog_id: str | None = None,
        **more: Any,
    ) -> DynamicFrame:
        """A frame of a table's files, with its partition keys as text; the types of CSV are the catalog's, and a value
        that is none of its column's type stays text."""
        asked = {"push_down_predicate": push_down_predicate, "redshift_tmp_dir": redshift_tmp_dir, **more}
        check_options("from_catalog", {**asked, "catalog_id": catalog_id, **(additional_options or {})})
        if not database or not table_name:
            raise ValueError("from_catalog needs database and table_name.")
        table = catalog.table(database, table_name)
        records, failures, schema = list[Record](), list[Failure](), Struct(())
        for place in table.places:
            found = files.read(self._context.spark_session, [place.path], table.format, table.options, recurse=True)
            read = _typed(found.records, table) if table.format == "csv" else found.records
            records += [{**record, **place.values} for record in read]
            failures += found.failures
            schema = _together(schema, found.schema if table.format == "parquet" else of_records(read), place)
        if table.format == "csv":
            schema = of_records(records, Struct(tuple(table.columns.items())))
        return DynamicFrame(Held(records, schema, failures), self._context, transformation_ctx)

    def __getattr__(self, name: str) -> Any:
        raise missing("create_dynamic_frame", name)


class DynamicFrameWriter:
    """`glueContext.write_dynamic_frame`."""

    def __init__(self, glue_context: GlueContext) -> None:
        self._context = glue_context

    def from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Adds a frame's records to the folder `connection_options["path"]`; gives the frame."""
        _check_s3(connection_type)
        given = dict(connection_options or {})
        path, keys = given.pop("path", ""), list[str](given.pop("partitionKeys", []))
        check_options("connection_options", given)
        check_options(f"writing {format}", dict(format_options or {}))
        if format not in WRITTEN:
            raise NotDone(f"The lab does not write the format {format!r}; it writes {', '.join(WRITTEN)}.")
        if not path:
            raise ValueError('connection_options needs a "path".')
        writer = frame.toDF().write.mode("append").partitionBy(*keys).format(WRITTEN[format])
        writer.options(**({"header": "true"} if format == "csv" else {})).save(path)
        return frame

    def __getattr__(self, name: str) -> Any:
        raise missing("write_dynamic_frame", name)


def _check_s3(connection_type: str) -> None:
    if connection_type != "s3":
        raise NotDone(f"The lab does not connect to {connection_type!r}; it reads and writes s3.")


def _typed(records: Sequence[Record], table: catalog.Table) -> list[Record]:
    """Rows of CSV, whose values are the catalog's columns in their order."""
    names = list(table.columns)
    return [
        {name: _value(text, table.columns[name]) for name, text in zip(names, record.values(), strict=False)}
        for record in records
    ]


def _value(text: str, type: Atomic) -> Any:
    found = cast(text, type)
    return text if found is None else found


def _together(schema: Struct, found: Type, place: catalog.Place) -> Struct:
    keys = Struct(tuple((name, Atomic("string")) for name in place.values))
    both = merged(merged(schema, found if found != NULL else Struct(())), keys)
    assert isinstance(both, Struct)
    return both
