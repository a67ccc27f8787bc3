"""CREATE EXTERNAL TABLE: a text of Hive's as a table's definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groundschool.engines.trino import serdes, types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.tables import Column, Storage, Table
from groundschool.engines.trino.words import Reader

TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
PARQUET = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)
LIBRARIES = {name.casefold(): name for name in (serdes.LAZY, serdes.OPEN_CSV, serdes.REGEX, serdes.OPENX,
                                                *serdes.HCATALOG, serdes.PARQUET)}  # fmt: skip
DELIMITERS = {
    "FIELDS TERMINATED BY": "field.delim", "ESCAPED BY": "escape.delim", "LINES TERMINATED BY": "line.delim",
    "COLLECTION ITEMS TERMINATED BY": "collection.delim", "MAP KEYS TERMINATED BY": "mapkey.delim",
    "NULL DEFINED AS": "serialization.null.format",
}  # fmt: skip


@dataclass
class _Clauses:
    """What the clauses behind the columns have said."""

    keys: tuple[Column, ...] = ()
    library: str = ""
    storage: dict[str, str] = field(default_factory=dict)
    formats: tuple[str, str] = TEXT
    location: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def external_table(reader: Reader, database: str) -> tuple[Table, bool]:
    """The table, and whether IF NOT EXISTS was said; behind the words CREATE EXTERNAL TABLE. Raises Failed."""
    quiet = reader.takes("IF NOT EXISTS")
    database, name = reader.table(database)
    columns = column_list(reader)
    clauses = _Clauses()
    while reader.next.kind != "end":
        _clause(reader, clauses)
    _check(columns, clauses)
    if clauses.properties.get("table_type", "").casefold() == "iceberg":
        raise NotDone("do Iceberg tables")
    storage = Storage(clauses.library or serdes.LAZY, clauses.storage, *clauses.formats)
    parameters = {"EXTERNAL": "TRUE", **clauses.properties}
    return Table(database, name, columns, clauses.keys, clauses.location, storage, parameters), quiet


def column_list(reader: Reader) -> tuple[Column, ...]:
    """(name type [COMMENT '…'], …)"""
    reader.expect("(")
    found = []
    while True:
        name = reader.name()
        type = _type(reader)
        comment = reader.string() if reader.takes("COMMENT") else ""
        found.append(Column(name, type, comment))
        if not reader.takes(","):
            break
    reader.expect(")")
    return tuple(found)


def _type(reader: Reader) -> str:
    """A type, to where its brackets close."""
    parts: list[str] = []
    depth = 0
    while reader.next.kind != "end":
        sign = reader.next.upper
        if depth == 0 and (sign in (",", ")", "COMMENT") and parts):
            break
        depth += (sign in ("(", "<")) - (sign in (")", ">"))
        parts.append(reader.next.text.casefold())
        reader.place += 1
    text = "".join(parts)
    if text.replace(" ", "").startswith("integer"):
        raise reader.failure("a type of Hive's; INTEGER is called INT in CREATE TABLE")
    types.parse(text)
    return text


def _clause(reader: Reader, clauses: _Clauses) -> None:
    if reader.takes("COMMENT"):
        clauses.properties["comment"] = reader.string()
    elif reader.takes("PARTITIONED BY"):
        clauses.keys = column_list(reader)
    elif reader.takes("CLUSTERED BY"):
        raise NotDone("do CLUSTERED BY")
    elif reader.takes("ROW FORMAT SERDE"):
        given = reader.string()
        clauses.library = LIBRARIES.get(given.casefold(), given)
        if reader.takes("WITH SERDEPROPERTIES"):
            clauses.storage.update(reader.properties())
        if clauses.library == serdes.PARQUET:
            clauses.formats = PARQUET
    elif reader.takes("ROW FORMAT DELIMITED"):
        clauses.library = serdes.LAZY
        _delimiters(reader, clauses)
    elif reader.takes("WITH SERDEPROPERTIES"):
        clauses.storage.update(reader.properties())
    elif reader.takes("STORED AS"):
        _stored(reader, clauses)
    elif reader.takes("LOCATION"):
        clauses.location = location(reader.string())
    elif reader.takes("TBLPROPERTIES"):
        clauses.properties.update(reader.properties())
    else:
        raise reader.failure()


def _delimiters(reader: Reader, clauses: _Clauses) -> None:
    taken = True
    while taken:
        taken = False
        for phrase, name in DELIMITERS.items():
            if reader.takes(phrase):
                clauses.storage[name] = reader.string()
                taken = True
    if "field.delim" in clauses.storage:
        clauses.storage["serialization.format"] = clauses.storage["field.delim"]


def _stored(reader: Reader, clauses: _Clauses) -> None:
    if reader.takes("INPUTFORMAT"):
        given = reader.string()
        reader.expect("OUTPUTFORMAT")
        clauses.formats = (given, reader.string())
        return
    kind = reader.next.upper
    reader.place += 1
    if kind == "PARQUET":
        clauses.formats, clauses.library = PARQUET, clauses.library or serdes.PARQUET
    elif kind in ("ORC", "AVRO", "RCFILE", "SEQUENCEFILE", "ION"):
        raise NotDone(f"read {kind} files; it reads text, JSON and Parquet")
    elif kind == "JSONFILE":
        clauses.library = clauses.library or serdes.HCATALOG[0]
    elif kind != "TEXTFILE":
        reader.place -= 1
        raise reader.failure("a file format")


def location(written: str) -> str:
    """A location, which is a folder in S3. Raises Failed."""
    if not written.startswith("s3://") or len(written) <= len("s3://") or "*" in written:
        words = f"MetaException(message:{written} is not a location: s3://bucket/folder/ was expected)"
        raise Failed("", f"FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. {words}")
    return written


def _check(columns: tuple[Column, ...], clauses: _Clauses) -> None:
    if not clauses.location:
        raise Failed("", "FAILED: SemanticException table location can not be null")
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise Failed("", "FAILED: SemanticException [Error 10036]: Duplicate column name")
    if any(key.name in names for key in clauses.keys):
        raise Failed("", "FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns")


def properties_of(table: Table) -> Mapping[str, str]:
    """What SHOW TBLPROPERTIES shows."""
    return dict(sorted(table.parameters.items()))
