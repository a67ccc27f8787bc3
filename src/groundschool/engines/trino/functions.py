"""Trino's scalar functions by name, as DuckDB is asked for them, and those that decide between values.

A function that is not here is Trino's and not done, by name, or nobody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundschool.engines.trino import arrays, numbers, texts, times, types
from groundschool.engines.trino.casts import coerced, unified
from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.signatures import Signature
from groundschool.engines.trino.typed import Typed, joined, literal
from groundschool.engines.trino.types import (
    VARCHAR,
)


def _coalesce(given: Sequence[Typed], node: Any) -> Typed:
    values, type = unified(list(given), node, "All COALESCE operands must be the same type")
    return joined(f"coalesce({', '.join(value.sql for value in values)})", type, values)


def _nullif(given: Sequence[Typed], node: Any) -> Typed:
    found = types.common(given[0].type, given[1].type)
    if found is None:
        raise Failed("TYPE_MISMATCH", f"Types are not comparable with NULLIF: {given[0].type} vs {given[1].type}", node)
    one, other = coerced(given[0], found).sql, coerced(given[1], found).sql
    return joined(f"CASE WHEN {one} = {other} THEN NULL ELSE {given[0].sql} END", given[0].type, given)


def _if(given: Sequence[Typed], node: Any) -> Typed:
    if len(given) == 2:
        return joined(f"CASE WHEN {given[0].sql} THEN {given[1].sql} END", given[1].type, given)
    (yes, no), type = unified(list(given[1:]), node, "Result types for IF must be the same")
    return joined(f"CASE WHEN {given[0].sql} THEN {yes.sql} ELSE {no.sql} END", type, given)


def _try(given: Sequence[Typed], node: Any) -> Typed:
    return given[0].made(f"TRY({given[0].sql})", given[0].type)


def _typeof(given: Sequence[Typed], node: Any) -> Typed:
    return joined(literal(str(given[0].type)).sql, VARCHAR, given)


FUNCTIONS: dict[str, list[Signature]] = {
    **times.FUNCTIONS,
    **texts.FUNCTIONS,
    **numbers.FUNCTIONS,
    **arrays.FUNCTIONS,
    "coalesce": [Signature(("any", "any*"), _coalesce)],
    "nullif": [Signature(("any", "any"), _nullif)],
    "if": [Signature(("boolean", "any", "any?"), _if)],
    "try": [Signature(("any",), _try)],
    "typeof": [Signature(("any",), _typeof)],
}  # fmt: skip
