"""A field of a file as a value of a column's type, or the load error that it is."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from groundschool.engines.redshift import natives, values
from groundschool.engines.redshift.failure import NotDone
from groundschool.engines.redshift.options import Options
from groundschool.engines.redshift.tables import Column
from groundschool.engines.redshift.types import Type

SHOWN = {"smallint": "int2", "integer": "int4", "bigint": "int8", "numeric": "numeric", "real": "float4",
         "double precision": "float8", "boolean": "bool", "character": "char", "character varying": "varchar",
         "date": "date", "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
         "super": "super"}  # fmt: skip
NAMED = {"smallint": "Short", "integer": "Integer", "bigint": "Long"}
ZONED = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)([+-]\d{2}(?::?\d{2})?)?")


class Wrong(Exception):
    """A field that cannot be loaded: code and reason as stl_load_errors has them. Not told as it is."""

    def __init__(self, code: int, reason: str, position: int = 0) -> None:
        super().__init__(reason)
        self.code, self.position = code, position


@dataclass(frozen=True)
class Converter:
    """Reads fields as the options say."""

    options: Options

    def value(self, column: Column, text: str | None) -> Any:
        """The value. Raises Wrong, NotDone."""
        found = self._plain(column, text)
        if found is None and (column.not_null or column.identity):
            raise Wrong(1213, "Missing data for not-null field")
        return found

    def _plain(self, column: Column, text: str | None) -> Any:
        if text is None or text == self.options.text("NULL", "\\N").replace("\\0", "\0"):
            return None
        kind = column.type
        if kind.text:
            return self._text(kind, text)
        if not text.strip():
            return None
        return self._other(kind, text)

    def _text(self, kind: Type, text: str) -> str | None:
        if self.options.has("TRIMBLANKS"):
            text = text.rstrip(" ")
        if (not text and self.options.has("EMPTYASNULL")) or (
            text and not text.strip(" \t") and self.options.has("BLANKSASNULL")
        ):
            return None
        if "\0" in text:
            raise Wrong(
                1220, "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 0 (error 4)"
            )
        if kind.name == "character":
            text = text.rstrip(" ")
            if not text.isascii():
                raise Wrong(1220, "Multibyte character not supported for CHAR (Hint: try using VARCHAR)")
        if len(text.encode()) > kind.sizes[0]:
            if not self.options.has("TRUNCATECOLUMNS"):
                raise Wrong(1204, "String length exceeds DDL length", kind.sizes[0])
            text = text.encode()[: kind.sizes[0]].decode("utf-8", "ignore")
        return text

    def _other(self, kind: Type, text: str) -> Any:
        if kind.whole:
            return _whole(kind, text)
        if kind.name == "numeric":
            return _exact(kind, text, self.options.has("ROUNDEC"))
        if kind.float:
            return _float(text)
        if kind.name == "boolean":
            return _boolean(text)
        if kind.name == "super":
            try:
                return natives.parsed(text)
            except ValueError:
                raise Wrong(1224, "Invalid JSON") from None
        return self._moment(kind, text)

    def _moment(self, kind: Type, text: str) -> Any:
        pattern = self.options.text("DATEFORMAT" if kind.name == "date" else "TIMEFORMAT", "")
        folded = pattern.lower()
        if folded in ("epochsecs", "epochmillisecs") and kind.name != "date":
            return _epoch(kind, text, 1 if folded == "epochsecs" else 1000)
        if pattern and folded != "auto":
            try:
                found = natives.read(text, pattern)
            except ValueError as error:
                if str(error).startswith(natives.NOT_READ):
                    raise NotDone(f"read the format '{pattern}'") from None
                code = 1205 if kind.name == "date" else 1206
                raise Wrong(code, f"Invalid {kind.name.split()[0].title()} Format - expected {pattern}") from None
            return found.date() if kind.name == "date" else _in_zone(kind, found)
        return _iso(kind, text.strip(), folded == "auto")


def _whole(kind: Type, text: str) -> int:
    stripped = text.strip(" ")
    start = re.match(r"[+-]?\d*", stripped)
    end = start.end() if start else 0
    if end < len(stripped) or not stripped.lstrip("+-"):
        wrong = stripped[end] if end < len(stripped) else stripped[0]
        raise Wrong(1207, f"Invalid digit, Value '{wrong}', Pos {end}, Type: {NAMED[kind.name]}", end)
    found = int(stripped)
    if not -values.LIMITS[kind.name] <= found < values.LIMITS[kind.name]:
        raise Wrong(1204, f"Overflow for {NAMED[kind.name]}: Value '{stripped}' is out of range")
    return found


def _exact(kind: Type, text: str, rounds: bool) -> Decimal:
    stripped = text.strip(" ")
    try:
        found = Decimal(stripped)
        if not found.is_finite() or not re.fullmatch(values.EXACT, stripped):
            raise InvalidOperation
    except InvalidOperation:
        start = re.match(r"[+-]?\d*\.?\d*", stripped)
        end = min(start.end() if start else 0, len(stripped) - 1)
        raise Wrong(1207, f"Invalid digit, Value '{stripped[end]}', Pos {end}, Type: Decimal", end) from None
    precision, scale = kind.sizes
    cut = found.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP if rounds else ROUND_DOWN, natives.EXACT)
    if abs(cut) >= Decimal(10) ** (precision - scale):
        raise Wrong(1204, f"Numeric data overflow (result precision): {stripped}")
    return cut


def _float(text: str) -> float:
    stripped = text.strip(" ")
    if not re.fullmatch(values.EXACT, stripped):
        raise Wrong(1208, f"Invalid digit, Value '{stripped[0]}', Pos 0, Type: Float")
    return float(stripped)


def _boolean(text: str) -> bool:
    folded = text.strip(" ").lower()
    if folded not in (*values.TRUE, *values.FALSE):
        raise Wrong(1210, "Unknown boolean format")
    return folded in values.TRUE


def _epoch(kind: Type, text: str, parts: int) -> dt.datetime:
    try:
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=float(Decimal(text.strip()) / parts))
    except (InvalidOperation, OverflowError):
        raise Wrong(1206, "Invalid timestamp format or value [epoch]") from None
    return _in_zone(kind, moment)


def _in_zone(kind: Type, moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC) if kind.name == "timestamp with time zone" else moment


def _iso(kind: Type, text: str, auto: bool) -> Any:
    try:
        if kind.name == "date":
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text[:10]) or (len(text) > 10 and not auto):
                raise ValueError
            return dt.date.fromisoformat(text[:10])
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return _in_zone(kind, dt.datetime.fromisoformat(text))
        plain = text.replace("T", " ").replace("Z", "+00") if auto else text
        found = ZONED.fullmatch(plain)
        if found is None or (found[3] and kind.name != "timestamp with time zone" and not auto):
            raise ValueError
        moment = dt.datetime.fromisoformat(f"{found[1]} {found[2].partition('.')[0]}")
        moment = moment.replace(microsecond=int((found[2].partition(".")[2] or "0").ljust(6, "0")))
        if found[3] and kind.name == "timestamp with time zone":
            return dt.datetime.fromisoformat(f"{moment.isoformat(sep=' ')}{_offset(found[3])}").astimezone(dt.UTC)
        if found[3] and found[3] not in ("+00", "+00:00", "+0000"):
            raise NotDone("load a time with a zone into TIMESTAMP")
        return _in_zone(kind, moment)
    except ValueError:
        if auto:
            raise NotDone(f"recognize the format of '{text[:40]}'") from None
        if kind.name == "date":
            raise Wrong(1205, "Invalid Date Format - length must be 10 or more" if len(text) < 10
                        else "Invalid date format or value [YYYY-MM-DD]") from None  # fmt: skip
        raise Wrong(1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]") from None


def _offset(text: str) -> str:
    return f"{text[:3]}:{text[-2:] if len(text) > 3 else '00'}"


def as_text(value: Any) -> str | None:
    """A value of JSON as a field."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
