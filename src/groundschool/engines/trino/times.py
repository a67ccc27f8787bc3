"""Functions of dates and moments: units, and the letters of MySQL's and Joda's formats as DuckDB's."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.casts import wall_clock
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.signatures import Signature, constant, plain
from groundschool.engines.trino.typed import Typed, fails, guarded, joined, text
from groundschool.engines.trino.types import BIGINT, DATE, TIMESTAMP, VARCHAR, ZONED, Type

UNITS = ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
MYSQL = {
    "Y": "%Y", "y": "%y", "m": "%m", "c": "%-m", "d": "%d", "e": "%-d", "H": "%H", "k": "%-H", "h": "%I", "I": "%I",
    "l": "%-I", "i": "%M", "s": "%S", "S": "%S", "f": "%f", "p": "%p", "M": "%B", "b": "%b", "a": "%a", "W": "%A",
    "j": "%j", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "%": "%%",
}  # fmt: skip
JODA = {
    "yyyy": "%Y", "YYYY": "%Y", "y": "%Y", "Y": "%Y", "yy": "%y", "MM": "%m", "M": "%-m", "MMM": "%b", "MMMM": "%B",
    "dd": "%d", "d": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S",
    "s": "%-S", "SSS": "%g", "a": "%p", "E": "%a", "EEE": "%a", "EEEE": "%A", "DDD": "%j", "e": "%u",
}  # fmt: skip
WORDS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
FIELDS: Mapping[str, str] = {
    "year": "year({0})", "quarter": "quarter({0})", "month": "month({0})", "week": "week({0})", "day": "day({0})",
    "day_of_month": "day({0})", "day_of_week": "isodow({0})", "dow": "isodow({0})", "day_of_year": "dayofyear({0})",
    "doy": "dayofyear({0})", "year_of_week": "isoyear({0})", "yow": "isoyear({0})", "hour": "hour({0})",
    "minute": "minute({0})", "second": "second({0})", "millisecond": "(millisecond({0}) % 1000)",
}  # fmt: skip
CLOCK_FIELDS = ("hour", "minute", "second", "millisecond")


def clock(value: Typed) -> Typed:
    """A date or a moment as what a clock shows."""
    if value.type.name == "timestamp with time zone":
        return value.made(wall_clock(value), Type("timestamp", value.type.sizes))
    return value


def zoned(clock: str, value: Typed) -> str:
    """A clock's time in the zone of a moment, as a moment."""
    zone = f"({value.sql}).zone"
    return f"struct_pack(moment := CAST(timezone({zone}, {clock}) AS TIMESTAMP), zone := {zone})"


def field(name: str, value: Typed, node: Any) -> Typed:
    """EXTRACT, and the functions of the same names."""
    key = name.casefold()
    if key not in FIELDS:
        raise Failed("SYNTAX_ERROR", f"Invalid EXTRACT field: {name}", node)
    if value.type.name not in types.TIMES or value.type == DATE and key in CLOCK_FIELDS:
        shown = f"Unexpected parameters ({value.type}) for function {key}"
        raise Failed("FUNCTION_NOT_FOUND", shown, node)
    return value.made(f"CAST({FIELDS[key].format(clock(value).sql)} AS BIGINT)", BIGINT)


def _unit(argument: Typed, what: str, known: Sequence[str] = UNITS) -> str:
    name = constant(argument, "a unit of time").casefold()
    if name not in known:
        raise Failed("INVALID_FUNCTION_ARGUMENT", f"'{name}' is not a valid {what} field")
    return name


def _units_of(value: Typed) -> Sequence[str]:
    return UNITS[4:] if value.type == DATE else UNITS


