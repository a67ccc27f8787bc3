"""Operators: arithmetic with Trino's types, whole division, decimals of known scale, intervals, comparison."""

from __future__ import annotations

from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.casts import coerced, wall_clock
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.times import zoned
from groundschool.engines.trino.typed import Typed, guarded, joined, null, text
from groundschool.engines.trino.types import BOOLEAN, DAYS, INTEGERS, MONTHS, NUMBERS, TIMES, Type, decimal

ZERO = ("DIVISION_BY_ZERO", text("Division by zero"))
MOST_UNSCALED = 38


def binary(operator: str, left: Typed, right: Typed, node: Any) -> Typed:
    """left operator right, of + - * / %. Raises Failed where the types do not take it."""
    if types.UNKNOWN in (left.type, right.type):
        other = right.type if left.type == types.UNKNOWN else left.type
        if other.name in NUMBERS or other == types.UNKNOWN:
            return joined(null(other), other, [left, right])
    if left.type.name in NUMBERS and right.type.name in NUMBERS:
        type = types.common(left.type, right.type)
        assert type is not None
        return _numbers(operator, left, right, type)
    found = _times(operator, left, right)
    if found is None:
        words = f"Cannot apply operator: {left.type} {operator} {right.type}"
        raise Failed("TYPE_MISMATCH", words, node)
    return found


def _numbers(operator: str, left: Typed, right: Typed, type: Type) -> Typed:
    if type.name == "decimal":
        return _decimals(operator, left, right)
    one, other = coerced(left, type).sql, coerced(right, type).sql
    duckdb = types.duckdb(type)
    if operator == "/" and type.name in INTEGERS:
        sql = guarded(f"{other} = 0", *ZERO, f"CAST({one} // {other} AS {duckdb})")
    elif operator == "%" and type.name in INTEGERS:
        sql = guarded(f"{other} = 0", *ZERO, f"CAST({one} % {other} AS {duckdb})")
    elif operator == "/":
        undefined = f"WHEN {one} = 0 OR isnan({one}) THEN CAST('NaN' AS {duckdb})"
        endless = f"WHEN {one} > 0 THEN CAST('Infinity' AS {duckdb}) WHEN {one} < 0 THEN CAST('-Infinity' AS {duckdb})"
        sql = f"CASE WHEN {other} <> 0 THEN {one} / {other} {undefined} {endless} END"
    elif operator == "%":
        sql = (
            f"CASE WHEN {other} <> 0 THEN {one} % {other} WHEN {other} = 0 AND {one} IS NOT "
            f"NULL THEN CAST('NaN' AS {duckdb}) END"
        )
    else:
        sql = f"({one} {operator} {other})"
    return joined(f"CAST({sql} AS {duckdb})", type, [left, right])


def _decimals(operator: str, left: Typed, right: Typed) -> Typed:
    one, other = types.as_decimal(left.type), types.as_decimal(right.type)
    (p, s), (q, t) = one.sizes, other.sizes
    scale = {"*": s + t}.get(operator, max(s, t))
    precision = {
        "+": max(p - s, q - t) + max(s, t) + 1, "-": max(p - s, q - t) + max(s, t) + 1, "*": p + q,
        "/": p + t + max(0, t - s), "%": min(q - t, p - s) + max(s, t),
    }[operator]  # fmt: skip
    if scale > MOST_UNSCALED:
        raise Failed("TYPE_MISMATCH", f"DECIMAL scale must be in range [0, precision]: {scale}")
    type = decimal(precision, scale)
    a, b = (f"CAST({value.sql} AS {types.duckdb(each)})" for value, each in ((left, one), (right, other)))
    if operator in "+-*":
        wide = [
            f"CAST({sql} AS DECIMAL({MOST_UNSCALED}, {sizes[1]}))" for sql, sizes in ((a, one.sizes), (b, other.sizes))
        ]
        sql = f"({wide[0]} {operator} {wide[1]})" if precision > 18 else f"({a} {operator} {b})"
        return joined(f"CAST({sql} AS {types.duckdb(type)})", type, [left, right])
    top, below = _unscaled(a, s), _unscaled(b, t)
    shift = scale - s + t if operator == "/" else 0
    if operator == "/":
        sql = _rounded_quotient(f"({top} * {10**shift}::HUGEINT)", below)
    else:
        most = max(s, t)
        sql = f"(({top} * {10 ** (most - s)}::HUGEINT) % ({below} * {10 ** (most - t)}::HUGEINT))"
    sql = guarded(f"{below} = 0", *ZERO, f"CAST({_scaled(sql, scale)} AS {types.duckdb(type)})")
    return joined(f"CAST({sql} AS {types.duckdb(type)})", type, [left, right])


