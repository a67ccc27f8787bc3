"""What a query gave, as Athena writes it: each value as text, the file in S3, and the pages of GetQueryResults."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from groundschool.engines.trino.outcome import Outcome
from groundschool.engines.trino.types import Type

PRECISIONS: Mapping[str, int] = {
    "tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "real": 17, "double": 17, "timestamp": 3,
    "timestamp with time zone": 3, "varchar": 2147483647, "varbinary": 1073741824,
}  # fmt: skip
Rows = list[list[str | None]]


def text(value: Any, type: Type) -> str | None:
    """A value as Athena writes it; None for NULL."""
    if value is None:
        return None
    if type.name == "array":
        return f"[{', '.join(_inside(item, type.parts[0]) for item in value)}]"
    if type.name == "map":
        keys, values = type.parts
        return f"{{{', '.join(f'{_inside(key, keys)}={_inside(item, values)}' for key, item in value.items())}}}"
    if type.name == "row":
        names = (name or f"field{place}" for place, name in enumerate(type.names))
        fields = zip(names, type.parts, value.values(), strict=True)
        return f"{{{', '.join(f'{name}={_inside(item, part)}' for name, part, item in fields)}}}"
    if type.name == "timestamp with time zone":
        return f"{_moment(_told(value))} {value['zone']}"
    return _plain(value, type)


def _inside(value: Any, type: Type) -> str:
    found = text(value, type)
    return "null" if found is None else found


def _plain(value: Any, type: Type) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java(value, 9 if type.name == "real" else 17)
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.timedelta):
        return _span(value)
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def _told(value: Mapping[str, Any]) -> datetime.datetime:
    """What a clock in the value's zone shows."""
    import zoneinfo

    moment, zone = value["moment"], str(value["zone"])
    if zone[0] in "+-":
        minutes = (int(zone[1:3]) * 60 + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
        shown: datetime.datetime = moment + datetime.timedelta(minutes=minutes)
        return shown
    at: datetime.datetime = moment.replace(tzinfo=datetime.UTC).astimezone(zoneinfo.ZoneInfo(zone))
    return at.replace(tzinfo=None)


def _moment(value: datetime.datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}"


def _span(value: datetime.timedelta) -> str:
    total = round(value.total_seconds() * 1000)
    sign, total = ("-" if total < 0 else ""), abs(total)
    days, rest = divmod(total, 86_400_000)
    hours, minutes, seconds = rest // 3_600_000, rest // 60_000 % 60, rest // 1000 % 60
    return f"{sign}{days} {hours:02}:{minutes:02}:{seconds:02}.{rest % 1000:03}"


def java(value: float, digits: int = 17) -> str:
    """A double as Java writes it: from 10^7 on, and below 10^-3, with an exponent."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    shortest = repr(value) if digits == 17 else f"{value:.{_needed(value)}g}"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        shown = f"{Decimal(shortest):f}"
        return shown if "." in shown else f"{shown}.0"
    sign, numbers, exponent = Decimal(shortest).normalize().as_tuple()
    assert isinstance(exponent, int)
    rest = "".join(map(str, numbers[1:])) or "0"
    return f"{'-' if sign else ''}{numbers[0]}.{rest}E{exponent + len(numbers) - 1}"


def _needed(value: float) -> int:
    """The digits that a value of single precision needs."""
    import struct

    def single(number: float) -> float:
        return float(struct.unpack("f", struct.pack("f", number))[0])

    return next((count for count in range(1, 10) if single(float(f"{value:.{count}g}")) == single(value)), 9)


def rows(outcome: Outcome) -> Rows:
    """The rows as text."""
    kinds = [type for _, type in outcome.columns]
    return [[text(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in outcome.rows]


def file(outcome: Outcome, found: Rows) -> bytes:
    """The file in the output location: with a header and quotes for a query, plain lines for the rest."""
    if not outcome.header:
        return "".join(f"{row[0] or ''}\n" for row in found).encode()
    if not outcome.columns:
        return b""
    names: Rows = [[name for name, _ in outcome.columns]]
    return "".join(",".join(_quoted(value) for value in row) + "\n" for row in [*names, *found]).encode()


def _quoted(value: str | None) -> str:
    if value is None:
        return ""
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def packed(outcome: Outcome, found: Rows) -> dict[str, Any]:
    """What is kept of a result: its columns, and its rows in one piece, the header among them."""
    header: Rows = [[name for name, _ in outcome.columns]] if outcome.header and outcome.columns else []
    every = [json.dumps(row, ensure_ascii=False) for row in [*header, *found]]
    return {"columns": [_column(name, type) for name, type in outcome.columns], "rows": "\n".join(every).encode()}


def _column(name: str, type: Type) -> dict[str, Any]:
    precision, scale = PRECISIONS.get(type.name, 0), 0
    if type.name == "decimal":
        precision, scale = type.sizes
    elif type.name in ("varchar", "char") and type.sizes:
        precision = type.sizes[0]
    return {
        "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name, "Type": type.name,
        "Precision": precision, "Scale": scale, "Nullable": "UNKNOWN",
        "CaseSensitive": type.name in ("varchar", "char"),
    }  # fmt: skip


def page(kept: Mapping[str, Any], start: int, size: int) -> tuple[dict[str, Any], bool]:
    """A `ResultSet` of at most `size` rows from a place on, and whether more follow."""
    every = kept["rows"].split(b"\n") if kept["rows"] else []
    shown: Sequence[bytes] = every[start : start + size]
    found = [{"Data": [{} if v is None else {"VarCharValue": v} for v in json.loads(line)]} for line in shown]
    return {"Rows": found, "ResultSetMetadata": {"ColumnInfo": list(kept["columns"])}}, start + size < len(every)
