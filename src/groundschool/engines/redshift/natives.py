"""Functions that DuckDB lacks, in Python: what a call of theirs raises is the statement's error."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any

from groundschool.engines.written import Written

EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
PATTERN = re.compile(
    r"YYYY|YY|MM|Month|MONTH|month|Mon|MON|mon|DDD|DD|HH24|HH12|HH|MI|SS|MS|US|AM|PM|am|pm|Day|DAY|day|Dy|DY|dy|IW|WW|Q|D|"
    r'"[^"]*"|[^A-Za-z"]+'
)
NOT_READ = "The lab does not read the format"


@dataclass(frozen=True)
class Native:
    """A function by the name that DuckDB calls it; NULL for any NULL."""

    name: str
    call: Callable[..., Any]
    takes: tuple[str, ...]
    gives: str


def cut(text: str, size: int) -> str:
    """The first bytes of a text, without half a character."""
    return text.encode()[:size].decode("utf-8", "ignore")


def divided(one: str, other: str, scale: int) -> str:
    """An exact quotient with so many digits behind the point."""
    if not Decimal(other):
        raise ValueError("Divide by zero")
    found = EXACT.divide(Decimal(one), Decimal(other))
    return str(found.quantize(Decimal(1).scaleb(-scale), context=EXACT))


def averaged(total: str, count: int, scale: int) -> str | None:
    """AVG of exact numbers: cut behind the digits that they have."""
    if not count:
        return None
    found = EXACT.divide(Decimal(total), Decimal(count))
    return str(found.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_DOWN, context=EXACT))


def path_text(document: str, path: str, quiet: bool) -> str | None:
    """JSON_EXTRACT_PATH_TEXT; `path` is a list of JSON."""
    try:
        found = _read(document)
    except ValueError:
        if quiet:
            return None
        raise ValueError(f"JSON parsing error: invalid object {document[:80]}") from None
    for key in json.loads(path):
        if isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, dict) and key in found:
            found = found[key]
        else:
            return None
    return _text(found)


def element_text(document: str, place: int, quiet: bool) -> str | None:
    """JSON_EXTRACT_ARRAY_ELEMENT_TEXT; places count from 0."""
    found = _array(document, quiet)
    return None if found is None or not 0 <= place < len(found) else _text(found[place])


def array_length(document: str, quiet: bool) -> int | None:
    """JSON_ARRAY_LENGTH."""
    found = _array(document, quiet)
    return None if found is None else len(found)


def _array(document: str, quiet: bool) -> list[Any] | None:
    """An array; None where there is none and that is to be no error."""
    try:
        found = _read(document)
        if not isinstance(found, list):
            raise ValueError
    except ValueError:
        if quiet:
            return None
        raise ValueError(f"JSON parsing error: invalid array {document[:80]}") from None
    return found


def valid(document: str) -> bool:
    """IS_VALID_JSON: whether it is an object; CAN_JSON_PARSE is wider."""
    try:
        return isinstance(_read(document), dict)
    except ValueError:
        return False


def valid_array(document: str) -> bool:
    """IS_VALID_JSON_ARRAY."""
    try:
        return isinstance(_read(document), list)
    except ValueError:
        return False


def parsed(document: str) -> str:
    """JSON_PARSE: the document in SUPER's own writing."""
    try:
        return json.dumps(_read(document), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        raise ValueError(f"JSON parsing error: {document[:80]}") from None


def super_part(document: str, path: str) -> str | None:
    """What a path leads to in a SUPER, None where there is nothing."""
    found = _read(document)
    for key in json.loads(path):
        places: Any = range(len(found)) if isinstance(found, list) else found if isinstance(found, dict) else ()
        if isinstance(key, int) != isinstance(found, list) or key not in places:
            return None
        found = found[key]
    return None if found is None else json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def super_length(document: str) -> int | None:
    """GET_ARRAY_LENGTH."""
    found = _read(document)
    return len(found) if isinstance(found, list) else None


def super_text(document: str) -> str | None:
    """A text in a SUPER, None where it holds another kind."""
    found = _read(document)
    return found if isinstance(found, str) else _text(found) if not isinstance(found, dict | list) else None


def super_number(document: str) -> str | None:
    """A number in a SUPER, as it is written; None where it holds another kind."""
    found = _read(document)
    return _text(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _read(document: str) -> Any:
    try:
        return json.loads(document, parse_float=Written, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("too deep") from None


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, Written):
        return value.text
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def _pieces(pattern: str) -> tuple[str, ...]:
    pieces = tuple(PATTERN.findall(pattern))
    if "".join(pieces) != pattern:
        raise ValueError(f"{NOT_READ} '{pattern}'.")
    return pieces


def shown(moment: dt.datetime, pattern: str) -> str:
    """TO_CHAR of a time."""
    return "".join(_shown(moment, piece) for piece in _pieces(pattern))


def _shown(when: dt.datetime, piece: str) -> str:
    hour = when.hour % 12 or 12
    week_day = DAYS[(when.weekday() + 1) % 7]
    month = MONTHS[when.month - 1]
    found = {
        "YYYY": f"{when.year:04}", "YY": f"{when.year % 100:02}", "MM": f"{when.month:02}", "DD": f"{when.day:02}",
        "DDD": f"{when.timetuple().tm_yday:03}", "HH24": f"{when.hour:02}", "HH12": f"{hour:02}", "HH": f"{hour:02}",
        "MI": f"{when.minute:02}", "SS": f"{when.second:02}", "MS": f"{when.microsecond // 1000:03}",
        "US": f"{when.microsecond:06}", "Q": str((when.month + 2) // 3), "D": str((when.weekday() + 1) % 7 + 1),
        "IW": f"{when.isocalendar()[1]:02}", "WW": f"{(when.timetuple().tm_yday - 1) // 7 + 1:02}",
        "Month": f"{month:9}", "MONTH": f"{month.upper():9}", "month": f"{month.lower():9}",
        "Mon": month[:3], "MON": month[:3].upper(), "mon": month[:3].lower(),
        "Day": f"{week_day:9}", "DAY": f"{week_day.upper():9}", "day": f"{week_day.lower():9}",
        "Dy": week_day[:3], "DY": week_day[:3].upper(), "dy": week_day[:3].lower(),
    }  # fmt: skip
    if piece.upper() in ("AM", "PM"):
        half = "AM" if when.hour < 12 else "PM"
        return half if piece.isupper() else half.lower()
    return found[piece] if piece in found else piece.strip('"') if piece.startswith('"') else piece


READ = {
    "YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})", "HH24": r"(?P<hour>\d{1,2})",
    "HH12": r"(?P<half>\d{1,2})", "HH": r"(?P<half>\d{1,2})", "MI": r"(?P<minute>\d{1,2})",
    "SS": r"(?P<second>\d{1,2})", "AM": r"(?P<noon>[AaPp][Mm])", "PM": r"(?P<noon>[AaPp][Mm])",
    "MON": r"(?P<name>[A-Za-z]{3})", "MONTH": r"(?P<name>[A-Za-z]+)", "US": r"(?P<micro>\d{1,6})",
    "MS": r"(?P<milli>\d{1,3})", "YY": r"(?P<short>\d{2})",
}  # fmt: skip


@cache
def _expected(pattern: str) -> re.Pattern[str]:
    pieces = [READ.get(piece.upper(), re.escape(piece)) if piece[:1].isalpha() else re.escape(piece)
              for piece in _pieces(pattern.upper())]  # fmt: skip
    unread = [piece for piece in _pieces(pattern.upper()) if piece[:1].isalpha() and piece not in READ]
    try:
        found = re.compile("".join(pieces))
    except re.error:
        unread = [pattern]
    if unread:
        raise ValueError(f"{NOT_READ} '{pattern}'.")
    return found


def read(text: str, pattern: str) -> dt.datetime:
    """TO_TIMESTAMP, and TO_DATE but for the time of day."""
    found = _expected(pattern).fullmatch(text.strip())
    if found is None:
        raise ValueError(f"The lab does not read '{text}' by the format '{pattern}': it takes what fits it exactly.")
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    month = int(parts.get("month", 1))
    if "name" in parts:
        names = [name[:3].lower() for name in MONTHS]
        month = names.index(parts["name"][:3].lower()) + 1 if parts["name"][:3].lower() in names else 0
    hour = int(parts.get("hour", parts.get("half", 0)))
    if "noon" in parts:
        hour = hour % 12 + 12 * (parts["noon"].lower() == "pm")
    year = int(parts.get("year", 2000 + int(parts.get("short", 0))))
    micro = int(parts["micro"].ljust(6, "0")) if "micro" in parts else int(parts.get("milli", 0)) * 1000
    try:
        return dt.datetime(year, month, int(parts.get("day", 1)), hour, int(parts.get("minute", 0)),
                           int(parts.get("second", 0)), micro)  # fmt: skip
    except ValueError:
        raise ValueError(f'date/time field value out of range: "{text}"') from None


def number_shown(written: str, pattern: str) -> str:
    """TO_CHAR of a number: 9, 0, one point, commas, and S or MI at an end."""
    body = re.fullmatch(r"(S|MI)?([90,G]*)(?:[.D]([90]*))?(S|MI)?", pattern.upper())
    if body is None or (body[1] and body[4]):
        raise ValueError(f"{NOT_READ} '{pattern}'.")
    digits, fraction = body[2].replace("G", ","), body[3] or ""
    value = Decimal(written).quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    whole, _, behind = f"{abs(value):f}".partition(".")
    places = [sign for sign in digits if sign != ","]
    if len(whole.lstrip("0")) > len(places):
        return "#" * len(pattern)
    zeros = len(places) - places.index("0") if "0" in places else 0
    whole = whole.lstrip("0").rjust(max(zeros, 0), "0") or ("0" if not fraction else "")
    shown_, left = [], list(whole)
    for sign in reversed(digits):
        if sign == ",":
            shown_.append("," if left else " ")
        else:
            shown_.append(left.pop() if left else " ")
    text = "".join(reversed(shown_)) + (f".{behind}" if fraction else "")
    minus, stripped = value < 0, text.lstrip(" ")
    if body[4]:
        return text + (("-" if minus else "+") if body[4] == "S" else ("-" if minus else " "))
    sign = "-" if minus else "+" if body[1] == "S" else " "
    return " " * (len(text) - len(stripped)) + sign + stripped


def number_read(text: str, pattern: str) -> str:
    """TO_NUMBER: digits as the format places them."""
    if not re.fullmatch(r"(S|MI|\$|L)?[90,G]*([.D][90]*)?(S|MI)?", pattern.upper()):
        raise ValueError(f"{NOT_READ} '{pattern}'.")
    bare = text.strip().replace(",", "").lstrip("$")
    sign = "-" if bare.startswith("-") or bare.endswith("-") else ""
    bare = bare.strip("+-")
    if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", bare):
        raise ValueError(f'invalid input syntax for type numeric: "{text}"')
    return sign + bare


def zoned(source: str, target: str, when: dt.datetime) -> dt.datetime:
    """CONVERT_TIMEZONE."""
    from zoneinfo import ZoneInfo

    try:
        return when.replace(tzinfo=ZoneInfo(source)).astimezone(ZoneInfo(target)).replace(tzinfo=None)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'time zone "{source}" or "{target}" not recognized') from None


NATIVES = (
    Native("rs_cut", cut, ("VARCHAR", "INTEGER"), "VARCHAR"),
    Native("rs_divided", divided, ("VARCHAR", "VARCHAR", "INTEGER"), "VARCHAR"),
    Native("rs_averaged", averaged, ("VARCHAR", "BIGINT", "INTEGER"), "VARCHAR"),
    Native("rs_path_text", path_text, ("VARCHAR", "VARCHAR", "BOOLEAN"), "VARCHAR"),
    Native("rs_element_text", element_text, ("VARCHAR", "INTEGER", "BOOLEAN"), "VARCHAR"),
    Native("rs_array_length", array_length, ("VARCHAR", "BOOLEAN"), "INTEGER"),
    Native("rs_valid", valid, ("VARCHAR",), "BOOLEAN"),
    Native("rs_valid_array", valid_array, ("VARCHAR",), "BOOLEAN"),
    Native("rs_parsed", parsed, ("VARCHAR",), "VARCHAR"),
    Native("rs_super_part", super_part, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    Native("rs_super_length", super_length, ("VARCHAR",), "BIGINT"),
    Native("rs_super_text", super_text, ("VARCHAR",), "VARCHAR"),
    Native("rs_super_number", super_number, ("VARCHAR",), "VARCHAR"),
    Native("rs_shown", shown, ("TIMESTAMP", "VARCHAR"), "VARCHAR"),
    Native("rs_read", read, ("VARCHAR", "VARCHAR"), "TIMESTAMP"),
    Native("rs_number_shown", number_shown, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    Native("rs_number_read", number_read, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    Native("rs_zoned", zoned, ("VARCHAR", "VARCHAR", "TIMESTAMP"), "TIMESTAMP"),
)  # fmt: skip
