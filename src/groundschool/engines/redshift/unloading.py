"""UNLOAD: the rows of a query become objects of S3, written with the rights of a role."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from groundschool.engines.redshift import options, parse
from groundschool.engines.redshift.copying import arrow
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.naming import Columns
from groundschool.engines.redshift.options import Options
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader
from groundschool.engines.redshift.storage import split

if TYPE_CHECKING:
    from groundschool.engines.redshift.session import Session

EMPTY = "__HIVE_DEFAULT_PARTITION__"
Rows = Sequence[tuple[Any, ...]]


def unload(session: Session, words: Reader) -> Outcome:
    """UNLOAD. Raises Failed, NotDone."""
    words.expect("(")
    text = words.string()
    words.expect(")")
    words.expect("TO")
    address = words.string()
    given = options.read(words, options.UNLOADING)
    _checked(given)
    tree = parse.tree(text)
    if tree.args.get("limit") is not None:
        raise Failed("0A000", "LIMIT clause is not supported in the outer SELECT of UNLOAD")
    query = session.queries().query(tree)
    bucket, prefix = split(address)
    objects = session.storage.assumed(given.role)
    before = objects.list(bucket, prefix)
    if given.has("CLEANPATH"):
        for key in before:
            objects.delete(bucket, key)
    elif before and not given.has("ALLOWOVERWRITE"):
        words_ = (
            "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually "
            "removing the target files in S3, or using the ALLOWOVERWRITE option."
        )
        raise Failed("XX000", words_)
    rows = session.fetched(query)
    written = []
    for folder, columns, part in _parts(query.columns, rows, given):
        key = f"{prefix}{folder}{_named(given)}"
        body = _body(columns, part, given)
        objects.write(bucket, key, body)
        written.append({"url": f"s3://{bucket}/{key}", "meta": {"content_length": len(body)}})
    if given.has("MANIFEST"):
        entries = [entry if given.format == "PARQUET" else {"url": entry["url"]} for entry in written]
        objects.write(bucket, f"{prefix}manifest", json.dumps({"entries": entries}, indent=2).encode())
    return Outcome(
        "UNLOAD", count=len(rows), notices=(f"UNLOAD completed, {len(rows)} record(s) unloaded successfully.",)
    )


def _checked(given: Options) -> None:
    if given.format == "PARQUET":
        for name in ("HEADER", "DELIMITER", "ADDQUOTES", "NULL", "ESCAPE", "GZIP"):
            if given.has(name):
                raise Failed("0A000", f"UNLOAD with FORMAT PARQUET is not compatible with {name}")
    if given.format == "CSV":
        for name in ("ESCAPE", "ADDQUOTES"):
            if given.has(name):
                raise Failed("0A000", f"UNLOAD with FORMAT CSV is not compatible with {name}")
    if given.format == "JSON":
        raise NotDone("do UNLOAD as JSON")
    if given.has("ALLOWOVERWRITE") and given.has("CLEANPATH"):
        raise Failed("0A000", "ALLOWOVERWRITE and CLEANPATH exclude each other")
    if len(given.text("DELIMITER", "|")) != 1:
        raise NotDone("do a delimiter of several characters")


def _named(given: Options) -> str:
    """The name of the one file that the lab writes: of slice 0, or the first of a row of files."""
    alone = given.given.get("PARALLEL") is False
    ending = {"PARQUET": ".parquet"}.get(given.format, ".gz" if given.has("GZIP") else "")
    return f"{'000' if alone else '0000_part_00'}{ending}"


def _parts(columns: Columns, rows: Rows, given: Options) -> list[tuple[str, Columns, Rows]]:
    """The rows by the folders that they go to."""
    if not given.partitions:
        return [("", columns, rows)]
    names = [name for name, _ in columns]
    for name in given.partitions:
        if name not in names:
            raise Failed("42703", f'partition column "{name}" does not exist in the query')
    if not given.included and set(given.partitions) >= set(names):
        raise Failed("0A000", "all columns are partition columns: INCLUDE keeps them in the files")
    places = [names.index(name) for name in given.partitions]
    kept = [place for place in range(len(names)) if given.included or place not in places]
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(tuple(row[place] for place in places), []).append(tuple(row[place] for place in kept))
    return [
        ("".join(f"{name}={_folder(value)}/" for name, value in zip(given.partitions, values, strict=True)),
         tuple(columns[place] for place in kept), part)
        for values, part in found.items()
    ]  # fmt: skip


def _folder(value: Any) -> str:
    text = EMPTY if value is None or value == "" else written(value)
    if any(sign in text for sign in "/%:=?*\\'\"{}[]^#"):
        raise NotDone(f"name a folder after {text!r}")
    return text


def _body(columns: Columns, rows: Rows, given: Options) -> bytes:
    if given.format == "PARQUET":
        return _parquet(columns, rows)
    text = _text([name for name, _ in columns], rows, given)
    return gzip.compress(text.encode(), mtime=0) if given.has("GZIP") else text.encode()


def _parquet(columns: Columns, rows: Rows) -> bytes:
    import pyarrow.parquet as pq

    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(each), arrow(kind)) for each, (_, kind) in zip(cells, columns, strict=True)]
    with io.BytesIO() as file:
        pq.write_table(pa.Table.from_arrays(arrays, names=[name for name, _ in columns]), file)
        return file.getvalue()


def _text(names: Sequence[str], rows: Rows, given: Options) -> str:
    csv = given.format == "CSV"
    between = given.text("DELIMITER", "," if csv else "|")
    null = given.text("NULL", "")
    lines = [between.join(_csv(name, between) if csv else name for name in names)] if given.has("HEADER") else []
    for row in rows:
        cells = [null if value is None else _cell(written(value), between, given, csv) for value in row]
        lines.append(between.join(cells))
    return "".join(f"{line}\n" for line in lines)


def _cell(text: str, between: str, given: Options, csv: bool) -> str:
    if csv:
        return _csv(text, between) if text else '""'
    if given.has("ESCAPE"):
        signs: Mapping[str, str] = {"\\": "\\\\", "\n": "\\\n", "\r": "\\\r", between: f"\\{between}"}
        if given.has("ADDQUOTES"):
            signs = {**signs, '"': '\\"', "'": "\\'"}
        text = "".join(signs.get(sign, sign) for sign in text)
    return f'"{text}"' if given.has("ADDQUOTES") else text


def _csv(text: str, between: str) -> str:
    if not any(sign in text for sign in (between, '"', "\n", "\r")):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def written(value: Any) -> str:
    """A value as text, as files and clients have it."""
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dt.datetime):
        shown = value.replace(tzinfo=None).isoformat(sep=" ")
        shown = f"{shown.rstrip('0')}" if "." in shown else shown
        return f"{shown}+00" if value.tzinfo else shown
    if isinstance(value, float):
        return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(str(value), _float(value))
    return str(value)


def _float(value: float) -> str:
    shown = repr(value)
    return shown.removesuffix(".0") if shown.endswith(".0") else shown
