"""Numbers, text, bytes, dates and times as JSON, without loss: what JSON itself cannot hold gets a tag.

One writer a type and one reader a tag, for `values`. Containers, arrays and tables are not known here.
"""

from __future__ import annotations

import base64
import datetime
import math
import re
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from groundschool.grading.wire import fields
from groundschool.grading.wire.budget import Malformed, NotPlain, TooLarge
from groundschool.grading.wire.coder import Decoder, Encoder, Json

# Longer text and bytes travel as blobs: what is parsed as JSON stays small.
INLINE = 4096
INLINE_INT = 1 << 63
MAX_INT_BITS = 66_439  # 20,000 decimal digits
MAX_DIGITS = 20_000
NAMED_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
NUMBER = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)|complex(64|128)")
MOMENT = re.compile(r"(datetime64|timedelta64)\[(Y|M|W|D|h|m|s|ms|us|ns)\]")
ZONE = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*")
MICROSECOND = datetime.timedelta(microseconds=1)
DAY = 86_400 * 10**6


def write_int(encoder: Encoder, value: int, depth: int) -> Json:
    """An integer of up to 20,000 digits."""
    value = int.__index__(value)
    if -INLINE_INT <= value < INLINE_INT:
        return value
    if value.bit_length() > MAX_INT_BITS:
        raise TooLarge(
            f"An integer of more than {MAX_DIGITS:,} digits was to be handed over; a smaller one was expected."
        )
    digits = hex(value)
    encoder.budget.spend_size(len(digits))
    return {"t": "int", "v": digits}