def _add(given: Sequence[Typed], node: Any) -> Typed:
    unit, amount, value = _unit(given[0], given[2].type.name.upper(), _units_of(given[2])), given[1], given[2]
    months = {"quarter": 3, "year": 12, "month": 1}.get(unit)
    span = (f"to_months(CAST({amount.sql} * {months} AS INTEGER))" if months
            else f"to_{unit}s({_narrowed(unit, amount.sql)})")  # fmt: skip
    if value.type.name != "timestamp with time zone":
        return joined(f"CAST({value.sql} + {span} AS {types.duckdb(value.type)})", value.type, given)
    if unit in UNITS[:4]:
        moved = f"struct_pack(moment := ({value.sql}).moment + {span}, zone := ({value.sql}).zone)"
        return joined(moved, value.type, given)
    return joined(_named_zone(value, zoned(f"({clock(value).sql} + {span})", value)), value.type, given)


def _narrowed(unit: str, amount: str) -> str:
    return f"CAST({amount} AS INTEGER)" if unit in ("day", "week") else amount


def _named_zone(value: Typed, sql: str) -> str:
    words = text("The lab does not count days, months or years of moments in zones that are offsets.")
    return guarded(f"({value.sql}).zone[1] IN ('+', '-')", "NOT_SUPPORTED", words, sql)


def _difference(given: Sequence[Typed], node: Any) -> Typed:
    unit = _unit(given[0], given[1].type.name.upper(), _units_of(given[1]))
    found = types.common(given[1].type, given[2].type)
    if found is None:
        raise Failed("TYPE_MISMATCH", "date_diff compares values of one type", node)
    early, late = (clock(value) for value in given[1:])
    if found.name == "timestamp with time zone":
        early, late = (value.made(_moment(value), TIMESTAMP) for value in given[1:])
    start, end = (f"CAST({value.sql} AS TIMESTAMP)" for value in (early, late))
    return joined(f"datesub('{unit}', {start}, {end})", BIGINT, given)


def _moment(value: Typed) -> str:
    return f"({value.sql}).moment" if "zone" in value.type.name else f"CAST({value.sql} AS TIMESTAMP)"


def _truncate(given: Sequence[Typed], node: Any) -> Typed:
    value = given[1]
    unit = _unit(given[0], value.type.name.upper(), _units_of(value))
    cut = f"date_trunc('{unit}', {clock(value).sql})"
    if value.type.name == "timestamp with time zone":
        return joined(_named_zone(value, zoned(cut, value)), value.type, given)
    return joined(f"CAST({cut} AS {types.duckdb(value.type)})", value.type, given)


def mysql(format: str) -> str:
    """A format of date_format and date_parse, for DuckDB. Raises NotDone, Failed."""
    found, position = [], 0
    while position < len(format):
        sign = format[position]
        if sign != "%":
            found.append(sign)
        else:
            position += 1
            letter = format[position] if position < len(format) else ""
            if letter in "DUuVvwXx" or not letter:
                if letter == "v":
                    found.append("%V")
                elif letter in "DUuVwX" or not letter:
                    raise Failed("INVALID_FUNCTION_ARGUMENT", f"%{letter} not supported in date format string")
                else:
                    raise NotDone(f"format dates with %{letter}")
            else:
                found.append(MYSQL.get(letter, letter))
        position += 1
    return "".join(found)


def joda(format: str) -> str:
    """A format of format_datetime and parse_datetime, for DuckDB. Raises NotDone."""
    found, position = [], 0
    while position < len(format):
        word = WORDS.match(format, position)
        if word is None:
            raise Failed("INVALID_FUNCTION_ARGUMENT", f"Invalid format: {format}")
        if word[1] is not None:
            found.append(word[1].replace("''", "'").replace("%", "%%") or "'")
        elif word[2] is None:
            found.append(word[0].replace("%", "%%"))
        elif word[0] in JODA:
            found.append(JODA[word[0]])
        else:
            raise NotDone(f"format dates with {word[0]!r}")
        position = word.end()
    return "".join(found)


def _date_format(given: Sequence[Typed], node: Any) -> Typed:
    shape = mysql(constant(given[1], "a date format"))
    return joined(f"strftime({clock(given[0]).sql}, {text(shape)})", VARCHAR, given)


def _format_datetime(given: Sequence[Typed], node: Any) -> Typed:
    shape = joda(constant(given[1], "a date format"))
    return joined(f"strftime({clock(given[0]).sql}, {text(shape)})", VARCHAR, given)


