"""Literals: numbers, texts, intervals, and those that begin with the name of their type."""

from __future__ import annotations

import re

from sqlglot import exp

from groundschool.engines.trino import casts, types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.typed import Typed, literal
from groundschool.engines.trino.types import BIGINT, DAYS, DOUBLE, INTEGER, MONTHS, Type

SPANS = {"SECOND": "to_seconds", "MINUTE": "to_minutes", "HOUR": "to_hours", "DAY": "to_days", "WEEK": "to_weeks"}
MONTH_SPANS = {"MONTH": 1, "YEAR": 12}


def plain(node: exp.Expression) -> Typed:
    """A text or a number, whose type follows from how it is written. Raises Failed."""
    written = node.name
    if node.args.get("is_string"):
        return literal(written)
    if re.fullmatch(r"\d+", written):
        value = int(written)
        if value >= 1 << 63:
            raise Failed("INVALID_LITERAL", f"Invalid numeric literal: {written}", node)
        type = INTEGER if value < 1 << 31 else BIGINT
        return Typed(f"CAST({value} AS {types.duckdb(type)})", type)
    if re.fullmatch(r"\d*\.?\d*[eE][+-]?\d+", written):
        return Typed(f"CAST({written} AS DOUBLE)", DOUBLE)
    if re.fullmatch(r"\d*\.\d*", written):
        whole, _, fraction = written.partition(".")
        digits = len(whole.lstrip("0")) + len(fraction)
        type = types.decimal(max(digits, 1), len(fraction))
        return Typed(f"CAST('{written}' AS {types.duckdb(type)})", type)
    raise Failed("INVALID_LITERAL", f"Invalid numeric literal: {written}", node)


def interval(node: exp.Expression) -> Typed:
    """INTERVAL '…' unit. Raises Failed, NotDone."""
    unit = (node.text("unit") or "").upper().rstrip("S")
    written = (
        node.this.name
        if isinstance(node.this, exp.Literal)
        else node.this.this.name
        if isinstance(node.this, exp.Neg)
        else ""
    )
    sign = "-" if isinstance(node.this, exp.Neg) else ""
    if not re.fullmatch(r"[+-]?\d+", written):
        raise NotDone(f"read the interval {node.sql('trino')}")
    if unit in SPANS:
        return Typed(f"{SPANS[unit]}(CAST({sign}{written} AS INTEGER))", DAYS)
    if unit in MONTH_SPANS:
        return Typed(f"to_months(CAST({sign}{written} * {MONTH_SPANS[unit]} AS INTEGER))", MONTHS)
    raise Failed("SYNTAX_ERROR", f"mismatched input '{unit}' in an interval", node)


def target(node: exp.Expression) -> Type:
    """The type that a cast names. Raises Failed."""
    written = node.sql("trino").replace("INT64", "BIGINT")
    try:
        found = types.parse(written)
    except Failed:
        raise Failed("TYPE_MISMATCH", f"Unknown type: {written.casefold()}", node) from None
    return found


def typed(node: exp.Expression, target: Type) -> Typed | None:
    """TIMESTAMP '…' and DECIMAL '…', whose types follow from their text; the parser tells them from no cast."""
    written = node.this.name
    to = node.args["to"]
    if target.name == "decimal" and not to.expressions:
        if not re.fullmatch(r"[+-]?\d*\.?\d+", written.strip()):
            raise Failed("INVALID_LITERAL", f"Invalid numeric literal: {written}", node)
        fraction = len(written.partition(".")[2])
        digits = len(re.sub(r"\D", "", written).lstrip("0"))
        exact = types.decimal(max(digits, fraction, 1), fraction)
        return Typed(f"CAST('{written.strip()}' AS {types.duckdb(exact)})", exact)
    if target.name == "timestamp with time zone":
        return casts.zoned_literal(written, target)
    if target.name == "timestamp" and not to.expressions:
        digits = len(written.partition(".")[2])
        return casts.cast(literal(written), Type("timestamp", (digits,)), node)
    return None