def read_int(decoder: Decoder, body: dict[str, Any], depth: int) -> int:
    return int(fields.text(body.get("v"), MAX_INT_BITS // 4 + 4), 16)


def write_float(encoder: Encoder, value: float, depth: int) -> Json:
    """A float; the three that JSON lacks by name."""
    value = float.__float__(value)
    return value if math.isfinite(value) else {"t": "float", "v": repr(value)}


def read_float(decoder: Decoder, body: dict[str, Any], depth: int) -> float:
    return NAMED_FLOATS[fields.text(body.get("v"))]


def write_complex(encoder: Encoder, value: complex, depth: int) -> Json:
    return {"t": "complex", "v": [write_float(encoder, value.real, depth), write_float(encoder, value.imag, depth)]}


def read_complex(decoder: Decoder, body: dict[str, Any], depth: int) -> complex:
    real, imaginary = (decoder.value(part, depth + 1) for part in fields.items(body.get("v"), 2))
    if not (isinstance(real, float) and isinstance(imaginary, float)):
        raise Malformed("A received complex number is not made of two floats.")
    return complex(real, imaginary)


def write_text(encoder: Encoder, value: str, depth: int) -> Json:
    """A text, also one with lone surrogates."""
    value = str.__str__(value)
    if len(value) > INLINE:
        return {"t": "text", "b": encoder.blob(value.encode("utf-8", "surrogatepass"))}
    encoder.budget.spend_size(len(value))
    return value


def read_text(decoder: Decoder, body: dict[str, Any], depth: int) -> str:
    return decoder.blob(body.get("b")).decode("utf-8", "surrogatepass")


def write_bytes(encoder: Encoder, value: bytes | bytearray, depth: int) -> Json:
    plain = bytes(memoryview(value))
    if len(plain) > INLINE:
        return {"t": "bytes", "b": encoder.blob(plain)}
    encoder.budget.spend_size(len(plain))
    return {"t": "bytes", "v": base64.b64encode(plain).decode()}


def read_bytes(decoder: Decoder, body: dict[str, Any], depth: int) -> bytes:
    if "b" in body:
        return decoder.blob(body["b"])
    return base64.b64decode(fields.text(body.get("v"), 2 * INLINE), validate=True)


def write_decimal(encoder: Encoder, value: Decimal, depth: int) -> Json:
    """A decimal of up to 20,000 digits before and behind its point."""
    _within(value)
    digits = Decimal.__str__(value)
    encoder.budget.spend_size(len(digits))
    return {"t": "decimal", "v": digits}


def read_decimal(decoder: Decoder, body: dict[str, Any], depth: int) -> Decimal:
    value = Decimal(fields.text(body.get("v"), 2 * MAX_DIGITS))
    _within(value)
    return value


def write_datetime(encoder: Encoder, value: datetime.datetime, depth: int) -> Json:
    naive = value.replace(tzinfo=None)
    text = datetime.datetime.isoformat(datetime.datetime.combine(naive.date(), naive.time()))
    return {"t": "datetime", "v": text, "f": value.fold, "z": write_zone(value.tzinfo, value)}


def read_datetime(decoder: Decoder, body: dict[str, Any], depth: int) -> datetime.datetime:
    naive = datetime.datetime.fromisoformat(fields.text(body.get("v")))
    return naive.replace(tzinfo=read_zone(body.get("z")), fold=fields.whole(body.get("f"), 0, 1))


def write_time(encoder: Encoder, value: datetime.time, depth: int) -> Json:
    text = datetime.time.isoformat(value.replace(tzinfo=None))
    return {"t": "time", "v": text, "f": value.fold, "z": write_zone(value.tzinfo, None)}


def read_time(decoder: Decoder, body: dict[str, Any], depth: int) -> datetime.time:
    naive = datetime.time.fromisoformat(fields.text(body.get("v")))
    return naive.replace(tzinfo=read_zone(body.get("z")), fold=fields.whole(body.get("f"), 0, 1))


def write_date(encoder: Encoder, value: datetime.date, depth: int) -> Json:
    return {"t": "date", "v": datetime.date.isoformat(value)}


def read_date(decoder: Decoder, body: dict[str, Any], depth: int) -> datetime.date:
    return datetime.date.fromisoformat(fields.text(body.get("v")))


def write_timedelta(encoder: Encoder, value: datetime.timedelta, depth: int) -> Json:
    return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


def read_timedelta(decoder: Decoder, body: dict[str, Any], depth: int) -> datetime.timedelta:
    days, seconds, microseconds = (fields.whole(part, -(10**9), 10**9) for part in fields.items(body.get("v"), 3))
    return datetime.timedelta(days, seconds, microseconds)


def write_zone(zone: datetime.tzinfo | None, moment: datetime.datetime | None) -> Json:
    """A zone by its name, or else by its offset from UTC at `moment` in microseconds."""
    if zone is None:
        return None
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if isinstance(name, str) and ZONE.fullmatch(name):
        return name
    offset = zone.utcoffset(moment)
    if offset is None:
        raise NotPlain("A time in a zone without a name or a fixed offset was to be handed over; UTC was expected.")
    return offset // MICROSECOND


def read_zone(field: object) -> datetime.tzinfo | None:
    """A zone as `write_zone` names it. Raises Malformed for one that this machine does not know."""
    if field is None:
        return None
    if isinstance(field, int):
        return datetime.timezone(datetime.timedelta(microseconds=fields.whole(field, -DAY, DAY)))
    name = fields.text(field)
    try:
        if ZONE.fullmatch(name):
            return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise Malformed("A received time is in a zone that is not known here.")


def write_number(encoder: Encoder, value: np.generic, depth: int) -> Json:
    """A numpy scalar with its type."""
    kind = value.dtype.name
    if MOMENT.fullmatch(kind):
        return {"t": "number", "d": kind, "v": int(np.asarray(value).view("i8"))}
    if not NUMBER.fullmatch(kind):
        raise NotPlain(f"A numpy value of type {kind[:60]} was to be handed over; plain data was expected.")
    return {"t": "number", "d": kind, "v": encoder.value(value.item(), depth + 1)}


def read_number(decoder: Decoder, body: dict[str, Any], depth: int) -> np.generic:
    kind = fields.text(body.get("d"))
    value = decoder.value(body.get("v"), depth + 1)
    if type(value) is int and MOMENT.fullmatch(kind):
        return np.array([value], "i8").view(kind)[0]  # type: ignore[no-any-return]
    if not NUMBER.fullmatch(kind) or type(value) not in (bool, int, float, complex):
        raise Malformed("A received numpy number is of an unknown type.")
    return np.dtype(kind).type(value)  # type: ignore[no-any-return]


def _within(value: Decimal) -> None:
    # A short text such as 1E+999999999 is a number that other code would spend hours to write out.
    if len(value.as_tuple().digits) > MAX_DIGITS or (value.is_finite() and abs(value.adjusted()) > MAX_DIGITS):
        raise TooLarge(
            f"A decimal of more than {MAX_DIGITS:,} digits was to be handed over; a smaller one was expected."
        )


WRITERS: dict[type, Callable[[Any, Any, int], Any]] = {
    int: write_int,
    float: write_float,
    complex: write_complex,
    str: write_text,
    bytes: write_bytes,
    bytearray: write_bytes,
    Decimal: write_decimal,
    datetime.datetime: write_datetime,
    datetime.date: write_date,
    datetime.time: write_time,
    datetime.timedelta: write_timedelta,
    np.generic: write_number,
}
READERS: dict[str, Callable[[Any, dict[str, Any], int], Any]] = {
    "int": read_int,
    "float": read_float,
    "complex": read_complex,
    "text": read_text,
    "bytes": read_bytes,
    "decimal": read_decimal,
    "datetime": read_datetime,
    "date": read_date,
    "time": read_time,
    "timedelta": read_timedelta,
    "number": read_number,
}
