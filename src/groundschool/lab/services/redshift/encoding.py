"""Values on PostgreSQL's wire: types by their numbers, as text and in binary, both ways."""

from __future__ import annotations

import datetime as dt
import struct
from decimal import Decimal
from typing import Any

from groundschool.engines.redshift import types
from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.types import Type
from groundschool.engines.redshift.unloading import written

NUMBERS = {
    "boolean": 16, "bigint": 20, "smallint": 21, "integer": 23, "real": 700, "double precision": 701,
    "character": 1042, "character varying": 1043, "unknown": 25, "date": 1082, "timestamp without time zone": 1114,
    "timestamp with time zone": 1184, "numeric": 1700, "super": 4000,
}  # fmt: skip
SIZES = {16: 1, 20: 8, 21: 2, 23: 4, 700: 4, 701: 8, 1082: 4, 1114: 8, 1184: 8}
GIVEN = {
    16: types.BOOLEAN, 20: types.BIGINT, 21: types.SMALLINT, 23: types.INTEGER, 700: types.REAL, 701: types.DOUBLE,
    1082: types.DATE, 1114: types.TIMESTAMP, 1184: types.TIMESTAMPTZ,
}  # fmt: skip
NUMERIC, NEGATIVE = 1700, 0x4000
EPOCH, FIRST_DAY = dt.datetime(2000, 1, 1), dt.date(2000, 1, 1)
FORMS = {16: "?", 20: "!q", 21: "!h", 23: "!i", 700: "!f", 701: "!d", 1082: "!i", 1114: "!q", 1184: "!q"}


def number(kind: Type) -> int:
    """The type's number."""
    return NUMBERS.get(kind.name, 25)


def modifier(kind: Type) -> int:
    """Length, or precision and scale, as the wire has them."""
    if kind.name == "numeric":
        return ((kind.sizes[0] << 16) | kind.sizes[1]) + 4
    return kind.sizes[0] + 4 if kind.text and kind.sizes else -1


def encoded(value: Any, kind: Type, binary: bool) -> bytes | None:
    """A value as a field of a row; None for NULL."""
    if value is None:
        return None
    own = number(kind)
    if binary and own in FORMS:
        return struct.pack(FORMS[own], _packed(value))
    if binary and own == NUMERIC:
        return _digits(Decimal(value))
    text = written(value)
    return text.ljust(kind.sizes[0]).encode() if kind.name == "character" else text.encode()


def _packed(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        plain = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
        return (plain - EPOCH) // dt.timedelta(microseconds=1)
    if isinstance(value, dt.date):
        return (value - FIRST_DAY).days
    return value


def _digits(value: Decimal) -> bytes:
    """A decimal in binary: digits to the base 10,000, the power of the first one, sign, and decimal places."""
    whole, _, part = f"{value.copy_abs():f}".partition(".")
    groups = -(-len(whole) // 4)
    text = whole.rjust(groups * 4, "0") + part.ljust(-(-len(part) // 4) * 4, "0")
    digits = [int(text[place : place + 4]) for place in range(0, len(text), 4)]
    sign = NEGATIVE if value.is_signed() else 0
    return struct.pack(f"!HhHH{len(digits)}H", len(digits), groups - 1, sign, len(part), *digits)


def _number(raw: bytes) -> str:
    """The inverse of `_digits`, as text. Raises struct.error for bytes that are no number."""
    count, weight, sign, places = struct.unpack("!HhHH", raw[:8])
    digits = struct.unpack(f"!{count}H", raw[8:])
    if sign not in (0, NEGATIVE) or max(places, abs(weight)) > 1_000 or any(digit > 9_999 for digit in digits):
        raise struct.error
    text, point = "".join(f"{digit:04}" for digit in digits), 4 * (weight + 1)
    text = "0" * -point + text if point < 0 else text.ljust(point, "0")
    whole, part = text[: max(point, 0)], text[max(point, 0) :][:places].ljust(places, "0")
    return f"{'-' if sign else ''}{whole.lstrip('0') or '0'}{'.' * bool(part)}{part}"


def kind_of(given: int) -> Type:
    """The type by which a client's parameter is read; open where it names none that the lab knows."""
    return GIVEN.get(given, types.UNKNOWN)


def decoded(raw: bytes, given: int, binary: bool) -> str:
    """A parameter as text. Raises Failed for bytes that are none of its type."""
    try:
        if binary and given == NUMERIC:
            return _number(raw)
        if not binary or given not in FORMS:
            return raw.decode("utf-8")
        (value,) = struct.unpack(FORMS[given], raw)
        if given in (1114, 1184):
            return (EPOCH + dt.timedelta(microseconds=value)).isoformat(sep=" ")
        if given == 1082:
            return (FIRST_DAY + dt.timedelta(days=value)).isoformat()
        if given in (700, 701):
            return repr(value)
        return str(Decimal(value)) if not isinstance(value, bool) else "t" if value else "f"
    except (struct.error, UnicodeDecodeError, OverflowError):
        raise Failed("22P03", "incorrect binary data format in bind parameter") from None