def _unscaled(sql: str, scale: int) -> str:
    return f"CAST(replace(CAST({sql} AS VARCHAR), '.', '') AS HUGEINT)" if scale else f"CAST({sql} AS HUGEINT)"


def _scaled(sql: str, scale: int) -> str:
    """A decimal of an integer number of its last digits."""
    if not scale:
        return sql
    shown = f"CAST(abs({sql}) AS VARCHAR)"
    digits = f"lpad({shown}, CAST(greatest({scale + 1}, length({shown})) AS INTEGER), '0')"
    signed = f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END"
    return f"({signed} || left({digits}, -{scale}) || '.' || right({digits}, {scale}))"


def _rounded_quotient(top: str, below: str) -> str:
    """Half up, away from zero."""
    size = f"((abs({top}) * 2 + abs({below})) // (abs({below}) * 2))"
    return f"(CASE WHEN ({top} < 0) <> ({below} < 0) THEN -{size} ELSE {size} END)"


def _times(operator: str, left: Typed, right: Typed) -> Typed | None:
    one, other = left.type, right.type
    if operator == "+" and one in (DAYS, MONTHS) and other.name in TIMES:
        return _times(operator, right, left)
    if operator in "+-" and one.name in TIMES and other in (DAYS, MONTHS):
        return _moved(operator, left, right)
    if operator in "+-" and one in (DAYS, MONTHS) and one == other:
        return joined(f"({left.sql} {operator} {right.sql})", one, [left, right])
    if operator == "*" and one in (DAYS, MONTHS) and other.name in INTEGERS:
        return joined(f"({left.sql} * {right.sql})", one, [left, right])
    if operator == "*" and other in (DAYS, MONTHS) and one.name in INTEGERS:
        return _times(operator, right, left)
    if operator == "-" and one.name == other.name and one.name in TIMES:
        if one.name == "timestamp with time zone":
            return joined(f"(({left.sql}).moment - ({right.sql}).moment)", DAYS, [left, right])
        return joined(f"(CAST({left.sql} AS TIMESTAMP) - CAST({right.sql} AS TIMESTAMP))", DAYS, [left, right])
    return None


def _moved(operator: str, value: Typed, span: Typed) -> Typed:
    if value.type.name == "timestamp with time zone":
        if span.type == DAYS:
            sql = f"struct_pack(moment := ({value.sql}).moment {operator} {span.sql}, zone := ({value.sql}).zone)"
            return joined(sql, value.type, [value, span])
        named = zoned(f"({wall_clock(value)} {operator} {span.sql})", value)
        return joined(named, value.type, [value, span])
    return joined(f"CAST({value.sql} {operator} {span.sql} AS {types.duckdb(value.type)})", value.type, [value, span])


def compared(operator: str, left: Typed, right: Typed, node: Any) -> Typed:
    """left operator right, of = <> < <= > >= and IS [NOT] DISTINCT FROM. Raises Failed where types do not compare."""
    type = types.common(left.type, right.type)
    if type is None:
        shown = {"IS DISTINCT FROM": "IS DISTINCT FROM"}.get(operator, operator)
        raise Failed("TYPE_MISMATCH", f"Cannot apply operator: {left.type} {shown} {right.type}", node)
    ordered = operator in ("<", "<=", ">", ">=")
    if type.name == "map" and ordered or type.name == "json" and ordered:
        raise Failed("TYPE_MISMATCH", f"Cannot apply operator: {left.type} {operator} {right.type}", node)
    if type.name == "json" or type.parts and any("zone" in part.name or part.name == "json" for part in type.parts):
        raise NotDone(f"compare values of type {type}")
    one, other = comparable(coerced(left, type)), comparable(coerced(right, type))
    return joined(f"({one} {operator} {other})", BOOLEAN, [left, right])


def comparable(value: Typed) -> str:
    """What of a value is compared: of a moment not its zone."""
    return f"({value.sql}).moment" if value.type.name == "timestamp with time zone" else value.sql
