"""Casts, as Trino does them: what text is a number, a date or a moment, and what does not cast at all."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from groundschool.engines.trino import jsons, types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.typed import Typed, fails, joined, null, text
from groundschool.engines.trino.types import INTEGERS, NUMBERS, Type

WHOLE = r"[+-]?[0-9]+"
NUMBER = r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"
EXACT = r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*"
DAY = r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\s*"
CLOCK = r"( [0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?"
MOMENT = rf"\s*[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}{CLOCK}\s*"
SHAPES = {**dict.fromkeys(INTEGERS, WHOLE), "real": NUMBER, "double": NUMBER, "decimal": EXACT, "date": DAY,
          "timestamp": MOMENT}  # fmt: skip
MOST_DIGITS = 6


def coerced(value: Typed, target: Type) -> Typed:
    """A value as a type into which it turns by itself."""
    if value.type == target or (value.type.name, target.name) in (("varchar", "varchar"), ("char", "varchar")):
        return Typed(value.sql, target, value.marks, value.same_as, value.constant, value.aggregates)
    if target.name == "timestamp with time zone":
        if value.type.name == "timestamp with time zone":
            return value.made(value.sql, target)
        return value.made(f"struct_pack(moment := CAST({value.sql} AS TIMESTAMP), zone := {text('UTC')})", target)
    return value.made(f"CAST({value.sql} AS {types.duckdb(target)})", target)


def cast(value: Typed, target: Type, at: Any = None) -> Typed:
    """CAST. Raises Failed where the two types do not cast, NotDone."""
    source = value.type
    if source == types.UNKNOWN:
        return value.made(f"CAST({value.sql} AS {types.duckdb(target)})", target)
    if source == target:
        return value
    if target == types.JSON:
        return jsons.to_json(value)
    if source == types.JSON:
        return jsons.from_json(value, target)
    if target.name in ("varchar", "char"):
        return _to_text(value, target, at)
    if source.name in ("varchar", "char"):
        return _from_text(value, target, at)
    if source.name in types.TIMES and target.name in types.TIMES:
        return _between_times(value, target)
    if source.name in (*NUMBERS, "boolean") and target.name in (*NUMBERS, "boolean"):
        return _between_numbers(value, target, at)
    if source.parts and source.name == target.name and len(source.parts) == len(target.parts):
        return _between_nested(value, target, at)
    raise refused(source, target, at)


def refused(source: Type, target: Type, at: Any) -> Failed:
    """That two types do not cast."""
    return Failed("TYPE_MISMATCH", f"Cannot cast {source} to {target}", at)


def _bad(value: Typed, target: Type) -> str:
    return fails(
        "INVALID_CAST_ARGUMENT", f"{text('Cannot cast ')} || CAST({value.sql} AS VARCHAR) || {text(f' to {target}')}"
    )


def _from_text(value: Typed, target: Type, at: Any) -> Typed:
    duckdb = types.duckdb(target)
    if target.name == "boolean":
        lower = f"lower({value.sql})"
        sql = f"CASE WHEN {lower} IN ('t', 'true', '1') THEN true WHEN {lower} IN ('f', 'false', '0') THEN false"
        return value.made(f"{sql} WHEN {value.sql} IS NOT NULL THEN {_bad(value, target)} END", target)
    if target.name == "varbinary":
        return value.made(f"encode({value.sql})", target)
    if target.name == "timestamp with time zone":
        return _zoned_text(value, target)
    if target.name not in SHAPES:
        raise refused(value.type, target, at)
    trimmed = f"trim({value.sql})"
    done = f"TRY_CAST({trimmed} AS {duckdb})"
    if target.name in ("double", "real"):
        sign = f"CASE WHEN {trimmed} IN ('Infinity', '+Infinity', '-Infinity', 'NaN') THEN CAST({trimmed} AS {duckdb})"
    else:
        sign = "CASE WHEN false THEN NULL"
    shape = f"regexp_full_match({value.sql}, '{SHAPES[target.name]}')"
    sql = (
        f"{sign} WHEN {value.sql} IS NULL THEN NULL WHEN {shape} AND {done} IS NOT NULL "
        f"THEN {done} ELSE {_bad(value, target)} END"
    )
    return value.made(f"CAST({sql} AS {duckdb})", target)


def _zoned_text(value: Typed, target: Type) -> Typed:
    if value.constant is None:
        raise NotDone("cast text that is no literal to a timestamp with time zone; from_iso8601_timestamp reads it")
    return zoned_literal(value.constant, target)


def zoned_literal(written: str, target: Type) -> Typed:
    """A moment with a zone behind it: '2024-01-01 08:00:00 America/New_York', or an offset."""
    found = re.fullmatch(r"(\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?)\s*(.*)", written.strip())
    if found is None:
        raise Failed("INVALID_LITERAL", f"'{written}' is not a valid TIMESTAMP literal")
    zone = found[2] or "UTC"
    offset = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", zone)
    moment = f"CAST('{found[1]}' AS TIMESTAMP)"
    if offset:
        minutes = (int(offset[2]) * 60 + int(offset[3])) * (-1 if offset[1] == "+" else 1)
        at = f"{moment} + INTERVAL ({minutes}) MINUTE"
        zone = f"{offset[1]}{offset[2]}:{offset[3]}"
    else:
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise Failed("INVALID_LITERAL", f"'{written}' is not a valid TIMESTAMP literal") from None
        at = f"CAST(timezone('{zone}', {moment}) AS TIMESTAMP)"
    return Typed(f"struct_pack(moment := {at}, zone := {text(zone)})", target)


def wall_clock(value: Typed) -> str:
    """What a clock in the zone of a moment shows, as a TIMESTAMP."""
    moment, zone = f"({value.sql}).moment", f"({value.sql}).zone"
    minutes = (
        f"(CASE WHEN {zone}[1] = '-' THEN -1 ELSE 1 END * (CAST({zone}[2:3] AS INTEGER) "
        f"* 60 + CAST({zone}[5:6] AS INTEGER)))"
    )
    offset = f"{moment} + to_minutes({minutes})"
    named = f"timezone({zone}, CAST({moment} AS TIMESTAMPTZ))"
    return f"CASE WHEN {zone}[1] IN ('+', '-') THEN {offset} ELSE {named} END"


def _between_times(value: Typed, target: Type) -> Typed:
    if value.type.name == "timestamp with time zone" and target.name != "timestamp with time zone":
        value = value.made(wall_clock(value), types.TIMESTAMP)
    if target.name == "timestamp with time zone":
        return coerced(value, target)
    if target.name == "timestamp" and target.sizes[0] < 6 and value.type.name == "timestamp":
        unit = 10 ** (6 - target.sizes[0])
        micros = f"(epoch_us({value.sql}) + {unit // 2})"
        floored = f"({micros} - (({micros} % {unit}) + {unit}) % {unit})"
        return (
            value.made(f"make_timestamp({floored})", target)
            if value.type.sizes[0] > target.sizes[0]
            else value.made(value.sql, target)
        )
    return value.made(f"CAST({value.sql} AS {types.duckdb(target)})", target)


def _between_numbers(value: Typed, target: Type, at: Any) -> Typed:
    source, duckdb = value.type.name, types.duckdb(target)
    if target.name == "boolean":
        return value.made(f"({value.sql} <> 0)", target)
    if source == "boolean":
        return value.made(f"CAST({value.sql} AS {duckdb})", target)
    if source in ("real", "double") and target.name in INTEGERS:
        return value.made(f"CAST(round({value.sql}) AS {duckdb})", target)
    return value.made(f"CAST({value.sql} AS {duckdb})", target)


def _between_nested(value: Typed, target: Type, at: Any) -> Typed:
    source = value.type
    if source.name == "row":
        parts = []
        for place, part in enumerate(target.parts):
            inner = cast(Typed(f"struct_extract({value.sql}, 'f{place}')", source.parts[place]), part, at)
            parts.append(f"f{place} := {inner.sql}")
        whole = f"CASE WHEN {value.sql} IS NULL THEN NULL ELSE struct_pack({', '.join(parts)}) END"
        return value.made(whole, target)
    if source.name == "array":
        item = cast(Typed("_item", source.parts[0]), target.parts[0], at)
        if item.sql == "_item":
            return value.made(value.sql, target)
        return value.made(f"list_transform({value.sql}, lambda _item: {item.sql})", target)
    return value.made(f"CAST({value.sql} AS {types.duckdb(target)})", target)


def _to_text(value: Typed, target: Type, at: Any) -> Typed:
    source, sql = value.type, value.sql
    if source.name == "double" or source.name == "real":
        raise NotDone("cast double to varchar, whose form differs between versions; format('%.2f', x) and decimals do")
    if source.name == "timestamp":
        if source.sizes[0] > MOST_DIGITS:
            raise NotDone(f"write a {source} as text")
        length = 20 + source.sizes[0] if source.sizes[0] else 19
        sql = f"left(strftime({sql}, '%Y-%m-%d %H:%M:%S.%f'), {length})"
    elif source.name == "timestamp with time zone":
        clock = Typed(wall_clock(value), types.Type("timestamp", source.sizes))
        sql = f"({_to_text(clock, types.VARCHAR, at).sql} || ' ' || ({value.sql}).zone)"
    elif source.name in (*INTEGERS, "decimal", "boolean", "date", "varchar", "char"):
        sql = f"CAST({sql} AS VARCHAR)"
    else:
        raise refused(source, target, at)
    if not target.sizes:
        return value.made(sql, target)
    cut = f"left({sql}, {target.sizes[0]})" if source.name in ("varchar", "char") else sql
    if cut == sql:
        words = f"{text('Value ')} || {sql} || {text(f' cannot be represented as {target}')}"
        return value.made(
            f"CASE WHEN length({sql}) > {target.sizes[0]} THEN {fails('INVALID_CAST_ARGUMENT', words)} ELSE {sql} END",
            target,
        )
    return value.made(cut, target)


def to(values: list[Typed], target: Type) -> list[Typed]:
    """All of some values as one type."""
    return [coerced(value, target) for value in values]


def unified(values: list[Typed], at: Any, what: str) -> tuple[list[Typed], Type]:
    """Some values as the type that they have in common. Raises Failed with `what` must be the same type."""
    found = types.UNKNOWN
    for value in values:
        together = types.common(found, value.type)
        if together is None:
            raise Failed("TYPE_MISMATCH", f"{what}: {value.type}, expected {found}", at)
        found = together
    return to(values, found), found


def missing(type: Type) -> Typed:
    """NULL."""
    return joined(null(type), type, [])