def _parsed(value: Typed, shape: str) -> str:
    words = f"{text('Invalid format: ')} || {value.sql} || {text(' is malformed')}"
    sql = f"try_strptime({value.sql}, {text(shape)})"
    bad = fails("INVALID_FUNCTION_ARGUMENT", words)
    return f"CASE WHEN {value.sql} IS NULL THEN NULL WHEN {sql} IS NULL THEN {bad} ELSE {sql} END"


def _date_parse(given: Sequence[Typed], node: Any) -> Typed:
    sql = _parsed(given[0], mysql(constant(given[1], "a date format")))
    return joined(f"CAST({sql} AS TIMESTAMP)", TIMESTAMP, given)


def _parse_datetime(given: Sequence[Typed], node: Any) -> Typed:
    format = constant(given[1], "a date format")
    sql = f"CAST({_parsed(given[0], joda(format))} AS TIMESTAMP)"
    return joined(f"struct_pack(moment := {sql}, zone := {text('UTC')})", ZONED, given)


def zone(name: str) -> str:
    """A zone by its name or offset. Raises Failed."""
    if not re.fullmatch(r"[+-]\d{2}:\d{2}", name):
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise Failed("INVALID_FUNCTION_ARGUMENT", f"'{name}' is not a valid time zone") from None
    return name


def at_zone(value: Typed, name: Typed, node: Any) -> Typed:
    """A moment told in another zone; a clock's time is taken for UTC."""
    if value.type.name not in ("timestamp", "timestamp with time zone"):
        raise Failed(
            "TYPE_MISMATCH",
            f"Type of value must be a time or timestamp with or without time zone (actual {value.type})",
            node,
        )
    found = zone(constant(name, "a time zone"))
    sql = (
        f"CASE WHEN {value.sql} IS NULL THEN NULL ELSE struct_pack(moment := {_moment(value)}, "
        f"zone := {text(found)}) END"
    )
    return joined(sql, Type(ZONED.name, value.type.sizes), [value, name])


def _with_zone(given: Sequence[Typed], node: Any) -> Typed:
    found = zone(constant(given[1], "a time zone"))
    if found[0] in "+-":
        raise NotDone("give moments zones that are offsets with with_timezone")
    moment = f"CAST(timezone('{found}', {given[0].sql}) AS TIMESTAMP)"
    return joined(f"struct_pack(moment := {moment}, zone := {text(found)})", ZONED, given)


def _from_unixtime(given: Sequence[Typed], node: Any) -> Typed:
    found = zone(constant(given[1], "a time zone")) if len(given) > 1 else "UTC"
    moment = f"make_timestamp(CAST(round({given[0].sql} * 1000) AS BIGINT) * 1000)"
    return joined(
        f"CASE WHEN {given[0].sql} IS NULL THEN NULL ELSE struct_pack(moment := {moment}, zone := {text(found)}) END",
        ZONED,
        given,
    )


def _iso(given: Sequence[Typed], node: Any) -> Typed:
    value = given[0]
    if value.type == DATE:
        return joined(f"strftime({value.sql}, '%Y-%m-%d')", VARCHAR, given)
    shown = f"strftime({clock(value).sql}, '%Y-%m-%dT%H:%M:%S.%g')"
    if value.type.name == "timestamp":
        return joined(shown, VARCHAR, given)
    name = f"({value.sql}).zone"
    offset = f"CASE WHEN {name} = 'UTC' THEN 'Z' WHEN {name}[1] IN ('+', '-') THEN {name} END"
    words = text("The lab does not write moments of named zones other than UTC as ISO 8601.")
    ending = guarded(f"{offset} IS NULL AND {name} IS NOT NULL", "NOT_SUPPORTED", words, offset)
    return joined(f"({shown} || {ending})", VARCHAR, given)


ISO_MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?"


