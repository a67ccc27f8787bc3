"""Trino's functions of numbers as DuckDB is asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.casts import unified
from groundschool.engines.trino.failure import NotDone
from groundschool.engines.trino.signatures import Signature, first, plain
from groundschool.engines.trino.typed import Typed, joined
from groundschool.engines.trino.types import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    decimal,
)


def _logarithm(name: str) -> str:
    """Of nothing minus infinity, of less no number."""
    limits = "CASE WHEN {0} = 0 THEN CAST('-Infinity' AS DOUBLE) WHEN {0} < 0 THEN CAST('NaN' AS DOUBLE)"
    return f"{limits} ELSE {name}({{0}}) END"


def _same(sql: str) -> list[Signature]:
    return [plain("number", first, f"{sql}({{0}})")]


def _round(given: Sequence[Typed], node: Any) -> Typed:
    value, type = given[0], given[0].type
    digits = f", CAST({given[1].sql} AS INTEGER)" if len(given) > 1 else ""
    if type.name == "decimal":
        precision, scale = type.sizes
        gives = decimal(precision + 1, scale) if len(given) > 1 else decimal(precision - scale + min(scale, 1), 0)
        return joined(f"CAST(round({value.sql}{digits}) AS {types.duckdb(gives)})", gives, given)
    return joined(f"CAST(round({value.sql}{digits}) AS {types.duckdb(type)})", type, given)


def _ceiling(sql: str) -> Signature:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        type = given[0].type
        if type.name == "decimal":
            type = decimal(type.sizes[0] - type.sizes[1] + min(type.sizes[1], 1), 0)
        return joined(f"CAST({sql}({given[0].sql}) AS {types.duckdb(type)})", type, given)

    return Signature(("number",), build)


def _truncate(given: Sequence[Typed], node: Any) -> Typed:
    type = given[0].type
    gives = decimal(max(type.sizes[0] - type.sizes[1], 1), 0) if type.name == "decimal" else DOUBLE
    if type.name in types.INTEGERS:
        gives = type
    return joined(f"CAST(trunc({given[0].sql}) AS {types.duckdb(gives)})", gives, given)


def _modulus(given: Sequence[Typed], node: Any) -> Typed:
    from groundschool.engines.trino.arithmetic import binary

    return binary("%", given[0], given[1], node)


def _extreme(operator: str) -> Signature:
    """greatest and least: NULL where any argument is."""

    def build(given: Sequence[Typed], node: Any) -> Typed:
        values, type = unified(list(given), node, "All arguments must be of one type")
        if type.name in ("array", "map", "row", "json", "timestamp with time zone"):
            raise NotDone(f"find the extremes of {type}")
        null = " OR ".join(f"{value.sql} IS NULL" for value in values)
        return joined(
            f"CASE WHEN {null} THEN NULL ELSE {operator}({', '.join(v.sql for v in values)}) END", type, values
        )

    return Signature(("any", "any*"), build)


FUNCTIONS: dict[str, list[Signature]] = {
    "abs": _same("abs"),
    "sign": [plain("double", DOUBLE, "CAST(sign({0}) AS DOUBLE)")],
    "round": [Signature(("number", "bigint?"), _round)],
    "ceil": [_ceiling("ceil")],
    "ceiling": [_ceiling("ceil")],
    "floor": [_ceiling("floor")],
    "truncate": [Signature(("number",), _truncate)],
    "mod": [Signature(("number", "number"), _modulus)],
    "sqrt": [plain("double", DOUBLE, "CASE WHEN {0} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt({0}) END")],
    "cbrt": [plain("double", DOUBLE, "cbrt({0})")],
    "exp": [plain("double", DOUBLE, "exp({0})")],
    "ln": [plain("double", DOUBLE, _logarithm("ln"))],
    "log10": [plain("double", DOUBLE, _logarithm("log10"))],
    "log2": [plain("double", DOUBLE, _logarithm("log2"))],
    "log": [plain("double, double", DOUBLE, "(ln({1}) / ln({0}))")],
    "pow": [plain("double, double", DOUBLE, "pow({})")],
    "power": [plain("double, double", DOUBLE, "pow({})")],
    "pi": [plain("", DOUBLE, "pi()")],
    "e": [plain("", DOUBLE, "exp(CAST(1 AS DOUBLE))")],
    "degrees": [plain("double", DOUBLE, "degrees({0})")],
    "radians": [plain("double", DOUBLE, "radians({0})")],
    **{name: [plain("double", DOUBLE, f"{name}({{0}})")] for name in ("sin", "cos", "tan", "atan")},
    "nan": [plain("", DOUBLE, "CAST('NaN' AS DOUBLE)")],
    "infinity": [plain("", DOUBLE, "CAST('Infinity' AS DOUBLE)")],
    "is_nan": [plain("double", BOOLEAN, "isnan({0})")],
    "is_finite": [plain("double", BOOLEAN, "isfinite({0})")],
    "is_infinite": [plain("double", BOOLEAN, "isinf({0})")],
    "bitwise_and": [plain("bigint, bigint", BIGINT, "({0} & {1})")],
    "bitwise_or": [plain("bigint, bigint", BIGINT, "({0} | {1})")],
    "bitwise_xor": [plain("bigint, bigint", BIGINT, "xor({0}, {1})")],
    "greatest": [_extreme("greatest")],
    "least": [_extreme("least")],
}  # fmt: skip
