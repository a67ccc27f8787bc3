"""What functions take: values as texts, numbers and times, literals, and the session around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundschool.engines.redshift import types, values
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import BIGINT, DOUBLE, INTEGER, TIMESTAMP, Type, varchar
from groundschool.engines.redshift.values import Value, plain, quoted

PARTS = {
    "year": ("year", "years", "y", "yr", "yrs"), "quarter": ("quarter", "quarters", "qtr", "qtrs"),
    "month": ("month", "months", "mon", "mons"), "week": ("week", "weeks", "w"), "day": ("day", "days", "d"),
    "hour": ("hour", "hours", "h", "hr", "hrs"), "minute": ("minute", "minutes", "m", "min", "mins"),
    "second": ("second", "seconds", "s", "sec", "secs"),
    "millisecond": ("millisecond", "milliseconds", "ms", "msec", "msecs", "msecond", "mseconds"),
    "microsecond": ("microsecond", "microseconds", "us", "usec", "usecs", "usecond", "useconds", "microsec",
                    "microsecs"),
    "dow": ("dayofweek", "dow", "dw", "weekday"), "doy": ("dayofyear", "doy", "dy", "yearday"), "epoch": ("epoch",),
    "century": ("century", "centuries", "c", "cent", "cents"), "decade": ("decade", "decades", "dec", "decs"),
}  # fmt: skip
STEPS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond")


@dataclass(frozen=True)
class Around:
    """What functions may ask of the session they run in."""

    now: dt.datetime
    user: str = "awsuser"
    schema: str = "public"
    copied: int = 0
    backend: int = 1


Call = Callable[[Sequence[Value], Around], Value]


def text(value: Value, what: str = "argument") -> str:
    """The SQL of a value that a function takes as text. Raises Failed, NotDone."""
    if value.type.text or value.type is types.NULL or value.type.whole or value.type.name in ("numeric", "date"):
        return plain(value, varchar())
    raise Failed("42883", f"function does not take {value.type.name} as {what}")


def whole(value: Value) -> str:
    """The same for a whole number."""
    if value.type.whole or value.type in (types.UNKNOWN, types.NULL):
        return plain(value, INTEGER if value.type.name != "bigint" else BIGINT)
    raise Failed("42883", f"function does not take {value.type.name} in place of an integer")


def length_of(value: Value) -> str:
    """The same for the length of a text, which no column could hold if it were more."""
    found = whole(value)
    words = quoted(f"The lab does not make texts of more than {types.MOST_TEXT} characters.")
    return f"CASE WHEN {found} > {types.MOST_TEXT} THEN error({words}) ELSE {found} END"


def number(value: Value) -> Value:
    """A value as a number. Raises Failed."""
    if value.type in (types.UNKNOWN, types.NULL):
        return values.cast(value, DOUBLE)
    if not value.type.number:
        raise Failed("42883", f"function does not take {value.type.name} in place of a number")
    return value


def moment(value: Value) -> Value:
    """A value as a day or a time; a literal is a timestamp. Raises Failed, NotDone."""
    if value.type in (types.UNKNOWN, types.NULL):
        return values.cast(value, TIMESTAMP)
    if value.type.name in ("date", TIMESTAMP.name):
        return value
    if value.type.name == "timestamp with time zone":
        return Value(f"({value.sql} AT TIME ZONE 'UTC')", TIMESTAMP)
    raise Failed("42883", f"function does not take {value.type.name} in place of a timestamp")


def constant(value: Value, what: str) -> str:
    """The text of a literal. Raises NotDone for anything else."""
    if value.literal is None:
        raise NotDone(f"compute {what}; it reads a literal there")
    return value.literal


def part(value: Value) -> str:
    """The part of a date that a literal or a bare word names. Raises Failed."""
    word = constant(value, "a part of a date").lower()
    found = next((name for name, spellings in PARTS.items() if word in spellings), None)
    if found is None:
        raise Failed("22023", f'timestamp units "{word}" not recognized')
    return found


def size(kind: Type) -> Type:
    """The type of a text that is no longer than one of this type."""
    return varchar(kind.sizes[0]) if kind.sizes and kind.text else varchar()