def _from_iso(given: Sequence[Typed], node: Any) -> Typed:
    value = given[0].sql
    words = f"{text('Invalid format: ')} || {value}"
    offset = f"regexp_extract({value}, '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$', 1)"
    named = f"CASE WHEN {offset} IN ('', 'Z') THEN 'UTC' ELSE left({offset}, 3) || ':' || right({offset}, 2) END"
    moment = f"CAST(CAST(replace({value}, ',', '.') AS TIMESTAMPTZ) AS TIMESTAMP)"
    sql = f"struct_pack(moment := {moment}, zone := {named})"
    shaped = f"NOT regexp_full_match({value}, '{ISO_MOMENT}')"
    return joined(guarded(shaped, "INVALID_FUNCTION_ARGUMENT", words, sql), ZONED, given)


def _from_iso_date(given: Sequence[Typed], node: Any) -> Typed:
    value = given[0].sql
    week = f"strptime({value} || CASE WHEN length({value}) = 8 THEN '-1' ELSE '' END, '%G-W%V-%u')"
    bad = fails("INVALID_FUNCTION_ARGUMENT", f"{text('Invalid format: ')} || {value}")
    whole = f"WHEN regexp_full_match({value}, '\\d{{4}}-\\d{{2}}-\\d{{2}}') THEN CAST({value} AS DATE)"
    weeks = f"WHEN regexp_full_match({value}, '\\d{{4}}-W\\d{{2}}(-\\d)?') THEN CAST({week} AS DATE)"
    sql = f"CASE {whole} {weeks} WHEN {value} IS NOT NULL THEN {bad} END"
    return joined(f"CAST({sql} AS DATE)", DATE, given)


def _date_of(given: Sequence[Typed], node: Any) -> Typed:
    from groundschool.engines.trino.casts import cast

    return cast(given[0], DATE, node)


def _field(name: str) -> list[Signature]:
    return [Signature(("time",), lambda given, node: field(name, given[0], node))]


NOW = "struct_pack(moment := CAST(now() AS TIMESTAMP), zone := CAST('UTC' AS VARCHAR))"
UNIX = "(epoch_us({0}) / CAST(1000000 AS DOUBLE))"
FUNCTIONS: dict[str, list[Signature]] = {
    "date_add": [Signature(("varchar", "bigint", "time"), _add)],
    "date_diff": [Signature(("varchar", "time", "time"), _difference)],
    "date_trunc": [Signature(("varchar", "time"), _truncate)],
    "date_format": [Signature(("timestamp", "varchar"), _date_format), Signature(("zoned", "varchar"), _date_format)],
    "format_datetime": [
        Signature(("timestamp", "varchar"), _format_datetime), Signature(("zoned", "varchar"), _format_datetime)
    ],
    "date_parse": [Signature(("varchar", "varchar"), _date_parse)],
    "parse_datetime": [Signature(("varchar", "varchar"), _parse_datetime)],
    "from_unixtime": [Signature(("double", "varchar?"), _from_unixtime)],
    "from_iso8601_timestamp": [Signature(("varchar",), _from_iso)],
    "from_iso8601_date": [Signature(("varchar",), _from_iso_date)],
    "to_iso8601": [Signature(("time",), _iso)],
    "to_unixtime": [
        plain("timestamp", types.DOUBLE, UNIX),
        plain("zoned", types.DOUBLE, UNIX.replace("{0}", "({0}).moment")),
    ],
    "at_timezone": [Signature(("zoned", "varchar"), lambda given, node: at_zone(given[0], given[1], node))],
    "with_timezone": [Signature(("timestamp", "varchar"), _with_zone)],
    "date": [Signature(("any",), _date_of)],
    "last_day_of_month": [plain("date", DATE, "last_day({0})"), plain("timestamp", DATE, "last_day({0})")],
    "now": [plain("", ZONED, NOW)],
    "current_timezone": [plain("", VARCHAR, "CAST('UTC' AS VARCHAR)")],
    "week_of_year": _field("week"),
    **{name: _field(name) for name in FIELDS},
}  # fmt: skip
BARE = {"current_timestamp": Typed(NOW, ZONED), "current_date": Typed("CAST(CAST(now() AS TIMESTAMP) AS DATE)", DATE),
        "localtimestamp": Typed("CAST(now() AS TIMESTAMP)", TIMESTAMP)}  # fmt: skip
