"""Values as another type: what cannot be cast becomes null, as `resolveChoice` and `apply_mapping` have it."""

from __future__ import annotations

import datetime
import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from .refusals import NotDone
from .schema import RANGES, Atomic, Choice, Type, of_value, options_of

WHOLE = re.compile(r"[+-]?\d{1,30}")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
BOOLEANS = {"true": True, "false": False}


def cast(value: Any, to: Atomic) -> Any:
    """A value as the type `to`; None where it cannot be. Raises NotDone for types that are not cast to here."""
    if value is None or (isinstance(value, (dict, list)) and to.name != "string"):
        return None
    if to.name in RANGES:
        return _whole(value, RANGES[to.name])
    if to.name in ("double", "float"):
        return _number(value)
    if to.name == "string":
        return _text(value)
    if to.name == "boolean":
        return BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else bool(value)
    if to.name.startswith("decimal("):
        return _decimal(value, *map(int, to.name[8:-1].split(",")))
    if to.name in ("date", "timestamp"):
        return _day(value, to.name)
    raise NotDone(f"The lab does not cast to {to.name}.")


def of_type(value: Any, wanted: Type, known: Type) -> bool:
    """Whether a value of a choice is one of the type `wanted`."""
    return any(option.name == wanted.name for option in options_of(of_value(value, known)))


def option_of(value: Any, choice: Choice) -> Type:
    """Which of a choice's types a value has."""
    name = of_value(value, choice).name
    return next(option for option in choice.options if option.name == name)


def _whole(value: Any, most: int) -> int | None:
    if isinstance(value, str):
        found = int(value) if WHOLE.fullmatch(value.strip()) else None
    elif isinstance(value, (int, float, Decimal)):
        found = int(value) if math.isfinite(value) else None
    else:
        found = None
    return found if found is not None and -most <= found < most else None


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return float(value) if NUMBER.fullmatch(value.strip()) else None
    return float(value) if isinstance(value, (int, float, Decimal)) else None


def _decimal(value: Any, precision: int, scale: int) -> Decimal | None:
    if isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
        return None
    if not isinstance(value, (str, int, float, Decimal)):
        return None
    try:
        found = Decimal(str(value).strip()).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return found if abs(found) < Decimal(10) ** (precision - scale) else None


def _day(value: Any, name: str) -> Any:
    kind = datetime.date if name == "date" else datetime.datetime
    try:
        if isinstance(value, str):
            return kind.fromisoformat(value.strip())
    except ValueError:
        return None
    if isinstance(value, datetime.datetime):
        return value.date() if name == "date" else value
    if isinstance(value, datetime.date):
        return value if name == "date" else datetime.datetime(value.year, value.month, value.day)
    return None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=str)
    return value if isinstance(value, str) else str(value)
